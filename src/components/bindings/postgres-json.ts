/**
 * Values of PostgreSQL as JSON text.
 * @see spec 03 §9
 */
import { quoteJson } from "../../kit/json/encode.ts";

/** Type numbers of the server's catalogue. */
const integers: ReadonlySet<number> = new Set([20, 21, 23, 26]);
const decimals: ReadonlySet<number> = new Set([700, 701, 1700]);
const json: ReadonlySet<number> = new Set([114, 3802]);
const bool = 16;
const bytes = 17;
const day = 1082;
const timestamps: ReadonlySet<number> = new Set([1114, 1184]);

/** @param text as the server writes it */
export function postgresJson(type: number, text: string): string {
  if (integers.has(type)) return text;
  if (decimals.has(type)) return /^-?\d+(\.\d+)?(e[+-]?\d+)?$/.test(text) ? text : quoteJson(text);
  if (json.has(type)) return text;
  if (type === bool) return text === "t" ? "true" : "false";
  if (type === bytes && text.startsWith("\\x")) {
    return quoteJson(Buffer.from(text.slice(2), "hex").toString("base64"));
  }
  if (type === day) return quoteJson(`${text}T00:00:00Z`);
  return quoteJson(timestamps.has(type) ? rfc3339(text) : text);
}

/** `2026-01-02 03:04:05.6+02` as `2026-01-02T03:04:05.6+02:00`. */
function rfc3339(text: string): string {
  const parts =
    /^(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2}(?:\.\d+)?)(?:([+-]\d{2})(?::?(\d{2}))?)?$/.exec(text);
  if (parts === null) return text;
  const [, date, time, zone, minutes = "00"] = parts;
  const isUtc = zone === undefined || (Number(zone) === 0 && minutes === "00");
  return `${date}T${time}${isUtc ? "Z" : `${zone}:${minutes}`}`;
}
