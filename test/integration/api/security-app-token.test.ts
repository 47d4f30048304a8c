/**
 * APP_API_TOKEN goes with every call to the app but health probes, and the token of the API with none.
 * @see spec 01 §2.6, spec 02 §11.6, spec 03 §4
 */
import { type Metadata, Server, ServerCredentials } from "@grpc/grpc-js";
import { Redis as Client } from "ioredis";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ListTopicSubscriptionsResponse } from "../../../src/kit/proto/dapr/proto/runtime/v1/appcallback.ts";
import { redisComponent } from "../configuration/sidecar.ts";
import { hasRedis, launchDaprd, launchRedis, type Redis } from "../launch.ts";
import { call, startApp } from "./calls.ts";

const isAvailable = await hasRedis();
const apiToken = "of-the-api";
const appToken = "of-the-app";
const wait = { timeout: 10_000, interval: 20 };
const withToken = { "dapr-api-token": apiToken };

const broker = `apiVersion: dapr.io/v1alpha1
kind: Component
metadata:
  name: broker
spec:
  type: pubsub.in-memory
  version: v1
`;

const launch = (redis: string, appPort: number, appProtocol: "http" | "grpc") =>
  launchDaprd({
    appId: "app",
    appPort,
    appProtocol,
    resources: [broker, redisComponent(redis)],
    env: { DAPR_API_TOKEN: apiToken, APP_API_TOKEN: appToken },
    flags: ["--enable-app-health-check", "--app-health-check-path", "/health"].concat([
      "--app-health-probe-interval",
      "1",
    ]),
  });

describe.skipIf(!isAvailable)("the app's token", () => {
  let redis: Redis;
  let client: Client;
  beforeAll(async () => {
    redis = await launchRedis();
    client = new Client(redis.port, "127.0.0.1");
  });
  afterAll(async () => {
    client.disconnect();
    await redis[Symbol.asyncDispose]();
  });

  /** Publishes to both topics, until they are subscribed, and changes a key that the app has subscribed. */
  async function provoke(port: number, paths: () => Iterable<string>): Promise<void> {
    const headers = { ...withToken, "content-type": "application/json" };
    const publish = async (): Promise<string[]> => {
      for (const topic of ["single", "bulk"]) {
        const path = `/v1.0/publish/broker/${topic}`;
        const sent = await call({ port, method: "POST", path, headers, body: '{"a":1}' });
        expect([sent.status, sent.text]).toEqual([204, ""]);
      }
      return [...paths()].filter((path) => /^\/single|^\/bulk|TopicEvent$/.test(path));
    };
    await expect.poll(publish, wait).toHaveLength(2);
    const path = "/v1.0/configuration/conf/subscribe?key=k";
    expect((await call({ port, path, headers: withToken })).status).toBe(200);
    await client.set("k", "v");
    expect((await call({ port, path: "/v1.0/invoke/app/method/m", headers })).status).toBe(200);
  }

  it("goes with every call over HTTP", async () => {
    const seen = new Map<string, (string | string[] | undefined)[]>();
    await using app = await startApp((request, response) => {
      const { url = "", headers } = request;
      expect(JSON.stringify(headers)).not.toContain(apiToken);
      seen.set(url, [...(seen.get(url) ?? []), headers["dapr-api-token"]]);
      request.resume();
      response.setHeader("content-type", "application/json");
      response.end(
        url === "/dapr/subscribe"
          ? JSON.stringify([
              { pubsubname: "broker", topic: "single", route: "/single" },
              {
                pubsubname: "broker",
                topic: "bulk",
                route: "/bulk",
                bulkSubscribe: { enabled: true, maxMessagesCount: 1, maxAwaitDurationMs: 1 },
              },
            ])
          : "{}",
      );
    });
    await using sidecar = await launch(redis.address, app.port, "http");
    await provoke(sidecar.httpPort, () => seen.keys());
    const expected = [
      "/dapr/config",
      "/dapr/subscribe",
      "/single",
      "/bulk",
      "/configuration/conf/k",
      "/m",
    ];
    await expect.poll(() => [...seen.keys()], wait).toEqual(expect.arrayContaining(expected));
    for (const path of expected) {
      expect([path, ...new Set(seen.get(path))]).toEqual([path, appToken]);
    }
    expect([...new Set(seen.get("/health"))]).toEqual([undefined]);
    expect([...seen.keys()].toSorted()).toEqual([...expected, "/health"].toSorted());
    expect(sidecar.process.log).not.toContain(appToken);
  });

  it("goes with every call over gRPC", async () => {
    const seen = new Map<string, string[]>();
    const raw = (bytes: Buffer): Buffer => bytes;
    const subscriptions = ListTopicSubscriptionsResponse.encode({
      subscriptions: [
        { pubsubName: "broker", topic: "single" },
        {
          pubsubName: "broker",
          topic: "bulk",
          bulkSubscribe: { enabled: true, maxMessagesCount: 1, maxAwaitDurationMs: 1 },
        },
      ],
    });
    const server = new Server();
    const serve = (path: string, answer: Uint8Array): void => {
      server.register(
        path,
        (
          { metadata }: { metadata: Metadata },
          done: (error: null, bytes: Buffer) => void,
        ): void => {
          expect(JSON.stringify(metadata.getMap())).not.toContain(apiToken);
          const tokens = metadata.get("dapr-api-token").map(String);
          seen.set(path, [...(seen.get(path) ?? []), tokens.join(",")]);
          done(null, Buffer.from(answer));
        },
        raw,
        raw,
        "unary",
      );
    };
    const prefix = "/dapr.proto.runtime.v1.AppCallback";
    const none = Buffer.alloc(0);
    const listing = `${prefix}/ListTopicSubscriptions`;
    const called = [`${prefix}/OnTopicEvent`, `${prefix}/OnBulkTopicEvent`, `${prefix}/OnInvoke`];
    const probe = `${prefix}HealthCheck/HealthCheck`;
    serve(listing, subscriptions);
    for (const path of [...called, probe]) serve(path, none);
    const port = await new Promise<number>((resolve, reject) => {
      server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
        error ? reject(error) : resolve(bound),
      );
    });
    try {
      await using sidecar = await launch(redis.address, port, "grpc");
      await provoke(sidecar.httpPort, () => seen.keys());
      const expected = [listing, ...called];
      await expect.poll(() => [...seen.keys()], wait).toEqual(expect.arrayContaining(expected));
      // Both the invocation and the update of the configuration.
      await expect.poll(() => seen.get(`${prefix}/OnInvoke`)?.length, wait).toBe(2);
      for (const path of expected) {
        expect([path, ...new Set(seen.get(path))]).toEqual([path, appToken]);
      }
      expect([...new Set(seen.get(probe))]).toEqual([""]);
    } finally {
      server.forceShutdown();
    }
  });
});
