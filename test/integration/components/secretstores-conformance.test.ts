/** The suite of the kind over every secret store. */
import type { SecretStore } from "../../../src/components/secretstores/contract.ts";
import { component as vault } from "../../../src/components/secretstores/hashicorp.vault.ts";
import { component as kubernetes } from "../../../src/components/secretstores/kubernetes.ts";
import { component as localEnv } from "../../../src/components/secretstores/local.env.ts";
import { component as localFile } from "../../../src/components/secretstores/local.file.ts";
import { Scratch } from "../launch.ts";
import { KubernetesStandIn } from "../servers/kubernetes-stand-in.ts";
import { VaultStandIn } from "../servers/vault-stand-in.ts";
import { sampleSecrets, secretStoreConformance } from "./conformance/secretstores.ts";
import { kubeconfig, openSecretStore } from "./secret-context.ts";

const single = Object.fromEntries(
  Object.entries(sampleSecrets).map(([name, data]) => [name, data[name] as string]),
);
const scratch = new Scratch();
const cleanUp = async (): Promise<void> => scratch[Symbol.dispose]();

for (const isMultiple of [false, true]) {
  const file = `${isMultiple ? "multi" : "single"}.json`;
  secretStoreConformance({
    name: isMultiple ? "local.file (multiValued)" : "local.file",
    traits: { isMultiple, missing: /^secret .* not found$/ },
    features: isMultiple ? ["MULTIPLE_KEY_VALUES_PER_SECRET"] : [],
    fill: async () => void scratch.write(file, JSON.stringify(isMultiple ? sampleSecrets : single)),
    open: () =>
      openSecretStore(localFile, {
        secretsFile: `${scratch.path}/${file}`,
        multiValued: String(isMultiple),
      }),
  });
}

secretStoreConformance({
  name: "local.env",
  traits: { missing: "empty", listsOthers: true },
  features: [],
  fill: async () => {},
  open: () => openSecretStore(localEnv, {}, new Map([...Object.entries(single), ["OTHER", "x"]])),
});

let standIn: VaultStandIn;
secretStoreConformance({
  name: "hashicorp.vault",
  traits: { isMultiple: true, missing: /^getSecret .* failed secret key or version not exist$/ },
  features: ["MULTIPLE_KEY_VALUES_PER_SECRET"],
  fill: async () => {
    standIn = await VaultStandIn.start();
    for (const [name, data] of Object.entries(sampleSecrets)) standIn.put(`dapr/${name}`, data);
    standIn.put("plain", { outside: "the prefix" });
  },
  open: (): Promise<SecretStore> =>
    openSecretStore(vault, {
      vaultAddr: `http://127.0.0.1:${standIn.server.port}`,
      vaultToken: "root-token",
    }),
  close: () => standIn[Symbol.asyncDispose](),
});

let api: KubernetesStandIn;
secretStoreConformance({
  name: "kubernetes",
  traits: { isMultiple: true, missing: /^secrets ".*" not found$/ },
  features: [],
  fill: async () => {
    api = await KubernetesStandIn.start({ pageSize: 2 });
    for (const [name, data] of Object.entries(sampleSecrets)) api.put("shop", name, data);
    api.put("other", "plain", { outside: "the namespace" });
  },
  open: () =>
    openSecretStore(kubernetes, {
      kubeconfigPath: scratch.write(
        "kubeconfig",
        kubeconfig(`http://127.0.0.1:${api.server.port}`),
      ),
      defaultNamespace: "shop",
    }),
  close: async () => {
    await api[Symbol.asyncDispose]();
    await cleanUp();
  },
});
