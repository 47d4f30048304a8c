/** Invocations of a running sidecar under policies, where many things happen at once. */
import { expect, it } from "vitest";
import { call, startApp } from "../api/calls.ts";
import { launchDaprd } from "../launch.ts";
import { resiliency } from "./resources.ts";

it("callers that leave end their attempts and waits", { timeout: 60_000 }, async () => {
  let requests = 0;
  let cut = 0;
  await using app = await startApp((request, response) => {
    if (request.url !== "/hang") return void response.end();
    requests++;
    request.socket.once("close", () => void cut++);
    response.once("finish", () => void requests--);
  });
  const policies = `
  policies:
    timeouts: {long: 60s}
    retries: {r: {policy: constant, duration: 10ms, maxRetries: -1}}
  targets:
    apps: {a: {timeout: long, retry: r}}`;
  await using sidecar = await launchDaprd({
    appId: "a",
    appPort: app.port,
    resources: [resiliency(policies)],
  });
  const leaving = new AbortController();
  const calls = Array.from({ length: 20 }, () =>
    fetch(`${sidecar.url}/v1.0/invoke/a/method/hang`, { signal: leaving.signal }).catch(() => {}),
  );
  await expect.poll(() => requests, { timeout: 10_000 }).toBe(20);
  leaving.abort();
  await Promise.all(calls);
  await expect.poll(() => cut, { timeout: 10_000 }).toBe(20);
  expect(requests).toBe(20);
});

it("retries keep apart what many callers send at once", { timeout: 60_000 }, async () => {
  const seen = new Map<string, string[]>();
  await using app = await startApp((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body = Buffer.concat(chunks).toString();
      const path = request.url ?? "";
      const bodies = [...(seen.get(path) ?? []), body];
      seen.set(path, bodies);
      response.statusCode = bodies.length < 3 ? 503 : 200;
      response.end(`${bodies.length}:${body}`);
    });
  });
  const policies =
    "{policies: {retries: {DefaultAppRetryPolicy: {policy: constant, duration: 5ms, maxRetries: 5}}}}";
  await using sidecar = await launchDaprd({
    appId: "a",
    appPort: app.port,
    resources: [resiliency(policies)],
  });
  const answers = await Promise.all(
    Array.from({ length: 100 }, (_, i) =>
      call({
        port: sidecar.httpPort,
        method: "POST",
        path: `/v1.0/invoke/a/method/m${i}`,
        body: `${i}-`.repeat(2000),
      }),
    ),
  );
  for (const [i, { status, text }] of answers.entries()) {
    expect([status, text]).toEqual([200, `3:${`${i}-`.repeat(2000)}`]);
    expect(new Set(seen.get(`/m${i}`)).size).toBe(1);
  }
});

it("ids of apps that come from callers do not pile up", { timeout: 120_000 }, async () => {
  const policies = `
  policies:
    circuitBreakers: {DefaultAppCircuitBreakerPolicy: {}}
    timeouts: {DefaultAppTimeoutPolicy: 5s}`;
  await using sidecar = await launchDaprd({
    appId: "a",
    resources: [resiliency(policies)],
    flags: ["--log-level", "error"],
  });
  for (let round = 0; round < 60; round++) {
    await Promise.all(
      Array.from({ length: 50 }, (_, i) =>
        call({ port: sidecar.httpPort, path: `/v1.0/invoke/http:%2F%2F[${round}.${i}/method/x` }),
      ),
    );
  }
  const series = (await sidecar.metrics())
    .split("\n")
    .filter((line) => line.startsWith("dapr_resiliency_count{"));
  expect(series.length).toBeGreaterThan(1000);
  expect(series.length).toBeLessThanOrEqual(2000);
});
