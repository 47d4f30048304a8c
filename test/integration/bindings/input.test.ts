/**
 * Input bindings of a sidecar: which ones the app gets, when, and that no message is lost.
 * @see spec 03 §8.1, §8.2
 */
import { connect as connectRabbit } from "amqplib";
import { connect as connectMqtt } from "mqtt";
import { describe, expect, it } from "vitest";
import { startApp } from "../api/calls.ts";
import { soon } from "../components/pubsub-context.ts";
import { launchDaprd } from "../launch.ts";
import { hasMosquitto, launchMosquitto } from "../servers/mosquitto.ts";
import { hasRabbitMq, launchRabbitMq } from "../servers/rabbitmq.ts";

type Pairs = readonly (readonly [name: string, value: string])[];

const component = (name: string, type: string, metadata: Record<string, string> | Pairs): string =>
  JSON.stringify({
    apiVersion: "dapr.io/v1alpha1",
    kind: "Component",
    metadata: { name },
    spec: {
      type,
      version: "v1",
      metadata: (Array.isArray(metadata) ? (metadata as Pairs) : Object.entries(metadata)).map(
        ([key, value]) => ({ name: key, value }),
      ),
    },
  });

/** An app whose answers can be changed, and what it was called with. */
class App implements AsyncDisposable {
  /** `METHOD /path` in the order of the calls. */
  readonly calls: string[] = [];
  /** Bodies of events as they came, and of those that were taken. */
  readonly received: string[] = [];
  readonly taken: string[] = [];
  answer: (call: string, body: string) => number | Promise<number> = () => 200;
  #server: Awaited<ReturnType<typeof startApp>> | undefined;

  static async start(): Promise<App> {
    const app = new App();
    app.#server = await startApp((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", async () => {
        const call = `${request.method} ${request.url}`;
        const body = Buffer.concat(chunks).toString();
        app.calls.push(call);
        app.received.push(body);
        response.statusCode = await app.answer(call, body);
        if (request.method === "POST" && response.statusCode === 200) app.taken.push(body);
        response.end();
      });
      request.on("error", () => undefined);
    });
    return app;
  }

  get port(): number {
    return this.#server?.port ?? 0;
  }

  count(call: string): number {
    return this.calls.filter((one) => one === call).length;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server?.[Symbol.asyncDispose]();
  }
}

const every = { schedule: "@every 50ms" };

describe("input bindings", () => {
  it("are started when the app wants them, or the component says so", async () => {
    await using app = await App.start();
    const options = new Map([
      ["OPTIONS /yes", 204],
      ["OPTIONS /unknown-method", 405],
      ["OPTIONS /no", 404],
      ["OPTIONS /broken", 500],
      ["OPTIONS /some/where", 200],
    ]);
    app.answer = (call) => options.get(call) ?? 200;
    await using sidecar = await launchDaprd({
      appId: "probed",
      appPort: app.port,
      resources: [
        component("yes", "bindings.cron", every),
        component("unknown-method", "bindings.cron", every),
        component("no", "bindings.cron", every),
        component("broken", "bindings.cron", every),
        component("routed", "bindings.cron", { ...every, route: "/some/where" }),
        component("told", "bindings.cron", { ...every, direction: "Input" }),
        component("other-way", "bindings.cron", { ...every, direction: "output" }),
        component("neither", "bindings.cron", { ...every, direction: "" }),
        component("both", "bindings.cron", [
          ["schedule", "@every 50ms"],
          ["direction", " INPUT ,x"],
          ["direction", "output"],
          ["route", "/{appID}"],
          ["route", "/nor-this"],
        ]),
      ],
    });
    for (const path of ["yes", "unknown-method", "some/where", "told", "%7BappID%7D"]) {
      await expect.poll(() => app.count(`POST /${path}`), soon).toBeGreaterThan(1);
    }
    const probed = app.calls.filter((call) => call.startsWith("OPTIONS"));
    expect(probed.toSorted()).toEqual([...options.keys()].toSorted());
    for (const path of [
      "no",
      "broken",
      "routed",
      "other-way",
      "neither",
      "both",
      "not-this",
      "nor-this",
    ]) {
      expect(app.count(`POST /${path}`)).toBe(0);
    }
    for (const name of ["no", "broken"]) {
      expect(sidecar.process.log).toContain(`app has not subscribed to binding ${name}.`);
    }
  });

  it("run only while the app is healthy, and are asked for again afterwards", async () => {
    await using app = await App.start();
    let isHealthy = false;
    app.answer = (call) => (call === "GET /health" && !isHealthy ? 500 : 200);
    await using _sidecar = await launchDaprd({
      appId: "gated",
      appPort: app.port,
      resources: [component("tick", "bindings.cron", every)],
      flags: [
        "--enable-app-health-check",
        ...["--app-health-check-path", "/health", "--app-health-probe-interval", "1"],
        ...["--app-health-probe-timeout", "500", "--app-health-threshold", "1"],
      ],
    });
    await expect.poll(() => app.count("GET /health"), soon).toBeGreaterThan(1);
    expect(app.count("POST /tick")).toBe(0);
    isHealthy = true;
    await expect.poll(() => app.count("POST /tick"), soon).toBeGreaterThan(1);
    expect(app.count("OPTIONS /tick")).toBeGreaterThan(0);
    isHealthy = false;
    // Quiet: two probes without a single event between them.
    const isQuiet = async (): Promise<boolean> => {
      const before = app.count("POST /tick");
      const probes = app.count("GET /health");
      await expect.poll(() => app.count("GET /health"), soon).toBeGreaterThan(probes + 1);
      return app.count("POST /tick") === before;
    };
    await expect.poll(isQuiet, soon).toBe(true);
    const asked = app.count("OPTIONS /tick");
    isHealthy = true;
    const before = app.count("POST /tick");
    await expect.poll(() => app.count("POST /tick"), soon).toBeGreaterThan(before);
    expect(app.count("OPTIONS /tick")).toBeGreaterThan(asked);
  });
});

interface Case {
  readonly type: string;
  readonly isAvailable: boolean;
  readonly launch: () => Promise<AsyncDisposable & { readonly address: string }>;
  readonly metadata: (address: string) => Record<string, string>;
  /** Writes messages past the sidecar. */
  readonly send: (address: string, texts: readonly string[]) => Promise<void>;
}

const cases: readonly Case[] = [
  {
    type: "bindings.rabbitmq",
    isAvailable: await hasRabbitMq(),
    launch: launchRabbitMq,
    metadata: (address) => ({ host: `amqp://${address}`, queueName: "in", durable: "true" }),
    async send(address, texts) {
      const model = await connectRabbit(`amqp://${address}`);
      const channel = await model.createConfirmChannel();
      for (const text of texts) channel.sendToQueue("in", Buffer.from(text));
      await channel.waitForConfirms();
      await model.close();
    },
  },
  {
    type: "bindings.mqtt3",
    isAvailable: await hasMosquitto(),
    launch: () => launchMosquitto(),
    metadata: (address) => ({ url: `mqtt://${address}`, topic: "in", consumerID: "c" }),
    async send(address, texts) {
      const client = connectMqtt(`mqtt://${address}`);
      for (const text of texts) await client.publishAsync("in", text, { qos: 1 });
      await client.endAsync();
    },
  },
];

describe.each(cases)("$type", ({ type, isAvailable, launch, metadata, send }) => {
  it.skipIf(!isAvailable)(
    "loses no message to an app that fails or a sidecar that ends",
    async () => {
      await using broker = await launch();
      await using app = await App.start();
      const { address } = broker;
      const sidecar = () =>
        launchDaprd({
          appId: "reader",
          appPort: app.port,
          resources: [component("in", type, { ...metadata(address), direction: "input" })],
        });
      const isTaken = (texts: readonly string[]) => () =>
        texts.filter((text) => !app.taken.includes(text));

      // The app refuses at first: the message comes again.
      let refusals = 2;
      app.answer = () => (refusals-- > 0 ? 500 : 200);
      await using first = await sidecar();
      // The queue, or the subscription, is there when the sidecar reads.
      await expect.poll(() => first.process.log, soon).toContain("input binding");
      await expect
        .poll(
          async () => {
            if (!app.taken.includes("refused")) await send(address, ["refused"]);
            return app.taken.includes("refused");
          },
          { ...soon, interval: 1000 },
        )
        .toBe(true);
      expect(refusals).toBeLessThan(0);

      // Killed while it delivers: what was not confirmed comes to the next one.
      const texts = Array.from({ length: 50 }, (_, i) => `m${i}`);
      const hold = Promise.withResolvers<void>();
      app.answer = async (_call, body) => {
        if (body === "m20") await hold.promise;
        return 200;
      };
      await send(address, texts);
      await expect.poll(() => app.taken.length, soon).toBeGreaterThan(5);
      first.process.signal("SIGKILL");
      await first.process.exited;
      hold.resolve();
      app.answer = () => 200;
      await using second = await sidecar();
      await expect.poll(isTaken(texts), soon).toEqual([]);

      // Ended while the app works: it waits for the answer, and confirms.
      const gate = Promise.withResolvers<number>();
      app.answer = (_call, body) => (body === "slow" ? gate.promise : 200);
      await send(address, ["slow"]);
      await expect.poll(() => app.received, soon).toContain("slow");
      second.process.signal("SIGTERM");
      await second.process.waitForLog("Dapr is shutting down", 20_000);
      gate.resolve(200);
      await second.process.exited;
      await using _third = await sidecar();
      await send(address, ["last"]);
      await expect.poll(isTaken(["slow", "last"]), soon).toEqual([]);
      expect(app.taken.filter((text) => text === "slow")).toHaveLength(1);
    },
  );
});
