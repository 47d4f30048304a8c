/**
 * The conversation API over HTTP.
 * @see spec 01 §2.4, §10
 */
import type { HttpRoute } from "../api/http-route.ts";
import type { ConversationBlock } from "./conversation.ts";

export function conversationHttpRoutes(block: ConversationBlock): HttpRoute[] {
  const converse = { group: "conversation", methods: ["POST"], name: "Converse" } as const;
  const load = () => import("./http-calls.ts");
  return [
    {
      ...converse,
      version: "v1alpha1",
      path: "/v1.0-alpha1/conversation/:name/converse",
      handle: async (exchange) => (await load()).converseAlpha1(block, exchange),
    },
    {
      ...converse,
      version: "v1alpha2",
      path: "/v1.0-alpha2/conversation/:name/converse",
      handle: async (exchange) => (await load()).converseAlpha2(block, exchange),
    },
  ];
}
