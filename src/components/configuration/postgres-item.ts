/**
 * Rows of a configuration table and notifications about them, as items.
 * @see spec 04 §8.5
 */
import type { PostgresRow } from "../shared/postgres-session.ts";
import { type ConfigurationItem, noItem } from "./contract.ts";

/** The item of each key: of several rows that with the highest integer version, else the first. */
export function itemsOfRows(rows: readonly PostgresRow[]): Map<string, ConfigurationItem> {
  const items = new Map<string, ConfigurationItem>();
  for (const [key = null, value = null, version = null, metadata = null] of rows) {
    if (key === null) continue;
    const item = { value: value ?? "", version: version ?? "", metadata: metadataOf(metadata) };
    const known = items.get(key);
    if (known === undefined || numberOf(item) > numberOf(known)) items.set(key, item);
  }
  return items;
}

const numberOf = ({ version }: ConfigurationItem): number =>
  /^[+-]?\d+$/.test(version) ? Number(version) : -1;

function metadataOf(json: string | null): ReadonlyMap<string, string> {
  if (json === null || json === "") return noItem.metadata;
  try {
    return textsOf(JSON.parse(json));
  } catch {
    return noItem.metadata;
  }
}

/**
 * The row within `{"data": {key, value, version, metadata}}`, names in any case.
 * @returns undefined when the payload has another form
 */
export function itemOfPayload(
  payload: string,
): { readonly key: string; readonly item: ConfigurationItem } | undefined {
  let message: unknown;
  try {
    message = JSON.parse(payload);
  } catch {
    return undefined;
  }
  const data = membersOf(message).find(([name]) => name === "data")?.[1];
  const row = new Map(membersOf(data).map(([name, value]) => [name.toLowerCase(), value]));
  const key = row.get("key");
  if (typeof key !== "string") return undefined;
  const item = {
    value: textOf(row.get("value")),
    version: textOf(row.get("version")),
    metadata: textsOf(row.get("metadata")),
  };
  return { key, item };
}

const membersOf = (value: unknown): [string, unknown][] =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? Object.entries(value) : [];

const textsOf = (value: unknown): ReadonlyMap<string, string> =>
  new Map(membersOf(value).map(([name, member]) => [name, textOf(member)]));

function textOf(value: unknown): string {
  if (value === undefined || value === null) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}
