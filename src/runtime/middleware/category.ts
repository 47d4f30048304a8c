/**
 * HTTP middleware as components.
 * @see spec 04 §4.4
 */
import type { Middleware } from "../../components/middleware/contract.ts";
import type { ComponentCategory } from "../resources/category.ts";
import type { MiddlewareBlock } from "./middleware.ts";

/** @param isWasmStrict whether guests get a strict sandbox whatever their component says */
export function middlewareCategory(
  block: MiddlewareBlock,
  isWasmStrict: boolean,
): ComponentCategory<Middleware> {
  return {
    name: "middleware",
    label: "HTTP middleware",
    ...(isWasmStrict && { complete: withStrictSandbox }),
    install(resource, component) {
      const mounted = block.mount(resource, component);
      return { capabilities: [], remove: () => mounted[Symbol.dispose]() };
    },
  };
}

/** Only WebAssembly components know the property. */
function withStrictSandbox(properties: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const others = [...properties].filter(([name]) => name.toLowerCase() !== "strictsandbox");
  return new Map([...others, ["strictSandbox", "true"]]);
}
