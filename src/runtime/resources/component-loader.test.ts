import { describe, expect, it } from "vitest";
import { Logging } from "../../kit/logging/logger.ts";
import { Metrics } from "../../kit/metrics/metrics.ts";
import { ManualClock } from "../../kit/time/manual-clock.ts";
import type { ComponentCategory } from "./category.ts";
import { ComponentLoader } from "./component-loader.ts";
import type { ComponentResource } from "./documents.ts";

const { signal } = new AbortController();

const resource = (name: string, over: Partial<ComponentResource> = {}): ComponentResource => ({
  kind: "Component",
  name,
  namespace: "",
  scopes: [],
  secretStore: "",
  type: "state.x",
  version: "v1",
  ignoreErrors: false,
  initTimeoutMs: 5000,
  metadata: [],
  ...over,
});
const fromVault = {
  secretStore: "vault",
  metadata: [
    { name: "password", value: "old", secretKeyRef: { name: "s", key: "k" }, envRef: "" },
    { name: "id", value: "{uuid}", secretKeyRef: undefined, envRef: "" },
    { name: "user", value: undefined, secretKeyRef: undefined, envRef: "USER" },
  ],
};
const vault = resource("vault", { type: "secretstores.x" });

function start() {
  const clock = new ManualClock();
  /** What happened to components, in order. */
  const events: string[] = [];
  const env = new Map([["USER", "me"]]);
  const state = { secret: "one" as string | Error, closing: Promise.resolve() };
  let isVaultThere = false;
  let uuids = 0;
  const sink = { isTerminal: false, write() {}, writeLater() {}, flush() {} };
  const category = (name: string): ComponentCategory => ({
    name,
    label: name,
    install(installed) {
      events.push(`install ${installed.name} ${installed.properties.get("password") ?? ""}`.trim());
      if (installed.name === "vault") isVaultThere = true;
      return {
        capabilities: [],
        async remove() {
          await Promise.resolve();
          events.push(`remove ${installed.name}`);
          if (installed.name === "vault") isVaultThere = false;
        },
      };
    },
  });
  const loader = new ComponentLoader({
    appId: "a",
    namespace: "default",
    platform: {
      clock,
      random: { number: () => 0, bytes: () => Buffer.alloc(0), uuid: () => `uuid-${uuids++}` },
      env,
      hostname: "h",
      pid: 1,
      uid: 1,
      cwd: "/",
      stdout: sink,
    },
    logging: new Logging({ clock, hostname: "h", version: "v", sink, level: "info", json: true }),
    metrics: new Metrics(),
    find: () => () =>
      Promise.resolve({
        type: "state.x",
        versions: ["v1"],
        summary: "",
        properties: [],
        takesAnyProperty: true,
        create: ({ name }) =>
          Promise.resolve({
            [Symbol.asyncDispose]() {
              events.push(`close ${name}`);
              return state.closing;
            },
          }),
      }),
    categories: [category("state"), category("secretstores")],
    readSecret() {
      if (!isVaultThere) return Promise.resolve(undefined);
      const { secret } = state;
      return secret instanceof Error
        ? Promise.reject(secret)
        : Promise.resolve(new Map([["k", secret]]));
    },
    denied: [],
  });
  const names = (): string[] => loader.loaded.map(({ name }) => name);
  return { clock, events, env, state, loader, names };
}

describe("ComponentLoader", () => {
  it("takes one out of service before it closes it", async () => {
    const { events, loader, names } = start();
    await loader.loadAll([resource("a"), resource("b")], signal);
    await loader.remove("a");
    expect(events).toEqual(["install a", "install b", "remove a", "close a"]);
    await loader.load(resource("a"), signal);
    expect(names()).toEqual(["b", "a"]);
    await loader.remove("unknown");
    expect(loader.resources.map(({ name }) => name)).toEqual(["b", "a"]);
  });

  it("does not wait for ever for one that does not close", async () => {
    const { clock, state, loader, names } = start();
    await loader.load(resource("a"), signal);
    state.closing = new Promise(() => {});
    const outcome = loader.remove("a").catch((error: Error) => error.message);
    await clock.advance(29_000);
    expect(names()).toEqual([]);
    await clock.advance(1_000);
    expect(await outcome).toBe("it is not closed after 30s");
    expect(clock.pending).toBe(0);
  });

  it("has one wait for its secret store, in its latest form", async () => {
    const { events, loader, names } = start();
    await loader.loadAll([resource("a", fromVault)], signal);
    await loader.load(resource("a", { ...fromVault, version: "" }), signal);
    expect(names()).toEqual([]);
    await loader.load(vault, signal);
    expect(events).toEqual(["install vault", "install a one"]);
    expect(loader.loaded.at(-1)?.version).toBe("");
  });

  it("forgets one that waits when it is removed", async () => {
    const { loader, names } = start();
    await loader.loadAll([resource("a", fromVault)], signal);
    await loader.remove("a");
    await loader.load(vault, signal);
    expect(names()).toEqual(["vault"]);
  });

  it("sees other values behind the same text, and nothing in templates", async () => {
    const { state, env, loader } = start();
    const a = resource("a", fromVault);
    await loader.loadAll([vault, a], signal);
    expect(await loader.hasOtherValues(a)).toBe(false);
    state.secret = "two";
    expect(await loader.hasOtherValues(a)).toBe(true);
    state.secret = "one";
    env.set("USER", "you");
    expect(await loader.hasOtherValues(a)).toBe(true);
  });

  it("keeps what runs while a secret cannot be read", async () => {
    const { state, loader } = start();
    const a = resource("a", fromVault);
    await loader.loadAll([vault, a], signal);
    state.secret = new Error("sealed");
    expect(await loader.hasOtherValues(a)).toBe(false);
    await loader.remove("vault");
    expect(await loader.hasOtherValues(a)).toBe(false);
  });
});
