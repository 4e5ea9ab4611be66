import { expect, test } from "vitest";
import { dayWords } from "./day-words";

test("a day is written day first", () => {
  expect(dayWords("2026-11-05")).toBe("05/11/2026");
});

test("a day with a clock keeps it", () => {
  expect(dayWords("2026-11-25T20:55:56")).toBe("25/11/2026 20:55:56");
});

test("what is no whole day says nothing", () => {
  for (const value of ["", "2026-11", "x", "12026-11-05"]) expect(dayWords(value)).toBe("");
});
