/**
 * How another command asks a running `tricorne run` to stop one of its apps: a Unix socket beside its registration,
 * in a folder that only its user can enter. A request is a line `stop APP_ID`, the answer `ok` or a complaint.
 */
import { rmSync } from "node:fs";
import { createConnection, createServer } from "node:net";
import type { Clock } from "../kit/time/clock.ts";

/** Longer lines are no requests. */
const longestLine = 4096;
const idleLimitMs = 5000;

export interface ControlSocket extends AsyncDisposable {
  readonly path: string;
}

/** @param stop resolves when the app has ended; false: there is no such app */
export async function listenForControl(
  path: string,
  stop: (appId: string) => Promise<boolean>,
): Promise<ControlSocket> {
  rmSync(path, { force: true });
  const server = createServer((socket) => {
    let line = "";
    socket.setTimeout(idleLimitMs, () => socket.destroy());
    socket.on("error", () => socket.destroy());
    socket.setEncoding("utf8");
    socket.on("data", (chunk: string) => {
      line += chunk;
      if (line.length > longestLine) socket.destroy();
      const end = line.indexOf("\n");
      if (end < 0) return;
      const [verb, appId = ""] = line.slice(0, end).split(" ");
      line = "";
      socket.setTimeout(0);
      const answer = verb === "stop" ? stop(appId) : Promise.resolve(false);
      answer.then(
        (isKnown) => socket.end(isKnown ? "ok\n" : `couldn't find app id ${appId}\n`),
        (error: Error) => socket.end(`${error.message}\n`),
      );
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(path, resolve);
  });
  return {
    path,
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}

/** @returns the answer without its line feed @throws {Error} when nobody answers in time */
export function askControl(path: string, request: string, clock: Clock, limitMs: number) {
  return new Promise<string>((resolve, reject) => {
    const socket = createConnection(path);
    let answer = "";
    const fail = (error: Error): void => {
      timer[Symbol.dispose]();
      socket.destroy();
      reject(error);
    };
    const timer = clock.timer(limitMs, () => fail(new Error("it does not answer")));
    socket.setEncoding("utf8");
    socket.on("error", fail);
    socket.on("connect", () => socket.write(`${request}\n`));
    socket.on("data", (chunk: string) => {
      answer += chunk;
    });
    socket.on("end", () => {
      timer[Symbol.dispose]();
      socket.end();
      resolve(answer.trimEnd());
    });
  });
}
