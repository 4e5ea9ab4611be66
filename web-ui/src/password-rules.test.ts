import { expect, test } from "vitest";
import { kept } from "./password-rules";

test.each([
  ["", false], ["Ngan-1", false], ["khongcochuhoa-1", false], ["CoDuBonLoai-12", true],
  ["Cảng-Đề-Gi-2025", true], ["bốn từ dài mà ai cũng nhớ được", true], ["bốn từ mà ngắn", false],
])("strength of %s", (password, strong) => expect(kept(1, password, "x")).toBe(strong));

test("the own name is not part of it", () => {
  expect(kept(2, "Truc-Ban-01-abc", "truc-ban-01")).toBe(false);
  expect(kept(2, "something else", "truc-ban-01")).toBe(true);
});

test("what only the server knows is not judged here", () => expect(kept(3, "password", "x")).toBeNull());
