/** Short forms for tests of the outbox. */
import { Redis as Client } from "ioredis";
import { call, startApp, type TestApp } from "../api/calls.ts";
import type { Sidecar } from "../launch.ts";

export const component = (
  name: string,
  type: string,
  metadata: Readonly<Record<string, string>>,
): string =>
  JSON.stringify({
    apiVersion: "dapr.io/v1alpha1",
    kind: "Component",
    metadata: { name },
    spec: {
      type,
      version: "v1",
      metadata: Object.entries(metadata).map(([key, value]) => ({ name: key, value })),
    },
  });

export const subscription = (pubsub: string, topic: string): string =>
  JSON.stringify({
    apiVersion: "dapr.io/v1alpha1",
    kind: "Subscription",
    metadata: { name: `${pubsub}-${topic}` },
    spec: { pubsubname: pubsub, topic, route: "/events" },
  });

/** A broker that brings what was not confirmed again after half a second. */
export const redisBus = (name: string, address: string): string =>
  component(name, "pubsub.redis", {
    redisHost: address,
    processingTimeout: "500ms",
    redeliverInterval: "100",
    redisMaxRetries: "0",
  });

export interface Write {
  readonly key: string;
  readonly value: string;
  readonly etag?: string;
}

/** A transaction of upserts. */
export const transact = (
  { httpPort }: Sidecar,
  store: string,
  writes: readonly Write[],
): ReturnType<typeof call> =>
  call({
    port: httpPort,
    method: "POST",
    path: `/v1.0/state/${store}/transaction`,
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      operations: writes.map((request) => ({
        operation: "upsert",
        request: request.etag ? { ...request, options: { concurrency: "first-write" } } : request,
      })),
    }),
  });

/** What is there under a key, as JSON; "" for nothing. */
export const storedValue = async (
  { httpPort }: Sidecar,
  store: string,
  key: string,
): Promise<string> => (await call({ port: httpPort, path: `/v1.0/state/${store}/${key}` })).text;

export interface RecordingApp extends TestApp {
  /** `data` of the events that came, in their order. */
  readonly data: string[];
  /** Likewise, of events of internal topics. */
  readonly internal: string[];
}

export async function recordingApp(port = 0): Promise<RecordingApp> {
  const data: string[] = [];
  const internal: string[] = [];
  const app = await startApp((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      if (request.url === "/events") {
        const event = JSON.parse(Buffer.concat(chunks).toString());
        (event.topic === "" ? internal : data).push(event.data);
      }
      response.writeHead(request.url === "/events" ? 200 : 404).end();
    });
  }, port);
  return { ...app, data, internal };
}

/** Looks into a Redis; without a connection it waits for one. */
export class RedisView implements Disposable {
  readonly client: Client;

  constructor(address: string) {
    const [host, port] = address.split(":");
    this.client = new Client({
      host: host as string,
      port: Number(port),
      maxRetriesPerRequest: null,
    });
    this.client.on("error", () => {});
  }

  /** `data` of the events of a stream. */
  async events(stream: string): Promise<string[]> {
    const entries = await this.client.xrange(stream, "-", "+");
    return entries.map(([, fields]) => JSON.parse(fields[fields.indexOf("data") + 1] ?? "").data);
  }

  /** Messages that were read and not confirmed. */
  async unconfirmed(stream: string, group: string): Promise<number> {
    const [count] = (await this.client.xpending(stream, group)) as [number];
    return count;
  }

  [Symbol.dispose](): void {
    this.client.disconnect();
  }
}

export const soon = { timeout: 30_000, interval: 20 };
