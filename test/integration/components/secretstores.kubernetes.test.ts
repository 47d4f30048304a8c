/** secretstores.kubernetes against a stand-in: ways to log in, namespaces, pages, failures. */
import { chmodSync } from "node:fs";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { component } from "../../../src/components/secretstores/kubernetes.ts";
import { KubernetesClient } from "../../../src/components/shared/kubernetes-client.ts";
import { loadKubernetesConfig } from "../../../src/components/shared/kubernetes-config.ts";
import type { Platform } from "../../../src/kit/lifecycle/platform.ts";
import { ManualClock } from "../../../src/kit/time/manual-clock.ts";
import { Scratch } from "../launch.ts";
import { KubernetesStandIn } from "../servers/kubernetes-stand-in.ts";
import { TestAuthority } from "../transport/certificates.ts";
import { kubeconfig, openSecretStore } from "./secret-context.ts";

const none: ReadonlyMap<string, string> = new Map();
const scratch = new Scratch();
const authority = new TestAuthority();
const leaf = authority.issue("https://api,IP:127.0.0.1,DNS:api.test");
let api: KubernetesStandIn;
let server: string;
beforeAll(async () => {
  api = await KubernetesStandIn.start({
    tls: { ...leaf, ca: authority.root, requestCert: true, rejectUnauthorized: false },
  });
  server = `https://127.0.0.1:${api.server.port}`;
});
afterAll(async () => {
  await api[Symbol.asyncDispose]();
  authority[Symbol.dispose]();
  scratch[Symbol.dispose]();
});
beforeEach(() => {
  api.clear();
  api.before = () => undefined;
  api.hasExpiredPages = false;
  api.server.requests.length = 0;
  api.put("shop", "x", { k: "v" });
});

const base64 = (text: string): string => Buffer.from(text).toString("base64");
const authorityData = `certificate-authority-data: ${base64(authority.root)}`;
const write = (user?: string, cluster = authorityData): string =>
  scratch.write("config", kubeconfig(server, user, cluster));
const shop = new Map([["namespace", "shop"]]);
const asObject = (data: ReadonlyMap<string, string> | undefined) => Object.fromEntries(data ?? []);

async function readWith(path: string, env?: ReadonlyMap<string, string>) {
  await using store = await openSecretStore(component, { kubeconfigPath: path }, env);
  return asObject(await store.get("x", shop));
}

describe("kubeconfig", () => {
  it.each(["{token: pod-token}", "{username: me, password: x, token: pod-token}"])(
    "logs in with %s",
    async (user) => expect(await readWith(write(user))).toEqual({ k: "v" }),
  );

  it("takes files relative to its own folder", async () => {
    scratch.write("pki/ca.pem", authority.root);
    scratch.write("pki/token", "pod-token\n");
    const path = write("{tokenFile: pki/token}", "certificate-authority: pki/ca.pem");
    expect(await readWith(path)).toEqual({ k: "v" });
  });

  it("logs in with a client certificate", async () => {
    const client = authority.issue("spiffe://td/ns/default/me");
    const data = `{client-certificate-data: ${base64(client.cert)}, client-key-data: ${base64(client.key)}}`;
    await expect(readWith(write(data))).rejects.toThrow("Unauthorized");
    api.trustedClient = api.server.requests.at(-1)?.clientName;
    expect(api.trustedClient).toContain("spiffe://td/ns/default/me");
    expect(await readWith(write(data))).toEqual({ k: "v" });
    api.trustedClient = undefined;
  });

  it("runs a plugin, and again when its token is refused", async () => {
    const plugin = scratch.write(
      "login.sh",
      `#!/bin/sh
echo run >> ${scratch.path}/runs
printf '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"%s"}}' "$(cat ${scratch.path}/plugin-token)"
`,
    );
    chmodSync(plugin, 0o755);
    scratch.write("plugin-token", "pod-token");
    const user =
      "{exec: {apiVersion: client.authentication.k8s.io/v1, command: ./login.sh, env: [{name: A, value: b}]}}";
    const store = await openSecretStore(
      component,
      { kubeconfigPath: write(user) },
      new Map([["PATH", process.env.PATH ?? ""]]),
    );
    await store.get("x", shop);
    await store.get("x", shop);
    expect(scratch.read("runs")).toBe("run\n");
    api.tokens.delete("pod-token");
    api.tokens.add("next-token");
    scratch.write("plugin-token", "next-token");
    expect(asObject(await store.get("x", shop))).toEqual({ k: "v" });
    expect(scratch.read("runs")).toBe("run\nrun\n");
    api.tokens.add("pod-token");
    api.tokens.delete("next-token");
    await expect(store.get("x", shop)).rejects.toThrow("Unauthorized");
    await store[Symbol.asyncDispose]();
  });

  it.each<[string, string]>([
    ["{exec: {apiVersion: v1, command: no-such-program}}", "executable no-such-program not found"],
    ["{exec: {apiVersion: v1, command: 'false'}}", "executable false failed with exit code 1"],
    ["{exec: {apiVersion: v1, command: echo, args: ['{}']}}", "plugin returned version"],
  ])("plugin %s fails", async (user, message) => {
    const env = new Map([["PATH", process.env.PATH ?? ""]]);
    await expect(readWith(write(user), env)).rejects.toThrow(message);
  });

  it.each<[string, string]>([
    ["current-context: gone", 'invalid configuration: context "gone" does not exist'],
    ["a: b", "invalid configuration: no current context is set"],
    ["{", "error loading config file"],
    [kubeconfig("nowhere"), 'server "nowhere" of cluster "stand-in" is no address'],
    [kubeconfig("http://x", "{auth-provider: {name: gcp}}"), "auth-provider is not supported"],
    [kubeconfig("http://x", "{}", "proxy-url: http://p"), "proxy-url is not supported"],
    [kubeconfig("http://x", "{}", "certificate-authority: gone"), "unable to read"],
  ])("%j fails", async (text, message) => {
    const path = scratch.write("broken", text);
    await expect(openSecretStore(component, { kubeconfigPath: path })).rejects.toThrow(message);
  });

  it("is looked for in KUBECONFIG and in the home folder", async () => {
    const text = kubeconfig(server, undefined, authorityData);
    const home = scratch.folder("home");
    scratch.write("home/.kube/config", text);
    expect(await readWith("", new Map([["HOME", home]]))).toEqual({ k: "v" });
    expect(await readWith("", new Map([["KUBECONFIG", write()]]))).toEqual({ k: "v" });
    const gone = new Map([["KUBECONFIG", "/gone"]]);
    await expect(readWith("", gone)).rejects.toThrow("stat /gone: no such file or directory");
    await expect(readWith("")).rejects.toThrow("no configuration has been provided");
  });

  it("checks the server", async () => {
    await expect(readWith(write(undefined, ""))).rejects.toThrow("unknown authority");
    expect(await readWith(write(undefined, "insecure-skip-tls-verify: true"))).toEqual({ k: "v" });
    const named = (name: string) => write(undefined, `${authorityData}, tls-server-name: ${name}`);
    expect(await readWith(named("api.test"))).toEqual({ k: "v" });
    await expect(readWith(named("other.test"))).rejects.toThrow("not other.test");
  });
});

it("logs in as the service account of a pod, whose token is renewed", async () => {
  const folder = scratch.folder("pod");
  scratch.write("pod/ca.crt", authority.root);
  scratch.write("pod/token", "pod-token");
  const clock = new ManualClock();
  const env = new Map([
    ["KUBERNETES_SERVICE_HOST", "127.0.0.1"],
    ["KUBERNETES_SERVICE_PORT", String(api.server.port)],
  ]);
  const config = await loadKubernetesConfig({
    kubeconfigPath: "/gone",
    platform: { clock, env, cwd: "/" } as unknown as Platform,
    serviceAccountFolder: folder,
  });
  await using client = new KubernetesClient(config, clock);
  const secrets = { group: "", version: "v1", plural: "secrets", namespace: "shop" };
  const token = () => api.server.requests.at(-1)?.headers.get("authorization");
  await client.get(secrets, "x");
  api.tokens.add("renewed");
  scratch.write("pod/token", "renewed");
  await client.get(secrets, "x");
  expect(token()).toBe("Bearer pod-token");
  await clock.advance(60_000);
  await client.get(secrets, "x");
  expect(token()).toBe("Bearer renewed");
});

describe("reads", () => {
  it("take the namespace of the request, of the environment, of the component", async () => {
    for (const namespace of ["a", "b", "c"]) api.put(namespace, "x", { from: namespace });
    const kubeconfigPath = write();
    const env = new Map([["NAMESPACE", "b"]]);
    const open = (more: Record<string, string>, variables?: ReadonlyMap<string, string>) =>
      openSecretStore(component, { kubeconfigPath, ...more }, variables);
    await using both = await open({ defaultNamespace: "c" }, env);
    await using standard = await open({ defaultNamespace: "c" });
    await using without = await open({});
    expect(asObject(await both.get("x", new Map([["namespace", "a"]])))).toEqual({ from: "a" });
    expect(asObject(await both.get("x", none))).toEqual({ from: "b" });
    expect(asObject(await standard.get("x", none))).toEqual({ from: "c" });
    const text =
      "namespace is missing on metadata and NAMESPACE env variable, and no default namespace is set";
    await expect(without.get("x", none)).rejects.toThrow(text);
    await expect(without.bulkGet(none)).rejects.toThrow(text);
    await expect(without.get("x", new Map([["namespace", ".."]]))).rejects.toThrow("may not be");
    await expect(without.get("x", new Map([["namespace", "a/b"]]))).rejects.toThrow(
      `invalid resource name "a/b": [may not contain '/']`,
    );
  });

  it("list page by page, and all at once when the pages have expired", async () => {
    for (let i = 0; i < 600; i++) api.put("many", `s${i}`, { i: String(i) });
    api.put("many", "bare", undefined);
    await using store = await openSecretStore(component, { kubeconfigPath: write() });
    const many = new Map([["namespace", "many"]]);
    const all = await store.bulkGet(many);
    expect(all?.size).toBe(601);
    expect(asObject(all?.get("s599"))).toEqual({ i: "599" });
    expect(asObject(all?.get("bare"))).toEqual({});
    expect(api.server.requests).toHaveLength(3);
    api.hasExpiredPages = true;
    expect((await store.bulkGet(many))?.size).toBe(601);
    expect(await store.bulkGet(new Map([["namespace", "nobody"]]))).toEqual(new Map());
  });

  it("turn bytes that are no text into replacement characters", async () => {
    api.put("shop", "x", { k: Buffer.from([0x61, 0xff, 0x62]) });
    expect(await readWith(write())).toEqual({ k: "a\ufffdb" });
  });

  it("fail with the server's words", async () => {
    await using store = await openSecretStore(component, { kubeconfigPath: write() });
    await expect(store.get("gone", shop)).rejects.toThrow('secrets "gone" not found');
    await expect(store.bulkGet(new Map([["namespace", "locked"]]))).rejects.toThrow(
      "secrets is forbidden: User",
    );
    api.before = () => ({ status: 502, body: "<html>" });
    await expect(store.get("x", shop)).rejects.toThrow("status 502 (get secrets x)");
    api.before = () => ({ status: 200, body: "<html>" });
    await expect(store.get("x", shop)).rejects.toThrow("the answer is no JSON");
  });

  it("wait when the server asks for it", async () => {
    let refusals = 2;
    api.before = () =>
      refusals-- > 0 ? { status: 429, body: "{}", headers: { "Retry-After": "1" } } : undefined;
    const clock = new ManualClock();
    await using store = await openSecretStore(component, { kubeconfigPath: write() }, new Map(), {
      clock,
    });
    const read = store.get("x", shop);
    await expect
      .poll(async () => {
        await clock.advance(1000);
        return api.server.requests.length;
      })
      .toBe(3);
    expect(asObject(await read)).toEqual({ k: "v" });
  });
});
