/**
 * The timeline's arithmetic: a view is the interval of time on screen, from 10 seconds to 30 days.
 *
 * Pure. Zooming keeps the instant under the pointer where it is; ticks stand on round local hours.
 */

import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, clockText, dateText, dayStart } from "./local-time";

export interface View { fromMs: number; toMs: number }
export interface Tick { atMs: number; label: string; major: boolean }

export const NARROWEST_MS = 10 * SECOND_MS;
export const WIDEST_MS = 30 * DAY_MS;
const TICK_GAP_PX = 84;

const STEPS_MS = [
  ...[1, 2, 5, 10, 15, 30].map((n) => n * SECOND_MS),
  ...[1, 2, 5, 10, 15, 30].map((n) => n * MINUTE_MS),
  ...[1, 2, 3, 6, 12].map((n) => n * HOUR_MS),
  ...[1, 2, 5, 10].map((n) => n * DAY_MS),
];

export const widthMs = (view: View): number => view.toMs - view.fromMs;

export const xOf = (view: View, widthPx: number, atMs: number): number =>
  ((atMs - view.fromMs) / widthMs(view)) * widthPx;

export const timeAt = (view: View, widthPx: number, xPx: number): number =>
  view.fromMs + (xPx / widthPx) * widthMs(view);

export const dayView = (atMs: number): View => ({ fromMs: dayStart(atMs), toMs: dayStart(atMs) + DAY_MS });

/** `factor` > 1 looks closer. */
export function zoom(view: View, factor: number, anchorMs: number): View {
  const width = Math.min(WIDEST_MS, Math.max(NARROWEST_MS, widthMs(view) / factor));
  const share = (anchorMs - view.fromMs) / widthMs(view);
  const fromMs = anchorMs - share * width;
  return { fromMs, toMs: fromMs + width };
}

/** Moves by a share of the width. */
export function pan(view: View, share: number): View {
  const shift = share * widthMs(view);
  return { fromMs: view.fromMs + shift, toMs: view.toMs + shift };
}

/** The view moved back as far as it reaches beyond `limitMs`. */
export function before(view: View, limitMs: number): View {
  const over = Math.max(0, view.toMs - limitMs);
  return over === 0 ? view : { fromMs: view.fromMs - over, toMs: view.toMs - over };
}

/** The view moved, not widened, until it shows the instant, a tenth of its width from the edge. */
export function reveal(view: View, atMs: number): View {
  if (atMs >= view.fromMs && atMs <= view.toMs) return view;
  const width = widthMs(view);
  const fromMs = atMs < view.fromMs ? atMs - width / 10 : atMs - width * 0.9;
  return { fromMs, toMs: fromMs + width };
}

export function ticks(view: View, widthPx: number): Tick[] {
  if (widthPx <= 0) return [];
  const perTick = (widthMs(view) * TICK_GAP_PX) / widthPx;
  const step = STEPS_MS.find((candidate) => candidate >= perTick) ?? 10 * DAY_MS;
  const origin = dayStart(view.fromMs);
  const found: Tick[] = [];
  for (let at = origin + Math.ceil((view.fromMs - origin) / step) * step; at <= view.toMs; at += step) {
    const midnight = dayStart(at) === at;
    const label = midnight ? dateText(at, false) : clockText(at, step < MINUTE_MS);
    found.push({ atMs: at, label, major: midnight });
  }
  return found;
}
