/** Properties that SQL stores share. @see spec 04 §8.1 */
import type { PropertySchema } from "../contract.ts";
import type { Properties } from "../shared/properties.ts";

export const cleanupProperty: PropertySchema = {
  name: "cleanupInterval",
  aliases: ["cleanupIntervalInSeconds"],
  kind: "duration",
  default: "1h",
  description: "How often expired rows are deleted; 0 or less: never.",
};

/** ms; 0: never. Empty means the default. @throws {Error} */
export function cleanupIntervalOf(values: Properties): number {
  if (values.text("cleanupInterval") === "") return 60 * 60_000;
  return Math.max(0, values.durationMs("cleanupInterval"));
}
