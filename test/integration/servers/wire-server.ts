/**
 * An HTTP/1.1 server out of sockets: node:http refuses methods that it does not know, such as LIST.
 */
import { createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer, type TLSSocket, type TlsOptions } from "node:tls";
import { freePort } from "../launch.ts";

export interface WireRequest {
  readonly method: string;
  readonly url: URL;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  /** Alternative names of the client's certificate, or "". */
  readonly clientName: string;
}

export interface WireReply {
  readonly status: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** "hang": no answer ever; "close": the connection ends without one. */
export type WireAnswer = WireReply | "hang" | "close";

export class WireServer implements AsyncDisposable {
  readonly port: number;
  readonly requests: WireRequest[] = [];
  /** Requests under way at the same time, at most. */
  mostAtOnce = 0;
  #underWay = 0;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #handle: (request: WireRequest) => WireAnswer | Promise<WireAnswer>;

  private constructor(port: number, tls: TlsOptions | undefined, handle: WireServer["handle"]) {
    this.port = port;
    this.#handle = handle;
    const serve = (socket: Socket): void => this.#serve(socket);
    this.#server = tls === undefined ? createServer(serve) : createTlsServer(tls, serve);
    this.#server.on("connection", (socket: Socket) => {
      this.#sockets.add(socket);
      socket.on("close", () => this.#sockets.delete(socket));
      socket.on("error", () => {});
    });
    this.#server.on("tlsClientError", () => {});
  }

  get handle(): (request: WireRequest) => WireAnswer | Promise<WireAnswer> {
    return this.#handle;
  }

  /** @param options.port to come back where a server was before */
  static async start(
    handle: WireServer["handle"],
    options: { readonly tls?: TlsOptions | undefined; readonly port?: number | undefined } = {},
  ): Promise<WireServer> {
    const server = new WireServer(options.port ?? (await freePort()), options.tls, handle);
    await new Promise<void>((resolve, reject) => {
      server.#server.once("error", reject);
      server.#server.listen(server.port, "127.0.0.1", resolve);
    });
    return server;
  }

  /** Ends the connections that are open, as a restarted server does. */
  dropConnections(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.dropConnections();
    await closed;
  }

  #serve(socket: Socket): void {
    let text = "";
    socket.on("error", () => {});
    socket.on("data", (chunk: Buffer) => {
      text += chunk.toString("latin1");
      // Clients of these servers send no bodies and do not pipeline.
      if (!text.endsWith("\r\n\r\n")) return;
      const request = parseRequest(text, socket);
      text = "";
      void this.#answer(request, socket);
    });
  }

  async #answer(request: WireRequest, socket: Socket): Promise<void> {
    this.requests.push(request);
    this.mostAtOnce = Math.max(this.mostAtOnce, ++this.#underWay);
    const answer = await this.#handle(request);
    this.#underWay--;
    if (answer === "hang") return;
    if (answer === "close") {
      socket.destroy();
      return;
    }
    const headers = {
      "Content-Type": "application/json",
      "Content-Length": String(Buffer.byteLength(answer.body)),
      ...answer.headers,
    };
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    socket.write(`HTTP/1.1 ${answer.status} Status\r\n${lines.join("")}\r\n${answer.body}`);
  }
}

function parseRequest(text: string, socket: Socket): WireRequest {
  const [first = "", ...lines] = text.trimEnd().split("\r\n");
  const [method = "", target = ""] = first.split(" ");
  const headers = new Map<string, string>();
  for (const line of lines) {
    const colon = line.indexOf(":");
    headers.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim());
  }
  const clientName = (socket as TLSSocket).getPeerCertificate?.().subjectaltname ?? "";
  return { method, url: new URL(target, "http://server"), headers, clientName };
}
