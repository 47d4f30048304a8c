import { describe, expect, it } from "vitest";
import { UnreadableError } from "../../kit/errors/unreadable-error.ts";
import { systemClock } from "../../kit/time/clock.ts";
import { kafkaBackOffProperties, readKafkaBackOff } from "./kafka-back-off.ts";
import { KafkaPartition, type KafkaPartitionInit } from "./kafka-partition.ts";
import type { KafkaRecord } from "./kafka-records.ts";
import { Properties } from "./properties.ts";

const backOff = (given: Record<string, string>) =>
  readKafkaBackOff(new Properties(new Map(Object.entries(given)), kafkaBackOffProperties));

const at = (offset: number): KafkaRecord => ({
  topic: "t",
  partition: 0,
  offset: BigInt(offset),
  leaderEpoch: 1,
  timestamp: 0n,
  key: null,
  value: null,
  headers: [],
});

/** Pauses take no time. */
const clock = { ...systemClock, sleep: async () => {} } as typeof systemClock;

function open(
  handle: (offsets: number[]) => readonly (Error | undefined)[] | undefined,
  rest: Partial<KafkaPartitionInit> & { readonly maxRecords?: number } = {},
) {
  const seen: number[][] = [];
  const partition = new KafkaPartition({
    topic: "t",
    partition: 0,
    start: 0n,
    delivery: {
      maxRecords: rest.maxRecords ?? 1,
      maxWaitMs: 0,
      handle: async (records) => {
        const offsets = records.map(({ offset }) => Number(offset));
        seen.push(offsets);
        return handle(offsets);
      },
    },
    backOff: backOff({}),
    clock: { ...clock, monotonic: () => 0, timer: systemClock.timer } as typeof systemClock,
    random: () => 0.5,
    logger: { error: () => {} } as unknown as KafkaPartitionInit["logger"],
    signal: new AbortController().signal,
    onProgress: () => {},
    drainsBelow: 1,
    onDrain: () => {},
    ...rest,
  });
  return { partition, seen };
}

const no = new Error("no");

describe("a partition of Kafka", () => {
  it("moves its position up to the first record that failed, and repeats only those", async () => {
    let failures = 0;
    const positions: bigint[] = [];
    const { partition, seen } = open(
      (offsets) =>
        offsets.map((offset) =>
          (offset === 1 || offset === 3) && failures++ < 3 ? no : undefined,
        ),
      { maxRecords: 4, onProgress: () => positions.push(partition.position) },
    );
    partition.add([0, 1, 2, 3].map(at), 4n);
    await expect.poll(() => partition.position).toBe(4n);
    expect(seen).toEqual([[0, 1, 2, 3], [1, 3], [1]]);
    expect(positions).toEqual([1n, 4n]);
    await partition.end();
  });

  it("gives up what nobody can read, and what has had its attempts", async () => {
    const { partition, seen } = open(
      ([offset]) => {
        throw offset === 0 ? new UnreadableError("garbage") : no;
      },
      { backOff: backOff({ consumeRetryEnabled: "true", backOffMaxRetries: "2" }) },
    );
    partition.add([0, 1].map(at), 2n);
    await expect.poll(() => partition.position).toBe(2n);
    expect(seen).toEqual([[0], [1], [1], [1]]);
    await partition.end();
  });

  it("hands over nothing while it is held, and nothing that it has had", async () => {
    const { partition, seen } = open(() => undefined);
    partition.hold(true);
    partition.add([0, 1].map(at), 2n);
    partition.add([1, 2].map(at), 3n);
    await partition.idle;
    expect(seen).toEqual([]);
    partition.hold(false);
    await expect.poll(() => partition.position).toBe(3n);
    expect(seen).toEqual([[0], [1], [2]]);
    await partition.end();
  });
});

describe("back-off", () => {
  it("is constant, exponential, or that of the other brokers", () => {
    const half = (): number => 0.5;
    const constant = backOff({ consumeRetryEnabled: "true", backOffDuration: "2s" });
    expect([constant.maxRetries, constant.pauseMs(7, half)]).toEqual([Infinity, 2000]);
    const growing = backOff({ consumeRetryEnabled: "true", backOffPolicy: "exponential" });
    expect([1, 2, 100].map((attempt) => growing.pauseMs(attempt, half))).toEqual([
      500, 750, 60_000,
    ]);
    expect(growing.pauseMs(1, () => 0)).toBe(250);
    expect([1, 2, 50].map((attempt) => backOff({}).pauseMs(attempt, half))).toEqual([
      500, 1000, 30_000,
    ]);
    expect(backOff({ ackOnFailure: "true" }).maxRetries).toBe(0);
    expect(() => backOff({ backOffMultiplier: "x" })).toThrow("invalid backOffMultiplier");
  });
});
