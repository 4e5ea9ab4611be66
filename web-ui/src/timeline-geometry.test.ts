import { describe, expect, test } from "vitest";
import { DAY_MS, HOUR_MS, instant } from "./local-time";
import { NARROWEST_MS, WIDEST_MS, before, dayView, pan, reveal, ticks, timeAt, widthMs, xOf, zoom } from "./timeline-geometry";

const NOON = instant(2025, 11, 5, 12 * 3600) as number;
const DAY = dayView(NOON);

describe("a view", () => {
  test("of a day begins at local midnight", () => {
    expect(DAY.fromMs).toBe(instant(2025, 11, 5));
    expect(widthMs(DAY)).toBe(DAY_MS);
  });

  test("maps an instant to a place and back", () => {
    expect(xOf(DAY, 1000, NOON)).toBe(500);
    expect(timeAt(DAY, 1000, 500)).toBe(NOON);
  });

  test("keeps what is under the pointer when it zooms", () => {
    const anchor = NOON + 3 * HOUR_MS;
    const closer = zoom(DAY, 4, anchor);
    expect(xOf(closer, 1000, anchor)).toBeCloseTo(xOf(DAY, 1000, anchor), 6);
    expect(widthMs(closer)).toBe(DAY_MS / 4);
  });

  test("is never narrower than ten seconds nor wider than thirty days", () => {
    expect(widthMs(zoom(DAY, 1e9, NOON))).toBe(NARROWEST_MS);
    expect(widthMs(zoom(DAY, 1e-9, NOON))).toBe(WIDEST_MS);
  });

  test("moves by a share of its width", () => {
    expect(pan(DAY, -0.5).fromMs).toBe(DAY.fromMs - DAY_MS / 2);
  });

  test("does not reach beyond what there is to see, and keeps its width", () => {
    expect(before(DAY, DAY.toMs + HOUR_MS)).toBe(DAY);
    expect(before(DAY, NOON)).toEqual({ fromMs: NOON - DAY_MS, toMs: NOON });
  });

  test("moves without widening until it shows an instant", () => {
    const later = DAY.toMs + 5 * DAY_MS;
    const moved = reveal(DAY, later);
    expect(widthMs(moved)).toBe(DAY_MS);
    expect(moved.fromMs < later && later < moved.toMs).toBe(true);
    expect(reveal(DAY, NOON)).toBe(DAY);
  });
});

describe("ticks", () => {
  test("of a day stand on round hours and name the date at midnight", () => {
    const labels = ticks(DAY, 1200).map((tick) => tick.label);
    expect(labels.slice(0, 3)).toEqual(["05/11", "02:00", "04:00"]);
    expect(labels.at(-1)).toBe("06/11");
  });

  test("of a minute show seconds", () => {
    const labels = ticks({ fromMs: NOON, toMs: NOON + 60_000 }, 700).map((tick) => tick.label);
    expect(labels[1]).toBe("12:00:10");
  });

  test("never crowd, at any zoom", () => {
    for (let width = NARROWEST_MS; width <= WIDEST_MS; width *= 1.7) {
      expect(ticks({ fromMs: NOON, toMs: NOON + width }, 390).length).toBeLessThanOrEqual(6);
    }
  });

  test("of nothing are none", () => expect(ticks(DAY, 0)).toEqual([]));
});
