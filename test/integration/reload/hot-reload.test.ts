/** Resources that change while a sidecar runs. */
import { readdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Redis as Client } from "ioredis";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { call } from "../api/calls.ts";
import {
  hasRedis,
  launchDaprd,
  launchRedis,
  type Redis,
  Scratch,
  type Sidecar,
} from "../launch.ts";
import { component, recordingApp, subscription } from "../outbox/outbox-context.ts";

const soon = { timeout: 30_000, interval: 20 };

/** Replaces a file at once, as editors and Kubernetes do. */
function put({ resourcesPath }: Sidecar, name: string, text: string): void {
  writeFileSync(join(resourcesPath, `.${name}.part`), text);
  renameSync(join(resourcesPath, `.${name}.part`), join(resourcesPath, name));
}

const remove = ({ resourcesPath }: Sidecar, name: string): void =>
  rmSync(join(resourcesPath, name));

const get = ({ httpPort }: Sidecar, path: string): ReturnType<typeof call> =>
  call({ port: httpPort, path });

async function componentNames(sidecar: Sidecar): Promise<string[]> {
  const { components = [] } = JSON.parse((await get(sidecar, "/v1.0/metadata")).text);
  return components.map(({ name }: { name: string }) => name);
}

const occurrences = (log: string, text: string): number => log.split(text).length - 1;

/** Descriptors that a process has open: files, sockets, watches. */
const handles = ({ process }: Sidecar): number => readdirSync(`/proc/${process.pid}/fd`).length;

const residentMiB = ({ process }: Sidecar): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${process.pid}/status`, "utf8"))?.[1]) / 1024;

describe.skipIf(!(await hasRedis()))("with Redis", () => {
  let redis: Redis;
  beforeAll(async () => {
    redis = await launchRedis();
  });
  afterAll(() => redis[Symbol.asyncDispose]());

  it("survives 500 reloads under load: nothing else fails, nothing is left behind", async () => {
    const stores = (ttl: number): string =>
      Array.from({ length: 5 }, (_, n) =>
        component(`changing-${n}`, "state.redis", {
          redisHost: redis.address,
          ttlInSeconds: `${ttl}`,
        }),
      ).join("\n---\n");
    await using sidecar = await launchDaprd({
      appId: "reloading",
      resources: [component("kept", "state.redis", { redisHost: redis.address }), stores(1000)],
    });
    let isOver = false;
    let served = 0;
    const failures: string[] = [];
    const client = async (n: number): Promise<void> => {
      for (let i = 0; !isOver; i++) {
        const value = JSON.stringify([{ key: `k${n}`, value: i }]);
        const written = await call({
          port: sidecar.httpPort,
          method: "POST",
          path: "/v1.0/state/kept",
          headers: { "content-type": "application/json" },
          body: value,
        });
        const read = await get(sidecar, `/v1.0/state/kept/k${n}`);
        if (written.status !== 204 || read.text !== `${i}`) {
          failures.push(`${written.status} ${written.text} ${read.status} ${read.text}`);
        }
        served++;
        // Those that change may be away, but never hang.
        await get(sidecar, `/v1.0/state/changing-${n}/x`);
      }
    };
    const load = Promise.all([client(0), client(1)]);
    let done = 0;
    const reload = async (rounds: number): Promise<void> => {
      for (let i = 0; i < rounds; i++) {
        done += 5;
        put(sidecar, "1.yaml", stores(1000 + done));
        await sidecar.process.waitUntil(
          `${done} reloads`,
          () => occurrences(sidecar.process.stdout, "Component updated: changing-") >= done,
          60_000,
        );
      }
    };
    const view = new Client(Number(redis.port), "127.0.0.1");
    const connections = async (): Promise<number> =>
      String(await view.call("CLIENT", "LIST")).split("\n").length;
    try {
      await reload(20);
      const before = { handles: handles(sidecar), connections: await connections() };
      const memory = residentMiB(sidecar);
      await reload(80);
      // One of 400 reloads that leaves a socket or 250 KB behind would show.
      await vi.waitFor(() => expect(handles(sidecar)).toBeLessThan(before.handles + 100), soon);
      await vi.waitFor(
        async () => expect(await connections()).toBeLessThan(before.connections + 100),
        soon,
      );
      expect(residentMiB(sidecar) - memory).toBeLessThan(100);
    } finally {
      isOver = true;
      await load;
      view.disconnect();
    }
    expect(served).toBeGreaterThan(0);
    expect(failures).toEqual([]);
    for (let n = 0; n < 5; n++) {
      expect((await get(sidecar, `/v1.0/state/changing-${n}/nothing`)).status).toBe(204);
    }
  }, 240_000);

  it("loses no message while its broker is replaced again and again", async () => {
    const broker = (name: string, queueDepth: number): string =>
      component(name, "pubsub.redis", {
        redisHost: redis.address,
        processingTimeout: "500ms",
        redeliverInterval: "100",
        queueDepth: `${queueDepth}`,
      });
    await using app = await recordingApp();
    await using sidecar = await launchDaprd({
      appId: "listener",
      appPort: app.port,
      resources: [broker("in", 100), broker("out", 100), subscription("in", "orders")],
    });
    const { process } = sidecar;
    const sent: string[] = [];
    let isOver = false;
    const sending = (async () => {
      while (!isOver) {
        const value = `order ${sent.length}`;
        const { status } = await call({
          port: sidecar.httpPort,
          method: "POST",
          path: "/v1.0/publish/out/orders",
          headers: { "content-type": "text/plain" },
          body: value,
        });
        expect(status).toBe(204);
        sent.push(value);
      }
    })();
    try {
      for (let i = 1; i <= 5; i++) {
        const count = sent.length;
        await vi.waitFor(() => expect(sent.length).toBeGreaterThan(count + 20), soon);
        put(sidecar, "0.yaml", broker("in", 100 + i));
        await process.waitUntil(
          `${i} reloads`,
          () => occurrences(process.stdout, "Component updated: in (") >= i,
          60_000,
        );
      }
    } finally {
      isOver = true;
      await sending;
    }
    await vi.waitFor(
      () => expect(sent.filter((value) => !app.data.includes(value))).toEqual([]),
      soon,
    );
  }, 120_000);
});

describe("a sidecar", () => {
  const memory = (name: string): string => component(name, "state.in-memory", {});

  it("keeps what runs, whatever is put into its folder", async () => {
    await using sidecar = await launchDaprd({ appId: "steady", resources: [memory("kept")] });
    const { process } = sidecar;
    const write = await call({
      port: sidecar.httpPort,
      method: "POST",
      path: "/v1.0/state/kept",
      headers: { "content-type": "application/json" },
      body: '[{"key":"k","value":"v"}]',
    });
    expect(write.status).toBe(204);
    const bad = [
      "{{{{ no yaml at all",
      "- a\n- list\n",
      "apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata: {name: 'a/b'}\n",
      "apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata: {name: c}\nscopes: [1]\n",
      "apiVersion: v1\nkind: Secret\nmetadata: {name: kept}\n",
      component("failing", "state.redis", {
        redisHost: "127.0.0.1:1",
        redisMaxRetries: "0",
      }).replace('"version"', '"ignoreErrors":true,"version"'),
      "x: ".padEnd(5 * 2 ** 20, "x"),
    ];
    for (const [n, text] of bad.entries()) {
      put(sidecar, "bad.yaml", text);
      // The component behind it shows that the file was looked at.
      put(sidecar, "next.yaml", memory(`next-${n}`));
      await process.waitForLog(`Component updated: next-${n} (`, 60_000);
    }
    expect(await componentNames(sidecar)).toEqual(["kept", `next-${bad.length - 1}`]);
    expect((await get(sidecar, "/v1.0/state/kept/k")).text).toBe('"v"');
    expect(process.stdout).toContain(
      "Ignoring error processing component: process component failing",
    );
    remove(sidecar, "next.yaml");
    await vi.waitFor(async () => expect(await componentNames(sidecar)).toEqual(["kept"]), soon);
  }, 120_000);

  it("follows the links of a ConfigMap, and restarts in its process for a Resiliency", async () => {
    await using sidecar = await launchDaprd({ appId: "mounted" });
    const { process, resourcesPath, scratch } = sidecar;
    const link = (name: string, target: string): void => {
      symlinkSync(target, join(resourcesPath, `${name}_tmp`));
      renameSync(join(resourcesPath, `${name}_tmp`), join(resourcesPath, name));
    };
    scratch.write("resources/..1/a.yaml", memory("one"));
    link("..data", "..1");
    link("a.yaml", "..data/a.yaml");
    await vi.waitFor(async () => expect(await componentNames(sidecar)).toEqual(["one"]), soon);
    scratch.write("resources/..2/a.yaml", memory("two"));
    link("..data", "..2");
    await vi.waitFor(async () => expect(await componentNames(sidecar)).toEqual(["two"]), soon);

    put(
      sidecar,
      "r.yaml",
      "apiVersion: dapr.io/v1alpha1\nkind: Resiliency\nmetadata: {name: calm}\nspec: {policies: {}}\n",
    );
    await process.waitForLog("Received Resiliency CREATED event: calm - triggering SIGHUP reload");
    await process.waitForLog("Received signal 'hangup'; restarting");
    await process.waitForLog("Loading Resiliency configuration: calm", 60_000);
    await vi.waitFor(async () => expect(await componentNames(sidecar)).toEqual(["two"]), soon);
    // It goes on noticing changes.
    put(sidecar, "b.yaml", memory("three"));
    await vi.waitFor(
      async () => expect(await componentNames(sidecar)).toEqual(["two", "three"]),
      soon,
    );
    expect(occurrences(process.stdout, "restarting")).toBe(1);
  }, 120_000);

  it("finds at its next look what no event told: a folder that is a link to another one", async () => {
    using scratch = new Scratch();
    scratch.write("one/a.yaml", memory("one"));
    scratch.write("two/a.yaml", memory("two"));
    const current = join(scratch.path, "current");
    symlinkSync("one", current);
    await using sidecar = await launchDaprd({
      appId: "looking",
      flags: ["--resources-path", current, "--hot-reload-reconcile-interval", "300ms"],
    });
    expect(await componentNames(sidecar)).toEqual(["one"]);
    symlinkSync("two", `${current}.next`);
    renameSync(`${current}.next`, current);
    await vi.waitFor(async () => expect(await componentNames(sidecar)).toEqual(["two"]), soon);
  }, 120_000);

  it("leaves nothing behind when it restarts in its process", async () => {
    await using sidecar = await launchDaprd({ appId: "again", resources: [memory("kept")] });
    const { process } = sidecar;
    const restart = async (until: number): Promise<void> => {
      const starts = (): number => occurrences(process.stdout, "dapr initialized");
      while (starts() <= until) {
        const before = starts();
        process.signal("SIGHUP");
        await process.waitUntil("the next start", () => starts() > before, 60_000);
      }
    };
    await restart(3);
    const before = handles(sidecar);
    await restart(23);
    // One of 20 restarts that keeps a socket or a watch would show.
    await vi.waitFor(() => expect(handles(sidecar)).toBeLessThan(before + 10), soon);
    expect(await componentNames(sidecar)).toEqual(["kept"]);
  }, 120_000);

  it("watches nothing when the feature is off", async () => {
    await using sidecar = await launchDaprd({
      appId: "fixed",
      resources: [memory("kept")],
      config:
        "apiVersion: dapr.io/v1alpha1\nkind: Configuration\nmetadata: {name: c}\nspec:\n  features:\n  - {name: HotReload, enabled: false}\n",
    });
    put(sidecar, "b.yaml", memory("late"));
    // A restart on demand reads the folder again.
    sidecar.process.signal("SIGHUP");
    await vi.waitFor(
      async () => expect(await componentNames(sidecar)).toEqual(["kept", "late"]),
      soon,
    );
    const [, afterStart = ""] = sidecar.process.stdout.split("dapr initialized");
    expect(afterStart).not.toContain("Component updated");
    expect(sidecar.process.stdout).not.toContain("Starting to watch");
    rmSync(sidecar.resourcesPath, { recursive: true });
    sidecar.process.signal("SIGHUP");
    expect((await sidecar.process.exited).code).toBe(1);
    expect(sidecar.process.log).toContain(
      `Fatal error from runtime: failed to load components: open ${sidecar.resourcesPath}: no such file or directory`,
    );
  }, 120_000);
});
