/** What becomes of messages in Redis that were not handled. The layout is proven by the recordings. */
import { Redis as Client } from "ioredis";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { component } from "../../../src/components/pubsub/redis.ts";
import { hasRedis, launchRedis, type Redis } from "../launch.ts";
import { numbers, publish, receive, soon } from "./pubsub-context.ts";
import { createStore, RecordedLog } from "./state-context.ts";

describe.skipIf(!(await hasRedis()))("messages in Redis that were not handled", () => {
  let redis: Redis;
  let raw: Client;
  beforeAll(async () => {
    redis = await launchRedis();
    raw = new Client(redis.port, "127.0.0.1");
  });
  afterAll(async () => {
    raw.disconnect();
    await redis[Symbol.asyncDispose]();
  });

  const open = (properties: Readonly<Record<string, string>> = {}, logger = new RecordedLog()) =>
    createStore(
      component,
      {
        redisHost: redis.address,
        consumerID: "app",
        processingTimeout: "400ms",
        redeliverInterval: "50",
        ...properties,
      },
      { logger },
    );
  const pending = async (topic: string): Promise<number> =>
    Number((await raw.xpending(topic, "app"))[0]);
  const fail = async (): Promise<void> => {
    throw new Error("no");
  };

  it("stay pending, and are delivered again after longer and longer waits", async () => {
    await using broker = await open();
    const times: number[] = [];
    await using received = await receive(broker, "longer", async () => {
      times.push(performance.now());
      await fail();
    });
    await publish(broker, "longer", "x");
    await expect.poll(() => times.length, soon).toBe(4);
    const [a = 0, b = 0, c = 0, d = 0] = times;
    expect(b - a).toBeGreaterThanOrEqual(390);
    expect(c - b).toBeGreaterThanOrEqual(790);
    expect(d - c).toBeGreaterThanOrEqual(1590);
    expect(await pending("longer")).toBe(1);
    expect(new Set(received.texts)).toEqual(new Set(["x"]));
  });

  it("do not keep others from being taken over", async () => {
    // More than a page that is not due for a long time.
    await raw.xgroup("CREATE", "pages", "app", "0", "MKSTREAM");
    for (const text of numbers(12)) await raw.xadd("pages", "*", "data", text);
    const rows = await raw.xreadgroup("GROUP", "app", "gone", "STREAMS", "pages", ">");
    const ids = (rows as [string, [string, string[]][]][])[0]?.[1].map(([id]) => id) ?? [];
    for (const id of ids) {
      await raw.xclaim("pages", "app", "gone", 0, id, "RETRYCOUNT", 20, "JUSTID");
    }
    await raw.xadd("pages", "*", "data", "left behind");
    await raw.xreadgroup("GROUP", "app", "gone", "STREAMS", "pages", ">");
    await using broker = await open({ queueDepth: "5" });
    await using received = await receive(broker, "pages");
    await expect.poll(() => received.texts, soon).toEqual(["left behind"]);
    expect(await pending("pages")).toBe(12);
  });

  it("are confirmed at once where the original's way is asked for", async () => {
    await using broker = await open({ ackOnFailure: "true" });
    await using received = await receive(broker, "acked", fail);
    for (const text of numbers(20)) await publish(broker, "acked", text);
    await expect.poll(() => received.texts.length, soon).toBe(20);
    await expect.poll(() => pending("acked"), soon).toBe(0);
  });

  it("end with their stream", async () => {
    const logger = new RecordedLog();
    await using broker = await open({ readTimeout: "200ms" }, logger);
    let isFailing = true;
    await using received = await receive(broker, "ending", async () => {
      if (isFailing) await fail();
    });
    await publish(broker, "ending", "trimmed");
    await expect.poll(() => received.texts.length, soon).toBeGreaterThan(0);
    await raw.xtrim("ending", "MAXLEN", 0);
    await expect.poll(() => pending("ending"), soon).toBe(0);
    isFailing = false;
    await raw.del("ending");
    await expect.poll(() => logger.lines.join("\n"), soon).toContain("recreating group app");
    await publish(broker, "ending", "new");
    await expect.poll(() => received.texts, soon).toContain("new");
    await expect.poll(() => pending("ending"), soon).toBe(0);
  });

  it("are not delivered again when only their confirmation was lost", async () => {
    await using broker = await open();
    await using received = await receive(broker, "unconfirmed", async (message) => {
      if (Buffer.from(message.data).toString() !== "x") return;
      await raw.acl("SETUSER", "default", "-xack");
    });
    await publish(broker, "unconfirmed", "x");
    await expect.poll(() => received.texts, soon).toEqual(["x"]);
    await expect.poll(() => pending("unconfirmed"), soon).toBe(1);
    await raw.acl("SETUSER", "default", "+xack");
    await expect.poll(() => pending("unconfirmed"), soon).toBe(0);
    expect(received.texts).toEqual(["x"]);
  });

  it.each<[string, Record<string, string>, string]>([
    ["a bad duration", { processingTimeout: "soon" }, "processingTimeout"],
    ["a bad number", { queueDepth: "many" }, "queueDepth"],
    [
      "nobody there",
      { redisHost: "127.0.0.1:1", redisMaxRetries: "-1" },
      "redis streams: error connecting to redis at 127.0.0.1:1: dial tcp 127.0.0.1:1: connect: connection refused",
    ],
  ])("are no matter with %s", async (_name, properties, text) => {
    await expect(open(properties)).rejects.toThrow(text);
  });
});
