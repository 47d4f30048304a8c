/**
 * Crypto providers as components.
 * @see spec 04 §4.4
 */
import type { CryptoProvider } from "../../components/crypto/contract.ts";
import type { ComponentCategory } from "../resources/category.ts";
import type { CryptoBlock } from "./crypto.ts";

export function cryptoCategory(block: CryptoBlock): ComponentCategory<CryptoProvider> {
  return {
    name: "crypto",
    label: "crypto provider",
    install({ name }, component) {
      const mounted = block.mount(name, component);
      return { capabilities: [], remove: () => mounted[Symbol.dispose]() };
    },
  };
}
