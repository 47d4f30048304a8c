/** What operators see: the order of a start, profiles, how the block phase ends early. @see spec 08 §4.5, §5.1, §7.2 */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { authority } from "../invoke/endpoint-certificates.ts";
import { freePort, freePorts, launchDaprd, Scratch } from "../launch.ts";
import { type Answer, call, startApp, store } from "./calls.ts";

/** Messages of a log in the text layout. */
const messages = (log: string): string[] =>
  [...log.matchAll(/ msg="((?:[^"\\]|\\.)*)"/g)].map(([, text]) => text as string);

describe.concurrent("a start", () => {
  it("says its steps in their order, and serves profiles when told to", async () => {
    await using app = await startApp((_, response) => response.end("{}"));
    const profilePort = await freePort();
    await using sidecar = await launchDaprd({
      appId: "steps",
      appPort: app.port,
      resources: [store],
      flags: ["--enable-profiling", "--profile-port", `${profilePort}`],
    });
    await sidecar.process.waitForLog("dapr initialized. Status: Running.");
    const lines = messages(sidecar.process.stdout);
    const steps = [
      /^Starting Dapr Runtime -- version \S+ -- commit /,
      /^Log level set to: info$/,
      /^mTLS is disabled\. Skipping certificate request and tls validation$/,
      /^loading default configuration$/,
      /^Enabled features: HotReload WorkflowsRemoteActivityReminder$/,
      /^metrics server started on /,
      /^standalone mode configured$/,
      /^app id: steps$/,
      /^Dapr trace sampler initialized: ParentBased/,
      /^Initialized name resolution to mdns$/,
      /^Loading components…$/,
      /^Component loaded: store \(state\.in-memory\/v1\)$/,
      /^All outstanding components processed$/,
      /^Loading endpoints…$/,
      /^Waiting for all outstanding http endpoints to be processed…$/,
      /^All outstanding http endpoints processed$/,
      /^Loading Declarative Subscriptions…$/,
      /^gRPC server listening on TCP address: /,
      /^API gRPC server is running on port \d+$/,
      /^HTTP server listening on TCP address: /,
      /^HTTP server is running on port \d+$/,
      /^HTTP profiling server listening on: /,
      /^gRPC server listening on pre-bound TCP address: /,
      /^Internal gRPC server is running on /,
      /^Loading MCP servers…$/,
      /^All outstanding MCP servers processed$/,
      /^application protocol: http\. waiting on port \d+\. {2}This will block until the app is listening on that port\.$/,
      /^application discovered on port \d+$/,
      /^Application configuration loaded$/,
      /^dapr initialized\. Status: Running\. Init Elapsed \d+ms$/,
    ];
    const places = steps.map((step) => lines.findIndex((line) => step.test(line)));
    expect(
      places.map((place, n) => `${steps[n]}: ${place < 0 ? "missing" : "there"}`),
    ).not.toContainEqual(expect.stringMatching(/missing$/));
    expect(places).toEqual([...places].sort((a, b) => a - b));
    await checkProfiles(profilePort);
  });

  it("fails when no address can be had for profiling", async () => {
    await using app = await startApp((_, response) => response.end());
    await using sidecar = await launchDaprd({
      appId: "steps",
      readyStatus: 0,
      flags: ["--enable-profiling", "--profile-port", `${app.port}`],
    });
    expect((await sidecar.process.exited).code).toBe(1);
    expect(sidecar.process.log).toContain(
      "Fatal error from runtime: failed to start HTTP server: could not listen on any endpoint for profiling API",
    );
  });
});

describe("before sentry has given an identity", () => {
  it("no port is open, and a signal ends the sidecar with 0", async () => {
    using scratch = new Scratch();
    const [publicPort, sentryPort] = await freePorts(2);
    await using sidecar = await launchDaprd({
      appId: "early",
      readyStatus: 0,
      env: { DAPR_TRUST_ANCHORS: authority(scratch, "root").cert },
      flags: [
        ...["--enable-mtls", "--sentry-address", `127.0.0.1:${sentryPort}`],
        ...["--dapr-public-port", `${publicPort}`, "--dapr-public-listen-address", "127.0.0.1"],
      ],
    });
    await sidecar.process.waitForLog("Fetching initial identity");
    const { httpPort, grpcPort, internalPort, metricsPort } = sidecar;
    for (const port of [httpPort, grpcPort, internalPort, metricsPort, publicPort]) {
      await expect(call({ port: port!, path: "/v1.0/healthz" })).rejects.toThrow("ECONNREFUSED");
    }
    expect((await sidecar.process.stop()).code).toBe(0);
    expect(sidecar.process.log).toContain("Daprd shutdown gracefully");
  });
});

describe.runIf(process.platform === "linux")("the list of processes", () => {
  it("has the sidecar as daprd, with its flags", async () => {
    await using sidecar = await launchDaprd({ appId: "listed" });
    const { pid } = sidecar.process;
    expect(readFileSync(`/proc/${pid}/comm`, "utf8")).toBe("daprd\n");
    const words = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
    expect(words[words.indexOf("--app-id") + 1]).toBe("listed");
    expect(words[words.indexOf("--dapr-http-port") + 1]).toBe(`${sidecar.httpPort}`);
  });
});

async function checkProfiles(port: number): Promise<void> {
  const get = (path: string) => call({ port, path: `/debug/pprof${path}` });
  expect(await get("/")).toMatchObject({ status: 200, text: expect.stringContaining("profile") });
  expect((await get("")).headers.location).toBe("/debug/pprof/");
  const taken = await get("/profile?seconds=1");
  expect(JSON.parse(taken.text)).toMatchObject({ nodes: expect.any(Array) });
  expect(JSON.parse((await get("/heap")).text)).toMatchObject({ head: expect.any(Object) });
  expect((await get("/goroutine")).text).toMatch(/^goroutine profile: total \d+\n/);
  expect((await get("/profile?seconds=x")).status).toBe(400);
  expect((await get("/nonsense")).status).toBe(404);
  expect((await call({ port, path: "/v1.0/metadata" })).status).toBe(404);
}

describe.concurrent("the log level of a running sidecar", () => {
  const path = "/v1.0-alpha1/log-level";

  it("is read and set, and stays where a body names none", async () => {
    await using sidecar = await launchDaprd({ appId: "levels" });
    const { httpPort: port, process } = sidecar;
    const read = async (): Promise<unknown> => JSON.parse((await call({ port, path })).text);
    const set = (body: string): Promise<Answer> => call({ port, path, method: "PUT", body });
    expect(await read()).toEqual({ level: "info" });
    for (const level of ["error", "DEBUG", "warn"]) {
      expect((await set(JSON.stringify({ level }))).status).toBe(204);
      expect(await read()).toEqual({ level: level.toLowerCase() });
      const line = `msg="Log level set to: ${level.toLowerCase()}"`;
      await process.waitForLog(line);
    }
    for (const body of ["", "debug", "{}", "null", "[]", '{"level":1}', '{"level":"__proto__"}']) {
      const { status, text } = await set(body);
      expect([body, status, JSON.parse(text)]).toEqual([
        body,
        400,
        {
          errorCode: "ERR_MALFORMED_REQUEST",
          message: "the log level must be debug, info, warn, error or fatal",
        },
      ]);
    }
    expect(await read()).toEqual({ level: "warn" });
  });
});

describe("the block phase", () => {
  const flags = [
    ...["--dapr-block-shutdown-duration", "180s", "--enable-app-health-check"],
    // A busy machine must not make the app look unhealthy.
    ...["--app-health-probe-interval", "3", "--app-health-probe-timeout", "3000"],
    ...["--app-health-threshold", "1"],
  ];

  it("ends when the app reports that it is unhealthy", async () => {
    let status = 200;
    await using app = await startApp((_, response) => response.writeHead(status).end("{}"));
    await using sidecar = await launchDaprd({ appId: "block", appPort: app.port, flags });
    await sidecar.process.waitForLog("App entered healthy status");
    sidecar.process.signal("SIGTERM");
    await sidecar.process.waitForLog(
      "Blocking graceful shutdown for 3m0s or until app reports unhealthy...",
    );
    const path = "/v1.0/invoke/block/method/x";
    expect((await call({ port: sidecar.httpPort, path })).status).toBe(200);
    status = 503;
    expect((await sidecar.process.exited).code).toBe(0);
    expect(sidecar.process.log).toContain(
      "App entered un-healthy status: Health check failed with status code: 503",
    );
    expect(sidecar.process.log).toContain("App reported unhealthy, entering shutdown...");
  });

  it("ends at once when the app was never healthy", async () => {
    await using app = await startApp((_, response) => response.writeHead(500).end());
    await using sidecar = await launchDaprd({ appId: "block", appPort: app.port, flags });
    sidecar.process.signal("SIGTERM");
    expect((await sidecar.process.exited).code).toBe(0);
    expect(sidecar.process.log).toContain("App reported unhealthy, entering shutdown...");
  });
});
