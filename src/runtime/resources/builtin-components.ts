/**
 * What Kubernetes mode adds to the components: a secret store that exists without a resource, and is the default.
 * @see spec 01 §6, spec 04 §2.3, §3.1
 */
import type { ComponentResource } from "./documents.ts";

const builtinName = "kubernetes";

const builtinSecretStore: ComponentResource = {
  kind: "Component",
  name: builtinName,
  namespace: "",
  type: "secretstores.kubernetes",
  version: "v1",
  scopes: [],
  secretStore: "",
  ignoreErrors: false,
  initTimeoutMs: 5000,
  metadata: [],
};

/** @param hasBuiltinStore false: only the default remains */
export function completeForKubernetes(
  components: readonly ComponentResource[],
  hasBuiltinStore: boolean,
): readonly ComponentResource[] {
  const completed = components.map((component) =>
    component.secretStore === "" ? { ...component, secretStore: builtinName } : component,
  );
  return hasBuiltinStore ? [builtinSecretStore, ...completed] : completed;
}
