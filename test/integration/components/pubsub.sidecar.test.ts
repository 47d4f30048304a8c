/** Sidecars over each broker: what is published on one side arrives at the app on the other. */
import { describe, expect, it } from "vitest";
import { call, startApp } from "../api/calls.ts";
import { hasRedis, launchDaprd, launchRedis } from "../launch.ts";
import { hasMosquitto, launchMosquitto } from "../servers/mosquitto.ts";
import { hasRabbitMq, launchRabbitMq } from "../servers/rabbitmq.ts";
import { soon } from "./pubsub-context.ts";

interface Case {
  readonly type: string;
  readonly isAvailable: boolean;
  readonly launch: () => Promise<AsyncDisposable & { readonly address: string }>;
  readonly properties: (address: string) => string;
  /** Whether the broker itself lets messages expire. */
  readonly expires: boolean;
}

const cases: readonly Case[] = [
  {
    type: "pubsub.redis",
    isAvailable: await hasRedis(),
    launch: () => launchRedis(),
    properties: (address) => `{name: redisHost, value: "${address}"}`,
    expires: false,
  },
  {
    type: "pubsub.mqtt3",
    isAvailable: await hasMosquitto(),
    launch: () => launchMosquitto(),
    properties: (address) => `{name: url, value: "mqtt://${address}"}`,
    expires: false,
  },
  {
    type: "pubsub.rabbitmq",
    isAvailable: await hasRabbitMq(),
    launch: () => launchRabbitMq(),
    properties: (address) => `{name: connectionString, value: "amqp://${address}"}`,
    expires: true,
  },
];

describe.each(cases)(
  "a sidecar with $type",
  ({ type, isAvailable, launch, properties, expires }) => {
    it.skipIf(!isAvailable)("carries events from app to app", async () => {
      await using broker = await launch();
      const bodies: string[] = [];
      await using app = await startApp((request, response) => {
        let body = "";
        request.on("data", (chunk: Buffer) => {
          body += chunk.toString();
        });
        request.on("end", () => {
          if (request.url === "/in") bodies.push(body);
          else response.statusCode = 404;
          // The first is to come again.
          if (request.url === "/in" && bodies.length === 1) response.statusCode = 500;
          response.end();
        });
      });
      const resources = [
        `apiVersion: dapr.io/v1alpha1
kind: Component
metadata: {name: bus}
spec:
  type: ${type}
  version: v1
  metadata:
  - ${properties(broker.address)}
  - {name: processingTimeout, value: "500ms"}
  - {name: redeliverInterval, value: "100"}
`,
        `apiVersion: dapr.io/v1alpha1
kind: Subscription
metadata: {name: s}
spec: {pubsubname: bus, topic: orders, route: /in}
scopes: [receiver]
`,
      ];
      await using _receiver = await launchDaprd({
        appId: "receiver",
        appPort: app.port,
        resources,
      });
      await using sender = await launchDaprd({ appId: "sender", resources });
      const publish = (path: string) =>
        call({
          port: sender.httpPort,
          method: "POST",
          path: `/v1.0/publish/bus/${path}`,
          headers: { "content-type": "application/json" },
          body: '{"order":1.50}',
        });
      // A queue exists from the moment of the subscription on.
      await expect
        .poll(async () => {
          expect((await publish("orders?metadata.ttlInSeconds=60")).status).toBe(204);
          return bodies.length;
        }, soon)
        .toBeGreaterThan(1);
      const event = JSON.parse(bodies[0] ?? "") as Record<string, unknown>;
      expect(event).toMatchObject({ source: "sender", topic: "orders", data: { order: 1.5 } });
      expect("expiration" in event).toBe(!expires);
      const again = () => bodies.filter((body) => body === bodies[0]).length;
      await expect.poll(again, soon).toBe(2);
      const metadata = await call({ port: sender.httpPort, path: "/v1.0/metadata" });
      const { components } = JSON.parse(metadata.text) as { components: { type: string }[] };
      expect(components.map((component) => component.type)).toEqual([type]);
    });
  },
);
