import { gunzipSync } from "node:zlib";
import { request } from "undici";
import { describe, expect, it } from "vitest";
import { HealthRegistry } from "../lifecycle/health.ts";
import { startHealthzServer } from "../lifecycle/healthz-server.ts";
import type { Logger } from "../logging/logger.ts";
import { systemClock } from "../time/clock.ts";
import { Metrics } from "./metrics.ts";
import { acceptsGzip, startMetricsServer } from "./metrics-server.ts";

function recorder(): Logger & { lines: string[] } {
  const lines: string[] = [];
  const log = (message: string): void => void lines.push(message);
  return {
    lines,
    isEnabled: () => true,
    debug: log,
    info: log,
    warn: log,
    error: log,
    fatal: log,
  };
}
const options = { host: "127.0.0.1", port: 0, clock: systemClock };

describe("metrics server", () => {
  it("answers every path and method with the exposition format", async () => {
    const metrics = new Metrics();
    metrics.counter("dapr_things_total", "Things.").with().add(2);
    const logger = recorder();
    await using server = await startMetricsServer({ ...options, metrics, logger });
    expect(logger.lines).toEqual([`metrics server started on 127.0.0.1:${server.port}/`]);
    for (const path of ["/", "/metrics", "/any/thing?x=1"]) {
      const reply = await request(`http://127.0.0.1:${server.port}${path}`);
      expect(reply.statusCode).toBe(200);
      expect(reply.headers["content-type"]).toBe(
        "text/plain; version=0.0.4; charset=utf-8; escaping=underscores",
      );
      const text = await reply.body.text();
      expect(text).toContain("dapr_things_total 2\n");
      expect(text).toMatch(/^process_resident_memory_bytes \d/m);
      expect(text).toMatch(/^go_goroutines \d+$/m);
    }
  });

  it("compresses when asked to", async () => {
    await using server = await startMetricsServer({
      ...options,
      metrics: new Metrics(),
      logger: recorder(),
    });
    const reply = await request(`http://127.0.0.1:${server.port}/`, {
      headers: { "accept-encoding": "gzip" },
    });
    expect(reply.headers["content-encoding"]).toBe("gzip");
    const body = Buffer.from(await reply.body.arrayBuffer());
    expect(gunzipSync(body).toString()).toContain("process_resident_memory_bytes");
  });

  it.each([
    [undefined, false],
    ["", false],
    ["gzip", true],
    ["deflate, GZIP;q=0.5", true],
    ["gzip;q=0", false],
    ["gzip; q=0.0, br", false],
    ["x-gzip", false],
  ])("reads accept-encoding %s as %s", (header, expected) => {
    expect(acceptsGzip(header)).toBe(expected);
  });

  it("says that the port is taken", async () => {
    const metrics = new Metrics();
    await using server = await startMetricsServer({ ...options, metrics, logger: recorder() });
    await expect(
      startMetricsServer({ ...options, port: server.port, metrics, logger: recorder() }),
    ).rejects.toThrow(
      `failed to listen on 127.0.0.1:${server.port}: listen tcp 127.0.0.1:${server.port}: bind: address already in use`,
    );
  });

  it("may be disposed twice", async () => {
    const server = await startMetricsServer({
      ...options,
      metrics: new Metrics(),
      logger: recorder(),
    });
    await server[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });
});

describe("healthz server", () => {
  it("tells readiness with empty bodies and any method", async () => {
    const health = new HealthRegistry();
    const other = health.target("other");
    const logger = recorder();
    await using server = await startHealthzServer({
      health,
      port: 0,
      logger,
      clock: systemClock,
      routes: new Map([
        ["/extra", () => Promise.resolve({ type: "application/json", body: "{}" })],
        ["/broken", () => Promise.reject(new Error("no such thing"))],
      ]),
    });
    const ask = async (path: string, method: "GET" | "POST" = "GET"): Promise<[number, string]> => {
      const reply = await request(`http://127.0.0.1:${server.port}${path}`, { method });
      return [reply.statusCode, await reply.body.text()];
    };
    expect(await ask("/healthz")).toEqual([503, ""]);
    other.ready();
    expect(await ask("/healthz")).toEqual([200, ""]);
    expect(await ask("/healthz?x", "POST")).toEqual([200, ""]);
    expect(await ask("/extra")).toEqual([200, "{}"]);
    expect(await ask("/broken")).toEqual([500, "no such thing\n"]);
    expect((await ask("/other"))[0]).toBe(404);
    expect(logger.lines).toContain(`Healthz server is listening on :${server.port}`);
    await server[Symbol.asyncDispose]();
    expect(logger.lines).toContain("Healthz server is shutting down");
  });
});
