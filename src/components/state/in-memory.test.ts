import { randomBytes, randomUUID } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Platform } from "../../kit/lifecycle/platform.ts";
import type { Logger } from "../../kit/logging/logger.ts";
import { ManualClock } from "../../kit/time/manual-clock.ts";
import type { SetRequest, StateStore } from "./contract.ts";
import { component } from "./in-memory.ts";

function create(clock = new ManualClock()): Promise<StateStore> {
  const random = { number: () => 0.5, bytes: randomBytes, uuid: randomUUID };
  const platform = { clock, random } as unknown as Platform;
  return component.create({
    name: "s",
    appId: "a",
    namespace: "default",
    properties: new Map(),
    logger: {} as Logger,
    platform,
    signal: new AbortController().signal,
  });
}

const set = (key: string, text: string, rest: Partial<SetRequest> = {}): SetRequest => ({
  key,
  value: { kind: "bytes", bytes: Buffer.from(text) },
  etag: undefined,
  concurrency: "",
  consistency: "",
  metadata: new Map(),
  ...rest,
});
const get = (key: string) => ({ key, consistency: "", metadata: new Map<string, string>() });
const ttl = (seconds: string): Partial<SetRequest> => ({
  metadata: new Map([["ttlInSeconds", seconds]]),
});

describe("a value", () => {
  it("is answered at once and kept apart from the request's bytes", async () => {
    const store = await create();
    const bytes = Buffer.from("abc");
    await store.set({ ...set("k", ""), value: { kind: "bytes", bytes } });
    bytes.fill(0);
    const read = store.get(get("k"));
    expect(read).not.toBeInstanceOf(Promise);
    expect(read).toMatchObject({ data: Buffer.from("abc"), metadata: undefined });
  });

  it("without bytes reads as none, with an etag", async () => {
    const store = await create();
    await store.set(set("k", ""));
    expect(store.get(get("k"))).toMatchObject({
      data: undefined,
      etag: expect.stringMatching(/.{36}/),
    });
    expect(store.get(get("none"))).toMatchObject({ data: undefined, etag: undefined });
  });

  it("that expires is hidden at its time and swept later", async () => {
    const clock = new ManualClock(Date.UTC(2026, 0, 1));
    const store = await create(clock);
    await store.set(set("k", "v", ttl("2")));
    expect(store.get(get("k"))).toMatchObject({
      metadata: new Map([["ttlExpireTime", "2026-01-01T00:00:02Z"]]),
    });
    clock.jump(1999);
    expect(store.get(get("k"))).toMatchObject({ etag: expect.any(String) });
    clock.jump(1);
    expect(store.get(get("k"))).toMatchObject({ data: undefined, etag: undefined });
    await store.set(set("l", "v", ttl("1")));
    await store.set(set("l", "v"));
    await clock.advance(5000);
    expect(store.get(get("l"))).toMatchObject({ data: Buffer.from("v"), metadata: undefined });
  });

  it("can be deleted by prefix, without those further down", async () => {
    const store = await create();
    for (const key of ["a||b||1", "a||b||2", "a||b||c||3", "a||bb||4", "a||b"])
      await store.set(set(key, "v"));
    expect(store.deleteWithPrefix?.("a||b")).toBe(2);
    expect((await store.keysLike?.({ pattern: "%", pageSize: 0, token: undefined }))?.keys).toEqual(
      ["a||b||c||3", "a||bb||4", "a||b"],
    );
  });
});

it("stops sweeping when it is disposed, twice at will", async () => {
  const clock = new ManualClock();
  const store = await create(clock);
  expect(clock.pending).toBe(1);
  await store[Symbol.asyncDispose]();
  await store[Symbol.asyncDispose]();
  expect(clock.pending).toBe(0);
});

const keys = fc.constantFrom("a", "b", "c", "__proto__");
const etags = fc.constantFrom("none", "right", "wrong");
const step = fc.oneof(
  fc.record({
    do: fc.constant("set" as const),
    key: keys,
    etag: etags,
    text: fc.string({ minLength: 1 }),
    first: fc.boolean(),
    seconds: fc.constantFrom("", "0", "3"),
  }),
  fc.record({ do: fc.constant("delete" as const), key: keys, etag: etags }),
  fc.record({ do: fc.constant("wait" as const), ms: fc.integer({ min: 0, max: 4000 }) }),
);

it("behaves like a Map with etags and expiry", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
      const clock = new ManualClock();
      await using store = await create(clock);
      const model = new Map<string, { text: string; until: number }>();
      const current = (key: string): string | undefined =>
        (store.get(get(key)) as { etag: string | undefined }).etag;
      for (const next of steps) {
        if (next.do === "wait") {
          clock.jump(next.ms);
          for (const [key, { until }] of model) if (until <= clock.now()) model.delete(key);
          continue;
        }
        const exists = model.has(next.key);
        const etag = { none: undefined, right: current(next.key) ?? "absent", wrong: "x" }[
          next.etag
        ];
        const concurrency = next.do === "set" && next.first ? "first-write" : "";
        const isRefused =
          next.etag === "none" ? concurrency !== "" && exists : next.etag === "wrong" || !exists;
        const write = (): unknown =>
          next.do === "set"
            ? store.set(set(next.key, next.text, { etag, concurrency, ...ttl(next.seconds) }))
            : store.delete({ ...get(next.key), etag, concurrency });
        if (isRefused) {
          expect(write).toThrow(/possible etag mismatch/);
          continue;
        }
        write();
        if (next.do === "delete") model.delete(next.key);
        else {
          const until = next.seconds === "3" ? clock.now() + 3000 : Number.POSITIVE_INFINITY;
          model.set(next.key, { text: next.text, until });
        }
        for (const key of ["a", "b", "c", "__proto__"]) {
          const { data } = store.get(get(key)) as { data: Buffer | undefined };
          expect(data?.toString()).toBe(model.get(key)?.text);
        }
      }
    }),
    { numRuns: 1000 },
  );
});
