/** Changes reach the app, over HTTP and gRPC, whatever it or Redis does meanwhile. */
import { Server, ServerCredentials } from "@grpc/grpc-js";
import { Redis as Client } from "ioredis";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  InvokeRequest,
  InvokeResponse,
} from "../../../src/kit/proto/dapr/proto/common/v1/common.ts";
import { call, startApp } from "../api/calls.ts";
import { hasRedis, launchDaprd, launchRedis, type Redis } from "../launch.ts";
import { redisComponent, subscribe, wait } from "./sidecar.ts";

const isAvailable = await hasRedis();

interface Received {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

/** An HTTP app that keeps the updates it got, in their order. */
async function listen(answer: (count: number) => number | Promise<number> = () => 200) {
  const received: Received[] = [];
  const app = await startApp(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { method = "", url = "", headers } = request;
    if (!url.startsWith("/configuration/")) {
      response.writeHead(404).end();
      return;
    }
    received.push({ method, url, headers, body: Buffer.concat(chunks).toString() });
    response.writeHead(await answer(received.length)).end();
  });
  return { ...app, received, [Symbol.asyncDispose]: () => app[Symbol.asyncDispose]() };
}

describe.skipIf(!isAvailable)("the app", () => {
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
  const launch = (appPort: number, rest = {}) =>
    launchDaprd({ appId: "app", appPort, resources: [redisComponent(redis.address)], ...rest });

  it("is told over HTTP, with its token and no more headers than needed", async () => {
    await using app = await listen();
    await using sidecar = await launch(app.port, { env: { APP_API_TOKEN: "tok" } });
    const id = await subscribe(sidecar.httpPort, ["t:a", "t:ü /?"]);
    // What is told is the value at that time.
    const told = (count: number) => expect.poll(() => app.received.length, wait).toBe(count);
    await raw.set("t:a", "<1>||v2");
    await told(1);
    await raw.set("t:ü /?", "2");
    await told(2);
    await raw.del("t:a");
    await told(3);
    expect(app.received.map(({ method, url, body }) => [method, url, body])).toEqual([
      [
        "POST",
        "/configuration/conf/t:a",
        `{"id":"${id}","items":{"t:a":{"value":"\\u003c1\\u003e","version":"v2"}}}\n`,
      ],
      [
        "POST",
        "/configuration/conf/t:%C3%BC%20/%3F",
        `{"id":"${id}","items":{"t:ü /?":{"value":"2"}}}\n`,
      ],
      ["POST", "/configuration/conf/t:a", `{"id":"${id}","items":{"t:a":{}}}\n`],
    ]);
    const { headers } = app.received[0] as Received;
    expect(headers).toMatchObject({
      "content-type": "application/json",
      "dapr-api-token": "tok",
    });
    expect(headers).not.toHaveProperty("traceparent");
    const path = `/v1.0-alpha1/configuration/conf/${id}/unsubscribe`;
    expect((await call({ port: sidecar.httpPort, path })).text).toBe('{"ok":true}\n');
    await raw.set("t:a", "3");
    const other = await subscribe(sidecar.httpPort, ["t:b"]);
    await raw.set("t:b", "4");
    await expect.poll(() => app.received.length, wait).toBe(4);
    expect(app.received[3]?.body).toContain(other);
  });

  it("is told over gRPC", async () => {
    const received: InvokeRequest[] = [];
    const server = new Server();
    const as = (bytes: Buffer): Buffer => bytes;
    server.addService(
      {
        OnInvoke: {
          path: "/dapr.proto.runtime.v1.AppCallback/OnInvoke",
          requestStream: false,
          responseStream: false,
          requestSerialize: as,
          requestDeserialize: as,
          responseSerialize: as,
          responseDeserialize: as,
        },
      },
      {
        OnInvoke: (
          call: { readonly request: Buffer },
          answer: (error: null, value: Buffer) => void,
        ) => {
          received.push(InvokeRequest.decode(call.request));
          answer(null, InvokeResponse.encode({}));
        },
      },
    );
    const port = await new Promise<number>((resolve, reject) => {
      server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
        error ? reject(error) : resolve(bound),
      );
    });
    try {
      await using sidecar = await launch(port, { appProtocol: "grpc" });
      const id = await subscribe(sidecar.httpPort, ["g:a b"]);
      await raw.set("g:a b", "1");
      await expect.poll(() => received.length, wait).toBe(1);
      expect(received[0]).toMatchObject({
        method: "configuration/conf/g:a b",
        contentType: "application/json",
        httpExtension: { verb: 3 },
      });
      expect(received[0]?.data?.value.toString()).toBe(
        `{"id":"${id}","items":{"g:a b":{"value":"1"}}}\n`,
      );
      expect(sidecar.process.log).not.toContain("error sending configuration");
    } finally {
      server.forceShutdown();
    }
  });

  it("may refuse, be slow or be away: the last value comes", async () => {
    let release = (): void => {};
    const isReleased = new Promise<void>((resolve) => {
      release = resolve;
    });
    await using app = await listen(async (count) => {
      if (count === 1) return 500;
      if (count === 2) await isReleased;
      return 200;
    });
    await using sidecar = await launch(app.port);
    await subscribe(sidecar.httpPort, ["s:a"]);
    await raw.set("s:a", "refused");
    await sidecar.process.waitForLog(
      "error sending configuration item to the app: error sending configuration item to application, status 500",
    );
    await raw.set("s:a", "slow");
    await expect.poll(() => app.received.length, wait).toBe(2);
    const writes = Array.from({ length: 2_000 }, (_, i) => raw.set("s:a", `${i}`));
    await Promise.all(writes);
    // All have been read by now: the sidecar answers after them.
    const get = { port: sidecar.httpPort, path: "/v1.0/configuration/conf?key=s:a" };
    expect((await call(get)).text).toBe('{"s:a":{"value":"1999"}}\n');
    release();
    await expect.poll(() => app.received.at(-1)?.body, wait).toContain('"1999"');
    // Some waited as they came, of the rest only the last.
    expect(app.received.length).toBeLessThan(400);
  });

  it("hears no more from a sidecar that stops while it is slow", async () => {
    await using app = await listen(() => new Promise(() => {}));
    await using sidecar = await launch(app.port);
    await subscribe(sidecar.httpPort, []);
    for (let i = 0; i < 10; i++) await raw.set(`stop:${i}`, "1");
    await expect.poll(() => app.received.length, wait).toBe(1);
    const startedAt = performance.now();
    expect(await sidecar.process.stop()).toEqual({ code: 0, signal: null });
    expect(performance.now() - startedAt).toBeLessThan(4_000);
    expect(app.received).toHaveLength(1);
  });
});

describe.skipIf(!isAvailable)("an outage of Redis", () => {
  it("ends subscriptions for its time only", async () => {
    let redis = await launchRedis();
    await using app = await listen();
    await using sidecar = await launchDaprd({
      appId: "app",
      appPort: app.port,
      resources: [redisComponent(redis.address)],
    });
    try {
      await subscribe(sidecar.httpPort, ["a"]);
      for (let round = 0; round < 2; round++) {
        const { port } = redis;
        await redis.process.stop();
        const path = "/v1.0/configuration/conf?key=a";
        const during = await call({ port: sidecar.httpPort, path });
        expect(during.status).toBe(500);
        expect(during.text).toMatch(
          /^\{"errorCode":"ERR_CONFIGURATION_GET","message":"failed to get \[a\] from Configuration store conf: .*(?:refused|lost)/,
        );
        const subscribing = "/v1.0/configuration/conf/subscribe?key=b";
        const refused = await call({ port: sidecar.httpPort, path: subscribing });
        expect([refused.status, JSON.parse(refused.text).errorCode]).toEqual([
          500,
          "ERR_CONFIGURATION_SUBSCRIBE",
        ]);
        expect((await call({ port: sidecar.httpPort, path: "/v1.0/healthz" })).status).toBe(204);
        redis = await launchRedis({ port });
        const backAt = performance.now();
        const raw = new Client(port, "127.0.0.1");
        await raw.set("a", `round ${round}`);
        await expect.poll(() => app.received.at(-1)?.body, wait).toContain(`round ${round}`);
        expect(performance.now() - backAt).toBeLessThan(2_000);
        expect((await call({ port: sidecar.httpPort, path })).status).toBe(200);
        raw.disconnect();
      }
    } finally {
      await redis[Symbol.asyncDispose]();
    }
  });
});
