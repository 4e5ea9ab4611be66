import { describe, expect, test } from "vitest";
import { chooseLayout, neighbourOf } from "./wall-layout";

const screen = (width: number, height: number) => ({ width, height, headPx: 52, headingPx: 28 });

describe("columns of the wall", () => {
  test("three sites of four stand in a row each", () => {
    expect(chooseLayout(screen(1440, 900), [4, 4, 4])).toMatchObject({ columns: 4, grouping: "sites", headPx: 52 });
  });

  test("one camera fills the wall", () => {
    expect(chooseLayout(screen(1440, 900), [1]).columns).toBe(1);
  });

  test("sites are not kept apart when that would make the pictures small", () => {
    expect(chooseLayout(screen(1440, 900), [4, 4])).toMatchObject({ columns: 3, grouping: "flat" });
  });

  test("a wall of very many cameras scrolls rather than showing stamps", () => {
    expect(chooseLayout(screen(1440, 900), [40, 60])).toMatchObject({ columns: 6, grouping: "sites", headPx: 52 });
  });

  test("a wide desk gets more columns than a tall one", () => {
    expect(chooseLayout(screen(2560, 1080), [16]).columns).toBeGreaterThan(chooseLayout(screen(1080, 1920), [16]).columns);
  });

  test("every picture is seen whole, whatever the screen and the number of cameras", () => {
    for (const [width, height] of [[1280, 720], [1440, 900], [2560, 1440], [1920, 1200], [1100, 1000]] as const) {
      for (let cameras = 1; cameras <= 16; cameras += 1) {
        const { columns, tilePx, headPx } = chooseLayout(screen(width, height), [cameras]);
        const rows = Math.ceil(cameras / columns);
        if (tilePx < 240) continue;
        expect(columns * (tilePx + 2) - 2).toBeLessThanOrEqual(width);
        expect(rows * ((tilePx * 9) / 16 + 2) + headPx).toBeLessThanOrEqual(height + 1);
      }
    }
  });

  test("the bar is given room of its own when there is some left", () => {
    expect(chooseLayout(screen(1440, 900), [4, 4]).headPx).toBe(52);
    expect(chooseLayout(screen(1600, 900), [5, 4]).headPx).toBe(0);
  });

  test("an empty wall is one column", () => expect(chooseLayout(screen(1440, 900), []).columns).toBeGreaterThan(0));
});

describe("arrow keys", () => {
  const boxes = [0, 1, 2, 3, 4].map((n) => ({ left: (n % 3) * 100, top: Math.floor(n / 3) * 60, width: 98, height: 56 }));

  test.each([[0, "ArrowRight", 1], [0, "ArrowLeft", 0], [4, "ArrowRight", 4], [1, "ArrowDown", 4], [2, "ArrowDown", 4],
    [4, "ArrowUp", 1], [0, "ArrowUp", 0], [2, "Enter", 2]])("from %i with %s to %i", (from, key, to) =>
    expect(neighbourOf(boxes, from as number, key as string)).toBe(to));
});
