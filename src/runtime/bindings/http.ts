/**
 * Output bindings over HTTP.
 * @see spec 03 §8.3
 */
import { shownPath } from "../../kit/http/url.ts";
import type { Span } from "../../kit/tracing/trace.ts";
import type { HttpExchange, HttpRoute } from "../api/http-route.ts";
import type { BindingsBlock } from "./bindings.ts";

export function bindingsHttpRoutes(block: BindingsBlock): HttpRoute[] {
  return [
    {
      name: "InvokeBinding",
      group: "bindings",
      version: "v1",
      methods: ["POST", "PUT"],
      path: "/v1.0/bindings/:name",
      describe,
      handle: async (exchange) => (await import("./http-calls.ts")).invoke(block, exchange),
    },
  ];
}

/** spec 08 §9.3 */
function describe(span: Span, exchange: HttpExchange): void {
  span.setAttribute("db.system", "bindings");
  span.setAttribute("db.connection_string", "bindings");
  span.setAttribute("db.statement", `${exchange.method} ${shownPath(exchange.path)}`);
  span.setAttribute("db.name", exchange.params[0] ?? "");
}
