/**
 * HTTP middleware as components.
 * @see spec 04 §4.4
 */
import type { Middleware } from "../../components/middleware/contract.ts";
import type { ComponentCategory } from "../resources/category.ts";
import type { MiddlewareBlock } from "./middleware.ts";

export function middlewareCategory(block: MiddlewareBlock): ComponentCategory<Middleware> {
  return {
    name: "middleware",
    label: "HTTP middleware",
    install(resource, component) {
      const mounted = block.mount(resource, component);
      return { capabilities: [], remove: () => mounted[Symbol.dispose]() };
    },
  };
}
