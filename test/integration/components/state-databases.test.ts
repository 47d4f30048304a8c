/** state.etcd and state.mongodb in a sidecar: versions, features, status codes. */
import { describe, expect, it } from "vitest";
import { call } from "../api/calls.ts";
import { launchDaprd } from "../launch.ts";
import { hasEtcd, launchEtcd } from "../servers/etcd.ts";
import { hasFerretdb, launchFerretdb } from "../servers/ferretdb.ts";

const resource = (name: string, type: string, version: string, metadata: string): string =>
  `apiVersion: dapr.io/v1alpha1
kind: Component
metadata: {name: ${name}}
spec:
  type: ${type}
  version: ${version}
  metadata:
${metadata}
`;

const line = (name: string, value: string): string => `  - {name: ${name}, value: "${value}"}`;

interface Listed {
  readonly name: string;
  readonly capabilities: readonly string[];
}

async function capabilities(port: number): Promise<ReadonlyMap<string, readonly string[]>> {
  const { text } = await call({ port, path: "/v1.0/metadata" });
  const { components } = JSON.parse(text) as { components: readonly Listed[] };
  return new Map(components.map((component) => [component.name, component.capabilities]));
}

describe.skipIf(!(await hasEtcd()))("state.etcd in a sidecar", () => {
  it("warns of version 1 and shares nothing but the server between versions", async () => {
    await using server = await launchEtcd();
    const endpoints = line("endpoints", server.address);
    await using sidecar = await launchDaprd({
      appId: "app",
      resources: [
        resource("old", "state.etcd", "v1", `${endpoints}\n${line("keyPrefixPath", "one")}`),
        resource("plain", "state.etcd", '""', `${endpoints}\n${line("keyPrefixPath", "one")}`),
        resource("new", "state.etcd", "v2", `${endpoints}\n${line("maxTxnOps", "2")}`),
      ],
    });
    const { log } = sidecar.process;
    const warning =
      "WARNING: state store state.etcd/v1 is deprecated and will be removed in a future version, please use state.etcd/v2";
    expect(log.split(warning).length - 1).toBe(2);
    const features = ["ETAG", "TRANSACTIONAL", "TTL", "KEYS_LIKE", "ACTOR"];
    const known = await capabilities(sidecar.httpPort);
    expect([known.get("old"), known.get("new")]).toEqual([features, features]);

    const send = (method: string, path: string, body?: string) =>
      call({
        port: sidecar.httpPort,
        method,
        path: `/v1.0/state/${path}`,
        ...(body ? { body } : {}),
      });
    const save = async (store: string, item: object): Promise<number> =>
      (await send("POST", store, JSON.stringify([item]))).status;
    expect(await save("old", { key: "k", value: { a: 1 } })).toBe(204);
    expect((await send("GET", "plain/k")).text).toBe('{"a":1}');
    expect((await send("GET", "new/k")).status).toBe(204);
    expect(await save("new", { key: "k", value: 1, metadata: { ttlInSeconds: "100" } })).toBe(204);
    expect(await save("new", { key: "k", value: 1, etag: "1" })).toBe(409);
    const upserts = ["a", "b", "c"].map((key) => ({
      operation: "upsert",
      request: { key, value: 1 },
    }));
    const transact = (count: number) =>
      send("POST", "new/transaction", JSON.stringify({ operations: upserts.slice(0, count) }));
    expect((await transact(2)).status).toBe(204);
    const refused = await transact(3);
    expect(refused.status).toBe(400);
    expect(refused.text).toContain("ERR_STATE_STORE_TOO_MANY_TRANSACTIONS");
  });
});

describe.skipIf(!hasFerretdb())("state.mongodb in a sidecar", () => {
  it("saves, reads, queries and refuses transactions", async () => {
    await using server = await launchFerretdb();
    await using sidecar = await launchDaprd({
      appId: "app",
      resources: [resource("db", "state.mongodb", "v1", line("host", server.address))],
    });
    const send = (method: string, path: string, body: string) =>
      call({ port: sidecar.httpPort, method, path, body });
    const known = await capabilities(sidecar.httpPort);
    const features = ["ETAG", "TRANSACTIONAL", "QUERY_API", "TTL", "KEYS_LIKE", "ACTOR"];
    expect(known.get("db")).toEqual(features);
    const items = '[{"key":"a","value":{"n":1}},{"key":"b","value":{"n":2}}]';
    expect((await send("POST", "/v1.0/state/db", items)).status).toBe(204);
    const wrong = '[{"key":"a","value":1,"etag":"other"}]';
    expect((await send("POST", "/v1.0/state/db", wrong)).status).toBe(409);
    const query = '{"filter":{"EQ":{"n":2}}}';
    const found = await send("POST", "/v1.0-alpha1/state/db/query", query);
    expect(JSON.parse(found.text).results).toMatchObject([{ key: "b", data: { n: 2 } }]);
    const operations = '{"operations":[{"operation":"delete","request":{"key":"a"}}]}';
    const refused = await send("POST", "/v1.0/state/db/transaction", operations);
    expect(refused.status).toBe(500);
    expect(refused.text).toContain(
      "error while executing state transaction: using transactions with MongoDB requires connecting to a replica set",
    );
  });
});
