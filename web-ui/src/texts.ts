/**
 * What the script says, in the page's language: read from `<template id="hd-texts">`, which the server translated.
 *
 * Law: no sentence for people stands in a TypeScript file (tests/web_text holds that); a missing key shows the key.
 */

const SECOND_S = 1;
const UNITS: readonly [string, number][] = [["days", 86400], ["hours", 3600], ["minutes", 60], ["seconds", SECOND_S]];

let known: Map<string, string> | null = null;

function load(): Map<string, string> {
  const template = document.querySelector<HTMLTemplateElement>("template#hd-texts");
  const entries = template?.content.querySelectorAll<HTMLDataElement>("data") ?? [];
  return new Map([...entries].map((entry) => [entry.value, entry.textContent ?? ""]));
}

export type Values = Record<string, string | number>;

export function text(key: string, values: Values = {}): string {
  known ??= load();
  return fill(known.get(key) ?? key, values);
}

export const fill = (pattern: string, values: Values): string =>
  pattern.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));

/** `2 phút 24 giây`: the two largest units that are not zero. */
export function lengthText(milliseconds: number): string {
  let rest = Math.max(0, Math.round(milliseconds / 1000));
  const parts: string[] = [];
  for (const [key, size] of UNITS) {
    const n = Math.floor(rest / size);
    rest -= n * size;
    if (n > 0 && parts.length < 2) parts.push(text(key, { n }));
    else if (parts.length > 0) break;
  }
  return parts.length > 0 ? parts.join(" ") : text("seconds", { n: 0 });
}
