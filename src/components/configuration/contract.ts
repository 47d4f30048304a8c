/**
 * Configuration stores.
 * @see spec 01 §7, spec 04 §8.5
 */
import type { RunningComponent } from "../contract.ts";

export interface ConfigurationItem {
  /** "" also where there is no such key any more (events only). */
  readonly value: string;
  /** "": none. */
  readonly version: string;
  readonly metadata: ReadonlyMap<string, string>;
}

export interface ConfigurationRequest {
  /** As stored; none: all keys. */
  readonly keys: readonly string[];
  readonly metadata: ReadonlyMap<string, string>;
}

export interface ConfigurationEvent {
  /** Of the subscription. */
  readonly id: string;
  /** What changed, as it is now. At least one. */
  readonly items: ReadonlyMap<string, ConfigurationItem>;
}

/** What is left of a key that was deleted. */
export const noItem: ConfigurationItem = { value: "", version: "", metadata: new Map() };

export interface ConfigurationStore extends RunningComponent {
  /** Keys that are not there are left out. @throws {Error} */
  get(
    request: ConfigurationRequest,
    signal?: AbortSignal,
  ): Promise<ReadonlyMap<string, ConfigurationItem>>;
  /**
   * Resolves when changes are seen from now on. While the store is away changes are not: what it holds when it is back is
   * told then, even if that is nothing new. Nobody is called back before the promise resolved, nor after unsubscribe.
   * @param onEvent must not throw
   * @returns the id of the subscription
   */
  subscribe(
    request: ConfigurationRequest,
    onEvent: (event: ConfigurationEvent) => void,
    signal?: AbortSignal,
  ): Promise<string>;
  /** @throws {Error} when there is no such subscription */
  unsubscribe(id: string): Promise<void>;
}
