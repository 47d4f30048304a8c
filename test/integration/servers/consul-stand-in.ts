/**
 * Stands in for the HTTP API of a Consul agent.
 * Source of the formats: https://developer.hashicorp.com/consul/api-docs/agent/service, .../api-docs/health
 */
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";

export interface AskedConsul {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  // biome-ignore lint/suspicious/noExplicitAny: tests compare it with what the documentation shows
  readonly body: any;
}

interface Registration {
  readonly ID: string;
  readonly Name: string;
  readonly Address: string;
  readonly Meta: Readonly<Record<string, string>>;
}

export class ConsulStandIn implements AsyncDisposable {
  readonly asked: AskedConsul[] = [];
  readonly services = new Map<string, Registration>();
  /** Answers 500 with this text. */
  failure = "";
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(): Promise<ConsulStandIn> {
    const server = createServer();
    const consul = new ConsulStandIn(server);
    server.on("request", (request, response) => {
      let text = "";
      request.setEncoding("utf8");
      request.on("data", (chunk: string) => {
        text += chunk;
      });
      request.on("end", () => {
        const { pathname, searchParams } = new URL(request.url ?? "/", "http://consul");
        const { method = "", headers } = request;
        const body: unknown = text === "" ? undefined : JSON.parse(text);
        consul.asked.push({ method, path: pathname, query: searchParams, headers, body });
        const [status, answer] = consul.#answer(`${method} ${decodeURIComponent(pathname)}`, body);
        response.writeHead(status, { "content-type": "application/json" });
        response.end(typeof answer === "string" ? answer : JSON.stringify(answer));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return consul;
  }

  get address(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #answer(call: string, body: unknown): [status: number, body: unknown] {
    if (this.failure !== "") return [500, this.failure];
    if (call === "GET /v1/agent/self") return [200, { Config: {} }];
    if (call === "PUT /v1/agent/service/register") {
      const registration = body as Registration;
      this.services.set(registration.ID, registration);
      return [200, ""];
    }
    const removed = /^PUT \/v1\/agent\/service\/deregister\/(.+)$/.exec(call)?.[1];
    if (removed !== undefined) return [this.services.delete(removed) ? 200 : 404, ""];
    const name = /^GET \/v1\/health\/service\/(.+)$/.exec(call)?.[1];
    if (name === undefined) return [404, ""];
    const found = [...this.services.values()].filter((service) => service.Name === name);
    return [
      200,
      found.map((service) => ({ Node: { Address: "10.9.9.9" }, Service: service, Checks: [] })),
    ];
  }
}
