/**
 * Secret stores as components.
 * @see spec 04 §4.4
 */
import type { SecretStore } from "../../components/secretstores/contract.ts";
import type { ComponentCategory } from "../resources/category.ts";
import type { SecretsBlock } from "./secrets.ts";

export function secretsCategory(block: SecretsBlock): ComponentCategory<SecretStore> {
  return {
    name: "secretstores",
    label: "secret store",
    install({ name }, component) {
      const mounted = block.mount(name, component);
      return { capabilities: component.features, remove: () => mounted[Symbol.dispose]() };
    },
  };
}
