import { once } from "node:events";
import { createServer } from "node:net";
import { expect, test } from "vitest";
import { systemClock } from "../../../src/kit/time/clock.ts";
import { connectOnce, waitForApp } from "../../../src/runtime/app/wait.ts";

const never = new AbortController().signal;
const ignore = (): void => {};
const logger = {
  isEnabled: () => true,
  debug: ignore,
  info: ignore,
  warn: ignore,
  error: ignore,
  fatal: ignore,
};

async function listen(port = 0): Promise<{ port: number } & AsyncDisposable> {
  const server = createServer((socket) => {
    socket.on("error", ignore);
    socket.once("data", () => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"));
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as { port: number }).port,
    [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

test("an open port counts for protocols without TLS only", async () => {
  await using app = await listen();
  const attempt = (protocol: string, port = app.port): Promise<boolean> =>
    connectOnce({ protocol, host: "127.0.0.1", port }, 500, systemClock, never);
  for (const protocol of ["http", "h2c", "grpc"]) expect(await attempt(protocol)).toBe(true);
  for (const protocol of ["https", "grpcs"]) expect(await attempt(protocol)).toBe(false);
  expect(await attempt("http", 1)).toBe(false);
});

test("a silent address takes no longer than its time", async () => {
  const startedAt = performance.now();
  const address = { protocol: "http", host: "192.0.2.200", port: 9 };
  expect(await connectOnce(address, 100, systemClock, never)).toBe(false);
  expect(performance.now() - startedAt).toBeLessThan(2000);
});

test("the wait ends when the app comes up", async () => {
  const { port, ...first } = await listen();
  await first[Symbol.asyncDispose]();
  let isOver = false;
  const address = { protocol: "http", host: "127.0.0.1", port };
  const waiting = waitForApp(address, { clock: systemClock, logger }, never).then(() => {
    isOver = true;
  });
  expect(isOver).toBe(false);
  await using _ = await listen(port);
  await waiting;
  expect(isOver).toBe(true);
});
