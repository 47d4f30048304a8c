/** `tricorne run -f`: apps that call one another and publish, one that crashes, files with logs, and how it all ends. */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { startTimeOf } from "../../../src/cli/registry.ts";
import { freePorts, Launched, Scratch, statusOf } from "../launch.ts";
import { type Listed, launchTricorne, listed, tricorne, tricorneFile } from "./tricorne.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });
/** The machine may be busy. */
const limitMs = 60_000;

const isRunning = (pid: number): boolean => startTimeOf(pid) !== undefined;
const node = JSON.stringify(process.execPath);

/** Each app: answers, passes a call on, publishes, and takes events. */
const app = `import { createServer } from "node:http";
const { APP_ID, APP_PORT, DAPR_HTTP_PORT, GREETING, OWN } = process.env;
const api = "http://127.0.0.1:" + DAPR_HTTP_PORT + "/v1.0";
const answers = {
  "/dapr/subscribe": () => JSON.stringify(APP_ID === "stock" ? [{ pubsubname: "pubsub", topic: "orders", route: "/event" }] : []),
  "/env": () => [APP_ID, GREETING, OWN, process.cwd()].join(" "),
  "/relay": async () => (await fetch(api + "/invoke/stock/method/env")).text(),
  "/publish": async () => (await fetch(api + "/publish/pubsub/orders", { method: "POST", body: '{"n":1}', headers: { "content-type": "application/json" } })).status.toString(),
  "/event": () => { console.log("\\u001b[32mevent\\u001b[0m arrived"); return ""; },
  "/exit": () => process.exit(7),
};
createServer(async (request, response) => {
  request.resume();
  const answer = await answers[request.url]?.();
  response.statusCode = answer === undefined ? 404 : 200;
  response.end(answer);
}).listen(Number(APP_PORT), "127.0.0.1", () => console.log("listens"));
console.error("an error line");
`;

/** The embedded broker: the sidecars share its file. */
const pubsub = (file: string): string => `apiVersion: dapr.io/v1alpha1
kind: Component
metadata: {name: pubsub}
spec:
  type: pubsub.sqlite
  version: v1
  metadata: [{name: connectionString, value: "${file}"}]
`;

describe("tricorne run -f", () => {
  let scratch: Scratch;
  let run: Launched;
  let apps: ReadonlyMap<string, Listed>;

  beforeAll(async () => {
    scratch = new Scratch();
    scratch.write("orders/app.mjs", app);
    scratch.write("services/stock/app.mjs", app);
    scratch.write("mail/app.mjs", app);
    const broker = pubsub(join(scratch.path, "bus.db"));
    scratch.write("components/pubsub.yaml", broker);
    // Found without being named.
    scratch.write("services/stock/.dapr/resources/pubsub.yaml", broker);
    const [orders, stock, mail] = await freePorts(3);
    const template = scratch.write(
      "dapr.yaml",
      `version: 1
name: shop
common:
  resourcesPath: ./components
  env: {GREETING: hello, OWN: none}
apps:
  - appID: orders
    appDirPath: ./orders/
    appPort: ${orders}
    command: [${node}, app.mjs]
  - appDirPath: services/stock
    appPort: ${stock}
    env: {OWN: mine}
    daprdLogDestination: fileAndConsole
    command: [${node}, app.mjs]
  - appID: mail
    appDirPath: mail
    appPort: ${mail}
    appLogDestination: console
    daprdLogDestination: console
    logLevel: error
    command: [${node}, app.mjs]
`,
    );
    run = launchTricorne(["run", "-f", dirname(template)], { scratch });
    await run.waitUntil(
      "all have started",
      () => run.stdout.split("Started Dapr").length === 4,
      limitMs,
    );
    await run.waitUntil(
      "all are listed",
      async () => {
        const mine = (await listed({ scratch })).filter(({ cliPid }) => cliPid === run.pid);
        apps = new Map(mine.map((item) => [item.appId, item]));
        return apps.size === 3;
      },
      limitMs,
    );
    for (const { httpPort } of apps.values()) {
      await run.waitUntil(
        "healthz",
        async () => (await statusOf(httpPort, "/v1.0/healthz")) === 204,
      );
    }
  });

  afterAll(async () => {
    await run?.[Symbol.asyncDispose]();
    scratch[Symbol.dispose]();
  });

  const listedApp = (id: string): Listed => apps.get(id) as Listed;
  const call = async (id: string, method: string): Promise<string> =>
    (
      await fetch(`http://127.0.0.1:${listedApp(id).httpPort}/v1.0/invoke/${id}/method/${method}`)
    ).text();

  it("says what it starts, in the order of the template", () => {
    const order = [...run.stdout.matchAll(/Validating config and starting app "(\w+)"/g)];
    expect(order.map((match) => match[1])).toEqual(["orders", "stock", "mail"]);
    for (const { appId, httpPort, grpcPort } of apps.values()) {
      expect(run.stdout).toContain(
        `✅  Started Dapr with app id "${appId}". HTTP Port: ${httpPort}. gRPC Port: ${grpcPort}\n`,
      );
    }
    expect(run.stdout).toContain(
      `ℹ️  Writing log files to directory : ${join(scratch.path, "orders/.dapr/logs")}\n`,
    );
    expect(run.stdout).not.toContain(join(scratch.path, "mail/.dapr/logs"));
  });

  it("runs each app in its folder, with the environment of both sections", async () => {
    expect(await call("orders", "env")).toBe(`orders hello none ${scratch.path}/orders`);
    // From app to app, through both sidecars.
    expect(await call("orders", "relay")).toBe(`stock hello mine ${scratch.path}/services/stock`);
  });

  it("carries events from app to app", async () => {
    expect(await call("orders", "publish")).toBe("204");
    await run.waitForLog("== APP - stock == \u001b[32mevent\u001b[0m arrived\n", limitMs);
    const publish = ["publish", "-i", "orders", "-p", "pubsub", "-t", "orders", "-d", '{"n":2}'];
    expect((await tricorne(publish, { scratch })).stdout).toBe(
      "✅  Event published successfully\n",
    );
    await run.waitUntil("both arrived", () => run.stdout.split("arrived\n").length === 3, limitMs);
  });

  it("tells sidecars and lists what belongs to what", async () => {
    const { httpPort, appPid, appLogPath, daprdLogPath } = listedApp("stock");
    const runTemplatePath = join(scratch.path, "dapr.yaml");
    expect(listedApp("stock")).toMatchObject({
      runTemplatePath,
      runTemplateName: "shop",
      daprdPid: run.pid,
    });
    const metadata = await (await fetch(`http://127.0.0.1:${httpPort}/v1.0/metadata`)).json();
    expect(metadata).toMatchObject({
      extended: {
        cliPID: `${run.pid}`,
        appPID: `${appPid}`,
        appCommand: `${process.execPath} app.mjs`,
        runTemplatePath,
        runTemplateName: "shop",
        appLogPath,
        daprdLogPath,
      },
    });
    expect(listedApp("mail")).toMatchObject({ appLogPath: "", daprdLogPath: "" });
  });

  it("writes output where it was asked to", () => {
    const { appLogPath, daprdLogPath } = listedApp("stock");
    const inFolder = (path: string): string => path.slice(scratch.path.length + 1);
    expect(inFolder(appLogPath)).toMatch(/^services\/stock\/\.dapr\/logs\/stock_app_\d{14}\.log$/);
    expect(inFolder(daprdLogPath)).toMatch(/\/stock_daprd_\d{14}\.log$/);
    const lines = scratch.read(inFolder(appLogPath)).split("\n");
    expect(lines).toEqual(expect.arrayContaining(["listens", "an error line"]));
    expect(lines).toContain("event arrived");
    expect(scratch.read(inFolder(daprdLogPath))).toMatch(/^time="[^"]+" level=info msg="Starting/);
    // Both on the console as well.
    expect(run.stdout).toContain("== APP - stock == an error line\n");
    expect(run.stdout).toContain('== DAPRD - stock == time="');
    // Only a file, and only the console.
    expect(run.stdout).not.toContain("== DAPRD - orders ==");
    expect(run.stdout).toContain("== APP - mail == listens\n");
  });

  it("goes on without an app that crashes", async () => {
    const { appPid } = listedApp("mail");
    await call("mail", "exit").catch(() => "");
    await run.waitForLog(
      '❌  The App process exited with error code: exit status 7 ("mail")\n',
      limitMs,
    );
    expect(isRunning(appPid)).toBe(false);
    expect(await call("orders", "env")).toContain("orders hello");
    expect(run.exit).toBeUndefined();
  });

  it("stops one app and leaves the others alone", async () => {
    const { appPid, httpPort } = listedApp("orders");
    const stop = await tricorne(["stop", "--app-id", "orders"], { scratch });
    expect([stop.exit?.code, stop.stdout]).toEqual([0, "✅  app stopped successfully: orders\n"]);
    expect(isRunning(appPid)).toBe(false);
    expect(await statusOf(httpPort, "/v1.0/healthz")).toBe(0);
    expect(await call("stock", "env")).toContain("stock hello");
    const left = (await listed({ scratch })).filter(({ cliPid }) => cliPid === run.pid);
    expect(left.map(({ appId }) => appId)).toEqual(["stock", "mail"]);
  });

  it("stops all with the template, and says by its status that one had failed", async () => {
    const stop = await tricorne(["stop", "-f", "dapr.yaml", "--wait", "--timeout", "30"], {
      scratch,
    });
    expect([stop.exit?.code, stop.stdout]).toEqual([
      0,
      "✅  Dapr and app processes stopped successfully\n",
    ]);
    expect((await run.exited).code).toBe(1);
    expect(run.stdout).toContain(
      "ℹ️  Received signal to stop Dapr and app processes. Shutting down Dapr and app processes.\n",
    );
    expect([...apps.values()].map(({ appPid }) => isRunning(appPid))).toEqual([
      false,
      false,
      false,
    ]);
    const again = await tricorne(["stop", "-f", "."], { scratch });
    expect(again.exit?.code).toBe(1);
    expect(again.stderr).toContain("couldn't find apps with run file");
  });
});

const store = `apiVersion: dapr.io/v1alpha1
kind: Component
metadata: {name: store}
spec:
  type: state.sqlite
  version: v1
  metadata: [{name: connectionString, value: own.db}]
`;

describe("a template", () => {
  let scratch: Scratch;
  beforeEach(() => {
    scratch = new Scratch();
    scratch.write("app.mjs", 'console.log("pid=" + process.pid); setInterval(() => {}, 1e6);');
    scratch.folder("a");
    scratch.folder("b");
    scratch.folder("empty");
  });
  afterEach(() => scratch[Symbol.dispose]());

  const template = (more = ""): string => `version: 1
common: {resourcesPath: empty}
apps:
- {appID: a, appDirPath: a, command: [${node}, ../app.mjs]}
- {appID: b, appDirPath: b, command: [${node}, ../app.mjs]${more}}
`;
  const pidsIn = (launched: Launched): number[] =>
    [...launched.stdout.matchAll(/pid=(\d+)/g)].map((match) => Number(match[1]));

  async function waitUntilGone(pids: readonly number[]): Promise<void> {
    const end = performance.now() + 30_000;
    while (pids.some(isRunning)) {
      if (performance.now() > end) throw new Error(`still there: ${pids.filter(isRunning)}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  it("comes from standard input too; paths begin in the current folder; SIGKILL leaves no app", async () => {
    const file = scratch.write("piped", template());
    // Through a shell, for the pipe.
    const script = `cat '${file}' | exec '${tricorneFile}' run --log-as-json -f -`;
    await using run = new Launched("bash", ["-c", script], {
      cwd: scratch.path,
      env: { HOME: scratch.folder("home") },
    });
    await run.waitUntil("both run", () => pidsIn(run).length === 2, limitMs);
    await run.waitUntil("both are listed", async () => (await mine()).length === 2, limitMs);
    const [first] = await mine();
    expect(first).toMatchObject({ runTemplatePath: "", appId: expect.stringMatching(/^[ab]$/) });
    const pids = pidsIn(run);
    process.kill(first?.cliPid as number, "SIGKILL");
    await run.exited;
    await waitUntilGone(pids);

    async function mine(): Promise<Listed[]> {
      const apps = await listed({ scratch });
      return apps.filter(({ appPid }) => pidsIn(run).includes(appPid));
    }
  });

  it("whose app cannot be started stops the others", async () => {
    scratch.write(
      "b/bad/x.yaml",
      "apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata: {name: x}\nspec: {type: state.nonsense, version: v1}\n",
    );
    scratch.write("dapr.yaml", template(", resourcesPaths: [bad]"));
    const run = await tricorne(["run", "-f", "dapr.yaml"], { scratch });
    expect(run.exit?.code).toBe(1);
    expect(run.stderr).toMatch(/Error starting Dapr and app \("b"\): .*couldn't find state store/);
    expect(pidsIn(run).filter(isRunning)).toEqual([]);
  });

  it("ends with SIGTERM, and with status 0 where nothing failed", async () => {
    scratch.write("my.yml", template());
    scratch.write("empty/state.yaml", store);
    await using run = launchTricorne(["run", "--run-file", "my.yml", "-a", "x"], { scratch });
    await run.waitUntil("both run", () => pidsIn(run).length === 2, limitMs);
    expect(run.stdout).toContain("⚠  With --run-file these are ignored: --app-id\n");
    // Each sidecar has its own folder, as if it were a process of its own.
    expect(["a/own.db", "b/own.db"].map((path) => existsSync(join(scratch.path, path)))).toEqual([
      true,
      true,
    ]);
    run.signal("SIGTERM");
    expect((await run.exited).code).toBe(0);
    expect(pidsIn(run).filter(isRunning)).toEqual([]);
  });
});
