/** proto/ against the recorded protocol, and the generated modules against proto/. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { describe, expect, test } from "vitest";
import { staleModules } from "../generate-proto.ts";
import type { FileDescriptor } from "./descriptor.ts";
import { parseProtoFolder } from "./parse.ts";

const path = (relative: string): string =>
  fileURLToPath(new URL(`../../${relative}`, import.meta.url));

const recorded: { file: FileDescriptor[] } = JSON.parse(
  readFileSync(path("test/fixtures/protocol/dapr-1.18.json"), "utf8"),
);
const own = new Map(parseProtoFolder(path("proto")).map((file) => [file.name, file]));

/** Without comments, empty options and the order of nested messages, in which the two sources differ. */
function normalize(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(normalize);
  if (typeof value !== "object" || value === null) return value;
  const result: Record<string, unknown> = {};
  for (const [key, member] of Object.entries(value)) {
    if (key === "comment" || (key === "options" && Object.keys(member).length === 0)) continue;
    const items = normalize(member);
    result[key] =
      key === "nestedType"
        ? (items as { name: string }[]).sort((a, b) => (a.name < b.name ? -1 : 1))
        : items;
  }
  return result;
}

describe("proto/", () => {
  test("covers the recording", () => {
    expect(recorded.file).toHaveLength(47);
  });

  test.each(recorded.file.map((file) => file.name))("%s is the recorded protocol", (name) => {
    const file = recorded.file.find((other) => other.name === name)!;
    for (const enumType of allEnums(file)) for (const value of enumType.value) value.number ??= 0;
    expect(normalize(own.get(name))).toEqual(normalize(file));
  });
});

/** The recording leaves out the number 0. */
function* allEnums(file: FileDescriptor): Generator<{ value: { number: number }[] }> {
  yield* file.enumType ?? [];
  const pending = [...(file.messageType ?? [])];
  for (let message = pending.pop(); message !== undefined; message = pending.pop()) {
    yield* message.enumType ?? [];
    pending.push(...(message.nestedType ?? []));
  }
}

test("the generated modules are up to date", () => {
  expect(staleModules()).toEqual([]);
});

test("a program that uses one message carries no other", async () => {
  const { outputFiles } = await build({
    stdin: {
      contents: 'export { GetStateRequest } from "./src/kit/proto/dapr/proto/runtime/v1/state.ts";',
      resolveDir: path("."),
    },
    bundle: true,
    minify: true,
    write: false,
    platform: "node",
    format: "esm",
  });
  const [bundle] = outputFiles;
  expect(bundle!.text).toContain("dapr.proto.runtime.v1.GetStateRequest");
  expect(bundle!.text.match(/dapr\.proto\.[\w.]+/g)).toHaveLength(1);
  expect(bundle!.contents.length).toBeLessThan(8000);
});
