/**
 * What every component has in common.
 * @see spec 04 §4
 */

import type { Platform } from "../kit/lifecycle/platform.ts";
import type { Logger } from "../kit/logging/logger.ts";

/** One metadata property of a component, for decoding, checking and the generated documentation. */
export interface PropertySchema {
  readonly name: string;
  /** Other accepted names; used only when the main name is absent. */
  readonly aliases?: readonly string[];
  readonly kind:
    | "string"
    | "bool"
    | "int"
    | "float"
    | "duration"
    | "bytes"
    | "list"
    | "json"
    | "secret";
  /** As a user would write it; undefined: no default. */
  readonly default?: string;
  readonly required?: boolean;
  readonly description: string;
}

/** What a component is made from. */
export interface ComponentContext {
  /** `metadata.name` of the resource. */
  readonly name: string;
  readonly appId: string;
  /** NAMESPACE, or `default`. */
  readonly namespace: string;
  /** Resolved properties (secrets, environment, templates), names as written. Later duplicates have won. */
  readonly properties: ReadonlyMap<string, string>;
  readonly logger: Logger;
  readonly platform: Platform;
  /** Aborted when initTimeout passes; only to be used while the component starts. */
  readonly signal: AbortSignal;
}

/** A component that runs. Disposing is idempotent and ends what the component started. */
export interface RunningComponent extends AsyncDisposable {}

/**
 * What a component file exports as `component`. `satisfies` guards it:
 * `export const component = { ... } satisfies ComponentDefinition<StateStore>`.
 */
export interface ComponentDefinition<T extends RunningComponent> {
  /** `state.redis` */
  readonly type: string;
  readonly aliases?: readonly string[];
  /** Default first; `["v1"]` unless the type has several. */
  readonly versions: readonly string[];
  /** The version to use instead of a deprecated one; using it is warned about. */
  readonly successor?: string;
  readonly summary: string;
  /** What the tests run it against: `Redis 7.0`, `a stand-in written from the public API`; shown in docs/components. */
  readonly provenAgainst?: string;
  readonly properties: readonly PropertySchema[];
  /** Also reads properties that are not in the list, so that none is unknown. */
  readonly takesAnyProperty?: boolean;
  /** Decodes the properties before any I/O, then starts. A failed start leaves nothing behind. */
  create(context: ComponentContext): Promise<T>;
}
