/**
 * Name resolution by Consul: sidecars register with the agent of their machine and ask it for healthy instances.
 * @see spec 02 §10.5, spec 04 §8.8
 */
import { readFileSync } from "node:fs";
import { parseJson } from "../../kit/json/parse.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../kit/json/value.ts";
import type { Random } from "../../kit/lifecycle/platform.ts";
import { type YamlValue, yamlToJson } from "../../kit/resources/yaml.ts";
import { type HttpAnswer, HttpCalls } from "../shared/http-calls.ts";
import type { NameResolver, ResolverContext, ResolverDefinition } from "./contract.ts";
import { Settings } from "./settings.ts";

const callTimeoutMs = 10_000;
const maxAnswerBytes = 16 * 2 ** 20;

export const component = {
  type: "consul",
  aliases: ["hashicorp.consul"],
  versions: ["v1"],
  summary: "Finds sidecars among the healthy services of Consul.",
  provenAgainst: "a stand-in written from the public API",
  async create(context) {
    const settings = new Settings(context.configuration);
    const agent = new ConsulAgent(context, settings.section("client"));
    const resolver = new ConsulResolver(context, settings, agent);
    try {
      await resolver.start();
    } catch (error) {
      await agent[Symbol.asyncDispose]();
      throw error;
    }
    return resolver;
  },
} satisfies ResolverDefinition;

/** The HTTP API of an agent. */
class ConsulAgent implements AsyncDisposable {
  readonly #calls: HttpCalls;
  readonly #base: string;
  readonly #headers: Record<string, string> = {};
  readonly #datacenter: string;

  /** @throws {Error} for settings or files that cannot be read */
  constructor({ platform }: ResolverContext, client: Settings) {
    const { env } = platform;
    const setting = (name: string, variable: string): string =>
      client.text(name) || (env.get(variable) ?? "");
    const address = setting("address", "CONSUL_HTTP_ADDR") || "127.0.0.1:8500";
    const isTls = client.text("scheme") === "https" || env.get("CONSUL_HTTP_SSL") === "true";
    const url = new URL(
      /^https?:\/\//.test(address) ? address : `${isTls ? "https" : "http"}://${address}`,
    );
    this.#base = url.origin;
    this.#datacenter = client.text("datacenter");
    const file = setting("tokenFile", "CONSUL_HTTP_TOKEN_FILE");
    const token =
      file === "" ? setting("token", "CONSUL_HTTP_TOKEN") : readFileSync(file, "utf8").trim();
    if (token !== "") this.#headers["X-Consul-Token"] = token;
    const auth = client.section("httpAuth");
    if (auth.text("username") !== "") {
      const pair = `${auth.text("username")}:${auth.text("password")}`;
      this.#headers.Authorization = `Basic ${Buffer.from(pair).toString("base64")}`;
    }
    this.#calls = new HttpCalls({
      tls: tlsOf(client.section("tlsConfig")),
      timeoutMs: callTimeoutMs,
      maxAnswerBytes,
      connections: 20,
      clock: platform.clock,
    });
  }

  /** @throws {Error} also for answers other than 200 */
  async call(
    method: string,
    path: string,
    query: ReadonlyMap<string, string>,
    body?: string,
    signal?: AbortSignal,
  ): Promise<HttpAnswer> {
    const parameters = new URLSearchParams([...query]);
    if (this.#datacenter !== "" && !query.has("dc")) parameters.set("dc", this.#datacenter);
    const search = parameters.size === 0 ? "" : `?${parameters}`;
    const answer = await this.#calls.call({
      method,
      url: `${this.#base}${path}${search}`,
      headers: {
        ...this.#headers,
        ...(body !== undefined && { "Content-Type": "application/json" }),
      },
      ...(body !== undefined && { body }),
      signal,
    });
    if (answer.status === 200) return answer;
    const reason = answer.body.toString("utf8").trim().slice(0, 200);
    throw new Error(`Unexpected response code: ${answer.status} (${reason})`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#calls[Symbol.asyncDispose]();
  }
}

function tlsOf(tls: Settings) {
  const material = (inline: string, file: string): string | undefined => {
    if (tls.text(inline) !== "") return tls.text(inline);
    return tls.text(file) === "" ? undefined : readFileSync(tls.text(file), "utf8");
  };
  const serverName = tls.text("address");
  return {
    ca: material("caPem", "caFile"),
    cert: material("certPem", "certFile"),
    key: material("keyPem", "keyFile"),
    ...(serverName !== "" && { serverName }),
    skipVerify: tls.bool("insecureSkipVerify"),
  };
}

interface Instance {
  readonly host: string;
  readonly meta: ReadonlyMap<string, string>;
}

class ConsulResolver implements NameResolver {
  readonly isMultiAddress = false;
  readonly #agent: ConsulAgent;
  readonly #context: ResolverContext;
  readonly #settings: Settings;
  readonly #random: Random;
  readonly #portKey: string;
  readonly #query: ReadonlyMap<string, string>;
  #registeredId: string | undefined;

  /** @throws {Error} */
  constructor(context: ResolverContext, settings: Settings, agent: ConsulAgent) {
    this.#context = context;
    this.#settings = settings;
    this.#agent = agent;
    this.#random = context.platform.random;
    this.#portKey = settings.text("daprPortMetaKey") || "DAPR_PORT";
    const query = queryOf(settings.section("queryOptions"));
    // The agent keeps what it is asked for, and the answer costs it nothing.
    if (settings.bool("useCache")) query.set("cached", "");
    query.set("passing", "1");
    this.#query = query;
  }

  async start(): Promise<void> {
    if (!this.#settings.bool("selfRegister")) {
      await this.#agent.call("GET", "/v1/agent/self", new Map());
      return;
    }
    const registration = this.#registration();
    try {
      await this.#agent.call(
        "PUT",
        "/v1/agent/service/register",
        new Map(),
        JSON.stringify(registration),
      );
    } catch (cause) {
      throw new Error(`failed to register consul service: ${(cause as Error).message}`, { cause });
    }
    this.#context.logger.info(`service:${this.#context.instance.appId} registered on consul agent`);
    this.#registeredId = registration.ID;
  }

  /** @throws {Error} with the texts of spec 02 §10.5 */
  async resolve(
    { appId }: { readonly appId: string },
    signal?: AbortSignal,
  ): Promise<readonly string[]> {
    let instances: readonly Instance[];
    try {
      const path = `/v1/health/service/${encodeURIComponent(appId)}`;
      const { body } = await this.#agent.call("GET", path, this.#query, undefined, signal);
      instances = readInstances(parseJson(body));
    } catch (cause) {
      throw new Error(`failed to query healthy consul services: ${(cause as Error).message}`, {
        cause,
      });
    }
    const chosen = instances[Math.floor(this.#random.number() * instances.length)];
    if (chosen === undefined) {
      throw new Error(`no healthy services found with AppID '${appId}'`);
    }
    const port = chosen.meta.get(this.#portKey);
    if (port === undefined) {
      throw new Error(
        `target service AppID '${appId}' found but ${this.#portKey} missing from meta`,
      );
    }
    const host = chosen.host.includes(":") ? `[${chosen.host}]` : chosen.host;
    return [`${host}:${port}`];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const id = this.#registeredId;
    this.#registeredId = undefined;
    if (id !== undefined && this.#settings.bool("selfDeregister")) {
      try {
        const path = `/v1/agent/service/deregister/${encodeURIComponent(id)}`;
        await this.#agent.call("PUT", path, new Map());
      } catch (error) {
        this.#context.logger.error(
          `failed to deregister consul service: ${(error as Error).message}`,
        );
      }
    }
    await this.#agent[Symbol.asyncDispose]();
  }

  /** What the agent is told of this sidecar. */
  #registration(): Record<string, unknown> & { readonly ID: string } {
    const { appId, hostAddress, daprHttpPort, appPort, internalPort } = this.#context.instance;
    const own = {
      ID: `${appId}-${hostAddress}-${daprHttpPort}`,
      Name: appId,
      Address: hostAddress,
      Port: appPort,
    };
    const port = { [this.#portKey]: String(internalPort) };
    if (this.#settings.has("advancedRegistration")) {
      const given = plainMembers(this.#settings.section("advancedRegistration"));
      const meta = (given.Meta ?? {}) as Record<string, unknown>;
      const advanced = { ...own, ...given, Meta: { ...port, ...meta } };
      return { ...advanced, ID: String(advanced.ID) };
    }
    const checks = this.#settings.list("checks").map((item) => plainMembers(new Settings(item)));
    const url = `http://${hostAddress}:${daprHttpPort}/v1.0/healthz?appid=${encodeURIComponent(appId)}`;
    const defaultCheck = {
      Name: "Dapr Health Status",
      CheckID: `daprHealth:${own.ID}`,
      Interval: "15s",
      HTTP: url,
    };
    return {
      ...own,
      Tags: this.#settings.list("tags").map((tag) => plain(tag)),
      Meta: { ...textMembers(this.#settings, "meta"), ...port },
      Checks: this.#settings.has("checks") ? checks : [defaultCheck],
    };
  }
}

/** Names of Consul's JSON that are not the setting's with a capital letter. */
const consulNames: ReadonlyMap<string, string> = new Map(
  ["ID", "CheckID", "HTTP", "TCP", "GRPC", "TTL", "TLSSkipVerify", "TLSServerName", "GRPCUseTLS"]
    .concat(["DeregisterCriticalServiceAfter", "SuccessBeforePassing", "FailuresBeforeCritical"])
    .concat(["Name", "Tags", "Port", "Address", "Meta", "Checks", "Check", "Interval", "Timeout"])
    .concat(["Method", "Header", "Body", "Status", "Notes", "AliasNode", "AliasService", "Args"])
    .concat(["EnableTagOverride", "Kind", "Weights", "Namespace", "Partition", "DockerContainerID"])
    .map((name) => [name.toLowerCase(), name]),
);

/** A map of the configuration with the names that Consul's API has; names inside of Meta and Header stay. */
function plainMembers(settings: Settings): Record<string, unknown> {
  const members: Record<string, unknown> = {};
  for (const [key, value] of settings.entries()) {
    const name = consulNames.get(key);
    if (name === undefined) throw new Error(`unknown setting ${key}`);
    const isList = name === "Checks" && Array.isArray(value);
    if (isList)
      members[name] = (value as YamlValue[]).map((one) => plainMembers(new Settings(one)));
    else members[name] = name === "Check" ? plainMembers(new Settings(value)) : plain(value);
  }
  return members;
}

const plain = (value: YamlValue): unknown => JSON.parse(yamlToJson(value)) as unknown;

function textMembers(settings: Settings, name: string): Record<string, string> {
  const value = settings.entries().get(name);
  if (value === undefined || value === null) return {};
  const members = plain(value) as Record<string, unknown>;
  return Object.fromEntries(Object.entries(members).map(([key, member]) => [key, String(member)]));
}

/** Setting by setting what the HTTP API calls it. */
function queryOf(options: Settings): Map<string, string> {
  const query = new Map<string, string>();
  const texts = { datacenter: "dc", filter: "filter", near: "near", namespace: "ns" };
  for (const [setting, parameter] of Object.entries(texts)) {
    const value = options.text(setting);
    if (value !== "") query.set(parameter, value);
  }
  if (options.bool("allowStale")) query.set("stale", "");
  if (options.bool("requireConsistent")) query.set("consistent", "");
  if (options.bool("useCache")) query.set("cached", "");
  return query;
}

/** @throws {Error} when it is not a list of services */
function readInstances(value: JsonValue): Instance[] {
  if (!Array.isArray(value)) throw new Error("the answer is no list");
  return (value as readonly JsonValue[]).map((entry) => {
    const service = member(entry, "Service");
    const host = textOf(service?.get("Address")) || textOf(member(entry, "Node")?.get("Address"));
    const meta = new Map<string, string>();
    for (const [name, one] of member(service, "Meta") ?? []) meta.set(name, textOf(one));
    return { host, meta };
  });
}

function member(parent: JsonValue | undefined, name: string): JsonObject | undefined {
  const value = isJsonObject(parent) ? parent.get(name) : undefined;
  return isJsonObject(value) ? value : undefined;
}

const textOf = (value: JsonValue | undefined): string => (typeof value === "string" ? value : "");
