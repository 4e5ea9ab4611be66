/**
 * Between the player's media time (continuous, gaps left out) and the hours of the recording.
 *
 * Pure; a piece is one fragment of the playlist, with the wall clock that EXT-X-PROGRAM-DATE-TIME gives it.
 */

export interface Piece { start: number; duration: number; programDateTime: number | null }

/** Media time of an instant; of the next recorded piece when the instant lies in a gap; null when none follows. */
export function mediaTimeOf(pieces: readonly Piece[], atMs: number): number | null {
  for (const { start, duration, programDateTime } of pieces) {
    if (programDateTime === null) continue;
    const into = (atMs - programDateTime) / 1000;
    if (into < duration) return start + Math.max(0, into);
  }
  return null;
}

export function instantOf(pieces: readonly Piece[], mediaTime: number): number | null {
  let found: Piece | null = null;
  for (const piece of pieces) {
    if (piece.start > mediaTime + 0.001) break;
    if (piece.programDateTime !== null) found = piece;
  }
  if (found === null || found.programDateTime === null) return null;
  return found.programDateTime + Math.min(mediaTime - found.start, found.duration) * 1000;
}

/** Whether the pieces reach over the instant, so that going there needs no other playlist. */
export function covers(pieces: readonly Piece[], atMs: number): boolean {
  const first = pieces[0];
  const last = pieces.at(-1);
  if (first?.programDateTime == null || last?.programDateTime == null) return false;
  return first.programDateTime <= atMs && atMs < last.programDateTime + last.duration * 1000;
}

/** The gap that was passed between two moments of even playing, or null. */
export function passedGap(before: { media: number; atMs: number }, after: { media: number; atMs: number },
): { fromMs: number; toMs: number } | null {
  const played = (after.media - before.media) * 1000;
  const passed = after.atMs - before.atMs - played;
  return played >= 0 && played < 30_000 && passed > 1500 ? { fromMs: before.atMs, toMs: after.atMs } : null;
}
