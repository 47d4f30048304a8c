/** Vault and Kubernetes secret stores in a sidecar: both APIs, scopes, and the values of other components. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  GetBulkSecretRequest,
  GetBulkSecretResponse,
  GetSecretRequest,
  GetSecretResponse,
} from "../../../src/kit/proto/dapr/proto/runtime/v1/secret.ts";
import { call, grpcCall, runtimeService } from "../api/calls.ts";
import { launchDaprd, Scratch, type Sidecar } from "../launch.ts";
import { KubernetesStandIn } from "../servers/kubernetes-stand-in.ts";
import { VaultStandIn } from "../servers/vault-stand-in.ts";
import { kubeconfig } from "./secret-context.ts";

const scratch = new Scratch();
let vault: VaultStandIn;
let api: KubernetesStandIn;
beforeAll(async () => {
  vault = await VaultStandIn.start();
  api = await KubernetesStandIn.start();
  for (const name of ["open", "closed", "prefix"]) {
    vault.put(`dapr/${name}`, { k: `vault ${name}` });
    api.put("shop", name, { k: `kubernetes ${name}` });
  }
});
afterAll(async () => {
  await vault[Symbol.asyncDispose]();
  await api[Symbol.asyncDispose]();
  scratch[Symbol.dispose]();
});

const component = (name: string, type: string, metadata: readonly string[], more = ""): string =>
  `apiVersion: dapr.io/v1alpha1
kind: Component
metadata: {name: ${name}}
spec:
  type: ${type}
  version: v1
  metadata: [${metadata.join(", ")}]
${more}`;

const writeKubeconfig = (): string =>
  scratch.write("config", kubeconfig(`http://127.0.0.1:${api.server.port}`));

const env = { NAMESPACE: "shop" };
const get = (sidecar: Sidecar, path: string) =>
  call({ port: sidecar.httpPort, path: `/v1.0/secrets/${path}` });

describe.each(["vault", "kubernetes"])("store %s in a sidecar", (store) => {
  let sidecar: Sidecar;
  beforeAll(async () => {
    sidecar = await launchDaprd({
      appId: "app",
      env,
      resources: [
        component(
          "state",
          "state.in-memory",
          [
            "{name: keyPrefix, secretKeyRef: {name: prefix, key: k}}",
            "{name: actorStateStor, value: 'true'}",
          ],
          `auth: {secretStore: ${store}}`,
        ),
        component("vault", "secretstores.hashicorp.vault", [
          `{name: vaultAddr, value: "http://127.0.0.1:${vault.server.port}"}`,
          "{name: vaultToken, value: root-token}",
        ]),
        component("kubernetes", "secretstores.kubernetes", [
          `{name: kubeconfigPath, value: ${writeKubeconfig()}}`,
        ]),
      ],
      config: `apiVersion: dapr.io/v1alpha1
kind: Configuration
metadata: {name: c}
spec:
  secrets:
    scopes:
      - {storeName: vault, deniedSecrets: [closed]}
      - {storeName: kubernetes, defaultAccess: deny, allowedSecrets: [open, gone]}
`,
    });
  });
  afterAll(() => sidecar[Symbol.asyncDispose]());
  const shown = store === "vault" ? ["open", "prefix"] : ["open"];

  it("answers over HTTP, within its scope", async () => {
    expect(await get(sidecar, `${store}/open`)).toMatchObject({
      status: 200,
      text: `{"k":"${store} open"}\n`,
    });
    const refused = await get(sidecar, `${store}/closed`);
    expect(refused.status).toBe(403);
    expect(JSON.parse(refused.text)).toMatchObject({
      errorCode: "ERR_PERMISSION_DENIED",
      message: `access denied by policy to get "closed" from "${store}"`,
    });
    const missing = await get(sidecar, `${store}/gone`);
    expect(missing.status).toBe(500);
    expect(JSON.parse(missing.text).errorCode).toBe("ERR_SECRET_GET");
    const bulk = await get(sidecar, `${store}/bulk`);
    expect(Object.keys(JSON.parse(bulk.text))).toEqual(shown);
    expect((await get(sidecar, `${store}/x%2F..%2Fclosed`)).status).not.toBe(200);
  });

  it("answers over gRPC, within its scope", async () => {
    const read = (key: string) =>
      grpcCall(
        sidecar.grpcPort,
        `${runtimeService}/GetSecret`,
        GetSecretRequest.encode({ storeName: store, key }),
      );
    const { data } = GetSecretResponse.decode((await read("open")).bytes);
    expect(data).toEqual(new Map([["k", `${store} open`]]));
    expect((await read("closed")).error?.code).toBe(7);
    expect((await read("gone")).error?.code).toBe(13);
    const { bytes } = await grpcCall(
      sidecar.grpcPort,
      `${runtimeService}/GetBulkSecret`,
      GetBulkSecretRequest.encode({ storeName: store }),
    );
    expect([...GetBulkSecretResponse.decode(bytes).data.keys()].sort()).toEqual(shown);
  });

  it("fills in the values of components, whatever the scope", async () => {
    const state = (path: string, body?: string) =>
      call({
        port: sidecar.httpPort,
        path: `/v1.0/state/state${path}`,
        ...(body === undefined ? {} : { method: "POST", body }),
      });
    expect((await state("", '[{"key":"a","value":1}]')).status).toBe(204);
    expect((await state("/a")).text).toBe("1");
    const lines = sidecar.process.log;
    expect(lines).not.toContain("Error getting secret");
    expect(lines).toContain(
      String.raw`component \"state\" (state.in-memory/v1): metadata \"actorStateStor\" is unknown; did you mean \"actorStateStore\"?`,
    );
  });

  it("shows no token in its log", () => {
    expect(sidecar.process.log).not.toMatch(/root-token|pod-token/);
  });
});
