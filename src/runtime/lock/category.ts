/**
 * Lock stores as components.
 * @see spec 04 §4.4
 */
import type { LockStore } from "../../components/lock/contract.ts";
import { errorText } from "../../kit/errors/api-error.ts";
import type { ComponentCategory, ResolvedComponent } from "../resources/category.ts";
import { lockPrefix } from "./keys.ts";
import type { LockBlock } from "./lock.ts";

export function lockCategory(block: LockBlock): ComponentCategory<LockStore> {
  return {
    name: "lock",
    label: "lock store",
    install(resource, component) {
      const { name } = resource;
      let prefix: string;
      try {
        prefix = lockPrefix(keyPrefix(resource), { store: name, appId: block.appId });
      } catch (cause) {
        throw new Error(`failed to save lock keyprefix: ${errorText(cause)}`, { cause });
      }
      const mounted = block.mount(name, component, prefix);
      return { capabilities: [], remove: () => mounted[Symbol.dispose]() };
    },
  };
}

/** Names match ignoring case. */
function keyPrefix({ properties }: ResolvedComponent): string | undefined {
  for (const [name, value] of properties) if (name.toLowerCase() === "keyprefix") return value;
  return undefined;
}
