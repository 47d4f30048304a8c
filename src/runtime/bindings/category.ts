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
      const { name, given = [...resource.properties] } = resource;
      const wanted = directions(given);
      const { operations } = component;
      const mounts = new AsyncDisposableStack();
      const capabilities: string[] = [];
      if (component.read !== undefined && (wanted?.has("input") ?? true)) {
        const input = {
          name,
          route: given.find(([property]) => property === "route")?.[1] ?? name,
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

/** undefined: everything that the type can do. Nothing is told of words that are none: they are no direction. */
function directions(
  given: readonly (readonly [name: string, value: string])[],
): ReadonlySet<string> | undefined {
  const values = given.filter(([name]) => name.toLowerCase() === "direction");
  if (values.length === 0) return undefined;
  const words = values.flatMap(([, value]) => value.split(","));
  return new Set(words.map((word) => word.trim().toLowerCase()));
}
