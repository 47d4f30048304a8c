/**
 * The other side of the wire between sidecars, written from spec 02 §8 over node:http2 alone: frames as they come, in
 * clear text or with the certificates of a sentry.
 */
import { execFileSync } from "node:child_process";
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  createSecureServer,
  createServer,
  type IncomingHttpHeaders,
  type SecureServerOptions,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from "node:http2";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { SecureContextOptions } from "node:tls";
import { Scratch, type Sentry } from "../launch.ts";

/** A certificate for an identity, signed by the sentry's issuer. */
export function issueIdentity(sentry: Sentry, identity: string): SecureContextOptions {
  using scratch = new Scratch();
  const openssl = (...args: string[]): void => {
    execFileSync("openssl", args, { cwd: scratch.path, stdio: ["ignore", "pipe", "pipe"] });
  };
  const issuer = join(sentry.credentialsPath, "issuer");
  scratch.write(
    "leaf.ext",
    `keyUsage=critical,digitalSignature\nextendedKeyUsage=serverAuth,clientAuth\nsubjectAltName=critical,URI:${identity}\n`,
  );
  openssl(..."genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out key.pem".split(" "));
  openssl(..."req -new -key key.pem -subj /O=test -out leaf.csr".split(" "));
  openssl(
    ..."x509 -req -in leaf.csr -days 1 -extfile leaf.ext -CAcreateserial -CAserial serial".split(
      " ",
    ),
    ...["-CA", `${issuer}.crt`, "-CAkey", `${issuer}.key`, "-out", "leaf.crt"],
  );
  const chain = execFileSync("cat", [`${issuer}.crt`], { encoding: "utf8" });
  return {
    key: scratch.read("key.pem"),
    cert: scratch.read("leaf.crt") + chain,
    ca: sentry.trustAnchors,
    minVersion: "TLSv1.2",
  };
}

/** A message with the five bytes before it. */
export function frame(message: Uint8Array): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}

/** Cuts what arrives into messages. */
class Deframer {
  #rest = Buffer.alloc(0);

  add(chunk: Buffer): Buffer[] {
    this.#rest = Buffer.concat([this.#rest, chunk]);
    const messages: Buffer[] = [];
    for (;;) {
      if (this.#rest.length < 5) return messages;
      if (this.#rest[0] !== 0) throw new Error("a compressed message");
      const length = this.#rest.readUInt32BE(1);
      if (this.#rest.length < 5 + length) return messages;
      messages.push(this.#rest.subarray(5, 5 + length));
      this.#rest = this.#rest.subarray(5 + length);
    }
  }
}

/** One call as it came in. */
export class RawCall {
  readonly headers: IncomingHttpHeaders;
  readonly messages: Buffer[] = [];
  isHalfClosed = false;
  readonly halfClosed: Promise<void>;
  readonly stream: ServerHttp2Stream;

  constructor(stream: ServerHttp2Stream, headers: IncomingHttpHeaders) {
    this.stream = stream;
    this.headers = headers;
    const deframer = new Deframer();
    stream.on("data", (chunk: Buffer) => this.messages.push(...deframer.add(chunk)));
    stream.on("error", () => {});
    this.halfClosed = new Promise((resolve) => {
      stream.on("end", () => {
        this.isHalfClosed = true;
        resolve();
      });
    });
  }

  answer(...messages: readonly Uint8Array[]): void {
    this.stream.respond(
      { ":status": 200, "content-type": "application/grpc" },
      { waitForTrailers: true },
    );
    this.stream.on("wantTrailers", () => this.stream.sendTrailers({ "grpc-status": "0" }));
    for (const message of messages) this.stream.write(frame(message));
    this.stream.end();
  }

  refuse(code: number, message: string): void {
    const head = {
      ":status": 200,
      "content-type": "application/grpc",
      "grpc-status": String(code),
    };
    this.stream.respond({ ...head, "grpc-message": message }, { endStream: true });
  }
}

/** A callee that the test plays itself. */
export class RawCallee implements AsyncDisposable {
  readonly calls: RawCall[] = [];
  onCall: (call: RawCall) => void = () => {};
  readonly #server: ReturnType<typeof createServer>;
  readonly #sessions = new Set<ServerHttp2Session>();

  private constructor(server: ReturnType<typeof createServer>) {
    this.#server = server;
    server.on("session", (session) => {
      this.#sessions.add(session);
      session.on("error", () => {});
      session.on("close", () => this.#sessions.delete(session));
    });
    server.on("stream", (stream, headers) => {
      const call = new RawCall(stream as ServerHttp2Stream, headers);
      this.calls.push(call);
      this.onCall(call);
    });
  }

  /** @param tls undefined: clear text; callers must have a certificate unless it says otherwise */
  static async start(tls?: SecureServerOptions): Promise<RawCallee> {
    const server =
      tls === undefined
        ? createServer()
        : createSecureServer({ requestCert: true, rejectUnauthorized: true, ...tls });
    const callee = new RawCallee(server as ReturnType<typeof createServer>);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return callee;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const session of this.#sessions) session.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

export interface RawAnswer {
  readonly headers: IncomingHttpHeaders;
  readonly messages: readonly Buffer[];
  /** From the trailers, or from the head where there is nothing else. */
  readonly status: number;
  readonly message: string;
}

/** A caller that the test plays itself. */
export class RawCaller implements AsyncDisposable {
  readonly #session: ClientHttp2Session;

  constructor(port: number, tls?: SecureContextOptions) {
    // Identities are no host names, and this side trusts the anchors alone.
    const secure = { ...tls, servername: "", checkServerIdentity: () => undefined };
    this.#session =
      tls === undefined
        ? connect(`http://127.0.0.1:${port}`)
        : connect(`https://127.0.0.1:${port}`, secure);
    this.#session.on("error", () => {});
  }

  /** @param write gets the open stream, and ends it */
  call(path: string, write: (stream: ClientHttp2Stream) => void): Promise<RawAnswer> {
    return new Promise((resolve, reject) => {
      const stream = this.#session.request({
        ":method": "POST",
        ":path": path,
        "content-type": "application/grpc",
        te: "trailers",
      });
      const deframer = new Deframer();
      const messages: Buffer[] = [];
      let headers: IncomingHttpHeaders = {};
      let trailers: IncomingHttpHeaders = {};
      stream.on("response", (head) => {
        headers = head;
      });
      stream.on("trailers", (tail) => {
        trailers = tail;
      });
      stream.on("data", (chunk: Buffer) => messages.push(...deframer.add(chunk)));
      stream.on("error", reject);
      stream.on("close", () => reject(new Error("the call broke off")));
      stream.on("end", () => {
        const last = trailers["grpc-status"] === undefined ? headers : trailers;
        if (last["grpc-status"] === undefined) reject(new Error("the call ended without a status"));
        resolve({
          headers,
          messages,
          status: Number(last["grpc-status"]),
          message: decodeURIComponent(String(last["grpc-message"] ?? "")),
        });
      });
      write(stream);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#session.destroy();
  }
}
