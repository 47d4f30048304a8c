/** Nothing that was accepted is lost, whoever is killed meanwhile: the sidecar, the app, or Redis. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { call } from "../api/calls.ts";
import {
  freePort,
  hasRedis,
  Launched,
  launchDaprd,
  launchRedis,
  Scratch,
  type Sidecar,
} from "../launch.ts";
import { numbers } from "./pubsub-context.ts";

const count = 10_000;

const component = (address: string): string => `apiVersion: dapr.io/v1alpha1
kind: Component
metadata: {name: bus}
spec:
  type: pubsub.redis
  version: v1
  metadata:
  - {name: redisHost, value: "${address}"}
  - {name: processingTimeout, value: "2s"}
  - {name: redeliverInterval, value: "500"}
  - {name: concurrency, value: "20"}
`;

const subscription = `apiVersion: dapr.io/v1alpha1
kind: Subscription
metadata: {name: s}
spec: {pubsubname: bus, topic: orders, route: /in}
`;

/** Writes down what it was given, and only then says that it has it. */
const appProgram = `
const { createServer } = require("node:http");
const { appendFileSync } = require("node:fs");
createServer((request, response) => {
  const chunks = [];
  request.on("data", (chunk) => chunks.push(chunk));
  request.on("end", () => {
    if (request.url === "/in") {
      appendFileSync(process.argv[2], JSON.parse(Buffer.concat(chunks)).data + "\\n");
    } else response.statusCode = 404;
    response.end();
  });
}).listen(Number(process.argv[3]), "127.0.0.1", () => console.log("listening"));
`;

async function launchApp(program: string, file: string, port: number): Promise<Launched> {
  const app = new Launched(process.execPath, [program, file, `${port}`]);
  await app.waitForLog("listening");
  return app;
}

describe.skipIf(!(await hasRedis()))("10,000 messages over Redis", () => {
  it("all arrive, though sidecar, app and Redis are killed", { timeout: 120_000 }, async () => {
    using scratch = new Scratch();
    const file = join(scratch.path, "received");
    const program = scratch.write("app.cjs", appProgram);
    const flags = ["--dir", scratch.folder("redis"), "--appendonly", "yes"];
    const appPort = await freePort();
    let redis = await launchRedis({ flags: [...flags, "--appendfsync", "always"] });
    let app = await launchApp(program, file, appPort);
    const launchSidecar = (): Promise<Sidecar> =>
      launchDaprd({ appId: "loss", appPort, resources: [component(redis.address), subscription] });
    let sidecar = await launchSidecar();
    const received = (): string[] =>
      existsSync(file) ? readFileSync(file, "utf8").split("\n").filter(Boolean) : [];

    const left = numbers(count).values();
    let accepted = 0;
    const send = async (): Promise<void> => {
      for (const body of left) {
        // Whoever gets no answer asks again: what was accepted may then come twice.
        while (!(await isAccepted(sidecar.httpPort, body))) {
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
        accepted++;
      }
    };
    const sending = Promise.all(Array.from({ length: 8 }, send));
    try {
      await app.waitUntil("some", () => received().length > 1_500, 40_000);
      sidecar.process.signal("SIGKILL");
      await sidecar.process.exited;
      await sidecar[Symbol.asyncDispose]();
      sidecar = await launchSidecar();

      await app.waitUntil("more", () => received().length > 4_000, 40_000);
      app.signal("SIGKILL");
      await app.exited;
      const before = accepted;
      await sidecar.process.waitUntil("publishes meanwhile", () => accepted > before + 200);
      app = await launchApp(program, file, appPort);

      await app.waitUntil("most", () => received().length > 6_500, 40_000);
      redis.process.signal("SIGKILL");
      await redis.process.exited;
      redis = await launchRedis({ port: redis.port, flags: [...flags, "--appendfsync", "always"] });

      await sending;
      expect(accepted).toBe(count);
      await app.waitUntil("all", () => new Set(received()).size === count, 60_000);
    } finally {
      await sidecar[Symbol.asyncDispose]();
      await app.stop();
      await redis[Symbol.asyncDispose]();
    }
    // Some come twice, but not many: what was in flight, and what was published twice.
    expect(received().length).toBeLessThan(count * 1.2);
  });
});

async function isAccepted(port: number, body: string): Promise<boolean> {
  const headers = { "content-type": "text/plain" };
  try {
    const path = "/v1.0/publish/bus/orders";
    return (await call({ port, method: "POST", path, headers, body })).status === 204;
  } catch {
    return false;
  }
}
