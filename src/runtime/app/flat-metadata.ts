/** Metadata of what came from outside, on its way to the app. */
import type { InvokeMetadata } from "./contract.ts";

/** name0, value0, ... with names in lower case; the body's own are left out. @see spec 03 §4.7 */
export function flatMetadata(metadata: ReadonlyMap<string, string>): InvokeMetadata {
  const flat: string[] = [];
  for (const [name, value] of metadata) {
    const lower = name.toLowerCase();
    if (lower === "content-type" || lower === "content-length") continue;
    if (lower === "tracestate" && value === "") continue;
    flat.push(lower, value);
  }
  return flat;
}
