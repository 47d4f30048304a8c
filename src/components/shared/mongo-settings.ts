/**
 * The metadata of MongoDB components: where it is, and how sure reads and writes are to be.
 * @see spec 04 §8.1
 */
import type { ReadConcernLevel, W } from "mongodb";
import { parseDuration } from "../../kit/time/duration.ts";
import type { PropertySchema } from "../contract.ts";
import { Properties } from "./properties.ts";
import { parseDecimal } from "./state-requests.ts";

export const mongoProperties: readonly PropertySchema[] = [
  {
    name: "connectionString",
    kind: "secret",
    description:
      "Whole connection URI; `host`, `server`, `username`, `password` and `params` are not used then.",
  },
  {
    name: "host",
    kind: "string",
    description: "`host:port`, or several separated by commas; this or `server`.",
  },
  { name: "server", kind: "string", description: "Name with an SRV record; this or `host`." },
  { name: "username", kind: "string", description: "Used with a password only." },
  { name: "password", kind: "secret", description: "Used with a user name only." },
  { name: "databaseName", kind: "string", default: "daprStore", description: "Database." },
  { name: "collectionName", kind: "string", default: "daprCollection", description: "Collection." },
  {
    name: "writeconcern",
    kind: "string",
    description:
      "`majority` or how many members confirm a write, which is journalled; 1 without it.",
  },
  {
    name: "readconcern",
    kind: "string",
    description: "`local` (as without it), `available`, `majority`, `linearizable` or `snapshot`.",
  },
  {
    name: "params",
    kind: "string",
    description: "Options of the connection URI: `replicaSet=rs0&tls=true`.",
  },
  {
    name: "operationTimeout",
    kind: "duration",
    default: "5s",
    description: "Longest time of an operation, with its unit.",
  },
];

export interface MongoSettings {
  /** Holds the password: never shown. */
  readonly uri: string;
  /** As in the metadata, for texts. */
  readonly host: string;
  readonly database: string;
  readonly collection: string;
  readonly operationTimeoutMs: number;
}

/** @throws {Error} when the server is not named, or twice */
export function mongoSettings(given: ReadonlyMap<string, string>): MongoSettings {
  const values = new Properties(given, mongoProperties);
  const connectionString = values.text("connectionString");
  const host = values.text("host");
  const server = values.text("server");
  if (connectionString === "" && host === "" && server === "") {
    throw new Error("must set 'host' or 'server' fields in metadata");
  }
  if (connectionString === "" && host !== "" && server !== "") {
    throw new Error("'host' or 'server' fields are mutually exclusive");
  }
  const database = values.text("databaseName") || "daprStore";
  return {
    uri: connectionString === "" ? buildUri(values, database) : connectionString,
    host,
    database,
    collection: values.text("collectionName") || "daprCollection",
    operationTimeoutMs: timeoutMs(values.text("operationTimeout") || "5s"),
  };
}

function buildUri(values: Properties, database: string): string {
  const server = values.text("server");
  const username = values.text("username");
  const password = values.text("password");
  const given = values.text("params");
  const params = given === "" || given.startsWith("?") ? given : `?${given}`;
  const hasUser = username !== "" && password !== "";
  const user = hasUser ? `${escapeUserPart(username)}:${escapeUserPart(password)}@` : "";
  if (server === "") return `mongodb://${user}${values.text("host")}/${database}${params}`;
  return `mongodb+srv://${user}${server}/${hasUser ? database : ""}${params}`;
}

/** Escapes what would end the user's part of a URI; what is escaped already stays as it is. */
export function escapeUserPart(text: string): string {
  return text
    .toWellFormed()
    .replace(/%[0-9a-fA-F]{2}|[^A-Za-z0-9\-._~]/gu, (part) =>
      part.length === 3 && part.startsWith("%") ? part : encodeURIComponent(part),
    );
}

/** A plain number is refused: it says nothing about its unit. */
function timeoutMs(text: string): number {
  let ms: number;
  try {
    ms = parseDuration(text);
  } catch (cause) {
    throw new Error("incorrect operationTimeout field from metadata", { cause });
  }
  if (ms <= 0) throw new Error("incorrect operationTimeout field from metadata");
  return ms;
}

/** How long the server waits for the other members. */
const writeWaitMs = 5000;

export interface MongoConcerns {
  readonly writeConcern: { readonly w: W; readonly journal: true; readonly wtimeoutMS: number };
  readonly readConcern: { readonly level: ReadConcernLevel };
}

/** @throws {Error} for words that are no concern */
export function mongoConcerns(given: ReadonlyMap<string, string>): MongoConcerns {
  const values = new Properties(given, mongoProperties);
  return {
    writeConcern: {
      w: writeConcern(values.text("writeconcern")),
      journal: true,
      wtimeoutMS: writeWaitMs,
    },
    readConcern: { level: readConcern(values.text("readconcern")) },
  };
}

function writeConcern(text: string): W {
  if (text === "") return 1;
  if (text === "majority") return text;
  try {
    return parseDecimal(text, "Atoi");
  } catch (cause) {
    throw new Error(`error in getting write concern object: ${(cause as Error).message}`, {
      cause,
    });
  }
}

const readConcerns: ReadonlyMap<string, ReadConcernLevel> = new Map<string, ReadConcernLevel>([
  ["", "local"],
  ["local", "local"],
  ["available", "available"],
  ["majority", "majority"],
  ["linearizable", "linearizable"],
  ["snapshot", "snapshot"],
]);

function readConcern(text: string): ReadConcernLevel {
  const level = readConcerns.get(text);
  if (level === undefined) {
    throw new Error(`error in getting read concern object: readConcern ${text} not found`);
  }
  return level;
}
