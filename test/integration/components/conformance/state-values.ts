/** Values come back as they went in, under the key they were written to. */
import { expect, it } from "vitest";
import type { StateStore } from "../../../../src/components/state/contract.ts";
import type { JsonValue } from "../../../../src/kit/json/value.ts";
import { deleteRequest, getRequest, read, setRequest } from "../state-context.ts";
import type { Context } from "./state.ts";

const bytesAt = async (store: StateStore, key: string): Promise<Buffer | undefined> => {
  const { data } = await store.get(getRequest(key));
  return data === undefined ? undefined : Buffer.from(data);
};

const setBytes = async (store: StateStore, key: string, bytes: Uint8Array): Promise<void> => {
  await store.set({ ...setRequest(key, ""), value: { kind: "bytes", bytes } });
};

/** Parts of keys that mean something to databases, to JavaScript or to us. */
const oddKeys = [
  "a b",
  "a/b",
  "a*",
  "a?",
  "a[b]",
  "ü:😀",
  "a'b\"c",
  "'; DROP TABLE state; --",
  "__proto__",
  "constructor",
  "toString",
  "$where",
  "$1",
  "{tag}",
  "a\\b",
  "%",
  "a_",
  "a.b.c",
  "a\nb\tc",
  " leading and trailing ",
  "\u200f\u0301",
  "null",
];

export function valuesAndKeys(context: Context): void {
  const { traits } = context;
  plainValues(context);

  it.each<[string, JsonValue, string]>([
    ["an object", new Map([["a", [1, null, "é"]]]), '{"a":[1,null,"é"]}'],
    ["text", "text", '"text"'],
    ["empty text", "", '""'],
    ["a number", 12, "12"],
    ["false", false, "false"],
    ["an empty object", new Map(), "{}"],
    ["an empty list", [], "[]"],
    ["text that looks like JSON", '{"a":1}', '"{\\"a\\":1}"'],
    ["quotes and controls", "'\"\\\n\u0007", '"\'\\"\\\\\\n\\u0007"'],
  ])("keeps %s as JSON", async (_name, json, text) => {
    const key = context.fresh();
    await context.store.set(setRequest(key, { json }));
    const stored = await read(context.store, key);
    if (traits.keepsJsonText) expect(stored).toBe(text);
    else expect(JSON.parse(stored ?? "")).toEqual(JSON.parse(text));
  });

  it("keeps members whatever they are called", async () => {
    const key = context.fresh();
    const names = ["__proto__", "constructor", "_id", "ü", "a b"];
    if (traits.anyMemberName) names.push("$set", "a.b", "");
    const json = new Map(names.map((name, i) => [name, i]));
    await context.store.set(setRequest(key, { json }));
    const stored = JSON.parse((await read(context.store, key)) ?? "") as object;
    expect(new Map(Object.entries(stored))).toEqual(json);
  });

  it("keeps the size of large numbers", async () => {
    const key = context.fresh();
    const json = [2 ** 53, 1e39, -1e39, 1234567890123456];
    await context.store.set(setRequest(key, { json }));
    expect(JSON.parse((await read(context.store, key)) ?? "")).toEqual(json);
  });

  it("keeps every digit of a number that was sent as bytes", async () => {
    const key = context.fresh();
    const text = '{"n": 1234567890123456789012345678901234567890.5, "n":1}';
    await context.store.set(setRequest(key, text));
    expect(await read(context.store, key)).toBe(text);
  });

  keys(context);
}

function plainValues(context: Context): void {
  const { traits } = context;
  it("keeps bytes as they are", async () => {
    const key = context.fresh();
    const bytes = traits.keepsBytes
      ? Buffer.from([0, 255, 13, 10, 0x80, 34, 0xc3, 0x28])
      : Buffer.from('line\r\nü😀"');
    await setBytes(context.store, key, bytes);
    expect(await bytesAt(context.store, key)).toEqual(bytes);
  });

  it.runIf(traits.keepsBytes)("keeps every byte", async () => {
    const key = context.fresh();
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
    await setBytes(context.store, key, bytes);
    expect(await bytesAt(context.store, key)).toEqual(bytes);
  });

  it("keeps its own copy", async () => {
    const key = context.fresh();
    const bytes = Buffer.from("before");
    await setBytes(context.store, key, bytes);
    bytes.fill("x");
    expect((await bytesAt(context.store, key))?.toString()).toBe("before");
  });

  it("keeps a value without bytes", async () => {
    const key = context.fresh();
    await setBytes(context.store, key, Buffer.alloc(0));
    const { data, etag } = await context.store.get(getRequest(key));
    expect(etag).toBeTruthy();
    if (traits.emptyReadsAs === "missing") expect(data).toBeUndefined();
    else expect(data?.length).toBe(0);
  });

  it("keeps a megabyte", async () => {
    const key = context.fresh();
    const bytes = Buffer.alloc(1 << 20, "0123456789abcde\n");
    await setBytes(context.store, key, bytes);
    expect((await bytesAt(context.store, key))?.equals(bytes)).toBe(true);
  });

  it("answers nothing for a key that does not exist", async () => {
    const response = await context.store.get(getRequest(context.fresh()));
    expect(response.data).toBeUndefined();
    expect(response.etag).toBeUndefined();
  });

  it("replaces bytes by JSON and JSON by bytes", async () => {
    const key = context.fresh();
    await context.store.set(setRequest(key, { json: [1] }));
    await context.store.set(setRequest(key, "plain"));
    expect(await read(context.store, key)).toBe("plain");
    await context.store.set(setRequest(key, { json: [2] }));
    expect(await read(context.store, key)).toBe("[2]");
  });
}

function keys(context: Context): void {
  const { traits } = context;
  it("keeps keys apart, whatever they are made of", async () => {
    const { store } = context;
    const base = context.fresh();
    const all = oddKeys.map((part) => `${base}-${part}`);
    if (traits.keysKeepCase) all.push(`${base}-NULL`);
    for (const key of all) await store.set(setRequest(key, key));
    for (const key of all) expect(await read(store, key)).toBe(key);
    await store.delete(deleteRequest(`${base}-%`));
    await store.delete(deleteRequest(`${base}-a*`));
    const left = all.filter((key) => key !== `${base}-%` && key !== `${base}-a*`);
    for (const key of left) expect(await read(store, key)).toBe(key);
    expect(await read(store, `${base}-%`)).toBeUndefined();
  });

  it("keeps long keys", async () => {
    const { store } = context;
    const limit = traits.longestKey ?? 1000;
    const long = context.fresh().padEnd(limit - 1, "k");
    await store.set(setRequest(`${long}1`, "1"));
    await store.set(setRequest(`${long}2`, "2"));
    expect(await read(store, `${long}1`)).toBe("1");
    expect(await read(store, `${long}2`)).toBe("2");
    if (traits.longestKey === undefined) return;
    await expect((async () => store.set(setRequest(`${long}12`, "3")))()).rejects.toThrow();
    expect(await read(store, `${long}1`)).toBe("1");
  });

  it("keeps or refuses a NUL, and goes on", async () => {
    const { store } = context;
    const base = context.fresh();
    const key = `${base}-a\0b`;
    const outcome = await (async () => store.set(setRequest(key, "nul")))().then(
      () => "kept" as const,
      () => "refused" as const,
    );
    if (outcome === "kept") expect(await read(store, key)).toBe("nul");
    expect(await read(store, `${base}-a`)).toBeUndefined();
    await store.set(setRequest(base, "after"));
    expect(await read(store, base)).toBe("after");
  });
}
