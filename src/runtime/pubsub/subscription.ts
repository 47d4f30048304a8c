/**
 * What an app subscribes to, wherever it said so.
 * @see spec 03 §4
 */

export interface RouteRule {
  /** A CEL expression over `event`; blank: always. */
  readonly match: string;
  readonly path: string;
}

export interface BulkSettings {
  /** <= 0: the default of the broker. */
  readonly maxMessages: number;
  readonly maxWaitMs: number;
}

export interface Subscription {
  /** `metadata.name` of a declarative one, else "". */
  readonly name: string;
  readonly pubsub: string;
  readonly topic: string;
  readonly metadata: ReadonlyMap<string, string>;
  /** Rules in order; the default comes last, with a blank match. */
  readonly rules: readonly RouteRule[];
  readonly deadLetterTopic: string;
  /** undefined: message by message. */
  readonly bulk: BulkSettings | undefined;
  readonly origin: "DECLARATIVE" | "PROGRAMMATIC" | "STREAMING";
}

/** Two subscriptions of an app to the same topic are one: the programmatic one wins (spec 03 §4.4). */
export function mergeSubscriptions(
  declarative: readonly Subscription[],
  programmatic: readonly Subscription[],
): Subscription[] {
  const key = ({ pubsub, topic }: Subscription): string => `${pubsub}\n${topic}`;
  const merged = new Map<string, Subscription>();
  for (const one of declarative) if (!merged.has(key(one))) merged.set(key(one), one);
  for (const one of programmatic) merged.set(key(one), one);
  return [...merged.values()];
}

/**
 * Loads the evaluator only where there is something to evaluate.
 * @throws {Error} a rule does not compile
 */
export async function checkRules(subscriptions: readonly Subscription[]): Promise<void> {
  const hasRules = ({ rules }: Subscription): boolean =>
    rules.some(({ match }) => match.trim() !== "");
  const ruled = subscriptions.filter(hasRules);
  if (ruled.length === 0) return;
  const { compileRoutes } = await import("./routing.ts");
  for (const { rules } of ruled) compileRoutes(rules);
}
