/**
 * Publishing over HTTP.
 * @see spec 03 §2.1, §2.8
 */
import type { Span, Tracer } from "../../kit/tracing/trace.ts";
import { type HttpRoute, handlerOnFirstUse } from "../api/http-route.ts";
import type { PubSubBlock } from "./pubsub.ts";

export function pubsubHttpRoutes(block: PubSubBlock, tracer: Tracer): HttpRoute[] {
  const route = { group: "publish", methods: ["POST", "PUT"], describe } as const;
  const load = () => import("./http-calls.ts");
  const bulk = handlerOnFirstUse(async () => {
    const { publishBulk } = await load();
    return (exchange) => publishBulk(block, tracer, exchange);
  });
  return [
    {
      ...route,
      name: "PublishEvent",
      version: "v1",
      path: "/v1.0/publish/:pubsubname/*",
      handle: handlerOnFirstUse(async () => {
        const { publish } = await load();
        return (exchange) => publish(block, exchange);
      }),
    },
    {
      ...route,
      name: "BulkPublishEvent",
      version: "v1",
      path: "/v1.0/publish/bulk/:pubsubname/*",
      handle: bulk,
    },
    {
      ...route,
      name: "BulkPublishEventAlpha1",
      version: "v1alpha1",
      path: "/v1.0-alpha1/publish/bulk/:pubsubname/*",
      handle: bulk,
    },
  ];
}

/** spec 08 §9.3 */
function describe(span: Span): void {
  span.setAttribute("messaging.system", "pubsub");
}
