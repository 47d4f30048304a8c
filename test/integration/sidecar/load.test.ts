/** What a sidecar must stand: many connections, large streams with flat memory, and a store that goes away. */
import { createServer, request as httpRequest, type Server } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import { rssMiB } from "../../bench/process-stat.ts";
import { hasRedis, launchDaprd, launchRedis, launchSentry } from "../launch.ts";

const component = (type: string, metadata: string): string => `apiVersion: dapr.io/v1alpha1
kind: Component
metadata:
  name: store
spec:
  type: ${type}
  version: v1
  metadata: ${metadata}
`;

const unique = (name: string): string => `${name}-${process.pid}-${Date.now().toString(36)}`;

const opened = (port: number): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => resolve(socket));
    socket.once("error", reject);
  });

/** The status line that comes back for one request on a connection that stays open. */
const statusLine = (socket: Socket, text: string): Promise<string> =>
  new Promise((resolve, reject) => {
    socket.once("data", (chunk: Buffer) =>
      resolve(chunk.toString("latin1").split("\r\n")[0] ?? ""),
    );
    socket.once("error", reject);
    socket.write(text);
  });

describe("connections", () => {
  it("serves 1,000 at once, each kept alive", async () => {
    await using sidecar = await launchDaprd({
      appId: unique("many"),
      resources: [component("state.in-memory", "[]")],
    });
    const sockets = await Promise.all(Array.from({ length: 1000 }, () => opened(sidecar.httpPort)));
    try {
      for (let round = 0; round < 3; round++) {
        const lines = await Promise.all(
          sockets.map((socket, n) => {
            const body = `[{"key":"k${n}","value":${round}}]`;
            return statusLine(
              socket,
              `POST /v1.0/state/store HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
            );
          }),
        );
        expect(new Set(lines)).toEqual(new Set(["HTTP/1.1 204 No Content"]));
      }
      expect(rssMiB(sidecar.process.pid)).toBeLessThan(200);
    } finally {
      for (const socket of sockets) socket.destroy();
    }
  });
});

/** Counts what it gets and answers with as much. */
function startStreamingApp(): Promise<{ server: Server; port: number }> {
  const server = createServer((request, response) => {
    let bytes = 0;
    request.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
    });
    request.on("end", () => {
      response.writeHead(200, {
        "content-type": "application/octet-stream",
        "x-received": `${bytes}`,
      });
      Readable.from(blocks(bytes)).pipe(response);
    });
  });
  return new Promise((resolve) =>
    server.listen(0, "127.0.0.1", () =>
      resolve({ server, port: (server.address() as AddressInfo).port }),
    ),
  );
}

const block = Buffer.alloc(64 * 1024, "x");

function* blocks(bytes: number): Generator<Buffer> {
  for (let left = bytes; left > 0; left -= block.length)
    yield left < block.length ? block.subarray(0, left) : block;
}

interface Streamed {
  readonly status: number;
  readonly appReceived: number;
  readonly received: number;
}

function streamThrough(port: number, path: string, bytes: number): Promise<Streamed> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      {
        host: "127.0.0.1",
        port,
        path,
        method: "POST",
        headers: { "content-type": "application/octet-stream" },
      },
      (answer) => {
        let received = 0;
        answer.on("data", (chunk: Buffer) => {
          received += chunk.length;
        });
        answer.on("error", reject);
        answer.on("end", () =>
          resolve({
            status: answer.statusCode ?? 0,
            appReceived: Number(answer.headers["x-received"]),
            received,
          }),
        );
      },
    );
    request.on("error", reject);
    Readable.from(blocks(bytes)).pipe(request);
  });
}

describe("streams", () => {
  it("passes 50 MB each way through two sidecars with mTLS, and memory stays flat", async () => {
    await using sentry = await launchSentry();
    const app = await startStreamingApp();
    try {
      const flags = ["--max-body-size", "100Mi"];
      const calleeId = unique("stream-callee");
      await using callee = await launchDaprd({ appId: calleeId, appPort: app.port, sentry, flags });
      await using caller = await launchDaprd({ appId: unique("stream-caller"), sentry, flags });
      const path = `/v1.0/invoke/${calleeId}/method/upload`;
      await streamThrough(caller.httpPort, path, 1_000_000);
      const pids = [caller.process.pid, callee.process.pid];
      const before = pids.map(rssMiB);
      let peak = before;
      const watch = setInterval(() => {
        peak = pids.map((pid, i) => Math.max(peak[i] ?? 0, rssMiB(pid)));
      }, 20);
      const bytes = 50_000_000;
      const result = await streamThrough(caller.httpPort, path, bytes);
      clearInterval(watch);
      expect(result).toEqual({ status: 200, appReceived: bytes, received: bytes });
      for (const [i, start] of before.entries()) expect((peak[i] ?? 0) - start).toBeLessThan(45);
    } finally {
      app.server.closeAllConnections();
      app.server.close();
    }
  });
});

const withRedis = await hasRedis();

describe("a store that goes away", () => {
  it.skipIf(!withRedis)(
    "gives clear errors while Redis is down and works again after",
    async () => {
      let redis = await launchRedis();
      const { port } = redis;
      const metadata = `[{ name: redisHost, value: "${redis.address}" }, { name: redisMaxRetries, value: "1" }]`;
      await using sidecar = await launchDaprd({
        appId: unique("outage"),
        resources: [component("state.redis", metadata)],
      });
      const save = async (): Promise<{ status: number; text: string }> => {
        const answer = await fetch(`${sidecar.url}/v1.0/state/store`, {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: '[{"key":"a","value":1}]',
          signal: AbortSignal.timeout(20_000),
        });
        return { status: answer.status, text: await answer.text() };
      };
      expect((await save()).status).toBe(204);
      // Load goes on through the outage.
      let isDone = false;
      const statuses = new Set<number>();
      const load = Promise.all(
        Array.from({ length: 8 }, async () => {
          while (!isDone) statuses.add((await save()).status);
        }),
      );
      try {
        await redis.process.stop();
        const down = await save();
        expect(down.status).toBe(500);
        expect(down.text).toContain('"errorCode":"ERR_STATE_SAVE"');
        redis = await launchRedis({ port });
        const end = performance.now() + 15_000;
        while ((await save()).status !== 204 && performance.now() < end);
        expect((await save()).status).toBe(204);
        isDone = true;
        await load;
        expect([...statuses].filter((s) => s !== 204 && s !== 500)).toEqual([]);
        expect(sidecar.process.exit).toBeUndefined();
      } finally {
        isDone = true;
        await redis[Symbol.asyncDispose]();
      }
    },
  );
});
