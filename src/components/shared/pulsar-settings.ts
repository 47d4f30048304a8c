/**
 * Properties of pubsub.pulsar.
 * @see spec 03 §7.5
 */
import type { PropertySchema } from "../contract.ts";
import { ackOnFailureProperty, consumerIdProperty } from "./broker-properties.ts";
import type { Properties } from "./properties.ts";
import type { PulsarService } from "./pulsar-client.ts";
import type { ConsumerSettings, SubscriptionType } from "./pulsar-consumer.ts";
import type { OAuth2Settings } from "./pulsar-credentials.ts";
import type { Compression, CompressionLevel } from "./pulsar-message.ts";
import type { ProducerSettings } from "./pulsar-producer.ts";

const text = (name: string, description: string, byDefault?: string): PropertySchema => ({
  name,
  kind: "string",
  description,
  ...(byDefault === undefined ? {} : { default: byDefault }),
});

export const pulsarProperties: readonly PropertySchema[] = [
  {
    name: "host",
    kind: "secret",
    required: true,
    description:
      "host:port of brokers or a proxy, several with commas; pulsar+ssl:// for TLS. Not the HTTP port.",
  },
  { ...consumerIdProperty, description: "Name of the subscription; else the app id." },
  text("tenant", "Tenant of the topics.", "public"),
  text("namespace", "Namespace of the topics.", "default"),
  { name: "persistent", kind: "bool", default: "true", description: "Whether topics are kept." },
  {
    name: "enableTLS",
    kind: "bool",
    default: "false",
    description:
      "TLS for a host without scheme; with pulsar+ssl:// whether its certificate is verified.",
  },
  { name: "token", kind: "secret", description: "Token that the broker is shown." },
  text("oauth2TokenURL", "Where tokens are fetched, when there is none."),
  text("oauth2ClientID", "Client for tokens."),
  { name: "oauth2ClientSecret", kind: "secret", description: "Secret of that client." },
  text("oauth2TokenCAPEM", "PEM certificates of the authority of that server."),
  { name: "oauth2Scopes", kind: "list", description: "Scopes of tokens, with commas." },
  { name: "oauth2Audiences", kind: "list", description: "Audiences of tokens, with commas." },
  {
    name: "disableBatching",
    kind: "bool",
    default: "false",
    description: "Whether each message is sent by itself.",
  },
  {
    name: "batchingMaxPublishDelay",
    kind: "duration",
    default: "10ms",
    description: "Longest time a message waits for others.",
  },
  { name: "batchingMaxMessages", kind: "int", default: "1000", description: "Of a batch." },
  { name: "batchingMaxSize", kind: "bytes", default: "128Ki", description: "Bytes of a batch." },
  {
    name: "redeliveryDelay",
    kind: "duration",
    default: "30s",
    description: "After that a message that failed is delivered again.",
  },
  {
    name: "maxConcurrentHandlers",
    kind: "int",
    default: "100",
    description: "Messages with the app at the same time.",
  },
  text(
    "processMode",
    "`async`, or `sync`: one message after the other; a subscription may say.",
    "async",
  ),
  {
    name: "receiverQueueSize",
    kind: "int",
    default: "1000",
    description: "Messages that the broker may send ahead, within 64 MiB.",
  },
  text(
    "subscribeType",
    "`shared`, `exclusive`, `failover` or `key_shared`; a subscription may say.",
    "shared",
  ),
  text(
    "subscribeInitialPosition",
    "Where a new subscription begins: `latest` or `earliest`.",
    "latest",
  ),
  text("subscribeMode", "`durable` or `non_durable`.", "durable"),
  text("compressionType", "`none`, `lz4`, `zlib` or `zstd`.", "none"),
  text("compressionLevel", "`default`, `faster` or `better`.", "default"),
  text("publicKey", "End-to-end encryption is not supported: refused when set."),
  { name: "privateKey", kind: "secret", description: "As publicKey." },
  text("keys", "As publicKey."),
  {
    ...ackOnFailureProperty,
    description:
      "Whether a message that the app could not be given, or answered with RETRY, counts as done with; otherwise it is delivered again after redeliveryDelay.",
  },
];

export interface PulsarSettings {
  readonly service: PulsarService;
  readonly token: string;
  readonly oauth2: OAuth2Settings | undefined;
  /** `persistent://tenant/namespace/` */
  readonly prefix: string;
  readonly producer: ProducerSettings;
  readonly consumer: ConsumerSettings;
  readonly maxHandlers: number;
  readonly isSerial: boolean;
}

const subscriptionTypes: readonly SubscriptionType[] = [
  "exclusive",
  "shared",
  "failover",
  "key_shared",
];
const compressions: readonly Compression[] = ["none", "lz4", "zlib", "zstd"];
const levels: readonly CompressionLevel[] = ["default", "faster", "better"];

/** @throws {Error} */
export function readPulsarSettings(values: Properties): PulsarSettings {
  const consumer = readConsumer(values);
  const producer = readProducer(values);
  const maxHandlers = positive(values, "maxConcurrentHandlers");
  const host = values.text("host");
  if (host === "") throw new Error("pulsar error: missing pulsar host");
  for (const name of ["publicKey", "privateKey", "keys"]) {
    if (values.text(name) === "") continue;
    throw new Error(`pulsar error: end-to-end encryption (${name}) is not supported`);
  }
  const scheme = values.bool("persistent") ? "persistent" : "non-persistent";
  const tenant = values.text("tenant") || "public";
  const namespace = values.text("namespace") || "default";
  return {
    service: readService(host, values.bool("enableTLS")),
    token: values.text("token"),
    oauth2: readOAuth2(values),
    prefix: `${scheme}://${tenant}/${namespace}/`,
    producer,
    consumer,
    maxHandlers,
    isSerial: isSerial(values.text("processMode")),
  };
}

export const isSerial = (mode: string): boolean => mode.toLowerCase() === "sync";

/** @throws {Error} */
export function readSubscriptionType(given: string): SubscriptionType {
  return oneOf(
    given,
    subscriptionTypes,
    "shared",
    "invalid subscription type. Accepted values are `exclusive`, `shared`, `failover` and `key_shared`",
  );
}

function readConsumer(values: Properties): ConsumerSettings {
  return {
    subscription: values.text("consumerID"),
    type: readSubscriptionType(values.text("subscribeType")),
    position: oneOf(
      values.text("subscribeInitialPosition"),
      ["latest", "earliest"],
      "latest",
      "invalid subscription initial position. Accepted values are `latest` and `earliest`",
    ),
    isDurable:
      oneOf(
        values.text("subscribeMode"),
        ["durable", "non_durable"],
        "durable",
        "invalid subscription mode",
      ) === "durable",
    queueSize: positive(values, "receiverQueueSize"),
    redeliveryDelayMs: Math.max(values.durationMs("redeliveryDelay"), 0),
    acksFailures: values.bool("ackOnFailure"),
  };
}

function readProducer(values: Properties): ProducerSettings {
  return {
    isBatching: !values.bool("disableBatching"),
    maxDelayMs: Math.max(values.durationMs("batchingMaxPublishDelay"), 0),
    maxMessages: positive(values, "batchingMaxMessages"),
    maxBytes: Math.max(values.byteSize("batchingMaxSize"), 1),
    compression: oneOf(
      values.text("compressionType"),
      compressions,
      "none",
      "invalid compression type. Accepted values are `none`, `lz4`, `zlib` and `zstd`",
    ),
    level: oneOf(
      values.text("compressionLevel"),
      levels,
      "default",
      "invalid compression level. Accepted values are `default`, `faster` and `better`",
    ),
  };
}

/** @throws {Error} that does not show what may be a password */
function readService(host: string, enableTls: boolean): PulsarService {
  const [, scheme, rest = ""] = /^(?:([a-z+]+):\/\/)?(.*)$/is.exec(host.trim()) ?? [];
  const kind = scheme?.toLowerCase();
  if (kind === "http" || kind === "https") {
    throw new Error(
      "pulsar error: brokers are asked with Pulsar's own protocol: give its port instead of the HTTP one",
    );
  }
  if (kind !== undefined && kind !== "pulsar" && kind !== "pulsar+ssl") {
    throw new Error("pulsar error: invalid pulsar host");
  }
  const isTls = kind === undefined ? enableTls : kind === "pulsar+ssl";
  const addresses = rest.split(",").map((part) => {
    try {
      const { hostname, port } = new URL(`tcp://${part.trim()}`);
      if (hostname === "") throw new Error("no host");
      return `${hostname}:${port || (isTls ? "6651" : "6650")}`;
    } catch {
      throw new Error("pulsar error: invalid pulsar host");
    }
  });
  return { addresses, isTls, verifiesCertificate: enableTls };
}

function readOAuth2(values: Properties): OAuth2Settings | undefined {
  const tokenUrl = values.text("oauth2TokenURL");
  if (tokenUrl === "" || values.text("token") !== "") return undefined;
  if (!URL.canParse(tokenUrl)) throw new Error("pulsar error: invalid oauth2TokenURL");
  return {
    tokenUrl,
    clientId: values.text("oauth2ClientID"),
    clientSecret: values.text("oauth2ClientSecret"),
    scopes: values.list("oauth2Scopes"),
    audiences: values.list("oauth2Audiences"),
    caPem: values.text("oauth2TokenCAPEM"),
  };
}

/** In lower case; empty is the default. */
function oneOf<T extends string>(
  given: string,
  allowed: readonly T[],
  byDefault: T,
  complaint: string,
): T {
  if (given === "") return byDefault;
  const found = allowed.find((one) => one === given.toLowerCase());
  if (found === undefined) throw new Error(complaint);
  return found;
}

/** 0 and less are the least. */
const positive = (values: Properties, name: string): number => Math.max(values.integer(name), 1);
