/** How long what a request writes is kept. */
import type { BindingMetadata } from "./contract.ts";

/** Seconds, as written; undefined: for ever. @throws {Error} */
export function timeToLive(metadata: BindingMetadata): string | undefined {
  const text = metadata.get("ttlInSeconds") || metadata.get("ttl");
  if (text === undefined || text === "") return undefined;
  if (!/^[+-]?\d{1,18}$/.test(text)) {
    throw new Error(`ttl value must be a valid integer: actual is '${text}'`);
  }
  return text;
}

/** As {@link timeToLive}, in ms. @throws {Error} also for none at all */
export function positiveTimeToLive(metadata: BindingMetadata): number | undefined {
  const text = timeToLive(metadata);
  if (text === undefined) return undefined;
  const seconds = Number(text);
  if (seconds <= 0) throw new Error(`ttl value must be higher than zero: actual is ${text}`);
  return seconds * 1000;
}
