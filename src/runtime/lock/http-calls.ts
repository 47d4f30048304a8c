/**
 * Calls over HTTP; loaded with the first one, for few sidecars have a lock store.
 * @see spec 01 §2.4, §8
 */
import { TryLockRequest, UnlockRequest } from "../../kit/proto/dapr/proto/runtime/v1/lock.ts";
import type { HttpRoute } from "../api/http-route.ts";
import { readMessage } from "../api/message-body.ts";
import type { LockBlock } from "./lock.ts";
import { unlockStatus } from "./status.ts";

export const tryLock =
  (block: LockBlock): HttpRoute["handle"] =>
  async (exchange) => {
    const request = await readMessage(exchange, TryLockRequest);
    const [storeName] = exchange.params as [string];
    const success = await block.tryLock({ ...request, storeName }, exchange.signal);
    exchange.json(200, `{"success":${success}}`);
  };

export const unlock =
  (block: LockBlock): HttpRoute["handle"] =>
  async (exchange) => {
    const request = await readMessage(exchange, UnlockRequest);
    const [storeName] = exchange.params as [string];
    const result = await block.unlock({ ...request, storeName }, exchange.signal);
    exchange.json(200, `{"status":${unlockStatus(result)}}`);
  };
