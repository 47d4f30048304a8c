/**
 * Stands in for the Kubernetes API, which cannot be had here: secrets by name and as lists in pages, bearer tokens and
 * client certificates, with the status codes and Status objects of the public API documentation.
 * Source: https://kubernetes.io/docs/reference/using-api/api-concepts/
 */
import type { TlsOptions } from "node:tls";
import { type WireAnswer, type WireReply, type WireRequest, WireServer } from "./wire-server.ts";

export interface KubernetesOptions {
  readonly tls?: TlsOptions;
  readonly port?: number;
  /** Items of a page, whatever the client asks for. Default: as asked for. */
  readonly pageSize?: number;
}

export class KubernetesStandIn implements AsyncDisposable {
  readonly tokens = new Set(["pod-token"]);
  /** Alternative names of a client certificate that is as good as a token. */
  trustedClient: string | undefined;
  /** Continue tokens are too old. */
  hasExpiredPages = false;
  before: () => Promise<WireAnswer | undefined> | WireAnswer | undefined = () => undefined;
  readonly #secrets = new Map<string, object>();
  readonly #pageSize: number | undefined;
  #server!: WireServer;

  private constructor(pageSize: number | undefined) {
    this.#pageSize = pageSize;
  }

  static async start(options: KubernetesOptions = {}): Promise<KubernetesStandIn> {
    const api = new KubernetesStandIn(options.pageSize);
    api.#server = await WireServer.start((request) => api.#answer(request), options);
    return api;
  }

  get server(): WireServer {
    return this.#server;
  }

  put(
    namespace: string,
    name: string,
    data: Readonly<Record<string, string | Buffer>> | undefined,
    type = "Opaque",
  ): void {
    const encoded =
      data === undefined
        ? {}
        : {
            data: Object.fromEntries(
              Object.entries(data).map(([key, value]) => [
                key,
                Buffer.from(value as string).toString("base64"),
              ]),
            ),
          };
    this.#secrets.set(`${namespace}/${name}`, { metadata: { name, namespace }, ...encoded, type });
  }

  clear(): void {
    this.#secrets.clear();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server[Symbol.asyncDispose]();
  }

  async #answer(request: WireRequest): Promise<WireAnswer> {
    const special = await this.before();
    if (special !== undefined) return special;
    const [, token = ""] = /^Bearer (.*)$/.exec(request.headers.get("authorization") ?? "") ?? [];
    const isTrusted = this.trustedClient !== undefined && request.clientName === this.trustedClient;
    if (!isTrusted && !this.tokens.has(token)) {
      return status(401, "Unauthorized", "Unauthorized");
    }
    const match = /^\/api\/v1\/namespaces\/([^/]+)\/secrets(?:\/([^/]+))?$/.exec(
      decodeURIComponent(request.url.pathname),
    );
    if (request.method !== "GET" || match === null) {
      return status(404, "the server could not find the requested resource", "NotFound");
    }
    const [, namespace = "", name] = match;
    if (namespace === "locked") {
      const who = 'User "system:serviceaccount:default:app" cannot list resource "secrets"';
      return status(403, `secrets is forbidden: ${who}`, "Forbidden");
    }
    return name === undefined
      ? this.#list(namespace, request.url.searchParams)
      : this.#read(namespace, name);
  }

  #read(namespace: string, name: string): WireReply {
    const secret = this.#secrets.get(`${namespace}/${name}`);
    if (secret === undefined) return status(404, `secrets "${name}" not found`, "NotFound");
    return json({ kind: "Secret", apiVersion: "v1", ...secret });
  }

  #list(namespace: string, query: URLSearchParams): WireReply {
    const all = [...this.#secrets].filter(([path]) => path.startsWith(`${namespace}/`));
    const items = all.map(([, secret]) => secret);
    const from = Number(query.get("continue") ?? 0);
    if (query.has("continue") && this.hasExpiredPages) {
      return status(410, "The provided continue parameter is too old", "Expired");
    }
    const asked = Number(query.get("limit") ?? 0);
    const size = asked === 0 ? items.length : (this.#pageSize ?? asked);
    const hasMore = from + size < items.length;
    const metadata = {
      resourceVersion: "10245",
      ...(hasMore ? { continue: String(from + size) } : {}),
    };
    return json({
      kind: "SecretList",
      apiVersion: "v1",
      metadata,
      items: items.slice(from, from + size),
    });
  }
}

const json = (value: object): WireReply => ({ status: 200, body: JSON.stringify(value) });

const status = (code: number, message: string, reason: string): WireReply => ({
  status: code,
  body: JSON.stringify({
    kind: "Status",
    apiVersion: "v1",
    metadata: {},
    status: "Failure",
    message,
    reason,
    code,
  }),
});
