/**
 * How a live player keeps near the newest picture: a decision from what is buffered, nothing more.
 *
 * Pure. A little behind: play a little faster. Far behind, or stuck before a hole in the buffer: jump. Old pictures are
 * removed, so that a night on the wall costs no more memory than a minute.
 */

export interface Range { start: number; end: number }
export interface Edge { seekTo: number | null; rate: number; removeBefore: number | null }

/** Seconds behind the newest picture. */
export const TARGET_S = 0.35;
const FASTER_FROM_S = 0.8;
const JUMP_FROM_S = 3;
const KEEP_S = 30;
/** Removing in steps: each remove() makes the buffer busy. */
const TRIM_STEP_S = 10;
const HOLE_S = 0.12;

export function followEdge(buffered: readonly Range[], position: number, rate: number): Edge {
  const newest = buffered.at(-1);
  if (!newest) return { seekTo: null, rate: 1, removeBefore: null };
  const oldest = buffered[0]?.start ?? newest.start;
  const behind = newest.end - position;
  const removeBefore = position - oldest > KEEP_S + TRIM_STEP_S ? position - KEEP_S : null;
  if (position < newest.start || behind > JUMP_FROM_S || behind < -HOLE_S) {
    return { seekTo: Math.max(newest.start, newest.end - TARGET_S), rate: 1, removeBefore };
  }
  return { seekTo: null, rate: rateFor(behind, rate), removeBefore };
}

/** Faster until the target is reached, then even: two thresholds, so that the rate does not flutter. */
function rateFor(behind: number, rate: number): number {
  if (behind > FASTER_FROM_S * 2) return 1.25;
  if (behind > FASTER_FROM_S) return 1.08;
  return behind > TARGET_S && rate > 1 ? 1.08 : 1;
}

/** What the person sees, compared with now: what waits in the buffer and how long nothing has come. */
export const delayOf = (buffered: readonly Range[], position: number, silentS: number): number =>
  Math.max(0, (buffered.at(-1)?.end ?? position) - position) + silentS;
