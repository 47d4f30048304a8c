/** Ports on the loopback interface. */
import { createConnection, createServer } from "node:net";
import type { Random } from "../kit/lifecycle/platform.ts";
import type { Clock } from "../kit/time/clock.ts";

/** Below the range from which systems take the ports of outgoing connections, so that none is taken meanwhile. */
const lowest = 10_000;
const count = 20_000;
const attempts = 1000;

export function isFree(port: number): Promise<boolean> {
  return new Promise((settle) => {
    const server = createServer();
    server.once("error", () => settle(false));
    server.listen({ port, host: "127.0.0.1", exclusive: true }, () =>
      server.close(() => settle(true)),
    );
  });
}

/** @param taken is added to, so that no port is handed out twice @throws {Error} when there is none */
export async function freePort(random: Random, taken: Set<number>): Promise<number> {
  for (let i = 0; i < attempts; i++) {
    const port = lowest + Math.floor(random.number() * count);
    if (taken.has(port) || !(await isFree(port))) continue;
    taken.add(port);
    return port;
  }
  throw new Error(`no free port between ${lowest} and ${lowest + count}`);
}

/** Whether somebody accepts connections there. */
export function isListening(port: number, clock: Clock, limitMs = 500): Promise<boolean> {
  return new Promise((settle) => {
    const socket = createConnection({ port, host: "127.0.0.1" });
    const end = (answer: boolean): void => {
      timer[Symbol.dispose]();
      socket.destroy();
      settle(answer);
    };
    const timer = clock.timer(limitMs, () => end(false));
    socket.once("connect", () => end(true));
    socket.once("error", () => end(false));
  });
}
