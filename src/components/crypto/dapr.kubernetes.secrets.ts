/**
 * crypto.dapr.kubernetes.secrets: keys in the secrets of Kubernetes, read at every use.
 * @see spec 01 §9.3, spec 04 §8.6
 */
import { errorText } from "../../kit/errors/api-error.ts";
import type { ComponentDefinition } from "../contract.ts";
import { keyFormatOf, type LoadedKey, parseKey } from "../shared/crypto-key.ts";
import {
  type KubernetesSecret,
  KubernetesSecrets,
  kubernetesProperties,
} from "../shared/kubernetes-secrets.ts";
import { Properties } from "../shared/properties.ts";
import type { CryptoProvider } from "./contract.ts";
import { type KeySource, keyNotFound, LocalCrypto } from "./local-crypto.ts";

export const component = {
  type: "crypto.dapr.kubernetes.secrets",
  versions: ["v1"],
  summary: "Keys in the secrets of Kubernetes; named namespace/secret/key, or secret/key.",
  provenAgainst:
    "a stand-in written from Kubernetes' public API documentation, with TLS; no real Kubernetes",
  properties: kubernetesProperties,
  create: async (context) => {
    const values = new Properties(context.properties, kubernetesProperties);
    try {
      const secrets = await KubernetesSecrets.open(values.text("kubeconfigPath"), context);
      return new LocalCrypto(new SecretKeys(secrets, values.text("defaultNamespace")));
    } catch (cause) {
      throw new Error(`failed to init Kubernetes client: ${errorText(cause)}`, { cause });
    }
  },
} satisfies ComponentDefinition<CryptoProvider>;

class SecretKeys implements KeySource {
  readonly #secrets: KubernetesSecrets;
  readonly #defaultNamespace: string;

  constructor(secrets: KubernetesSecrets, defaultNamespace: string) {
    this.#secrets = secrets;
    this.#defaultNamespace = defaultNamespace;
  }

  async getKey(name: string, signal?: AbortSignal): Promise<LoadedKey> {
    const { namespace, secret, key } = this.#place(name);
    const found: KubernetesSecret = await this.#secrets.get(namespace, secret, signal);
    const bytes = found.data.get(key);
    if (bytes === undefined || bytes.length === 0) throw keyNotFound();
    return parseKey(bytes, keyFormatOf(found.type));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#secrets[Symbol.asyncDispose]();
  }

  #place(name: string) {
    const parts = name.split("/");
    if (parts.length !== 2 && parts.length !== 3) {
      throw new Error(
        "key is not in a valid format: required namespace/secretName/key or secretName/key",
      );
    }
    const [key = "", secret = "", namespace = this.#defaultNamespace] = parts.reverse();
    if (namespace === "") {
      throw new Error("key doesn't have a namespace and the default namespace isn't set");
    }
    return { namespace, secret, key };
  }
}
