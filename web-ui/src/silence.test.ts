import { expect, test } from "vitest";
import { Silence } from "./silence";

const at = (times: { now: number }) => new Silence(() => times.now, () => 1_000_000 + times.now);

test("a loss began when something last came, however late it is noticed", () => {
  const times = { now: 0 };
  const silence = at(times);
  times.now = 5000;
  expect(silence.seconds).toBe(5);
  expect(silence.since()).toBe(1_000_000);
});

test("its beginning does not move while it lasts", () => {
  const times = { now: 0 };
  const silence = at(times);
  silence.since();
  silence.heard();
  times.now = 9000;
  expect(silence.since()).toBe(1_000_000);
});

test("what the server says since when is believed, until pictures are back", () => {
  const times = { now: 0 };
  const silence = at(times);
  expect(silence.since(42)).toBe(42);
  expect(silence.since()).toBe(42);
  silence.over();
  times.now = 100;
  silence.heard();
  expect(silence.since()).toBe(1_000_100);
});
