import fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";
import type { Logger } from "../../kit/logging/logger.ts";
import { Metrics } from "../../kit/metrics/metrics.ts";
import { parseResourceYaml, type YamlMap } from "../../kit/resources/yaml.ts";
import { ManualClock } from "../../kit/time/manual-clock.ts";
import { loadResiliency } from "./loader.ts";
import type { Resiliency } from "./resiliency.ts";
import { run } from "./run.ts";

let lines: string[];
let metrics: Metrics;
let clock: ManualClock;

beforeEach(() => {
  lines = [];
  metrics = new Metrics();
  clock = new ManualClock();
});

async function load(...texts: readonly string[]): Promise<Resiliency | undefined> {
  const files = await Promise.all(
    texts.map(async (text, i) => {
      const [first] = await parseResourceYaml(text);
      const isRead = first?.value instanceof Map;
      return {
        file: `${i}.yaml`,
        document: isRead ? (first.value as YamlMap) : undefined,
        error: first?.errors[0] ?? "",
      };
    }),
  );
  const note = (level: string) => (text: string) => void lines.push(`${level}: ${text}`);
  const logger = { info: note("info"), warn: note("warn"), error: note("error") };
  return await loadResiliency(files, {
    appId: "me",
    clock,
    random: { number: () => 0.5, bytes: () => Buffer.alloc(0), uuid: () => "" },
    logger: logger as unknown as Logger,
    metrics,
  });
}

/** One resource of that spec. */
const resource = (spec: string, name = "res"): string =>
  `kind: Resiliency\nmetadata: {name: ${name}}\nspec: ${spec}\n`;

async function loaded(...texts: readonly string[]): Promise<Resiliency> {
  const resiliency = await load(...texts);
  if (resiliency === undefined) throw new Error("nothing was loaded");
  return resiliency;
}

describe("loading", () => {
  test("no resource for this app: nothing", async () => {
    const other = "kind: Resiliency\nmetadata: {name: other}\nscopes: [you]\n";
    expect(await load(other)).toBeUndefined();
    expect([lines, metrics.render()]).toEqual([[], ""]);
  });

  test("a later resource takes the place of policies of the same name", async () => {
    const resiliency = await loaded(
      resource("{policies: {timeouts: {DefaultTimeoutPolicy: 1s, other: 5}}}", "one"),
      resource("{policies: {timeouts: {DefaultTimeoutPolicy: 250}}}", "two"),
    );
    expect(resiliency.app("a", "a:m")?.timeoutMs).toBe(250);
    expect(resiliency.names).toEqual(["one", "two"]);
    expect(metrics.render()).toContain(
      'dapr_resiliency_loaded{app_id="me",name="two",namespace=""} 1',
    );
  });

  test.each([
    ["{policies: {timeouts: {t: soon}}}", 'invalid timeout "t": time: invalid duration "soon"'],
    ["{policies: {retries: {r: {policy: wild}}}}", "unexpected back off policy type: wild"],
    ["{policies: {retries: {r: {duration: x}}}}", 'time: invalid duration "x"'],
    ["{policies: {retries: {r: {matching: {httpStatusCodes: 99}}}}}", "start code 99 is not valid"],
    ["{policies: {circuitBreakers: {c: {trip: 'a >'}}}}", "ERROR: <input>:"],
    ["{targets: {actors: {A: {circuitBreaker: c}}}}", "actor circuit breakers must include scope"],
    [
      "{targets: {actors: {A: {circuitBreaker: c, circuitBreakerScope: all}}}}",
      'unknown circuit breaker scope "all"',
    ],
  ])("%s is faulty", async (spec, error) => {
    await load(resource(spec));
    expect(lines[0]).toBe("info: Loading Resiliency configuration: res");
    expect(lines[1]).toContain("error: Could not read resiliency policy res: ");
    expect(lines[1]).toContain(error);
  });

  test("what stands before a fault stays, targets do not", async () => {
    const resiliency = await loaded(
      resource(
        "{policies: {timeouts: {DefaultTimeoutPolicy: 2s}, retries: {r: {policy: wild}}}, targets: {apps: {a: {}}}}",
      ),
    );
    expect(resiliency.app("a", "a:m")?.timeoutMs).toBe(2000);
  });

  test.each([
    ['{policies: {retries: {r: {maxRetries: "7"}}}}', "Go struct field maxRetries of type int"],
    ["{policies: {retries: [1]}}", "of type object"],
    ["{policies: {retries: {r: 5}}}", "of type object"],
    ["{targets: {apps: {a: {circuitBreakerCacheSize: 1.5}}}}", "of type int"],
  ])("%s cannot be parsed", async (spec, error) => {
    expect(await load(resource(spec))).toBeUndefined();
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain("error: Could not parse resiliency file 0.yaml: ");
    expect(lines[0]).toContain(error);
  });

  test("whatever a document holds, it is loaded or told", async () => {
    const word = fc.oneof(
      fc.constantFrom("policies", "targets", "timeouts", "retries", "circuitBreakers", "apps"),
      fc.constantFrom("trip", "duration", "maxRetries", "matching", "httpStatusCodes", "policy"),
      fc.string({ maxLength: 5 }),
    );
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { maxDepth: 6, withCrossShrink: true },
        fc.oneof(fc.constant(null), fc.integer(), fc.boolean(), fc.double(), word),
        fc.dictionary(word, tie("tree"), { maxKeys: 4 }),
        fc.array(tie("tree"), { maxLength: 3 }),
      ),
    }));
    await fc.assert(
      fc.asyncProperty(tree, async (spec) => {
        lines = [];
        const resiliency = await load(resource(JSON.stringify(spec)));
        expect(resiliency !== undefined || lines.length > 0).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  test("broken YAML is told", async () => {
    await load("kind: Resiliency\nmetadata: [\n");
    expect(lines[0]).toContain("error: Could not determine resource type: ");
  });
});

describe("apps", () => {
  const spec = `
  policies:
    timeouts: {DefaultTimeoutPolicy: 1s, DefaultAppTimeoutPolicy: 2s}
    retries: {DefaultRetryPolicy: {maxRetries: 1}, own: {policy: constant, duration: 5, maxRetries: 2}}
    circuitBreakers: {DefaultCircuitBreakerPolicy: {trip: consecutiveFailures > 0}}
  targets:
    apps: {a: {retry: own}, b: {retry: unknown}, c: {}}`;

  test("the best default of each kind applies by its name alone", async () => {
    const policy = (await loaded(resource(spec))).app("x", "x:m");
    expect(policy?.timeoutMs).toBe(2000);
    expect(policy?.retry?.maxRetries).toBe(1);
    expect(policy?.retry?.initialMs).toBe(5000);
    expect(policy?.operation).toBe("endpoint[x, x:m]");
  });

  test("a target excludes all defaults, also with an unknown or no policy", async () => {
    const resiliency = await loaded(resource(spec));
    const policy = resiliency.app("a", "a:m");
    expect([policy?.timeoutMs, policy?.retry?.maxRetries, policy?.breaker]).toEqual([
      undefined,
      2,
      undefined,
    ]);
    expect(resiliency.app("b", "b:m")).toBeUndefined();
    expect(resiliency.app("c", "c:m")).toBeUndefined();
    expect(resiliency.hasAppTarget("c")).toBe(true);
    expect(resiliency.hasAppTarget("x")).toBe(false);
  });

  test("each method has a breaker of its own, as many as the target asks for", async () => {
    const text = `{policies: {circuitBreakers: {cb: {}}}, targets: {apps: {a: {circuitBreaker: cb, circuitBreakerCacheSize: 2}}}}`;
    const resiliency = await loaded(resource(text));
    const breaker = (key: string) => resiliency.app("a", key)?.breaker;
    const first = breaker("a:1");
    expect(breaker("a:1")).toBe(first);
    expect(breaker("a:2")).not.toBe(first);
    breaker("a:3");
    expect(breaker("a:1")).not.toBe(first);
  });

  test("a breaker tells of its changes by its key", async () => {
    const policy = (await loaded(resource(spec))).app("x", "x:m");
    if (policy === undefined) throw new Error("no policy");
    const failing = run({ ...policy, retry: undefined }, () => Promise.reject(new Error("no")));
    await expect(failing).rejects.toThrow("no");
    expect(lines).toContain('info: Circuit breaker "x:m" changed state from closed to open');
    expect(metrics.render()).toContain(
      'dapr_resiliency_activations_total{app_id="me",flow_direction="outbound",name="res",namespace="",policy="circuitbreaker",status="open",target="app_x"} 1',
    );
  });
});

describe("components", () => {
  test("defaults from the closest to the furthest", async () => {
    const names = [
      "DefaultStatestoreComponentOutboundTimeoutPolicy",
      "DefaultComponentOutboundTimeoutPolicy",
      "DefaultComponentTimeoutPolicy",
      "DefaultTimeoutPolicy",
    ];
    for (let i = 0; i < names.length; i++) {
      const timeouts = names
        .slice(i)
        .map((name) => `${name}: ${i + 1 + names.indexOf(name) * 100}`);
      const resiliency = await loaded(resource(`{policies: {timeouts: {${timeouts.join(", ")}}}}`));
      const policy = resiliency.component("store", "Statestore", "outbound");
      expect(policy?.timeoutMs).toBe(i + 1 + i * 100);
      expect(policy?.operation).toBe("component[store] output");
    }
  });

  test("directions are apart, the breaker is one", async () => {
    const resiliency = await loaded(
      resource(`
  policies:
    timeouts: {t: 5s}
    circuitBreakers: {cb: {}}
  targets:
    components: {bus: {inbound: {timeout: t, circuitBreaker: cb}, outbound: {circuitBreaker: cb}}}`),
    );
    const inbound = resiliency.component("bus", "Pubsub", "inbound");
    const outbound = resiliency.component("bus", "Pubsub", "outbound");
    expect(inbound?.timeoutMs).toBe(5000);
    expect(inbound?.operation).toBe("component[bus] input");
    expect(outbound?.timeoutMs).toBeUndefined();
    expect(outbound?.breaker).toBe(inbound?.breaker);
    expect(resiliency.component("other", "Pubsub", "inbound")).toBeUndefined();
  });
});

describe("actors", () => {
  const spec = (scope: string): string => `
  policies:
    timeouts: {t: 5s}
    retries: {r: {maxRetries: 4}}
    circuitBreakers: {cb: {}}
  targets:
    actors: {A: {timeout: t, retry: r, circuitBreaker: cb, circuitBreakerScope: ${scope}}}`;

  test("retry and breaker come before the turn, the timeout within", async () => {
    const { before, within } = (await loaded(resource(spec("type")))).actor("A", "1");
    expect([before?.timeoutMs, before?.retry?.maxRetries]).toEqual([undefined, 4]);
    expect(before?.breaker).toBeDefined();
    expect([within?.timeoutMs, within?.retry, within?.breaker]).toEqual([
      5000,
      undefined,
      undefined,
    ]);
    expect(before?.operation).toBe("actor[A, 1]");
  });

  test.each([
    ["type", true],
    ["id", false],
    ["both", false],
  ])("breakers by %s", async (scope, isShared) => {
    const resiliency = await loaded(resource(spec(scope)));
    const breaker = (id: string) => resiliency.actor("A", id).before?.breaker;
    expect(breaker("1") === breaker("2")).toBe(isShared);
    expect(breaker("1")).toBe(breaker("1"));
    expect(resiliency.hasActorTarget("A")).toBe(true);
    expect(resiliency.hasActorTarget("B")).toBe(false);
  });
});

describe("built-in policies", () => {
  test("may be overridden, with three retries at least", async () => {
    const resiliency = await loaded(
      resource(`
  policies:
    retries:
      DaprBuiltInServiceRetries: {policy: constant, duration: 100ms, maxRetries: 5}
      DaprBuiltInActorRetries: {policy: constant, duration: 10ms}
      DaprBuiltInActorNotFoundRetries: {policy: constant, duration: 10ms, maxRetries: 9}`),
    );
    const shown = (name: Parameters<Resiliency["builtIn"]>[0]) => {
      const { initialMs, maxRetries } = resiliency.builtIn(name);
      return [initialMs, maxRetries];
    };
    expect(shown("DaprBuiltInServiceRetries")).toEqual([100, 5]);
    expect(shown("DaprBuiltInActorRetries")).toEqual([10, 3]);
    expect(shown("DaprBuiltInActorNotFoundRetries")).toEqual([1000, 5]);
    expect(shown("DaprBuiltInInitializationRetries")).toEqual([500, 3]);
    expect(lines.filter((line) => line.startsWith("warn"))).toEqual([
      "warn: Attempted override of DaprBuiltInActorRetries did not meet minimum retry count, resetting to 3.",
      "warn: Attempted to override protected policy DaprBuiltInActorNotFoundRetries which is not allowed. Ignoring provided policy and using default.",
    ]);
  });
});
