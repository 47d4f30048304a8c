import { describe, expect, it } from "vitest";
import { formatDuration, parseDuration } from "../time/duration.ts";
import { type FlagDefinition, FlagError, HelpRequested, isTruthy, parseFlags } from "./flags.ts";
import { parseQuantity, parseWholeQuantity } from "./quantity.ts";

const flag = (name: string, type: FlagDefinition["type"], value = ""): FlagDefinition => ({
  name,
  type,
  default: value,
  help: name,
});

const definitions: FlagDefinition[] = [
  flag("text", "string", "x"),
  flag("on", "bool", "false"),
  flag("count", "int", "7"),
  flag("size", "uint", "1"),
  flag("wait", "duration", "5s"),
  flag("list", "strings"),
  { ...flag("old", "string"), deprecated: "use --text" },
];
const parse = (...argv: string[]) => parseFlags(definitions, argv, { singleDash: true });

describe("parseFlags", () => {
  it("knows defaults", () => {
    const flags = parse();
    expect([
      flags.string("text"),
      flags.bool("on"),
      flags.int("count"),
      flags.duration("wait"),
    ]).toEqual(["x", false, 7, 5000]);
    expect(flags.isSet("text")).toBe(false);
  });

  it("reads both forms, single dashes, lists and the last of repeated values", () => {
    const flags = parse(
      "--text=a",
      "-text",
      "b",
      "--on",
      "--list",
      "1,2",
      "--list=3",
      "--count",
      "-5",
    );
    expect(flags.string("text")).toBe("b");
    expect(flags.bool("on")).toBe(true);
    expect(flags.strings("list")).toEqual(["1", "2", "3"]);
    expect(flags.int("count")).toBe(-5);
  });

  it.each<[string, number]>([
    ["0x1F", 31],
    ["-0b101", -5],
    ["0o17", 15],
    ["017", 15],
    ["+1_000", 1000],
    ["0", 0],
  ])("reads %s as Go does", (text, value) => {
    expect(parse(`--count=${text}`).int("count")).toBe(value);
  });

  it.each([
    [
      "--count=08",
      'invalid argument "08" for "--count" flag: strconv.ParseInt: parsing "08": invalid syntax',
    ],
    [
      "--count=1__0",
      'invalid argument "1__0" for "--count" flag: strconv.ParseInt: parsing "1__0": invalid syntax',
    ],
    [
      "--count=9223372036854775808",
      'invalid argument "9223372036854775808" for "--count" flag: strconv.ParseInt: parsing "9223372036854775808": value out of range',
    ],
    [
      "--size=+1",
      'invalid argument "+1" for "--size" flag: strconv.ParseUint: parsing "+1": invalid syntax',
    ],
    [
      "--on=ja\u0001",
      'invalid argument "ja\\x01" for "--on" flag: strconv.ParseBool: parsing "ja\\x01": invalid syntax',
    ],
    ["--=x", "bad flag syntax: --=x"],
    ["---text", "bad flag syntax: ---text"],
  ])("refuses %j", (word, text) => {
    expect(() => parse(word)).toThrow(new FlagError(text));
  });

  it("does not take a separate word for a bool and ignores positional words", () => {
    const flags = parse("--on", "false", "--", "--text", "no");
    expect(flags.bool("on")).toBe(true);
    expect(flags.string("text")).toBe("x");
  });

  it("says that a flag is deprecated", () => {
    expect(parse("--old", "v").notices).toEqual(["Flag --old has been deprecated, use --text"]);
  });

  const bad: [string[], string][] = [
    [["--nope"], "unknown flag: --nope"],
    [
      ["--count", "x"],
      'invalid argument "x" for "--count" flag: strconv.ParseInt: parsing "x": invalid syntax',
    ],
    [["--count", "-10"], 'invalid argument "--10" for "--count" flag'],
    [["--size=-1"], 'strconv.ParseUint: parsing "-1": invalid syntax'],
    [["--on=maybe"], 'strconv.ParseBool: parsing "maybe": invalid syntax'],
    [["--wait=5"], 'time: missing unit in duration "5"'],
    [["--text"], "flag needs an argument: --text"],
  ];
  for (const [argv, message] of bad) {
    it(`refuses ${argv.join(" ")}`, () => {
      expect(() => parse(...argv)).toThrow(FlagError);
      expect(() => parse(...argv)).toThrow(message);
    });
  }

  it("asks for help", () => {
    for (const word of ["--help", "-h", "-help"]) expect(() => parse(word)).toThrow(HelpRequested);
  });

  it("does not double dashes where the program has none", () => {
    expect(() => parseFlags(definitions, ["-text=a"], { singleDash: false })).toThrow(
      "unknown shorthand flag: 't' in -text=a",
    );
  });
});

describe("durations", () => {
  const cases: [string, number, string][] = [
    ["300ms", 300, "300ms"],
    ["1h2m3.5s", 3_723_500, "1h2m3.5s"],
    ["2m", 120_000, "2m0s"],
    ["-1.5h", -5_400_000, "-1h30m0s"],
    ["0", 0, "0s"],
    ["1us", 0.001, "1µs"],
    ["15ns", 0.000015, "15ns"],
    ["24h", 86_400_000, "24h0m0s"],
  ];
  for (const [text, ms, shown] of cases) {
    it(text, () => {
      expect(parseDuration(text)).toBeCloseTo(ms, 9);
      expect(formatDuration(ms)).toBe(shown);
    });
  }
  for (const bad of ["", "x", "5", "1.s.", "s", "1d", "--1s", "999999999h"]) {
    it(`refuses ${JSON.stringify(bad)}`, () => expect(() => parseDuration(bad)).toThrow("time: "));
  }
});

describe("quantities", () => {
  const cases: [string, number][] = [
    ["4Mi", 4 * 2 ** 20],
    ["4194304", 4_194_304],
    ["9.2E", 9.2e18],
    ["1e3", 1000],
    ["1.5k", 1500],
    ["-1", -1],
    ["100m", 1],
  ];
  for (const [text, value] of cases)
    it(text, () => expect(parseQuantity(text) / value).toBeCloseTo(1, 12));
  for (const bad of ["", "4MiB", "x", "1..2", "Mi"]) {
    it(`refuses ${JSON.stringify(bad)}`, () => expect(() => parseQuantity(bad)).toThrow());
  }
});

describe("isTruthy", () => {
  it("knows the reference's words", () => {
    for (const word of ["y", "YES", " true ", "t", "On", "1"]) expect(isTruthy(word)).toBe(true);
    for (const word of ["", "0", "enabled", undefined]) expect(isTruthy(word)).toBe(false);
  });
});

describe("parseWholeQuantity", () => {
  it.each([
    ["1.5k", 1500],
    ["1.0", 1],
    ["4Mi", 4 * 2 ** 20],
    ["-1", -1],
    ["2e3", 2000],
  ])("%s", (text, value) => expect(parseWholeQuantity(text)).toBe(value));

  it.each([
    ["1.5", "15 -1", "DecimalSI"],
    ["0.25", "25 -2", "DecimalSI"],
    ["100m", "100 -3", "DecimalSI"],
    ["5e-1", "5 -1", "DecimalExponent"],
    ["1.5Ki", "15 -1", "BinarySI"],
  ])("refuses %s", (text, number, format) => {
    expect(() => parseWholeQuantity(text)).toThrow(
      `cannot get bytes from resource quantity value '{{${number}} {<nil>}  ${format}}'`,
    );
  });
});
