/**
 * How a building block takes part in the loading of components: `resources/` reads, resolves and starts them, the block
 * of the category keeps the live ones.
 * @see spec 04 §4
 */
import type { RunningComponent } from "../../components/contract.ts";

/** A Component resource whose metadata values are resolved. */
export interface ResolvedComponent {
  /** `metadata.name` */
  readonly name: string;
  /** `spec.type` as written, for example `state.redis`. */
  readonly type: string;
  /** `spec.version` as written; may be "". */
  readonly version: string;
  /** Names as written. */
  readonly properties: ReadonlyMap<string, string>;
  /** All of them as they are written, before templates are filled in; undefined: as {@link properties}. */
  readonly given?: readonly (readonly [name: string, value: string])[];
  /** Names of the secrets that properties came from (`secretKeyRef.name`), by property name as written. */
  readonly secretNames: ReadonlyMap<string, string>;
  /** Some value had the template `{namespace}` in it. */
  readonly usesNamespace?: boolean;
  /** `auth.secretStore`, or "". */
  readonly secretStore: string;
}

export interface InstalledComponent {
  /** Shown in metadata, in this order. */
  readonly capabilities: readonly string[];
  /**
   * Takes the component out of service and ends what reads from it; requests in flight keep it. Disposing the component
   * comes after.
   */
  remove(): void | Promise<void>;
}

export interface ComponentCategory<T extends RunningComponent = RunningComponent> {
  /** The part of `spec.type` before the dot: `state`. */
  readonly name: string;
  /** As in `couldn't find state store state.x/v1`. */
  readonly label: string;
  /** Properties that every component of the category has, put in where the resource leaves them out. */
  complete?(properties: ReadonlyMap<string, string>): ReadonlyMap<string, string>;
  /**
   * Checks what concerns the block (key prefix, encryption keys) and puts the component into service.
   * @throws {Error} the cause of an init failure; the component is then disposed
   */
  install(
    resource: ResolvedComponent,
    component: T,
  ): InstalledComponent | Promise<InstalledComponent>;
}

/** LogName: `name (type/version)`, or `name (type)` without a version. */
export function logName(resource: { name: string; type: string; version: string }): string {
  const { name, type, version } = resource;
  return version === "" ? `${name} (${type})` : `${name} (${type}/${version})`;
}

/** Categories of the field whose blocks are not part of this sidecar, with the words for a type that is not found. */
const otherCategories: ReadonlyMap<string, string> = new Map([
  ["bindings", "binding"],
  ["middleware", "HTTP middleware"],
]);

/** How the text of a failed start is put, and which kind of failure it counts as (spec 04 §4.4). */
export function startFailure(
  { name, type, version }: { name: string; type: string; version: string },
  cause: string,
): { readonly kind: "CREATE" | "INIT"; readonly cause: string } {
  if (!type.startsWith("middleware.")) return { kind: "INIT", cause };
  const shown = `${type}/${version || "v1"}`;
  return {
    kind: "CREATE",
    cause: `process component ${name} error: error creating HTTP middleware ${shown}: ${cause}`,
  };
}

/**
 * Why there is no component of that type; undefined: there is no such category either.
 * @see spec 04 §4.3, §4.4
 */
export function notFoundText(
  resource: { name: string; type: string; version: string },
  own: ReadonlyMap<string, ComponentCategory>,
): string | undefined {
  const { name, type, version } = resource;
  const dot = type.indexOf(".");
  const category = dot < 0 ? "" : type.slice(0, dot);
  const label = own.get(category)?.label ?? otherCategories.get(category);
  if (label === undefined) return undefined;
  if (category === "bindings") return `couldn't find binding ${logName(resource)}`;
  if (category === "middleware") {
    return `process component ${name} error: HTTP middleware ${type}/${version} has not been registered`;
  }
  return `couldn't find ${label} ${type}/${version}`;
}
