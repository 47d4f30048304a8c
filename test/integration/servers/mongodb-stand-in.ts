/**
 * A stand-in for a MongoDB replica set of one member, for what FerretDB lacks: transactions and expiry indexes. It is
 * written from the public protocol (OP_MSG, and OP_QUERY for the greeting), keeps documents in memory as the bytes that
 * came, and records every command. It is no proof of what MongoDB itself does.
 */
import { createServer, type Socket } from "node:net";
import { BSON, type Document } from "mongodb";
import { bsonDocument, cursorReply, type RawDocument, readMembers } from "./mongodb-bytes.ts";
import { matches } from "./mongodb-match.ts";

export interface RecordedCommand {
  readonly name: string;
  readonly body: Document;
  /** Of the body, as it came. */
  readonly raw: Buffer;
}

interface Transaction {
  readonly seen: ReadonlyMap<string, RawDocument>;
  readonly documents: Map<string, RawDocument>;
  readonly written: Set<string>;
}

class CommandError extends Error {
  readonly reply: Document;
  constructor(code: number, codeName: string, labels: readonly string[] = []) {
    super(codeName);
    this.reply = { ok: 0, code, codeName, errmsg: codeName, errorLabels: labels };
  }
}

const opReply = 1;
const opQuery = 2004;
const opMsg = 2013;

export class MongoStandIn implements AsyncDisposable {
  readonly commands: RecordedCommand[] = [];
  /** Answers for the next commands of that name, instead of doing them. */
  readonly answers = new Map<string, Document[]>();
  readonly #documents = new Map<string, RawDocument>();
  readonly #transactions = new Map<string, Transaction>();
  readonly #sockets = new Set<Socket>();
  readonly #server = createServer((socket) => this.#accept(socket));
  address = "";
  connections = 0;

  async listen(): Promise<this> {
    await new Promise<void>((done) => this.#server.listen(0, "127.0.0.1", done));
    const bound = this.#server.address();
    if (bound !== null && typeof bound === "object") this.address = `127.0.0.1:${bound.port}`;
    return this;
  }

  /** Commands of that name, oldest first. */
  recorded(name: string): readonly RecordedCommand[] {
    return this.commands.filter((command) => command.name === name);
  }

  /** What is stored, as the driver would read it. */
  document(key: string): Document | undefined {
    const found = this.#documents.get(key);
    return found === undefined
      ? undefined
      : BSON.deserialize(bsonDocument(found), {
          promoteValues: false,
          validation: { utf8: false },
        });
  }

  get openTransactions(): number {
    return this.#transactions.size;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((done) => this.#server.close(() => done()));
  }

  #accept(socket: Socket): void {
    this.#sockets.add(socket);
    this.connections++;
    socket.on("close", () => this.#sockets.delete(socket));
    socket.on("error", () => {});
    let rest: Buffer = Buffer.alloc(0);
    socket.on("data", (chunk: Buffer) => {
      rest = Buffer.concat([rest, chunk]);
      while (rest.length >= 4 && rest.length >= rest.readInt32LE(0)) {
        const length = rest.readInt32LE(0);
        this.#onMessage(socket, rest.subarray(0, length));
        rest = rest.subarray(length);
      }
    });
  }

  #onMessage(socket: Socket, message: Buffer): void {
    const requestId = message.readInt32LE(4);
    const operation = message.readInt32LE(12);
    const isQuery = operation === opQuery;
    const bodyAt = isQuery ? message.indexOf(0, 20) + 9 : 21;
    const raw = message.subarray(bodyAt, bodyAt + message.readInt32LE(bodyAt));
    const answer = this.#answer(raw);
    // OP_REPLY: flags, cursor, first, count; OP_MSG: flags and the kind of the section.
    const head = isQuery ? Buffer.alloc(20) : Buffer.alloc(5);
    if (isQuery) head.writeInt32LE(1, 16);
    const header = Buffer.alloc(16);
    header.writeInt32LE(16 + head.length + answer.length, 0);
    header.writeInt32LE(requestId, 8);
    header.writeInt32LE(isQuery ? opReply : opMsg, 12);
    socket.write(Buffer.concat([header, head, answer]));
  }

  #answer(raw: Buffer): Uint8Array {
    const body = decode(raw);
    const name = Object.keys(body)[0] ?? "";
    this.commands.push({ name, body, raw: Buffer.from(raw) });
    const instead = this.answers.get(name)?.shift();
    if (instead !== undefined) return BSON.serialize(instead);
    try {
      if (name === "find") return this.#find(body);
      return BSON.serialize({ ...this.#run(name, body, raw), ok: 1 });
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      return BSON.serialize(error.reply);
    }
  }

  #run(name: string, body: Document, raw: Buffer): Document {
    switch (name) {
      case "hello":
      case "ismaster":
      case "isMaster":
        return this.#hello();
      case "update":
        return this.#update(body, raw);
      case "delete":
        return this.#delete(body);
      case "commitTransaction":
        return this.#commit(body);
      case "abortTransaction":
        this.#transactions.delete(transactionId(body));
        return {};
      case "createIndexes":
      case "endSessions":
      case "ping":
        return {};
      default:
        throw new CommandError(59, "CommandNotFound");
    }
  }

  #hello(): Document {
    return {
      ismaster: true,
      isWritablePrimary: true,
      helloOk: true,
      setName: "rs0",
      setVersion: 1,
      hosts: [this.address],
      me: this.address,
      primary: this.address,
      maxBsonObjectSize: 16 * 1024 * 1024,
      maxMessageSizeBytes: 48_000_000,
      maxWriteBatchSize: 100_000,
      localTime: new Date(),
      logicalSessionTimeoutMinutes: 30,
      connectionId: this.connections,
      minWireVersion: 0,
      maxWireVersion: 21,
      readOnly: false,
    };
  }

  #transaction(body: Document): Transaction | undefined {
    if (body.autocommit !== false) return undefined;
    const id = transactionId(body);
    if (body.startTransaction === true) {
      const documents = new Map(this.#documents);
      const started = { seen: new Map(documents), documents, written: new Set<string>() };
      this.#transactions.set(id, started);
      return started;
    }
    const known = this.#transactions.get(id);
    if (known === undefined)
      throw new CommandError(251, "NoSuchTransaction", ["TransientTransactionError"]);
    return known;
  }

  #find(body: Document): Uint8Array {
    const documents = this.#transaction(body)?.documents ?? this.#documents;
    const { filter, sort = {}, limit = 0, skip = 0, projection } = body;
    const found = [...documents.values()]
      .map((members) => ({
        members,
        value: decode(bsonDocument(members)),
      }))
      .filter(({ value }) => matches(value, filter));
    for (const [path, direction] of Object.entries(sort as Record<string, number>).reverse()) {
      found.sort((a, b) => direction * compareAt(path, a.value, b.value));
    }
    const end = limit > 0 ? skip + limit : undefined;
    const chosen = found.slice(skip, end).map(({ members }) => members);
    const shown =
      projection === undefined
        ? chosen
        : chosen.map((m) => m.filter(({ name }) => name in projection));
    return cursorReply(`${body.$db}.${body.find}`, shown);
  }

  #update(body: Document, raw: Buffer): Document {
    const transaction = this.#transaction(body);
    const documents = transaction?.documents ?? this.#documents;
    const [{ q, upsert }] = body.updates;
    const set = readMembers(raw, "updates", "0", "u", "$set");
    const key: string = q._id;
    const existing = documents.get(key);
    const isMatch = existing !== undefined && matches(decode(bsonDocument(existing)), q);
    if (!isMatch && (existing !== undefined || upsert !== true)) {
      if (upsert !== true) return { n: 0, nModified: 0 };
      const errmsg = `E11000 duplicate key error collection: ${body.$db}.${body.update} index: _id_ dup key: { _id: "${key}" }`;
      if (transaction) this.#transactions.delete(transactionId(body));
      return { n: 0, nModified: 0, writeErrors: [{ index: 0, code: 11_000, errmsg }] };
    }
    this.#touch(body, key);
    const names = new Set(set.map(({ name }) => name));
    const id = readMembers(Buffer.from(BSON.serialize({ _id: key })));
    const kept = (existing ?? id).filter(({ name }) => !names.has(name));
    documents.set(key, [...kept, ...set]);
    return isMatch
      ? { n: 1, nModified: 1 }
      : { n: 1, nModified: 0, upserted: [{ index: 0, _id: key }] };
  }

  #delete(body: Document): Document {
    const documents = this.#transaction(body)?.documents ?? this.#documents;
    const [{ q }] = body.deletes;
    const existing = documents.get(q._id);
    if (existing === undefined || !matches(decode(bsonDocument(existing)), q)) {
      return { n: 0 };
    }
    this.#touch(body, q._id);
    documents.delete(q._id);
    return { n: 1 };
  }

  /** The first writer of a document wins. */
  #touch(body: Document, key: string): void {
    const own = this.#transaction({ ...body, startTransaction: undefined });
    if (own === undefined) return;
    const others = [...this.#transactions.values()].some((t) => t !== own && t.written.has(key));
    if (others || own.seen.get(key) !== this.#documents.get(key)) {
      this.#transactions.delete(transactionId(body));
      throw new CommandError(112, "WriteConflict", ["TransientTransactionError"]);
    }
    own.written.add(key);
  }

  #commit(body: Document): Document {
    const id = transactionId(body);
    const transaction = this.#transactions.get(id);
    if (transaction === undefined) throw new CommandError(251, "NoSuchTransaction");
    this.#transactions.delete(id);
    for (const key of transaction.written) {
      const document = transaction.documents.get(key);
      if (document === undefined) this.#documents.delete(key);
      else this.#documents.set(key, document);
    }
    return {};
  }
}

/** Strings may hold any bytes. */
const decode = (document: Buffer): Document =>
  BSON.deserialize(document, { validation: { utf8: false } });

const transactionId = (body: Document): string =>
  `${body.lsid?.id?.toString("hex")}/${String(body.txnNumber)}`;

const at = (path: string, document: Document): unknown =>
  path
    .split(".")
    .reduce<unknown>((value, name) => (value as Document | undefined)?.[name], document);

function compareAt(path: string, a: Document, b: Document): number {
  const [left, right] = [at(path, a) as string, at(path, b) as string];
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
