import { describe, expect, it } from "vitest";
import { FlagError, HelpRequested } from "../kit/flags/flags.ts";
import { type CommandFlag, flagLines, parseCommandLine } from "./command-line.ts";

const flags: readonly CommandFlag[] = [
  { name: "app-id", short: "a", type: "string", default: "", help: "Id of the app" },
  { name: "app-port", short: "p", type: "int", default: "3000", help: "Port" },
  { name: "on", short: "o", type: "bool", default: "false", help: "On" },
  { name: "quiet", short: "q", type: "bool", default: "false", help: "Quiet" },
  { name: "list", type: "strings", default: "", help: "List" },
  { name: "old", type: "string", default: "", help: "", hidden: true, deprecated: "use --list" },
];
const parse = (...argv: string[]) => {
  const { flags: given, words } = parseCommandLine(flags, argv);
  return {
    id: given.string("app-id"),
    port: given.int("app-port"),
    on: given.bool("on"),
    quiet: given.bool("quiet"),
    list: given.strings("list"),
    words,
    notices: given.notices,
  };
};
const nothing = { id: "", port: 3000, on: false, quiet: false, list: [], words: [], notices: [] };

describe("parseCommandLine", () => {
  const cases: [string, string[], Partial<ReturnType<typeof parse>>][] = [
    ["defaults", [], {}],
    ["long names", ["--app-id=a", "--app-port", "80"], { id: "a", port: 80 }],
    ["short names", ["-a", "b", "-p80"], { id: "b", port: 80 }],
    ["a short name with =", ["-p=80"], { port: 80 }],
    ["booleans together, the last with a value", ["-oqa", "c"], { on: true, quiet: true, id: "c" }],
    ["a boolean that is off", ["--on=false", "-q=true"], { quiet: true }],
    ["a value that begins with a dash", ["--app-id", "-x", "-p", "-1"], { id: "-x", port: -1 }],
    ["an empty value", ["--app-id="], { id: "" }],
    [
      "flags between and after words",
      ["node", "--on", "app.js", "-a", "d"],
      { on: true, id: "d", words: ["node", "app.js"] },
    ],
    [
      "no flags after --",
      ["-a", "e", "--", "node", "--on", "-x", "--"],
      { id: "e", words: ["node", "--on", "-x", "--"] },
    ],
    ["the rest of a word as the value of a short name", ["-app-id"], { id: "pp-id" }],
    ["a lone dash as a word", ["-"], { words: ["-"] }],
    ["lists", ["--list", "1,2", "--list=3"], { list: ["1", "2", "3"] }],
    [
      "deprecated names",
      ["--old", "x"],
      { notices: ["Flag --old has been deprecated, use --list"] },
    ],
  ];
  it.each(cases)("reads %s", (_, argv, expected) => {
    expect(parse(...argv)).toEqual({ ...nothing, ...expected });
  });

  it.each([
    [["--appid", "x"], 'unknown flag: --appid; did you mean "--app-id"?'],
    [["--nothing-like-it"], "unknown flag: --nothing-like-it"],
    [["-x"], "unknown shorthand flag: 'x' in -x"],
    [["--app-id"], "flag needs an argument: --app-id"],
    [["-p"], "flag needs an argument: 'p' in -p"],
    [["-p", "many"], 'invalid argument "many" for "--app-port" flag'],
  ])("refuses %j", (argv, message) => {
    const attempt = () => parse(...argv);
    expect(attempt).toThrow(FlagError);
    expect(attempt).toThrow(message);
  });

  it.each([["--help"], ["-h"]])("asks for help with %s", (word) => {
    expect(() => parse("node", word)).toThrow(HelpRequested);
    expect(parse("--", word).words).toEqual([word]);
  });

  it("describes flags with short names and defaults, without deprecated ones", () => {
    expect(flagLines(flags)).toBe(
      `  -a, --app-id string   Id of the app
  -p, --app-port int    Port (default 3000)
      --list strings    List
  -o, --on              On
  -q, --quiet           Quiet
  -h, --help            Print this text
`,
    );
  });
});
