import { describe, expect, test } from "vitest";
import { gapAt, gapBars, nextRecorded, spanBars } from "./timeline-spans";

const VIEW = { fromMs: 0, toMs: 100_000 };

describe("spans on screen", () => {
  test("are one bar where they touch", () => {
    expect(spanBars([{ fromMs: 0, toMs: 300 }, { fromMs: 310, toMs: 50_000 }], VIEW, 100)).toEqual([{ x: 0, width: 50 }]);
  });

  test("are clipped to the view", () => {
    expect(spanBars([{ fromMs: -9000, toMs: 10_000 }, { fromMs: 90_000, toMs: 1e9 }], VIEW, 100)).toEqual([
      { x: 0, width: 10 }, { x: 90, width: 10 },
    ]);
    expect(spanBars([{ fromMs: 200_000, toMs: 300_000 }], VIEW, 100)).toEqual([]);
  });
});

describe("gaps on screen", () => {
  const gap = { fromMs: 50_000, toMs: 50_400, text: "", known: true };

  test("stay visible however short they are", () => {
    expect(gapBars([gap], VIEW, 100, 0)).toEqual([{ x: 50, width: 3, gap }]);
  });

  test("that still go on reach to now", () => {
    const open = { fromMs: 80_000, toMs: null, text: "", known: true };
    expect(gapBars([open], VIEW, 100, 95_000)).toEqual([{ x: 80, width: 15, gap: open }]);
    expect(gapAt([open], 94_000, 95_000)).toBe(open);
  });
});

describe("where playback goes on", () => {
  const spans = [{ fromMs: 10, toMs: 20 }, { fromMs: 40, toMs: 50 }];

  test.each([[5, 10], [15, 15], [20, 40], [30, 40], [49, 49], [50, null]])("from %i at %s", (at, next) =>
    expect(nextRecorded(spans, at)).toBe(next));
});
