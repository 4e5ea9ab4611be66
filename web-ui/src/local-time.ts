/**
 * The hours of the site: GMT+7 all year, whatever the browser's zone.
 *
 * Instants are milliseconds since 1970 (`…Ms`). Screens show `05/11/2025 14:30:05`; a day is named `2025-11-05`.
 */

export const SECOND_MS = 1000;
export const MINUTE_MS = 60 * SECOND_MS;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;
const ZONE_MS = 7 * HOUR_MS;

const two = (n: number): string => String(n).padStart(2, "0");

/** The local calendar fields of an instant, read through a Date that stands at the local hour in UTC. */
const local = (atMs: number): Date => new Date(atMs + ZONE_MS);

export const dayStart = (atMs: number): number => Math.floor((atMs + ZONE_MS) / DAY_MS) * DAY_MS - ZONE_MS;

export const dayName = (atMs: number): string => local(atMs).toISOString().slice(0, 10);

/** Start of the day `2025-11-05`, or null when there is no such day. */
export function dayOf(name: string): number | null {
  const parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(name);
  return parts ? instant(Number(parts[1]), Number(parts[2]), Number(parts[3])) : null;
}

/** The instant of a local date and time, or null when the calendar has no such date. */
export function instant(year: number, month: number, day: number, secondOfDay = 0): number | null {
  const utc = Date.UTC(year, month - 1, day);
  const back = new Date(utc);
  if (back.getUTCFullYear() !== year || back.getUTCMonth() !== month - 1 || back.getUTCDate() !== day) return null;
  return utc - ZONE_MS + secondOfDay * SECOND_MS;
}

export function clockText(atMs: number, seconds = true): string {
  const at = local(atMs);
  const minutes = `${two(at.getUTCHours())}:${two(at.getUTCMinutes())}`;
  return seconds ? `${minutes}:${two(at.getUTCSeconds())}` : minutes;
}

export function dateText(atMs: number, year = true): string {
  const at = local(atMs);
  const day = `${two(at.getUTCDate())}/${two(at.getUTCMonth() + 1)}`;
  return year ? `${day}/${at.getUTCFullYear()}` : day;
}

export const stampText = (atMs: number): string => `${dateText(atMs)} ${clockText(atMs)}`;

/** A clock alone when the instant is of the same day as what it is read beside, with its date when not. */
export const sinceText = (atMs: number, besideMs: number): string =>
  dayStart(atMs) === dayStart(besideMs) ? clockText(atMs) : stampText(atMs);
