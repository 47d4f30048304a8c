import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readSimpleYaml } from "./simple-yaml.ts";
import { yamlToJson } from "./yaml.ts";
import { readConfigurationDocument, readResourceDocument } from "./yaml-library.ts";

/** What the library makes of it, in both dialects. */
function byLibrary(text: string): unknown[] {
  return [readResourceDocument(text), readConfigurationDocument(text)];
}

function expectSame(text: string): boolean {
  const simple = readSimpleYaml(text);
  if (simple === undefined) return false;
  const same = { value: simple, errors: [] };
  expect(byLibrary(text)).toEqual([same, same]);
  return true;
}

const component = `# A store.
apiVersion: dapr.io/v1alpha1
kind: Component
metadata:
  name: "state store"
  namespace: 'it is'
spec:
  type: state.redis   # the kind
  version: v1
  ignoreErrors: true
  metadata:
  - name: redisHost
    value: localhost:6379

  - name:   port
    value: 6379
    secretKeyRef:
        name: a_b
        key: /x/y-z
  - name: empty
    value:
    # nothing follows
scopes:
  - app-1
  - 'app 2'
tags: []
more: {}
auth:
  secretStore: store
`;

describe("readSimpleYaml", () => {
  it("reads a component, as the library does", () => {
    expect(expectSame(component)).toBe(true);
    expect(yamlToJson(readSimpleYaml("a:\n- b: 1\n  c: [] # none\n- d\n") ?? null)).toBe(
      '{"a":[{"b":1,"c":[]},"d"]}',
    );
  });

  const others = [
    "",
    "# nothing",
    "a: yes",
    "yes: a",
    "a: Null",
    "a: ~",
    "a: 1.5",
    "a: 010",
    "a: 1_000",
    "a: 12:30",
    "a: b c",
    "a: b: c",
    "a: |\n  text",
    "a: [b]",
    "a: {b: c}",
    "a: &x b",
    "a: *x",
    "a: !!str 1",
    'a: "\\n"',
    "a: 'it''s'",
    "a: b\n  c",
    "a: b\n  c: d",
    "a: 1\na: 2",
    "  a: b",
    "- a",
    "a:\n  - - b",
    "a:\n  -\n    b: c",
    "a:\n  b: c\n d: e",
    "a:\n    b: c\n  d: e",
    "a:\tb",
    "a: ä",
    "a: b\r\n",
    "? a\n: b",
    "<<: a",
    "%YAML 1.1\n---\na: b",
    "a: b\n...\nc: d",
    "a: b\n---\nc: d",
    "a",
    "a: b#c",
    'a: "b"c',
  ];
  for (const text of others) {
    it(`leaves ${JSON.stringify(text)} to the library`, () => {
      expect(readSimpleYaml(text)).toBeUndefined();
    });
  }

  it("agrees with the library wherever it reads", () => {
    const token = fc.constantFrom(
      ..."a b key name: k: x: - -- --- ... # % : , [] {} [ ] { } 'q' \"d\" ' \" 0 7 42 007 1e3 0x1f 1_0".split(
        " ",
      ),
      ..."true false yes No on y null ~ a:b a/b /a _ a.b a@b a-b -1 +1 .5 ! & * ? | > << = @ `".split(
        " ",
      ),
      ...[
        " ",
        "  ",
        "    ",
        "\n",
        "\n  ",
        "\n    ",
        "\n- ",
        "\n  - ",
        ": ",
        ":\n",
        ":\n  ",
        "\t",
        "#c",
        " #c",
      ],
    );
    let read = 0;
    const soup = fc.array(token, { maxLength: 24 }).map((parts) => parts.join(""));
    const lines = fc
      .array(
        fc.record({
          indent: fc.constantFrom("", "", "", "  ", "  ", "    ", "      ", " "),
          dash: fc.constantFrom("", "", "", "- ", "-  "),
          key: fc.constantFrom("", ..."a: b: c: d: e: f: name: x.y: no:".split(" "), "a :"),
          gap: fc.constantFrom(" ", " ", " ", " ", " ", "  ", ""),
          value: fc.oneof(token, fc.constantFrom("", "", "x", "7", "'q'", "[]")),
          end: fc.constantFrom("", "", "", " ", " # c", "#c"),
        }),
        { maxLength: 9 },
      )
      .map((all) =>
        all.map((l) => `${l.indent}${l.dash}${l.key}${l.gap}${l.value}${l.end}`).join("\n"),
      );
    fc.assert(
      fc.property(fc.oneof(soup, lines, lines), (text) => {
        if (expectSame(text)) read++;
      }),
      { numRuns: 30_000 },
    );
    expect(read).toBeGreaterThan(150);
  });

  it("agrees with the library about what it is made for", () => {
    const word = fc.constantFrom(
      "a",
      "b-c",
      "x.y",
      "/p/q",
      "h:1",
      "'s p'",
      '"q"',
      "17",
      "0",
      "true",
      "[]",
      "{}",
      "",
    );
    const name = fc.constantFrom("a", "b", "c", "d", "e-f", "g.h");
    const tree = fc.letrec((tie) => ({
      value: fc.oneof({ depthSize: "small" }, word, tie("map"), tie("list")),
      map: fc.dictionary(name, tie("value"), { minKeys: 1, maxKeys: 4 }),
      list: fc.array(fc.oneof(word, tie("map")), { minLength: 1, maxLength: 3 }),
    }));
    const shape = fc.record({
      step: fc.integer({ min: 1, max: 4 }),
      flush: fc.boolean(),
      note: fc.boolean(),
    });
    let read = 0;
    fc.assert(
      fc.property(tree.map, shape, (value, options) => {
        if (expectSame(print(value, 0, options))) read++;
      }),
      { numRuns: 1000 },
    );
    expect(read).toBeGreaterThan(500);
  });
});

type Shape = { readonly step: number; readonly flush: boolean; readonly note: boolean };

/** YAML text of nested objects and arrays whose leaves are YAML already. */
function print(value: unknown, indent: number, shape: Shape): string {
  const pad = " ".repeat(indent);
  const note = shape.note ? `${pad}# note\n` : "";
  return Object.entries(value as object)
    .map(([name, item]) => `${note}${pad}${name}:${below(item, indent, shape)}`)
    .join("");
}

function below(item: unknown, indent: number, shape: Shape): string {
  if (typeof item === "string") return ` ${item}${shape.note ? " # it" : ""}\n`;
  if (!Array.isArray(item)) return `\n${print(item, indent + shape.step, shape)}`;
  const dash = " ".repeat(shape.flush ? indent : indent + shape.step);
  const items = item.map((one: unknown) =>
    typeof one === "string"
      ? `${dash}- ${one}\n`
      : `${dash}- ${print(one, dash.length + 2, { ...shape, note: false }).trimStart()}`,
  );
  return `\n${items.join("")}`;
}
