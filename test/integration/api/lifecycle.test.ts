/** How a sidecar starts and stops. @see spec 01 §12, §13, spec 08 §5, §7 */
import { writeFileSync } from "node:fs";
import { Agent, type ServerResponse } from "node:http";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  freePort,
  freePorts,
  launchDaprd,
  root,
  runToEnd,
  Scratch,
  type Sidecar,
} from "../launch.ts";
import { call, grpcCall, RawConnection, runtimeService, startApp, store } from "./calls.ts";

const unique = (name: string): string => `${name}-${process.pid}-${Date.now().toString(36)}`;

/** An app that answers when it is told to. */
async function startHoldingApp() {
  const held: ServerResponse[] = [];
  let isHolding = true;
  const app = await startApp((request, response) => {
    request.resume();
    if (isHolding && request.url?.startsWith("/hold")) held.push(response);
    else response.end("ok");
  });
  return {
    port: app.port,
    held,
    release() {
      isHolding = false;
      for (const response of held.splice(0)) response.end("late");
    },
    [Symbol.asyncDispose]: () => app[Symbol.asyncDispose](),
  };
}

const invokeHold = (sidecar: Sidecar, agent?: Agent) =>
  call({
    port: sidecar.httpPort,
    path: "/v1.0/invoke/self/method/hold",
    ...(agent ? { agent } : {}),
  });

describe("a signal", () => {
  it("lets 200 requests in flight end, and ends with 0", async () => {
    await using app = await startHoldingApp();
    await using sidecar = await launchDaprd({
      appId: "self",
      appPort: app.port,
      resources: [store],
    });
    const agent = new Agent({ keepAlive: true });
    const calls = Array.from({ length: 200 }, () => invokeHold(sidecar, agent));
    await sidecar.process.waitUntil("200 calls at the app", () => app.held.length === 200);
    sidecar.process.signal("SIGTERM");
    await sidecar.process.waitForLog("Closing HTTP server");
    app.release();
    const answers = await Promise.all(calls);
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`))).toEqual(
      new Set(["200 late"]),
    );
    expect(await sidecar.process.exited).toEqual({ code: 0, signal: null });
    expect(sidecar.process.log).toContain("Received signal 'terminated'; beginning shutdown");
    expect(sidecar.process.log.trimEnd().split("\n").at(-1)).toContain("Daprd shutdown gracefully");
    agent.destroy();
  });

  it("is not put off by clients that keep sending, and breaks no call off that the app saw", async () => {
    let begun = 0;
    await using app = await startApp((request, response) => {
      if (request.url === "/busy") begun++;
      setTimeout(() => response.end("ok"), 20);
    });
    await using sidecar = await launchDaprd({ appId: "self", appPort: app.port });
    const agent = new Agent({ keepAlive: true, maxSockets: 50 });
    let served = 0;
    let isRefused = false;
    const statuses = new Set<number>();
    const clients = Array.from({ length: 50 }, async (_, n) => {
      // Out of step, so that there is a call in flight at any time.
      await new Promise((resolve) => setTimeout(resolve, n));
      while (!isRefused) {
        try {
          const path = "/v1.0/invoke/self/method/busy";
          const { status } = await call({ port: sidecar.httpPort, path, agent });
          statuses.add(status);
          served++;
        } catch (error) {
          const { code = "" } = error as NodeJS.ErrnoException;
          if (code === "ECONNREFUSED") isRefused = true;
        }
      }
    });
    await sidecar.process.waitUntil("load", () => served > 500);
    sidecar.process.signal("SIGTERM");
    // 1 if the grace time were needed.
    expect((await sidecar.process.exited).code).toBe(0);
    await Promise.all(clients);
    agent.destroy();
    expect([...statuses]).toEqual([200]);
    expect(served).toBe(begun);
  });

  it("sent twice ends at once with 1", async () => {
    await using app = await startHoldingApp();
    await using sidecar = await launchDaprd({ appId: "self", appPort: app.port });
    const pending = invokeHold(sidecar).catch(() => undefined);
    await sidecar.process.waitUntil("a call at the app", () => app.held.length === 1);
    sidecar.process.signal("SIGTERM");
    await sidecar.process.waitForLog("beginning shutdown");
    sidecar.process.signal("SIGINT");
    expect(await sidecar.process.exited).toEqual({ code: 1, signal: null });
    expect(sidecar.process.log).toContain(
      "Received signal 'interrupt' during shutdown; exiting immediately",
    );
    await pending;
  });

  it("ends with 1 when the grace time is over", async () => {
    await using app = await startHoldingApp();
    const flags = ["--dapr-graceful-shutdown-seconds", "1"];
    await using sidecar = await launchDaprd({ appId: "self", appPort: app.port, flags });
    const pending = invokeHold(sidecar).catch(() => undefined);
    await sidecar.process.waitUntil("a call at the app", () => app.held.length === 1);
    sidecar.process.signal("SIGTERM");
    expect(await sidecar.process.exited).toEqual({ code: 1, signal: null });
    expect(sidecar.process.log).toContain("Graceful shutdown timeout exceeded, forcing shutdown");
    await pending;
  });

  it("ends a sidecar that waits for its app", async () => {
    const appPort = await freePort();
    await using sidecar = await launchDaprd({ appId: unique("w"), appPort, readyStatus: 500 });
    const health = await call({ port: sidecar.httpPort, path: "/v1.0/healthz" });
    expect(health.text).toMatch(
      /^\{"errorCode":"ERR_HEALTH_NOT_READY","message":"dapr is not ready: \[.*runtime.*\]"\}$/,
    );
    await sidecar.process.waitUntil(
      "outbound health",
      async () =>
        (await call({ port: sidecar.httpPort, path: "/v1.0/healthz/outbound" })).status === 204,
    );
    await using _app = await startApp((_, response) => response.end(), appPort);
    await sidecar.process.waitForLog(`application discovered on port ${appPort}`);
    await sidecar.process.waitUntil(
      "health",
      async () => (await call({ port: sidecar.httpPort, path: "/v1.0/healthz" })).status === 204,
    );
    const waiting = await launchDaprd({
      appId: unique("w"),
      appPort: await freePort(),
      readyStatus: 500,
    });
    await using _ = waiting;
    expect((await waiting.process.stop()).code).toBe(0);
  });

  it("waits out the block phase, in which calls are served", async () => {
    const flags = ["--dapr-block-shutdown-duration", "1s"];
    await using app = await startHoldingApp();
    await using sidecar = await launchDaprd({ appId: "self", appPort: app.port, flags });
    sidecar.process.signal("SIGTERM");
    await sidecar.process.waitForLog(
      "Blocking graceful shutdown for 1s or until app reports unhealthy...",
    );
    const { status } = await call({
      port: sidecar.httpPort,
      path: "/v1.0/invoke/self/method/now",
    });
    expect(status).toBe(200);
    expect((await sidecar.process.exited).code).toBe(0);
    expect(sidecar.process.log).toContain("Block shutdown period expired, entering shutdown...");
  });

  it("to hang up starts anew in the same process with changed files", async () => {
    const config = (name: string, rate: string): string =>
      `apiVersion: dapr.io/v1alpha1\nkind: Configuration\nmetadata: {name: c}\nspec:\n  features: [{name: ${name}, enabled: true}]\n  tracing: {samplingRate: "${rate}"}\n`;
    await using sidecar = await launchDaprd({
      appId: unique("hup"),
      resources: [store],
      config: config("First", "0"),
    });
    const { pid } = sidecar.process;
    const features = async (): Promise<string> => {
      try {
        return (await call({ port: sidecar.httpPort, path: "/v1.0/metadata" })).text;
      } catch {
        return "";
      }
    };
    expect(await features()).toContain("First");
    for (const name of ["Second", "Third"]) {
      writeFileSync(join(sidecar.scratch.path, "config.yaml"), config(name, "0"));
      sidecar.process.signal("SIGHUP");
      await sidecar.process.waitUntil(name, async () => (await features()).includes(name));
      expect((await grpcCall(sidecar.grpcPort, `${runtimeService}/GetMetadata`)).error).toBeNull();
      expect(await sidecar.metrics()).toContain("dapr_");
    }
    expect(sidecar.process.log).toContain("Received signal 'hangup'; restarting");
    expect(sidecar.process.pid).toBe(pid);
    expect((await sidecar.process.stop()).code).toBe(0);
  });

  it("to hang up with a broken file ends with its reason", async () => {
    await using sidecar = await launchDaprd({ appId: unique("hup"), config: "spec: {}\n" });
    writeFileSync(join(sidecar.scratch.path, "config.yaml"), "spec: [\n");
    sidecar.process.signal("SIGHUP");
    expect((await sidecar.process.exited).code).toBe(1);
    expect(sidecar.process.log).toContain("Fatal error from runtime: error loading configuration:");
  });
});

describe("the shutdown API", () => {
  it("over gRPC ends with 0, without the block phase", async () => {
    const flags = ["--dapr-block-shutdown-duration", "10m"];
    await using sidecar = await launchDaprd({ appId: unique("s"), flags });
    expect((await grpcCall(sidecar.grpcPort, `${runtimeService}/Shutdown`)).error).toBeNull();
    expect((await sidecar.process.exited).code).toBe(0);
    expect(sidecar.process.log).toContain("Shutdown requested via API");
  });

  it.each(["true", "TRUE"])("with force ends with 1 (%s)", async (force) => {
    await using sidecar = await launchDaprd({ appId: unique("s") });
    const metadata = { "dapr-force-shutdown": force };
    const { error } = await grpcCall(
      sidecar.grpcPort,
      `${runtimeService}/Shutdown`,
      Buffer.alloc(0),
      metadata,
    );
    expect(error).toBeNull();
    expect((await sidecar.process.exited).code).toBe(1);
    expect(sidecar.process.log).toContain("Force shutdown requested, exiting immediately");
  });

  it("answers over HTTP before it closes", async () => {
    await using sidecar = await launchDaprd({ appId: unique("s") });
    using connection = new RawConnection(sidecar.httpPort);
    connection.write(
      "POST /v1.0/shutdown HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nDapr-Force-Shutdown: no\r\n\r\n",
    );
    await connection.closed();
    expect(connection.text).toMatch(/^HTTP\/1\.1 204 /);
    expect((await sidecar.process.exited).code).toBe(0);
  });
});

describe("a start that fails", () => {
  const daprd = join(root, "bin/daprd");
  /** Flags that keep a start off the default ports; later ones win. */
  const ports = async (): Promise<string[]> => {
    const [http, grpc, metrics] = await freePorts(3);
    return [
      ...["--dapr-http-port", `${http}`, "--dapr-grpc-port", `${grpc}`, "--metrics-port"],
      ...[`${metrics}`, "--dapr-listen-addresses", "127.0.0.1"],
      ...["--metrics-listen-address", "127.0.0.1", "--dapr-internal-grpc-listen-address"],
      "127.0.0.1",
    ];
  };
  const fatal = (log: string): string =>
    /level=fatal msg="((?:[^"\\]|\\.)*)"/.exec(log)?.[1]?.replaceAll('\\"', '"') ?? "";

  const cases: readonly (readonly [args: readonly string[], text: string])[] = [
    [["--app-id", "a.b"], "Fatal error from runtime: parameter app-id cannot contain dots"],
    [["--dapr-http-port", "x"], "Fatal error from runtime: error parsing dapr-http-port flag: "],
    [["--app-port", "80x"], "Fatal error from runtime: error parsing app-port: "],
    [
      ["--dapr-grpc-port", "4000", "--app-port", "4000"],
      "Fatal error from runtime: the 'dapr-grpc-port' argument value 4000 conflicts with 'app-port'",
    ],
    [["--log-level", "loud"], "invalid value for --log-level: loud"],
    [["--metrics-port", "m"], "Fatal error from runtime: failed to parse metrics port: "],
    [
      ["--max-body-size", "ten"],
      "Failed to parse flags: invalid value for 'max-body-size' option: quantities must match",
    ],
    [
      ["--actors-disseminate-timeout", "0s"],
      "Failed to parse flags: invalid value for 'actors-disseminate-timeout' option: must be positive, got 0s",
    ],
    [
      ["--config", "/nowhere/c.yaml"],
      "Fatal error from runtime: error loading configuration: stat /nowhere/c.yaml: no such file or directory",
    ],
    [
      ["--resources-path", "/nowhere"],
      "Fatal error from runtime: failed to create watcher: failed to add target /nowhere: no such file or directory",
    ],
    [
      ["--unix-domain-socket", "/nowhere"],
      "Fatal error from runtime: failed to start API gRPC server: listen unix /nowhere/dapr-a-grpc.socket: bind: no such file or directory",
    ],
    [["--enable-mtls"], "Fatal error from runtime: trust anchors are required"],
    [
      ["--control-plane-trust-domain", ""],
      "Fatal error from runtime: control plane trust domain is required",
    ],
    [
      ["--app-port", "9223372036854775808"],
      'Fatal error from runtime: error parsing app-port: strconv.Atoi: parsing "9223372036854775808": value out of range',
    ],
  ];
  it.each(cases)("%j", async (args, text) => {
    const program = await runToEnd(daprd, ["--app-id", "a", ...(await ports()), ...args]);
    expect(program.exit?.code, program.log).toBe(1);
    expect(fatal(program.log).slice(0, text.length)).toBe(text);
  });

  it("for a log file says so", async () => {
    const program = await runToEnd(daprd, ["--app-id", "a", "--log-file", "/nowhere/a.log"]);
    expect(program.exit?.code).toBe(1);
    expect(fatal(program.log)).toMatch(
      /^failed to open log file "\/nowhere\/a\.log": open \/nowhere\/a\.log: no such file or directory$/,
    );
  });

  it("for a metrics port that is taken says so", async () => {
    await using app = await startApp((_, response) => response.end());
    const program = await runToEnd(daprd, [
      ...["--app-id", "a", ...(await ports()), "--metrics-port", `${app.port}`],
    ]);
    expect(program.exit?.code).toBe(1);
    expect(fatal(program.log)).toBe(
      `Fatal error from runtime: failed to listen on 127.0.0.1:${app.port}: listen tcp 127.0.0.1:${app.port}: bind: address already in use`,
    );
  });

  it("ends what was started, and leaves no socket file", async () => {
    using scratch = new Scratch();
    scratch.write(
      "r/a.yaml",
      store.replace("name: store", "name: first") +
        "---\n" +
        store.replace("state.in-memory", "state.none"),
    );
    const program = await runToEnd(daprd, [
      ...["--app-id", "a", ...(await ports()), "--resources-path", join(scratch.path, "r")],
    ]);
    expect(program.exit?.code).toBe(1);
    expect(program.log).toContain("Shutting down component first (state.in-memory/v1)");
  });
});
