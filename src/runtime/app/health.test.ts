import { expect, test } from "vitest";
import type { HttpCall, HttpClient, HttpHandler } from "../../kit/http/client.ts";
import type { Logger } from "../../kit/logging/logger.ts";
import { Metrics } from "../../kit/metrics/metrics.ts";
import { code, RpcError } from "../../kit/rpc/status.ts";
import type { ClientTransport } from "../../kit/rpc/transport.ts";
import { ManualClock } from "../../kit/time/manual-clock.ts";
import { AppHealth, AppHealthState } from "./health.ts";
import { grpcProbe, grpcProbeMetrics, httpProbe, httpProbeMetrics } from "./health-probe.ts";
import { waitForApp } from "./wait.ts";

function recordingLogger(): { logger: Logger; lines: string[] } {
  const lines: string[] = [];
  const line = (level: string) => (message: string) => void lines.push(`${level} ${message}`);
  const logger: Logger = {
    isEnabled: () => true,
    debug: line("debug"),
    info: line("info"),
    warn: line("warn"),
    error: line("error"),
    fatal: line("fatal"),
  };
  return { logger, lines };
}

test.each([
  // Probe results, then whether the app counts as healthy after each.
  [3, "0", "0"],
  [3, "1", "1"],
  [3, "1001", "1111"],
  [3, "1000", "1110"],
  [3, "101010", "111110"],
  [3, "10001", "11101"],
  [3, "10001000", "11101110"],
  [1, "1011", "1011"],
])("with threshold %i, %s leads to %s", (threshold, probes, expected) => {
  const state = new AppHealthState(threshold);
  let seen = "";
  for (const probe of probes) {
    const before = state.isHealthy;
    const changed = state.report(probe === "1");
    expect(changed).toBe(before !== state.isHealthy);
    seen += state.isHealthy ? "1" : "0";
  }
  expect(seen).toBe(expected);
});

test("the loop probes at once and then every interval", async () => {
  const clock = new ManualClock();
  const { logger, lines } = recordingLogger();
  const at: number[] = [];
  const changes: boolean[] = [];
  const answers = [true, false, false, true];
  const health = new AppHealth({
    clock,
    logger,
    intervalMs: 1000,
    timeoutMs: 500,
    threshold: 2,
    onChange: (isHealthy) => changes.push(isHealthy),
    probe: async () => {
      at.push(clock.monotonic());
      await clock.sleep(300);
      if (at.length === 6) throw new Error("odd");
      const isHealthy = answers[at.length - 1] ?? false;
      return { isHealthy, reason: isHealthy ? "" : "Health check failed with status code: 503" };
    },
  });
  const stop = new AbortController();
  const running = health.run(stop.signal);
  expect(health.isHealthy).toBe(false);
  await clock.advance(5400);
  stop.abort(new Error("stop"));
  await running;
  expect(at).toEqual([0, 1000, 2000, 3000, 4000, 5000]);
  expect(changes).toEqual([true, false, true, false]);
  expect(lines).toEqual([
    "info App health probes starting",
    "info App entered healthy status",
    "warn App entered un-healthy status: Health check failed with status code: 503",
    "info App entered healthy status",
    "warn App entered un-healthy status: Probe error: odd",
  ]);
});

/** A client whose answer the test gives. */
function fakeClient(): {
  client: HttpClient;
  paths: string[];
  handler(): HttpHandler;
  aborted(): number;
} {
  const paths: string[] = [];
  let last: HttpHandler | undefined;
  let aborted = 0;
  const call: HttpCall = {
    write: () => true,
    endBody: () => {},
    resume: () => {},
    abort: () => void aborted++,
  };
  return {
    paths,
    handler: () => last as HttpHandler,
    aborted: () => aborted,
    client: {
      send(request, handler) {
        paths.push(`${request.method} ${request.path} ${request.headers.length}`);
        last = handler;
        return call;
      },
      [Symbol.asyncDispose]: async () => {},
    },
  };
}

const origin = "http://127.0.0.1:3000";

test.each([
  [200, true],
  [204, true],
  [299, true],
  [199, false],
  [301, false],
  [404, false],
  [503, false],
])("an HTTP probe answered %i is %s", async (status, isHealthy) => {
  const clock = new ManualClock();
  const fake = fakeClient();
  const metrics = new Metrics();
  const record = httpProbeMetrics(metrics, "app");
  const probe = httpProbe({ client: fake.client, origin, path: "alive", clock, record });
  const result = probe(500, new AbortController().signal);
  fake.handler().onHead(status, []);
  fake.handler().onEnd(true);
  const reason = isHealthy ? "" : `Health check failed with status code: ${status}`;
  expect(await result).toEqual({ isHealthy, reason });
  expect(fake.paths).toEqual(["GET /alive 0"]);
  expect(clock.pending).toBe(0);
  expect(metrics.render()).toContain(
    `dapr_http_healthprobes_completed_count{app_id="app",status="${status}"} 1`,
  );
});

test("an HTTP probe that fails or takes too long is unhealthy", async () => {
  const clock = new ManualClock();
  const fake = fakeClient();
  const metrics = new Metrics();
  const record = httpProbeMetrics(metrics, "app");
  const probe = httpProbe({ client: fake.client, origin, path: "/healthz", clock, record });
  const failed = probe(500, new AbortController().signal);
  fake.handler().onError(new Error("EOF"));
  expect((await failed).reason).toBe('Network error: Get "http://127.0.0.1:3000/healthz": EOF');
  const late = probe(500, new AbortController().signal);
  await clock.advance(500);
  expect((await late).reason).toBe(
    'Network error: Get "http://127.0.0.1:3000/healthz": context deadline exceeded',
  );
  expect(fake.aborted()).toBe(1);
  expect(clock.pending).toBe(0);
  expect(metrics.render()).toContain('completed_count{app_id="app",status="500"} 2');
});

test("the body of a probe's answer may not last for ever", async () => {
  const clock = new ManualClock();
  const fake = fakeClient();
  const statuses: string[] = [];
  const record = (status: string): void => void statuses.push(status);
  const probe = httpProbe({ client: fake.client, origin, path: "/", clock, record });
  const result = probe(500, new AbortController().signal);
  fake.handler().onHead(200, []);
  expect((await result).isHealthy).toBe(true);
  await clock.advance(500);
  expect(statuses).toEqual(["200"]);
  expect(fake.aborted()).toBe(1);
});

test("a gRPC probe takes any error as unhealthy", async () => {
  const clock = new ManualClock();
  const { logger, lines } = recordingLogger();
  const metrics = new Metrics();
  let answer: unknown;
  const asked: unknown[] = [];
  const client = {
    unary: async (path: string, message: Uint8Array, options: { timeoutMs: number }) => {
      asked.push([path, message.length, options.timeoutMs]);
      if (answer !== undefined) throw answer;
      return {};
    },
  } as unknown as ClientTransport;
  const probe = grpcProbe({ client, clock, logger, record: grpcProbeMetrics(metrics, "app") });
  const { signal } = new AbortController();
  expect(await probe(500, signal)).toEqual({ isHealthy: true, reason: "" });
  answer = new RpcError(code.unimplemented, "no");
  const text = "rpc error: code = Unimplemented desc = no";
  expect(await probe(500, signal)).toEqual({ isHealthy: false, reason: `Probe error: ${text}` });
  expect(lines).toEqual([`error App health probe could not complete with error: ${text}`]);
  expect(asked[0]).toEqual(["/dapr.proto.runtime.v1.AppCallbackHealthCheck/HealthCheck", 0, 500]);
  expect(metrics.render()).toContain(
    'dapr_grpc_io_healthprobes_completed_count{app_id="app",grpc_client_status="Unimplemented"} 1',
  );
});

test("waiting for the app logs every hundred attempts", async () => {
  const clock = new ManualClock();
  const { logger, lines } = recordingLogger();
  let attempts = 0;
  const attempt = async (): Promise<boolean> => ++attempts === 201;
  const address = { protocol: "http", host: "127.0.0.1", port: 3000 };
  const waiting = waitForApp(address, { clock, logger, attempt }, new AbortController().signal);
  await clock.advance(20_000);
  await waiting;
  expect(lines).toEqual([
    "info application protocol: http. waiting on port 3000.  This will block until the app is listening on that port.",
    "info waiting for application to listen on port 3000",
    "info waiting for application to listen on port 3000",
    "info application discovered on port 3000",
  ]);
});

test("waiting for the app ends with the signal", async () => {
  const clock = new ManualClock();
  const { logger } = recordingLogger();
  const stop = new AbortController();
  const address = { protocol: "grpc", host: "127.0.0.1", port: 3000 };
  const attempt = async (): Promise<boolean> => false;
  const waiting = waitForApp(address, { clock, logger, attempt }, stop.signal);
  const outcome = expect(waiting).rejects.toThrow("stopped");
  await clock.advance(1000);
  stop.abort(new Error("stopped"));
  await outcome;
  expect(clock.pending).toBe(0);
});
