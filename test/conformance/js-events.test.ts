/** Pub/sub and bindings with the official JavaScript SDK (npm @dapr/dapr): apps and clients over HTTP and gRPC. */
import {
  CommunicationProtocolEnum,
  DaprClient,
  DaprPubSubStatusEnum,
  DaprServer,
  HttpMethod,
  LogLevel,
} from "@dapr/dapr";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buses, type EventsSettings, startEvents } from "./events.ts";

const soon = { timeout: 20_000, interval: 20 };
const logger = { level: LogLevel.Error };
/** Where the first event of a topic arrives. */
const firstPlaces = {
  orders: "orders",
  routed: "plain",
  refused: "refused",
  dead: "dead",
  batch: "batch",
  "declared-one": "declared_one",
  "declared-rules": "declared_plain",
  "declared-dead": "declared_dead",
};
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
      // First events only show that a subscription is there.
      const key = data === "first" ? `first/${place}` : place;
      seen.set(key, [...(seen.get(key) ?? []), JSON.stringify(data)]);
    };
  const got = (place: string): string[] => (seen.get(place) ?? []).toSorted();
  const until = (place: string, ...want: string[]): Promise<void> =>
    expect.poll(() => got(place), soon).toEqual(want.toSorted());

  /** Handlers that subscriptions in resources name, by their route: a plain route, or a subscription with a wildcard. */
  async function serveDeclared(server: DaprServer): Promise<void> {
    const refused = new Set(["declared_refused"]);
    const names = ["one", "special", "refused", "plain", "dead", "outbox"];
    const routes = names.map((route) => `declared_${route}`);
    if (name === "http") {
      for (const route of routes) {
        const answer = async ({ body = "" }: { body?: string }): Promise<object> => {
          const event: { pubsubname: string; data: unknown } = JSON.parse(body);
          await note(`${event.pubsubname}/${route}`)(event.data);
          return { status: refused.has(route) ? "RETRY" : "SUCCESS" };
        };
        await server.invoker.listen(route, answer, { method: HttpMethod.POST });
      }
      return;
    }
    for (const bus of buses) {
      for (const topics of ["declared+", "outbox+"]) {
        const rules = routes.map((path) => ({ match: "false", path: `/${path}` }));
        const topic = `${prefix}${topics}`;
        await server.pubsub.subscribe(bus, topic, note("never"), { default: "/never", rules });
        for (const route of routes) {
          server.pubsub.subscribeToRoute(bus, topic, `/${route}`, async (data: unknown) => {
            await note(`${bus}/${route}`)(data);
            return refused.has(route) ? DaprPubSubStatusEnum.RETRY : DaprPubSubStatusEnum.SUCCESS;
          });
        }
      }
    }
  }

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
    await pubsub.subscribeBulk(bus, `${prefix}batch`, note(`${bus}/batch`), {
      maxMessagesCount: 10,
      maxAwaitDurationMs: 100,
    });
  }

  beforeAll(async () => {
    const settings: EventsSettings = await startEvents({ language: "js", protocol: name }, running);
    prefix = settings.prefix;
    const options = {
      daprHost: "127.0.0.1",
      daprPort: name === "http" ? settings.httpPort : settings.grpcPort,
      communicationProtocol: protocol,
      logger,
    };
    const server = new DaprServer({
      serverHost: "127.0.0.1",
      serverPort: settings.appPort,
      communicationProtocol: protocol,
      clientOptions: options,
      logger,
    });
    for (const bus of buses) await serve(server, bus);
    await serveDeclared(server);
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
        const missing = Object.entries(firstPlaces).filter(
          ([, place]) => got(`first/${bus}/${place}`).length === 0,
        );
        for (const [topic] of missing) {
          await client.pubsub.publish(bus, `${prefix}${topic}`, "first");
        }
        return missing.map(([topic]) => topic);
      }, soon)
      .toEqual([]);
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

    it("receives in bulk", async () => {
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

    it("receives through a declared subscription (v1alpha1)", async () => {
      await publish("declared-one", { n: 1 });
      await publish("declared-one", "text");
      await until(`${bus}/declared_one`, '{"n":1}', '"text"');
    });

    it("routes by the rules of a declared subscription (v2alpha1)", async () => {
      const before = got(`${bus}/declared_plain`);
      await publish("declared-rules", "a", { metadata: { "cloudevent.type": "special" } });
      await publish("declared-rules", "b", { metadata: { "cloudevent.type": "other" } });
      await until(`${bus}/declared_special`, '"a"');
      await expect.poll(() => got(`${bus}/declared_plain`), soon).toContain('"b"');
      expect(before).not.toContain('"a"');
    });

    it("puts events of a declared subscription aside", async () => {
      await publish("declared-rules", "x", { metadata: { "cloudevent.type": "refused" } });
      await until(`${bus}/declared_dead`, '"x"');
      await until(`${bus}/declared_refused`, '"x"');
    });

    it("publishes in bulk with a content type and metadata for each event", async () => {
      const before = got(`${bus}/orders`);
      const answer = await client.pubsub.publishBulk(bus, `${prefix}orders`, [
        { entryID: "a", event: { own: 1 }, contentType: "application/json", metadata: {} },
        { entryID: "b", event: "last", contentType: "text/plain", metadata: { ttl: "60" } },
        // The gRPC client sends no metadata of an event.
        ...(name === "http"
          ? [{ entryID: "c", event: "late", contentType: "text/plain", metadata: { ttl: "-1s" } }]
          : []),
      ]);
      expect(answer.failedMessages).toEqual([]);
      await until(`${bus}/orders`, ...before, '{"own":1}', '"last"');
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

  it("refuses a topic that is not allowed", async () => {
    await client.pubsub.publish("limited", "open", "x");
    const { error } = await client.pubsub
      .publish("limited", "closed", "x")
      .catch((thrown: { readonly error: Error }) => thrown);
    expect(error?.message).toMatch(/topic closed is not allowed for app id js-/);
    expect(error?.message).toMatch(name === "http" ? /ERR_PUBSUB_FORBIDDEN/ : /permission_denied/i);
  });

  it("publishes what a transaction of an outbox writes", async () => {
    await client.state.transaction("outbox", [
      { operation: "upsert", request: { key: "order", value: "bought" } },
      { operation: "delete", request: { key: "basket" } },
    ]);
    await until("bus/declared_outbox", '"bought"');
    expect(await client.state.get("outbox", "order")).toBe("bought");
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
