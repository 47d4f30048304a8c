/** `npm start` as a newcomer meets it: it says where everything listens, keeps state, runs an app and stops cleanly. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { freePorts, Launched, root, Scratch, statusOf } from "./launch.ts";

// The first start builds what is missing, on a machine that may be busy.
vi.setConfig({ testTimeout: 240_000 });
const bannerLimitMs = 120_000;

let scratch: Scratch;
beforeEach(() => {
  scratch = new Scratch();
});
afterEach(() => scratch[Symbol.dispose]());

interface Started extends AsyncDisposable {
  readonly process: Launched;
  readonly url: string;
}

/** Through the bootstrap, as npm does; on ports of its own. */
async function start(
  appFlags: readonly string[] = [],
  command: readonly string[] = [],
): Promise<Started> {
  const [http = 0, grpc = 0, internal = 0, metrics = 0] = await freePorts(4);
  const launched = new Launched(process.execPath, [
    join(root, "tools/bootstrap.mjs"),
    ...[
      "start",
      "--data-dir",
      scratch.path,
      "--dapr-http-port",
      `${http}`,
      "--dapr-grpc-port",
      `${grpc}`,
    ],
    ...["--dapr-internal-grpc-port", `${internal}`, "--metrics-port", `${metrics}`],
    ...appFlags,
    ...(command.length > 0 ? ["--", ...command] : []),
  ]);
  await launched.waitUntil("banner", () => launched.stdout.includes("Try it"), bannerLimitMs);
  await launched.waitUntil("healthz", async () => (await statusOf(http, "/v1.0/healthz")) === 204);
  return {
    process: launched,
    url: `http://127.0.0.1:${http}`,
    [Symbol.asyncDispose]: () => launched[Symbol.asyncDispose](),
  };
}

const saved = '[{"key":"hello","value":{"to":"world"}}]';

describe("npm start", () => {
  it("keeps state over a restart and stops with status 0 on Ctrl-C", async () => {
    {
      await using first = await start();
      const answer = await fetch(`${first.url}/v1.0/state/statestore`, {
        method: "POST",
        body: saved,
      });
      expect(answer.status).toBe(204);
      first.process.signal("SIGINT");
      expect(await first.process.exited).toEqual({ code: 0, signal: null });
    }
    await using second = await start();
    const answer = await fetch(`${second.url}/v1.0/state/statestore/hello`);
    expect(await answer.json()).toEqual({ to: "world" });
  });

  it("prints a first command that works", async () => {
    await using started = await start();
    const commands = started.process.stdout
      .split("\n")
      .filter((line) => line.trim().startsWith("curl "));
    expect(commands.length).toBeGreaterThan(0);
    for (const command of commands) {
      const { status, stderr } = spawnSync("sh", ["-c", `${command} -sS --fail`], {
        encoding: "utf8",
      });
      expect({ command, status, stderr }).toEqual({ command, status: 0, stderr: "" });
    }
  });

  it("runs an app beside the sidecar, gives it the ports and ends it too", async () => {
    const appFile = scratch.write(
      "app.mjs",
      `import { createServer } from "node:http";
createServer((request, response) => response.end(JSON.stringify({ url: request.url, port: process.env.DAPR_HTTP_PORT })))
  .listen(Number(process.env.APP_PORT), "127.0.0.1");`,
    );
    const [appPort = 0] = await freePorts(1);
    const flags = ["--app-id", "orders", "--app-port", `${appPort}`];
    await using started = await start(flags, [process.execPath, appFile]);
    const answer = await fetch(`${started.url}/v1.0/invoke/orders/method/hello`);
    expect(await answer.json()).toEqual({ url: "/hello", port: new URL(started.url).port });
    started.process.signal("SIGTERM");
    expect((await started.process.exited).code).toBe(0);
    expect(await statusOf(appPort, "/")).toBe(0);
  });

  it("keeps events over a restart until somebody takes them", async () => {
    {
      await using first = await start(["--app-id", "sender"]);
      const answer = await fetch(`${first.url}/v1.0/publish/pubsub/orders`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: '{"n":1}',
      });
      expect(answer.status).toBe(204);
    }
    const appFile = scratch.write(
      "app.mjs",
      `import { createServer } from "node:http";
createServer((request, response) => {
  if (request.url === "/dapr/subscribe") response.end('[{"pubsubname":"pubsub","topic":"orders","route":"/orders"}]');
  else if (request.url === "/orders") request.on("data", (chunk) => console.log("took " + chunk)).on("end", () => response.end());
  else { response.statusCode = 404; response.end(); }
}).listen(Number(process.env.APP_PORT), "127.0.0.1");`,
    );
    const [appPort = 0] = await freePorts(1);
    const flags = ["--app-id", "receiver", "--app-port", `${appPort}`];
    await using second = await start(flags, [process.execPath, appFile]);
    await expect.poll(() => second.process.log, { timeout: 60_000 }).toMatch(/took .*"n":1/);
  });

  it("does not leave the terminal's signals to chance: one Ctrl-C that arrives twice is one", async () => {
    await using started = await start();
    // npm passes on a SIGINT that the terminal has already sent to the whole group.
    started.process.signal("SIGINT");
    started.process.signal("SIGINT");
    expect((await started.process.exited).code).toBe(0);
  });

  it("takes changes of resources in, and ends with status 1 where one is fatal", async () => {
    await using started = await start();
    const components = async (): Promise<readonly string[]> => {
      const response = await fetch(`${started.url}/v1.0/metadata`).catch(() => undefined);
      const metadata = (await response?.json()) as
        | { readonly components?: readonly { readonly name: string }[] }
        | undefined;
      return metadata?.components?.map(({ name }) => name) ?? [];
    };
    const component = (name: string, type: string): string => `apiVersion: dapr.io/v1alpha1
kind: Component
metadata: {name: ${name}}
spec: {type: ${type}, version: v1, metadata: []}
`;
    scratch.write("components/more.yaml", component("more", "state.in-memory"));
    await expect.poll(components, { timeout: 60_000 }).toContain("more");
    // A policy is taken in by a sidecar that starts anew on the same ports.
    scratch.write(
      "components/policy.yaml",
      `apiVersion: dapr.io/v1alpha1
kind: Resiliency
metadata: {name: policy}
spec: {policies: {timeouts: {short: 1s}}, targets: {components: {more: {outbound: {timeout: short}}}}}
`,
    );
    await expect.poll(components, { timeout: 60_000 }).toContain("more");
    scratch.write("components/bad.yaml", component("bad", "state.nonsense"));
    expect((await started.process.exited).code).toBe(1);
    expect(started.process.log).toContain("couldn't find state store state.nonsense/v1");
  });

  it("ends with its app, and says how that ended", async () => {
    const [appPort = 0] = await freePorts(1);
    const flags = ["--app-id", "short", "--app-port", `${appPort}`];
    const appFile = scratch.write(
      "short.mjs",
      `import { createServer } from "node:http";
createServer((request, response) => {
  response.end("{}");
  if (request.url === "/end") setImmediate(() => process.exit(3));
}).listen(Number(process.env.APP_PORT), "127.0.0.1");`,
    );
    await using started = await start(flags, [process.execPath, appFile]);
    await fetch(`http://127.0.0.1:${appPort}/end`).catch(() => undefined);
    expect((await started.process.exited).code).toBe(3);
    expect(started.process.log).toContain("The app ended with exit status 3.\nStopping ...\n");
  });

  it("says what is wrong with its flags", () => {
    const { status, stderr } = spawnSync(join(root, "bin/tricorne"), ["start", "--nonsense"], {
      encoding: "utf8",
    });
    expect(status).toBe(2);
    expect(stderr).toContain("unknown flag: --nonsense");
  });

  it("keeps its files in its folder", async () => {
    await using started = await start();
    expect(started.process.exit).toBeUndefined();
    expect(existsSync(join(scratch.path, "state.db"))).toBe(true);
  });
});
