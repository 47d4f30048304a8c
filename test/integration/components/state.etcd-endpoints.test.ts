/** state.etcd over TLS, and over several endpoints. */
import { X509Certificate } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { etcdTls } from "../../../src/components/shared/etcd-tls.ts";
import type { StateStore } from "../../../src/components/state/contract.ts";
import { component } from "../../../src/components/state/etcd.v2.ts";
import { ManualClock } from "../../../src/kit/time/manual-clock.ts";
import { freePort, Scratch } from "../launch.ts";
import { hasEtcd, launchEtcd } from "../servers/etcd.ts";
import type { RestartableServer } from "../servers/restartable.ts";
import { type Leaf, TestAuthority } from "../transport/certificates.ts";
import { createStore, getRequest, read, setRequest } from "./state-context.ts";

const isAvailable = await hasEtcd();

const failure = async (store: StateStore): Promise<string> => {
  try {
    await store.get(getRequest("k"));
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error("it succeeded");
};

describe.skipIf(!isAvailable)("state.etcd over TLS", { timeout: 40_000 }, () => {
  const authority = new TestAuthority();
  const stranger = new TestAuthority();
  const scratch = new Scratch();
  let server: RestartableServer;
  let client: Leaf;

  beforeAll(async () => {
    const leaf = authority.issue("spiffe://test/etcd,IP:127.0.0.1");
    client = authority.issue("spiffe://test/sidecar");
    server = await launchEtcd({
      tls: {
        ca: scratch.write("ca.crt", authority.root),
        cert: scratch.write("server.crt", leaf.cert),
        key: scratch.write("server.key", leaf.key),
      },
    });
  });

  afterAll(async () => {
    await server?.[Symbol.asyncDispose]();
    for (const disposable of [authority, stranger, scratch]) disposable[Symbol.dispose]();
  });

  const open = (properties: Readonly<Record<string, string>>): Promise<StateStore> =>
    createStore(component, { tlsEnable: "true", ...client, ca: authority.root, ...properties });

  it.each(["", "https://"])("works with the authority's certificates (%j)", async (scheme) => {
    await using store = await open({ endpoints: scheme + server.address });
    await store.set(setRequest("k", "secret"));
    expect(await read(store, "k")).toBe("secret");
  });

  it.concurrent("refuses a server of another authority", async ({ expect }) => {
    await using store = await open({ endpoints: server.address, ca: stranger.root });
    expect(await failure(store)).toMatch(/certificate signed by unknown authority/);
  });

  it.concurrent("refuses a server of another name", async ({ expect }) => {
    await using store = await open({ endpoints: `localhost:${server.port}` });
    expect(await failure(store)).toMatch(/it is not valid for localhost/);
  });

  it.concurrent("is refused with a stranger's certificate, and without TLS", async ({ expect }) => {
    await using store = await open({
      endpoints: server.address,
      ...stranger.issue("spiffe://test/x"),
    });
    await using plain = await createStore(component, { endpoints: server.address });
    for (const text of await Promise.all([failure(store), failure(plain)])) {
      expect(text).toMatch(/context deadline exceeded/);
    }
  });

  it("looks at the dates", () => {
    const clock = new ManualClock();
    const leaf = authority.issue("spiffe://test/etcd,DNS:etcd.example");
    const { verifyPeer } = etcdTls({ ca: authority.root, ...client }, "etcd.example", clock);
    const { raw, validFrom } = new X509Certificate(leaf.cert);
    clock.jump(Date.parse(validFrom) + 60_000 - clock.now());
    expect(verifyPeer([raw])).toBe("");
    clock.jump(3 * 24 * 3_600_000);
    expect(() => verifyPeer([raw])).toThrow("certificate has expired");
  });
});

describe.skipIf(!isAvailable)("state.etcd with several endpoints", () => {
  it("takes the one that answers, at once", async () => {
    await using server = await launchEtcd();
    const [first, second] = [await freePort(), await freePort()];
    const endpoints = `127.0.0.1:${first}, http://127.0.0.1:${second},${server.address}`;
    await using store = await createStore(component, { endpoints });
    const startedAt = performance.now();
    await store.set(setRequest("k", "1"));
    expect(await read(store, "k")).toBe("1");
    expect(performance.now() - startedAt).toBeLessThan(1000);
  });

  it("does not notice a restart", async () => {
    await using server = await launchEtcd();
    await using store = await createStore(component, { endpoints: server.address });
    await store.set(setRequest("k", "1"));
    await server.stop();
    const [value] = await Promise.all([read(store, "k"), server.start()]);
    expect(value).toBe("1");
  });
});
