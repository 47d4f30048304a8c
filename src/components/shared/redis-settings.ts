/**
 * Connection fields of all Redis components.
 * @see spec 04 §4.2, §8.2
 */
import { errorText } from "../../kit/errors/api-error.ts";
import { parseDuration } from "../../kit/time/duration.ts";
import type { PropertySchema } from "../contract.ts";
import { Properties, parseInteger } from "./properties.ts";

export interface RedisAddress {
  readonly host: string;
  readonly port: number;
}

export interface RedisSettings {
  /** At least one. */
  readonly addresses: readonly [RedisAddress, ...RedisAddress[]];
  /** `host:port` of all, comma separated, for messages. */
  readonly shownHost: string;
  readonly username: string;
  readonly password: string;
  readonly database: number;
  readonly isCluster: boolean;
  readonly tls:
    | {
        readonly skipVerify: boolean;
        /** PEM, or "". */
        readonly clientCert: string;
        readonly clientKey: string;
      }
    | undefined;
  readonly sentinel:
    | { readonly masterName: string; readonly username: string; readonly password: string }
    | undefined;
  /** Further tries of a dial; <= 0: none. */
  readonly maxRetries: number;
  readonly dialTimeoutMs: number;
  /** Longest silence while replies are due; <= 0: no limit. */
  readonly readTimeoutMs: number;
}

/** The fields with the defaults of one kind of component. */
export function redisProperties(kind: "state" | "pubsub" | "configuration" | "bindings" | "lock") {
  const retries = { state: "2s", lock: "2s", configuration: "8ms", pubsub: "8ms", bindings: "8ms" };
  const maxInterval = kind === "configuration" ? "2s" : "512ms";
  return [
    { name: "redisHost", kind: "string", description: "host[:port], several separated by commas." },
    { name: "redisPort", kind: "int", description: "Port, where redisHost has none." },
    { name: "redisUsername", kind: "string", description: "User of the ACL." },
    { name: "redisPassword", kind: "secret", description: "Password." },
    { name: "redisDB", kind: "int", default: "0", description: "Number of the database." },
    {
      name: "redisType",
      kind: "string",
      default: "node",
      description: "`cluster`; anything else is a single node.",
    },
    { name: "enableTLS", kind: "bool", default: "false", description: "Whether to use TLS." },
    {
      name: "insecureSkipTLSVerify",
      kind: "bool",
      default: "false",
      description: "Whether to accept any server certificate.",
    },
    { name: "clientCert", kind: "string", description: "PEM certificate of the client." },
    { name: "clientKey", kind: "secret", description: "PEM key of the client." },
    {
      name: "failover",
      kind: "bool",
      default: "false",
      description: "Whether redisHost names sentinels.",
    },
    { name: "sentinelMasterName", kind: "string", description: "Name of the master." },
    { name: "sentinelUsername", kind: "string", description: "User at the sentinels." },
    { name: "sentinelPassword", kind: "secret", description: "Password at the sentinels." },
    {
      name: "redisMaxRetries",
      aliases: ["maxRetries"],
      kind: "int",
      default: "3",
      description: "Further tries of a connection; -1: none.",
    },
    {
      name: "redisMinRetryInterval",
      kind: "duration",
      default: retries[kind],
      description: "Shortest wait between tries.",
    },
    {
      name: "maxRetryBackoff",
      kind: "int",
      description: "Older form of redisMinRetryInterval, in nanoseconds.",
    },
    {
      name: "redisMaxRetryInterval",
      kind: "duration",
      default: maxInterval,
      description: "Longest wait between tries.",
    },
    { name: "dialTimeout", kind: "duration", default: "5s", description: "Limit of a dial." },
    { name: "readTimeout", kind: "duration", default: "3s", description: "Limit of a reply." },
    { name: "writeTimeout", kind: "duration", description: "Limit of a write; as readTimeout." },
    {
      name: "poolSize",
      kind: "int",
      default: "20",
      description: "Accepted; one connection is kept.",
    },
    { name: "poolTimeout", kind: "duration", description: "Accepted, without effect." },
    { name: "minIdleConns", kind: "int", default: "0", description: "Accepted, without effect." },
    {
      name: "maxConnAge",
      kind: "duration",
      default: "0",
      description: "Accepted, without effect.",
    },
    {
      name: "idleTimeout",
      kind: "duration",
      default: "5m",
      description: "Accepted, without effect.",
    },
    {
      name: "idleCheckFrequency",
      kind: "duration",
      default: "1m",
      description: "Accepted, without effect.",
    },
    {
      name: "useEntraID",
      aliases: ["useAzureAD"],
      kind: "bool",
      default: "false",
      description: "Microsoft Entra ID; not available.",
    },
  ] as const satisfies readonly PropertySchema[];
}

/** @throws {Error} `redis client configuration error: ...` */
export function redisSettings(
  given: ReadonlyMap<string, string>,
  schema: readonly PropertySchema[],
): RedisSettings {
  try {
    return readSettings(new RedisReader(given, schema));
  } catch (cause) {
    throw new Error(`redis client configuration error: ${errorText(cause)}`, { cause });
  }
}

function readSettings(reader: RedisReader): RedisSettings {
  for (const { name, kind } of reader.schema) reader.check(name, kind);
  reader.finish();
  if (reader.bool("useEntraID")) throw new Error("useEntraID is not supported");
  const addresses = readAddresses(reader.text("redisHost"), reader.given("redisPort"));
  const isTls = reader.bool("enableTLS");
  const isFailover = reader.bool("failover");
  const readTimeoutMs = reader.durationMs("readTimeout");
  return {
    addresses,
    shownHost: addresses.map(showAddress).join(","),
    username: reader.text("redisUsername"),
    password: reader.text("redisPassword"),
    database: reader.integer("redisDB"),
    isCluster: reader.text("redisType") === "cluster",
    tls: isTls
      ? {
          skipVerify: reader.bool("insecureSkipTLSVerify"),
          clientCert: reader.text("clientCert"),
          clientKey: reader.text("clientKey"),
        }
      : undefined,
    sentinel: isFailover
      ? {
          masterName: reader.text("sentinelMasterName"),
          username: reader.text("sentinelUsername"),
          password: reader.text("sentinelPassword"),
        }
      : undefined,
    maxRetries: reader.integer("redisMaxRetries"),
    dialTimeoutMs: reader.durationMs("dialTimeout") || 5000,
    // As in the reference's client: 0 is the default, negative is no limit.
    readTimeoutMs: readTimeoutMs === 0 ? 3000 : readTimeoutMs,
  };
}

export const showAddress = ({ host, port }: RedisAddress): string =>
  host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;

const defaultPort = 6379;

/** @throws {Error} when a host has a port and another one is given beside it */
export function readAddresses(
  hosts: string,
  portText: string | undefined,
): readonly [RedisAddress, ...RedisAddress[]] {
  const port = portText === undefined || portText === "" ? undefined : Number(portText);
  const addresses = hosts
    .split(",")
    .map((host) => host.trim())
    .filter((host) => host !== "")
    .map((text) => readAddress(text, port));
  const [first = { host: "localhost", port: port ?? defaultPort }, ...rest] = addresses;
  return [first, ...rest];
}

function readAddress(text: string, port: number | undefined): RedisAddress {
  const match = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d+))?$/.exec(text);
  // More than one colon without brackets: an IPv6 address.
  if (match === null) return { host: text, port: port ?? defaultPort };
  const host = match[1] ?? match[2] ?? "";
  if (match[3] === undefined) return { host, port: port ?? defaultPort };
  const own = Number(match[3]);
  if (port !== undefined && port !== own) {
    throw new Error(
      `redis host "${text}" already contains port ${own}, but redisPort is set to ${port}; ` +
        "either remove the port from redisHost or remove the redisPort setting",
    );
  }
  return { host: host === "" ? "localhost" : host, port: own };
}

const bools: ReadonlyMap<string, boolean> = new Map([
  ...["1", "t", "T", "TRUE", "true", "True"].map((word) => [word, true] as const),
  ...["0", "f", "F", "FALSE", "false", "False"].map((word) => [word, false] as const),
]);

/** Unlike those of other components, names may be there twice (spec 03, conventions). */
export const redisValues = (
  given: ReadonlyMap<string, string>,
  schema: readonly PropertySchema[],
): Properties => new Properties(given, schema, "exact");

/** Stricter than other components: words for bools are few, and an empty value is an error. */
class RedisReader {
  readonly schema: readonly PropertySchema[];
  readonly #properties: Properties;
  readonly #problems: string[] = [];

  constructor(given: ReadonlyMap<string, string>, schema: readonly PropertySchema[]) {
    this.schema = schema;
    this.#properties = redisValues(given, schema);
  }

  /** Notes what cannot be read. */
  check(name: string, kind: PropertySchema["kind"]): void {
    if (this.given(name) === undefined) return;
    try {
      if (kind === "bool") this.bool(name);
      else if (kind === "int") this.integer(name);
      else if (kind === "duration") this.durationMs(name);
    } catch (error) {
      this.#problems.push(errorText(error));
    }
  }

  finish(): void {
    const count = this.#problems.length;
    if (count === 0) return;
    const lines = this.#problems.sort().map((problem) => `* ${problem}`);
    throw new Error(`decode failed. ${count} error(s) decoding:\n\n${lines.join("\n")}`);
  }

  given(name: string): string | undefined {
    return this.#properties.given(name);
  }

  text(name: string): string {
    return this.#properties.text(name);
  }

  bool(name: string): boolean {
    const text = this.text(name);
    const value = bools.get(text);
    if (value === undefined) throw new Error(`error decoding '${name}': invalid bool "${text}"`);
    return value;
  }

  integer(name: string): number {
    try {
      return parseInteger(name, this.text(name));
    } catch (cause) {
      throw new Error(errorText(cause).replace(/^1 error\(s\) decoding:\n\n\* /, ""), { cause });
    }
  }

  durationMs(name: string): number {
    return redisDurationMs(name, this.text(name));
  }
}

/** ms; a plain number is ms, and kept when negative. @throws {Error} */
export function redisDurationMs(name: string, text: string): number {
  if (/^[+-]?\d+$/.test(text)) return Number(text);
  try {
    return parseDuration(text);
  } catch (cause) {
    throw new Error(`error decoding '${name}': ${errorText(cause)}`, { cause });
  }
}
