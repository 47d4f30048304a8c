/**
 * Language models as components.
 * @see spec 04 §4.4
 */
import type { Conversation } from "../../components/conversation/contract.ts";
import type { ComponentCategory } from "../resources/category.ts";
import type { ConversationBlock } from "./conversation.ts";

export function conversationCategory(block: ConversationBlock): ComponentCategory<Conversation> {
  return {
    name: "conversation",
    label: "conversation",
    install({ name }, component) {
      const mounted = block.mount(name, component);
      return { capabilities: [], remove: () => mounted[Symbol.dispose]() };
    },
  };
}
