import { expect, test } from "vitest";
import { commandOf, fasterThan } from "./camera-keys";

const press = (key: string, more = {}) =>
  commandOf({ key, ctrlKey: false, altKey: false, metaKey: false, inField: false, onButton: false, ...more });

test.each([
  ["J", { do: "skip", seconds: -10 }], ["k", { do: "pause" }], ["l", { do: "faster" }], [" ", { do: "play" }],
  ["ArrowRight", { do: "skip", seconds: 5 }], [",", { do: "step", frames: -1 }], ["G", { do: "goto" }],
  ["Home", { do: "day-start" }], ["+", { do: "zoom", factor: 2 }],
])("%s", (key, command) => expect(press(key)).toEqual(command));

test("keys typed into a field are text", () => expect(press("j", { inField: true })).toBeNull());

test("the browser keeps its own keys", () => expect(press("f", { ctrlKey: true })).toBeNull());

test("space on a button presses the button", () => expect(press(" ", { onButton: true })).toBeNull());

test("other keys are nobody's", () => expect(press("q")).toBeNull());

test("the speed goes up by steps and then back to even", () => {
  expect([1, 2, 4, 8].map(fasterThan)).toEqual([2, 4, 8, 1]);
});
