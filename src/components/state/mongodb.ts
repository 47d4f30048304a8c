/**
 * state.mongodb: each key is a document `{_id, value, _etag, _ttl}`.
 * @see spec 04 §8.1
 */
import { isUtf8 } from "node:buffer";
import type { ClientSession, Filter } from "mongodb";
import { errorText } from "../../kit/errors/api-error.ts";
import type { Random } from "../../kit/lifecycle/platform.ts";
import type { ComponentDefinition } from "../contract.ts";
import { codeOf, MongoConnection, type StateDocument } from "../shared/mongo.ts";
import { mongoConcerns, mongoProperties, mongoSettings } from "../shared/mongo-settings.ts";
import { etagOf, expiryMetadata, parseDecimal, ttlSeconds } from "../shared/state-requests.ts";
import { writeEach } from "./bulk-writes.ts";
import {
  type BulkGetItem,
  type DeleteRequest,
  EtagMismatchError,
  type GetRequest,
  type GetResponse,
  type QueryRequest,
  type QueryResponse,
  type SetRequest,
  type StateFeature,
  type StateStore,
  type TransactionOperation,
} from "./contract.ts";
import { likeExpression, liveAt, toMongoFilter, toMongoSort } from "./mongodb-filters.ts";
import { readDocument, toBsonValue, valueName } from "./mongodb-values.ts";

export const component = {
  type: "state.mongodb",
  versions: ["v1"],
  summary: "Keeps state in MongoDB.",
  provenAgainst:
    "FerretDB 1.24 (without transactions and expiry index), and a stand-in that records commands for these",
  properties: mongoProperties,
  async create({ properties: given, platform, logger, signal }) {
    const settings = mongoSettings(given);
    const concerns = mongoConcerns(given);
    const { clock, random } = platform;
    const connection = await MongoConnection.open({ settings, concerns, clock, random }, signal);
    try {
      if (!(await connection.createExpiryIndex(signal))) {
        logger.warn(
          "The MongoDB server has no expiry indexes: what expired is hidden, not deleted.",
        );
      }
      if (!connection.hasReplicaSet) {
        logger.info(
          "MongoDB is used without a replica set: there are no transactions, and it cannot keep the state of actors.",
        );
      }
      return new MongoStore(connection, random);
    } catch (error) {
      await connection[Symbol.asyncDispose]();
      throw error;
    }
  },
} satisfies ComponentDefinition<StateStore>;

const duplicateKey = 11_000;

/** Writers that create a document at the same time; MongoDB lets one win and asks the others to try again. */
const maxAttempts = 5;

/** Item by item without transactions. */
const bulkLimit = 20;

/** Keys of one query, in bytes: a command holds 16 MiB. */
const keysPerQuery = 8 * 1024 * 1024;

const none: GetResponse = { data: undefined, etag: undefined, metadata: undefined };

class MongoStore implements StateStore {
  readonly features: readonly StateFeature[] = [
    "ETAG",
    "TRANSACTIONAL",
    "QUERY_API",
    "TTL",
    "KEYS_LIKE",
  ];
  readonly isCancellable = true;
  readonly #connection: MongoConnection;
  readonly #random: Random;

  constructor(connection: MongoConnection, random: Random) {
    this.#connection = connection;
    this.#random = random;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#connection[Symbol.asyncDispose]();
  }

  async get(request: GetRequest, signal?: AbortSignal): Promise<GetResponse> {
    const filter = { _id: request.key, ...liveAt(this.#connection.now()) };
    const [item] = await this.#find({ filter, limit: 1 }, signal);
    return item ?? none;
  }

  /** What was found in the server's order, then what was not; each key once. */
  async bulkGet(
    requests: readonly GetRequest[],
    _parallelism: number,
    signal?: AbortSignal,
  ): Promise<readonly BulkGetItem[]> {
    const missing = new Set(requests.map((request) => request.key));
    const items: BulkGetItem[] = [];
    for (const keys of batches([...missing])) {
      const filter = { _id: { $in: keys }, ...liveAt(this.#connection.now()) };
      items.push(...(await this.#find({ filter }, signal)));
    }
    for (const { key } of items) missing.delete(key);
    for (const key of missing) items.push({ key, ...none, error: undefined });
    return items;
  }

  async set(request: SetRequest, signal?: AbortSignal): Promise<void> {
    const update = this.#update(request);
    try {
      await this.#connection.run(() => this.#write(update), signal);
    } catch (cause) {
      throw setError(cause);
    }
  }

  async delete(request: DeleteRequest, signal?: AbortSignal): Promise<void> {
    await this.#connection.run(() => this.#remove(request), signal);
  }

  async bulkSet(requests: readonly SetRequest[], signal?: AbortSignal): Promise<void> {
    if (!this.#connection.hasReplicaSet) {
      await writeEach(requests, bulkLimit, (request) => this.set(request, signal));
      return;
    }
    await this.#bulk(
      requests.map((request) => ({ kind: "upsert", request })),
      signal,
    );
  }

  async bulkDelete(requests: readonly DeleteRequest[], signal?: AbortSignal): Promise<void> {
    if (!this.#connection.hasReplicaSet) {
      await writeEach(requests, bulkLimit, (request) => this.delete(request, signal));
      return;
    }
    await this.#bulk(
      requests.map((request) => ({ kind: "delete", request })),
      signal,
    );
  }

  async transact(
    operations: readonly TransactionOperation[],
    _metadata: unknown,
    signal?: AbortSignal,
  ): Promise<void> {
    if (!this.#connection.hasReplicaSet) {
      throw new Error("using transactions with MongoDB requires connecting to a replica set");
    }
    // Read before the transaction begins: what is wrong with a request needs no server.
    const writes = operations.map((operation) =>
      operation.kind === "upsert" ? this.#update(operation.request) : operation.request,
    );
    try {
      await this.#connection.transact(async (session) => {
        for (const write of writes) {
          if ("filter" in write) await this.#write(write, session);
          else await this.#remove(write, session);
        }
      }, signal);
    } catch (cause) {
      throw new Error(
        `error during transaction, aborting the transaction: ${errorText(setError(cause))}`,
        { cause },
      );
    }
  }

  async query(request: QueryRequest, signal?: AbortSignal): Promise<QueryResponse> {
    const filters: Filter<StateDocument>[] = [liveAt(this.#connection.now())];
    if (request.filter !== undefined) filters.push(toMongoFilter(request.filter));
    const skip = request.token === "" ? 0 : parseDecimal(request.token, "ParseInt");
    if (skip < 0) throw new Error(`invalid token: ${request.token}`);
    const find = { filter: { $and: filters }, sort: request.sort, limit: request.limit, skip };
    const items = await this.#find(find, signal);
    const token = request.limit > 0 ? String(skip + items.length) : "";
    return { items, token, metadata: undefined };
  }

  /** In the order of the keys; the token is the last one. */
  async keysLike(
    request: {
      readonly pattern: string;
      readonly pageSize: number;
      readonly token: string | undefined;
    },
    signal?: AbortSignal,
  ): Promise<{ readonly keys: readonly string[]; readonly token: string | undefined }> {
    const { pattern, pageSize, token } = request;
    const filters: Filter<StateDocument>[] = [
      { _id: { $regex: likeExpression(pattern), $options: "s" } },
      liveAt(this.#connection.now()),
    ];
    if (token) filters.push({ _id: { $gt: token } });
    const options = {
      projection: { _id: 1 },
      sort: { _id: 1 },
      // One more tells whether there is another page.
      limit: pageSize > 0 ? pageSize + 1 : 0,
    } as const;
    const { collection } = this.#connection;
    const found = await this.#connection.run(
      () => collection.find({ $and: filters }, options).toArray(),
      signal,
    );
    const keys = found.map(({ _id }) => String(_id));
    const hasMore = pageSize > 0 && keys.length > pageSize;
    if (hasMore) keys.pop();
    return { keys, token: hasMore ? keys.at(-1) : undefined };
  }

  async ping(signal?: AbortSignal): Promise<void> {
    await this.#connection.ping(signal);
  }

  /** @throws {Error} when the request is no good */
  #update(request: SetRequest): Update {
    const value = toBsonValue(request.value);
    const seconds = checkedTtl(request);
    const now = this.#connection.now();
    const filter: Filter<StateDocument> = { _id: checkedKey(request.key) };
    const etag = etagOf(request);
    if (etag !== undefined) filter._etag = etag;
    else if (request.concurrency === "first-write") {
      // No document has it: what is there, and has not expired, makes the insertion fail.
      filter.$or = [{ _etag: this.#random.uuid() }, { _ttl: { $lt: now } }];
    }
    const expiresAt = seconds === undefined ? null : new Date(now.getTime() + seconds * 1000);
    return {
      filter,
      members: { [valueName]: value, _etag: this.#random.uuid(), _ttl: expiresAt },
      isConditional: etag !== undefined || request.concurrency === "first-write",
    };
  }

  /** @throws {EtagMismatchError}, or the driver's error as it is: transactions look at its labels */
  async #write(update: Update, session?: ClientSession): Promise<void> {
    const options = { upsert: true, ...(session === undefined ? {} : { session }) };
    for (let attempts = 1; ; attempts++) {
      try {
        await this.#connection.collection.updateOne(
          update.filter,
          { $set: update.members },
          options,
        );
        return;
      } catch (cause) {
        if (codeOf(cause) !== duplicateKey) throw cause;
        if (!update.isConditional && session === undefined && attempts < maxAttempts) continue;
        throw new EtagMismatchError(`write exception: write errors: [${errorText(cause)}]`);
      }
    }
  }

  async #remove(request: DeleteRequest, session?: ClientSession): Promise<void> {
    const etag = etagOf(request);
    const filter = etag === undefined ? { _id: request.key } : { _id: request.key, _etag: etag };
    const options = session === undefined ? {} : { session };
    const { deletedCount } = await this.#connection.collection.deleteOne(filter, options);
    if (deletedCount === 0 && etag !== undefined) throw new EtagMismatchError();
  }

  /** As one transaction. An etag that does not match is the answer, not that the transaction failed. */
  async #bulk(
    operations: readonly TransactionOperation[],
    signal: AbortSignal | undefined,
  ): Promise<void> {
    try {
      await this.transact(operations, undefined, signal);
    } catch (error) {
      const { cause } = error as Error;
      throw cause instanceof EtagMismatchError ? cause : error;
    }
  }

  async #find(
    request: {
      readonly filter: Filter<StateDocument>;
      readonly sort?: QueryRequest["sort"];
      readonly limit?: number;
      readonly skip?: number;
    },
    signal: AbortSignal | undefined,
  ): Promise<BulkGetItem[]> {
    const { filter, sort = [], limit = 0, skip = 0 } = request;
    const options = { raw: true, limit, skip, sort: toMongoSort(sort) };
    const { collection } = this.#connection;
    const raw = await this.#connection.run(
      () => collection.find(filter, options).toArray(),
      signal,
    );
    return raw.map((document) => {
      const { key, data, etag, expiresAt } = readDocument(document as unknown as Uint8Array);
      const metadata = expiresAt === undefined ? undefined : expiryMetadata(expiresAt.getTime());
      return { key, data, etag, metadata, error: undefined };
    });
  }
}

interface Update {
  readonly filter: Filter<StateDocument>;
  readonly members: Readonly<Record<string, unknown>>;
  /** Whether the document must be a certain one. */
  readonly isConditional: boolean;
}

function setError(cause: unknown): unknown {
  if (cause instanceof EtagMismatchError) return cause;
  return new Error(`error in updating document: ${errorText(cause)}`, { cause });
}

function checkedTtl(request: SetRequest): number | undefined {
  try {
    return ttlSeconds(request.metadata);
  } catch (cause) {
    throw new Error(`failed to parse TTL: ${errorText(cause)}`, { cause });
  }
}

/** Lone surrogates would become another key. */
function checkedKey(key: string): string {
  if (!key.isWellFormed() || !isUtf8(Buffer.from(key))) throw new Error("the key is no valid text");
  return key;
}

function* batches(keys: readonly string[]): Generator<readonly string[]> {
  let batch: string[] = [];
  let bytes = 0;
  for (const key of keys) {
    // A BSON array names its items by number.
    bytes += Buffer.byteLength(key) + 16;
    if (bytes > keysPerQuery) {
      yield batch;
      batch = [];
      bytes = Buffer.byteLength(key) + 16;
    }
    batch.push(key);
  }
  if (batch.length > 0) yield batch;
}
