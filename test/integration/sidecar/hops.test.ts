/**
 * How many of our files one request runs through: a budget, so that the path of a request stays short enough to read.
 * V8 counts calls while 50 requests are served; a file counts when one of its functions was called for each. The wire
 * protocols, which nobody steps into to follow a request, count as one each. Budgets are lowered, not raised; the goal is
 * 10 for a state get and 20 for an invocation.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { freePort, freePorts, Launched, root, Scratch, statusOf } from "../launch.ts";

const requests = 50;
const budget = { stateGet: 17, invoke: 40 };

/** Files that count as one. */
const wires = [/^src\/kit\/rpc\/h2\//, /^src\/kit\/http\/h1-/];

/** The few commands of the inspector protocol that are needed. */
class Inspector implements Disposable {
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, (result: unknown) => void>();
  #lastId = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener("message", ({ data }) => {
      const { id, result } = JSON.parse(String(data));
      this.#waiting.get(id)?.(result);
      this.#waiting.delete(id);
    });
  }

  static async connect(port: number): Promise<Inspector> {
    const targets = await (await fetch(`http://127.0.0.1:${port}/json/list`)).json();
    const socket = new WebSocket(
      (targets as { webSocketDebuggerUrl: string }[])[0]?.webSocketDebuggerUrl ?? "",
    );
    await new Promise((resolve, reject) => {
      socket.addEventListener("open", resolve);
      socket.addEventListener("error", reject);
    });
    return new Inspector(socket);
  }

  send<T>(method: string, params = {}): Promise<T> {
    const id = ++this.#lastId;
    this.#socket.send(JSON.stringify({ id, method, params }));
    return new Promise((resolve) => this.#waiting.set(id, resolve as (result: unknown) => void));
  }

  [Symbol.dispose](): void {
    this.#socket.close();
  }
}

interface Coverage {
  readonly result: readonly {
    readonly url: string;
    readonly functions: readonly {
      readonly functionName: string;
      readonly ranges: readonly { readonly count: number }[];
    }[];
  }[];
}

/** In the place of a Map; nobody steps into that either. */
const container = "src/kit/lifecycle/live-list.ts";
/** Runs for the multicast packets of others, whatever is asked of this sidecar. */
const background = "src/components/nameresolution/dns-message.ts";

/** Files below src with a function that was called at least that often. */
function busyFiles(coverage: Coverage, calls: number): string[] {
  const source = join(root, "src");
  const files = coverage.result
    .filter(({ url }) => url.startsWith("file:") && fileURLToPath(url).startsWith(source))
    .filter(({ functions }) => functions.some((f) => (f.ranges[0]?.count ?? 0) >= calls))
    .map(({ url }) => relative(root, fileURLToPath(url)))
    .map((file) => wires.find((wire) => wire.test(file))?.exec(file)?.[0] ?? file)
    .filter((file) => file !== background && file !== container);
  return [...new Set(files)].sort();
}

interface Inspected extends AsyncDisposable {
  readonly url: string;
  readonly inspector: Inspector;
}

async function startInspected(
  appId: string,
  resources: readonly string[],
  appPort?: number,
): Promise<Inspected> {
  const scratch = new Scratch();
  scratch.folder("resources");
  for (const [i, text] of resources.entries()) scratch.write(`resources/${i}.yaml`, text);
  const [http = 0, grpc = 0, internal = 0, metrics = 0, inspect = 0] = await freePorts(5);
  const process_ = new Launched(
    process.execPath,
    [
      [`--inspect=127.0.0.1:${inspect}`, join(root, "src/bin/daprd.ts"), "--app-id", appId],
      ["--resources-path", join(scratch.path, "resources"), "--dapr-http-port", `${http}`],
      ["--dapr-grpc-port", `${grpc}`, "--dapr-internal-grpc-port", `${internal}`],
      [
        "--metrics-port",
        `${metrics}`,
        "--dapr-listen-addresses",
        "127.0.0.1",
        "--log-level",
        "warn",
      ],
      appPort === undefined ? [] : ["--app-port", `${appPort}`],
    ].flat(),
    { env: { DAPR_HOST_IP: "127.0.0.1" } },
  );
  await process_.waitUntil("healthz", async () => (await statusOf(http, "/v1.0/healthz")) === 204);
  const inspector = await Inspector.connect(inspect);
  await inspector.send("Profiler.enable");
  await inspector.send("Profiler.startPreciseCoverage", { callCount: true, detailed: false });
  return {
    url: `http://127.0.0.1:${http}`,
    inspector,
    async [Symbol.asyncDispose]() {
      inspector[Symbol.dispose]();
      await process_.stop();
      scratch[Symbol.dispose]();
    },
  };
}

async function get(url: string): Promise<void> {
  const answer = await fetch(url);
  expect(answer.status).toBe(200);
  await answer.arrayBuffer();
}

/** Serves some requests to have everything loaded, then counts. */
async function countFiles(sidecars: readonly Inspected[], url: string): Promise<string[][]> {
  for (let i = 0; i < 5; i++) await get(url);
  for (const { inspector } of sidecars) await inspector.send("Profiler.takePreciseCoverage");
  for (let i = 0; i < requests; i++) await get(url);
  const coverages = await Promise.all(
    sidecars.map(({ inspector }) => inspector.send<Coverage>("Profiler.takePreciseCoverage")),
  );
  return coverages.map((coverage) => busyFiles(coverage, requests));
}

const store = `apiVersion: dapr.io/v1alpha1
kind: Component
metadata:
  name: store
spec:
  type: state.in-memory
  version: v1
`;

describe("files on the path of a request", () => {
  it(`state get: at most ${budget.stateGet}`, async () => {
    await using sidecar = await startInspected("hops", [store]);
    await fetch(`${sidecar.url}/v1.0/state/store`, {
      method: "POST",
      body: '[{"key":"a","value":1}]',
    });
    const [files = []] = await countFiles([sidecar], `${sidecar.url}/v1.0/state/store/a`);
    expect(files).toContain("src/runtime/state/state.ts");
    expect(files.length, files.join("\n")).toBeLessThanOrEqual(budget.stateGet);
  });

  it(`invoke: at most ${budget.invoke} on both sides together`, async () => {
    const app = createServer((_, response) => response.end("{}"));
    const appPort = await freePort();
    await new Promise<void>((resolve) => app.listen(appPort, "127.0.0.1", resolve));
    try {
      const suffix = (app.address() as AddressInfo).port;
      await using callee = await startInspected(`hops-callee-${suffix}`, [], appPort);
      await using caller = await startInspected(`hops-caller-${suffix}`, []);
      const url = `${caller.url}/v1.0/invoke/hops-callee-${suffix}/method/a`;
      const [ours = [], theirs = []] = await countFiles([caller, callee], url);
      const shown = [...ours.map((f) => `caller ${f}`), ...theirs.map((f) => `callee ${f}`)];
      expect(ours).toContain("src/runtime/invoke/invoke.ts");
      expect(new Set([...ours, ...theirs]).size, shown.join("\n")).toBeLessThanOrEqual(
        budget.invoke,
      );
    } finally {
      app.closeAllConnections();
      app.close();
    }
  });
});
