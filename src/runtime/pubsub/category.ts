/**
 * Brokers as components.
 * @see spec 03 §1, §3, spec 04 §4.4
 */
import type { PubSub } from "../../components/pubsub/contract.ts";
import { errorText } from "../../kit/errors/api-error.ts";
import type { ComponentCategory } from "../resources/category.ts";
import type { PubSubBlock } from "./pubsub.ts";
import { readScopes } from "./scopes.ts";

export function pubsubCategory(block: PubSubBlock): ComponentCategory<PubSub> {
  const { appId, namespace } = block.options;
  return {
    name: "pubsub",
    label: "message bus",
    /** `consumerID` is the app id, where it is missing or blank. Its name is written in any case. */
    complete(properties) {
      const isOther = (name: string): boolean =>
        name !== "consumerID" && name.toLowerCase() === "consumerid";
      const other = properties.has("consumerID") ? undefined : properties.keys().find(isOther);
      const name = other ?? "consumerID";
      const own = properties.get(name)?.trim() ?? "";
      return new Map(properties).set(name, own === "" ? appId : own);
    },
    async install({ name, properties, usesNamespace }, component) {
      const byLowerName = new Map(
        [...properties].map(([key, value]) => [key.toLowerCase(), value] as const),
      );
      const mounted = block.mount({
        name,
        component,
        scopes: readScopes((property) => byLowerName.get(property) ?? "", appId),
        topicPrefix: usesNamespace ? namespace : "",
        expiresMessages: component.features.includes("MESSAGE_TTL"),
        policy: block.options.publishPolicy?.(name),
      });
      const remove = async (): Promise<void> => {
        await block.retire(name);
        mounted[Symbol.dispose]();
      };
      try {
        await block.announce(name);
      } catch (cause) {
        await remove();
        throw new Error(
          `failed to reload pubsub for subscription apps ${name}: ${errorText(cause)}`,
          { cause },
        );
      }
      return { capabilities: component.features, remove };
    },
  };
}
