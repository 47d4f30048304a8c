/** Metadata of what came from outside, on its way to the app. */
import type { InvokeMetadata } from "./contract.ts";

// biome-ignore lint/suspicious/noControlCharactersInRegex: what no header holds
const unsendable = /[\u0000-\u0008\u000a-\u001f\u007f]/;

/**
 * name0, value0, ... with names in lower case; the body's own are left out, and what no header can hold: with it no
 * attempt would ever reach the app.
 * @see spec 03 §4.7
 */
export function flatMetadata(metadata: ReadonlyMap<string, string>): InvokeMetadata {
  const flat: string[] = [];
  for (const [name, value] of metadata) {
    const lower = name.toLowerCase();
    if (lower === "content-type" || lower === "content-length") continue;
    if (lower === "tracestate" && value === "") continue;
    if (unsendable.test(value)) continue;
    flat.push(lower, value);
  }
  return flat;
}
