import { expect, test } from "vitest";
import { WeakLine } from "./weak-line";

test("three skips close together say that the line is weak", () => {
  const line = new WeakLine();
  expect([0, 10_000, 20_000].map((at) => line.skippedAt(at))).toEqual([false, false, true]);
});

test("skips far apart do not", () => {
  const line = new WeakLine();
  expect([0, 20_000, 40_000, 65_000].map((at) => line.skippedAt(at))).toEqual([false, false, false, false]);
});

test("a line chosen anew is judged anew", () => {
  const line = new WeakLine();
  line.skippedAt(0);
  line.skippedAt(1);
  line.reset();
  expect(line.skippedAt(2)).toBe(false);
});
