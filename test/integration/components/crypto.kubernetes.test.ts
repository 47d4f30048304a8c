/** crypto.dapr.kubernetes.secrets against a stand-in of the API. */
import { createPublicKey, generateKeyPairSync, randomBytes } from "node:crypto";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { CryptoProvider } from "../../../src/components/crypto/contract.ts";
import { component } from "../../../src/components/crypto/dapr.kubernetes.secrets.ts";
import { Scratch } from "../launch.ts";
import { KubernetesStandIn } from "../servers/kubernetes-stand-in.ts";
import { cryptoConformance, type Jwk } from "./conformance/crypto.ts";
import { createComponent, kubeconfig } from "./secret-context.ts";

const scratch = new Scratch();
let api: KubernetesStandIn;
let provider: CryptoProvider;
const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const symmetric = randomBytes(32);

const open = (more: Record<string, string>): Promise<CryptoProvider> =>
  createComponent(component, {
    kubeconfigPath: scratch.write("config", kubeconfig(`http://127.0.0.1:${api.server.port}`)),
    ...more,
  });

beforeAll(async () => {
  api = await KubernetesStandIn.start();
  api.put("shop", "keys", {
    aes: symmetric.toString("base64"),
    "rsa.pem": privateKey.export({ type: "pkcs8", format: "pem" }) as string,
    jwk: JSON.stringify(publicKey.export({ format: "jwk" })),
    empty: "",
    broken: "-----BEGIN x",
  });
  provider = await open({ defaultNamespace: "shop" });
});
afterAll(async () => {
  await provider[Symbol.asyncDispose]();
  await api[Symbol.asyncDispose]();
  scratch[Symbol.dispose]();
});

const setKeys = (keys: Readonly<Record<string, Jwk>>): void =>
  api.put(
    "shop",
    "suite",
    Object.fromEntries(Object.entries(keys).map(([name, jwk]) => [name, JSON.stringify(jwk)])),
  );

cryptoConformance({
  name: "dapr.kubernetes.secrets",
  isAvailable: true,
  nameOf: (key) => `suite/${key}`,
  missing: /key not found/,
  async open(keys) {
    setKeys(keys);
    return await open({ defaultNamespace: "shop" });
  },
  close: async () => {},
  replace: async (keys) => setKeys(keys),
});

it.each(["keys/aes", "shop/keys/aes"])("wraps with the symmetric key %s", async (keyName) => {
  const request = { data: randomBytes(32), algorithm: "A256KW", keyName };
  const { data } = await provider.wrapKey(request);
  expect(await provider.unwrapKey({ ...request, data })).toEqual(request.data);
});

it("wraps with a public key and unwraps with the private one", async () => {
  const request = { data: randomBytes(32), algorithm: "RSA-OAEP-256", keyName: "keys/jwk" };
  const { data } = await provider.wrapKey(request);
  const opened = await provider.unwrapKey({ ...request, data, keyName: "keys/rsa.pem" });
  expect(opened).toEqual(request.data);
  const shown = await provider.publicKey("keys/rsa.pem");
  expect(shown.equals(createPublicKey(privateKey))).toBe(true);
});

it("takes a key that was replaced", async () => {
  const before = randomBytes(32);
  api.put("shop", "rotating", { k: before.toString("base64") });
  const request = { data: randomBytes(32), algorithm: "A256KW", keyName: "rotating/k" };
  const { data } = await provider.wrapKey(request);
  api.put("shop", "rotating", { k: randomBytes(32).toString("base64") });
  await expect(provider.unwrapKey({ ...request, data })).rejects.toThrow("failed to decrypt data");
});

it.each([
  ["keys", "key is not in a valid format: required namespace/secretName/key or secretName/key"],
  ["a/b/c/d", "key is not in a valid format"],
  ["/keys/aes", "key doesn't have a namespace and the default namespace isn't set"],
  ["keys/gone", "key not found"],
  ["keys/empty", "key not found"],
  ["keys/__proto__", "key not found"],
  ["gone/k", 'secrets "gone" not found'],
  ["keys/broken", "failed to retrieve the key encryption key: failed to parse key from secret: "],
  ["locked/keys/aes/", "key is not in a valid format"],
  ["../shop/aes", "invalid resource name"],
])("has no key %s", async (keyName, message) => {
  const request = { data: randomBytes(32), algorithm: "A256KW", keyName };
  await expect(provider.wrapKey(request)).rejects.toThrow(message);
});

it("needs a namespace, and a configuration", async () => {
  await using other = await open({});
  await expect(other.publicKey("keys/jwk")).rejects.toThrow("the default namespace isn't set");
  await expect(open({ kubeconfigPath: "/gone" })).rejects.toThrow(
    "failed to init Kubernetes client: stat /gone: no such file or directory",
  );
});
