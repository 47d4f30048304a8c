/**
 * Configuration items as the HTTP API shows them: keys sorted, empty members left out.
 * @see spec 01 §7
 */
import type {
  ConfigurationEvent,
  ConfigurationItem,
} from "../../components/configuration/contract.ts";
import { encodeJson, quoteJson, sortedByBytes } from "../../kit/json/encode.ts";

export function itemsJson(items: ReadonlyMap<string, ConfigurationItem>): string {
  const members = sortedByBytes([...items.keys()]).map(
    (key) => `${quoteJson(key)}:${itemJson(items.get(key) as ConfigurationItem)}`,
  );
  return `{${members.join(",")}}`;
}

/** What the app is told. */
export const eventJson = ({ id, items }: ConfigurationEvent): string =>
  `{"id":${quoteJson(id)},"items":${itemsJson(items)}}\n`;

function itemJson({ value, version, metadata }: ConfigurationItem): string {
  const members: string[] = [];
  if (value !== "") members.push(`"value":${quoteJson(value)}`);
  if (version !== "") members.push(`"version":${quoteJson(version)}`);
  if (metadata.size > 0) members.push(`"metadata":${encodeJson(metadata)}`);
  return `{${members.join(",")}}`;
}
