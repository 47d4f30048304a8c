/**
 * The rules of Sentinel as their JSON is documented.
 * @see https://sentinelguard.io/en-us/docs/golang/basic-api-usage.html
 */

/** `resource` is `<METHOD>:<path>`. */
export interface FlowRule {
  readonly resource: string;
  /** 0 as given, 1 warm-up. */
  readonly tokenCalculateStrategy: number;
  /** 0 reject, 1 wait for one's turn. */
  readonly controlBehavior: number;
  readonly threshold: number;
  /** 0 of this resource, 1 of refResource. */
  readonly relationStrategy: number;
  readonly refResource: string;
  readonly maxQueueingTimeMs: number;
  readonly warmUpPeriodSec: number;
  readonly warmUpColdFactor: number;
  readonly statIntervalInMs: number;
}

export interface BreakerRule {
  readonly resource: string;
  /** 0 ratio of slow answers, 1 ratio of errors, 2 number of errors. */
  readonly strategy: number;
  readonly retryTimeoutMs: number;
  readonly minRequestAmount: number;
  readonly statIntervalMs: number;
  readonly statSlidingWindowBucketCount: number;
  readonly maxAllowedRtMs: number;
  readonly threshold: number;
  readonly probeNum: number;
}

export interface IsolationRule {
  readonly resource: string;
  readonly threshold: number;
}

export interface SystemRule {
  /** 0 load, 1 average time of answers, 2 concurrency, 3 requests per second, 4 CPU. */
  readonly metricType: number;
  readonly triggerCount: number;
  /** -1 none, 0 as BBR. */
  readonly strategy: number;
}

export interface SentinelRules {
  readonly flow: readonly FlowRule[];
  readonly breakers: readonly BreakerRule[];
  readonly isolation: readonly IsolationRule[];
  readonly system: readonly SystemRule[];
}

type Fields = Readonly<Record<string, unknown>>;

/** @throws {Error} for text that is no list of objects, or a rule that cannot be */
export function readRules(texts: {
  readonly flow: string;
  readonly breakers: string;
  readonly isolation: string;
  readonly system: string;
  readonly hotSpots: string;
}): SentinelRules {
  // They tell apart by arguments of the call, of which HTTP requests have none.
  for (const fields of parse("hotSpotParamRules", texts.hotSpots)) checkHotSpotRule(fields);
  return {
    flow: parse("flowRules", texts.flow).map(flowRule),
    breakers: parse("circuitBreakerRules", texts.breakers).map(breakerRule),
    isolation: parse("isolationRules", texts.isolation).map((fields) => ({
      resource: resourceOf("isolationRules", fields),
      threshold: amount("isolationRules", fields, "threshold"),
    })),
    system: parse("systemRules", texts.system).map((fields) => {
      const metricType = amount("systemRules", fields, "metricType");
      const rule = {
        metricType,
        triggerCount: amount("systemRules", fields, "triggerCount"),
        strategy: amount("systemRules", fields, "strategy", 0, -1),
      };
      if (metricType > 4) throw wrong("systemRules", "metricType");
      return rule;
    }),
  };
}

function parse(name: string, text: string): Fields[] {
  if (text === "") return [];
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new Error(`error parsing ${name}: ${(cause as Error).message}`, { cause });
  }
  const isObject = (item: unknown): boolean =>
    typeof item === "object" && item !== null && !Array.isArray(item);
  if (!Array.isArray(value) || !value.every(isObject)) {
    throw new Error(`error parsing ${name}: it is no list of objects`);
  }
  return value as Fields[];
}

const wrong = (rules: string, field: string): Error =>
  new Error(`error parsing ${rules}: '${field}' has no such value`);

function resourceOf(rules: string, { resource }: Fields): string {
  if (typeof resource !== "string" || resource === "") throw wrong(rules, "resource");
  return resource;
}

function amount(rules: string, fields: Fields, name: string, fallback = 0, least = 0): number {
  const value = fields[name] ?? fallback;
  if (typeof value !== "number" || !Number.isFinite(value) || value < least) {
    throw wrong(rules, name);
  }
  return value;
}

function flowRule(fields: Fields): FlowRule {
  const number = (name: string, fallback?: number): number =>
    amount("flowRules", fields, name, fallback);
  const rule: FlowRule = {
    resource: resourceOf("flowRules", fields),
    tokenCalculateStrategy: number("tokenCalculateStrategy"),
    controlBehavior: number("controlBehavior"),
    threshold: number("threshold"),
    relationStrategy: number("relationStrategy"),
    refResource: typeof fields.refResource === "string" ? fields.refResource : "",
    maxQueueingTimeMs: number("maxQueueingTimeMs"),
    warmUpPeriodSec: number("warmUpPeriodSec"),
    warmUpColdFactor: number("warmUpColdFactor") || 3,
    statIntervalInMs: number("statIntervalInMs") || 1000,
  };
  // 2 looks at the memory of the machine, which a sidecar does not rule.
  if (rule.tokenCalculateStrategy > 1) throw wrong("flowRules", "tokenCalculateStrategy");
  if (rule.controlBehavior > 1) throw wrong("flowRules", "controlBehavior");
  if (rule.relationStrategy > 1) throw wrong("flowRules", "relationStrategy");
  if (rule.relationStrategy === 1 && rule.refResource === "")
    throw wrong("flowRules", "refResource");
  if (rule.tokenCalculateStrategy === 1) {
    if (rule.warmUpPeriodSec === 0) throw wrong("flowRules", "warmUpPeriodSec");
    if (rule.warmUpColdFactor <= 1) throw wrong("flowRules", "warmUpColdFactor");
  }
  return rule;
}

/** `metricType` 0 concurrency, 1 requests per second; `controlBehavior` 0 reject, 1 wait for one's turn. */
function checkHotSpotRule(fields: Fields): void {
  const rules = "hotSpotParamRules";
  const number = (name: string, least?: number): number => {
    const value = amount(rules, fields, name, 0, least);
    if (!Number.isInteger(value)) throw wrong(rules, name);
    return value;
  };
  resourceOf(rules, fields);
  for (const name of ["threshold", "maxQueueingTimeMs", "burstCount", "paramsMaxCapacity"]) {
    number(name);
  }
  // Below 0: counted from the last argument.
  number("paramIndex", Number.MIN_SAFE_INTEGER);
  if (number("controlBehavior") > 1) throw wrong(rules, "controlBehavior");
  const metricType = number("metricType");
  if (metricType > 1) throw wrong(rules, "metricType");
  const duration = number("durationInSec");
  if (metricType === 1 && duration === 0) throw wrong(rules, "durationInSec");
  const items = fields.specificItems ?? {};
  if (typeof items !== "object" || !Object.values(items).every(Number.isInteger)) {
    throw wrong(rules, "specificItems");
  }
}

function breakerRule(fields: Fields): BreakerRule {
  const number = (name: string, fallback?: number): number =>
    amount("circuitBreakerRules", fields, name, fallback);
  const rule = {
    resource: resourceOf("circuitBreakerRules", fields),
    strategy: number("strategy"),
    retryTimeoutMs: number("retryTimeoutMs"),
    minRequestAmount: number("minRequestAmount"),
    statIntervalMs: number("statIntervalMs") || 1000,
    statSlidingWindowBucketCount: Math.trunc(number("statSlidingWindowBucketCount")) || 1,
    maxAllowedRtMs: number("maxAllowedRtMs"),
    threshold: number("threshold"),
    probeNum: number("probeNum") || 1,
  };
  if (rule.strategy > 2) throw wrong("circuitBreakerRules", "strategy");
  if (rule.strategy < 2 && rule.threshold > 1) throw wrong("circuitBreakerRules", "threshold");
  return rule;
}
