/**
 * What a person types into "go to time": `14:30`, `hôm qua 2h`, `5/11 14:30:05`, `15 phút trước`, `2025-11-05`.
 *
 * Both languages are read whatever the page speaks, with or without diacritics. A date without a year is the latest
 * one that has begun; a time without a date is of the day on screen.
 */

import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, dayStart, instant } from "./local-time";

export type Moment = { at: number } | { error: "empty" | "unreadable" | "future" };

const UNITS: Record<string, number> = {
  giay: SECOND_MS, s: SECOND_MS, second: SECOND_MS, seconds: SECOND_MS,
  phut: MINUTE_MS, p: MINUTE_MS, min: MINUTE_MS, minute: MINUTE_MS, minutes: MINUTE_MS,
  gio: HOUR_MS, h: HOUR_MS, hour: HOUR_MS, hours: HOUR_MS,
  ngay: DAY_MS, day: DAY_MS, days: DAY_MS,
};
const DAYS_BACK: Record<string, number> = {
  "hom nay": 0, today: 0, "hom qua": 1, yesterday: 1, "hom kia": 2,
};
const AGO = /^(\d{1,5}) ?([a-z]+) (?:truoc|ago)$/;
const DAY_WORD = /\b(hom nay|hom qua|hom kia|today|yesterday)\b/;
const ISO_DATE = /\b(\d{4})-(\d{1,2})-(\d{1,2})\b/;
const DATE = /(?:\bngay )?\b(\d{1,2})\/(\d{1,2})(?:\/(\d{4}))?\b/;
const TIME = /\b(\d{1,2})(?::(\d{2})(?::(\d{2}))?| ?(?:h|gio) ?(?:(\d{1,2})(?: ?(?:phut|p))?)?(?: ?(\d{1,2}) ?giay)?)(?![\d:])/;
const HALF = /\b(sang|chieu|toi|dem|am|pm)\b/;

/** Lower case, no diacritics, single spaces: what the patterns above are written in. */
export const plain = (text: string): string =>
  text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/[đĐ]/g, "d").toLowerCase()
    .replace(/[,;]|t(?=\d{1,2}:)/g, " ").replace(/\s+/g, " ").trim();

export function parseMoment(text: string, nowMs: number, shownMs: number): Moment {
  const words = plain(text);
  if (!words) return { error: "empty" };
  const ago = AGO.exec(words);
  if (ago) {
    const unit = UNITS[ago[2] ?? ""];
    return unit === undefined ? { error: "unreadable" } : { at: nowMs - Number(ago[1]) * unit };
  }
  const day = takeDay(words, nowMs, shownMs);
  if (!day) return { error: "unreadable" };
  const second = takeTime(day.rest, day.named);
  if (second === null) return { error: "unreadable" };
  const at = day.startMs + second * SECOND_MS;
  return at > nowMs ? { error: "future" } : { at };
}

interface Day { startMs: number; rest: string; named: boolean }

function takeDay(words: string, nowMs: number, shownMs: number): Day | null {
  const word = DAY_WORD.exec(words);
  if (word) {
    const back = DAYS_BACK[word[1] ?? ""] ?? 0;
    return { startMs: dayStart(nowMs) - back * DAY_MS, rest: without(words, word), named: true };
  }
  const iso = ISO_DATE.exec(words);
  if (iso) return named(instant(Number(iso[1]), Number(iso[2]), Number(iso[3])), without(words, iso));
  const date = DATE.exec(words);
  if (!date) return { startMs: dayStart(shownMs), rest: words, named: false };
  const [dayOfMonth, month] = [Number(date[1]), Number(date[2])];
  const rest = without(words, date);
  if (date[3]) return named(instant(Number(date[3]), month, dayOfMonth), rest);
  const year = new Date(nowMs).getUTCFullYear() + 1;
  // Nine years reach over every leap day, even around 2100.
  for (let back = 0; back < 9; back += 1) {
    const start = instant(year - back, month, dayOfMonth);
    if (start !== null && start <= nowMs) return { startMs: start, rest, named: true };
  }
  return null;
}

const named = (startMs: number | null, rest: string): Day | null =>
  startMs === null ? null : { startMs, rest, named: true };

const without = (words: string, found: RegExpExecArray): string =>
  `${words.slice(0, found.index)} ${words.slice(found.index + found[0].length)}`.replace(/\s+/g, " ").trim();

/** Second of the day in what is left; midnight when nothing is left of a named day; null when it is no time. */
function takeTime(rest: string, dayNamed: boolean): number | null {
  if (!rest) return dayNamed ? 0 : null;
  const time = TIME.exec(rest);
  if (!time) return null;
  const left = without(rest, time);
  const half = HALF.exec(left);
  if (left && left !== half?.[0]) return null;
  let hour = Number(time[1]);
  const minute = Number(time[2] ?? time[4] ?? 0);
  const second = Number(time[3] ?? time[5] ?? 0);
  if (half && /chieu|toi|pm/.test(half[0]) && hour < 12) hour += 12;
  if (half?.[0] === "am" && hour === 12) hour = 0;
  return hour > 23 || minute > 59 || second > 59 ? null : hour * 3600 + minute * 60 + second;
}
