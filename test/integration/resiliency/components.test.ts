/** Components of a running sidecar under policies: outages, timeouts, breakers. */
import { describe, expect, it } from "vitest";
import {
  GetMetadataRequest,
  GetMetadataResponse,
} from "../../../src/kit/proto/dapr/proto/runtime/v1/metadata.ts";
import { call, grpcCall, runtimeService, startApp, store } from "../api/calls.ts";
import { freePort, hasRedis, launchDaprd, launchRedis, type Sidecar } from "../launch.ts";
import { component, resiliency } from "./resources.ts";

const isRedisAvailable = await hasRedis();

const redisStore = (port: number): string =>
  component(
    "store",
    "state.redis",
    `[{name: redisHost, value: "127.0.0.1:${port}"}, {name: redisMaxRetries, value: "0"}]`,
  );

const get = (sidecar: Sidecar, key: string) =>
  call({ port: sidecar.httpPort, path: `/v1.0/state/store/${key}` });
const post = (sidecar: Sidecar, path: string, body: unknown) =>
  call({
    port: sidecar.httpPort,
    method: "POST",
    path,
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });

describe.skipIf(!isRedisAvailable)("a state store that goes away", () => {
  it("is asked again until it is back", { timeout: 60_000 }, async () => {
    const port = await freePort();
    let redis = await launchRedis({ port });
    const policies = `
  policies:
    timeouts: {short: 500ms}
    retries: {often: {policy: constant, duration: 100ms, maxRetries: 200}}
  targets:
    components: {store: {outbound: {timeout: short, retry: often}}}`;
    await using sidecar = await launchDaprd({
      appId: "a",
      resources: [redisStore(port), resiliency(policies)],
    });
    expect((await post(sidecar, "/v1.0/state/store", [{ key: "k", value: 1 }])).status).toBe(204);
    await redis[Symbol.asyncDispose]();
    const waiting = post(sidecar, "/v1.0/state/store", [
      { key: "k", value: 2 },
      { key: "l", value: 3 },
    ]);
    await sidecar.process.waitForLog(
      "Error processing operation component[store] output. Retrying in 100ms…",
    );
    redis = await launchRedis({ port });
    await using _last = redis;
    expect((await waiting).status).toBe(204);
    expect((await get(sidecar, "l")).text).toBe("3");
    expect(sidecar.process.stdout).toContain(
      "Recovered processing operation component[store] output after ",
    );
    const metrics = await sidecar.metrics();
    expect(metrics).toContain(
      'dapr_resiliency_activations_total{app_id="a",flow_direction="outbound",name="policies",namespace="",policy="retry",status="",target="Statestore_store"} 1',
    );
  });

  it("is left alone while its breaker is open", { timeout: 60_000 }, async () => {
    const port = await freePort();
    const redis = await launchRedis({ port });
    const policies = `
  policies:
    timeouts: {short: 300ms}
    circuitBreakers: {cb: {timeout: 1s, trip: consecutiveFailures >= 2}}
  targets:
    components: {store: {outbound: {timeout: short, circuitBreaker: cb}}}`;
    await using sidecar = await launchDaprd({
      appId: "a",
      resources: [redisStore(port), resiliency(policies)],
    });
    await redis[Symbol.asyncDispose]();
    await get(sidecar, "k");
    await get(sidecar, "k");
    const refused = await get(sidecar, "k");
    expect(refused.status).toBe(500);
    expect(refused.text).toContain("circuit breaker is open");
    expect(sidecar.process.stdout).toContain(
      'Circuit breaker \\"cb-store\\" changed state from closed to open',
    );
    await using _again = await launchRedis({ port });
    const back = { timeout: 20_000, interval: 100 };
    await expect.poll(async () => (await get(sidecar, "k")).status, back).toBe(204);
    expect(sidecar.process.stdout).toContain("changed state from half-open to closed");
  });

  it("an etag that does not match is not tried again", { timeout: 60_000 }, async () => {
    await using redis = await launchRedis();
    const policies =
      "{policies: {retries: {DefaultStatestoreComponentOutboundRetryPolicy: {duration: 10s, maxRetries: 5}}}}";
    await using sidecar = await launchDaprd({
      appId: "a",
      resources: [redisStore(redis.port), resiliency(policies)],
    });
    const first = { key: "k", value: 1 };
    await post(sidecar, "/v1.0/state/store", [first]);
    const startedAt = performance.now();
    const stale = { ...first, etag: "77", options: { concurrency: "first-write" } };
    expect((await post(sidecar, "/v1.0/state/store", [stale])).status).toBe(409);
    const bulk = await post(sidecar, "/v1.0/state/store", [stale, { key: "m", value: 2 }]);
    expect(bulk.status).toBe(409);
    expect(performance.now() - startedAt).toBeLessThan(5_000);
    expect((await get(sidecar, "m")).text).toBe("2");
  });
});

it("policies by kind of component apply to every kind", { timeout: 60_000 }, async () => {
  await using app = await startApp((request, response) => {
    if (request.url !== "/dapr/subscribe") return void response.end();
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify([{ pubsubname: "bus", topic: "t", route: "in" }]));
  });
  await using sidecar = await launchDaprd({
    appId: "a",
    appPort: app.port,
    env: { SECRET: "x" },
    resources: [
      store,
      component("env", "secretstores.local.env"),
      component("bus", "pubsub.in-memory"),
      component("echo", "conversation.echo"),
      resiliency("{policies: {timeouts: {DefaultComponentTimeoutPolicy: 20s}}}"),
    ],
  });
  await get(sidecar, "k");
  await call({ port: sidecar.httpPort, path: "/v1.0/secrets/env/SECRET" });
  await post(sidecar, "/v1.0/publish/bus/t", { a: 1 });
  await post(sidecar, "/v1.0-alpha2/conversation/echo/converse", {
    inputs: [{ messages: [{ ofUser: { content: [{ text: "hi" }] } }] }],
  });
  const counted = async (): Promise<string[]> => {
    const lines = (await sidecar.metrics()).split("\n");
    return lines
      .filter((line) => line.startsWith("dapr_resiliency_count{"))
      .map((line) => line.replace(/.*flow_direction="(\w+)".*target="(\w+)"\} (\d+)/, "$1 $2 $3"))
      .sort();
  };
  await expect
    .poll(counted, { timeout: 10_000 })
    .toEqual([
      "inbound Pubsub_bus 1",
      "outbound Conversation_echo 1",
      "outbound Pubsub_bus 1",
      "outbound Secretstore_env 1",
      "outbound Statestore_store 1",
    ]);
});

it("metadata names the resources", { timeout: 60_000 }, async () => {
  await using sidecar = await launchDaprd({
    appId: "a",
    resources: [resiliency("{}", "one"), resiliency("{}", "two")],
  });
  const { text } = await call({ port: sidecar.httpPort, path: "/v1.0/metadata" });
  expect(JSON.parse(text).resiliencies).toEqual([{ name: "one" }, { name: "two" }]);
  const { bytes } = await grpcCall(
    sidecar.grpcPort,
    `${runtimeService}/GetMetadata`,
    Buffer.from(GetMetadataRequest.encode({})),
  );
  expect(GetMetadataResponse.decode(bytes).resiliencies.map(({ name }) => name)).toEqual([
    "one",
    "two",
  ]);
});

it("faulty resources are told and do not stop the sidecar", { timeout: 60_000 }, async () => {
  await using sidecar = await launchDaprd({
    appId: "a",
    resources: [
      store,
      resiliency("{policies: {timeouts: {t: soon}}}", "late"),
      resiliency('{policies: {retries: {r: {maxRetries: "1"}}}}', "text"),
      "kind: Resiliency\nspec: [",
      "kind: Resiliency\nmetadata: 5\n",
      resiliency("{policies: {timeouts: {DefaultTimeoutPolicy: 5s}}}", "good"),
    ],
  });
  expect((await get(sidecar, "k")).status).toBe(204);
  const log = sidecar.process.stdout;
  expect(log).toContain("Could not read resiliency policy late: ");
  expect(log).toContain("Could not parse resiliency file 2.yaml: ");
  expect(log).toContain("Could not determine resource type: ");
  expect(log).toContain("Could not parse resiliency file 4.yaml: ");
  expect(await sidecar.metrics()).toContain('name="good"');
});
