/** `tricorne run` of one app: its environment, the lines that others wait for, how it ends, and that nothing is left. */
import { renameSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { startApp } from "../../../src/cli/app-process.ts";
import { startTimeOf } from "../../../src/cli/registry.ts";
import { systemClock } from "../../../src/kit/time/clock.ts";
import { freePorts, type Launched, Scratch, statusOf } from "../launch.ts";
import { launchTricorne, listed, tricorne } from "./tricorne.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });
/** The machine may be busy. */
const limitMs = 60_000;

let scratch: Scratch;
beforeEach(() => {
  scratch = new Scratch();
});
afterEach(() => scratch[Symbol.dispose]());

/** Answers with its environment, starts a child, and writes down both process ids. */
const server = `import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1e6)"], { stdio: "ignore" });
const { APP_PORT, PIDS } = process.env;
createServer((request, response) => {
  if (request.url === "/exit") return process.exit(3);
  response.end(JSON.stringify(process.env));
}).listen(Number(APP_PORT ?? 0), "127.0.0.1", () => {
  writeFileSync(PIDS, process.pid + " " + child.pid);
  console.log("the app is there");
});
`;

const policies = `apiVersion: dapr.io/v1alpha1
kind: Resiliency
metadata: {name: mine}
spec: {policies: {timeouts: {short: 1s}}}
`;

const isUp = "You're up and running! Both Dapr and your app logs will appear here.";
const quiet = ["--log-level", "error"];
const isRunning = (pid: number): boolean => startTimeOf(pid) !== undefined;

/** The app and its child. */
async function pidsOf(launched: Launched): Promise<number[]> {
  await launched.waitForLog("the app is there", limitMs);
  return scratch.read("pids").split(" ").map(Number);
}

async function waitUntil(condition: () => boolean): Promise<void> {
  const end = performance.now() + 30_000;
  while (!condition()) {
    if (performance.now() > end) throw new Error("not within 30 s");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function launchServer(flags: readonly string[] = []): Launched {
  const file = scratch.write("app.mjs", server);
  return launchTricorne(["run", ...quiet, ...flags, "--", process.execPath, file], {
    scratch,
    env: { PIDS: `${scratch.path}/pids`, MINE: "kept" },
  });
}

describe("tricorne run", () => {
  it("starts an app with a port, is listed, passes calls on and ends both on SIGINT", async () => {
    const [appPort = 0, httpPort = 0] = await freePorts(2);
    const flags = ["--app-id", "orders", "-p", `${appPort}`, "-H", `${httpPort}`];
    await using run = launchServer([...flags, "--enable-api-logging=false"]);
    await run.waitForLog(isUp, limitMs);
    const pids = await pidsOf(run);
    expect(run.stdout).toMatch(
      new RegExp(`ℹ️ {2}Starting Dapr with id orders. HTTP Port: ${httpPort}. gRPC Port: \\d+\\n`),
    );
    expect(run.stdout).toContain("/home/.dapr/components: the embedded components in ");
    // Not prefixed.
    expect(run.stdout).toContain("\nthe app is there\n");

    const grpcPort = Number(/gRPC Port: (\d+)/.exec(run.stdout)?.[1]);
    const command = `${process.execPath} ${scratch.path}/app.mjs`;
    const mine = (await listed({ scratch })).filter(({ cliPid }) => cliPid === run.pid);
    expect(mine).toEqual([
      expect.objectContaining({
        appId: "orders",
        httpPort,
        grpcPort,
        appPort,
        command,
        daprdPid: run.pid,
        appPid: pids[0],
        runTemplatePath: "",
      }),
    ]);
    const table = await tricorne(["list"], { scratch });
    expect(table.stdout).toMatch(/^APP ID +HTTP PORT +GRPC PORT /);
    expect(table.stdout).not.toContain("RUN_TEMPLATE_PATH");

    const metadata = await (await fetch(`http://127.0.0.1:${httpPort}/v1.0/metadata`)).json();
    expect(metadata).toMatchObject({
      extended: { cliPID: `${run.pid}`, appPID: `${pids[0]}`, appCommand: command },
    });

    const invoked = await tricorne(["invoke", "-a", "orders", "-m", "env", "-v", "GET"], {
      scratch,
    });
    expect(invoked.exit?.code).toBe(0);
    expect(invoked.stdout).toContain("✅  App invoked successfully\n");
    expect(JSON.parse(invoked.stdout.split("\n")[0] as string)).toMatchObject({
      APP_ID: "orders",
      APP_CHANNEL_ADDRESS: "127.0.0.1",
      APP_PORT: `${appPort}`,
      APP_PROTOCOL: "http",
      DAPR_HTTP_PORT: `${httpPort}`,
      DAPR_GRPC_PORT: `${grpcPort}`,
      DAPR_METRICS_PORT: expect.stringMatching(/^\d+$/),
      MINE: "kept",
    });

    run.signal("SIGINT");
    expect((await run.exited).code).toBe(0);
    const ending = run.stdout.slice(run.stdout.indexOf("terminated signal received"));
    expect(ending).toBe(
      "terminated signal received: shutting down\n✅  Exited App successfully\n✅  Exited Dapr successfully\n",
    );
    expect(pids.map(isRunning)).toEqual([false, false]);
    expect(await statusOf(httpPort, "/v1.0/healthz")).toBe(0);
  });

  it("leaves nothing of the app behind when it is killed itself, and is not listed then", async () => {
    await using run = launchServer(["--app-id", "orders"]);
    await run.waitForLog(isUp, limitMs);
    expect(run.stdout).toMatch(
      /Checking if Dapr sidecar is listening on HTTP port \d+\n.*Checking if Dapr sidecar is listening on GRPC port \d+\n.*Dapr sidecar is up and running\.\n/,
    );
    const pids = await pidsOf(run);
    run.signal("SIGKILL");
    await run.exited;
    await waitUntil(() => !pids.some(isRunning));
    expect((await listed({ scratch })).filter(({ cliPid }) => cliPid === run.pid)).toEqual([]);
  });

  it("ends with the app, and with status 1 when that failed", async () => {
    const [appPort = 0] = await freePorts(1);
    await using run = launchServer(["-a", "orders", `-p${appPort}`]);
    await run.waitForLog(isUp, limitMs);
    const pids = await pidsOf(run);
    await fetch(`http://127.0.0.1:${appPort}/exit`).catch(() => {});
    expect((await run.exited).code).toBe(1);
    expect(run.stderr).toContain("❌  The App process exited with error code: exit status 3\n");
    expect(run.stderr).toContain("❌  Error exiting App: exit status 3\n");
    expect(run.stdout).toContain("✅  Exited Dapr successfully\n");
    // The child that the app had left alone.
    expect(pids.map(isRunning)).toEqual([false, false]);
  });

  it("starts sentry where the configuration turns mTLS on, and writes messages as JSON", async () => {
    scratch.write(
      "home/.dapr/config.yaml",
      "apiVersion: dapr.io/v1alpha1\nkind: Configuration\nmetadata: {name: c}\nspec: {mtls: {enabled: true}}\n",
    );
    scratch.folder("home/.dapr/components");
    const run = await tricorne(["run", "--log-as-json", "--log-level", "info", "--", "true"], {
      scratch,
    });
    expect(run.exit?.code).toBe(0);
    const messages = run.stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { msg: string; status?: string });
    const texts = messages.map(({ msg }) => msg);
    expect(texts).toContainEqual(expect.stringMatching(/^mTLS is on: sentry listens on 127/));
    expect(texts).toContainEqual(expect.stringMatching(/^Starting Dapr with id [a-z]+-[a-z]+\. /));
    expect(texts).not.toContainEqual(expect.stringContaining("mTLS is disabled"));
    expect(texts).not.toContainEqual(expect.stringContaining("embedded components"));
    expect(messages.find(({ msg }) => msg.startsWith("Exited App"))?.status).toBe("success");
  });

  it("runs a sidecar alone, on sockets, and says why calls through it fail", async () => {
    const flags = ["-a", "first", "-u", scratch.folder("sock")];
    await using alone = launchTricorne(["run", ...quiet, ...flags], { scratch });
    await alone.waitForLog("You're up and running! Dapr logs will appear here.", limitMs);
    expect(alone.stdout).toContain(`listening on HTTP socket ${scratch.path}/sock/dapr-first-http`);
    expect(alone.stdout).toContain("WARNING: no application command found.\n");
    const invoke = await tricorne(["invoke", "-a", "first", "-m", "x"], { scratch });
    expect([invoke.exit?.code, invoke.stderr]).toEqual([
      1,
      "❌  error invoking app first: 500 Internal Server Error\n",
    ]);
    const publish = ["publish", "-i", "first", "-p", "nothing", "-t", "x", "-d", "1"];
    const published = await tricorne(publish, { scratch });
    expect([published.exit?.code, published.stderr]).toEqual([
      1,
      expect.stringContaining("❌  Error publishing topic x: 404 Not Found"),
    ]);
    const stop = await tricorne(["stop", "first", "-w"], { scratch });
    expect(stop.stdout).toBe("✅  app stopped successfully: first\n");
    expect((await alone.exited).code).toBe(0);
  });

  it("takes in a change that needs another sidecar, and tells that one what it told the first", async () => {
    const resources = scratch.folder("resources");
    const [httpPort = 0] = await freePorts(1);
    const flags = ["-a", "first", "-H", `${httpPort}`, "--resources-path", resources];
    await using alone = launchTricorne(["run", ...quiet, ...flags], { scratch });
    await alone.waitForLog("You're up and running! Dapr logs will appear here.", limitMs);
    scratch.write("new.yaml", policies);
    renameSync(`${scratch.path}/new.yaml`, `${resources}/policies.yaml`);
    await alone.waitUntil(
      "the next sidecar knows both",
      async () => {
        const url = `http://127.0.0.1:${httpPort}/v1.0/metadata`;
        const text = await fetch(url).then(
          (answer) => answer.text(),
          () => "",
        );
        return text.includes('"name":"mine"') && text.includes(`"cliPID":"${alone.pid}"`);
      },
      limitMs,
    );
    alone.signal("SIGTERM");
    expect((await alone.exited).code).toBe(0);
  });

  it("ends with status 1 when the command cannot be started", async () => {
    const run = await tricorne(["run", ...quiet, "--", "/no/such/program"], { scratch });
    expect(run.exit?.code).toBe(1);
    expect(run.stderr).toContain("❌  cannot start /no/such/program: ");
    expect(run.stdout).toContain("✅  Start App failed, try to stop Dapr successfully\n");
  });
});

describe("an app's process group", () => {
  it("gets SIGKILL five seconds after a SIGTERM that it ignores", async () => {
    let now = 0;
    const clock = {
      ...systemClock,
      monotonic: () => now,
      sleep: async () => {
        now += 100;
        await new Promise((resolve) => setImmediate(resolve));
      },
    };
    const ready = `${scratch.path}/ready`;
    const script = `trap '' TERM; sleep 1000 & echo $! > ${ready}.new; mv ${ready}.new ${ready}; wait`;
    await using app = await startApp(
      ["sh", "-c", script],
      new Map(Object.entries(process.env) as [string, string][]),
      clock,
    );
    let child = 0;
    await waitUntil(() => {
      try {
        child = Number(scratch.read("ready"));
      } catch {
        return false;
      }
      return child > 0;
    });
    await app[Symbol.asyncDispose]();
    expect(now).toBeGreaterThan(5000);
    expect(await app.failure).toBe("signal: killed");
    await waitUntil(() => !isRunning(child));
  });
});
