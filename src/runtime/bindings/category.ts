/**
 * Bindings as components: one may be input, output or both.
 * @see spec 03 §8, spec 04 §4.4
 */
import type { Binding } from "../../components/bindings/contract.ts";
import { type ComponentCategory, logName } from "../resources/category.ts";
import type { BindingsBlock } from "./bindings.ts";

export function bindingsCategory(block: BindingsBlock): ComponentCategory<Binding> {
  const logger = block.logging.logger("dapr.runtime.processor.binding");
  return {
    name: "bindings",
    label: "binding",
    install(resource, component) {
      const { name, properties } = resource;
      const wanted = directions(properties);
      const { operations } = component;
      const mounts = new AsyncDisposableStack();
      const capabilities: string[] = [];
      if (component.read !== undefined && (wanted?.has("input") ?? true)) {
        const input = {
          name,
          route: properties.get("route") || name,
          isExplicit: wanted !== undefined,
          read: component.read.bind(component),
        };
        mounts.use(block.mountInput(input));
        capabilities.push("INPUT_BINDING");
        logger.info(`successful init for input binding (${logName(resource)})`);
      }
      if (
        component.invoke !== undefined &&
        operations !== undefined &&
        (wanted?.has("output") ?? true)
      ) {
        const output = { operations, invoke: component.invoke.bind(component) };
        mounts.use(block.mountOutput(name, output));
        capabilities.push("OUTPUT_BINDING");
        logger.info(`successful init for output binding (${logName(resource)})`);
      }
      return { capabilities, remove: () => mounts.disposeAsync() };
    },
  };
}

/** undefined: everything that the type can do. */
function directions(properties: ReadonlyMap<string, string>): ReadonlySet<string> | undefined {
  for (const [name, value] of properties) {
    if (name.toLowerCase() !== "direction" || value === "") continue;
    return new Set(value.split(",").map((word) => word.trim().toLowerCase()));
  }
  return undefined;
}
