import { describe, expect, test } from "vitest";
import { delayOf, followEdge } from "./live-edge";

describe("near the newest picture", () => {
  test("a player at the edge is left alone", () => {
    expect(followEdge([{ start: 0, end: 10 }], 9.6, 1)).toEqual({ seekTo: null, rate: 1, removeBefore: null });
  });

  test("a player a little behind hurries, until it is back", () => {
    expect(followEdge([{ start: 0, end: 10 }], 9, 1).rate).toBeCloseTo(1.08);
    expect(followEdge([{ start: 0, end: 10 }], 9.5, 1.08).rate).toBeCloseTo(1.08);
    expect(followEdge([{ start: 0, end: 10 }], 9.7, 1.08).rate).toBe(1);
  });

  test("a player far behind jumps", () => {
    expect(followEdge([{ start: 0, end: 10 }], 5, 1).seekTo).toBeCloseTo(9.65);
  });

  test("a player before a hole jumps over it", () => {
    expect(followEdge([{ start: 0, end: 5 }, { start: 6, end: 6.5 }], 5, 1).seekTo).toBeCloseTo(6.15);
    expect(followEdge([{ start: 6, end: 6.2 }], 0, 1).seekTo).toBe(6);
  });

  test("nothing buffered decides nothing", () => {
    expect(followEdge([], 3, 1.25)).toEqual({ seekTo: null, rate: 1, removeBefore: null });
  });

  test("old pictures go, in steps", () => {
    expect(followEdge([{ start: 0, end: 39.4 }], 39, 1).removeBefore).toBeNull();
    expect(followEdge([{ start: 0, end: 41.4 }], 41, 1).removeBefore).toBe(11);
  });
});

test("the delay counts what waits and how long nothing came", () => {
  expect(delayOf([{ start: 0, end: 10 }], 9, 0)).toBe(1);
  expect(delayOf([{ start: 0, end: 10 }], 10, 2.5)).toBe(2.5);
  expect(delayOf([], 3, 0)).toBe(0);
});
