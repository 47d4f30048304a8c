/** For tests: the other end of a connection, frame by frame, over memory instead of a network. */
import { createServer, type Socket } from "node:net";
import { Duplex } from "node:stream";
import type { ServerOptions, ServerTransport } from "../transport.ts";
import { FrameReader, flag, frameType, preface } from "./frames.ts";
import { HpackDecoder } from "./hpack-decoder.ts";
import { HpackEncoder } from "./hpack-encoder.ts";
import { H2Server } from "./server.ts";
import type { AcceptStream } from "./server-connection.ts";

/** Half of a connection in memory, with what the transport uses of a socket. */
export class MemorySocket extends Duplex {
  other: MemorySocket | null = null;
  readonly remoteAddress = "192.0.2.7";
  readonly remotePort = 4711;
  #resume: (() => void) | null = null;

  override _read(): void {
    const { other } = this;
    if (other === null) return;
    const resume = other.#resume;
    other.#resume = null;
    resume?.();
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    const { other } = this;
    if (other === null || other.destroyed) done();
    // A copy, as the kernel makes one.
    else if (other.push(Buffer.from(chunk))) done();
    else this.#resume = done;
  }

  override _final(done: () => void): void {
    this.other?.push(null);
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    const { other } = this;
    this.other = null;
    if (other !== null && !other.destroyed) other.push(null);
    done(error);
  }

  destroySoon(): void {
    if (this.writable) this.end();
    if (this.writableFinished) this.destroy();
    else this.once("finish", () => this.destroy());
  }

  setNoDelay(): this {
    return this;
  }
}

export function socketPair(): [MemorySocket, MemorySocket] {
  const one = new MemorySocket();
  const two = new MemorySocket();
  one.other = two;
  two.other = one;
  return [one, two];
}

/** A frame that the peer received. */
export interface Received {
  readonly type: number;
  readonly flags: number;
  readonly id: number;
  readonly payload: Buffer;
  /** Decoded header block, for HEADERS. */
  readonly fields: Readonly<Record<string, string>>;
}

/** Gives everything that is due its turn. */
export function turns(count = 8): Promise<void> {
  return new Promise((resolve) => {
    const step = (left: number): void => {
      if (left === 0) resolve();
      else setImmediate(() => step(left - 1));
    };
    step(count);
  });
}

export const requestFields: readonly [string, string][] = [
  [":method", "POST"],
  [":scheme", "http"],
  [":path", "/t.T/Echo"],
  [":authority", "test"],
  ["te", "trailers"],
  ["content-type", "application/grpc"],
];

/** A message with its prefix. */
export function framed(message: Uint8Array | string, isCompressed = false): Buffer {
  const body = Buffer.from(message);
  const prefix = Buffer.alloc(5);
  prefix[0] = isCompressed ? 1 : 0;
  prefix.writeUInt32BE(body.length, 1);
  return Buffer.concat([prefix, body]);
}

export function frameBytes(
  type: number,
  flags: number,
  id: number,
  payload: Uint8Array = Buffer.alloc(0),
): Buffer {
  const header = Buffer.alloc(9);
  header.writeUIntBE(payload.length, 0, 3);
  header[3] = type;
  header[4] = flags;
  header.writeUInt32BE(id, 5);
  return Buffer.concat([header, payload]);
}

export function uint32(...values: number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [index, value] of values.entries()) bytes.writeUInt32BE(value, index * 4);
  return bytes;
}

/** Settings as payload. */
export function settingsPayload(...pairs: [id: number, value: number][]): Buffer {
  return Buffer.concat(
    pairs.map(([id, value]) => Buffer.concat([Buffer.from([id >> 8, id]), uint32(value)])),
  );
}

export class TestPeer {
  readonly socket: Duplex;
  readonly received: Received[] = [];
  isEnded = false;
  readonly #encoder = new HpackEncoder();
  readonly #decoder = new HpackDecoder({ maxListBytes: 1 << 20 });
  /** For peers that play the server: bytes before the first frame are the client's preface. */
  constructor(socket: Duplex, expectsPreface = false) {
    this.socket = socket;
    const reader = new FrameReader(
      {
        frame: (type, flags, id, source, start, end) => {
          const payload = Buffer.from(source.subarray(start, end));
          let fields: Record<string, string> = {};
          if (type === frameType.headers) {
            this.#decoder.decode(payload, 0, payload.length);
            fields = Object.fromEntries(this.#decoder.fields.map((one) => [one.name, one.value]));
          }
          this.received.push({ type, flags, id, payload, fields });
        },
      },
      expectsPreface,
    );
    socket.on("data", (chunk: Buffer) => reader.push(chunk));
    socket.on("end", () => {
      this.isEnded = true;
    });
    socket.on("error", () => {});
  }

  /** Preface and settings of a client. */
  greet(settings: Buffer = Buffer.alloc(0)): void {
    this.socket.write(Buffer.concat([preface, frameBytes(frameType.settings, 0, 0, settings)]));
  }

  send(type: number, flags: number, id: number, payload?: Uint8Array): void {
    this.socket.write(frameBytes(type, flags, id, payload));
  }

  block(fields: readonly (readonly [string, string])[]): Buffer {
    this.#encoder.begin();
    for (const [name, value] of fields) this.#encoder.literal(name, value);
    return Buffer.from(this.#encoder.block.subarray(0, this.#encoder.length));
  }

  headers(
    id: number,
    extra: readonly (readonly [string, string])[] = [],
    flags: number = flag.endHeaders,
  ): void {
    const overridden = new Set(extra.map(([name]) => name));
    const base = requestFields.filter(([name]) => !overridden.has(name));
    const fields = [...base, ...extra].sort(
      ([a], [b]) => Number(b[0] === ":") - Number(a[0] === ":"),
    );
    this.send(frameType.headers, flags, id, this.block(fields));
  }

  /** A whole unary request. */
  request(
    id: number,
    message: Uint8Array | string,
    extra?: readonly (readonly [string, string])[],
  ): void {
    this.headers(id, extra);
    this.send(frameType.data, flag.endStream, id, framed(message));
  }

  of(type: number, id?: number): Received[] {
    return this.received.filter((one) => one.type === type && (id === undefined || one.id === id));
  }

  /** The payloads of all DATA frames of a stream. */
  data(id: number): Buffer {
    return Buffer.concat(this.of(frameType.data, id).map((one) => one.payload));
  }

  /** grpc-status of a stream, once it is there. */
  status(id: number): string | undefined {
    return this.of(frameType.headers, id).findLast((one) => "grpc-status" in one.fields)?.fields[
      "grpc-status"
    ];
  }

  /** Code of the last GOAWAY, or -1. */
  get goaway(): number {
    return this.of(frameType.goaway).at(-1)?.payload.readUInt32BE(4) ?? -1;
  }

  /** Code of the RST_STREAM of a stream, or -1. */
  reset(id: number): number {
    return this.of(frameType.rstStream, id).at(-1)?.payload.readUInt32BE(0) ?? -1;
  }
}

export interface TestServer {
  readonly server: ServerTransport;
  readonly errors: Error[];
  /** A new connection to it; greets unless told otherwise. */
  connect(settings?: Buffer | null): TestPeer;
}

export async function testServer(
  options: Partial<ServerOptions> = {},
  accept?: AcceptStream,
): Promise<TestServer> {
  const errors: Error[] = [];
  const server = new H2Server(
    {
      maxMessageBytes: 4 << 20,
      maxMetadataBytes: 64 * 1024,
      onError: (error) => errors.push(error),
      ...options,
    },
    accept,
  );
  // It never listens: connections are handed to it.
  const listener = createServer();
  const listening = server.listen({ server: listener });
  listener.emit("listening");
  await listening;
  return {
    server,
    errors,
    connect: (settings = Buffer.alloc(0)) => {
      const [ours, theirs] = socketPair();
      listener.emit("connection", theirs as unknown as Socket);
      const peer = new TestPeer(ours);
      if (settings !== null) peer.greet(settings);
      return peer;
    },
  };
}
