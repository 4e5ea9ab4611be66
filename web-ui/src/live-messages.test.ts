import { expect, test } from "vitest";
import { readLiveMessage } from "./live-messages";

test("an init names its codecs and where its times begin", () => {
  const text = '{"type":"init","camera":"c","stream":"sub","codecs":"avc1.64001E","started_at":"2025-11-05T07:30:05Z","offset_90k":90000}';
  expect(readLiveMessage(text)).toEqual({
    type: "init", codecs: "avc1.64001E", startedMs: Date.UTC(2025, 10, 5, 7, 30, 5), offset90k: 90000,
  });
});

test("instants may be text or microseconds", () => {
  const gap = readLiveMessage('{"type":"gap","reason":"network","since":1762327805000000}');
  expect(gap).toEqual({ type: "gap", reason: "network", sinceMs: 1762327805000 });
});

test("what is not known is skipped", () => {
  expect(readLiveMessage('{"type":"weather"}')).toBeNull();
  expect(readLiveMessage('{"type":"init","codecs":7}')).toBeNull();
});

test.each(["", "null", "[]", "{", '"end"'])("nonsense (%s) throws nothing", (text) =>
  expect(readLiveMessage(text)).toBeNull());

test("an end without a reason still ends", () => {
  expect(readLiveMessage('{"type":"end"}')).toEqual({ type: "end", reason: "" });
});
