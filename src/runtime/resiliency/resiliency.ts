/**
 * The policies of a sidecar as its parts ask for them. Made once at start; where nothing applies the answer is undefined,
 * and the part calls directly.
 * @see spec 02 §15
 */
import type { Random } from "../../kit/lifecycle/platform.ts";
import type { Logger } from "../../kit/logging/logger.ts";
import type { Metrics } from "../../kit/metrics/metrics.ts";
import type { Clock } from "../../kit/time/clock.ts";
import type { RetryPolicy } from "./back-off.ts";
import type { BuiltInName } from "./built-in.ts";
import { CircuitBreaker } from "./circuit-breaker.ts";
import type { ResiliencyDocument } from "./document.ts";
import { Lru } from "./lru.ts";
import type { Policy, PolicyContext } from "./policy.ts";
import { type FlowDirection, PolicyMetrics, type TargetMetrics } from "./policy-metrics.ts";
import { type Applied, type ComponentKind, type NamedBreaker, PolicySet } from "./policy-set.ts";

export interface ResiliencyOptions {
  readonly appId: string;
  readonly clock: Clock;
  readonly random: Random;
  /** `dapr.runtime` */
  readonly logger: Logger;
  readonly metrics: Metrics;
}

const defaultAppBreakers = 100;
const actorBreakers = 5000;
/** Ids of apps come from clients: the oldest are forgotten beyond this many, and later ones are not counted in metrics. */
const maxApps = 1000;

/** What is known about an app or actor type that was asked for. */
interface TargetPolicies {
  readonly applied: Applied;
  readonly metrics: TargetMetrics | undefined;
  /** By method, or by actor. */
  readonly breakers: Lru<string, CircuitBreaker>;
}

/** The two halves of what applies to an actor. */
export interface ActorPolicies {
  /** Around the wait for the actor's turn; without a timeout. */
  readonly before: Policy | undefined;
  /** Within the turn: the timeout alone. */
  readonly within: Policy | undefined;
}

export class Resiliency {
  readonly #options: ResiliencyOptions;
  readonly #context: PolicyContext;
  readonly #set: PolicySet;
  readonly #metrics: PolicyMetrics;
  readonly #names: string[] = [];
  readonly #apps = new Lru<string, TargetPolicies>(maxApps);
  readonly #actors = new Lru<string, TargetPolicies>(maxApps);
  /** Targets of metrics that come from clients. */
  readonly #counted = new Set<string>();
  readonly #componentBreakers = new Map<string, CircuitBreaker>();

  constructor(options: ResiliencyOptions) {
    this.#options = options;
    this.#context = options;
    this.#set = new PolicySet(options.logger);
    this.#metrics = new PolicyMetrics(options.metrics, options.appId);
  }

  /** Of the resources, as the metadata API shows them. */
  get names(): readonly string[] {
    return this.#names;
  }

  /** Later resources take the place of policies of the same name. Faulty ones are logged. */
  async add(document: ResiliencyDocument): Promise<void> {
    const { logger } = this.#options;
    const { name } = document;
    logger.info(`Loading Resiliency configuration: ${name}`);
    this.#names.push(name);
    this.#metrics.named(document);
    try {
      await this.#set.add(document);
      this.#metrics.loaded(document);
    } catch (error) {
      logger.error(`Could not read resiliency policy ${name}: ${(error as Error).message}`);
    }
  }

  builtIn(name: BuiltInName): RetryPolicy {
    return this.#set.builtIn(name);
  }

  /** Whether a resource names the app, so that no default and no built-in policy is for it. */
  hasAppTarget(id: string): boolean {
    return this.#set.appTarget(id) !== undefined;
  }

  hasActorTarget(type: string): boolean {
    return this.#set.actorTarget(type) !== undefined;
  }

  /**
   * @param id as the client gave it
   * @param key `<id>:<method>`: each has a breaker of its own
   */
  app(id: string, key: string): Policy | undefined {
    const target = this.#apps.obtain(id, () => {
      const size = this.#set.appTarget(id)?.circuitBreakerCacheSize ?? 0;
      const applied = this.#set.app(id);
      return this.#target(applied, `app_${id}`, size > 0 ? size : defaultAppBreakers);
    });
    return this.#policy(target.applied, {
      operation: `endpoint[${id}, ${key}]`,
      metrics: target.metrics,
      breaker: ({ policy }) =>
        target.breakers.obtain(key, () => this.#breaker({ name: key, policy })),
    });
  }

  actor(type: string, id: string): ActorPolicies {
    const configured = this.#set.actorTarget(type);
    const target = this.#actors.obtain(type, () => {
      const size = configured?.circuitBreakerCacheSize ?? 0;
      return this.#target(this.#set.actor(type), `actor_${type}`, size > 0 ? size : actorBreakers);
    });
    const { timeoutMs, ...others } = target.applied;
    const scope = configured?.circuitBreakerScope ?? "type";
    const key = scope === "type" ? type : `${type}-${id}`;
    const init = {
      operation: `actor[${type}, ${id}]`,
      metrics: target.metrics,
      breaker: ({ name, policy }: NamedBreaker) =>
        target.breakers.obtain(key, () => this.#breaker({ name: `${name}-${key}`, policy })),
    };
    return {
      before: this.#policy({ ...others, timeoutMs: undefined }, init),
      within: this.#policy({ timeoutMs, retry: undefined, breaker: undefined }, init),
    };
  }

  /** @param name of the component */
  component(name: string, kind: ComponentKind, direction: FlowDirection): Policy | undefined {
    const isInbound = direction === "inbound";
    const applied = this.#set.component(name, kind, isInbound ? "Inbound" : "Outbound");
    return this.#policy(applied, {
      operation: `component[${name}] ${isInbound ? "input" : "output"}`,
      metrics: this.#metrics.of(`${kind}_${name}`, direction),
      breaker: (breaker) => this.#componentBreaker(name, breaker),
    });
  }

  #target(applied: Applied, metricsTarget: string, maxBreakers: number): TargetPolicies {
    if (this.#counted.size < maxApps) this.#counted.add(metricsTarget);
    const isCounted = this.#counted.has(metricsTarget);
    return {
      applied,
      metrics: isCounted ? this.#metrics.of(metricsTarget, "outbound") : undefined,
      breakers: new Lru(maxBreakers),
    };
  }

  #policy(
    { timeoutMs, retry, breaker }: Applied,
    init: {
      readonly operation: string;
      readonly metrics: TargetMetrics | undefined;
      readonly breaker: (named: NamedBreaker) => CircuitBreaker;
    },
  ): Policy | undefined {
    if (timeoutMs === undefined && retry === undefined && breaker === undefined) return undefined;
    return {
      context: this.#context,
      operation: init.operation,
      metrics: init.metrics,
      timeoutMs,
      retry,
      breaker: breaker && init.breaker(breaker),
    };
  }

  /** One for both directions. */
  #componentBreaker(component: string, { name, policy }: NamedBreaker): CircuitBreaker {
    const fullName = `${name}-${component}`;
    const known = this.#componentBreakers.get(fullName);
    if (known !== undefined) return known;
    const breaker = this.#breaker({ name: fullName, policy });
    this.#componentBreakers.set(fullName, breaker);
    return breaker;
  }

  #breaker({ name, policy }: NamedBreaker): CircuitBreaker {
    const { clock, logger } = this.#options;
    return new CircuitBreaker(policy, clock, (from, to) => {
      logger.info(`Circuit breaker ${JSON.stringify(name)} changed state from ${from} to ${to}`);
    });
  }
}
