/**
 * Stands in for Vault's key/value engine, version 2, which cannot be had here: tokens, versions, deletion, lists, the
 * sealed state and the redirects of standby nodes, with the status codes and bodies of the public API documentation.
 * Source: https://developer.hashicorp.com/vault/api-docs and .../secret/kv/kv-v2
 */
import type { TlsOptions } from "node:tls";
import { type WireAnswer, type WireReply, type WireRequest, WireServer } from "./wire-server.ts";

export interface VaultOptions {
  readonly tls?: TlsOptions;
  readonly port?: number;
  /** Where the engine is mounted. Default `secret`. */
  readonly mount?: string;
}

type Version = { readonly text: string; readonly isDeleted: boolean };

export class VaultStandIn implements AsyncDisposable {
  readonly tokens = new Set(["root-token"]);
  isSealed = false;
  /** Of the active node; this one is a standby that redirects. */
  activeNode: string | undefined;
  /** Comes before every answer. */
  before: () => Promise<WireAnswer | undefined> | WireAnswer | undefined = () => undefined;
  readonly #secrets = new Map<string, Version[]>();
  readonly #mount: string;
  #server!: WireServer;

  private constructor(mount: string) {
    this.#mount = mount;
  }

  static async start(options: VaultOptions = {}): Promise<VaultStandIn> {
    const vault = new VaultStandIn(options.mount ?? "secret");
    vault.#server = await WireServer.start((request) => vault.#answer(request), options);
    return vault;
  }

  get server(): WireServer {
    return this.#server;
  }

  /** A new version. @param data its JSON text */
  put(path: string, data: string | Readonly<Record<string, unknown>>): void {
    const text = typeof data === "string" ? data : JSON.stringify(data);
    const versions = this.#secrets.get(path) ?? [];
    this.#secrets.set(path, [...versions, { text, isDeleted: false }]);
  }

  /** Takes the latest version away, as `vault kv delete` does. */
  softDelete(path: string): void {
    const versions = [...(this.#secrets.get(path) ?? [])];
    const last = versions.pop();
    if (last !== undefined) versions.push({ ...last, isDeleted: true });
    this.#secrets.set(path, versions);
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
    if (this.isSealed) return errors(503, "Vault is sealed");
    if (this.activeNode !== undefined) {
      const location = this.activeNode + request.url.pathname + request.url.search;
      return { status: 307, body: "", headers: { Location: location } };
    }
    if (request.headers.get("x-vault-request") !== "true") return errors(400, "missing header");
    if (!this.tokens.has(request.headers.get("x-vault-token") ?? "")) {
      return errors(403, "permission denied");
    }
    const path = decodeURIComponent(request.url.pathname);
    const data = `/v1/${this.#mount}/data/`;
    const metadata = `/v1/${this.#mount}/metadata/`;
    if (request.method === "GET" && path.startsWith(data)) {
      return this.#read(path.slice(data.length), Number(request.url.searchParams.get("version")));
    }
    if (request.method === "LIST" && path.startsWith(metadata)) {
      return this.#list(path.slice(metadata.length));
    }
    return errors(404, `no handler for route "${path.slice(4)}"`);
  }

  #read(path: string, wanted: number): WireReply {
    if (Number.isNaN(wanted)) return errors(400, "version is no number");
    const versions = this.#secrets.get(path) ?? [];
    const number = wanted === 0 ? versions.length : wanted;
    const version = versions[number - 1];
    if (version === undefined) return errors(404);
    const facts = {
      created_time: "2026-01-02T03:04:05.678Z",
      custom_metadata: null,
      deletion_time: version.isDeleted ? "2026-01-03T03:04:05.678Z" : "",
      destroyed: false,
      version: number,
    };
    const data = version.isDeleted ? "null" : version.text;
    return envelope(
      version.isDeleted ? 404 : 200,
      `{"data":${data},"metadata":${JSON.stringify(facts)}}`,
    );
  }

  #list(given: string): WireReply {
    const folder = given === "" || given.endsWith("/") ? given : `${given}/`;
    const keys = new Set<string>();
    for (const path of this.#secrets.keys()) {
      if (!path.startsWith(folder)) continue;
      const [first = "", ...rest] = path.slice(folder.length).split("/");
      keys.add(rest.length === 0 ? first : `${first}/`);
    }
    if (keys.size === 0) return errors(404);
    return envelope(200, JSON.stringify({ keys: [...keys].sort() }));
  }
}

const errors = (status: number, ...texts: string[]): WireReply => ({
  status,
  body: `${JSON.stringify({ errors: texts })}\n`,
});

const envelope = (status: number, data: string): WireReply => ({
  status,
  body: `{"request_id":"8a5e6d2e","lease_id":"","renewable":false,"lease_duration":0,"data":${data},"wrap_info":null,"warnings":null,"auth":null}\n`,
});
