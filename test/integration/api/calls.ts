/** Calls on loopback for the tests of the API servers: raw bytes, node:http and raw gRPC. */
import {
  Agent,
  createServer,
  type IncomingHttpHeaders,
  type RequestListener,
  request as startRequest,
} from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { Client, credentials, Metadata, type ServiceError } from "@grpc/grpc-js";

export const store = `apiVersion: dapr.io/v1alpha1
kind: Component
metadata:
  name: store
spec:
  type: state.in-memory
  version: v1
`;

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

export interface Call {
  readonly port?: number;
  readonly socketPath?: string;
  readonly host?: string;
  readonly method?: string;
  readonly path: string;
  readonly headers?: Record<string, string | string[]>;
  readonly body?: string | Buffer;
  /** Default: a connection of its own. */
  readonly agent?: Agent;
}

/** One request with node:http. @throws {Error} when the connection fails */
export function call(options: Call): Promise<Answer> {
  const { body, agent = new Agent(), ...rest } = options;
  return new Promise((resolve, reject) => {
    const request = startRequest({ host: "127.0.0.1", ...rest, agent }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        const { statusCode = 0, headers } = response;
        resolve({ status: statusCode, headers, text: Buffer.concat(chunks).toString() });
      });
    });
    request.on("error", reject);
    request.end(body);
  });
}

/** A socket that keeps what it has received. */
export class RawConnection implements Disposable {
  readonly socket: Socket;
  received = Buffer.alloc(0);
  isClosed = false;
  #onChange: (() => void) | undefined;

  constructor(port: number) {
    this.socket = connect(port, "127.0.0.1");
    this.socket.on("data", (chunk: Buffer) => {
      this.received = Buffer.concat([this.received, chunk]);
      this.#onChange?.();
    });
    this.socket.on("error", () => {});
    this.socket.on("close", () => {
      this.isClosed = true;
      this.#onChange?.();
    });
  }

  get text(): string {
    return this.received.toString("latin1");
  }

  write(bytes: string | Buffer): void {
    this.socket.write(bytes);
  }

  /** @throws {Error} with what came, after the limit */
  async until(isDone: () => boolean, limitMs = 5_000): Promise<void> {
    const timer = setTimeout(() => this.socket.destroy(), limitMs);
    try {
      while (!isDone()) {
        if (this.isClosed) throw new Error(`connection closed after ${JSON.stringify(this.text)}`);
        await new Promise<void>((resolve) => {
          this.#onChange = resolve;
        });
      }
    } finally {
      clearTimeout(timer);
    }
  }

  closed(limitMs = 5_000): Promise<void> {
    return this.until(() => this.isClosed, limitMs);
  }

  [Symbol.dispose](): void {
    this.socket.destroy();
  }
}

export interface TestApp extends AsyncDisposable {
  readonly port: number;
}

export async function startApp(listener: RequestListener, port = 0): Promise<TestApp> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export const runtimeService = "/dapr.proto.runtime.v1.Dapr";

const raw = (bytes: Buffer): Buffer => bytes;

/** One unary call of raw bytes. @returns the answer's bytes, or the error */
export function grpcCall(
  port: number,
  method: string,
  message: Buffer = Buffer.alloc(0),
  metadata: Readonly<Record<string, string>> = {},
  options: Readonly<Record<string, number>> = {},
): Promise<{ readonly error: ServiceError | null; readonly bytes: Buffer }> {
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure(), {
    "grpc.max_send_message_length": -1,
    ...options,
  });
  const sent = new Metadata();
  for (const [name, value] of Object.entries(metadata)) sent.set(name, value);
  return new Promise((resolve) => {
    const deadline = new Date(Date.now() + 10_000);
    client.makeUnaryRequest(method, raw, raw, message, sent, { deadline }, (error, bytes) => {
      client.close();
      resolve({ error, bytes: bytes ?? Buffer.alloc(0) });
    });
  });
}
