/**
 * The lock API over HTTP.
 * @see spec 01 §2.4, §8
 */
import { TryLockRequest, UnlockRequest } from "../../kit/proto/dapr/proto/runtime/v1/lock.ts";
import type { HttpExchange, HttpRoute } from "../api/http-route.ts";
import { readMessage } from "../api/message-body.ts";
import type { LockBlock } from "./lock.ts";
import { unlockStatus } from "./status.ts";

export function lockHttpRoutes(block: LockBlock): HttpRoute[] {
  const common = { version: "v1alpha1", methods: ["POST"] } as const;
  return [
    {
      ...common,
      name: "TryLock",
      group: "lock",
      path: "/v1.0-alpha1/lock/:storeName",
      handle: (exchange) => tryLock(block, exchange),
    },
    {
      ...common,
      name: "Unlock",
      group: "unlock",
      path: "/v1.0-alpha1/unlock/:storeName",
      handle: (exchange) => unlock(block, exchange),
    },
  ];
}

async function tryLock(block: LockBlock, exchange: HttpExchange): Promise<void> {
  const request = await readMessage(exchange, TryLockRequest);
  const [storeName] = exchange.params as [string];
  const success = await block.tryLock({ ...request, storeName }, exchange.signal);
  exchange.json(200, `{"success":${success}}`);
}

async function unlock(block: LockBlock, exchange: HttpExchange): Promise<void> {
  const request = await readMessage(exchange, UnlockRequest);
  const [storeName] = exchange.params as [string];
  const result = await block.unlock({ ...request, storeName }, exchange.signal);
  exchange.json(200, `{"status":${unlockStatus(result)}}`);
}
