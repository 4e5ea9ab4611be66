import { expect, test } from "vitest";
import { type Measures, judge, streamFor } from "./self-test-verdict";

const well: Measures = {
  kbps: 40_000, roundTripMs: 20, clockOffsetMs: 300, gateway: true, h264: true, hevc: true, hardware: true, tiles: 8,
  mainKbps: 4000, subKbps: 500, picture: { firstMs: 600, perSecond: 24, droppedPercent: 0 },
};
const keys = (changes: Partial<Measures>): string[] => judge({ ...well, ...changes }).map((finding) => finding.key);

test("nothing is said while all is well", () => {
  expect(keys({})).toEqual([]);
});

test("a station on 2 Mbit/s is told that it gets the light stream, and of how many cameras", () => {
  const found = judge({ ...well, kbps: 2000 });
  expect(found).toEqual([
    { key: "line_below_main", level: "act", values: { line: 2, need: 4.6 } },
    { key: "line_below_wall", level: "act", values: { line: 2, fits: 3, tiles: 8 } },
  ]);
  expect(streamFor(2000, 4000)).toBe("sub");
  expect(streamFor(40_000, 4000)).toBe("main");
  expect(streamFor(null, null)).toBe("sub");
});

test("a line below the light stream is the one thing to say of it", () => {
  expect(keys({ kbps: 400 })).toEqual(["line_below_sub"]);
});

test("what was recorded says what a stream takes", () => {
  expect(keys({ kbps: 2000, mainKbps: 1500, subKbps: 200 })).toEqual([]);
});

test("a clock that is off either way is told in whole seconds", () => {
  expect(judge({ ...well, clockOffsetMs: -40_400 })).toEqual([{ key: "clock_off", level: "act", values: { seconds: 40 } }]);
});

test("a media server out of reach explains the missing picture, so that is not said twice", () => {
  expect(keys({ gateway: false, picture: { firstMs: null, perSecond: 0, droppedPercent: 0 } })).toEqual(["gateway_unreachable"]);
});

test("pictures that a device lets fall are its decoder's fault, few pictures are told apart from them", () => {
  expect(keys({ picture: { firstMs: 500, perSecond: 5, droppedPercent: 35 } })).toEqual(["picture_dropped"]);
  expect(keys({ picture: { firstMs: 500, perSecond: 5, droppedPercent: 0 } })).toEqual(["picture_few"]);
  expect(keys({ picture: { firstMs: 3100, perSecond: 20, droppedPercent: 0 } })).toEqual(["picture_late"]);
});

test("what only is worth knowing comes last", () => {
  expect(judge({ ...well, hevc: false, hardware: false, roundTripMs: 700, kbps: null }).map(({ key, level }) => [key, level]))
    .toEqual([["way_long", "act"], ["line_unmeasured", "note"], ["software_decoder", "note"], ["no_hevc", "note"]]);
});
