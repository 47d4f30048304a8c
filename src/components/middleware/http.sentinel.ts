/**
 * middleware.http.sentinel
 * @see spec 04 §8.7
 */
import { cpus, loadavg } from "node:os";
import { decodePath } from "../../kit/http/url.ts";
import type { Clock } from "../../kit/time/clock.ts";
import type { ComponentDefinition, PropertySchema } from "../contract.ts";
import { Properties } from "../shared/properties.ts";
import { type Middleware, type MiddlewareExchange, refuse } from "./contract.ts";
import {
  breakerCheck,
  type Check,
  flowCheck,
  isolationCheck,
  type MachineLoad,
  ResourceCounts,
  systemChecks,
} from "./sentinel-checks.ts";
import { readRules, type SentinelRules } from "./sentinel-rules.ts";

const rules = (name: string, description: string): PropertySchema => ({
  name,
  kind: "json",
  description: `JSON list of rules: ${description}`,
});

const properties: readonly PropertySchema[] = [
  { name: "appName", kind: "string", description: "Not used: there is no log of Sentinel's own." },
  { name: "logDir", kind: "string", description: "Not used, likewise." },
  rules("flowRules", "requests per time; reject or queue, with or without warm-up."),
  rules(
    "circuitBreakerRules",
    "stop after slow answers or errors. An answer of 500 and above is an error.",
  ),
  rules(
    "hotSpotParamRules",
    "accepted, and without effect as in the original: HTTP requests have no arguments to tell apart.",
  ),
  rules("isolationRules", "requests at the same time."),
  rules("systemRules", "load, time of answers, concurrency, requests per second or CPU of it all."),
];

export const component = {
  type: "middleware.http.sentinel",
  versions: ["v1"],
  summary: "Refuses requests by the rules of Sentinel: flow, circuit breakers, isolation, system.",
  provenAgainst: "its own tests, written from Sentinel's documentation",
  properties,
  async create({ properties: given, platform }) {
    const values = new Properties(given, properties);
    const read = readRules({
      flow: values.text("flowRules"),
      breakers: values.text("circuitBreakerRules"),
      hotSpots: values.text("hotSpotParamRules"),
      isolation: values.text("isolationRules"),
      system: values.text("systemRules"),
    });
    return new Sentinel(read, platform.clock, machineLoad(platform.clock));
  },
} satisfies ComponentDefinition<Middleware>;

interface Guarded {
  readonly counts: ResourceCounts;
  readonly checks: readonly Check[];
}

class Sentinel implements Middleware {
  readonly #clock: Clock;
  readonly #system: Check | undefined;
  /** Only of resources that a rule names, so that callers cannot make it grow. */
  readonly #byResource: ReadonlyMap<string, Guarded>;

  constructor(read: SentinelRules, clock: Clock, machine: MachineLoad) {
    this.#clock = clock;
    this.#system = read.system.length === 0 ? undefined : systemChecks(read.system, clock, machine);
    this.#byResource = guardedResources(read, clock);
  }

  handle(exchange: MiddlewareExchange): boolean | Promise<boolean> {
    const resource = `${exchange.method}:${decodePath(exchange.path) ?? exchange.path}`;
    const guarded = this.#byResource.get(resource);
    const system = this.#system === undefined ? [] : [this.#system];
    const checks = [...system, ...(guarded?.checks ?? [])];
    if (checks.length === 0 && guarded === undefined) return true;
    let waitMs = 0;
    for (const [i, check] of checks.entries()) {
      const outcome = check.enter();
      if (outcome === false) {
        for (const earlier of checks.slice(0, i)) earlier.undo?.();
        return refuse(exchange, 429, "Too Many Requests");
      }
      if (typeof outcome === "number") waitMs = Math.max(waitMs, outcome);
    }
    this.#follow(exchange, checks, guarded?.counts);
    if (waitMs === 0) return true;
    return this.#clock.sleep(waitMs, exchange.signal).then(() => true);
  }

  async [Symbol.asyncDispose](): Promise<void> {}

  #follow(
    exchange: MiddlewareExchange,
    checks: readonly Check[],
    counts: ResourceCounts | undefined,
  ): void {
    const enteredAt = this.#clock.monotonic();
    let isError = false;
    counts?.entered();
    exchange.onAnswer({
      onHead({ status }) {
        isError = status >= 500;
        return undefined;
      },
      onEnd: () => {
        if (counts !== undefined) counts.concurrency--;
        const left = { tookMs: this.#clock.monotonic() - enteredAt, isError };
        for (const check of checks) check.leave?.(left);
      },
    });
  }
}

/** Flow before isolation before breakers. */
function guardedResources(read: SentinelRules, clock: Clock): ReadonlyMap<string, Guarded> {
  const counts = new Map<string, ResourceCounts>();
  const countsOf = (resource: string): ResourceCounts => {
    const known = counts.get(resource) ?? new ResourceCounts(clock);
    counts.set(resource, known);
    return known;
  };
  const checks = new Map<string, Check[]>();
  const add = (resource: string, check: Check): void => {
    countsOf(resource);
    checks.set(resource, [...(checks.get(resource) ?? []), check]);
  };
  for (const rule of read.flow) {
    const watched = rule.relationStrategy === 1 ? rule.refResource : rule.resource;
    add(rule.resource, flowCheck(rule, countsOf(watched), clock));
  }
  for (const rule of read.isolation) {
    add(rule.resource, isolationCheck(rule, countsOf(rule.resource)));
  }
  for (const rule of read.breakers) add(rule.resource, breakerCheck(rule, clock));
  return new Map(
    [...counts].map(([resource, one]) => [
      resource,
      { counts: one, checks: checks.get(resource) ?? [] },
    ]),
  );
}

function machineLoad(clock: Clock): MachineLoad {
  let readAt = Number.NEGATIVE_INFINITY;
  let before = { busy: 0, all: 0 };
  let share = 0;
  return {
    load: () => loadavg()[0] ?? 0,
    cpu() {
      const now = clock.monotonic();
      if (now - readAt < 1000) return share;
      readAt = now;
      const read = cpuTimes();
      const all = read.all - before.all;
      share = all === 0 ? 0 : (read.busy - before.busy) / all;
      before = read;
      return share;
    },
  };
}

/** ms since the machine started, of all its processors. */
function cpuTimes(): { busy: number; all: number } {
  let busy = 0;
  let all = 0;
  for (const { times } of cpus()) {
    const working = times.user + times.nice + times.sys + times.irq;
    busy += working;
    all += working + times.idle;
  }
  return { busy, all };
}
