/**
 * The secrets API over HTTP.
 * @see spec 01 §2.4, §6
 */

import type { SecretData } from "../../components/secretstores/contract.ts";
import { shownPath } from "../../kit/http/url.ts";
import { encodeJson } from "../../kit/json/encode.ts";
import {
  GetBulkSecretRequest,
  GetSecretRequest,
} from "../../kit/proto/dapr/proto/runtime/v1/secret.ts";
import type { Span } from "../../kit/tracing/trace.ts";
import type { HttpExchange, HttpRoute } from "../api/http-route.ts";
import { readMessage } from "../api/message-body.ts";
import type { SecretsBlock } from "./secrets.ts";

export function secretsHttpRoutes(block: SecretsBlock): HttpRoute[] {
  const secrets = { group: "secrets", version: "v1", methods: ["GET"], describe } as const;
  return [
    {
      ...secrets,
      name: "GetBulkSecret",
      path: "/v1.0/secrets/:secretStoreName/bulk",
      handle: (exchange) => getBulkSecret(block, exchange),
    },
    {
      ...secrets,
      name: "GetSecret",
      path: "/v1.0/secrets/:secretStoreName/:key",
      handle: (exchange) => getSecret(block, exchange),
    },
  ];
}

/** spec 08 §9.3 */
function describe(span: Span, exchange: HttpExchange): void {
  span.setAttribute("db.system", "secrets");
  span.setAttribute("db.connection_string", "secrets");
  span.setAttribute("db.statement", `${exchange.method} ${shownPath(exchange.path)}`);
  span.setAttribute("db.name", exchange.params[0] ?? "");
}

async function getSecret(block: SecretsBlock, exchange: HttpExchange): Promise<void> {
  // The path and the query say everything, but a body must be a message.
  await readMessage(exchange, GetSecretRequest);
  const [store, key] = exchange.params as [string, string];
  const data = await block.get(store, key, exchange.metadata(), exchange.signal);
  if (data === undefined) exchange.empty(204);
  else exchange.json(200, `${encodeJson(data)}\n`);
}

async function getBulkSecret(block: SecretsBlock, exchange: HttpExchange): Promise<void> {
  await readMessage(exchange, GetBulkSecretRequest);
  const [store] = exchange.params as [string];
  const secrets: ReadonlyMap<string, SecretData> | undefined = await block.bulkGet(
    store,
    exchange.metadata(),
    exchange.signal,
  );
  if (secrets === undefined) exchange.empty(204);
  else exchange.json(200, `${encodeJson(secrets)}\n`);
}
