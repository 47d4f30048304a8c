import { describe, expect, it } from "vitest";
import type { YamlMap } from "../../kit/resources/yaml.ts";
import { readResourceDocument } from "../../kit/resources/yaml-library.ts";
import type { HttpEndpointResource } from "../resources/documents.ts";
import type { LoadedResources, ResiliencyFile } from "../resources/folder.ts";
import { recordedLog } from "../resources/recorded-log.ts";
import { nothing } from "./reload-context.ts";
import { restartKinds } from "./restarts.ts";

const endpoint = (baseUrl: string, envRef = ""): HttpEndpointResource => ({
  kind: "HTTPEndpoint",
  name: "ep",
  namespace: "",
  scopes: [],
  secretStore: "",
  baseUrl,
  headers: [{ name: "h", value: envRef === "" ? "v" : undefined, secretKeyRef: undefined, envRef }],
  tls: { rootCA: undefined, certificate: undefined, privateKey: undefined, renegotiation: "" },
});

const resiliency = (text: string): ResiliencyFile => ({
  file: "r.yaml",
  error: "",
  document: readResourceDocument(`apiVersion: dapr.io/v1alpha1\nkind: Resiliency\n${text}`)
    .value as YamlMap,
});

async function changed(
  from: Partial<LoadedResources>,
  to: Partial<LoadedResources>,
  namespaceEnv = "",
): Promise<readonly string[]> {
  const { lines, logger } = recordedLog();
  let restarts = 0;
  const kinds = restartKinds({
    loaded: { ...nothing, ...from },
    appId: "app",
    namespaceEnv,
    logger,
    restart: () => restarts++,
  });
  const { signal } = new AbortController();
  for (const kind of kinds) await kind.reconcile({ ...nothing, ...to }, signal);
  expect(restarts).toBe(lines.length);
  return lines.map((line) => line.replace("info: Received ", "").replace(/ - triggering.*/, ""));
}

describe("what restarts a sidecar", () => {
  it("is an endpoint that came, changed or went", async () => {
    const one = { httpEndpoints: [endpoint("http://a")] };
    const other = { httpEndpoints: [endpoint("http://b")] };
    expect(await changed({}, one)).toEqual(["HTTPEndpoint CREATED event: ep (http://a)"]);
    expect(await changed(one, other)).toEqual(["HTTPEndpoint UPDATED event: ep (http://b)"]);
    expect(await changed(one, {})).toEqual(["HTTPEndpoint DELETED event: ep (http://a)"]);
    expect(await changed(one, { httpEndpoints: [endpoint("http://a")] })).toEqual([]);
  });

  it("is an endpoint with references at every event", async () => {
    const one = { httpEndpoints: [endpoint("http://a", "TOKEN")] };
    expect(await changed(one, one)).toEqual(["HTTPEndpoint UPDATED event: ep (http://a)"]);
  });

  it("is a Configuration in a folder at every event", async () => {
    const head = { name: "c", namespace: "", scopes: [], secretStore: "" };
    const one = { configurations: [{ kind: "Configuration" as const, ...head }] };
    expect(await changed(one, one)).toEqual(["Configuration CREATED event: c"]);
  });

  it("is a Resiliency of this app whose spec changes", async () => {
    const of = (text: string) => ({ resiliencies: [resiliency(text)] });
    const one = of("metadata: {name: r}\nspec: {policies: {timeouts: {t: 1s}}}");
    const same = of("metadata: {name: r, labels: {a: b}}\nspec:\n  policies: {timeouts: {t: 1s}}");
    const other = of("metadata: {name: r}\nspec: {policies: {timeouts: {t: 2s}}}");
    const foreign = of("metadata: {name: r}\nscopes: [else]\nspec: {}");
    const elsewhere = of("metadata: {name: r, namespace: own}\nspec: {}");
    expect(await changed(one, same)).toEqual([]);
    expect(await changed(one, other)).toEqual(["Resiliency UPDATED event: r"]);
    expect(await changed(one, foreign)).toEqual(["Resiliency DELETED event: r"]);
    expect(await changed({}, foreign)).toEqual([]);
    expect(await changed({}, elsewhere, "other")).toEqual([]);
    expect(await changed({}, elsewhere, "own")).toEqual(["Resiliency CREATED event: r"]);
  });
});
