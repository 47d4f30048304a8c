/**
 * Operations of bindings.aws.s3 on many objects: what becomes of each is told in the answer, in the order of the request.
 * @see https://docs.dapr.io/reference/components-reference/supported-bindings/s3/
 */
import { createHash } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";
import { errorText } from "../../kit/errors/api-error.ts";
import { asArray, asInteger, asObject, asString, members } from "../../kit/json/decode.ts";
import { quoteJson } from "../../kit/json/encode.ts";
import { parseJson } from "../../kit/json/parse.ts";
import type { JsonObject, JsonValue } from "../../kit/json/value.ts";
import { systemReason } from "./confined-file.ts";
import { fromBase64 } from "./request-data.ts";
import { type S3Client, S3Error } from "./s3-client.ts";
import { readUploadFile } from "./s3-file.ts";
import { escapeXml, parseXml } from "./s3-xml.ts";

export interface BulkOptions {
  readonly client: S3Client;
  /** Of a written object, and of all that is answered together. */
  readonly maxBytes: number;
  readonly signal: AbortSignal | undefined;
}

interface ItemResult {
  readonly key: string;
  readonly data?: string;
  readonly location?: string;
  readonly error?: string;
}

const defaultConcurrency = 10;
/** S3's own limit of one request. */
const deletedAtOnce = 1_000;
/** Files are written in pieces of this size. */
const pieceBytes = 8 * 1024 * 1024;

const failure = (text: string, cause?: unknown): Error =>
  new Error(`s3 binding error: ${text}`, { cause });

/** @returns a JSON array @throws {Error} the request cannot be read */
export async function bulkGet(
  request: Buffer,
  encodes: boolean,
  { client, maxBytes, signal }: BulkOptions,
): Promise<Buffer> {
  const { items, concurrency } = readItems("bulkGet", request);
  let leftBytes = maxBytes;
  return await eachItem(items, concurrency, async (item, key) => {
    const [path] = members(item, ["filePath"]);
    if (path !== undefined) {
      await download(client, key, asString(path, "bulkGetItem.filePath"), encodes, signal);
      return { key };
    }
    const { body } = await client.send({ method: "GET", key }, signal);
    leftBytes -= body.length;
    if (leftBytes < 0) throw new Error(`the answer is larger than ${maxBytes} bytes`);
    return { key, data: body.toString(encodes ? "base64" : "utf8") };
  });
}

/** @returns a JSON array @throws {Error} the request cannot be read */
export async function bulkCreate(
  request: Buffer,
  decodes: boolean,
  { client, maxBytes, signal }: BulkOptions,
): Promise<Buffer> {
  const { items, concurrency } = readItems("bulkCreate", request);
  return await eachItem(items, concurrency, async (item, key) => {
    const [text, path, type] = members(item, ["data", "filePath", "contentType"]);
    if (path === undefined && text === undefined) {
      throw new Error("either data or filePath is required");
    }
    let body =
      path === undefined
        ? Buffer.from(asString(text, "bulkCreateItem.data"))
        : await readUploadFile(asString(path, "bulkCreateItem.filePath"), maxBytes);
    if (decodes) {
      const decoded = fromBase64(body);
      if (decoded === undefined) throw new Error("the data is not base64");
      body = decoded;
    }
    const contentType = asString(type, "bulkCreateItem.contentType");
    const headers = contentType === "" ? {} : { "content-type": contentType };
    await client.send({ method: "PUT", key, headers, body }, signal);
    return { key, location: client.url(key) };
  });
}

/** @returns a JSON array @throws {Error} the request cannot be read */
export async function bulkDelete(
  request: Buffer,
  { client, signal }: BulkOptions,
): Promise<Buffer> {
  const [given] = readPayload("bulkDelete", request, ["keys"]);
  const keys = payloadOf("bulkDelete", () =>
    asArray(given, "bulkDeletePayload.keys", "[]string").map((key) =>
      asString(key, "bulkDeletePayload.keys"),
    ),
  );
  if (keys.length === 0) throw failure("bulkDelete requires at least one key");
  const errors = new Map<string, string>();
  const wanted = [...new Set(keys)].filter((key) => key.trim() !== "");
  for (let first = 0; first < wanted.length; first += deletedAtOnce) {
    const batch = wanted.slice(first, first + deletedAtOnce);
    try {
      for (const [key, error] of await deleteBatch(client, batch, signal)) errors.set(key, error);
    } catch (error) {
      for (const key of batch) errors.set(key, errorText(error));
    }
  }
  return encodeResults(
    keys.map((key) => {
      const error = key.trim() === "" ? "key is required" : errors.get(key);
      return error === undefined ? { key } : { key, error };
    }),
  );
}

/** @returns errors by key */
async function deleteBatch(
  client: S3Client,
  keys: readonly string[],
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, string>> {
  const objects = keys.map((key) => `<Object><Key>${escapeXml(key)}</Key></Object>`).join("");
  const body = Buffer.from(
    `<?xml version="1.0" encoding="UTF-8"?><Delete xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${objects}<Quiet>true</Quiet></Delete>`,
  );
  const headers = {
    "content-type": "application/xml",
    "content-md5": createHash("md5").update(body).digest("base64"),
  };
  const request = { method: "POST", key: "", query: { delete: "" }, headers, body } as const;
  const answer = parseXml((await client.send(request, signal)).body.toString("utf8"));
  return new Map(
    answer
      .all("Error")
      .map((one) => [one.textOf("Key") ?? "", one.textOf("Message") || "unknown error"]),
  );
}

/** An object into a file, piece by piece: it may be larger than memory. @throws {Error} */
async function download(
  client: S3Client,
  key: string,
  path: string,
  encodes: boolean,
  signal: AbortSignal | undefined,
): Promise<void> {
  // Encoded pieces follow one another without padding when their size can be divided by three.
  const size = Math.max(3, Math.floor(Math.min(pieceBytes, client.maxObjectBytes) / 3) * 3);
  const first = await readPiece(client, key, 0, size, undefined, signal);
  let file: FileHandle;
  try {
    file = await open(path, "w", 0o666);
  } catch (cause) {
    throw new Error(`open ${path}: ${systemReason(cause)}`, { cause });
  }
  try {
    let piece = first;
    for (let at = 0; ; piece = await readPiece(client, key, at, size, first.etag, signal)) {
      await file.writeFile(encodes ? piece.bytes.toString("base64") : piece.bytes);
      at += piece.bytes.length;
      if (at >= first.total) return;
      // Whoever answers with nothing would be asked for ever.
      if (piece.bytes.length !== size) throw new Error("unexpected EOF");
    }
  } finally {
    await file.close();
  }
}

interface Piece {
  readonly bytes: Buffer;
  /** Bytes of the whole object. */
  readonly total: number;
  readonly etag: string | undefined;
}

/** @param etag what the object must still be, so that pieces are of one and the same @throws {Error} */
async function readPiece(
  client: S3Client,
  key: string,
  at: number,
  size: number,
  etag: string | undefined,
  signal: AbortSignal | undefined,
): Promise<Piece> {
  const headers = {
    range: `bytes=${at}-${at + size - 1}`,
    ...(etag === undefined ? {} : { "if-match": etag }),
  };
  try {
    const answer = await client.send({ method: "GET", key, headers }, signal);
    const total = /\/(\d+)$/.exec(String(answer.headers["content-range"] ?? ""))?.[1];
    const told = answer.headers.etag;
    return {
      bytes: answer.body,
      total: total === undefined ? answer.body.length : Number(total),
      etag: typeof told === "string" ? told : undefined,
    };
  } catch (error) {
    // An empty object has no first byte.
    if (at > 0 || !(error instanceof S3Error) || error.code !== "InvalidRange") throw error;
    return { bytes: Buffer.alloc(0), total: 0, etag: undefined };
  }
}

/** Several at a time; what goes wrong with one is its result. */
async function eachItem(
  items: readonly JsonObject[],
  concurrency: number,
  work: (item: JsonObject, key: string) => Promise<ItemResult>,
): Promise<Buffer> {
  const results: ItemResult[] = [];
  const rest = items.entries();
  const runner = async (): Promise<void> => {
    for (const [i, item] of rest) results[i] = await resultOf(item, work);
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, items.length) }, runner));
  return encodeResults(results);
}

async function resultOf(
  item: JsonObject,
  work: (item: JsonObject, key: string) => Promise<ItemResult>,
): Promise<ItemResult> {
  const key = keyOf(item);
  if (key === "") return { key, error: "key is required" };
  try {
    return await work(item, key);
  } catch (error) {
    const isMissing = error instanceof S3Error && error.code === "NoSuchKey";
    return { key, error: isMissing ? "object not found" : errorText(error) };
  }
}

const keyOf = (item: JsonObject): string => asString(members(item, ["key"])[0], "bulkItem.key");

/** What is empty is left out. */
function encodeResults(results: readonly ItemResult[]): Buffer {
  const objects = results.map(({ key, data = "", location = "", error = "" }) => {
    const told = Object.entries({ data, location, error }).filter(([, text]) => text !== "");
    const pairs = [["key", key], ...told] as const;
    return `{${pairs.map(([name, text]) => `"${name}":${quoteJson(text)}`).join(",")}}`;
  });
  return Buffer.from(`[${objects.join(",")}]`);
}

/** @throws {Error} */
function readItems(
  operation: string,
  request: Buffer,
): { readonly items: readonly JsonObject[]; readonly concurrency: number } {
  const [given, limit] = readPayload(operation, request, ["items", "concurrency"]);
  return payloadOf(operation, () => {
    const items = asArray(given, `${operation}Payload.items`, `[]s3.${operation}Item`).map(
      (item) => {
        const object = asObject(item, `${operation}Payload.items`, `s3.${operation}Item`);
        const fields = members(object ?? new Map(), ["key", "data", "filePath", "contentType"]);
        for (const field of fields) asString(field, `${operation}Item`);
        return object ?? new Map();
      },
    );
    if (items.length === 0) throw failure(`${operation} requires at least one item`);
    const concurrency =
      limit === undefined
        ? defaultConcurrency
        : asInteger(limit, `${operation}Payload.concurrency`);
    if (concurrency <= 0) {
      throw failure(`concurrency must be greater than 0, got ${concurrency}`);
    }
    return { items, concurrency };
  });
}

function readPayload(
  operation: string,
  request: Buffer,
  names: readonly string[],
): (JsonValue | undefined)[] {
  return payloadOf(operation, () => {
    const object = asObject(parseJson(request), "", `s3.${operation}Payload`);
    return object === undefined ? [] : members(object, names);
  });
}

/** @throws {Error} what is wrong with the request */
function payloadOf<T>(operation: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (cause instanceof Error && cause.message.startsWith("s3 binding error: ")) throw cause;
    throw failure(`invalid ${operation} payload: ${errorText(cause)}`, cause);
  }
}
