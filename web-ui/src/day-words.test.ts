import { expect, test } from "vitest";
import { dayWords } from "./day-words";

test("a day is written day first", () => {
  expect(dayWords("2026-11-05")).toBe("05/11/2026");
});

test("what is no whole day says nothing", () => {
  for (const value of ["", "2026-11", "x", "12026-11-05"]) expect(dayWords(value)).toBe("");
});
