/**
 * Components that are processes of their own, in Go and in Python, written against the published protocol
 * (`go/pluggable`, `python/pluggable.py`): a store, a broker, a binding in both directions and a secret store.
 */
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startApp } from "../integration/api/calls.ts";
import { Launched, launchDaprd, root, Scratch, type Sidecar } from "../integration/launch.ts";
import { build, hasTool } from "./client-program.ts";
import { component } from "./environment.ts";

const python = join(root, ".venv/bin/python");
const goProgram = join(root, ".cache/conformance/go-pluggable");

interface Language {
  readonly name: string;
  readonly isAvailable: boolean;
  /** @returns the command that serves the components behind the socket */
  prepare(socket: string, scratch: Scratch): Promise<readonly [string, ...string[]]>;
}

const languages: readonly Language[] = [
  {
    name: "Go",
    isAvailable: await hasTool("go", "version"),
    async prepare(socket) {
      mkdirSync(join(root, ".cache/conformance"), { recursive: true });
      const folder = join(import.meta.dirname, "go");
      const args = ["build", "-o", goProgram, "./pluggable"];
      await build(folder, "go", args, { GOFLAGS: "-mod=readonly" });
      return [goProgram, socket];
    },
  },
  {
    name: "Python",
    isAvailable: existsSync(python),
    async prepare(socket, scratch) {
      const generated = join(scratch.path, "generated");
      mkdirSync(generated);
      const program = join(import.meta.dirname, "python/pluggable.py");
      return [python, program, socket, join(root, "proto"), generated];
    },
  },
];

const subscription = `apiVersion: dapr.io/v1alpha1
kind: Subscription
metadata: {name: orders}
spec: {pubsubname: bus, topic: orders, route: /orders}
`;

const json = { "content-type": "application/json" };

describe.each(languages)("components in $name", ({ isAvailable, name, prepare }) => {
  if (!isAvailable) console.warn(`components in ${name} are skipped: no toolchain`);

  const running = new AsyncDisposableStack();
  let sidecar: Sidecar;
  const events: { readonly path: string; readonly body: string; readonly at: number }[] = [];
  const send = (method: string, path: string, body?: unknown): Promise<Response> =>
    fetch(`${sidecar.url}/v1.0${path}`, {
      method,
      ...(body === undefined ? {} : { headers: json, body: JSON.stringify(body) }),
    });
  const bodiesAt = (path: string): readonly string[] =>
    events.filter((event) => event.path === path).map(({ body }) => body);

  beforeAll(async () => {
    if (!isAvailable) return;
    const scratch = running.use(new Scratch());
    const folder = join(scratch.path, "sockets");
    mkdirSync(join(folder, "a-folder"), { recursive: true });
    writeFileSync(join(folder, "no-socket.txt"), "");
    symlinkSync(join(folder, "nowhere"), join(folder, "dangling.sock"));
    const socket = join(scratch.path, "real.sock");
    const [program, ...args] = await prepare(socket, scratch);
    const served = running.use(new Launched(program, args));
    await served.waitForLog("listening");
    symlinkSync(socket, join(folder, "My.Thing.sock"));
    const app = running.use(
      await startApp((request, response) => {
        let body = "";
        request.on("data", (chunk: Buffer) => {
          body += chunk.toString();
        });
        request.on("end", () => {
          const path = request.url ?? "";
          const isFirst = bodiesAt(path).length === 0;
          if (request.method === "POST") events.push({ path, body, at: events.length });
          // The first message is to come again.
          if (path === "/orders" && isFirst) response.statusCode = 500;
          else if (path === "/both" && body.includes("refuse")) response.statusCode = 500;
          else if (path === "/dapr/subscribe") response.statusCode = 404;
          response.end(path === "/both" ? '"answered"' : "");
        });
      }),
    );
    sidecar = running.use(
      await launchDaprd({
        appId: "pluggable",
        appPort: app.port,
        env: { DAPR_COMPONENTS_SOCKETS_FOLDER: folder },
        resources: [
          component("one", "state.my.thing", { keyPrefix: "none" }),
          component("two", "state.My.Thing", { keyPrefix: "none" }),
          component("bus", "pubsub.my.thing", {}),
          component("both", "bindings.my.thing", {}),
          component("vault", "secretstores.my.thing", { word: "open" }),
          subscription,
        ],
      }),
    );
  }, 240_000);
  afterAll(() => running.disposeAsync());

  it.skipIf(!isAvailable)("are found, and told apart from other files", () => {
    const { log } = sidecar.process;
    for (const service of [
      "StateStore",
      "PubSub",
      "InputBinding",
      "OutputBinding",
      "SecretStore",
    ]) {
      expect(log).toContain(
        `pluggable component 'My.Thing' was successfully registered for 'dapr.proto.components.v1.${service}'`,
      );
    }
    expect(log).toContain("could not use socket for file");
    expect(log).toMatch(/Component loaded: one \(state.my.thing\/v1\)/);
  });

  it.skipIf(!isAvailable)("keep state, each resource its own", async () => {
    expect((await send("POST", "/state/one", [{ key: "k", value: { n: 1 } }])).status).toBe(204);
    const read = await send("GET", "/state/one/k");
    expect(read.status).toBe(200);
    expect(read.headers.get("etag")).toBe("1");
    expect(await read.json()).toEqual({ n: 1 });
    expect((await send("GET", "/state/two/k")).status).toBe(204);
    expect((await send("DELETE", "/state/one/k")).status).toBe(204);
    expect((await send("GET", "/state/one/k")).status).toBe(204);
  });

  it.skipIf(!isAvailable)("refuse etags in their own words", async () => {
    await send("POST", "/state/one", [{ key: "e", value: 1 }]);
    const mismatch = await send("POST", "/state/one", [{ key: "e", value: 2, etag: "7" }]);
    expect(mismatch.status).toBe(409);
    expect(await mismatch.text()).toContain(
      "possible etag mismatch. error from state store: another version",
    );
    const invalid = await send("POST", "/state/one", [{ key: "e", value: 2, etag: "x" }]);
    expect(invalid.status).toBe(400);
    expect(await invalid.text()).toContain("invalid etag value: not a number");
    const nothing = await send("POST", "/state/one", [{ key: "e", value: null }]);
    expect(nothing.status).toBe(500);
    expect(await nothing.text()).toContain("an attempt to set a nil value was received");
  });

  it.skipIf(!isAvailable)("choose the status of an error", async () => {
    const metadata = { contentType: "refuse" };
    const refused = await send("POST", "/state/one", [{ key: "r", value: 1, metadata }]);
    expect(refused.status).toBe(409);
    expect(await refused.text()).toContain("refused by the store");
  });

  it.skipIf(!isAvailable)("take bulks, transactions and queries", async () => {
    const items = ["a", "b"].map((key) => ({ key: `bulk-${key}`, value: key }));
    expect((await send("POST", "/state/two", items)).status).toBe(204);
    const bulk = await send("POST", "/state/two/bulk", { keys: ["bulk-a", "bulk-b", "missing"] });
    expect(await bulk.json()).toEqual([
      { key: "bulk-a", data: "a", etag: "1" },
      { key: "bulk-b", data: "b", etag: "1" },
      { key: "missing" },
    ]);
    const operations = [
      { operation: "upsert", request: { key: "bulk-a", value: "changed" } },
      { operation: "delete", request: { key: "bulk-b" } },
    ];
    expect((await send("POST", "/state/two/transaction", { operations })).status).toBe(204);
    expect(await (await send("GET", "/state/two/bulk-a")).json()).toBe("changed");
    const tooMany = Array.from({ length: 4 }, (_, i) => ({
      operation: "upsert",
      request: { key: `t-${i}`, value: i },
    }));
    const refused = await send("POST", "/state/two/transaction", { operations: tooMany });
    expect(refused.status).toBe(400);
    expect(await refused.text()).toContain("more than what the state store supports: 3");
    const query = { filter: { AND: [{ EQ: { n: 1 } }, { IN: { s: ["x"] } }] }, page: { limit: 9 } };
    const found = await fetch(`${sidecar.url}/v1.0-alpha1/state/two/query`, {
      method: "POST",
      headers: json,
      body: JSON.stringify(query),
    });
    expect(await found.json()).toEqual({
      results: [{ key: "bulk-a", data: query.filter }],
      token: "9",
    });
  });

  it.skipIf(!isAvailable)("carry events, and again those that failed", async () => {
    expect((await send("POST", "/publish/bus/orders", { n: 1 })).status).toBe(204);
    await expect.poll(() => bodiesAt("/orders").length, { timeout: 30_000 }).toBe(2);
    const [first = "", second] = bodiesAt("/orders");
    expect(second).toBe(first);
    expect(JSON.parse(first)).toMatchObject({ data: { n: 1 }, topic: "orders" });
    const refused = await send("POST", "/publish/bus/refused", {});
    expect(refused.status).toBe(500);
    expect(await refused.text()).toContain("no such topic here");
    const entries = ["good", "bad"].map((entryId) => ({
      entryId,
      event: entryId,
      contentType: "text/plain",
    }));
    const bulk = await send("POST", "/publish/bulk/bus/orders", entries);
    expect(bulk.status).toBe(500);
    expect(await bulk.json()).toMatchObject({
      failedEntries: [{ entryId: "bad", error: "bad entry" }],
    });
    await expect.poll(() => bodiesAt("/orders").length, { timeout: 30_000 }).toBe(3);
  });

  it.skipIf(!isAvailable)("bind in both directions, and are told the app's answer", async () => {
    const create = async (data: string): Promise<void> => {
      const created = await send("POST", "/bindings/both", { operation: "create", data });
      expect(created.status).toBe(200);
      expect(await created.text()).toBe('"created"');
      expect(created.headers.get("metadata.kept")).toBe("yes");
    };
    const answer = async (): Promise<string> =>
      (await send("POST", "/bindings/both", { operation: "answer" })).text();
    await create("event");
    expect(await answer()).toBe('m1|"answered"|');
    expect(bodiesAt("/both").at(-1)).toBe('"event"');
    await create("refuse");
    expect(await answer()).toMatch(/^m1\|\|.+/);
    const unknown = await send("POST", "/bindings/both", { operation: "fly" });
    expect(await unknown.text()).toContain("supported operations:create answer");
  });

  it.skipIf(!isAvailable)("tell secrets", async () => {
    expect(await (await send("GET", "/secrets/vault/word")).json()).toEqual({ word: "open" });
    expect(await (await send("GET", "/secrets/vault/bulk")).json()).toEqual({
      word: { word: "open" },
    });
    const missing = await send("GET", "/secrets/vault/none");
    expect(missing.status).toBe(500);
    expect(await missing.text()).toContain("no secret none");
  });

  it.skipIf(!isAvailable)("are listed with what they can do", async () => {
    const metadata = (await (await send("GET", "/metadata")).json()) as {
      components: { name: string; type: string; capabilities: string[] }[];
    };
    expect(metadata.components).toContainEqual({
      name: "one",
      type: "state.my.thing",
      version: "v1",
      capabilities: ["ETAG", "TRANSACTIONAL", "QUERY_API", "ACTOR"],
    });
  });
});

it("leaves all out when one socket does not answer, and starts without them", async () => {
  using scratch = new Scratch();
  await using silent = createServer((socket) => socket.resume());
  // Takes connections, but says nothing on them.
  await new Promise<void>((resolve) => {
    silent.listen(join(scratch.path, "silent.sock"), () => resolve());
  });
  await using broken = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve) => {
    broken.listen(join(scratch.path, "broken.sock"), () => resolve());
  });
  await using sidecar = await launchDaprd({
    appId: "left-out",
    env: { DAPR_COMPONENTS_SOCKETS_FOLDER: scratch.path },
    resources: [component("memory", "state.in-memory", {})],
  });
  expect(sidecar.process.log).toContain("could not initialize pluggable components");
  expect(sidecar.process.log).toContain("Component loaded: memory");
});
