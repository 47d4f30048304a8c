/**
 * All policies and targets of a sidecar, and which apply where.
 * @see spec 02 §15.1, §15.3, §15.4
 */
import type { Logger } from "../../kit/logging/logger.ts";
import { parseDuration } from "../../kit/time/duration.ts";
import { type RetryPolicy, retryDefaults } from "./back-off.ts";
import { type BuiltInName, builtInRetries, constant, exponential } from "./built-in.ts";
import { type BreakerPolicy, defaultOpenMs, defaultTrips } from "./circuit-breaker.ts";
import type {
  ActorTarget,
  AppTarget,
  BreakerDocument,
  ComponentTarget,
  PolicyNames,
  ResiliencyDocument,
  RetryDocument,
} from "./document.ts";
import { parseStatusMatch } from "./status-match.ts";

const protectedName = "DaprBuiltInActorNotFoundRetries";
const leastBuiltInRetries = 3;

/** Which kind of component a default policy is for, as in its name and in metrics. */
export type ComponentKind =
  | "Binding"
  | "Configuration"
  | "Lock"
  | "Pubsub"
  | "Crypto"
  | "Conversation"
  | "Secretstore"
  | "Statestore";

export interface NamedBreaker {
  readonly name: string;
  readonly policy: BreakerPolicy;
}

/** What applies to a target. */
export interface Applied {
  /** ms */
  readonly timeoutMs: number | undefined;
  readonly retry: RetryPolicy | undefined;
  readonly breaker: NamedBreaker | undefined;
}

export class PolicySet {
  readonly #logger: Logger;
  readonly #timeouts = new Map<string, number>();
  readonly #retries = new Map<string, RetryPolicy>(builtInRetries);
  readonly #breakers = new Map<string, BreakerPolicy>();
  readonly #apps = new Map<string, AppTarget>();
  readonly #actors = new Map<string, ActorTarget>();
  readonly #components = new Map<string, ComponentTarget>();

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /**
   * Adds what a resource defines; what was read before an error stays.
   * @throws {Error} a policy that makes no sense
   */
  async add(document: ResiliencyDocument): Promise<void> {
    for (const [name, text] of document.timeouts) {
      this.#timeouts.set(name, durationOf("timeout", name, text));
    }
    for (const [name, retry] of document.retries) this.#addRetry(name, retryOf(name, retry));
    for (const [name, breaker] of document.circuitBreakers) {
      this.#breakers.set(name, await breakerOf(name, breaker));
    }
    for (const target of document.actors.values()) checkScope(target);
    for (const [id, target] of document.apps) this.#apps.set(id, target);
    for (const [type, target] of document.actors) this.#actors.set(type, target);
    for (const [name, target] of document.components) this.#components.set(name, target);
  }

  builtIn(name: BuiltInName): RetryPolicy {
    return this.#retries.get(name) as RetryPolicy;
  }

  appTarget(id: string): AppTarget | undefined {
    return this.#apps.get(id);
  }

  actorTarget(type: string): ActorTarget | undefined {
    return this.#actors.get(type);
  }

  app(id: string): Applied {
    return this.#choose(this.#apps.get(id), "App");
  }

  actor(type: string): Applied {
    return this.#choose(this.#actors.get(type), "Actor");
  }

  component(name: string, kind: ComponentKind, direction: "Inbound" | "Outbound"): Applied {
    const target = this.#components.get(name);
    const names = direction === "Inbound" ? target?.inbound : target?.outbound;
    return this.#choose(
      names,
      `${kind}Component${direction}`,
      `Component${direction}`,
      "Component",
    );
  }

  /** A target excludes all defaults. @param defaults what stands between `Default` and the kind, best first */
  #choose(names: PolicyNames | undefined, ...defaults: readonly string[]): Applied {
    const find = <T>(
      policies: ReadonlyMap<string, T>,
      own: string | undefined,
      kind: string,
    ): readonly [name: string, policy: T] | undefined => {
      const candidates =
        own === undefined ? [...defaults, ""].map((part) => `Default${part}${kind}Policy`) : [own];
      for (const name of candidates) {
        const policy = policies.get(name);
        if (policy !== undefined) return [name, policy];
      }
      return undefined;
    };
    const timeoutMs = find(this.#timeouts, names?.timeout, "Timeout")?.[1];
    const breaker = find(this.#breakers, names?.circuitBreaker, "CircuitBreaker");
    return {
      timeoutMs: timeoutMs === undefined || timeoutMs <= 0 ? undefined : timeoutMs,
      retry: find(this.#retries, names?.retry, "Retry")?.[1],
      breaker: breaker && { name: breaker[0], policy: breaker[1] },
    };
  }

  #addRetry(name: string, retry: RetryPolicy): void {
    if (!builtInRetries.has(name as BuiltInName)) {
      this.#retries.set(name, retry);
      return;
    }
    if (name === protectedName) {
      this.#logger.warn(
        `Attempted to override protected policy ${name} which is not allowed. Ignoring provided policy and using default.`,
      );
      return;
    }
    const isTooFew = !Number.isFinite(retry.maxRetries) || retry.maxRetries < leastBuiltInRetries;
    if (isTooFew) {
      this.#logger.warn(
        `Attempted override of ${name} did not meet minimum retry count, resetting to 3.`,
      );
    }
    this.#retries.set(name, isTooFew ? { ...retry, maxRetries: leastBuiltInRetries } : retry);
  }
}

/** Milliseconds as a number, or a Go duration. */
function durationOf(what: string, name: string, text: string): number {
  if (/^[+-]?\d+$/.test(text)) return Number(text);
  try {
    return parseDuration(text);
  } catch (cause) {
    throw new Error(`invalid ${what} ${JSON.stringify(name)}: ${(cause as Error).message}`, {
      cause,
    });
  }
}

function retryOf(name: string, document: RetryDocument): RetryPolicy {
  const { policy, duration, maxInterval, maxRetries = -1 } = document;
  const what = "retry configuration";
  const limit = maxRetries < 0 ? Number.POSITIVE_INFINITY : maxRetries;
  const statuses = parseStatusMatch({
    http: document.httpStatusCodes,
    grpc: document.grpcStatusCodes,
  });
  const waitMs = duration === "" ? retryDefaults.constantMs : durationOf(what, name, duration);
  const maxIntervalMs =
    maxInterval === "" ? retryDefaults.maxIntervalMs : durationOf(what, name, maxInterval);
  switch (policy.toLowerCase()) {
    case "":
    case "constant":
      return { ...constant(Math.max(0, waitMs), limit), statuses };
    case "exponential":
      return { ...exponential(maxIntervalMs, limit, retryDefaults.maxElapsedMs), statuses };
    default:
      throw new Error(
        `invalid ${what} ${JSON.stringify(name)}: unexpected back off policy type: ${policy}`,
      );
  }
}

async function breakerOf(name: string, document: BreakerDocument): Promise<BreakerPolicy> {
  const { maxRequests, interval, timeout, trip } = document;
  const what = "circuit breaker configuration";
  const openMs = timeout === "" ? 0 : durationOf(what, name, timeout);
  return {
    maxRequests: Math.max(1, maxRequests),
    intervalMs: interval === "" ? 0 : Math.max(0, durationOf(what, name, interval)),
    timeoutMs: openMs > 0 ? openMs : defaultOpenMs,
    trips: trip.trim() === "" ? defaultTrips : await tripOf(name, trip),
  };
}

/** The evaluator is only loaded where there is something to evaluate. */
async function tripOf(name: string, expression: string): Promise<BreakerPolicy["trips"]> {
  const { compileTrip } = await import("./trip.ts");
  try {
    return compileTrip(expression);
  } catch (cause) {
    throw new Error(
      `invalid circuit breaker configuration ${JSON.stringify(name)}: ${(cause as Error).message}`,
      { cause },
    );
  }
}

function checkScope({ circuitBreaker, circuitBreakerScope }: ActorTarget): void {
  if (circuitBreaker === "") return;
  if (circuitBreakerScope === "") throw new Error("actor circuit breakers must include scope");
  if (!["type", "id", "both"].includes(circuitBreakerScope)) {
    throw new Error(`unknown circuit breaker scope ${JSON.stringify(circuitBreakerScope)}`);
  }
}
