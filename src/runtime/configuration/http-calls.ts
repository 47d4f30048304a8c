/**
 * Calls over HTTP; loaded with the first one, for few sidecars have a configuration store.
 * @see spec 01 §2.4, §7
 */
import { quoteJson } from "../../kit/json/encode.ts";
import type { HttpExchange } from "../api/http-route.ts";
import type { AppChannel } from "../app/contract.ts";
import type { ConfigurationBlock } from "./configuration.ts";
import { itemsJson } from "./json.ts";

const requestOf = (exchange: HttpExchange) => ({
  storeName: exchange.params[0] as string,
  keys: exchange.queryValues("key"),
  metadata: exchange.metadata(),
});

export async function get(block: ConfigurationBlock, exchange: HttpExchange): Promise<void> {
  const items = await block.get(requestOf(exchange), exchange.signal);
  if (items.size === 0) exchange.empty(204);
  else exchange.json(200, `${itemsJson(items)}\n`);
}

/**
 * The subscription outlives the request, also that of a caller who did not wait.
 * @param app undefined: there is none, and nobody to tell
 */
export async function subscribe(
  block: ConfigurationBlock,
  app: AppChannel | undefined,
  exchange: HttpExchange,
): Promise<void> {
  const id = await block.subscribeApp(requestOf(exchange), app);
  exchange.json(200, `{"id":${quoteJson(id)}}\n`);
}

export async function unsubscribe(
  block: ConfigurationBlock,
  exchange: HttpExchange,
): Promise<void> {
  const [storeName, id] = exchange.params as [string, string];
  const failure = await block.unsubscribe(storeName, id);
  if (failure === undefined) exchange.json(200, '{"ok":true}\n');
  else exchange.json(500, `{"message":${quoteJson(failure)}}\n`);
}
