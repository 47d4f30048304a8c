/**
 * Health endpoints.
 * @see spec 01 §12, spec 08 §6.2
 */
import type { HealthRegistry } from "../../kit/lifecycle/health.ts";
import type { HttpExchange, HttpRoute } from "../api/http-route.ts";
import { appIdMismatch, notReady, outboundNotReady } from "./errors.ts";

export interface HealthState {
  readonly appId: string;
  readonly registry: HealthRegistry;
  /** Components and API servers are up; the app may still be missing. */
  isOutboundReady: boolean;
}

export function healthHttpRoutes(state: HealthState): HttpRoute[] {
  const common = {
    group: "healthz",
    version: "v1",
    methods: ["GET"],
    isPublic: true,
    isAlwaysAllowed: true,
  } as const;
  return [
    {
      ...common,
      name: "Healthz",
      path: "/v1.0/healthz",
      handle: (exchange) => healthz(state, exchange),
    },
    {
      ...common,
      name: "HealthzOutbound",
      path: "/v1.0/healthz/outbound",
      handle(exchange) {
        if (!state.isOutboundReady) throw outboundNotReady();
        exchange.empty(204);
      },
    },
  ];
}

function healthz({ registry, appId }: HealthState, exchange: HttpExchange): void {
  if (!registry.isReady) throw notReady({ targets: registry.unhealthy.join(" ") });
  const asked = exchange.queryValue("appid");
  if (asked !== undefined && asked !== appId) throw appIdMismatch();
  exchange.empty(204);
}
