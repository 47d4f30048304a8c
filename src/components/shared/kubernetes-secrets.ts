/**
 * Secrets of the Kubernetes API, for the components that read them.
 * @see spec 04 §8.4, §8.6
 */
import { asString } from "../../kit/json/decode.ts";
import { isJsonObject, type JsonObject } from "../../kit/json/value.ts";
import type { ComponentContext, PropertySchema } from "../contract.ts";
import { KubernetesClient } from "./kubernetes-client.ts";
import { loadKubernetesConfig } from "./kubernetes-config.ts";

export const kubernetesProperties: readonly PropertySchema[] = [
  {
    name: "defaultNamespace",
    kind: "string",
    description: "Namespace where nothing else says one.",
  },
  {
    name: "kubeconfigPath",
    kind: "string",
    description:
      "Kubeconfig file, outside of a cluster; else the variable KUBECONFIG, else ~/.kube/config.",
  },
];

export interface KubernetesSecret {
  readonly name: string;
  /** `Opaque`, `kubernetes.io/tls` ... */
  readonly type: string;
  readonly data: ReadonlyMap<string, Buffer>;
}

export class KubernetesSecrets implements AsyncDisposable {
  readonly #client: KubernetesClient;

  private constructor(client: KubernetesClient) {
    this.#client = client;
  }

  /** Connects with the first read. @throws {Error} when there is no configuration */
  static async open(
    kubeconfigPath: string,
    { platform }: ComponentContext,
  ): Promise<KubernetesSecrets> {
    const config = await loadKubernetesConfig({ kubeconfigPath, platform });
    return new KubernetesSecrets(new KubernetesClient(config, platform.clock));
  }

  async get(namespace: string, name: string, signal?: AbortSignal): Promise<KubernetesSecret> {
    return secretOf(await this.#client.get(secrets(namespace), name, signal));
  }

  async list(namespace: string, signal?: AbortSignal): Promise<readonly KubernetesSecret[]> {
    return (await this.#client.list(secrets(namespace), signal)).map(secretOf);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#client[Symbol.asyncDispose]();
  }
}

const secrets = (namespace: string) => ({ group: "", version: "v1", plural: "secrets", namespace });

function secretOf(object: JsonObject): KubernetesSecret {
  const metadata = object.get("metadata");
  const data = object.get("data");
  const entries = new Map<string, Buffer>();
  if (isJsonObject(data)) {
    for (const [key, value] of data) {
      entries.set(key, Buffer.from(asString(value, "Secret.data"), "base64"));
    }
  }
  return {
    name: isJsonObject(metadata) ? asString(metadata.get("name"), "metadata.name") : "",
    type: asString(object.get("type"), "type"),
    data: entries,
  };
}
