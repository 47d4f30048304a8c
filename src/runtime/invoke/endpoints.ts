/**
 * Targets outside of Dapr: HTTPEndpoint resources by name, and URLs.
 * @see spec 02 §12
 */
import { constants, X509Certificate } from "node:crypto";
import { createSecureContext, getCACertificates } from "node:tls";
import type { HttpClient, HttpClientOptions } from "../../kit/http/client.ts";
import type { UrlBase } from "../../kit/http/url.ts";
import type { Clock } from "../../kit/time/clock.ts";
import type { Concurrency } from "../app/concurrency.ts";
import type { AppChannel } from "../app/contract.ts";
import type { HeaderNames } from "../app/headers.ts";
import { HttpChannel } from "../app/http-channel.ts";
import type { HttpClientMetrics } from "../app/http-client-metrics.ts";
import { RedirectingClient } from "./redirects.ts";

/** An HTTPEndpoint resource whose values are resolved. */
export interface HttpEndpoint {
  readonly name: string;
  readonly baseUrl: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** PEM, or "". */
  readonly tls: {
    readonly rootCA: string;
    readonly certificate: string;
    readonly privateKey: string;
    /** `Never` (also when empty), `OnceAsClient` or `FreelyAsClient`. */
    readonly renegotiation?: string;
  };
}

export interface EndpointsOptions {
  readonly createClient: (options: HttpClientOptions) => HttpClient;
  /** Puts the stages of the app pipeline before a client; undefined: there are none. */
  readonly throughPipeline?: ((client: HttpClient, origin: string) => HttpClient) | undefined;
  readonly names: HeaderNames;
  readonly clock: Clock;
  /** Answer headers beyond this many bytes are an error. */
  readonly maxHeaderBytes: number;
  /** Every endpoint counts its own calls; the URL targets share one count. undefined: unlimited. */
  readonly createConcurrency: () => Concurrency | undefined;
  /** undefined: metrics are off. */
  readonly metrics: HttpClientMetrics | undefined;
}

/** URLs come from callers: the oldest ones are forgotten beyond this many. */
const maxUrls = 200;
const connectTimeoutMs = 15_000;

type TlsContext = NonNullable<HttpClientOptions["tls"]>["context"];

interface Endpoint {
  readonly baseUrl: string;
  readonly channel: AppChannel;
  readonly client: HttpClient;
}

export class Endpoints implements AsyncDisposable {
  readonly #options: EndpointsOptions;
  readonly #byName = new Map<string, Endpoint>();
  /** By origin. */
  readonly #clients = new Map<string, HttpClient>();
  /** By URL, in the order of their last use. */
  readonly #byUrl = new Map<string, AppChannel>();
  readonly #urlConcurrency: Concurrency | undefined;

  constructor(options: EndpointsOptions) {
    this.#options = options;
    this.#urlConcurrency = options.createConcurrency();
  }

  get names(): string[] {
    return [...this.#byName.keys()];
  }

  /** undefined: no endpoint has that name. */
  baseUrlOf(name: string): string | undefined {
    return this.#byName.get(name)?.baseUrl;
  }

  /**
   * Loads an endpoint, or replaces it.
   * @throws {Error} `failed to add root cert to cert pool for http endpoint <name>` and the like
   */
  set(endpoint: HttpEndpoint): void {
    const base = urlBase(endpoint.baseUrl);
    const context = base.url.protocol === "https:" ? tlsContext(endpoint) : {};
    const first = this.#createClient(base.url, context);
    const redirecting = new RedirectingClient({
      client: first,
      origin: base.origin,
      ownHeaders: new Set(endpoint.headers.map(([name]) => name.toLowerCase())),
      clientFor: (url) => this.#clientOf(url),
    });
    const { names, clock, metrics, createConcurrency, throughPipeline } = this.#options;
    const client = throughPipeline?.(redirecting, base.origin) ?? redirecting;
    const channel = new HttpChannel({
      client,
      base,
      names,
      clock,
      metrics,
      appToken: "",
      fixedHeaders: [...base.credentials, ...endpoint.headers.flat()],
      isHealthy: undefined,
      concurrency: createConcurrency(),
    });
    const before = this.#byName.get(endpoint.name);
    this.#byName.set(endpoint.name, { baseUrl: endpoint.baseUrl, channel, client });
    if (before !== undefined) void before.channel[Symbol.asyncDispose]();
  }

  remove(name: string): void {
    const endpoint = this.#byName.get(name);
    if (endpoint === undefined) return;
    this.#byName.delete(name);
    void endpoint.channel[Symbol.asyncDispose]();
  }

  /**
   * The channel of an endpoint or URL; undefined: the id is that of an app.
   * @throws {Error} for a URL that is none
   */
  find(id: string): AppChannel | undefined {
    const endpoint = this.#byName.get(id);
    if (endpoint !== undefined) return endpoint.channel;
    if (!id.startsWith("http://") && !id.startsWith("https://")) return undefined;
    const known = this.#byUrl.get(id);
    if (known !== undefined) {
      this.#byUrl.delete(id);
      this.#byUrl.set(id, known);
      return known;
    }
    return this.#addUrl(id);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const clients = [
      ...this.#clients.values(),
      ...[...this.#byName.values()].map(({ client }) => client),
    ];
    this.#clients.clear();
    this.#byName.clear();
    this.#byUrl.clear();
    await Promise.all(clients.map((client) => client[Symbol.asyncDispose]()));
  }

  #addUrl(id: string): AppChannel {
    const base = urlBase(id);
    const { names, clock, metrics, throughPipeline } = this.#options;
    const plain = this.#clientOf(base.url);
    const channel = new HttpChannel({
      client: throughPipeline?.(plain, base.origin) ?? plain,
      base,
      names,
      clock,
      metrics,
      appToken: "",
      fixedHeaders: base.credentials,
      isHealthy: undefined,
      concurrency: this.#urlConcurrency,
    });
    this.#byUrl.set(id, channel);
    if (this.#byUrl.size > maxUrls) {
      const [oldest = ""] = this.#byUrl.keys();
      this.#byUrl.delete(oldest);
    }
    return channel;
  }

  /** The plain client of an origin. One that is forgotten serves its calls and then closes its idle connections. */
  #clientOf(url: URL): HttpClient {
    const known = this.#clients.get(url.origin);
    if (known !== undefined) {
      this.#clients.delete(url.origin);
      this.#clients.set(url.origin, known);
      return known;
    }
    const isTls = url.protocol === "https:";
    const client = this.#createClient(url, isTls ? systemRoots() : {});
    this.#clients.set(url.origin, client);
    if (this.#clients.size > maxUrls) {
      const [oldest = ""] = this.#clients.keys();
      this.#clients.delete(oldest);
    }
    return client;
  }

  #createClient(url: URL, context: TlsContext): HttpClient {
    const { createClient, clock, maxHeaderBytes } = this.#options;
    const isTls = url.protocol === "https:";
    const host = url.hostname.replace(/^\[(.*)\]$/, "$1");
    return createClient({
      host,
      port: url.port === "" ? (isTls ? 443 : 80) : Number(url.port),
      protocol: isTls ? "https" : "http",
      ...(isTls && { tls: { context, verify: true, serverName: host } }),
      maxHeaderBytes,
      connectTimeoutMs,
      clock,
    });
  }
}

interface EndpointBase extends UrlBase {
  readonly url: URL;
  /** The Authorization header that user and password of the URL stand for. */
  readonly credentials: readonly string[];
}

/** @throws {Error} with Go's text */
function urlBase(text: string): EndpointBase {
  const url = URL.parse(text);
  if (url === null || url.hostname === "") {
    throw new Error(`parse ${JSON.stringify(text)}: invalid URL`);
  }
  // The text is kept as far as possible, because it is part of error messages; a password is not.
  const scheme = text.slice(0, text.indexOf("://") + 3);
  const [authority = "", ...segments] = text.slice(scheme.length).split("/");
  const host = authority.slice(authority.lastIndexOf("@") + 1);
  const path = segments.length === 0 ? "" : `/${segments.join("/")}`.replace(/\/+$/, "");
  return { url, origin: scheme + host, path, credentials: credentialsOf(url) };
}

function credentialsOf({ username, password }: URL): string[] {
  if (username === "" && password === "") return [];
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return ["Authorization", `Basic ${Buffer.from(pair).toString("base64")}`];
}

/** What the machine trusts, beside what Node trusts. */
function systemRoots(): TlsContext {
  return {
    minVersion: "TLSv1.2",
    ca: [...getCACertificates("default"), ...getCACertificates("system")],
  };
}

/** @throws {Error} */
function tlsContext({ name, tls }: HttpEndpoint): TlsContext {
  let context: TlsContext;
  // Once and freely are one here: OpenSSL does not count on the client's side.
  const isRenegotiable = /^(?:once|freely)asclient$/i.test(tls.renegotiation ?? "");
  const never = isRenegotiable ? {} : { secureOptions: constants.SSL_OP_NO_RENEGOTIATION };
  if (tls.rootCA === "") context = { ...systemRoots(), ...never };
  else {
    try {
      // A secure context ignores what is no certificate.
      new X509Certificate(tls.rootCA);
    } catch (cause) {
      throw new Error(`failed to add root cert to cert pool for http endpoint ${name}`, { cause });
    }
    context = { minVersion: "TLSv1.2", ca: tls.rootCA, ...never };
  }
  if (tls.certificate === "" || tls.privateKey === "") return context;
  try {
    createSecureContext({ cert: tls.certificate, key: tls.privateKey });
  } catch (cause) {
    throw new Error(
      `failed to load client certificate for http endpoint ${name}: ${(cause as Error).message}`,
      { cause },
    );
  }
  return { ...context, cert: tls.certificate, key: tls.privateKey };
}
