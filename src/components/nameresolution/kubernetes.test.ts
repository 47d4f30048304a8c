import { expect, test } from "vitest";
import { createKubernetesResolver } from "./kubernetes.ts";

const request = { appId: "app", namespace: "ns", port: 50_002 };

async function resolve(configuration: unknown, addresses: readonly string[] = ["10.0.0.1"]) {
  let asked = "";
  const resolver = createKubernetesResolver(configuration, async (host) => {
    asked = host;
    return addresses;
  });
  return { found: await resolver.resolve(request), asked };
}

test("all addresses of the service are returned", async () => {
  expect(await resolve(undefined, ["10.0.0.1", "fd00::1"])).toEqual({
    asked: "app-dapr.ns.svc.cluster.local",
    found: ["10.0.0.1:50002", "[fd00::1]:50002"],
  });
  expect((await resolve(null, [])).found).toEqual([]);
});

test.each([
  [{ clusterDomain: "my.domain" }, "app-dapr.ns.svc.my.domain", "10.0.0.1:50002"],
  [
    new Map([["clusterDomain", "read.from.yaml"]]),
    "app-dapr.ns.svc.read.from.yaml",
    "10.0.0.1:50002",
  ],
  [{ clusterDomain: "" }, "app-dapr.ns.svc.cluster.local", "10.0.0.1:50002"],
  [{ template: "{{.ID}}-{{ .Namespace }}.x:{{.Port}}" }, "app-ns.x", "10.0.0.1:50002"],
  [{ template: "{{.ID}}.x:80", clusterDomain: "y" }, "app.x", "10.0.0.1:80"],
  [{ template: "[::1]:{{.Port}}" }, "::1", "10.0.0.1:50002"],
])("with %j the host is %s", async (configuration, host, found) => {
  expect(await resolve(configuration)).toEqual({ asked: host, found: [found] });
});

test.each([
  ["text", "configuration must be a map"],
  [{ clusterDomain: 7 }, "clusterDomain must be a string"],
  [{ template: "{{.ID" }, "failed to parse template {{.ID: unclosed action"],
  [{ template: "{{.Nope}}:1" }, 'failed to parse template {{.Nope}}:1: unknown action ".Nope"'],
])("the configuration %j is refused", (configuration, text) => {
  expect(() => createKubernetesResolver(configuration)).toThrow(text);
});

test("a template must give a port", async () => {
  await expect(resolve({ template: "{{.ID}}" })).rejects.toThrow(
    "address app: missing port in address",
  );
  await expect(resolve({ template: "a:b:{{.Port}}" })).rejects.toThrow("too many colons");
});

test("a failed lookup says which host it was", async () => {
  const resolver = createKubernetesResolver(undefined, async (host) => {
    throw new Error(`lookup ${host}: no such host`);
  });
  const host = "app-dapr.ns.svc.cluster.local";
  await expect(resolver.resolve(request)).rejects.toThrow(
    `failed to resolve address for '${host}': lookup ${host}: no such host`,
  );
});
