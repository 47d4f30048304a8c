import { expect, test } from "vitest";
import { component } from "../../../src/components/middleware/http.sentinel.ts";
import { ManualClock } from "../../../src/kit/time/manual-clock.ts";
import { createMiddleware, Passage } from "./middleware-context.ts";

type Rules = Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>;

const clock = new ManualClock();
const properties = (rules: Rules) =>
  Object.fromEntries(Object.entries(rules).map(([name, list]) => [name, JSON.stringify(list)]));
const open = async (rules: Rules) =>
  new Passage(await createMiddleware(component, properties(rules), { clock }));
const resource = "GET:/x";

const statuses = async (passage: Passage, count: number, path = "/x"): Promise<number[]> => {
  const all: number[] = [];
  for (let i = 0; i < count; i++) all.push((await passage.send(path)).status);
  return all;
};

test("a flow rule lets so many requests pass in its time", async () => {
  const passage = await open({ flowRules: [{ resource, threshold: 2 }] });
  expect(await statuses(passage, 3)).toEqual([200, 200, 429]);
  expect(await statuses(passage, 3, "/y")).toEqual([200, 200, 200]);
  expect((await passage.send("/x", {}, { method: "POST" })).status).toBe(200);
  expect((await passage.send("/x")).text).toBe("Too Many Requests");
  await clock.advance(1500);
  expect(await statuses(passage, 3)).toEqual([200, 200, 429]);
});

test("a rule may look at another resource, and may let requests wait", async () => {
  const related = await open({
    flowRules: [{ resource, threshold: 1, relationStrategy: 1, refResource: "GET:/y" }],
  });
  expect(await statuses(related, 3)).toEqual([200, 200, 200]);
  expect(await statuses(related, 1, "/y")).toEqual([200]);
  expect(await statuses(related, 1)).toEqual([429]);
  const queue = await open({
    flowRules: [{ resource, threshold: 10, controlBehavior: 1, maxQueueingTimeMs: 150 }],
  });
  const answers = [1, 2, 3].map(() => queue.send("/x").then(({ status }) => status));
  expect(await answers[0]).toBe(200);
  expect(await answers[2]).toBe(429);
  expect(queue.app.seen).toHaveLength(1);
  await clock.advance(100);
  expect(await answers[1]).toBe(200);
});

test("a cold resource warms up", async () => {
  await clock.advance(5000);
  const passage = await open({
    flowRules: [{ resource, threshold: 30, tokenCalculateStrategy: 1, warmUpPeriodSec: 4 }],
  });
  const passed = async (): Promise<number> =>
    (await statuses(passage, 40)).filter((status) => status === 200).length;
  const rates: number[] = [];
  for (let second = 0; second < 10; second++) {
    rates.push(await passed());
    await clock.advance(1000);
  }
  expect(rates[0]).toBe(10);
  expect(rates.at(-1)).toBe(30);
  expect(rates.toSorted((a, b) => a - b)).toEqual(rates);
});

test("an isolation rule counts what is under way", async () => {
  const passage = await open({ isolationRules: [{ resource, threshold: 1 }] });
  passage.app.isHolding = true;
  const first = passage.send("/x");
  expect((await passage.send("/x")).status).toBe(429);
  passage.app.isHolding = false;
  passage.app.release?.();
  expect((await first).status).toBe(200);
  expect(await statuses(passage, 2)).toEqual([200, 200]);
});

test.each([
  ["number of errors", { strategy: 2, threshold: 2 }],
  ["ratio of errors", { strategy: 1, threshold: 0.5, minRequestAmount: 2 }],
])("a breaker opens by the %s and tries again", async (_name, rule) => {
  const breaker = { resource, retryTimeoutMs: 1000, statIntervalMs: 10_000, ...rule };
  const passage = await open({ circuitBreakerRules: [breaker] });
  passage.app.status = 500;
  expect(await statuses(passage, 3)).toEqual([500, 500, 429]);
  await clock.advance(1000);
  expect(await statuses(passage, 2)).toEqual([500, 429]);
  await clock.advance(1000);
  passage.app.status = 200;
  expect(await statuses(passage, 3)).toEqual([200, 200, 200]);
});

test("a breaker opens by slow answers; two of them do not hold each other half-open", async () => {
  const slow = { resource, strategy: 0, maxAllowedRtMs: 50, threshold: 1, minRequestAmount: 1 };
  const rules = [
    { ...slow, retryTimeoutMs: 1000 },
    { ...slow, retryTimeoutMs: 3000 },
  ];
  const passage = await open({ circuitBreakerRules: rules });
  passage.app.isHolding = true;
  const first = passage.send("/x");
  await clock.advance(60);
  passage.app.isHolding = false;
  passage.app.release?.();
  expect((await first).status).toBe(200);
  expect(await statuses(passage, 1)).toEqual([429]);
  await clock.advance(1000);
  expect(await statuses(passage, 1)).toEqual([429]);
  await clock.advance(2000);
  expect(await statuses(passage, 2)).toEqual([200, 200]);
});

test("system rules look at all that comes in", async () => {
  const passage = await open({ systemRules: [{ metricType: 3, triggerCount: 2 }] });
  expect([...(await statuses(passage, 2, "/a")), ...(await statuses(passage, 1, "/b"))]).toEqual([
    200, 200, 429,
  ]);
  const concurrency = await open({ systemRules: [{ metricType: 2, triggerCount: 1 }] });
  concurrency.app.isHolding = true;
  const first = concurrency.send("/a");
  expect((await concurrency.send("/b")).status).toBe(429);
  concurrency.app.release?.();
  await first;
  const times = await open({ systemRules: [{ metricType: 1, triggerCount: 50 }] });
  times.app.isHolding = true;
  const slow = times.send("/a");
  await clock.advance(60);
  times.app.release?.();
  await slow;
  expect(await statuses(times, 1)).toEqual([429]);
  const idle = await open({
    systemRules: [
      { metricType: 0, triggerCount: 1e9 },
      { metricType: 4, triggerCount: 1 },
    ],
  });
  expect(await statuses(idle, 1)).toEqual([200]);
  const busy = await open({ systemRules: [{ metricType: 0, triggerCount: 0, strategy: 0 }] });
  expect(await statuses(busy, 1)).toEqual([200]);
});

test.each([
  ["flowRules", "[", "error parsing flowRules: "],
  ["flowRules", "[{}]", "error parsing flowRules: 'resource' has no such value"],
  ["flowRules", '[{"resource":"x","threshold":"1"}]', "'threshold' has no such value"],
  ["flowRules", '[{"resource":"x","tokenCalculateStrategy":2}]', "'tokenCalculateStrategy'"],
  ["circuitBreakerRules", '[{"resource":"x","strategy":3}]', "'strategy' has no such value"],
  ["isolationRules", "{}", "error parsing isolationRules: it is no list of objects"],
  ["systemRules", '[{"metricType":5}]', "'metricType' has no such value"],
  ["hotSpotParamRules", "x", "error parsing hotSpotParamRules: "],
  ["hotSpotParamRules", "[{}]", "error parsing hotSpotParamRules: 'resource' has no such value"],
  ["hotSpotParamRules", '[{"resource":"x","threshold":-1}]', "'threshold' has no such value"],
  ["hotSpotParamRules", '[{"resource":"x","threshold":1.5}]', "'threshold' has no such value"],
  ["hotSpotParamRules", '[{"resource":"x","metricType":2}]', "'metricType' has no such value"],
  ["hotSpotParamRules", '[{"resource":"x","metricType":1}]', "'durationInSec' has no such value"],
  ["hotSpotParamRules", '[{"resource":"x","controlBehavior":2}]', "'controlBehavior'"],
  ["hotSpotParamRules", '[{"resource":"x","paramIndex":"0"}]', "'paramIndex' has no such value"],
  ["hotSpotParamRules", '[{"resource":"x","specificItems":{"a":"1"}}]', "'specificItems'"],
])("%s %s is refused", async (name, text, message) => {
  await expect(createMiddleware(component, { [name]: text })).rejects.toThrow(message);
});

test("hot spots are told apart by arguments, which requests have not: nothing is refused", async () => {
  const rule = { resource: "GET:/hot", metricType: 1, threshold: 0, durationInSec: 1 };
  const more = { paramIndex: -1, burstCount: 0, paramsMaxCapacity: 1, specificItems: { a: 0 } };
  const rules = JSON.stringify([{ ...rule, ...more }]);
  const stages = new Passage(await createMiddleware(component, { hotSpotParamRules: rules }));
  for (const query of ["", "?a=1", "?a=1"]) {
    expect((await stages.send(`/hot${query}`)).status).toBe(200);
  }
});
