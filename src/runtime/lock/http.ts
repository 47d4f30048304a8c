/**
 * The lock API over HTTP.
 * @see spec 01 §2.4, §8
 */
import { type HttpRoute, handlerOnFirstUse } from "../api/http-route.ts";
import type { LockBlock } from "./lock.ts";

export function lockHttpRoutes(block: LockBlock): HttpRoute[] {
  const common = { version: "v1alpha1", methods: ["POST"] } as const;
  const load = () => import("./http-calls.ts");
  return [
    {
      ...common,
      name: "TryLock",
      group: "lock",
      path: "/v1.0-alpha1/lock/:storeName",
      handle: handlerOnFirstUse(async () => (await load()).tryLock(block)),
    },
    {
      ...common,
      name: "Unlock",
      group: "unlock",
      path: "/v1.0-alpha1/unlock/:storeName",
      handle: handlerOnFirstUse(async () => (await load()).unlock(block)),
    },
  ];
}
