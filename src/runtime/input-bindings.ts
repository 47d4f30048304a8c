/**
 * The app's input bindings: put together from the bindings block and the app. What runs them is loaded when there are some.
 * @see spec 03 §8.1, spec 08 §5.1
 */
import type { Tracer } from "../kit/tracing/trace.ts";
import type { SidecarApp } from "./app.ts";
import type { BindingsBlock } from "./bindings/bindings.ts";
import type { DeliveryPolicy } from "./bindings/delivery.ts";
import type { InputBindings } from "./bindings/input-bindings.ts";
import type { SidecarContext } from "./context.ts";
import type { SidecarOptions } from "./options.ts";

export interface InputBindingParts {
  readonly options: SidecarOptions;
  readonly context: SidecarContext;
  readonly block: BindingsBlock;
  readonly app: SidecarApp;
  readonly tracer: Tracer;
  /** Of a binding's events on their way to the app; undefined: there are no policies. */
  readonly inbound?: ((binding: string) => DeliveryPolicy | undefined) | undefined;
}

/** They start when the app is healthy and stop when it is not; disposing stops them for good. */
export function createInputBindings(parts: InputBindingParts): AsyncDisposable {
  const { app, block } = parts;
  const { channel } = app;
  if (channel === undefined) return { [Symbol.asyncDispose]: () => Promise.resolve() };
  let running: Promise<InputBindings> | undefined;
  let isHealthy = false;
  let isEnded = false;
  const bindings = (): Promise<InputBindings> => {
    running ??= load(parts, channel);
    return running;
  };
  // Until there is one, all that is needed is to notice the first.
  block.watch({
    added() {
      if (isHealthy && !isEnded) void bindings().then((inputs) => inputs.start());
    },
    removed: () => Promise.resolve(),
  });
  app.onHealthChange(async (healthy) => {
    isHealthy = healthy;
    if (isEnded || (running === undefined && block.inputs.length === 0)) return;
    const inputs = await bindings();
    // The app's health may have changed meanwhile.
    await (isHealthy && !isEnded ? inputs.start() : inputs.stop());
  });
  return {
    async [Symbol.asyncDispose]() {
      isEnded = true;
      await (await running)?.[Symbol.asyncDispose]();
    },
  };
}

async function load(
  { options, context, block, tracer, inbound }: InputBindingParts,
  app: NonNullable<SidecarApp["channel"]>,
): Promise<InputBindings> {
  const [{ InputBindings }, { Activation }, { deliver }] = await Promise.all([
    import("./bindings/input-bindings.ts"),
    import("./bindings/activation.ts"),
    import("./bindings/delivery.ts"),
  ]);
  const { clock } = context.platform;
  const logger = context.logging.logger("dapr.runtime.processor.binding");
  const activation = new Activation({
    app,
    clock,
    timeoutMs: options.app.bindingOptionsTimeoutMs,
  });
  return new InputBindings({
    block,
    isWanted: (input, signal) => activation.isWanted(input, signal),
    deliver: (input, event, signal) =>
      deliver(input, event, { app, block, tracer, logger, policy: inbound?.(input.name) }, signal),
    clock,
    logger,
  });
}
