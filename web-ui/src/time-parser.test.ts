import { describe, expect, test } from "vitest";
import { stampText, instant } from "./local-time";
import { parseMoment } from "./time-parser";

const NOW = instant(2025, 11, 6, 14 * 3600 + 30 * 60) as number; // 06/11/2025 14:30
const SHOWN = instant(2025, 11, 3) as number;

const read = (text: string, shown = SHOWN): string => {
  const moment = parseMoment(text, NOW, shown);
  return "at" in moment ? stampText(moment.at) : moment.error;
};

describe("what a person types", () => {
  test.each([
    ["14:30", "03/11/2025 14:30:00"],
    ["2:05:09", "03/11/2025 02:05:09"],
    ["2h", "03/11/2025 02:00:00"],
    ["2h15", "03/11/2025 02:15:00"],
    ["14 giờ 30 phút", "03/11/2025 14:30:00"],
    ["14 giờ 30 phút 5 giây", "03/11/2025 14:30:05"],
    ["2h chiều", "03/11/2025 14:00:00"],
    ["12 am", "unreadable"],
    ["12:10 am", "03/11/2025 00:10:00"],
    ["hôm qua 2h", "05/11/2025 02:00:00"],
    ["hom qua 2h", "05/11/2025 02:00:00"],
    ["2h hôm qua", "05/11/2025 02:00:00"],
    ["yesterday 14:00", "05/11/2025 14:00:00"],
    ["hôm kia", "04/11/2025 00:00:00"],
    ["hôm nay 14:29:59", "06/11/2025 14:29:59"],
    ["5/11 14:30:05", "05/11/2025 14:30:05"],
    ["ngày 5/11, 14:30", "05/11/2025 14:30:00"],
    ["14:30 5/11/2024", "05/11/2024 14:30:00"],
    ["2025-11-05 08:00", "05/11/2025 08:00:00"],
    ["2025-11-05T08:00", "05/11/2025 08:00:00"],
    ["15 phút trước", "06/11/2025 14:15:00"],
    ["2 hours ago", "06/11/2025 12:30:00"],
  ])("%s is %s", (text, stamp) => expect(read(text)).toBe(stamp));

  test("a date without a year is the latest one that has begun", () => {
    expect(read("31/12 23:00")).toBe("31/12/2024 23:00:00");
    expect(read("29/2")).toBe("29/02/2024 00:00:00");
  });

  test.each(["25:00", "14:75", "31/2", "32/1 2h", "abc", "14:30 abc", "12345", "5 mèo trước"])(
    "%s is not read as something else", (text) => expect(read(text)).toBe("unreadable"));

  test("nothing typed is said apart from nonsense", () => expect(read("   ")).toBe("empty"));

  test("what has not happened yet is said so", () => expect(read("hôm nay 23:00")).toBe("future"));
});
