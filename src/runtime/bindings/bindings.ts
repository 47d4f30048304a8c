/**
 * The bindings building block: which bindings there are, and operations of output bindings, without a protocol.
 * @see spec 03 §8
 */
import type {
  Binding,
  BindingMetadata,
  BindingRequest,
  BindingResponse,
} from "../../components/bindings/contract.ts";
import type { Logging } from "../../kit/logging/logger.ts";
import { type CallMetrics, ComponentCalls } from "../../kit/metrics/component-calls.ts";
import type { Metrics } from "../../kit/metrics/metrics.ts";
import type { Clock } from "../../kit/time/clock.ts";
import * as errors from "./errors.ts";

export interface BindingsOptions {
  readonly appId: string;
  /** Raw NAMESPACE, or "". */
  readonly namespaceEnv: string;
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly logging: Logging;
  /** ms, of component latencies; undefined: the default. */
  readonly latencyBounds?: readonly number[] | undefined;
}

/** An input binding, running or not. */
export interface InputBinding {
  readonly name: string;
  /** Path of the app. */
  readonly route: string;
  /** Its `direction` says input: the app is not asked whether it wants the events. */
  readonly isExplicit: boolean;
  readonly read: NonNullable<Binding["read"]>;
}

/** Whoever runs input bindings. */
export interface InputRunner {
  added(input: InputBinding): void;
  /** Waits for events in flight. */
  removed(input: InputBinding): Promise<void>;
}

interface OutputBinding {
  readonly operations: readonly string[];
  readonly invoke: NonNullable<Binding["invoke"]>;
}

/** Pairs of names and operations that are counted apart: both may come from outside. */
const seriesLimit = 1000;

export class BindingsBlock {
  readonly #outputCalls: ComponentCalls;
  readonly #inputCalls: ComponentCalls;
  readonly #outputs = new Map<string, OutputBinding>();
  readonly #inputs = new Map<string, InputBinding>();
  readonly #series = new Map<string, CallMetrics>();
  readonly logging: Logging;
  #runner: InputRunner | undefined;

  constructor(options: BindingsOptions) {
    this.logging = options.logging;
    this.#outputCalls = new ComponentCalls({ ...options, kind: "output_binding" });
    this.#inputCalls = new ComponentCalls({
      ...options,
      kind: "input_binding",
      hasOperations: false,
    });
  }

  /** In the order in which they were loaded. */
  get inputs(): readonly InputBinding[] {
    return [...this.#inputs.values()];
  }

  mountOutput(name: string, output: OutputBinding): Disposable {
    this.#outputs.set(name, output);
    return {
      [Symbol.dispose]: () => {
        if (this.#outputs.get(name) === output) this.#outputs.delete(name);
      },
    };
  }

  mountInput(input: InputBinding): AsyncDisposable {
    const { name } = input;
    this.#inputs.set(name, input);
    this.#runner?.added(input);
    return {
      [Symbol.asyncDispose]: async () => {
        if (this.#inputs.get(name) === input) this.#inputs.delete(name);
        await this.#runner?.removed(input);
      },
    };
  }

  /** Told of input bindings that come and go from now on. */
  watch(runner: InputRunner): void {
    this.#runner = runner;
  }

  /** Counts deliveries of an input binding. */
  deliveries(name: string): CallMetrics {
    return this.#inputCalls.operation(name);
  }

  /**
   * @returns undefined when the binding has nothing to answer
   * @throws {ApiError} ERR_INVOKE_OUTPUT_BINDING; {@link responseMetadata} tells what the binding said beside it
   */
  async invoke(
    name: string,
    request: BindingRequest,
    signal: AbortSignal,
  ): Promise<BindingResponse | undefined> {
    try {
      return await this.run(name, request, signal);
    } catch (cause) {
      throw errors.invokeFailed({ binding: name }, cause);
    }
  }

  /** As {@link invoke}. @throws {Error} the cause alone */
  run(
    name: string,
    request: BindingRequest,
    signal: AbortSignal,
  ): Promise<BindingResponse | undefined> {
    return this.#metrics(name, request.operation).measure(() =>
      this.#invoke(name, request, signal),
    );
  }

  async #invoke(
    name: string,
    request: BindingRequest,
    signal: AbortSignal,
  ): Promise<BindingResponse | undefined> {
    const { operation } = request;
    if (operation === "") throw new Error("operation field is missing from request");
    const output = this.#outputs.get(name);
    if (output === undefined) throw new Error(`couldn't find output binding ${name}`);
    const { operations } = output;
    if (!operations.includes(operation)) {
      throw new Error(
        `binding ${name} does not support operation ${operation}. supported operations:${operations.join(" ")}`,
      );
    }
    return await output.invoke(request, signal);
  }

  #metrics(name: string, operation: string): CallMetrics {
    const key = `${name}\n${operation}`;
    const known = this.#series.get(key);
    if (known !== undefined) return known;
    const isFull = this.#series.size >= seriesLimit;
    const created = isFull
      ? this.#outputCalls.operation("", "")
      : this.#outputCalls.operation(name, operation);
    if (!isFull) this.#series.set(key, created);
    return created;
  }
}

/** What a binding told beside its error. */
export function responseMetadata(error: unknown): BindingMetadata | undefined {
  const cause = error instanceof Error ? error.cause : undefined;
  if (!(cause instanceof Error) || !("metadata" in cause)) return undefined;
  return cause.metadata instanceof Map ? (cause.metadata as BindingMetadata) : undefined;
}
