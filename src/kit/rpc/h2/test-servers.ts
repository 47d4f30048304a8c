/** For tests of the client: servers of other makes, and what tests need around them. */
import {
  createServer as createHttp2Server,
  type Http2Server,
  type ServerHttp2Stream,
} from "node:http2";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { RpcError, type RpcStatus } from "../status.ts";
import type { ClientOptions, ClientTransport, OutgoingCall } from "../transport.ts";
import { frameType } from "./frames.ts";
import { TestPeer } from "./test-peer.ts";
import { h2Transport } from "./transport.ts";

/** What one file's tests start; close it after each test. */
export function testBed() {
  const closing: (() => Promise<void> | void)[] = [];

  function client(port: number, options: Partial<ClientOptions> = {}): ClientTransport {
    const made = h2Transport.createClient({
      target: { host: "127.0.0.1", port },
      maxMessageBytes: 4 << 20,
      ...options,
    });
    closing.push(() => made.close());
    return made;
  }

  async function listen(server: Server | Http2Server): Promise<number> {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    closing.push(() => void server.close());
    return (server.address() as AddressInfo).port;
  }

  /** A server of node:http2 that answers each request with what `answer` says. */
  async function http2Server(
    answer: (stream: ServerHttp2Stream, headers: Record<string, unknown>, body: Buffer) => void,
    settings: object = {},
  ): Promise<{ port: number; sessions: () => number }> {
    let sessions = 0;
    const server = createHttp2Server({ settings });
    server.on("session", (session) => {
      sessions++;
      closing.push(() => session.destroy());
    });
    server.on("stream", (stream: ServerHttp2Stream, headers) => {
      stream.on("error", () => {});
      const parts: Buffer[] = [];
      stream.on("data", (part: Buffer) => parts.push(part));
      stream.on("end", () => answer(stream, headers, Buffer.concat(parts)));
    });
    return { port: await listen(server), sessions: () => sessions };
  }

  /** A server that is driven frame by frame. */
  async function rawServer(onPeer?: (peer: TestPeer) => void) {
    const peers: TestPeer[] = [];
    const server = createServer((socket: Socket) => {
      const peer = new TestPeer(socket, true);
      peers.push(peer);
      closing.push(() => void socket.destroy());
      if (onPeer === undefined) peer.send(frameType.settings, 0, 0);
      else onPeer(peer);
    });
    return { port: await listen(server), peers };
  }

  return {
    client,
    http2Server,
    rawServer,
    listen,
    onClose: (close: () => Promise<void> | void): void => void closing.push(close),
    close: async (): Promise<void> => {
      for (const close of closing.splice(0).reverse()) await close();
    },
  };
}

/** An ordinary answer of node:http2. */
export function reply(stream: ServerHttp2Stream, body: Buffer, headers = {}, trailers = {}): void {
  if (stream.destroyed) return;
  stream.respond(
    { ":status": 200, "content-type": "application/grpc", ...headers },
    { waitForTrailers: true },
  );
  stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0", ...trailers }));
  stream.end(body);
}

/** What a call failed with. */
export async function failure(promise: Promise<unknown>): Promise<RpcError> {
  const error: unknown = await promise.then(
    () => new Error("succeeded"),
    (reason: unknown) => reason,
  );
  if (error instanceof RpcError) return error;
  throw error;
}

/** How a streaming call ends. */
export function statusOf(call: OutgoingCall): Promise<RpcStatus> {
  return new Promise((resolve) => call.onStatus(resolve));
}

export const path = "/t.T/Echo";
export const empty = Buffer.alloc(0);
