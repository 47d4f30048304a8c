/**
 * The cryptography API over HTTP.
 * @see spec 01 §2.4, §9.1, §9.4
 */
import { type HttpRoute, handlerOnFirstUse } from "../api/http-route.ts";
import type { CryptoBlock } from "./crypto.ts";
import { subtleHttpRoutes } from "./subtle.ts";

export function cryptoHttpRoutes(block: CryptoBlock): HttpRoute[] {
  const crypto = { group: "crypto", version: "v1alpha1", methods: ["PUT"] } as const;
  const load = () => import("./http-calls.ts");
  return [
    {
      ...crypto,
      name: "Encrypt",
      path: "/v1.0-alpha1/crypto/:name/encrypt",
      handle: handlerOnFirstUse(async () => {
        const { encrypt } = await load();
        return (exchange) => encrypt(block, exchange);
      }),
    },
    {
      ...crypto,
      name: "Decrypt",
      path: "/v1.0-alpha1/crypto/:name/decrypt",
      handle: handlerOnFirstUse(async () => {
        const { decrypt } = await load();
        return (exchange) => decrypt(block, exchange);
      }),
    },
    ...subtleHttpRoutes(),
  ];
}
