import { expect, test } from "vitest";
import { backoffMs } from "./live-link";

test("waiting grows from half a second to a quarter of a minute", () => {
  expect([0, 1, 2, 3, 20].map((n) => backoffMs(n, 0.5))).toEqual([500, 1000, 2000, 4000, 15_000]);
});

test("many pages that lost the same server do not come back at once", () => {
  expect(backoffMs(3, 0)).toBe(3000);
  expect(backoffMs(3, 1)).toBe(5000);
});
