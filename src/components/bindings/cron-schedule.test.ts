import { describe, expect, it } from "vitest";
import { parseSchedule } from "./cron-schedule.ts";

/** The next times as ISO without milliseconds. */
function times(spec: string, after: string, count: number, zone = "UTC"): string[] {
  const schedule = parseSchedule(spec, zone);
  if (!("next" in schedule)) throw new Error("it has a period");
  const found: string[] = [];
  let at = Date.parse(after);
  while (found.length < count) {
    const next = schedule.next(at);
    if (next === undefined) break;
    found.push(new Date(next).toISOString().replace(".000Z", "Z"));
    at = next;
  }
  return found;
}

describe("a schedule", () => {
  it.each<[string, string, string, string[]]>([
    ["five fields", "30 9 * * *", "2026-01-01T09:30:00Z", ["2026-01-02T09:30:00Z"]],
    [
      "six fields",
      "*/20 * * * * *",
      "2026-01-01T00:00:59.5Z",
      ["2026-01-01T00:01:00Z", "2026-01-01T00:01:20Z"],
    ],
    [
      "a step from a number",
      "50/5 * * * *",
      "2026-01-01T00:00:00Z",
      ["2026-01-01T00:50:00Z", "2026-01-01T00:55:00Z", "2026-01-01T01:50:00Z"],
    ],
    [
      "ranges and lists",
      "0 8-9,12 * * *",
      "2026-01-01T00:00:00Z",
      [
        "2026-01-01T08:00:00Z",
        "2026-01-01T09:00:00Z",
        "2026-01-01T12:00:00Z",
        "2026-01-02T08:00:00Z",
      ],
    ],
    [
      "names in any case",
      "0 0 ? JAN-mar MON,wed",
      "2026-03-30T00:00:00Z",
      ["2027-01-04T00:00:00Z", "2027-01-06T00:00:00Z"],
    ],
    ["a star before a hyphen", "0 12 *-5-x * *", "2026-01-06T12:00:00Z", ["2026-01-07T12:00:00Z"]],
    ["the local zone", "TZ=Local 0 12 * * *", "2026-01-06T12:00:00Z", ["2026-01-07T12:00:00Z"]],
    [
      "either of both day fields",
      "0 0 13 * FRI",
      "2026-11-10T00:00:00Z",
      [
        "2026-11-13T00:00:00Z",
        "2026-11-20T00:00:00Z",
        "2026-11-27T00:00:00Z",
        "2026-12-04T00:00:00Z",
        "2026-12-11T00:00:00Z",
        "2026-12-13T00:00:00Z",
      ],
    ],
    ["a leap day", "0 0 29 2 *", "2026-01-01T00:00:00Z", ["2028-02-29T00:00:00Z"]],
    ["once a year", "@yearly", "2026-01-01T00:00:00Z", ["2027-01-01T00:00:00Z"]],
    ["weekly", "@weekly", "2026-11-22T00:00:00Z", ["2026-11-29T00:00:00Z"]],
    ["another zone", "TZ=Asia/Tokyo 0 6 * * *", "2026-01-01T00:00:00Z", ["2026-01-01T21:00:00Z"]],
    ["a day that never comes", "0 0 31 2 *", "2026-01-01T00:00:00Z", []],
  ])("knows %s", (_what, spec, after, expected) => {
    expect(times(spec, after, Math.max(expected.length, 1))).toEqual(expected);
  });

  it("leaves out what the clock never shows", () => {
    // 2026-03-29: from 02:00 to 03:00.
    expect(times("30 2 * * *", "2026-03-28T00:00:00Z", 2, "Europe/Berlin")).toEqual([
      "2026-03-28T01:30:00Z",
      "2026-03-30T00:30:00Z",
    ]);
  });

  it("has the times of an hour twice that the clock shows twice", () => {
    // 2026-10-25: from 03:00 back to 02:00.
    expect(times("30 2 * * *", "2026-10-24T12:00:00Z", 3, "Europe/Berlin")).toEqual([
      "2026-10-25T00:30:00Z",
      "2026-10-25T01:30:00Z",
      "2026-10-26T01:30:00Z",
    ]);
  });

  it("finds the first moment of a day without midnight", () => {
    // Santiago goes from 00:00 to 01:00 on 2026-09-06.
    expect(times("0 1 6 9 *", "2026-09-05T12:00:00Z", 1, "America/Santiago")).toEqual([
      "2026-09-06T04:00:00Z",
    ]);
  });

  it.each<[string, number]>([
    ["@every 1h30m10s", 5_410_000],
    ["@every 250ms", 250],
  ])("has a period: %s", (spec, periodMs) => {
    expect(parseSchedule(spec, "UTC")).toEqual({ periodMs });
  });

  it.each<[string, string]>([
    ["61 * * * * *", "end of range (61) above maximum (59): 61"],
    ["* * * * 7", "end of range (7) above maximum (6): 7"],
    ["5-3 * * * *", "beginning of range (5) beyond end of range (3): 5-3"],
    ["*/0 * * * *", "step of range should be a positive number: */0"],
    ["* * *", "expected 5 to 6 fields, found 3: [* * *]"],
    ["1/2/3 * * * *", "too many slashes: 1/2/3"],
    ["1-2-3 * * * *", "too many hyphens: 1-2-3"],
    ["@often", "unrecognized descriptor: @often"],
    ["@every 0s", "failed to parse duration @every 0s: 0s is too short"],
    ["TZ=Mars/Base 0 0 * * *", "provided bad location Mars/Base: unknown time zone Mars/Base"],
    ["TZ=UTC @every 1s", "unrecognized descriptor: @every 1s"],
  ])("refuses %s", (spec, message) => {
    expect(() => parseSchedule(spec, "UTC")).toThrow(new Error(message));
  });
});
