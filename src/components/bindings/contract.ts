/**
 * Bindings: what calls the app (input), what the app calls (output), or both.
 * @see spec 03 §8, §9
 */
import type { RunningComponent } from "../contract.ts";

export type BindingMetadata = ReadonlyMap<string, string>;

export interface BindingRequest {
  /** One of {@link Binding.operations}. */
  readonly operation: string;
  readonly data: Uint8Array;
  readonly metadata: BindingMetadata;
}

export interface BindingResponse {
  readonly data?: Uint8Array;
  /** Told to the caller beside the data. */
  readonly metadata?: BindingMetadata;
}

/** An operation failed, and there is more to say about it than a text. */
export class BindingError extends Error {
  override readonly name = "BindingError";
  readonly metadata: BindingMetadata;

  constructor(message: string, metadata: BindingMetadata) {
    super(message);
    this.metadata = metadata;
  }
}

/** Something that happened outside. */
export interface BindingEvent {
  readonly data: Uint8Array;
  readonly metadata: BindingMetadata;
}

/** Resolves with the app's answer, undefined where it gave none; rejects when the app did not take the event. */
export type BindingHandler = (event: BindingEvent) => Promise<Uint8Array | undefined>;

export interface Binding extends RunningComponent {
  /** Operations of an output binding, in the order that errors show. */
  readonly operations?: readonly string[];
  /** Only with operations. @returns undefined: there is nothing to answer (204) @throws {Error} {@link BindingError} */
  invoke?(request: BindingRequest, signal?: AbortSignal): Promise<BindingResponse | undefined>;
  /**
   * Input bindings only. Resolves when events will arrive; from then on each goes to the handler, until the signal is
   * aborted. May be called again after that.
   */
  read?(handler: BindingHandler, signal: AbortSignal): Promise<void>;
}
