/** Pub/sub and bindings with the official JavaScript SDK (npm @dapr/dapr): apps and clients over HTTP and gRPC. */
import {
  CommunicationProtocolEnum,
  DaprClient,
  DaprPubSubStatusEnum,
  DaprServer,
  LogLevel,
} from "@dapr/dapr";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buses, startEvents } from "./events.ts";

const soon = { timeout: 20_000, interval: 20 };
const logger = { level: LogLevel.Error };
const protocols = [
  { name: "http", protocol: CommunicationProtocolEnum.HTTP },
  { name: "grpc", protocol: CommunicationProtocolEnum.GRPC },
] as const;

describe.each(protocols)("over $name", ({ name, protocol }) => {
  const running = new AsyncDisposableStack();
  const seen = new Map<string, string[]>();
  let prefix = "";
  let client: DaprClient;

  const note =
    (place: string) =>
    async (data: unknown): Promise<void> => {
      seen.set(place, [...(seen.get(place) ?? []), JSON.stringify(data)]);
    };
  const got = (place: string): string[] => (seen.get(place) ?? []).toSorted();
  const until = (place: string, ...want: string[]): Promise<void> =>
    expect.poll(() => got(place), soon).toEqual(want.toSorted());

  async function serve(server: DaprServer, bus: string): Promise<void> {
    const { pubsub } = server;
    await pubsub.subscribe(bus, `${prefix}orders`, note(`${bus}/orders`));
    await pubsub.subscribe(bus, `${prefix}raw`, note(`${bus}/raw`), undefined, {
      rawPayload: true,
    });
    await pubsub.subscribe(bus, `${prefix}routed`, note(`${bus}/plain`), {
      default: "/plain",
      rules: [{ match: 'event.type == "special"', path: "/special" }],
    });
    pubsub.subscribeToRoute(bus, `${prefix}routed`, "/special", note(`${bus}/special`));
    await pubsub.subscribeWithOptions(bus, `${prefix}refused`, {
      deadLetterTopic: `${prefix}dead`,
      callback: async (data: unknown) => {
        await note(`${bus}/refused`)(data);
        return DaprPubSubStatusEnum.RETRY;
      },
    });
    await pubsub.subscribe(bus, `${prefix}dead`, note(`${bus}/dead`));
    if (name === "http") {
      await pubsub.subscribeBulk(bus, `${prefix}batch`, note(`${bus}/batch`), {
        maxMessagesCount: 10,
        maxAwaitDurationMs: 100,
      });
    }
  }

  beforeAll(async () => {
    const env = await startEvents(
      { language: `js-${name}`, protocol: name, hasDeclared: false },
      running,
    );
    prefix = env.PREFIX ?? "";
    const options = {
      daprHost: "127.0.0.1",
      daprPort: (name === "http" ? env.EVENTS_HTTP_PORT : env.EVENTS_GRPC_PORT) ?? "",
      communicationProtocol: protocol,
      logger,
    };
    const server = new DaprServer({
      serverHost: "127.0.0.1",
      serverPort: env.EVENTS_APP_PORT ?? "",
      communicationProtocol: protocol,
      clientOptions: options,
      logger,
    });
    for (const bus of buses) await serve(server, bus);
    await server.binding.receive("tick", note("tick"));
    await server.start();
    running.defer(() => server.stop());
    client = new DaprClient(options);
    running.defer(() => client.stop());
  });
  afterAll(() => running.disposeAsync());

  it.each(buses)("subscribes to %s", async (bus) => {
    // An app subscribes after it has become ready.
    await expect
      .poll(async () => {
        await client.pubsub.publish(bus, `${prefix}routed`, "first");
        return got(`${bus}/plain`).length;
      }, soon)
      .toBeGreaterThan(0);
  });

  describe.each(buses)("with %s", (bus) => {
    const publish = async (
      topic: string,
      data: string | object,
      options?: Parameters<DaprClient["pubsub"]["publish"]>[3],
    ): Promise<void> => {
      const { error } = await client.pubsub.publish(bus, `${prefix}${topic}`, data, options);
      expect(error).toBeUndefined();
    };

    it("publishes to a subscription", async () => {
      await publish("orders", "text");
      await publish("orders", { n: 1 });
      const whole = {
        specversion: "1.0",
        id: "own",
        source: "s",
        type: "mine",
        data: { whole: 1 },
      };
      await publish(
        "orders",
        { ...whole, datacontenttype: "application/json" },
        { contentType: "application/cloudevents+json" },
      );
      await until(`${bus}/orders`, '"text"', '{"n":1}', '{"whole":1}');
    });

    it("publishes what has expired to nobody", async () => {
      const before = got(`${bus}/orders`);
      await publish("orders", "late", { metadata: { ttl: "-1s" } });
      await publish("orders", "in time", { metadata: { ttl: "60" } });
      await until(`${bus}/orders`, ...before, '"in time"');
    });

    it("publishes raw bytes", async () => {
      await publish("raw", { raw: 1 }, { metadata: { rawPayload: "true" } });
      await expect.poll(() => got(`${bus}/raw`).length, soon).toBe(1);
    });

    it("publishes in bulk", async () => {
      const before = got(`${bus}/orders`);
      const texts = Array.from({ length: 50 }, (_, n) => `bulk ${n}`);
      const answer = await client.pubsub.publishBulk(bus, `${prefix}orders`, texts);
      expect(answer.failedMessages).toEqual([]);
      await until(`${bus}/orders`, ...before, ...texts.map((text) => JSON.stringify(text)));
    });

    it.skipIf(name === "grpc")("receives in bulk", async () => {
      const texts = Array.from({ length: 25 }, (_, n) => `n${n}`);
      await client.pubsub.publishBulk(bus, `${prefix}batch`, texts);
      await expect
        .poll(() => {
          const all = got(`${bus}/batch`).join();
          return texts.filter((text) => all.includes(`"${text}"`)).length;
        }, soon)
        .toBe(25);
    });

    it("routes by rules", async () => {
      await publish("routed", "a", { metadata: { "cloudevent.type": "special" } });
      await until(`${bus}/special`, '"a"');
    });

    it("puts refused events aside", async () => {
      await publish("refused", "x");
      await until(`${bus}/dead`, '"x"');
      await until(`${bus}/refused`, '"x"');
    });
  });

  it("refuses an unknown broker", async () => {
    // The gRPC client throws what the HTTP client returns.
    const { error } = await client.pubsub
      .publish("nowhere", "t", "x")
      .catch((thrown: { readonly error: Error }) => thrown);
    expect(error?.message).toContain("pubsub nowhere is not found");
  });

  it("receives from an input binding", async () => {
    await expect.poll(() => got("tick").length, soon).toBeGreaterThan(0);
  });

  it("invokes an output binding", async () => {
    const metadata = { fileName: `${name}.txt` };
    await client.binding.send("files", "create", "written by JavaScript", metadata);
    const back = await client.binding.send("files", "get", undefined, metadata);
    // The gRPC client hands out the generated message.
    const bytes = (back as { readonly data?: Uint8Array }).data;
    const text = bytes === undefined ? JSON.stringify(back) : Buffer.from(bytes).toString();
    expect(text).toContain("written by JavaScript");
    await expect(client.binding.send("files", "dance", "x")).rejects.toThrow();
  });
});
