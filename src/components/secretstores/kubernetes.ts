/**
 * secretstores.kubernetes: the secrets of a namespace.
 * @see spec 04 §8.4
 */
import type { ComponentDefinition } from "../contract.ts";
import {
  type KubernetesSecret,
  KubernetesSecrets,
  kubernetesProperties,
} from "../shared/kubernetes-secrets.ts";
import { Properties } from "../shared/properties.ts";
import type { SecretData, SecretStore } from "./contract.ts";

export const component = {
  type: "secretstores.kubernetes",
  versions: ["v1"],
  summary: "Secrets of Kubernetes.",
  provenAgainst:
    "a stand-in written from Kubernetes' public API documentation, with TLS; no real Kubernetes",
  properties: kubernetesProperties,
  create: async (context) => {
    const values = new Properties(context.properties, kubernetesProperties);
    const secrets = await KubernetesSecrets.open(values.text("kubeconfigPath"), context);
    const { env } = context.platform;
    const fallback = env.get("NAMESPACE") || values.text("defaultNamespace");
    return new KubernetesStore(secrets, fallback);
  },
} satisfies ComponentDefinition<SecretStore>;

class KubernetesStore implements SecretStore {
  readonly features: SecretStore["features"] = [];
  readonly #secrets: KubernetesSecrets;
  readonly #namespace: string;

  constructor(secrets: KubernetesSecrets, namespace: string) {
    this.#secrets = secrets;
    this.#namespace = namespace;
  }

  async get(
    name: string,
    metadata: ReadonlyMap<string, string>,
    signal?: AbortSignal,
  ): Promise<SecretData> {
    return texts(await this.#secrets.get(this.#namespaceOf(metadata), name, signal));
  }

  async bulkGet(
    metadata: ReadonlyMap<string, string>,
    signal?: AbortSignal,
  ): Promise<ReadonlyMap<string, SecretData>> {
    const secrets = await this.#secrets.list(this.#namespaceOf(metadata), signal);
    return new Map(secrets.map((secret) => [secret.name, texts(secret)]));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#secrets[Symbol.asyncDispose]();
  }

  #namespaceOf(metadata: ReadonlyMap<string, string>): string {
    const namespace = metadata.get("namespace") || this.#namespace;
    if (namespace !== "") return namespace;
    throw new Error(
      "namespace is missing on metadata and NAMESPACE env variable, and no default namespace is set",
    );
  }
}

/** Bytes that are no text come out with replacement characters. */
const texts = ({ data }: KubernetesSecret): SecretData =>
  new Map([...data].map(([key, bytes]) => [key, bytes.toString("utf8")]));
