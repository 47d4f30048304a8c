/** Several sidecars in one process: nothing of one shows in another. @see docs/architecture.md "One process, no globals" */
import { randomBytes, randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { parseFlags } from "../../../src/kit/flags/flags.ts";
import type { Platform } from "../../../src/kit/lifecycle/platform.ts";
import { Logging } from "../../../src/kit/logging/logger.ts";
import { systemClock } from "../../../src/kit/time/clock.ts";
import { daprdFlags } from "../../../src/runtime/flags.ts";
import { sidecarOptions } from "../../../src/runtime/options.ts";
import { type Sidecar, startSidecar } from "../../../src/runtime/sidecar.ts";
import { call, grpcCall, runtimeService, startApp, store } from "../api/calls.ts";
import { freePorts, Scratch } from "../launch.ts";

interface Embedded extends AsyncDisposable {
  readonly sidecar: Sidecar;
  readonly lines: string[];
  readonly env: Map<string, string>;
  readonly httpPort: number;
  readonly grpcPort: number;
  readonly metricsPort: number;
  readonly requests: string[];
}

async function embed(
  appId: string,
  env: Map<string, string>,
  flags: string[] = [],
): Promise<Embedded> {
  await using stack = new AsyncDisposableStack();
  const scratch = stack.use(new Scratch());
  scratch.write("r/store.yaml", store);
  const [httpPort = 0, grpcPort = 0, internalPort = 0, metricsPort = 0] = await freePorts(4);
  const parsed = parseFlags(
    daprdFlags,
    [
      ...["--app-id", appId, "--resources-path", `${scratch.path}/r`],
      ...["--dapr-http-port", `${httpPort}`, "--dapr-grpc-port", `${grpcPort}`],
      ...["--dapr-internal-grpc-port", `${internalPort}`, "--metrics-port", `${metricsPort}`],
      ...["--dapr-listen-addresses", "127.0.0.1", "--metrics-listen-address", "127.0.0.1"],
      ...["--dapr-internal-grpc-listen-address", "127.0.0.1", ...flags],
    ],
    { singleDash: true },
  );
  const lines: string[] = [];
  const platform: Platform = {
    clock: systemClock,
    random: {
      number: () => Math.random(),
      bytes: (length) => randomBytes(length),
      uuid: () => randomUUID(),
    },
    env,
    hostname: "host",
    pid: process.pid,
    uid: -1,
    cwd: scratch.path,
    stdout: {
      isTerminal: false,
      write: (line) => void lines.push(line),
      writeLater: (line) => void lines.push(line),
      flush() {},
    },
  };
  const logging = new Logging({
    level: "info",
    json: false,
    sink: platform.stdout,
    clock: platform.clock,
    hostname: platform.hostname,
    version: "1.18.3",
    appId,
  });
  const requests: string[] = [];
  const sidecar = stack.use(
    await startSidecar(
      sidecarOptions(parsed, env, (text) => lines.push(text)),
      { platform, logging, signal: new AbortController().signal },
      {
        onShutdownRequest: () => requests.push("graceful"),
        onForcedShutdown: () => requests.push("forced"),
      },
    ),
  );
  await sidecar.ready;
  const owned = stack.move();
  return {
    sidecar,
    lines,
    env,
    httpPort,
    grpcPort,
    metricsPort,
    requests,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

const localEnv = (more: Record<string, string> = {}): Map<string, string> =>
  new Map(Object.entries({ DAPR_HOST_IP: "127.0.0.1", ...more }));

const metrics = async (one: Embedded): Promise<string> =>
  (await fetch(`http://127.0.0.1:${one.metricsPort}/`)).text();

describe("two sidecars in one process", () => {
  it("share no state, metrics, logs, tokens, environment or end", async () => {
    await using app = await startApp((_, response) => response.end("app of a"));
    const flags = ["--app-port", `${app.port}`];
    await using a = await embed("emb-a", localEnv({ DAPR_API_TOKEN: "of-a" }), flags);
    await using b = await embed("emb-b", localEnv());
    const path = "/v1.0/state/store";
    const body = '[{"key":"k","value":"of a"}]';
    const headers = { "dapr-api-token": "of-a" };
    const saved = await call({ port: a.httpPort, method: "POST", path, body, headers });
    expect(saved.status).toBe(204);
    // The same key of the same app id would be another row only because the store is another one.
    expect((await call({ port: b.httpPort, path: `${path}/emb-a%7C%7Ck` })).status).not.toBe(200);
    expect((await call({ port: b.httpPort, path: `${path}/k` })).status).toBe(204);
    expect((await call({ port: a.httpPort, path: `${path}/k` })).status).toBe(401);
    expect((await call({ port: a.httpPort, path: `${path}/k`, headers })).text).toBe('"of a"');
    expect((await grpcCall(b.grpcPort, `${runtimeService}/GetMetadata`)).error).toBeNull();
    expect((await grpcCall(a.grpcPort, `${runtimeService}/GetMetadata`)).error?.code).toBe(16);

    const [metricsOfA, metricsOfB] = await Promise.all([metrics(a), metrics(b)]);
    expect(metricsOfA).toContain('app_id="emb-a"');
    expect(metricsOfA).not.toContain("emb-b");
    expect(metricsOfB).not.toContain("emb-a");
    expect(metricsOfA).toContain('status="401"');
    expect(metricsOfB).not.toContain('status="401"');

    expect(a.lines.join("")).not.toContain("emb-b");
    expect(b.lines.join("")).not.toContain("emb-a");
    expect([a.env.get("APP_ID"), b.env.get("APP_ID")]).toEqual(["emb-a", "emb-b"]);
    expect(process.env.APP_ID).toBeUndefined();

    const invoke = `/v1.0/invoke/emb-a/method/x`;
    const invoked = await call({ port: b.httpPort, path: invoke });
    expect([invoked.status, invoked.text]).toEqual([200, "app of a"]);

    await call({ port: b.httpPort, method: "POST", path: "/v1.0/shutdown" });
    expect([a.requests, b.requests]).toEqual([[], ["graceful"]]);
    await b.sidecar.close({ blocks: false });
    await expect(call({ port: b.httpPort, path: "/v1.0/healthz" })).rejects.toThrow("ECONNREFUSED");
    expect((await call({ port: a.httpPort, path: "/v1.0/healthz" })).status).toBe(204);
    expect(a.lines.join("")).not.toContain("Dapr is shutting down");
  });

  it("leave nothing behind when one after another starts and ends", async () => {
    const live = (): number =>
      process.getActiveResourcesInfo().filter((name) => /^(TCP|Pipe|UDP)/.test(name)).length;
    const cycle = async (): Promise<void> => {
      await using one = await embed("emb-cycle", localEnv());
      await call({ port: one.httpPort, path: "/v1.0/metadata" });
      await grpcCall(one.grpcPort, `${runtimeService}/GetMetadata`);
      await one.sidecar.close({ blocks: false });
    };
    await cycle();
    await expect.poll(live, { timeout: 5_000 }).toBeLessThan(12);
    const before = live();
    for (let i = 0; i < 5; i++) await cycle();
    await expect.poll(live, { timeout: 5_000 }).toBeLessThanOrEqual(before);
  });

  it("a start that fails closes what it had opened", async () => {
    const [port = 0] = await freePorts(1);
    await using _app = await startApp((_, response) => response.end(), port);
    const flags = ["--dapr-public-port", `${port}`, "--dapr-public-listen-address", "127.0.0.1"];
    const started = performance.now();
    await expect(embed("emb-fails", localEnv(), flags)).rejects.toThrow("address already in use");
    expect(performance.now() - started).toBeLessThan(5_000);
    await using again = await embed("emb-fails", localEnv());
    expect((await call({ port: again.httpPort, path: "/v1.0/healthz" })).status).toBe(204);
  });
});
