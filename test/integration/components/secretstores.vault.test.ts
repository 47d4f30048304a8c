/** secretstores.hashicorp.vault against a stand-in: tokens, TLS, versions, lists, failures. */
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { component } from "../../../src/components/secretstores/hashicorp.vault.ts";
import { ManualClock } from "../../../src/kit/time/manual-clock.ts";
import { Scratch } from "../launch.ts";
import { VaultStandIn } from "../servers/vault-stand-in.ts";
import { TestAuthority } from "../transport/certificates.ts";
import { openSecretStore } from "./secret-context.ts";
import { RecordedLog } from "./state-context.ts";

const none: ReadonlyMap<string, string> = new Map();
const scratch = new Scratch();
let vault: VaultStandIn;
beforeAll(async () => {
  vault = await VaultStandIn.start();
});
afterAll(async () => {
  await vault[Symbol.asyncDispose]();
  scratch[Symbol.dispose]();
});
beforeEach(() => {
  vault.clear();
  vault.isSealed = false;
  vault.before = () => undefined;
  vault.server.requests.length = 0;
  vault.server.mostAtOnce = 0;
});

const open = (more: Record<string, string> = {}) =>
  openSecretStore(component, {
    vaultAddr: `http://127.0.0.1:${vault.server.port}`,
    ...("vaultTokenMountPath" in more ? {} : { vaultToken: "root-token" }),
    ...more,
  });

const asObject = (data: ReadonlyMap<string, string> | undefined) => Object.fromEntries(data ?? []);

describe("settings", () => {
  it.each<[Record<string, string>, string]>([
    [{}, "token mount path and token not set"],
    [{ vaultToken: "t", vaultTokenMountPath: "/t" }, "token mount path and token both set"],
    [{ vaultToken: "t", vaultValueType: "list" }, "vault init error, invalid value type list"],
    [{ vaultToken: "t", vaultAddr: "127.0.0.1:8200" }, "vault init error, invalid address"],
    [{ vaultTokenMountPath: "/gone" }, "couldn't read vault token from mount path /gone err: "],
    [{ vaultToken: "t", caPem: "no" }, "couldn't create client using config: couldn't read PEM"],
    [{ vaultToken: "t", caCert: "/gone" }, "couldn't read CA file from disk: "],
    [{ vaultToken: "t", caPath: "/gone" }, "couldn't read certificates at /gone: "],
  ])("%j fails", async (properties, message) => {
    await expect(openSecretStore(component, properties)).rejects.toThrow(message);
  });

  it("name another prefix, none, and another engine", async () => {
    await using other = await VaultStandIn.start({ mount: "team/kv" });
    other.put("a b/x", { k: "prefixed" });
    other.put("x", { k: "root" });
    const vaultAddr = `http://127.0.0.1:${other.server.port}/`;
    const base = { vaultAddr, enginePath: "team/kv" };
    await using prefixed = await open({ ...base, vaultKVPrefix: "a b" });
    await using bare = await open({ ...base, vaultKVUsePrefix: "false", vaultKVPrefix: "a b" });
    expect(asObject(await prefixed.get("x", none))).toEqual({ k: "prefixed" });
    expect(asObject(await bare.get("x", none))).toEqual({ k: "root" });
    expect([...((await bare.bulkGet(none))?.keys() ?? [])]).toEqual(["x", "a b/x"]);
  });
});

describe("reads", () => {
  it("ask for a version", async () => {
    vault.put("dapr/x", { k: "one" });
    vault.put("dapr/x", { k: "two" });
    await using store = await open();
    const read = async (version: string) =>
      asObject(await store.get("x", new Map([["version_id", version]])));
    expect(asObject(await store.get("x", none))).toEqual({ k: "two" });
    expect(await read("1")).toEqual({ k: "one" });
    expect(await read("2")).toEqual({ k: "two" });
    await expect(read("3")).rejects.toThrow("getSecret x failed secret key or version not exist");
    await expect(read("1&x=/")).rejects.toThrow(
      "couldn't get successful response, status code 400",
    );
    vault.softDelete("dapr/x");
    await expect(read("0")).rejects.toThrow("getSecret x failed secret key or version not exist");
  });

  it.each([
    ['{"a":1}', "couldn't decode response body: json: cannot unmarshal number"],
    ['{"a":{"b":"c"}}', "couldn't decode response body: json: cannot unmarshal object"],
    ['["a"]', "couldn't decode response body: json: cannot unmarshal array"],
  ])("of %s as a map fail", async (data, message) => {
    vault.put("dapr/x", data);
    await using store = await open();
    await expect(store.get("x", none)).rejects.toThrow(message);
  });

  it("take null for an empty text, and no data for nothing", async () => {
    await using store = await open();
    vault.put("dapr/x", '{"a":null}');
    expect(asObject(await store.get("x", none))).toEqual({ a: "" });
    vault.put("dapr/y", "null");
    expect(await store.get("y", none)).toBeUndefined();
  });

  it.each(['{"b": 12345678901234567890, "a":[1.0,{"data":{"data":"}{"}}]}', "{}"])(
    "as text give %s as it is",
    async (text) => {
      vault.put("dapr/x", text);
      await using store = await open({ vaultValueType: "text" });
      expect(store.features).toEqual([]);
      expect(asObject(await store.get("x", none))).toEqual({ x: text });
    },
  );

  it("follow a standby node to the active one, and stop going round", async () => {
    await using standby = await VaultStandIn.start();
    standby.activeNode = `http://127.0.0.1:${vault.server.port}`;
    vault.put("dapr/x", { k: "v" });
    await using store = await open({ vaultAddr: `http://127.0.0.1:${standby.server.port}` });
    expect(asObject(await store.get("x", none))).toEqual({ k: "v" });
    standby.activeNode = `http://127.0.0.1:${standby.server.port}`;
    await expect(store.get("x", none)).rejects.toThrow("status code 307");
    expect(standby.server.requests).toHaveLength(1 + 4);
  });
});

describe("bulk", () => {
  it("walks folders with few requests at once, without versions that are gone", async () => {
    const names = Array.from({ length: 60 }, (_, i) => `f${i % 6}/g${i % 3}/s${i}`);
    for (const name of [...names, "top", "gone"]) vault.put(`dapr/${name}`, { k: name });
    vault.softDelete("dapr/gone");
    vault.before = () => new Promise((resolve) => setImmediate(resolve, undefined));
    await using store = await open();
    const all = await store.bulkGet(none);
    expect([...(all?.keys() ?? [])].sort()).toEqual([...names, "top"].sort());
    for (const [name, data] of all ?? []) expect(asObject(data)).toEqual({ k: name });
    expect(vault.server.mostAtOnce).toBeGreaterThan(1);
    expect(vault.server.mostAtOnce).toBeLessThanOrEqual(8);
  });

  it("of nothing is the server's error, and one failing secret fails it", async () => {
    await using store = await open();
    await expect(store.bulkGet(none)).rejects.toThrow(
      "list keys couldn't get successful response, status code: 404, status: 404 Not Found, response",
    );
    vault.put("dapr/a", { k: "v" });
    vault.put("dapr/b", '{"k":1}');
    await expect(store.bulkGet(none)).rejects.toThrow("couldn't decode response body");
  });
});

describe("tokens", () => {
  it("that are refused are the server's error", async () => {
    vault.put("dapr/x", { k: "v" });
    await using store = await open({ vaultToken: "wrong" });
    const text =
      'couldn\'t get successful response, status code 403, body {"errors":["permission denied"]}';
    await expect(store.get("x", none)).rejects.toThrow(text);
    expect(vault.server.requests).toHaveLength(1);
  });

  it("in files are read again when they are old, and when they are refused", async () => {
    vault.put("dapr/x", { k: "v" });
    const path = scratch.write("token", " first\n");
    vault.tokens.add("first");
    const clock = new ManualClock();
    const log = new RecordedLog();
    await using store = await openSecretStore(
      component,
      { vaultAddr: `http://127.0.0.1:${vault.server.port}`, vaultTokenMountPath: path },
      new Map(),
      { clock, logger: log },
    );
    const lastToken = (): string | undefined =>
      vault.server.requests.at(-1)?.headers.get("x-vault-token");
    await store.get("x", none);
    expect(lastToken()).toBe("first");
    scratch.write("token", "second");
    vault.tokens.add("second");
    await store.get("x", none);
    expect(lastToken()).toBe("first");
    await clock.advance(10_000);
    await store.get("x", none);
    expect(lastToken()).toBe("second");
    scratch.write("token", "third");
    vault.tokens.add("third");
    vault.tokens.delete("second");
    expect(asObject(await store.get("x", none))).toEqual({ k: "v" });
    expect(lastToken()).toBe("third");
    vault.tokens.delete("third");
    await expect(store.get("x", none)).rejects.toThrow("status code 403");
    expect(log.lines.join()).not.toMatch(/first|second|third/);
    expect(readFileSync(path, "utf8")).toBe("third");
  });
});

describe("failures", () => {
  it("of a sealed or wrong server are shown", async () => {
    vault.isSealed = true;
    await using store = await open();
    await expect(store.get("x", none)).rejects.toThrow('503, body {"errors":["Vault is sealed"]}');
    vault.isSealed = false;
    vault.before = () => ({ status: 200, body: "<html>" });
    await expect(store.get("x", none)).rejects.toThrow("couldn't decode response body: ");
    await expect(store.bulkGet(none)).rejects.toThrow("couldn't decode response body: ");
    vault.before = () => "close";
    await expect(store.get("x", none)).rejects.toThrow(/couldn't get secret: Get "http.*": EOF$/);
  });

  it("of a connection that was closed meanwhile are not seen", async () => {
    vault.put("dapr/x", { k: "v" });
    await using store = await open();
    await store.get("x", none);
    let isFirst = true;
    vault.before = () => {
      if (!isFirst) return undefined;
      isFirst = false;
      return "close";
    };
    expect(asObject(await store.get("x", none))).toEqual({ k: "v" });
  });

  it("of a server that is away end when it is back", async () => {
    const first = await VaultStandIn.start();
    const { port } = first.server;
    await using store = await open({ vaultAddr: `http://127.0.0.1:${port}` });
    await first[Symbol.asyncDispose]();
    await expect(store.get("x", none)).rejects.toThrow(
      `couldn't get secret: Get "http://127.0.0.1:${port}/v1/secret/data/dapr/x?version=0": dial tcp 127.0.0.1:${port}: connect: connection refused`,
    );
    await using second = await VaultStandIn.start({ port });
    second.put("dapr/x", { k: "back" });
    expect(asObject(await store.get("x", none))).toEqual({ k: "back" });
  });

  it("to answer end with the caller's signal, and after 30 s", async () => {
    let asked = Promise.withResolvers<void>();
    vault.before = () => {
      asked.resolve();
      return "hang";
    };
    const clock = new ManualClock();
    await using store = await openSecretStore(
      component,
      { vaultAddr: `http://127.0.0.1:${vault.server.port}`, vaultToken: "root-token" },
      new Map(),
      { clock },
    );
    const controller = new AbortController();
    const cancelled = store.get("x", none, controller.signal);
    await asked.promise;
    controller.abort(new Error("context canceled"));
    await expect(cancelled).rejects.toThrow("context canceled");
    asked = Promise.withResolvers<void>();
    const late = expect(store.get("x", none)).rejects.toThrow("context deadline exceeded");
    await asked.promise;
    await clock.advance(30_000);
    await late;
  });
});

describe("TLS", () => {
  using authority = new TestAuthority();
  using stranger = new TestAuthority();
  const leaf = authority.issue("https://vault,IP:127.0.0.1,DNS:vault.test");
  const named = authority.issue("https://vault,DNS:vault.test");
  const roots = { own: authority.root, other: stranger.root };
  const read = async (certificate: typeof leaf, more: Record<string, string>) => {
    await using server = await VaultStandIn.start({ tls: certificate });
    server.put("dapr/x", { k: "v" });
    await using store = await open({
      vaultAddr: `https://127.0.0.1:${server.server.port}`,
      ...more,
    });
    return asObject(await store.get("x", none));
  };

  it("trusts what caPem, caPath and caCert say, in this order", async () => {
    const file = scratch.write("ca/deep/root.pem", roots.own);
    const wrong = scratch.write("wrong.pem", roots.other);
    const folder = `${scratch.path}/ca`;
    const good = { k: "v" };
    expect(await read(leaf, { caPem: roots.own.trimEnd() })).toEqual(good);
    expect(await read(leaf, { caPath: folder })).toEqual(good);
    expect(await read(leaf, { caCert: file })).toEqual(good);
    expect(await read(leaf, { caPem: roots.own, caPath: wrong, caCert: wrong })).toEqual(good);
    expect(await read(leaf, { caPath: folder, caCert: wrong })).toEqual(good);
  });

  it("refuses strangers", async () => {
    const untrusted = /tls: failed to verify certificate: x509: certificate signed by unknown/;
    await expect(read(leaf, { caPem: roots.other })).rejects.toThrow(untrusted);
    await expect(read(leaf, {})).rejects.toThrow(untrusted);
    await expect(read(leaf, { skipVerify: "yes" })).rejects.toThrow(untrusted);
  });

  it("skips the check for the text true only", async () => {
    expect(await read(leaf, { skipVerify: "true", caPem: "ignored" })).toEqual({ k: "v" });
  });

  it("is not left for a redirect", async () => {
    await using server = await VaultStandIn.start({ tls: leaf });
    server.activeNode = `http://127.0.0.1:${vault.server.port}`;
    vault.put("dapr/x", { k: "v" });
    await using store = await open({
      vaultAddr: `https://127.0.0.1:${server.server.port}`,
      caPem: roots.own,
    });
    await expect(store.get("x", none)).rejects.toThrow("status code 307");
    expect(vault.server.requests).toHaveLength(0);
  });

  it("compares the name that was given", async () => {
    await expect(read(named, { caPem: roots.own })).rejects.toThrow("x509: cannot validate");
    expect(await read(named, { caPem: roots.own, tlsServerName: "vault.test" })).toEqual({
      k: "v",
    });
    await expect(read(named, { caPem: roots.own, tlsServerName: "other.test" })).rejects.toThrow(
      "x509: certificate is valid for vault.test, not other.test",
    );
  });
});
