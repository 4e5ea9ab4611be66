import { expect, test } from "vitest";
import { healthOf } from "./terminal-health";

const line = { kbps: 1234.6, roundTripMs: 41.4, clockOffsetMs: -40_000.5 };
const tile = (total: number, dropped = 0, playing = true) => ({ playing, total, dropped });

test("pictures a second are the mean of the tiles that play", () => {
  const health = healthOf({ atMs: 0, tiles: [tile(100), tile(0), tile(5, 0, false)] },
    { atMs: 10_000, tiles: [tile(350, 50), tile(150, 0), tile(5, 0, false)] }, line);
  expect(health).toEqual({ bandwidth_kbps: 1235, round_trip_ms: 41, clock_offset_ms: -40_000, pictures_per_s: 17.5,
    dropped_percent: 12.5, tiles: 3, tiles_playing: 2 });
});

test("a player that began anew is counted from its beginning", () => {
  const health = healthOf({ atMs: 0, tiles: [tile(9000, 70)] }, { atMs: 10_000, tiles: [tile(120, 0)] }, line);
  expect([health.pictures_per_s, health.dropped_percent]).toEqual([12, 0]);
});

test("a wall without a picture says so, and invents no rate", () => {
  const health = healthOf({ atMs: 0, tiles: [tile(3)] }, { atMs: 60_000, tiles: [tile(3, 0, false)] },
    { kbps: null, roundTripMs: null, clockOffsetMs: null });
  expect(health).toEqual({ bandwidth_kbps: null, round_trip_ms: null, clock_offset_ms: null, pictures_per_s: null,
    dropped_percent: null, tiles: 1, tiles_playing: 0 });
});
