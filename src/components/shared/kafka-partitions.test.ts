import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  assigners,
  assignRange,
  assignSticky,
  partitionOfKey,
  readStickyData,
  writeStickyData,
} from "./kafka-partitions.ts";

describe("partitions of keys", () => {
  // Published hashes of FNV-1a: 811c9dc5 of nothing, e40c292c of "a", bf9cf968 of "foobar"; taken as signed numbers, and a
  // negative remainder loses its sign. An unsigned division would give 1, 0 and 0 for ten partitions.
  it.each([
    ["", 10, 5],
    ["", 12, 3],
    ["a", 10, 6],
    ["a", 7, 6],
    ["foobar", 10, 6],
    ["foobar", 7, 4],
  ])("puts %j of %i into %i", (key, count, expected) => {
    expect(partitionOfKey(Buffer.from(key), count)).toBe(expected);
  });

  it("is a partition that exists", () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.integer({ min: 1, max: 1000 }), (key, count) => {
        const partition = partitionOfKey(key, count);
        expect(Object.is(partition, -0)).toBe(false);
        expect(partition).toBeGreaterThanOrEqual(0);
        expect(partition).toBeLessThan(count);
      }),
    );
  });
});

describe("assignments", () => {
  it("cuts ranges of which the first are longer", () => {
    const topics = ["t"];
    const members = ["c", "a", "b"].map((memberId) => ({ memberId, topics }));
    const plan = assignRange(members, new Map([["t", 8]]));
    expect(Object.fromEntries([...plan].map(([id, given]) => [id, given.get("t")]))).toEqual({
      a: [0, 1, 2],
      b: [3, 4, 5],
      c: [6, 7],
    });
  });

  const group = fc.record({
    counts: fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 1, maxLength: 4 }),
    members: fc.array(fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }), {
      minLength: 1,
      maxLength: 6,
    }),
  });

  it.each(["range", "roundrobin", "sticky"] as const)(
    "gives each partition to one member that asks for it: %s",
    (strategy) => {
      fc.assert(
        fc.property(group, ({ counts, members: asks }) => {
          const topics = counts.map((_, i) => `t${i}`);
          const members = asks.map((wanted, i) => ({
            memberId: `m${i}`,
            topics: topics.filter((_topic, at) => wanted[at]),
          }));
          const plan = assigners[strategy](
            members,
            new Map(counts.map((count, i) => [`t${i}`, count])),
          );
          for (const [i, count] of counts.entries()) {
            const asking = members.filter(({ topics }) => topics.includes(`t${i}`));
            const given = [...plan].flatMap(([id, own]) =>
              (own.get(`t${i}`) ?? []).map((partition) => ({ id, partition })),
            );
            const expected = asking.length === 0 ? [] : Array.from({ length: count }, (_, p) => p);
            expect(given.map(({ partition }) => partition).toSorted((a, b) => a - b)).toEqual(
              expected,
            );
            for (const { id } of given) expect(asking.map((one) => one.memberId)).toContain(id);
          }
        }),
      );
    },
  );

  it("leaves members what they had", () => {
    const had = (partitions: number[], generation: number) =>
      writeStickyData([{ topic: "t", partitions }], generation);
    const members = [
      { memberId: "a", topics: ["t"], metadata: had([1, 3, 5], 7) },
      { memberId: "b", topics: ["t"], metadata: had([0, 1], 6) },
      { memberId: "c", topics: ["t"], metadata: Buffer.of(1, 2) },
    ];
    const plan = assignSticky(members, new Map([["t", 6]]));
    expect(plan.get("a")?.get("t")).toEqual([1, 3]);
    expect(plan.get("b")?.get("t")).toContain(0);
    expect(plan.get("c")?.get("t")).toHaveLength(2);
  });

  it("reads what it wrote, and nothing from anything else", () => {
    const topics = [
      { topic: "ü", partitions: [0, 5] },
      { topic: "b", partitions: [] },
    ];
    expect(readStickyData(writeStickyData(topics, 4))).toEqual({ topics, generation: 4 });
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        expect(readStickyData(Buffer.from(bytes)).topics.length).toBeLessThanOrEqual(16);
      }),
    );
  });
});
