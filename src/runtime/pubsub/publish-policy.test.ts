import { beforeEach, describe, expect, test } from "vitest";
import type {
  BulkPublishEntry,
  BulkPublishFailure,
  PubSub,
} from "../../components/pubsub/contract.ts";
import type { Logging } from "../../kit/logging/logger.ts";
import { Metrics } from "../../kit/metrics/metrics.ts";
import { ManualClock } from "../../kit/time/manual-clock.ts";
import { type MountedBroker, type PublishPolicy, PubSubBlock } from "./pubsub.ts";

/** Payloads by attempt. */
let published: string[][];
/** What the broker says to each attempt, by entry id. */
let refusals: ReadonlyMap<string, Error>[];

beforeEach(() => {
  published = [];
  refusals = [];
});

const block = new PubSubBlock({
  appId: "a",
  namespace: "default",
  namespaceEnv: "",
  metrics: new Metrics(),
  clock: new ManualClock(),
  random: { number: () => 0, bytes: () => Buffer.alloc(0), uuid: () => "" },
  logging: undefined as unknown as Logging,
});

const text = (data: Uint8Array): string => Buffer.from(data).toString();

/** A broker that takes batches. */
const bulkBroker: Partial<PubSub> = {
  async bulkPublish(_topic, entries): Promise<readonly BulkPublishFailure[]> {
    published.push(entries.map(({ data }) => text(data)));
    const refused = refusals.shift();
    return entries.flatMap(({ entryId }) => {
      const error = refused?.get(entryId);
      return error === undefined ? [] : [{ entryId, error }];
    });
  },
};

/** One that takes them one by one; the data is the entry's id. */
const plainBroker: Partial<PubSub> = {
  async publish({ data }) {
    const attempt = published.at(-1);
    attempt?.push(text(data));
    const error = refusals[published.length - 1]?.get(text(data));
    if (error !== undefined) throw error;
  },
};

const mounted = (component: Partial<PubSub>, policy: PublishPolicy): MountedBroker => ({
  name: "bus",
  component: component as PubSub,
  scopes: { allowed: undefined, protectedTopics: new Set(), publishing: undefined } as never,
  topicPrefix: "",
  expiresMessages: false,
  policy,
});

const entries: readonly BulkPublishEntry[] = ["1", "2", "3"].map((entryId) => ({
  entryId,
  data: Buffer.from(entryId),
  contentType: "text/plain",
  metadata: undefined,
}));

/** So many attempts, without waiting. */
const retry =
  (attempts: number, before: () => void = () => {}): PublishPolicy =>
  async (run, _family, signal) => {
    for (let i = 1; ; i++) {
      try {
        before();
        return await run(signal);
      } catch (error) {
        if (i === attempts) throw error;
      }
    }
  };

const down = new Error("down");
const send = (broker: MountedBroker) => block.sendBulk(broker, "t", entries, new Map());

describe("a bulk", () => {
  test("only what failed is published again", async () => {
    refusals = [
      new Map([
        ["1", down],
        ["3", down],
      ]),
      new Map([["3", down]]),
    ];
    expect(await send(mounted(bulkBroker, retry(5)))).toEqual([]);
    expect(published).toEqual([["1", "2", "3"], ["1", "3"], ["3"]]);
  });

  test("also with a broker that takes one at a time", async () => {
    refusals = [new Map([["2", down]])];
    const policy = retry(5, () => void published.push([]));
    expect(await send(mounted(plainBroker, policy))).toEqual([]);
    expect(published).toEqual([["1", "2", "3"], ["2"]]);
  });

  test("what fails to the end is told with its own errors", async () => {
    const other = new Error("other");
    const refused = new Map([
      ["1", down],
      ["2", other],
    ]);
    refusals = [refused, refused];
    expect(await send(mounted(bulkBroker, retry(2)))).toEqual([
      { entryId: "1", error: down },
      { entryId: "2", error: other },
    ]);
  });

  test("refused by a breaker, all that is left has failed for that", async () => {
    refusals = [new Map([["3", down]])];
    const open = new Error("circuit breaker is open");
    let calls = 0;
    const policy: PublishPolicy = async (run, _family, signal) => {
      await run(signal).catch(() => void calls++);
      throw open;
    };
    expect(await send(mounted(bulkBroker, policy))).toEqual([{ entryId: "3", error: open }]);
    expect(calls).toBe(1);
  });

  test("an attempt that comes too late does not count", async () => {
    const answer = Promise.withResolvers<readonly BulkPublishFailure[]>();
    const slow: Partial<PubSub> = { bulkPublish: () => answer.promise };
    const late = new Error("context deadline exceeded");
    let first: Promise<unknown> | undefined;
    const policy: PublishPolicy = async (run, _family, signal) => {
      first = run(signal);
      throw late;
    };
    const failures = await send(mounted(slow, policy));
    expect(failures.map(({ entryId, error }) => [entryId, error])).toEqual(
      entries.map(({ entryId }) => [entryId, late]),
    );
    answer.resolve([]);
    await first;
  });
});

test("a single event says which protocol it came by", async () => {
  const families: string[] = [];
  const policy: PublishPolicy = (run, family, signal) => {
    families.push(family);
    return run(signal);
  };
  published.push([]);
  const broker = mounted(plainBroker, policy);
  await block.send(broker, "t", Buffer.from("x"), undefined, undefined, undefined, "http");
  await block.send(broker, "t", Buffer.from("y"), undefined, undefined);
  expect([families, published]).toEqual([["http", "grpc"], [["x", "y"]]]);
});
