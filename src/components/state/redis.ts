/**
 * state.redis: each key is a hash with the fields `data` and `version`, or a document of RedisJSON.
 * @see spec 04 §8.1, §8.2, the recorded Redis layout §2
 */
import { errorText } from "../../kit/errors/api-error.ts";
import type { Logger } from "../../kit/logging/logger.ts";
import type { ComponentDefinition, PropertySchema } from "../contract.ts";
import { isReplyError, RedisConnection } from "../shared/redis.ts";
import { encodeRedisJson } from "../shared/redis-json.ts";
import { countReplicas } from "../shared/redis-replicas.ts";
import { scan } from "../shared/redis-scan.ts";
import { redisProperties, redisSettings, redisValues } from "../shared/redis-settings.ts";
import { checkOptions, etagOf, parseDecimal, ttlKey } from "../shared/state-requests.ts";
import { writeEach } from "./bulk-writes.ts";
import {
  type BulkGetItem,
  type DeleteRequest,
  EtagInvalidError,
  EtagMismatchError,
  type GetRequest,
  type GetResponse,
  type SetRequest,
  type StateFeature,
  type StateMetadata,
  type StateStore,
  type StateValue,
  type TransactionOperation,
} from "./contract.ts";
import {
  asksForDocument,
  deleteDocumentScript,
  hasDocuments,
  readDocument,
  setDocumentScript,
} from "./redis-documents.ts";
import { createIndexes, type QueryIndexes, readIndexes, search } from "./redis-query.ts";

const properties: readonly PropertySchema[] = [
  ...redisProperties("state"),
  {
    name: "ttlInSeconds",
    kind: "int",
    description: "Expiry of what is saved without one of its own; -1: none.",
  },
  {
    name: "queryIndexes",
    kind: "json",
    description:
      'Indexes for queries: `[{"name":"n","indexes":[{"key":"person.org","type":"TEXT"}]}]`; needs RedisJSON and RediSearch.',
  },
];

export const component = {
  type: "state.redis",
  versions: ["v1"],
  summary: "Keeps state in Redis.",
  provenAgainst:
    "Redis 7.0 and the recordings of the original; documents of RedisJSON against fakeredis 2.40, queries of RediSearch against no server",
  properties,
  async create({ properties: given, platform, logger, signal }) {
    const settings = redisSettings(given, properties);
    const values = redisValues(given, properties);
    const hasTtl = values.given("ttlInSeconds") !== undefined;
    const defaultTtl = hasTtl ? values.integer("ttlInSeconds") : undefined;
    const indexes = readIndexes(values.text("queryIndexes"));
    const { clock } = platform;
    const connection = await RedisConnection.open(
      { settings, clock, logger, autoPipelining: true },
      signal,
      (cause) => `redis store: error connecting to redis at ${settings.shownHost}: ${cause}`,
    );
    try {
      const replicas = await countReplicas(connection);
      const knowsDocuments = await hasDocuments(connection);
      await createIndexes(connection, indexes);
      return new RedisStore({ connection, defaultTtl, replicas, knowsDocuments, indexes, logger });
    } catch (error) {
      await connection[Symbol.asyncDispose]();
      throw error;
    }
  },
} satisfies ComponentDefinition<StateStore>;

/**
 * Arguments: expected version (0: any), data, "0" to guard the key against writes without a version from now on.
 * A key of another type is replaced.
 */
const setScript = `
local key, expected = KEYS[1], ARGV[1]
local current = redis.pcall("HGET", key, "version")
if type(current) == "table" then
  redis.call("DEL", key)
  current = false
end
local guarded = redis.call("HGET", key, "first-write")
if not current or current == "" or current == expected or (expected == "0" and not guarded) then
  redis.call("HSET", key, "data", ARGV[2])
  if ARGV[3] == "0" then redis.call("HSET", key, "first-write", "0") end
  return redis.call("HINCRBY", key, "version", 1)
end
return redis.error_reply("ERR failed to set key " .. key)
`.trim();

/** Argument: expected version (0: any). */
const deleteScript = `
local key, expected = KEYS[1], ARGV[1]
local current = redis.pcall("HGET", key, "version")
if type(current) == "table" or not current or current == "" or current == expected or expected == "0" then
  return redis.call("DEL", key)
end
return redis.error_reply("ERR failed to delete " .. key)
`.trim();

/** ms that a strongly consistent write waits for the replicas. */
const replicaWaitMs = 1000;

const none: GetResponse = { data: undefined, etag: undefined, metadata: undefined };

class RedisStore implements StateStore {
  readonly features: readonly StateFeature[];
  readonly #knowsDocuments: boolean;
  /** Only where the server can. */
  readonly query?: NonNullable<StateStore["query"]>;
  readonly #connection: RedisConnection;
  readonly #defaultTtl: number | undefined;
  readonly #replicas: number;
  readonly #logger: Logger;
  #hasWarned = false;

  constructor(init: {
    readonly connection: RedisConnection;
    readonly defaultTtl: number | undefined;
    /** Seen when the component started; without any nobody waits for them. */
    readonly replicas: number;
    /** The server has RedisJSON. */
    readonly knowsDocuments: boolean;
    readonly indexes: QueryIndexes;
    readonly logger: Logger;
  }) {
    const { knowsDocuments } = init;
    this.features = [
      ...(["ETAG", "TRANSACTIONAL", "TTL"] as const),
      ...(knowsDocuments ? (["QUERY_API"] as const) : []),
      "KEYS_LIKE",
    ];
    this.#knowsDocuments = knowsDocuments;
    const { connection, indexes } = init;
    if (knowsDocuments) this.query = (request) => search(connection, indexes, request);
    this.#connection = init.connection;
    this.#defaultTtl = init.defaultTtl;
    this.#replicas = init.replicas;
    this.#logger = init.logger;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#connection[Symbol.asyncDispose]();
  }

  async get(request: GetRequest): Promise<GetResponse> {
    if (this.#isDocument(request))
      return (await readDocument(this.#connection, request.key)) ?? none;
    let fields: Readonly<Record<string, Buffer>>;
    try {
      fields = await this.#connection.run((client) => client.hgetallBuffer(request.key));
    } catch (error) {
      if (!isReplyError(error) || !errorText(error).startsWith("WRONGTYPE")) throw error;
      const data = await this.#connection.run((client) => client.getBuffer(request.key));
      return data === null ? none : { data, etag: undefined, metadata: undefined };
    }
    return readFields(fields);
  }

  /** Side by side, in request order. */
  bulkGet(requests: readonly GetRequest[]): Promise<readonly BulkGetItem[]> {
    return Promise.all(
      requests.map(async (request): Promise<BulkGetItem> => {
        const { key } = request;
        try {
          return { key, ...(await this.get(request)), error: undefined };
        } catch (error) {
          return { key, ...none, error: errorText(error) };
        }
      }),
    );
  }

  async set(request: SetRequest): Promise<void> {
    checkOptions(request);
    const ttl = this.#ttl(request);
    const { key } = request;
    const version = expectedVersion(request);
    const data = bytesOf(request.value);
    const guard = request.concurrency === "first-write" ? "0" : "1";
    const script = this.#isDocument(request) ? setDocumentScript : setScript;
    try {
      await this.#connection.run((client) => client.eval(script, 1, key, version, data, guard));
    } catch (cause) {
      if (etagOf(request) !== undefined && isRefusal(cause)) {
        throw new EtagMismatchError(errorText(cause));
      }
      throw new Error(`failed to set key ${key}: ${errorText(cause)}`, { cause });
    }
    await this.#expire(key, ttl);
    await this.#replicate(request);
  }

  async delete(request: DeleteRequest): Promise<void> {
    checkOptions(request);
    const etag = etagOf(request);
    const script = this.#isDocument(request) ? deleteDocumentScript : deleteScript;
    try {
      await this.#connection.run((client) => client.eval(script, 1, request.key, etag ?? "0"));
    } catch (cause) {
      if (etag !== undefined && isRefusal(cause)) throw new EtagMismatchError(errorText(cause));
      throw cause;
    }
    await this.#replicate(request);
  }

  bulkSet(requests: readonly SetRequest[]): Promise<void> {
    return writeEach(requests, requests.length, (request) => this.set(request));
  }

  bulkDelete(requests: readonly DeleteRequest[]): Promise<void> {
    return writeEach(requests, requests.length, (request) => this.delete(request));
  }

  /** Redis does not roll back: what comes beside a refused operation is applied. */
  async transact(
    operations: readonly TransactionOperation[],
    metadata: StateMetadata,
  ): Promise<void> {
    if (!this.#hasWarned) {
      this.#hasWarned = true;
      this.#logger.warn(
        "Redis does not support transaction rollbacks and should not be used in production as an actor state store.",
      );
    }
    const areDocuments = this.#knowsDocuments && asksForDocument(metadata);
    const commands = operations.flatMap((operation) => this.#commands(operation, areDocuments));
    const results = await this.#connection.run((client) => client.multi(commands).exec());
    for (const [error] of results ?? []) if (error !== null) throw error;
  }

  async keysLike(request: {
    readonly pattern: string;
    readonly pageSize: number;
    readonly token: string | undefined;
  }): Promise<{ readonly keys: readonly string[]; readonly token: string | undefined }> {
    const pattern = globOf(request.pattern);
    const keys = new Set<string>();
    let cursor = request.token || "0";
    do {
      const [next, found] = await this.#connection.run((client) => scan(client, cursor, pattern));
      for (const key of found) keys.add(key);
      cursor = next;
    } while (cursor !== "0" && (request.pageSize <= 0 || keys.size < request.pageSize));
    return { keys: [...keys], token: cursor === "0" ? undefined : cursor };
  }

  async ping(): Promise<void> {
    await this.#connection.run((client) => client.ping());
  }

  /** A server without RedisJSON keeps in hashes what is said to be JSON. */
  #isDocument({ metadata }: GetRequest | SetRequest | DeleteRequest): boolean {
    return this.#knowsDocuments && asksForDocument(metadata);
  }

  #commands(
    operation: TransactionOperation,
    areDocuments: boolean,
  ): (string | number | Buffer)[][] {
    const { kind, request } = operation;
    const { key } = request;
    // Quirk: spec 03 §6.3. What one operation asks for is asked of any server, and refused by those without RedisJSON.
    const isDocument = areDocuments || asksForDocument(request.metadata);
    if (kind === "delete") {
      const script = isDocument ? deleteDocumentScript : deleteScript;
      return [["eval", script, 1, key, etagOf(request) ?? "0"]];
    }
    const ttl = this.#ttl(request);
    const data = bytesOf(request.value);
    const commands: (string | number | Buffer)[][] = [
      ["eval", isDocument ? setDocumentScript : setScript, 1, key, expectedVersion(request), data],
    ];
    if (ttl !== undefined) commands.push(ttl > 0 ? ["expire", key, ttl] : ["persist", key]);
    return commands;
  }

  /** Seconds; <= 0: the expiry is taken off; undefined: it stays as it is. */
  #ttl(request: SetRequest): number | undefined {
    const text = request.metadata.get(ttlKey);
    if (text === undefined || text === "") return this.#defaultTtl;
    try {
      return parseDecimal(text, "ParseInt");
    } catch (cause) {
      throw new Error(`failed to parse ttl from metadata: ${errorText(cause)}`, { cause });
    }
  }

  async #expire(key: string, ttl: number | undefined): Promise<void> {
    if (ttl === undefined) return;
    try {
      await this.#connection.run((client) =>
        ttl > 0 ? client.expire(key, ttl) : client.persist(key),
      );
    } catch (cause) {
      const what = ttl > 0 ? `set key ${key} ttl` : `persist key ${key}`;
      throw new Error(`failed to ${what}: ${errorText(cause)}`, { cause });
    }
  }

  async #replicate(request: SetRequest | DeleteRequest): Promise<void> {
    if (request.consistency !== "strong" || this.#replicas === 0) return;
    try {
      await this.#connection.run((client) => client.wait(this.#replicas, replicaWaitMs));
    } catch (cause) {
      throw new Error(
        `redis waiting for ${this.#replicas} replicas to acknowledge write, err: ${errorText(cause)}`,
        { cause },
      );
    }
  }
}

/** @throws {Error} when a hash is not one of ours */
function readFields(fields: Readonly<Record<string, Buffer>>): GetResponse {
  const { data, version } = fields;
  if (data !== undefined && version !== undefined) {
    return { data, etag: version.toString("utf8"), metadata: undefined };
  }
  if (Object.keys(fields).length === 0) return none;
  throw new Error("required hash field 'data' or 'version' was not found");
}

const bytesOf = (value: StateValue): Buffer =>
  value.kind === "json"
    ? Buffer.from(encodeRedisJson(value.value))
    : Buffer.from(value.bytes.buffer, value.bytes.byteOffset, value.bytes.length);

/** "0" without an etag and for last-write. @throws {EtagInvalidError} */
function expectedVersion(request: SetRequest): string {
  const etag = etagOf(request);
  if (etag === undefined || request.concurrency === "last-write") return "0";
  try {
    return String(parseDecimal(etag, "Atoi"));
  } catch (cause) {
    throw new EtagInvalidError(errorText(cause));
  }
}

/** What our scripts answer when the version is another one. */
const isRefusal = (error: unknown): boolean =>
  isReplyError(error) && /failed to (?:set key|delete) /.test(errorText(error));

/** Redis' glob for SQL's LIKE. */
function globOf(pattern: string): string {
  let glob = "";
  for (let i = 0; i < pattern.length; i++) {
    let character = pattern[i] as string;
    if (character === "%") glob += "*";
    else if (character === "_") glob += "?";
    else {
      if (character === "\\" && i + 1 < pattern.length) character = pattern[++i] as string;
      glob += /[*?[\]\\^-]/.test(character) ? `\\${character}` : character;
    }
  }
  return glob;
}
