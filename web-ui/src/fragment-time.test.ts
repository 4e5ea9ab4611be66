import { expect, test } from "vitest";
import { decodeTime90k } from "./fragment-time";

const box = (name: string, ...content: number[][]): number[] => {
  const body = content.flat();
  const size = body.length + 8;
  return [size >>> 24, (size >>> 16) & 255, (size >>> 8) & 255, size & 255, ...[...name].map((c) => c.charCodeAt(0)), ...body];
};
const wide = box("tfdt", [1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 5]);
const narrow = box("tfdt", [0, 0, 0, 0, 0, 0, 0, 9]);
const moof = (tfdt: number[]): Uint8Array =>
  new Uint8Array([...box("moof", box("mfhd", [0, 0, 0, 0, 0, 0, 0, 1]), box("traf", box("tfhd", [0, 0, 0, 0]), tfdt)), ...box("mdat")]);

test("a fragment tells its decode time in both widths", () => {
  expect(decodeTime90k(moof(wide))).toBe(2 ** 32 + 5);
  expect(decodeTime90k(moof(narrow))).toBe(9);
});

test("bytes that are no fragment tell none", () => {
  expect(decodeTime90k(new Uint8Array())).toBeNull();
  expect(decodeTime90k(new Uint8Array([0, 0, 0, 99, 1, 2, 3, 4]))).toBeNull();
  expect(decodeTime90k(moof(wide).slice(0, 30))).toBeNull();
});
