/**
 * Secret stores.
 * @see spec 01 §6, spec 04 §8.4
 */
import type { RunningComponent } from "../contract.ts";

/** One secret: its keys and values; a store with single values uses the secret's own name as key. */
export type SecretData = ReadonlyMap<string, string>;

export interface SecretStore extends RunningComponent {
  readonly features: readonly "MULTIPLE_KEY_VALUES_PER_SECRET"[];
  /** undefined: the store has nothing to say (204). @throws {Error} with the store's text, also when there is no such secret */
  get(
    name: string,
    metadata: ReadonlyMap<string, string>,
    signal?: AbortSignal,
  ): Promise<SecretData | undefined>;
  bulkGet(
    metadata: ReadonlyMap<string, string>,
    signal?: AbortSignal,
  ): Promise<ReadonlyMap<string, SecretData> | undefined>;
}
