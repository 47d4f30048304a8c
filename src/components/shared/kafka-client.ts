/**
 * The driver, loaded when the first component needs it, and its options.
 */
import { isIP } from "node:net";
import type { BaseOptions, ConnectionOptions } from "@platformatic/kafka";
import { errorText } from "../../kit/errors/api-error.ts";
import type { Platform } from "../../kit/lifecycle/platform.ts";
import {
  asksForAvro,
  isTombstone,
  type KafkaRecord,
  type OutgoingRecord,
  outgoingRecord,
  recordData,
} from "./kafka-records.ts";
import type { KafkaSchemaSettings } from "./kafka-schema-settings.ts";
import type { KafkaSchemas } from "./kafka-schemas.ts";
import type { KafkaSettings } from "./kafka-settings.ts";
import { KafkaTokens } from "./kafka-tokens.ts";

export type KafkaDriver = typeof import("@platformatic/kafka");

/** Between attempts of the driver at one request. */
const firstRetryMs = 50;
const longestRetryMs = 1_000;

async function openSchemas(
  settings: KafkaSchemaSettings,
  { clock }: Platform,
): Promise<KafkaSchemas> {
  const { KafkaSchemas } = await import("./kafka-schemas.ts");
  return new KafkaSchemas(settings, clock);
}

export class KafkaClient implements AsyncDisposable {
  readonly driver: KafkaDriver;
  readonly settings: KafkaSettings;
  readonly #tokens: KafkaTokens | undefined;
  readonly #schemas: KafkaSchemas | undefined;

  private constructor(
    driver: KafkaDriver,
    settings: KafkaSettings,
    tokens: KafkaTokens | undefined,
    schemas: KafkaSchemas | undefined,
  ) {
    this.driver = driver;
    this.settings = settings;
    this.#tokens = tokens;
    this.#schemas = schemas;
  }

  /** Loads the driver; does not connect. @throws {Error} when a key cannot be read */
  static async load(settings: KafkaSettings, platform: Platform): Promise<KafkaClient> {
    const { sasl, tls } = settings.auth;
    const tokens =
      sasl?.mechanism === "OAUTHBEARER" ? new KafkaTokens(sasl.oidc, tls, platform) : undefined;
    return new KafkaClient(
      await import("@platformatic/kafka"),
      settings,
      tokens,
      settings.schemas && (await openSchemas(settings.schemas, platform)),
    );
  }

  /** What is sent for data and metadata. @throws {Error} */
  async outgoing(
    topic: string,
    data: Uint8Array,
    metadata: ReadonlyMap<string, string>,
    signal?: AbortSignal,
  ): Promise<OutgoingRecord> {
    const schemas = this.#schemasFor(metadata);
    const { headers } = this.settings;
    if (schemas === undefined || isTombstone(data)) return outgoingRecord(data, metadata, headers);
    return outgoingRecord(await schemas.encode(topic, data, signal), metadata, headers);
  }

  /**
   * What the records of a subscription with this metadata hold; the result rejects with an UnreadableError where no later
   * attempt helps.
   * @throws {Error} the metadata ask for what there is not
   */
  reader(
    metadata: ReadonlyMap<string, string>,
  ): (record: KafkaRecord, signal: AbortSignal) => Promise<Buffer> {
    const schemas = this.#schemasFor(metadata);
    return async (record, signal) =>
      schemas === undefined || record.value === null
        ? recordData(record)
        : await schemas.decode(record.value, signal);
  }

  /** For producers and consumers. */
  options(retries: number): BaseOptions {
    const { brokers, clientId, metadataMs } = this.settings;
    return {
      ...this.connection(),
      clientId,
      bootstrapBrokers: [...brokers],
      retries,
      retryDelay: (_client, _operation, attempt) =>
        Math.min(firstRetryMs * 2 ** Math.min(attempt - 1, 20), longestRetryMs),
      metadataMaxAge: metadataMs,
      autocreateTopics: true,
    };
  }

  /** For connections outside of a producer's or consumer's own. */
  connection(): ConnectionOptions {
    const { auth, dialMs, requestMs } = this.settings;
    return {
      connectTimeout: dialMs,
      requestTimeout: requestMs,
      ...this.#tls(),
      ...(auth.sasl === undefined ? {} : { sasl: this.#sasl() }),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#schemas?.[Symbol.asyncDispose]();
    await this.#tokens?.[Symbol.asyncDispose]();
  }

  #schemasFor(metadata: ReadonlyMap<string, string>): KafkaSchemas | undefined {
    if (!asksForAvro(metadata)) return undefined;
    if (this.#schemas === undefined) throw new Error("schema registry details not set");
    return this.#schemas;
  }

  #tls(): Pick<ConnectionOptions, "tls" | "tlsServerName"> {
    const { auth, brokers } = this.settings;
    const { tls } = auth;
    if (tls === undefined) return {};
    const isNumbered = brokers.some((broker) => isIP(hostOf(broker)) > 0);
    return {
      tls: {
        minVersion: "TLSv1.2",
        rejectUnauthorized: !tls.skipVerify,
        ...(tls.ca === "" ? {} : { ca: tls.ca }),
        ...(tls.cert === "" ? {} : { cert: tls.cert, key: tls.key }),
      },
      // Addresses are not sent as names of servers.
      ...(isNumbered ? {} : { tlsServerName: true }),
    };
  }

  #sasl(): NonNullable<ConnectionOptions["sasl"]> {
    const { sasl } = this.settings.auth as {
      readonly sasl: NonNullable<KafkaSettings["auth"]["sasl"]>;
    };
    if (sasl.mechanism !== "OAUTHBEARER") return sasl;
    const tokens = this.#tokens as KafkaTokens;
    return {
      mechanism: "OAUTHBEARER",
      token: () => tokens.token(),
      oauthBearerExtensions: { ...sasl.oidc.extensions },
    };
  }
}

const hostOf = (broker: string): string =>
  broker.slice(0, broker.lastIndexOf(":")).replace(/^\[|\]$/g, "");

/** The driver wraps what happened some times over: the text says what was tried and why it failed at last. */
export function kafkaErrorText(error: unknown): string {
  const text = errorText(error);
  const cause = innermost(error);
  if (cause === undefined || cause === error) return text;
  const reason = errorText(cause);
  return text.includes(reason) ? text : `${text} ${reason}`;
}

function innermost(error: unknown): unknown {
  let current = error;
  // Errors made of errors made of errors have an end.
  for (let depth = 0; depth < 16; depth++) {
    if (!(current instanceof Error)) return undefined;
    const inner: unknown =
      current instanceof AggregateError ? current.errors.at(-1) : current.cause;
    if (inner === undefined || inner === null) return current;
    current = inner;
  }
  return current;
}
