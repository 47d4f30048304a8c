/**
 * Stands in for a schema registry: the latest schema of a subject, and a schema by its id.
 * Source of the format: the public REST API reference of Confluent Schema Registry
 */
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";

export class SchemaRegistryStandIn implements AsyncDisposable {
  /** Paths, in the order in which they were asked for. */
  readonly asked: string[] = [];
  /** `user:password` that every request must have. */
  credentials: string | undefined;
  /** Every answer is a 500. */
  isBroken = false;
  /** Answers wait for it. */
  held: Promise<void> | undefined;
  readonly #schemas = new Map<number, { readonly schema: string; readonly schemaType?: string }>();
  readonly #latest = new Map<string, number>();
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(): Promise<SchemaRegistryStandIn> {
    const server = createServer();
    const registry = new SchemaRegistryStandIn(server);
    server.on("request", (request, response) => {
      registry.asked.push(request.url ?? "");
      void Promise.resolve(registry.held).then(() => {
        const [status, body] = registry.#answer(request);
        response.writeHead(status, { "content-type": "application/vnd.schemaregistry.v1+json" });
        response.end(JSON.stringify(body));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return registry;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Becomes the latest of the subject. */
  register(subject: string, id: number, schema: unknown, schemaType?: string): void {
    const text = JSON.stringify(schema);
    this.#schemas.set(id, { schema: text, ...(schemaType === undefined ? {} : { schemaType }) });
    this.#latest.set(subject, id);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #answer({ url = "", headers }: IncomingMessage): [number, unknown] {
    if (this.isBroken) return [500, { error_code: 50001, message: "Error in the backend" }];
    const given = Buffer.from((headers.authorization ?? "").replace("Basic ", ""), "base64");
    if (this.credentials !== undefined && given.toString() !== this.credentials) {
      return [401, { error_code: 401, message: "Unauthorized" }];
    }
    const byId = /^\/schemas\/ids\/(\d+)$/.exec(url)?.[1];
    if (byId !== undefined) {
      const found = this.#schemas.get(Number(byId));
      return found === undefined
        ? [404, { error_code: 40403, message: `Schema ${byId} not found` }]
        : [200, found];
    }
    const subject = decodeURIComponent(
      /^\/subjects\/([^/]+)\/versions\/latest$/.exec(url)?.[1] ?? "",
    );
    const id = this.#latest.get(subject);
    if (id === undefined) {
      return [404, { error_code: 40401, message: `Subject '${subject}' not found.` }];
    }
    return [200, { subject, version: 1, id, ...this.#schemas.get(id) }];
  }
}
