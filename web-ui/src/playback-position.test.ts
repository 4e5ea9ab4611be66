import { describe, expect, test } from "vitest";
import { covers, instantOf, mediaTimeOf, passedGap } from "./playback-position";

// Two spans: 10 s from 100 s, then a gap of 60 s, then 10 s.
const PIECES = [
  { start: 0, duration: 5, programDateTime: 100_000 },
  { start: 5, duration: 5, programDateTime: 105_000 },
  { start: 10, duration: 10, programDateTime: 170_000 },
];

describe("hours and media time", () => {
  test.each([[100_000, 0], [107_500, 7.5], [175_000, 15], [90_000, 0]])("%i is at %f", (at, media) =>
    expect(mediaTimeOf(PIECES, at)).toBeCloseTo(media));

  test("an instant in a gap leads to what follows", () => expect(mediaTimeOf(PIECES, 130_000)).toBe(10));

  test("after the last picture there is nothing", () => expect(mediaTimeOf(PIECES, 180_000)).toBeNull());

  test.each([[0, 100_000], [7.5, 107_500], [10, 170_000], [15, 175_000], [99, 180_000]])("%f is %i", (media, at) =>
    expect(instantOf(PIECES, media)).toBeCloseTo(at));

  test("no playlist has no hours", () => {
    expect(instantOf([], 3)).toBeNull();
    expect(covers([], 3)).toBe(false);
  });

  test("a playlist reaches from its first to its last picture", () => {
    expect([99_999, 100_000, 130_000, 179_999, 180_000].map((at) => covers(PIECES, at))).toEqual([false, true, true, true, false]);
  });
});

describe("a gap passed while playing", () => {
  test("is noticed", () => {
    expect(passedGap({ media: 9.9, atMs: 109_900 }, { media: 10.1, atMs: 170_100 })).toEqual({ fromMs: 109_900, toMs: 170_100 });
  });

  test("even playing and seeking are none", () => {
    expect(passedGap({ media: 1, atMs: 101_000 }, { media: 1.25, atMs: 101_250 })).toBeNull();
    expect(passedGap({ media: 12, atMs: 172_000 }, { media: 1, atMs: 101_000 })).toBeNull();
  });
});
