/**
 * `Upgrade: h2c`: the request that asked for it becomes stream 1 of an HTTP/2 connection.
 *
 * node:http2 cannot begin with a stream that was opened before its connection preface, so the request is put into the
 * byte stream as HEADERS and DATA frames right behind the client's own preface and SETTINGS.
 * Source: RFC 7540 §3.2, RFC 7541 §6.2.2 (literals without indexing leave the dynamic table alone).
 */
import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { Duplex } from "node:stream";

const preface = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
const frameHeaderBytes = 9;
const frame = { data: 0, headers: 1 } as const;
const flag = { endStream: 1, endHeaders: 4 } as const;
/** What every HTTP/2 peer takes. */
const maxFrameBytes = 16_384;
/** Preface and SETTINGS. */
const maxOpeningBytes = preface.length + frameHeaderBytes + maxFrameBytes;

/** Bodies of upgraded requests are held until the connection preface has come. */
const maxBodyBytes = 65_536;

/** Whether a request asks for HTTP/2 in the form that is answered with 101. */
export function isH2cUpgrade(request: IncomingMessage): boolean {
  const { upgrade, connection, "http2-settings": settings } = request.headers;
  return (
    typeof upgrade === "string" &&
    upgrade.toLowerCase().includes("h2c") &&
    typeof settings === "string" &&
    (connection ?? "").toLowerCase().includes("http2-settings") &&
    // A chunked or long body would have to be gathered first: such a request is simply served over HTTP/1.1.
    request.headers["transfer-encoding"] === undefined &&
    Number(request.headers["content-length"] ?? 0) <= maxBodyBytes
  );
}

export const switchingProtocols =
  "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n";

/**
 * The connection as the HTTP/2 server is to see it.
 * @param head bytes that came behind the request's header
 */
export function upgradedConnection(request: IncomingMessage, socket: Socket, head: Buffer): Duplex {
  const injector = new Injector(request);
  const duplex = new Duplex({
    read: () => void socket.resume(),
    write: (chunk: Buffer, _encoding, done) => void socket.write(chunk, () => done()),
    final: (done) => void socket.end(() => done()),
    destroy: (error, done) => {
      socket.destroy();
      done(error);
    },
  });
  const take = (chunk: Buffer): void => {
    const pieces = injector.feed(chunk);
    if (pieces === undefined) socket.destroy();
    else for (const piece of pieces) if (!duplex.push(piece)) socket.pause();
  };
  socket.on("error", (error) => duplex.destroy(error));
  socket.on("close", () => duplex.destroy());
  // The parser goes on with the body; what comes behind it is the socket's.
  request.on("error", () => socket.destroy());
  request.on("data", (chunk: Buffer) => injector.addBody(chunk));
  request.on("end", () => {
    socket.on("data", take);
    socket.on("end", () => duplex.push(null));
    if (head.length > 0) take(head);
  });
  return duplex;
}

/** Puts stream 1 behind the opening of the client's HTTP/2 connection. */
class Injector {
  readonly #request: IncomingMessage;
  readonly #body: Buffer[] = [];
  #pending: Buffer | undefined = Buffer.alloc(0);

  constructor(request: IncomingMessage) {
    this.#request = request;
  }

  addBody(chunk: Buffer): void {
    this.#body.push(chunk);
  }

  /** @returns what the HTTP/2 server is to see; undefined: this is no opening */
  feed(chunk: Buffer): Buffer[] | undefined {
    if (this.#pending === undefined) return [chunk];
    this.#pending = Buffer.concat([this.#pending, chunk]);
    const settingsEnd = this.#settingsEnd(this.#pending);
    if (settingsEnd === undefined) return [];
    if (settingsEnd > maxOpeningBytes) return undefined;
    if (settingsEnd > this.#pending.length) return [];
    const opening = this.#pending.subarray(0, settingsEnd);
    const after = this.#pending.subarray(settingsEnd);
    this.#pending = undefined;
    return [opening, ...this.#stream(), ...(after.length > 0 ? [after] : [])];
  }

  #settingsEnd(bytes: Buffer): number | undefined {
    const start = preface.length;
    if (bytes.length < start + frameHeaderBytes) return undefined;
    return start + frameHeaderBytes + bytes.readUIntBE(start, 3);
  }

  #stream(): Buffer[] {
    const block = encodeRequest(this.#request);
    const body = Buffer.concat(this.#body);
    const flags = flag.endHeaders | (body.length === 0 ? flag.endStream : 0);
    const frames = [encodeFrame(frame.headers, flags, block)];
    for (let at = 0; at < body.length; at += maxFrameBytes) {
      const piece = body.subarray(at, at + maxFrameBytes);
      const isLast = at + maxFrameBytes >= body.length;
      frames.push(encodeFrame(frame.data, isLast ? flag.endStream : 0, piece));
    }
    return frames;
  }
}

function encodeFrame(type: number, flags: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(frameHeaderBytes);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(1, 5);
  return Buffer.concat([head, payload]);
}

const dropped = new Set([
  "connection",
  "upgrade",
  "http2-settings",
  "host",
  "keep-alive",
  "proxy-connection",
  "transfer-encoding",
  "te",
]);

function encodeRequest(request: IncomingMessage): Buffer {
  const fields: Buffer[] = [
    literal(":method", request.method ?? "GET"),
    literal(":scheme", "http"),
    literal(":path", request.url ?? "/"),
  ];
  if (request.headers.host) fields.push(literal(":authority", request.headers.host));
  const { rawHeaders } = request;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = (rawHeaders[i] as string).toLowerCase();
    if (!dropped.has(name)) fields.push(literal(name, rawHeaders[i + 1] as string));
  }
  return Buffer.concat(fields);
}

const literal = (name: string, value: string): Buffer =>
  Buffer.concat([Buffer.from([0]), hpackString(name), hpackString(value)]);

function hpackString(text: string): Buffer {
  const bytes = Buffer.from(text, "latin1");
  return Buffer.concat([hpackInteger(bytes.length), bytes]);
}

/** An integer with a 7-bit prefix (RFC 7541 §5.1), no Huffman bit. */
function hpackInteger(value: number): Buffer {
  if (value < 127) return Buffer.from([value]);
  const bytes = [127];
  let rest = value - 127;
  while (rest >= 128) {
    bytes.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  bytes.push(rest);
  return Buffer.from(bytes);
}
