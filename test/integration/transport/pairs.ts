/**
 * Every server with every client, and what a test needs around them.
 */
import type { Metadata } from "../../../src/kit/rpc/metadata.ts";
import { selectTransport } from "../../../src/kit/rpc/select.ts";
import type { RpcStatus } from "../../../src/kit/rpc/status.ts";
import type {
  ClientOptions,
  ClientTransport,
  DialTarget,
  ListenAddress,
  OutgoingCall,
  ServerOptions,
  ServerTransport,
  Transport,
} from "../../../src/kit/rpc/transport.ts";
import { addEchoService, type EchoState } from "./echo-service.ts";

export type TransportName = Transport["name"];

const allNames: readonly TransportName[] = ["h2", "http2", "grpcjs"];

/** `TRANSPORTS=h2,http2` narrows a run down. */
export const names: readonly TransportName[] = allNames.filter(
  (name) => process.env.TRANSPORTS?.split(",").includes(name) ?? true,
);

export interface Pair {
  readonly server: TransportName;
  readonly client: TransportName;
}

export const pairs: readonly Pair[] = names.flatMap((server) =>
  names.map((client) => ({ server, client })),
);

export const mebibyte = 1024 * 1024;

export const defaultServerOptions: ServerOptions = {
  maxMessageBytes: 4 * mebibyte,
  maxMetadataBytes: 64 * 1024,
};

/** Something that listens, with the echo service on it. */
export interface RunningServer extends AsyncDisposable {
  readonly transport: ServerTransport;
  readonly state: EchoState;
  readonly target: DialTarget;
  readonly errors: Error[];
}

export async function startServer(
  name: TransportName,
  options: Partial<ServerOptions> = {},
  address: ListenAddress = { host: "127.0.0.1", port: 0 },
): Promise<RunningServer> {
  const errors: Error[] = [];
  const transport = (await selectTransport(name)).createServer({
    ...defaultServerOptions,
    onError: (error) => errors.push(error),
    ...options,
  });
  const state = addEchoService(transport);
  const bound = await transport.listen(address);
  return {
    transport,
    state,
    errors,
    target: "path" in address ? { path: address.path } : { host: "127.0.0.1", port: bound.port },
    [Symbol.asyncDispose]: () => transport.close(0),
  };
}

export type DisposableClient = ClientTransport & AsyncDisposable;

export async function startClient(
  name: TransportName,
  target: DialTarget,
  options: Partial<ClientOptions> = {},
): Promise<DisposableClient> {
  const client = (await selectTransport(name)).createClient({
    target,
    maxMessageBytes: 4 * mebibyte,
    ...options,
  });
  return Object.assign(client, { [Symbol.asyncDispose]: () => client.close() });
}

export interface Outcome {
  readonly headers: Metadata | undefined;
  readonly messages: Buffer[];
  readonly status: RpcStatus;
}

/** Collects what a call gives until it ends. */
export function outcome(call: OutgoingCall): Promise<Outcome> {
  return new Promise((resolve) => {
    let headers: Metadata | undefined;
    const messages: Buffer[] = [];
    call.onHeaders((metadata) => {
      headers = metadata;
    });
    call.onMessage((message) => messages.push(Buffer.from(message)));
    call.onStatus((status) => resolve({ headers, messages, status }));
  });
}

/** Sends as fast as the call takes it. */
export async function sendAll(call: OutgoingCall, messages: Iterable<Uint8Array>): Promise<void> {
  let wake = (): void => {};
  call.onDrain(() => wake());
  for (const message of messages) {
    if (call.send(message)) continue;
    await new Promise<void>((resolve) => {
      wake = resolve;
    });
  }
  call.halfClose();
}

/** Resolves when the condition holds; for states that have no event. */
export async function until(condition: () => boolean, what: string, ms = 5000): Promise<void> {
  const end = performance.now() + ms;
  while (!condition()) {
    if (performance.now() > end) throw new Error(`not in ${ms} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

/** Bytes with a pattern that shows misplaced pieces. */
export function pattern(bytes: number): Buffer {
  const buffer = Buffer.allocUnsafe(bytes);
  for (let i = 0; i < bytes; i++) buffer[i] = (i * 7 + (i >> 8)) & 0xff;
  return buffer;
}
