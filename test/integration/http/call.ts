/**
 * Calls through an HttpClient as promises, and raw servers that answer with the bytes they are told.
 */
import { createServer, type Server, type Socket } from "node:net";
import type { HttpClient, HttpHandler, HttpRequest } from "../../../src/kit/http/client.ts";

export interface Answer {
  readonly status: number;
  readonly headers: readonly string[];
  readonly body: string;
  readonly isComplete: boolean;
}

/** @throws what onError was given */
export function call(client: HttpClient, request: Partial<HttpRequest> = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    let status = 0;
    let fields: readonly string[] = [];
    const chunks: Buffer[] = [];
    client.send(
      { method: "GET", path: "/x", headers: [], body: null, ...request },
      {
        onHead(code, headers) {
          status = code;
          fields = headers;
        },
        onData: (chunk) => chunks.push(Buffer.from(chunk)) > 0,
        onEnd: (isComplete) =>
          resolve({
            status,
            headers: fields,
            body: Buffer.concat(chunks).toString("latin1"),
            isComplete,
          }),
        onError: reject,
      },
    );
  });
}

/** The body, or the error's text. */
export async function brief(
  client: HttpClient,
  request: Partial<HttpRequest> = {},
): Promise<string> {
  try {
    const { status, body, isComplete } = await call(client, request);
    return `${status} ${body}${isComplete ? "" : " (cut)"}`;
  } catch (error) {
    return (error as Error).message;
  }
}

/** Callbacks that write down what happens. */
export function journal(onData: (chunk: Buffer) => boolean = () => true): {
  handler: HttpHandler;
  events: string[];
  until(event: string): Promise<void>;
} {
  const events: string[] = [];
  const waiting: { event: string; resolve: () => void }[] = [];
  const add = (event: string): void => {
    events.push(event);
    for (const one of waiting) if (event.startsWith(one.event)) one.resolve();
  };
  return {
    events,
    until: (event) =>
      new Promise((resolve) => {
        if (events.some((one) => one.startsWith(event))) resolve();
        else waiting.push({ event, resolve });
      }),
    handler: {
      onHead: (status) => add(`head ${status}`),
      onData: (chunk) => {
        add(`data ${chunk.length}`);
        return onData(chunk);
      },
      onEnd: (isComplete) => add(`end ${isComplete}`),
      onError: (error) => add(`error ${error.message}`),
      onDrain: () => add("drain"),
    },
  };
}

export interface RawServer extends AsyncDisposable {
  readonly port: number;
  readonly connections: number;
  /** Everything that was received, per connection. */
  readonly received: string[];
}

/** @param onConnection is called for each connection; `received` grows before its data listener runs */
export async function rawServer(
  onConnection: (socket: Socket, index: number) => void,
): Promise<RawServer> {
  const received: string[] = [];
  const sockets = new Set<Socket>();
  const server: Server = createServer({ noDelay: true }, (socket) => {
    const index = received.push("") - 1;
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
    socket.on("data", (chunk: Buffer) => {
      received[index] += chunk.toString("latin1");
    });
    onConnection(socket, index);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  return {
    port,
    received,
    get connections() {
      return received.length;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Answers every request head with the same bytes. */
export const answering =
  (...answers: readonly string[]) =>
  (socket: Socket): void => {
    let next = 0;
    socket.on("data", () => {
      const answer = answers[Math.min(next++, answers.length - 1)] as string;
      socket.write(answer, "latin1");
    });
  };
