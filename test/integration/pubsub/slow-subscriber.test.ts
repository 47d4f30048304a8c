/** Subscribers that never answer: what is published meanwhile waits at the broker, or at the publisher, not in memory. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { launchDaprd, type Sidecar } from "../launch.ts";
import { brokers, launchForgetfulMosquitto, launchForgetfulRedis } from "./brokers.ts";
import { component, EventStream, publish, startHttpApp, subscription } from "./surroundings.ts";

const total = 4_000;
/** All messages together are 320 MB, and come on top of what publishing leaves to be collected (up to 150 MB). */
const body = "x".repeat(80_000);
const limitMiB = 280;
const workers = 32;
const soon = { timeout: 60_000, interval: 20 };

/** Resident memory, without what belongs to files. */
function memoryMiB({ process }: Sidecar): number {
  const status = readFileSync(`/proc/${process.pid}/status`, "latin1");
  return Number(/^RssAnon:\s+(\d+) kB/m.exec(status)?.[1] ?? Number.NaN) / 1024;
}

const brokerOf = (type: string) => brokers.filter((one) => one.type === type);

const cases = [
  { type: "pubsub.in-memory", title: "", isAvailable: true, launch: undefined },
  ...brokerOf("pubsub.redis").map((one) => ({ ...one, title: "", launch: launchForgetfulRedis })),
  ...brokerOf("pubsub.rabbitmq").map((one) => ({ ...one, title: "" })),
  ...brokerOf("pubsub.mqtt3").flatMap((one) =>
    ["4", "5"].map((protocolVersion) => ({
      ...one,
      title: ` (protocol version ${protocolVersion})`,
      launch: () => launchForgetfulMosquitto({ protocolVersion }),
    })),
  ),
  ...brokerOf("pubsub.jetstream").map((one) => ({
    ...one,
    title: "",
    // Its own limit is 1,000 messages, or 64 MiB, for each topic.
    launch: async () => {
      const broker = await one.launch();
      return { ...broker, properties: { ...broker.properties, maxAckPending: "50" } };
    },
  })),
];

describe.each(cases.map((one) => ({ ...one, title: one.type + one.title })))(
  "$title with subscribers that never answer",
  (test) => {
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
  },
);
