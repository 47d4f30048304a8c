/**
 * Properties of Kafka components about the schema registry.
 * @see spec 03 §7.2
 */
import type { PropertySchema } from "../contract.ts";
import type { AvroJsonForm } from "./avro-schema.ts";
import type { Properties } from "./properties.ts";

export interface KafkaSchemaSettings {
  /** Without a slash at its end and without credentials. */
  readonly url: string;
  /** Basic authentication; undefined: none. */
  readonly credentials: { readonly key: string; readonly secret: string } | undefined;
  /** Of messages. */
  readonly form: AvroJsonForm;
  readonly caches: boolean;
  /** ms that the latest schema of a subject counts. */
  readonly latestTtlMs: number;
}

export const kafkaSchemaProperties: readonly PropertySchema[] = [
  {
    name: "schemaRegistryURL",
    kind: "string",
    description: "Of a schema registry, for messages with `valueSchemaType: Avro`.",
  },
  { name: "schemaRegistryAPIKey", kind: "string", description: "User of the registry." },
  { name: "schemaRegistryAPISecret", kind: "secret", description: "The user's password." },
  {
    name: "schemaCachingEnabled",
    kind: "bool",
    default: "true",
    description: "Whether schemas are kept in memory.",
  },
  {
    name: "schemaLatestVersionCacheTTL",
    kind: "duration",
    default: "5m",
    description: "How long the latest schema of a topic counts when messages are published.",
  },
  {
    name: "useAvroJson",
    kind: "bool",
    default: "false",
    description:
      "Whether messages are JSON as Avro's specification has it, where a value of a union names its type, and not standard JSON.",
  },
];

/** @returns undefined: there is no registry. @throws {Error} `kafka error: ...` */
export function readKafkaSchemas(values: Properties): KafkaSchemaSettings | undefined {
  const given = values.text("schemaRegistryURL");
  if (given === "") return undefined;
  const url = URL.parse(given);
  // The address may hold a password: it is not shown.
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new Error("kafka error: invalid schemaRegistryURL: it is no http or https URL");
  }
  const key = values.text("schemaRegistryAPIKey");
  const secret = values.text("schemaRegistryAPISecret");
  return {
    url: `${url.origin}${url.pathname}`.replace(/\/+$/, ""),
    credentials: key !== "" && secret !== "" ? { key, secret } : ofUrl(url),
    form: values.bool("useAvroJson") ? "avro" : "standard",
    caches: values.bool("schemaCachingEnabled"),
    latestTtlMs: Math.max(values.durationMs("schemaLatestVersionCacheTTL"), 0),
  };
}

/** @throws {Error} */
function ofUrl({ username, password }: URL): KafkaSchemaSettings["credentials"] {
  if (username === "" && password === "") return undefined;
  try {
    return { key: decodeURIComponent(username), secret: decodeURIComponent(password) };
  } catch {
    throw new Error("kafka error: invalid schemaRegistryURL: its credentials are badly escaped");
  }
}
