/**
 * Values of Kafka's records in the form of a schema registry: a zero byte, the schema's id, Avro's binary form.
 * @see spec 03 §7.2
 * @see https://docs.confluent.io/platform/current/schema-registry/fundamentals/serdes-develop/index.html#wire-format
 */
import { errorText } from "../../kit/errors/api-error.ts";
import { UnreadableError } from "../../kit/errors/unreadable-error.ts";
import type { Clock } from "../../kit/time/clock.ts";
import { AvroCodec, avroJson, parseAvroJson } from "./avro.ts";
import { type AvroJsonForm, parseAvro } from "./avro-schema.ts";
import { HttpCalls } from "./http-calls.ts";
import type { KafkaSchemaSettings } from "./kafka-schema-settings.ts";
import { raced } from "./raced.ts";

const timeoutMs = 10_000;
const maxAnswerBytes = 4 * 1_048_576;
const connections = 4;
/** Schemas that are kept; the one that was not used for longest goes first. */
const maxKept = 1_000;
const maxShownText = 200;
/** Of the zero byte and the id. */
const prefixBytes = 5;

interface Schema {
  readonly id: number;
  readonly codec: AvroCodec;
}

interface Latest extends Schema {
  /** Clock.monotonic() */
  readonly until: number;
}

export class KafkaSchemas implements AsyncDisposable {
  readonly #settings: KafkaSchemaSettings;
  readonly #clock: Clock;
  readonly #calls: HttpCalls;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #closing = new AbortController();
  readonly #byId = new Kept<number, Schema>();
  readonly #latest = new Kept<string, Latest>();
  /** Questions under way, by path, so that many messages ask once. */
  readonly #asking = new Map<string, Promise<Schema>>();

  constructor(settings: KafkaSchemaSettings, clock: Clock) {
    const { credentials } = settings;
    this.#settings = settings;
    this.#clock = clock;
    this.#calls = new HttpCalls({ timeoutMs, maxAnswerBytes, connections, clock });
    const basic = credentials && Buffer.from(`${credentials.key}:${credentials.secret}`);
    this.#headers = {
      accept: "application/vnd.schemaregistry.v1+json, application/json",
      ...(basic === undefined ? {} : { authorization: `Basic ${basic.toString("base64")}` }),
    };
  }

  /** JSON with the latest schema of the topic's values. @throws {Error} */
  async encode(topic: string, data: Uint8Array, signal?: AbortSignal): Promise<Buffer> {
    const { id, codec } = await this.#latestOf(`${topic}-value`, signal);
    const value = codec.encode(parseAvroJson(data));
    const prefix = Buffer.alloc(prefixBytes);
    prefix.writeInt32BE(id, 1);
    return Buffer.concat([prefix, value]);
  }

  /** JSON from the schema that a value names. @throws {UnreadableError} no later attempt can read it. @throws {Error} */
  async decode(value: Buffer, signal?: AbortSignal): Promise<Buffer> {
    if (value.length < prefixBytes || value[0] !== 0) {
      throw new UnreadableError("value is too short or has no schema id before it");
    }
    const { codec } = await this.#schemaOf(value.readInt32BE(1), signal);
    try {
      return Buffer.from(avroJson(codec.decode(value.subarray(prefixBytes))));
    } catch (cause) {
      throw new UnreadableError(errorText(cause), { cause });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort(new Error("context canceled"));
    await this.#calls[Symbol.asyncDispose]();
  }

  async #latestOf(subject: string, signal: AbortSignal | undefined): Promise<Schema> {
    const kept = this.#latest.get(subject);
    if (kept !== undefined && this.#clock.monotonic() < kept.until) return kept;
    const path = `/subjects/${encodeURIComponent(subject)}/versions/latest`;
    const schema = await this.#ask(path, undefined, signal);
    const { caches, latestTtlMs } = this.#settings;
    if (caches) {
      this.#latest.set(subject, { ...schema, until: this.#clock.monotonic() + latestTtlMs });
    }
    return schema;
  }

  async #schemaOf(id: number, signal: AbortSignal | undefined): Promise<Schema> {
    const kept = this.#byId.get(id);
    if (kept !== undefined) return kept;
    const schema = await this.#ask(`/schemas/ids/${id}`, id, signal);
    if (this.#settings.caches) this.#byId.set(id, schema);
    return schema;
  }

  /** One question serves all who wait; who goes away does not end it for the others. */
  #ask(path: string, id: number | undefined, signal: AbortSignal | undefined): Promise<Schema> {
    let asking = this.#asking.get(path);
    if (asking === undefined) {
      asking = this.#fetch(path, id).finally(() => this.#asking.delete(path));
      this.#asking.set(path, asking);
    }
    return signal === undefined ? asking : raced(asking, signal);
  }

  async #fetch(path: string, id: number | undefined): Promise<Schema> {
    const { status, body } = await this.#calls.call({
      method: "GET",
      url: `${this.#settings.url}${path}`,
      headers: this.#headers,
      signal: this.#closing.signal,
    });
    const answer = asObject(body);
    if (status !== 200) {
      const { message } = answer ?? {};
      const why = typeof message === "string" ? `: ${message.slice(0, maxShownText)}` : "";
      const text = `schema registry: GET ${path}: ${status}${why}`;
      // A registry that lives somewhere else, or a proxy, may say 404 too: its answer is no registry's.
      throw status === 404 && typeof answer?.error_code === "number"
        ? new UnreadableError(text)
        : new Error(text);
    }
    if (answer === undefined || typeof answer.schema !== "string") {
      throw new Error(`schema registry: GET ${path}: the answer holds no schema`);
    }
    return readSchema(answer, answer.schema, id, this.#settings.form);
  }
}

/** @throws {UnreadableError} it will not become an Avro schema */
function readSchema(
  answer: Readonly<Record<string, unknown>>,
  text: string,
  known: number | undefined,
  form: AvroJsonForm,
): Schema {
  const type = answer.schemaType ?? "AVRO";
  const id = known ?? answer.id;
  if (type !== "AVRO") {
    throw new UnreadableError(`schema registry: the schema is of type ${JSON.stringify(type)}`);
  }
  if (typeof id !== "number" || (id | 0) !== id) {
    throw new UnreadableError("schema registry: the schema has no id");
  }
  try {
    return { id, codec: new AvroCodec(parseAvro(JSON.parse(text), form)) };
  } catch (cause) {
    throw new UnreadableError(`schema registry: schema ${id}: ${errorText(cause)}`, { cause });
  }
}

function asObject(body: Buffer): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(body.toString());
    return typeof value === "object" && value !== null
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

/** The entries that were used last. */
class Kept<K, V> {
  readonly #entries = new Map<K, V>();

  get(key: K): V | undefined {
    const value = this.#entries.get(key);
    // Only a full table needs to know the order.
    if (value !== undefined && this.#entries.size >= maxKept) this.set(key, value);
    return value;
  }

  set(key: K, value: V): void {
    this.#entries.delete(key);
    this.#entries.set(key, value);
    if (this.#entries.size <= maxKept) return;
    const [oldest] = this.#entries.keys();
    this.#entries.delete(oldest as K);
  }
}
