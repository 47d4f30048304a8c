/**
 * Which input bindings the app wants.
 * @see spec 03 §8.1
 */
import { errorText } from "../../kit/errors/api-error.ts";
import { cleanPath } from "../../kit/http/path-clean.ts";
import { ListInputBindingsResponse } from "../../kit/proto/dapr/proto/runtime/v1/appcallback.ts";
import type { Clock } from "../../kit/time/clock.ts";
import { callApp } from "../app/call.ts";
import type { AppChannel } from "../app/contract.ts";
import type { InputBinding } from "./bindings.ts";

export interface ActivationOptions {
  readonly app: AppChannel;
  readonly clock: Clock;
  /** ms, for one question. */
  readonly timeoutMs: number;
}

const listInputBindings = "/dapr.proto.runtime.v1.AppCallback/ListInputBindings";
const noBytes = new Uint8Array();

export class Activation {
  readonly #options: ActivationOptions;
  /** What a gRPC app said; it is asked once. */
  #listed: Promise<ReadonlySet<string>> | undefined;

  constructor(options: ActivationOptions) {
    this.#options = options;
  }

  /** @throws {Error} there was no answer to a question over HTTP */
  async isWanted(input: InputBinding, signal: AbortSignal): Promise<boolean> {
    if (input.isExplicit) return true;
    if (this.#options.app.isHttp) return await this.#probe(input, signal);
    this.#listed ??= this.#list();
    return (await this.#listed).has(input.name);
  }

  async #probe({ route }: InputBinding, signal: AbortSignal): Promise<boolean> {
    const { app, clock, timeoutMs } = this.#options;
    using deadline = clock.deadline(timeoutMs, signal);
    try {
      const { status } = await callApp(
        app,
        {
          verb: "OPTIONS",
          path: cleanPath(`/${route}`).slice(1),
          contentType: "application/json",
          metadata: [],
          body: noBytes,
          trace: undefined,
        },
        deadline,
      );
      return (status >= 200 && status < 300) || status === 405;
    } catch (cause) {
      throw new Error(
        `could not invoke OPTIONS method on input binding subscription endpoint "${route}": ${errorText(cause)}`,
        { cause },
      );
    }
  }

  /** An error is an empty list. */
  async #list(): Promise<ReadonlySet<string>> {
    const { app, clock, timeoutMs } = this.#options;
    using deadline = clock.deadline(timeoutMs);
    try {
      const reply = await app.callback?.(listInputBindings, noBytes, [], undefined, deadline);
      return new Set(reply && ListInputBindingsResponse.decode(reply).bindings);
    } catch {
      return new Set();
    }
  }
}
