import { describe, expect, test } from "vitest";
import { chooseLayout, neighbourOf } from "./wall-layout";

const screen = (width: number, height: number) => ({ width, height, headPx: 52, headingPx: 28 });

describe("columns of the wall", () => {
  test("three sites of four stand in a row each", () => {
    expect(chooseLayout(screen(1440, 900), [4, 4, 4])).toEqual({ columns: 4, grouping: "sites", headPx: 52 });
  });

  test("one camera fills the wall", () => {
    expect(chooseLayout(screen(1440, 900), [1]).columns).toBe(1);
  });

  test("sites are not kept apart when that would make the pictures small", () => {
    expect(chooseLayout(screen(1440, 900), [4, 4])).toEqual({ columns: 3, grouping: "flat", headPx: 0 });
  });

  test("a wall of very many cameras scrolls rather than showing stamps", () => {
    expect(chooseLayout(screen(1440, 900), [40, 60])).toEqual({ columns: 6, grouping: "sites", headPx: 52 });
  });

  test("a wide desk gets more columns than a tall one", () => {
    expect(chooseLayout(screen(2560, 1080), [16]).columns).toBeGreaterThan(chooseLayout(screen(1080, 1920), [16]).columns);
  });

  test("an empty wall is one column", () => expect(chooseLayout(screen(1440, 900), []).columns).toBeGreaterThan(0));
});

describe("arrow keys", () => {
  const boxes = [0, 1, 2, 3, 4].map((n) => ({ left: (n % 3) * 100, top: Math.floor(n / 3) * 60, width: 98, height: 56 }));

  test.each([[0, "ArrowRight", 1], [0, "ArrowLeft", 0], [4, "ArrowRight", 4], [1, "ArrowDown", 4], [2, "ArrowDown", 4],
    [4, "ArrowUp", 1], [0, "ArrowUp", 0], [2, "Enter", 2]])("from %i with %s to %i", (from, key, to) =>
    expect(neighbourOf(boxes, from as number, key as string)).toBe(to));
});
