/** Subscribers that never answer: what is published meanwhile waits at the broker, or at the publisher, not in memory. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { launchDaprd, type Sidecar } from "../launch.ts";
import { brokers, launchForgetfulRedis } from "./brokers.ts";
import { component, EventStream, publish, startHttpApp, subscription } from "./surroundings.ts";

const total = 6_000;
/** All messages together are several times what the sidecar may grow by. */
const body = "x".repeat(40_000);
const limitMiB = 130;
const workers = 32;
const soon = { timeout: 60_000, interval: 20 };

/** Resident memory, without what belongs to files. */
function memoryMiB({ process }: Sidecar): number {
  const status = readFileSync(`/proc/${process.pid}/status`, "latin1");
  return Number(/^RssAnon:\s+(\d+) kB/m.exec(status)?.[1] ?? Number.NaN) / 1024;
}

const cases = [
  { type: "pubsub.in-memory", isAvailable: true, launch: undefined },
  ...brokers
    .filter(({ type }) => /redis|rabbitmq/.test(type))
    .map((one) => (one.type === "pubsub.redis" ? { ...one, launch: launchForgetfulRedis } : one)),
];

describe.each(cases)("$type with subscribers that never answer", (test) => {
  const { type, isAvailable, launch } = test;
  it.skipIf(!isAvailable)("keeps memory in bounds", { timeout: 300_000 }, async () => {
    await using broker = await launch?.();
    const held = new Set<string>();
    const never = (topic: string): Promise<void> => {
      held.add(topic);
      return new Promise(() => {});
    };
    await using app = await startHttpApp(never);
    await using sidecar = await launchDaprd({
      appId: "slow",
      appPort: app.port,
      resources: [component("bus", type, { ...broker?.properties }), subscription("called")],
      flags: ["--log-level", "fatal", "--dapr-graceful-shutdown-seconds", "1"],
      stopLimitMs: 3_000,
    });
    using stream = new EventStream(sidecar.grpcPort, "streamed", never);
    await stream.opened();
    const topics = ["called", "streamed"];
    for (const topic of topics) {
      await expect
        .poll(async () => {
          await publish(sidecar.httpPort, topic, body);
          return held.has(topic);
        }, soon)
        .toBe(true);
    }
    const before = memoryMiB(sidecar);
    let sent = 0;
    let highest = before;
    const left = Array.from({ length: total }, (_, i) => topics[i % 2] as string).values();
    const send = async (): Promise<void> => {
      for (const topic of left) {
        await publish(sidecar.httpPort, topic, body);
        sent++;
        if (sent % 500 === 0) highest = Math.max(highest, memoryMiB(sidecar));
      }
    };
    const sending = Promise.all(Array.from({ length: workers }, send));
    sending.catch(() => {});
    if (launch === undefined) {
      // Publishing waits for the subscriber: only what fits is taken.
      await expect.poll(() => sent, soon).toBeGreaterThan(100);
      await expect
        .poll(async () => {
          const then = sent;
          await new Promise((resolve) => setTimeout(resolve, 500));
          return sent === then;
        }, soon)
        .toBe(true);
      expect(sent).toBeLessThan(1_000);
    } else await sending;
    highest = Math.max(highest, memoryMiB(sidecar));
    expect(highest - before).toBeLessThan(limitMiB);
    expect(sidecar.process.exit).toBeUndefined();
  });
});
