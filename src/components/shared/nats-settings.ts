/**
 * Properties of pubsub.jetstream.
 * @see spec 03 §7.4
 */
import { parseDuration } from "../../kit/time/duration.ts";
import type { PropertySchema } from "../contract.ts";
import { ackOnFailureProperty } from "./broker-properties.ts";
import type { NatsSettings } from "./nats.ts";
import type { Properties } from "./properties.ts";

const text = (name: string, description: string): PropertySchema => ({
  name,
  kind: "string",
  description,
});

export const natsProperties: readonly PropertySchema[] = [
  {
    name: "natsURL",
    kind: "secret",
    required: true,
    description: "nats://user:password@host:port, several with commas; tls:// insists on TLS.",
  },
  { name: "jwt", kind: "secret", description: "Token of the user; together with seedKey." },
  { name: "seedKey", kind: "secret", description: "Seed of the key that the jwt is for." },
  { name: "token", kind: "secret", description: "Token, where there is neither jwt nor key." },
  text("tls_client_cert", "File with the PEM certificate of the client."),
  text("tls_client_key", "File with the PEM key of the client."),
  {
    ...text("name", "Name of the connection."),
    default: "dapr.io - pubsub.jetstream",
  },
  text("streamName", "The stream; else the one that has the topic as subject. It must exist."),
  text("durableName", "Name of the consumer, which then outlives the subscription. For one topic."),
  text("queueGroupName", "Group whose members share the messages; with a durableName."),
  { name: "startSequence", kind: "int", description: "Where deliverPolicy `sequence` begins." },
  {
    name: "startTime",
    kind: "int",
    description: "Unix seconds where deliverPolicy `time` begins.",
  },
  {
    ...text("deliverPolicy", "`all`, `last`, `new`, `sequence` or `time`."),
    default: "all",
  },
  { name: "flowControl", kind: "bool", default: "false", description: "Needs a heartbeat." },
  {
    name: "ackWait",
    kind: "duration",
    description:
      "After that an unconfirmed message comes again; also the pause before one that failed does. Without it the server's 30 s, and a growing pause.",
  },
  { name: "maxDeliver", kind: "int", description: "Attempts at a message; 0: any number." },
  text("backOff", "Pauses before the following attempts, with commas: `1s,5s,1m`."),
  {
    name: "maxAckPending",
    kind: "int",
    description: "Unconfirmed messages that the server sends; 0: its own limit, 1,000.",
  },
  {
    name: "replicas",
    kind: "int",
    description: "Of the consumer's state; 0: those of the stream.",
  },
  {
    name: "memoryStorage",
    kind: "bool",
    default: "false",
    description: "Whether the consumer's state is kept in memory only.",
  },
  { name: "rateLimit", kind: "int", description: "Bits per second; 0: any." },
  { name: "heartbeat", kind: "duration", description: "Of a consumer without messages." },
  { ...text("ackPolicy", "`explicit`, `all` or `none`."), default: "explicit" },
  text("domain", "JetStream domain."),
  text("apiPrefix", "Prefix of JetStream's API, instead of `$JS.API`."),
  {
    ...text("concurrencyMode", "`single`: one message after the other; or `parallel`."),
    default: "single",
  },
  {
    ...ackOnFailureProperty,
    description:
      "Whether a message that the app could not be given, or answered with RETRY, counts as done with; otherwise it comes again: after ackWait where that is set, else after pauses that grow.",
  },
];

/** What a consumer is told; names and units of JetStream's API, durations in nanoseconds. */
export interface ConsumerSettings {
  readonly durable_name?: string;
  readonly deliver_group?: string;
  readonly deliver_policy: DeliverPolicyName;
  readonly opt_start_seq?: number;
  /** RFC 3339 */
  readonly opt_start_time?: string;
  readonly ack_policy: AckPolicyName;
  readonly ack_wait?: number;
  readonly max_deliver?: number;
  readonly backoff?: readonly number[];
  readonly max_ack_pending?: number;
  readonly num_replicas?: number;
  readonly mem_storage?: boolean;
  readonly rate_limit_bps?: number;
  readonly idle_heartbeat?: number;
  readonly flow_control?: boolean;
}

export type DeliverPolicyName = "all" | "last" | "new" | "by_start_sequence" | "by_start_time";
export type AckPolicyName = "explicit" | "all" | "none";

export interface JetStreamSettings {
  readonly connection: NatsSettings;
  /** "": found by subject. */
  readonly streamName: string;
  readonly consumer: ConsumerSettings;
  readonly isSerial: boolean;
  readonly acksFailures: boolean;
}

const deliverPolicies: ReadonlyMap<string, DeliverPolicyName> = new Map([
  ["", "all"],
  ["all", "all"],
  ["last", "last"],
  ["new", "new"],
  ["sequence", "by_start_sequence"],
  ["time", "by_start_time"],
]);

/** @throws {Error} */
export function readJetStreamSettings(values: Properties): JetStreamSettings {
  // Numbers and durations are decoded before anything is judged.
  const consumer = readConsumer(values);
  const connection = readConnection(values);
  const policy = values.text("deliverPolicy");
  const deliver_policy = deliverPolicies.get(policy);
  if (deliver_policy === undefined) {
    throw new Error(`deliver policy ${policy} is not one of: all, last, new, sequence, time`);
  }
  const concurrency = values.text("concurrencyMode") || "single";
  if (concurrency !== "single" && concurrency !== "parallel") {
    throw new Error(`invalid concurrencyMode ${concurrency}`);
  }
  return {
    connection,
    streamName: values.text("streamName"),
    consumer: { ...consumer, deliver_policy },
    isSerial: concurrency === "single",
    acksFailures: values.bool("ackOnFailure"),
  };
}

function readConnection(values: Properties): NatsSettings {
  const value = (name: string): string => values.text(name);
  const servers = value("natsURL");
  if (servers === "") throw new Error("missing nats URL");
  if (value("jwt") !== "" && value("seedKey") === "") throw new Error("missing seed key");
  if (value("jwt") === "" && value("seedKey") !== "") throw new Error("missing jwt");
  const [cert, key] = [value("tls_client_cert"), value("tls_client_key")];
  if (cert !== "" && key === "") throw new Error("missing tls client key");
  if (cert === "" && key !== "") throw new Error("missing tls client cert");
  return {
    ...readServers(servers),
    name: value("name") || "dapr.io - pubsub.jetstream",
    jwt: value("jwt"),
    seedKey: value("seedKey"),
    token: value("token"),
    certFile: cert,
    keyFile: key,
    domain: value("domain"),
    apiPrefix: value("apiPrefix").replace(/\.$/, ""),
  };
}

/** @throws {Error} that does not show what may be a password */
function readServers(
  list: string,
): Pick<NatsSettings, "servers" | "insistsOnTls" | "user" | "password"> {
  const urls = list.split(",").map((part) => {
    const given = part.trim();
    try {
      return new URL(/^[a-z+]+:\/\//i.test(given) ? given : `nats://${given}`);
    } catch (cause) {
      throw new Error("invalid nats URL", { cause });
    }
  });
  for (const { protocol, hostname } of urls) {
    if (hostname === "" || !["nats:", "tls:"].includes(protocol)) {
      throw new Error("invalid nats URL");
    }
  }
  const withUser = urls.find(({ username }) => username !== "");
  return {
    servers: urls.map(({ hostname, port }) => `${hostname}:${port || "4222"}`),
    insistsOnTls: urls.some(({ protocol }) => protocol === "tls:"),
    user: decodeURIComponent(withUser?.username ?? ""),
    password: decodeURIComponent(withUser?.password ?? ""),
  };
}

const nanoseconds = (ms: number): number => Math.round(ms * 1e6);

function readConsumer(values: Properties): Omit<ConsumerSettings, "deliver_policy"> {
  const startSequence = unsigned(values, "startSequence");
  const startTime = values.given("startTime");
  const ack = values.text("ackPolicy");
  const backOff = values
    .list("backOff")
    .map((part) => part.trim())
    .filter((part) => part !== "")
    .map((part) => nanoseconds(/^\d+$/.test(part) ? Number(part) * 1000 : parseDuration(part)));
  const numbers = {
    ack_wait: nanoseconds(values.durationMs("ackWait")),
    max_deliver: values.integer("maxDeliver"),
    max_ack_pending: values.integer("maxAckPending"),
    num_replicas: values.integer("replicas"),
    rate_limit_bps: unsigned(values, "rateLimit"),
    idle_heartbeat: nanoseconds(values.durationMs("heartbeat")),
    opt_start_seq: startSequence,
  };
  const names = {
    durable_name: values.text("durableName"),
    deliver_group: values.text("queueGroupName"),
  };
  return {
    ack_policy: ack === "all" || ack === "none" ? ack : "explicit",
    ...Object.fromEntries(Object.entries(numbers).filter(([, value]) => value !== 0)),
    ...Object.fromEntries(Object.entries(names).filter(([, value]) => value !== "")),
    ...(backOff.length === 0 ? {} : { backoff: backOff }),
    ...(values.bool("flowControl") ? { flow_control: true } : {}),
    ...(values.bool("memoryStorage") ? { mem_storage: true } : {}),
    ...(startTime === undefined || startTime === ""
      ? {}
      : { opt_start_time: new Date(unsigned(values, "startTime") * 1000).toISOString() }),
  };
}

/** @throws {Error} */
function unsigned(values: Properties, name: string): number {
  const value = values.integer(name);
  if (value < 0) throw new Error(`invalid ${name}: ${value}`);
  return value;
}
