/**
 * Rows of MySQL as JSON.
 * @see spec 03 §9
 */
import { encodeJson } from "../../kit/json/encode.ts";
import { type ExactJson, JsonNumber } from "../../kit/json/value.ts";
import type { MysqlResult } from "../shared/mysql.ts";
import { withoutZeros } from "./fraction.ts";

/** Numbers of types in the protocol. */
const integers: ReadonlySet<number | undefined> = new Set([1, 2, 3, 8, 9, 13]);
const float = 4;
const times: ReadonlySet<number | undefined> = new Set([7, 10, 12]);

/** An array of objects by column, without what is NULL. @returns `null` when there are no rows */
export function mysqlJson({ rows, columns }: MysqlResult, parsesTimes: boolean): string {
  if (rows.length === 0) return "null";
  return encodeJson(
    rows.map((row) => {
      const object = new Map<string, ExactJson>();
      for (const [i, { name, columnType }] of columns.entries()) {
        const cell = row[i];
        if (cell !== null && cell !== undefined) {
          object.set(name, cellJson(cell, columnType, parsesTimes));
        }
      }
      return object;
    }),
  );
}

function cellJson(
  cell: string | number | Buffer,
  type: number | undefined,
  parsesTimes: boolean,
): ExactJson {
  if (Buffer.isBuffer(cell)) return cell.toString("base64");
  if (integers.has(type)) return new JsonNumber(String(cell));
  if (typeof cell === "number") return type === float ? shortestFloat(cell) : cell;
  return parsesTimes && times.has(type) ? rfc3339(cell) : cell;
}

/** With the digits that single precision has. */
function shortestFloat(value: number): number {
  for (let digits = 1; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === Math.fround(value)) return short;
  }
  return value;
}

/** `2026-01-02 03:04:05.600` as `2026-01-02T03:04:05.6Z`; a date is its midnight. */
function rfc3339(text: string): string {
  const [day = "", time = "00:00:00"] = text.split(" ");
  // Quirk: the driver's zero value of a time.
  if (day.startsWith("0000-00-00")) return "0001-01-01T00:00:00Z";
  return `${day}T${withoutZeros(time)}Z`;
}
