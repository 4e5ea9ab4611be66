/**
 * What was recorded and what was not, as the recordings API tells it, and what of it can be told apart on screen.
 *
 * Laws: a gap is never merged away (it keeps at least `GAP_PX`); time that is neither span nor gap is unknown, and
 * drawn as neither.
 */

import { type View, xOf } from "./timeline-geometry";

export interface Span { fromMs: number; toMs: number }
/** `toMs` null: still going on. `known`: a cause was recorded; else there is simply no recording. */
export interface Gap { fromMs: number; toMs: number | null; text: string; known: boolean }
/** `expired`: there were pictures. `held`: what holds keep (for who may place them). `keptDays` null: for good. */
export interface Recorded { spans: Span[]; gaps: Gap[]; expired: Span[]; held: Span[]; keptDays: number | null }
export interface Bar { x: number; width: number }

export const GAP_PX = 3;
const SPAN_PX = 1;

export const NOTHING: Recorded = { spans: [], gaps: [], expired: [], held: [], keptDays: null };

/** Spans as bars: those that touch on screen are one bar, none is narrower than a pixel. */
export function spanBars(spans: readonly Span[], view: View, widthPx: number): Bar[] {
  const bars: Bar[] = [];
  for (const span of spans) {
    const bar = barOf(span.fromMs, span.toMs, view, widthPx, SPAN_PX);
    const last = bars.at(-1);
    if (!bar) continue;
    if (last && bar.x - (last.x + last.width) < 0.5) last.width = Math.max(last.width, bar.x + bar.width - last.x);
    else bars.push(bar);
  }
  return bars;
}

export function gapBars(gaps: readonly Gap[], view: View, widthPx: number, nowMs: number): (Bar & { gap: Gap })[] {
  return gaps.flatMap((gap) => {
    const bar = barOf(gap.fromMs, gap.toMs ?? nowMs, view, widthPx, GAP_PX);
    return bar ? [{ ...bar, gap }] : [];
  });
}

function barOf(fromMs: number, toMs: number, view: View, widthPx: number, leastPx: number): Bar | null {
  if (toMs < view.fromMs || fromMs > view.toMs) return null;
  const x = Math.max(0, xOf(view, widthPx, fromMs));
  const end = Math.min(widthPx, xOf(view, widthPx, toMs));
  return { x: Math.min(x, widthPx - leastPx), width: Math.max(leastPx, end - x) };
}

export const gapAt = (gaps: readonly Gap[], atMs: number, nowMs: number): Gap | undefined =>
  gaps.find((gap) => gap.fromMs <= atMs && atMs < (gap.toMs ?? nowMs));

export const isIn = (spans: readonly Span[], atMs: number): boolean =>
  spans.some((span) => span.fromMs <= atMs && atMs < span.toMs);

/** The instant itself when it was recorded, the start of the next span when not, null when nothing follows. */
export function nextRecorded(spans: readonly Span[], atMs: number): number | null {
  const span = spans.find((candidate) => candidate.toMs > atMs);
  return span ? Math.max(atMs, span.fromMs) : null;
}
