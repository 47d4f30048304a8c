/**
 * The conversation building block: the operations, without a protocol.
 * @see spec 01 §10
 */
import type {
  Conversation,
  ConversationAnswer,
  ConversationRequest,
} from "../../components/conversation/contract.ts";
import { type CallMetrics, ComponentCalls } from "../../kit/metrics/component-calls.ts";
import type { Metrics } from "../../kit/metrics/metrics.ts";
import type {
  ConversationRequestAlpha2,
  ConversationRequest as ConversationRequestMessage,
  ConversationResponseAlpha2Init,
  ConversationResponseInit,
} from "../../kit/proto/dapr/proto/runtime/v1/ai.ts";
import type { Clock } from "../../kit/time/clock.ts";
import * as errors from "./errors.ts";

export interface ConversationOptions {
  readonly appId: string;
  /** Raw NAMESPACE, or "". */
  readonly namespaceEnv: string;
  readonly metrics: Metrics;
  readonly clock: Clock;
  /** ms, of component latencies; undefined: the default. */
  readonly latencyBounds?: readonly number[] | undefined;
}

interface Mounted {
  readonly component: Conversation;
  readonly calls: CallMetrics;
}

export class ConversationBlock {
  readonly #clock: Clock;
  readonly #calls: ComponentCalls;
  readonly #components = new Map<string, Mounted>();

  constructor(options: ConversationOptions) {
    this.#clock = options.clock;
    this.#calls = new ComponentCalls({ ...options, kind: "conversation", hasOperations: false });
  }

  mount(name: string, component: Conversation): Disposable {
    const mounted: Mounted = { component, calls: this.#calls.operation(name) };
    this.#components.set(name, mounted);
    return {
      [Symbol.dispose]: () => {
        if (this.#components.get(name) === mounted) this.#components.delete(name);
      },
    };
  }

  /** @throws {ApiError} ERR_CONVERSATION_NOT_FOUND, ERR_CONVERSATION_MISSING_INPUTS, ERR_CONVERSATION_INVOKE */
  async converseAlpha1(
    message: ConversationRequestMessage,
    signal?: AbortSignal,
  ): Promise<ConversationResponseInit> {
    const mounted = this.#find(message.name, message.inputs);
    // Loaded on first use: few sidecars talk to a model.
    const { readAlpha1, writeAlpha1 } = await import("./alpha1.ts");
    const request = await readAlpha1(message, this.#clock);
    const answer = await this.#converse(mounted, message.name, request, signal);
    return await writeAlpha1(answer, message, this.#clock);
  }

  /** @throws {ApiError} as {@link converseAlpha1}, and ERR_CONVERSATION_INVALID_PARMS */
  async converseAlpha2(
    message: ConversationRequestAlpha2,
    signal?: AbortSignal,
  ): Promise<ConversationResponseAlpha2Init> {
    const mounted = this.#find(message.name, message.inputs);
    const { readAlpha2, writeAlpha2 } = await import("./alpha2.ts");
    const request = await readAlpha2(message, this.#clock);
    const answer = await this.#converse(mounted, message.name, request, signal);
    return await writeAlpha2(answer, message, this.#clock);
  }

  #find(name: string, inputs: readonly unknown[]): Mounted {
    const mounted = this.#components.get(name);
    if (mounted === undefined) throw errors.componentNotFound({ component: name });
    if (inputs.length === 0) throw errors.inputsMissing({ component: name });
    return mounted;
  }

  /** The one way to a model: measured here, and the place of a policy. */
  async #converse(
    { component, calls }: Mounted,
    name: string,
    request: ConversationRequest,
    signal: AbortSignal | undefined,
  ): Promise<ConversationAnswer> {
    const startedAt = calls.begin();
    let isSuccess = false;
    try {
      const answer = await component.converse(request, signal);
      isSuccess = true;
      return answer;
    } catch (cause) {
      throw errors.conversingFailed({ component: name }, cause);
    } finally {
      calls.end(startedAt, isSuccess);
    }
  }
}
