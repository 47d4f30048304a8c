/**
 * The configuration API over HTTP.
 * @see spec 01 §2.4, §7
 */
import { type HttpRoute, handlerOnFirstUse } from "../api/http-route.ts";
import type { AppChannel } from "../app/contract.ts";
import type { ConfigurationBlock } from "./configuration.ts";

/** @param app undefined: there is none, and nobody to tell */
export function configurationHttpRoutes(
  block: ConfigurationBlock,
  app: AppChannel | undefined,
): HttpRoute[] {
  const versions = [
    ["v1", "/v1.0/configuration"],
    ["v1alpha1", "/v1.0-alpha1/configuration"],
  ] as const;
  const load = () => import("./http-calls.ts");
  return versions.flatMap(([version, path]): HttpRoute[] => {
    const common = { group: "configuration", version, methods: ["GET"] } as const;
    return [
      {
        ...common,
        name: "GetConfiguration",
        path: `${path}/:storeName`,
        handle: handlerOnFirstUse(async () => {
          const { get } = await load();
          return (exchange) => get(block, exchange);
        }),
      },
      {
        ...common,
        name: "SubscribeConfiguration",
        path: `${path}/:storeName/subscribe`,
        handle: handlerOnFirstUse(async () => {
          const { subscribe } = await load();
          return (exchange) => subscribe(block, app, exchange);
        }),
      },
      {
        ...common,
        name: "UnsubscribeConfiguration",
        path: `${path}/:storeName/:subscriptionId/unsubscribe`,
        handle: handlerOnFirstUse(async () => {
          const { unsubscribe } = await load();
          return (exchange) => unsubscribe(block, exchange);
        }),
      },
    ];
  });
}
