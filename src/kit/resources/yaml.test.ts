import { describe, expect, it } from "vitest";
import { parseConfigurationYaml, parseResourceYaml, yamlToJson } from "./yaml.ts";

const json = async (text: string): Promise<string[]> =>
  (await parseResourceYaml(text)).map((document) => yamlToJson(document.value));

describe("parseResourceYaml", () => {
  const cases: [string, string][] = [
    ["a: yes", '{"a":true}'],
    ["a: off", '{"a":false}'],
    ["a: 0600", '{"a":384}'],
    ["a: 0o17", '{"a":15}'],
    ["a: 0x1F", '{"a":31}'],
    ["a: 1_000", '{"a":1000}'],
    ["a: 12345678901234567890", '{"a":12345678901234567890}'],
    ["a: 1.50", '{"a":1.5}'],
    ["a: .\nb: -.\nc: .5\nd: 5.", '{"a":".","b":"-.","c":0.5,"d":5}'],
    ["a: [\n1,\n{b:\n'}'}\n] # ]", '{"a":[1,{"b":"}"}]}'],
    [
      "a: [\n1\n]\nb: |\n  {\n    x\n\n  }\nc: >-\n  [\n  y ]\nd: [\n'[']",
      '{"a":[1],"b":"{\\n  x\\n\\n}\\n","c":"[ y ]","d":["["]}',
    ],
    ["a: 123456789012345678901", '{"a":123456789012345680000}'],
    ["a: -0.0", '{"a":-0}'],
    ["--- {a: 1}\n--- {b: 2}\nc: 3", '{"a":1}\n{"c":3}'],
    ["a: 2020-01-01", '{"a":"2020-01-01"}'],
    ["a: 12:30:45", '{"a":"12:30:45"}'],
    ["a: 1\na: 2", '{"a":2}'],
    ["n: 5", '{"false":5}'],
    ["b: {z: 1, a: [x, ~]}", '{"b":{"a":["x",null],"z":1}}'],
    ["__proto__: 1", '{"__proto__":1}'],
  ];
  for (const [text, expected] of cases) {
    it(text.replaceAll("\n", " / "), async () =>
      expect((await json(text)).join("\n")).toBe(expected),
    );
  }

  it("splits at lines that begin with three dashes and throws away their rest", async () => {
    expect(await json("a: 1\n---rest of the line\nb: 2\n---\n\n---\nc: 3")).toEqual([
      '{"a":1}',
      '{"b":2}',
      '{"c":3}',
    ]);
  });

  it("keeps the good documents beside a broken one", async () => {
    const documents = await parseResourceYaml("a: 1\n---\n{\n---\nb: 2");
    expect(documents.map((document) => document.errors.length)).toEqual([0, 1, 0]);
  });

  const bad = [
    "{",
    "a: b: c",
    "a: [1",
    "a: [\n1",
    "a: *nowhere",
    "a: .inf",
    "a: \u0007",
    "a: \x7f",
  ];
  for (const text of bad) {
    it(`complains about ${JSON.stringify(text)}`, async () => {
      expect((await parseResourceYaml(text))[0]?.errors).toHaveLength(1);
    });
  }

  it("refuses what nests or expands without end", async () => {
    expect(
      (await parseResourceYaml(`a: ${"[".repeat(200)}${"]".repeat(200)}`))[0]?.errors,
    ).toHaveLength(1);
    const bomb = ["a: &a [x,x,x,x,x,x,x,x,x,x]"];
    for (let i = 0; i < 8; i++) {
      const name = String.fromCharCode(98 + i);
      const previous = String.fromCharCode(97 + i);
      bomb.push(`${name}: &${name} [${Array(10).fill(`*${previous}`).join(",")}]`);
    }
    expect((await parseResourceYaml(bomb.join("\n")))[0]?.errors).toHaveLength(1);
  });
});

describe("parseConfigurationYaml", () => {
  it("leaves the words of YAML 1.1 alone and takes the first document", async () => {
    const { value } = await parseConfigurationYaml("a: yes\n---\nb: 1");
    expect(yamlToJson(value)).toBe('{"a":"yes"}');
  });

  it("refuses a key that stands twice", async () => {
    expect((await parseConfigurationYaml("a: 1\na: 2")).errors).toHaveLength(1);
  });
});
