/**
 * Finds metadata that nobody reads: the reference ignores it in silence, and so does a misspelt name.
 * @see spec 04 §4.2, §4.4
 */
import type { PropertySchema } from "../../components/contract.ts";
import { suggestion } from "../../kit/resources/closest-name.ts";

/** What the building blocks read themselves, by category. @see spec 01 §5, spec 03, spec 04 §4.4 */
const blockProperties: ReadonlyMap<string, readonly string[]> = new Map([
  [
    "state",
    [
      "keyPrefix",
      "actorStateStore",
      "primaryEncryptionKey",
      "secondaryEncryptionKey",
      "outboxPublishPubsub",
      "outboxPublishTopic",
      "outboxPubsub",
      "outboxDiscardWhenMissingState",
    ],
  ],
  [
    "pubsub",
    ["consumerID", "allowedTopics", "protectedTopics", "publishingScopes", "subscriptionScopes"],
  ],
  ["bindings", ["direction", "route"]],
  ["lock", ["keyPrefix"]],
]);

/** Main names; the block's own last. */
function knownNames(type: string, schema: readonly PropertySchema[]): string[] {
  const category = type.split(".", 1)[0] as string;
  return [...schema.map(({ name }) => name), ...(blockProperties.get(category) ?? [])];
}

/** One text for each name that neither the component nor its block knows: `metadata "redisHots" is unknown; ...`. */
export function unknownMetadata(
  type: string,
  names: Iterable<string>,
  schema: readonly PropertySchema[],
): { readonly name: string; readonly text: string }[] {
  const known = knownNames(type, schema);
  const accepted = new Set(
    [...known, ...schema.flatMap(({ aliases = [] }) => aliases)].map((name) => name.toLowerCase()),
  );
  const unknown = [];
  for (const name of names) {
    if (accepted.has(name.toLowerCase())) continue;
    unknown.push({
      name,
      text: `metadata ${JSON.stringify(name)} is unknown${suggestion(name, known)}`,
    });
  }
  return unknown;
}
