import { describe, expect, it } from "vitest";
import { flagsOfCommandLine } from "./instances.ts";
import { contentType } from "./publish.ts";
import { ageText, alignedTable } from "./table.ts";
import { yamlOf } from "./write-yaml.ts";

describe("list", () => {
  it("aligns columns and leaves out those that are blank", () => {
    const rows = [
      ["orders", "", "1"],
      ["a\u001b[31m", "", "20"],
    ];
    const table = "APP ID  N\norders  1\na [31m  20\n";
    expect(alignedTable(["APP ID", "NOTHING", "N"], rows)).toBe(table);
  });

  it.each([
    [0, "0s"],
    [59_999, "59s"],
    [60_000, "1m"],
    [7_200_000, "2h"],
    [90_000_000, "1d"],
    [-5, "0s"],
  ])("shows %d ms as %s", (ms, text) => expect(ageText(ms)).toBe(text));

  it("writes YAML that reads back", () => {
    expect(yamlOf([])).toBe("[]\n");
    expect(yamlOf([{ a: "x: y", b: 1, c: false, d: "", e: "no", f: "/tmp/a b" }])).toBe(
      '- a: "x: y"\n  b: 1\n  c: false\n  d: ""\n  e: "no"\n  f: /tmp/a b\n',
    );
  });

  it("reads the flags of a process, behind those of an interpreter", () => {
    const words = ["node", "--disable-proto=delete", "/x/daprd.js", "--app-id", "a", "--on"];
    const flags = flagsOfCommandLine([...words, "--dapr-http-port", "3501", "-log-level=info"]);
    expect(Object.fromEntries(flags)).toEqual({
      "disable-proto": "delete",
      "app-id": "a",
      on: "",
      "dapr-http-port": "3501",
      "log-level": "info",
    });
  });
});

describe("publish", () => {
  const event = '{"id":"1","source":"s","specversion":"1.0","type":"t","data":1}';
  it.each([
    [event, "application/cloudevents+json"],
    ['{"id":"1"}', "application/json"],
    ["not JSON", "application/json"],
    ["null", "application/json"],
    ["[]", "application/json"],
  ])("sends %s as %s", (text, type) => expect(contentType(Buffer.from(text))).toBe(type));
});
