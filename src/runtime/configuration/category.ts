/**
 * Configuration stores as components.
 * @see spec 04 §4.4
 */
import type { ConfigurationStore } from "../../components/configuration/contract.ts";
import type { ComponentCategory } from "../resources/category.ts";
import type { ConfigurationBlock } from "./configuration.ts";

export function configurationCategory(
  block: ConfigurationBlock,
): ComponentCategory<ConfigurationStore> {
  return {
    name: "configuration",
    label: "configuration store",
    install({ name }, component) {
      const mounted = block.mount(name, component);
      return { capabilities: [], remove: () => mounted[Symbol.dispose]() };
    },
  };
}
