/**
 * Stands in for the HTTP APIs of language models: keeps what was asked, answers as the test says.
 * Source of the formats: https://platform.openai.com/docs/api-reference/chat, https://docs.anthropic.com/en/api/messages,
 * https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
 */
import {
  createServer,
  type IncomingHttpHeaders,
  type Server,
  type ServerResponse,
} from "node:http";
import { freePort } from "../launch.ts";

export interface AskedModel {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  // biome-ignore lint/suspicious/noExplicitAny: tests compare it with what the formats' documentation shows
  readonly body: any;
}

export type ModelReply = (response: ServerResponse) => void;

/** A JSON answer. */
export const replyJson =
  (body: unknown, status = 200): ModelReply =>
  (response) => {
    response.writeHead(status, { "content-type": "application/json" });
    response.end(typeof body === "string" ? body : JSON.stringify(body));
  };

/** The connection ends in the middle of the answer. */
export const replyCut: ModelReply = (response) => {
  response.writeHead(200, { "content-type": "application/json", "content-length": "1000" });
  response.write('{"choices":[', () => response.socket?.destroy());
};

/** The head comes, then nothing. */
export const replyNever: ModelReply = (response) => {
  response.writeHead(200, { "content-type": "application/json" });
  response.write("{");
};

export const replyEndless: ModelReply = (response) => {
  const chunk = Buffer.alloc(2 ** 20, 0x20);
  response.on("error", () => {});
  const more = (): void => {
    while (!response.destroyed && response.write(chunk));
    if (!response.destroyed) response.once("drain", more);
  };
  more();
};

export class ModelStandIn implements AsyncDisposable {
  readonly asked: AskedModel[] = [];
  reply: ModelReply = replyJson({});
  /** Connections so far. */
  connections = 0;
  readonly port: number;
  readonly #server: Server;

  private constructor(port: number) {
    this.port = port;
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        const { method = "", url: path = "", headers } = request;
        this.asked.push({
          method,
          path,
          headers,
          body: JSON.parse(Buffer.concat(chunks).toString()),
        });
        this.reply(response);
      });
    });
    this.#server.on("connection", () => this.connections++);
  }

  static async start(): Promise<ModelStandIn> {
    const standIn = new ModelStandIn(await freePort());
    await new Promise<void>((resolve) => {
      standIn.#server.listen(standIn.port, "127.0.0.1", resolve);
    });
    return standIn;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get last(): AskedModel {
    const last = this.asked.at(-1);
    if (last === undefined) throw new Error("nothing was asked");
    return last;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeAllConnections();
    await closed;
  }
}
