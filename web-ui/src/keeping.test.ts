import { describe, expect, test } from "vitest";
import { daysLeft, stretchOf } from "./keeping";
import { DAY_MS } from "./local-time";
import { NOTHING } from "./timeline-spans";

const NOW = 40 * DAY_MS;

describe("the days that are left", () => {
  test.each([[NOW, 30], [NOW - 1, 29], [NOW - 29.5 * DAY_MS, 0], [0, 0]])("of %i are %i", (at, days) =>
    expect(daysLeft(at, 30, NOW)).toBe(days));

  test("are none where nothing expires", () => expect(daysLeft(0, null, NOW)).toBe(null));
});

describe("an instant", () => {
  const recorded = { ...NOTHING, expired: [{ fromMs: 0, toMs: 10 }], held: [{ fromMs: 20, toMs: 30 }] };

  test.each([[5, "expired"], [10, ""], [25, "held"], [30, ""]])("at %i is %s", (at, stretch) =>
    expect(stretchOf(recorded, at)).toBe(stretch));
});
