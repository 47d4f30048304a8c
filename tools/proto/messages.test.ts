/** Every generated codec against protobufjs's reflection over the same files, with random messages and random bytes. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import protobuf from "protobufjs";
import { describe, expect, test } from "vitest";
import { camelCase } from "../../src/kit/proto/names.ts";
import type { MessageCodec } from "../../src/kit/proto/wire.ts";
import type { FieldDescriptor, MessageDescriptor } from "./descriptor.ts";
import { modulePath } from "./emit-typescript.ts";
import { parseProtoFolder } from "./parse.ts";

type AnyCodec = MessageCodec<Record<string, unknown>, Record<string, unknown>>;

const folder = fileURLToPath(new URL("../../proto", import.meta.url));
const files = parseProtoFolder(folder);

const root = new protobuf.Root();
for (const file of files) {
  protobuf.parse(readFileSync(join(folder, file.name), "utf8"), root, { keepCase: true });
}
root.resolveAll();

const messages = new Map<string, MessageDescriptor>();
const enums = new Set<string>();
const owners = new Map<string, { file: string; identifier: string }>();

function declare(message: MessageDescriptor, scope: string, outer: string, file: string): void {
  const name = `${scope}.${message.name}`;
  const identifier = `${outer}${message.name}`;
  messages.set(name, message);
  owners.set(name, { file, identifier });
  for (const enumType of message.enumType ?? []) enums.add(`${name}.${enumType.name}`);
  for (const nested of message.nestedType ?? []) declare(nested, name, `${identifier}_`, file);
}
for (const file of files) {
  const scope = file.package === undefined ? "" : `.${file.package}`;
  for (const message of file.messageType ?? []) declare(message, scope, "", file.name);
}
const names = [...messages.keys()].filter((name) => !messages.get(name)!.options?.mapEntry);

async function codecOf(name: string): Promise<AnyCodec> {
  const { file, identifier } = owners.get(name)!;
  const url = new URL(`../../src/kit/proto/${modulePath(file)}`, import.meta.url).href;
  const module = await import(/* @vite-ignore */ url);
  return module[identifier];
}

const scalars: Record<string, fc.Arbitrary<unknown>> = {
  TYPE_DOUBLE: fc.double(),
  TYPE_FLOAT: fc.float(),
  TYPE_INT64: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  TYPE_UINT64: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  TYPE_FIXED64: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  TYPE_INT32: fc.integer(),
  TYPE_ENUM: fc.oneof(fc.nat(3), fc.integer()),
  TYPE_UINT32: fc.nat(0xffff_ffff),
  TYPE_FIXED32: fc.nat(0xffff_ffff),
  TYPE_BOOL: fc.boolean(),
  TYPE_STRING: fc.oneof(fc.string(), fc.string({ unit: "grapheme", maxLength: 60 })),
  TYPE_BYTES: fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
};

/** A random message in the shape that codecs take, at most three levels deep. */
function arbitrary(name: string, depth: number): fc.Arbitrary<Record<string, unknown>> {
  const message = messages.get(name)!;
  const seen = new Set<number>();
  const members: Record<string, fc.Arbitrary<unknown>> = {};
  for (const field of message.field ?? []) {
    if (field.oneofIndex !== undefined && field.proto3Optional !== true) {
      if (seen.has(field.oneofIndex)) continue;
      seen.add(field.oneofIndex);
      const group = message.field!.filter((other) => other.oneofIndex === field.oneofIndex);
      const options = group.flatMap((member) => {
        const value = fieldValue(member, depth);
        return value === undefined ? [] : [value.map((v) => ({ [camelCase(member.name)]: v }))];
      });
      if (options.length > 0) members[`oneof ${field.oneofIndex}`] = fc.oneof(...options);
      continue;
    }
    const value = fieldValue(field, depth);
    if (value !== undefined) members[camelCase(field.name)] = value;
  }
  return fc.record(members, { requiredKeys: [] }).map((record) => {
    const flat: Record<string, unknown> = {};
    for (const [key, value] of Object.entries(record)) {
      if (key.startsWith("oneof ")) Object.assign(flat, value);
      else flat[key] = value;
    }
    return flat;
  });
}

function fieldValue(field: FieldDescriptor, depth: number): fc.Arbitrary<unknown> | undefined {
  if (field.type !== "TYPE_MESSAGE") {
    const scalar = scalars[field.type]!;
    return field.label === "LABEL_REPEATED" ? fc.array(scalar, { maxLength: 4 }) : scalar;
  }
  const message = messages.get(field.typeName!)!;
  if (message.options?.mapEntry === true) {
    const key = scalars[message.field![0]!.type]!;
    const value = fieldValue(message.field![1]!, depth);
    if (value === undefined) return undefined;
    return fc
      .array(fc.tuple(key, value), { maxLength: 3 })
      .map((entries) => new Map(entries as []));
  }
  if (depth === 0) return undefined;
  const item = arbitrary(field.typeName!, depth - 1);
  return field.label === "LABEL_REPEATED" ? fc.array(item, { maxLength: 3 }) : item;
}

/** The message with everything that is absent put in, as decode returns it. */
function complete(name: string, message: Record<string, unknown>): Record<string, unknown> {
  const full: Record<string, unknown> = {};
  for (const field of messages.get(name)!.field ?? []) {
    full[camelCase(field.name)] = completeField(field, message[camelCase(field.name)]);
  }
  return full;
}

function completeField(field: FieldDescriptor, value: unknown): unknown {
  const nested = field.typeName === undefined ? undefined : messages.get(field.typeName);
  if (nested?.options?.mapEntry === true) {
    const entries = [...((value as Map<unknown, unknown>) ?? [])];
    return new Map(entries.map(([k, v]) => [k, completeField(nested.field![1]!, v)]));
  }
  const one = (item: unknown): unknown => {
    if (field.type === "TYPE_MESSAGE") return complete(field.typeName!, item as never);
    return field.type === "TYPE_FLOAT" ? Math.fround(item as number) : item;
  };
  if (field.label === "LABEL_REPEATED") return ((value as unknown[]) ?? []).map(one);
  if (value !== undefined) return one(value);
  if (field.type === "TYPE_MESSAGE" || field.oneofIndex !== undefined) return undefined;
  if (field.type === "TYPE_STRING") return "";
  if (field.type === "TYPE_BOOL") return false;
  if (field.type === "TYPE_BYTES") return Buffer.alloc(0);
  return /64/.test(field.type) ? 0n : 0;
}

/** In the shape that protobufjs takes: names as in the file, maps as objects, 64-bit integers as strings. */
function foreign(name: string, message: Record<string, unknown>): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const field of messages.get(name)!.field ?? []) {
    const value = message[camelCase(field.name)];
    if (value !== undefined) result[field.name] = foreignValue(field, value);
  }
  return result;
}

function foreignValue(field: FieldDescriptor, value: unknown): unknown {
  const nested = field.typeName === undefined ? undefined : messages.get(field.typeName);
  if (nested?.options?.mapEntry === true) {
    const entries = [...(value as Map<string, unknown>)];
    return Object.fromEntries(entries.map(([k, v]) => [k, foreignValue(nested.field![1]!, v)]));
  }
  if (Array.isArray(value)) return value.map((item) => foreignValue(field, item));
  if (field.type === "TYPE_MESSAGE") return foreign(field.typeName!, value as never);
  return typeof value === "bigint" ? value.toString() : value;
}

describe("every message", () => {
  test("is there", () => {
    expect(names.length).toBeGreaterThan(400);
  });

  test.each(names)("%s", async (name) => {
    const codec = await codecOf(name);
    expect(codec.typeName).toBe(name.slice(1));
    const reference = root.lookupType(name);
    fc.assert(
      fc.property(arbitrary(name, 2), (message) => {
        const bytes = codec.encode(message);
        expect(codec.decode(bytes)).toEqual(complete(name, message));
        // protobufjs reads what we wrote and writes what we read.
        const theirs = reference.encode(reference.fromObject(foreign(name, message))).finish();
        const reread = reference.encode(reference.decode(bytes)).finish();
        expect(codec.decode(reread)).toEqual(complete(name, message));
        expect(codec.decode(theirs)).toEqual(complete(name, message));
        expect(bytes.length).toBeLessThanOrEqual(theirs.length);
      }),
      { numRuns: 5 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        mutate(codec, Buffer.from(bytes));
      }),
      { numRuns: 12 },
    );
    fc.assert(
      fc.property(arbitrary(name, 1), fc.nat(), fc.nat(255), (message, position, byte) => {
        const bytes = Buffer.from(codec.encode(message));
        if (bytes.length > 0) bytes[position % bytes.length] = byte;
        mutate(codec, bytes);
        mutate(codec, bytes.subarray(0, position % (bytes.length + 1)));
      }),
      { numRuns: 5 },
    );
  });
});

/** Whatever the bytes are: a message that can be written again, or an Error. */
function mutate(codec: AnyCodec, bytes: Buffer): void {
  let message: Record<string, unknown>;
  try {
    message = codec.decode(bytes);
  } catch (error) {
    expect(error).toBeInstanceOf(Error);
    expect((error as Error).constructor).toBe(Error);
    return;
  }
  expect(codec.decode(codec.encode(message))).toEqual(message);
}
