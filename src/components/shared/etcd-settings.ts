/**
 * The metadata of etcd components.
 * @see spec 04 §8.1
 */
import { errorText } from "../../kit/errors/api-error.ts";
import type { DialTarget } from "../../kit/rpc/transport.ts";
import type { Clock } from "../../kit/time/clock.ts";
import type { PropertySchema } from "../contract.ts";
import type { EtcdEndpoint } from "./etcd.ts";
import { type EtcdTls, etcdTls } from "./etcd-tls.ts";
import { Properties } from "./properties.ts";

export const etcdProperties: readonly PropertySchema[] = [
  {
    name: "endpoints",
    kind: "list",
    required: true,
    description: "`host:port`, several separated by commas. They may be down at the start.",
  },
  {
    name: "keyPrefixPath",
    kind: "string",
    default: "",
    description: "Stands before all keys, with a slash between.",
  },
  {
    name: "tlsEnable",
    kind: "bool",
    default: "false",
    description: "Whether to connect with TLS; needs `ca`, `cert` and `key`.",
  },
  { name: "ca", kind: "string", description: "PEM text of the authority of etcd's certificate." },
  { name: "cert", kind: "string", description: "PEM text of the own certificate." },
  { name: "key", kind: "secret", description: "PEM text of its key." },
  {
    name: "maxTxnOps",
    kind: "int",
    default: "128",
    description: "Largest transaction: what etcd was started with as `--max-txn-ops`.",
  },
];

export interface EtcdSettings {
  readonly endpoints: readonly EtcdEndpoint[];
  readonly keyPrefixPath: string;
  readonly maxTxnOps: number;
}

const defaultPort = 2379;

/** @throws {Error} */
export function etcdSettings(given: ReadonlyMap<string, string>, clock: Clock): EtcdSettings {
  const values = new Properties(given, etcdProperties);
  const maxTxnOps = values.integer("maxTxnOps");
  try {
    const names = values.list("endpoints").map((name) => name.trim());
    if ((names[0] ?? "") === "") throw new Error("endpoints required");
    const tls = values.bool("tlsEnable") ? tlsTexts(values) : undefined;
    const endpoints = names.filter(Boolean).map((name) => readEndpoint(name, tls, clock));
    return { endpoints, keyPrefixPath: values.text("keyPrefixPath"), maxTxnOps };
  } catch (cause) {
    throw new Error(`initializing etcd client: ${errorText(cause)}`, { cause });
  }
}

function tlsTexts(values: Properties): EtcdTls {
  const [ca, cert, key] = [values.text("ca"), values.text("cert"), values.text("key")];
  if (ca === "" || cert === "" || key === "") {
    throw new Error("tls authentication information is incomplete");
  }
  return { ca, cert, key };
}

/** With a scheme or without; `http:` is never encrypted. */
function readEndpoint(name: string, tls: EtcdTls | undefined, clock: Clock): EtcdEndpoint {
  const scheme = /^([a-z]+):\/\//.exec(name)?.[1];
  if (scheme === "unix") {
    return { name, target: { path: name.slice("unix://".length) }, tls: undefined };
  }
  if (scheme === "https" && tls === undefined) {
    throw new Error(`endpoint ${name} needs tlsEnable with ca, cert and key`);
  }
  const { hostname, port } = parseAddress(name.replace(/^[a-z]+:\/\//, ""), name);
  const target: DialTarget = { host: hostname, port };
  const isPlain = tls === undefined || scheme === "http";
  return { name, target, tls: isPlain ? undefined : etcdTls(tls, hostname, clock) };
}

function parseAddress(address: string, name: string): { hostname: string; port: number } {
  let url: URL;
  try {
    url = new URL(`tcp://${address}`);
  } catch (cause) {
    throw new Error(`endpoint ${JSON.stringify(name)} is no address`, { cause });
  }
  if (url.hostname === "" || url.username !== "" || url.pathname.length > 1 || url.search !== "") {
    throw new Error(`endpoint ${JSON.stringify(name)} is no address`);
  }
  const hostname = url.hostname.replace(/^\[|\]$/g, "");
  return { hostname, port: url.port === "" ? defaultPort : Number(url.port) };
}
