/**
 * State as documents of RedisJSON: `{"data":...,"version":n,"first-write":0}`, for requests whose metadata say that they are
 * JSON.
 * @see spec 03 §6.3
 */
import { errorText } from "../../kit/errors/api-error.ts";
import { parseFirstExact } from "../../kit/json/parse.ts";
import { isReplyError, type RedisCommands, type RedisConnection } from "../shared/redis.ts";
import { encodeRedisJson } from "../shared/redis-json.ts";
import type { GetResponse, StateMetadata } from "./contract.ts";

export const asksForDocument = (metadata: StateMetadata): boolean =>
  metadata.get("contentType") === "application/json";

/** Whether the server has RedisJSON. */
export async function hasDocuments(connection: RedisConnection): Promise<boolean> {
  try {
    await connection.run((client) => command(client, "JSON.GET"));
    return true;
  } catch (error) {
    if (!isReplyError(error)) throw error;
    return /wrong number of arguments/i.test(errorText(error));
  }
}

/** A command that the driver has no method for. */
export const command = (
  client: RedisCommands,
  name: string,
  ...args: (string | number | Buffer)[]
): Promise<unknown> => client.call(name, ...args) as Promise<unknown>;

/**
 * The version that a key has: false for none. A server without RedisJSON says so, before anything is touched; a key that
 * holds anything else counts as absent.
 */
const currentVersion = `
local key, expected = KEYS[1], ARGV[1]
local found = redis.pcall("JSON.GET", key, "$.version")
local current = false
if type(found) == "string" then
  current = string.match(found, "^%[(%d+)%]$") or false
elseif type(found) == "table" and found["err"] then
  if string.find(found["err"], "nknown") then return found end
end
`;

/** Arguments as those of the script for hashes; a new document begins with the version after the expected one. */
export const setDocumentScript = `
${currentVersion}
local guarded = current and redis.call("JSON.GET", key, '$["first-write"]')
if guarded == "[]" then guarded = false end
if not current or current == expected or (expected == "0" and not guarded) then
  local next = string.format("%.0f", tonumber(current or expected) + 1)
  if current then
    redis.call("JSON.SET", key, "$.data", ARGV[2])
    redis.call("JSON.SET", key, "$.version", next)
  else
    redis.call("DEL", key)
    redis.call("JSON.SET", key, "$", '{"data":' .. ARGV[2] .. ',"version":' .. next .. "}")
  end
  if ARGV[3] == "0" then redis.call("JSON.SET", key, '$["first-write"]', "0") end
  return 1
end
return redis.error_reply("ERR failed to set key " .. key)
`.trim();

/** Argument: expected version (0: any). */
export const deleteDocumentScript = `
${currentVersion}
if not current or current == expected or expected == "0" then
  return redis.call("DEL", key)
end
return redis.error_reply("ERR failed to delete " .. key)
`.trim();

/** @returns undefined: there is no such key @throws {Error} it holds something else */
export async function readDocument(
  connection: RedisConnection,
  key: string,
): Promise<GetResponse | undefined> {
  const text = await connection.run((client) => command(client, "JSON.GET", key, "$"));
  return typeof text === "string" ? fieldsOf(text) : undefined;
}

/** @param text `[document]` @throws {Error} */
function fieldsOf(text: string): GetResponse {
  const list = parseFirstExact(Buffer.from(text));
  const document = Array.isArray(list) ? list[0] : undefined;
  const data = document instanceof Map ? document.get("data") : undefined;
  const version = document instanceof Map ? document.get("version") : undefined;
  if (data === undefined || version === undefined) {
    throw new Error("required hash field 'data' or 'version' was not found");
  }
  return {
    data: Buffer.from(encodeRedisJson(data)),
    etag: encodeRedisJson(version),
    metadata: undefined,
  };
}
