/**
 * One connection to PostgreSQL, and statements as they go over it: a batch is sent in one write and answered in one.
 *
 * A batch of several statements is one implicit transaction: all of them, or none.
 */
import { createHash } from "node:crypto";
import { connect as dial } from "node:net";
import type { Client } from "pg";
import type { PooledSession } from "./pool-claims.ts";
import type { PostgresSettings, PostgresTarget, StatementMode } from "./postgres-settings.ts";

/** What a statement is given: text, bytes for `bytea`, or NULL. */
export type PostgresValue = string | Buffer | null;

export interface Statement {
  /** The server keeps it under this name; "": it is parsed each time. The same name always has the same text. */
  readonly name: string;
  readonly text: string;
}

export interface Step {
  readonly statement: Statement;
  readonly values: readonly PostgresValue[];
}

/** Columns in the text form of the server, in the order of the statement. */
export type PostgresRow = readonly (string | null)[];

export interface StepResult {
  readonly rows: readonly PostgresRow[];
  /** Rows that were changed or found. */
  readonly affected: number;
}

/** What the server refused, in the reference's wording. */
export class PostgresError extends Error {
  override readonly name = "PostgresError";
  /** SQLSTATE */
  readonly code: string;
  /** The server ends the connection. */
  readonly isFatal: boolean;

  constructor(cause: ServerMessage) {
    const { severity = "ERROR", message, code = "" } = cause;
    super(`${severity}: ${message} (SQLSTATE ${code})`, { cause });
    this.code = code;
    this.isFatal = severity !== "ERROR";
  }
}

interface ServerMessage {
  readonly severity?: string;
  readonly message: string;
  readonly code?: string;
}

/** The parts of the driver's connection that a query uses. */
interface Wire {
  readonly stream: { cork(): void; uncork(): void; destroy(): void };
  parse(query: { text: string; name: string; types: undefined }): void;
  bind(config: {
    portal: string;
    statement: string;
    values: readonly PostgresValue[];
    binary: boolean;
    valueMapper: (value: PostgresValue) => PostgresValue;
  }): void;
  execute(config: { portal: string; rows: number }): void;
  sync(): void;
  query(text: string): void;
  on(event: "parseComplete", listener: () => void): void;
  on(
    event: "parameterStatus",
    listener: (message: { parameterName: string; parameterValue: string }) => void,
  ): void;
}

/** What the driver knows of a connection, beyond its declared types. */
interface Inside {
  readonly connection: Wire;
  readonly processID: number | null;
  readonly secretKey: number | null;
}

const inside = (client: Client): Inside => client as unknown as Inside;

/** Ends a connection at once, whatever it is doing. */
export const destroyClient = (client: Client): void => inside(client).connection.stream.destroy();

const asIs = (value: PostgresValue): PostgresValue => value;

/** Statements in flight; the driver calls its methods as answers come. */
export abstract class Batch {
  readonly #steps: readonly Step[];
  readonly #results: StepResult[] = [];
  #rows: PostgresRow[] = [];
  /** Names whose parsing is not confirmed yet. */
  #parsing: string[] = [];
  #session: PostgresSession | undefined;

  constructor(steps: readonly Step[]) {
    this.#steps = steps;
  }

  /** Exactly once, when the server has answered or the connection is gone. */
  protected abstract end(error: Error | undefined, results: readonly StepResult[]): void;

  start(session: PostgresSession): void {
    this.#session = session;
    session.current = this;
    session.client.query(this as unknown as Parameters<Client["query"]>[0]);
  }

  /** @returns what the driver is to tell {@link handleError}: nothing was sent */
  submit(wire: Wire): Error | null {
    const session = this.#session as PostgresSession;
    if (session.mode === "simple") return this.#submitText(session, wire);
    wire.stream.cork();
    for (const { statement, values } of this.#steps) {
      const name = session.mode === "named" ? statement.name : "";
      const isKnown = name !== "" && (session.prepared.has(name) || this.#parsing.includes(name));
      if (!isKnown) {
        wire.parse({ text: statement.text, name, types: undefined });
        this.#parsing.push(name);
      }
      wire.bind({ portal: "", statement: name, values, binary: false, valueMapper: asIs });
      wire.execute({ portal: "", rows: 0 });
    }
    wire.sync();
    wire.stream.uncork();
    return null;
  }

  #submitText(session: PostgresSession, wire: Wire): Error | null {
    if (!session.hasStandardStrings) {
      return new UnsentError(
        "simple protocol queries must be run with standard_conforming_strings=on",
      );
    }
    const texts: string[] = [];
    for (const step of this.#steps) {
      const text = interpolated(step);
      if (text === undefined) return new UnsentError("a text for PostgreSQL must not contain NUL");
      texts.push(text);
    }
    wire.query(texts.join(";"));
    return null;
  }

  handleParseComplete(): void {
    const name = this.#parsing.shift();
    if (name !== undefined && name !== "") this.#session?.prepared.add(name);
  }

  /** Only when the server describes rows; their columns are known. */
  handleRowDescription(): void {}

  handleDataRow(message: { readonly fields: PostgresRow }): void {
    this.#rows.push(message.fields);
  }

  handleCommandComplete(message: { readonly text: string }): void {
    const { text } = message;
    const affected = Number(text.slice(text.lastIndexOf(" ") + 1));
    this.#results.push({ rows: this.#rows, affected: Number.isNaN(affected) ? 0 : affected });
    this.#rows = [];
  }

  handleEmptyQuery(): void {
    this.handleCommandComplete({ text: "" });
  }

  handleReadyForQuery(): void {
    this.end(undefined, this.#results);
  }

  handleError(error: Error): void {
    const session = this.#session as PostgresSession;
    if ("severity" in error && "code" in error) {
      const refused = new PostgresError(error as ServerMessage);
      if (refused.isFatal) session.isBroken = true;
      this.end(refused, this.#results);
    } else if (error instanceof UnsentError) {
      this.end(error, this.#results);
    } else {
      session.isBroken = true;
      const text = `connection to PostgreSQL at ${session.address} was lost`;
      this.end(new Error(text, { cause: error }), this.#results);
    }
  }
}

/** Statements that cannot be written; the connection is as good as before. */
class UnsentError extends Error {
  override readonly name = "UnsentError";
}

/**
 * For poolers without the extended protocol: literals in place of `$1`. Text in quotes is left alone.
 * @returns undefined for text with NUL, which would end the message early
 */
function interpolated({ statement, values }: Step): string | undefined {
  if (values.some((value) => typeof value === "string" && value.includes("\0"))) return undefined;
  return statement.text.replace(/'(?:[^']|'')*'|"(?:[^"]|"")*"|\$(\d+)/g, (found, number) => {
    if (number === undefined) return found;
    const value = values[Number(number) - 1] ?? null;
    if (value === null) return "NULL";
    if (typeof value !== "string") return `'\\x${value.toString("hex")}'`;
    return ` '${value.replaceAll("'", "''")}'`;
  });
}

export class PostgresSession implements PooledSession {
  readonly client: Client;
  readonly target: PostgresTarget;
  readonly mode: StatementMode;
  /** Names that this server process knows. */
  readonly prepared = new Set<string>();
  current: Batch | undefined;
  isBroken = false;
  /** Whether a backslash in a literal is only that. */
  hasStandardStrings = true;

  constructor(client: Client, target: PostgresTarget, settings: PostgresSettings) {
    this.client = client;
    this.target = target;
    this.mode = settings.statementMode;
    const { connection } = inside(client);
    connection.on("parseComplete", () => this.current?.handleParseComplete());
    connection.on("parameterStatus", ({ parameterName, parameterValue }) => {
      if (parameterName === "standard_conforming_strings") {
        this.hasStandardStrings = parameterValue === "on";
      }
    });
  }

  get isInTransaction(): boolean {
    return this.client.getTransactionStatus() !== "I";
  }

  get address(): string {
    return addressOf(this.target);
  }

  /** Sends statements; only one batch at a time. @throws {PostgresError} */
  run(steps: readonly Step[]): Promise<readonly StepResult[]> {
    return new Promise((resolve, reject) => new SessionBatch(steps, resolve, reject).start(this));
  }

  /** One statement that is not worth a name. */
  async query(text: string, values: readonly PostgresValue[] = []): Promise<StepResult> {
    const [result] = await this.run([{ statement: { name: "", text }, values }]);
    return result ?? { rows: [], affected: 0 };
  }

  /** Says good-bye to the server. */
  close(): void {
    this.client.end(() => {});
  }

  /** Ends a connection in the middle of a statement, and asks the server to give the statement up. */
  kill(): void {
    this.isBroken = true;
    const { processID, secretKey } = inside(this.client);
    destroyClient(this.client);
    if (processID === null || secretKey === null) return;
    const { host, address, port } = this.target;
    const socket = host.startsWith("/")
      ? dial(`${host}/.s.PGSQL.${port}`)
      : dial(port, address ?? host);
    socket.setTimeout(cancelLimitMs, () => socket.destroy());
    socket.on("error", () => socket.destroy());
    const message = Buffer.alloc(16);
    message.writeInt32BE(16, 0);
    message.writeInt32BE(80_877_102, 4);
    message.writeInt32BE(processID, 8);
    message.writeInt32BE(secretKey, 12);
    socket.on("connect", () => socket.end(message));
    socket.resume();
    socket.unref();
  }
}

const cancelLimitMs = 5000;

class SessionBatch extends Batch {
  readonly #resolve: (results: readonly StepResult[]) => void;
  readonly #reject: (error: Error) => void;

  constructor(
    steps: readonly Step[],
    resolve: (results: readonly StepResult[]) => void,
    reject: (error: Error) => void,
  ) {
    super(steps);
    this.#resolve = resolve;
    this.#reject = reject;
  }

  protected override end(error: Error | undefined, results: readonly StepResult[]): void {
    if (error === undefined) this.#resolve(results);
    else this.#reject(error);
  }
}

export const addressOf = ({ host, address, port }: PostgresTarget): string =>
  host.startsWith("/") ? `${host}/.s.PGSQL.${port}` : `${address ?? host}:${port}`;

/** A statement that the server keeps, under a name that only this text has. */
export const named = (text: string): Statement => ({
  name: `dapr_${createHash("sha256").update(text).digest("hex").slice(0, 24)}`,
  text,
});
