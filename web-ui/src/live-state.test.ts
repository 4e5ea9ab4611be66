import { expect, test } from "vitest";
import { type LiveSigns, judge } from "./live-state";

const signs = (more: Partial<LiveSigns>): LiveSigns =>
  ({ lossTold: false, silentS: 0.1, hasPicture: true, picture: "shown", delayS: 0.4, ...more });

test("fresh pictures are shown", () => {
  expect(judge(signs({ picture: "lost" }))).toEqual({ show: "shown", delayShownS: 0 });
});

test("a picture that nothing follows is not shown as live", () => {
  expect(judge(signs({ silentS: 3.1 })).show).toBe("lost");
});

test("a loss that was told stays one until something comes", () => {
  expect(judge(signs({ lossTold: true, picture: "lost" })).show).toBe("keep");
  expect(judge(signs({ silentS: 2, picture: "lost" })).show).toBe("keep");
});

test("a picture that does not come at first is being connected", () => {
  expect(judge(signs({ silentS: 4, picture: "waiting", hasPicture: false })).show).toBe("connecting");
});

test("a delay is told from two seconds on", () => {
  expect(judge(signs({ delayS: 2.6 })).delayShownS).toBe(3);
  expect(judge(signs({ delayS: 1.9 })).delayShownS).toBe(0);
});
