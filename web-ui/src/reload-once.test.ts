import { expect, test } from "vitest";
import { mayReload } from "./reload-once";

test("a page reloads itself at most once a minute", () => {
  expect(mayReload(1_000_000, 0)).toBe(true);
  expect(mayReload(1_000_000, 995_000)).toBe(false);
  expect(mayReload(1_000_000, 900_000)).toBe(true);
});
