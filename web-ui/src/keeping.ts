/** How long what is on screen is kept, and the way to the form that keeps it from expiring. */

import { DAY_MS, MINUTE_MS } from "./local-time";
import { type Recorded, isIn } from "./timeline-spans";
import { iso } from "./api";
import { serverNow } from "./server-clock";
import { text } from "./texts";

/** The minutes around the playhead that the form proposes. */
const AROUND_MS = 5 * MINUTE_MS;

/** What an instant of the timeline is besides recorded. */
export function stretchOf(recorded: Recorded, atMs: number): "expired" | "held" | "" {
  if (isIn(recorded.expired, atMs)) return "expired";
  return isIn(recorded.held, atMs) ? "held" : "";
}

export function stretchWords(recorded: Recorded, atMs: number): string {
  const stretch = stretchOf(recorded, atMs);
  return stretch ? text(stretch === "expired" ? "expired" : "held") : "";
}

/** Whole days that the picture of an instant stays, at least; null where nothing expires. */
export function daysLeft(atMs: number, keptDays: number | null, nowMs: number): number | null {
  return keptDays === null ? null : Math.max(0, Math.floor((atMs + keptDays * DAY_MS - nowMs) / DAY_MS));
}

function keptWords(recorded: Recorded, atMs: number, nowMs: number): string {
  const special = stretchWords(recorded, atMs);
  if (special) return special;
  const days = daysLeft(atMs, recorded.keptDays, nowMs);
  return days === null ? text("kept_for_good") : text("kept_days", { n: days });
}

export function sayKept(root: ParentNode, recorded: Recorded | undefined, atMs: number): void {
  const line = root.querySelector('[data-part="kept"]');
  if (!line || !recorded || recorded.spans.length === 0) return;
  const words = keptWords(recorded, atMs, serverNow());
  if (line.textContent !== words) line.textContent = words;
}

/** The form opens with the minutes that are being looked at when the link is used. */
export function aimHold(root: ParentNode, atMs: () => number, signal: AbortSignal): void {
  const link = root.querySelector<HTMLAnchorElement>('[data-do="hold"]');
  link?.addEventListener("pointerdown", () => aim(link, atMs()), { signal });
  link?.addEventListener("focus", () => aim(link, atMs()), { signal });
}

function aim(link: HTMLAnchorElement, atMs: number): void {
  const address = new URL(link.href);
  address.searchParams.set("tu", iso(atMs - AROUND_MS));
  address.searchParams.set("den", iso(Math.min(atMs + AROUND_MS, serverNow())));
  link.href = address.href;
}
