/**
 * The configuration API over HTTP.
 * @see spec 01 §2.4, §7
 */
import { quoteJson } from "../../kit/json/encode.ts";
import type { HttpExchange, HttpRoute } from "../api/http-route.ts";
import type { AppChannel } from "../app/contract.ts";
import type { ConfigurationBlock } from "./configuration.ts";
import { itemsJson } from "./json.ts";

/** @param app undefined: there is none, and nobody to tell */
export function configurationHttpRoutes(
  block: ConfigurationBlock,
  app: AppChannel | undefined,
): HttpRoute[] {
  const versions = [
    ["v1", "/v1.0/configuration"],
    ["v1alpha1", "/v1.0-alpha1/configuration"],
  ] as const;
  return versions.flatMap(([version, path]): HttpRoute[] => {
    const common = { group: "configuration", version, methods: ["GET"] } as const;
    return [
      {
        ...common,
        name: "GetConfiguration",
        path: `${path}/:storeName`,
        handle: (exchange) => get(block, exchange),
      },
      {
        ...common,
        name: "SubscribeConfiguration",
        path: `${path}/:storeName/subscribe`,
        handle: (exchange) => subscribe(block, app, exchange),
      },
      {
        ...common,
        name: "UnsubscribeConfiguration",
        path: `${path}/:storeName/:subscriptionId/unsubscribe`,
        handle: (exchange) => unsubscribe(block, exchange),
      },
    ];
  });
}

const requestOf = (exchange: HttpExchange) => ({
  storeName: exchange.params[0] as string,
  keys: exchange.queryValues("key"),
  metadata: exchange.metadata(),
});

async function get(block: ConfigurationBlock, exchange: HttpExchange): Promise<void> {
  const items = await block.get(requestOf(exchange), exchange.signal);
  if (items.size === 0) exchange.empty(204);
  else exchange.json(200, `${itemsJson(items)}\n`);
}

/** The subscription outlives the request, also that of a caller who did not wait. */
async function subscribe(
  block: ConfigurationBlock,
  app: AppChannel | undefined,
  exchange: HttpExchange,
): Promise<void> {
  const id = await block.subscribeApp(requestOf(exchange), app);
  exchange.json(200, `{"id":${quoteJson(id)}}\n`);
}

async function unsubscribe(block: ConfigurationBlock, exchange: HttpExchange): Promise<void> {
  const [storeName, id] = exchange.params as [string, string];
  const failure = await block.unsubscribe(storeName, id);
  if (failure === undefined) exchange.json(200, '{"ok":true}\n');
  else exchange.json(500, `{"message":${quoteJson(failure)}}\n`);
}
