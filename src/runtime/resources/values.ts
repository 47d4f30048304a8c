/**
 * Resolves the metadata values of a resource: environment references, secrets, templates.
 * @see spec 04 §4.1
 */

import { errorText } from "../../kit/errors/api-error.ts";
import type { Random } from "../../kit/lifecycle/platform.ts";
import type { Logger } from "../../kit/logging/logger.ts";
import type { ValueSource } from "./documents.ts";
import { unquote } from "./unquote.ts";

/** Reads a secret for a resource; undefined when no store of that name is loaded. */
export type ReadSecret = (
  store: string,
  secret: string,
  metadata: ReadonlyMap<string, string>,
) => Promise<ReadonlyMap<string, string> | undefined>;

export interface ValueContext {
  readonly kind: string;
  readonly resourceName: string;
  /** The resource's own namespace, passed to the secret store. */
  readonly resourceNamespace: string;
  readonly secretStore: string;
  readonly appId: string;
  /** NAMESPACE, or `default`. */
  readonly namespace: string;
  readonly env: ReadonlyMap<string, string>;
  readonly random: Random;
  readonly logger: Logger;
  readonly readSecret: ReadSecret;
}

export interface ResolvedValues {
  /** By name as written; later ones have won. Templates are still in them, so that two resolutions can be compared. */
  readonly plain: ReadonlyMap<string, string>;
  /** `secretKeyRef.name` by property name. */
  readonly secretNames: ReadonlyMap<string, string>;
  /** Some value had `{namespace}` in it. */
  readonly usesNamespace: boolean;
  /** All of them as they are written, before templates are filled in. */
  readonly given: readonly (readonly [name: string, value: string])[];
  /** The secret store that some value needs and that is not loaded. */
  readonly missingStore: string | undefined;
  /** Some secret could not be read. */
  readonly isIncomplete: boolean;
}

/** Says so in the log where the secret store is not loaded. */
export async function resolveValues(
  values: readonly ValueSource[],
  context: ValueContext,
): Promise<ResolvedValues> {
  const plain = new Map<string, string>();
  const given: (readonly [string, string])[] = [];
  const secretNames = new Map<string, string>();
  const fetched = new Map<string, ReadonlyMap<string, string> | null>();
  let missingStore: string | undefined;
  let usesNamespace = false;
  for (const source of values) {
    let value = source.value ?? "";
    const reference = source.secretKeyRef;
    if (reference !== undefined) secretNames.set(source.name, reference.name);
    // Behind a secret whose store is missing, nothing is looked up any more.
    if (missingStore !== undefined) {
      // As it is written.
    } else if (source.value === undefined && source.envRef !== "") {
      value = unquote(fromEnvironment(source.envRef, context));
    } else if (reference !== undefined) {
      const { name, key } = reference;
      const secret = await fetchOnce(name, context, fetched);
      if (secret === undefined) missingStore = context.secretStore;
      else {
        const text = secret?.get(key === "" ? name : key) ?? "";
        if (text !== "") value = unquote(text);
      }
    }
    usesNamespace ||= value.includes("{namespace}");
    plain.set(source.name, value);
    given.push([source.name, value]);
  }
  if (missingStore !== undefined) {
    const { kind, resourceName } = context;
    context.logger.warn(
      `${kind} ${resourceName} references a secret store that isn't loaded: ${missingStore}`,
    );
  }
  const isIncomplete = missingStore !== undefined || [...fetched.values()].includes(null);
  return { plain, secretNames, usesNamespace, given, missingStore, isIncomplete };
}

/** undefined: the store is not loaded; null: it failed, the value stays as it is. */
async function fetchOnce(
  name: string,
  context: ValueContext,
  fetched: Map<string, ReadonlyMap<string, string> | null>,
): Promise<ReadonlyMap<string, string> | null | undefined> {
  const known = fetched.get(name);
  if (known !== undefined) return known;
  try {
    const metadata = new Map([["namespace", context.resourceNamespace]]);
    const secret = await context.readSecret(context.secretStore, name, metadata);
    if (secret !== undefined) fetched.set(name, secret);
    return secret;
  } catch (error) {
    context.logger.error(`Error getting secret: ${errorText(error)}`);
    fetched.set(name, null);
    return null;
  }
}

function fromEnvironment(variable: string, context: ValueContext): string {
  if (isForbidden(variable, context.env)) {
    context.logger.warn(
      `${context.kind} ${context.resourceName} references an env variable that isn't allowed: ${variable}`,
    );
    return "";
  }
  return context.env.get(variable) ?? "";
}

function isForbidden(variable: string, env: ReadonlyMap<string, string>): boolean {
  const upper = variable.toUpperCase();
  if (upper === "" || upper === "APP_API_TOKEN") return true;
  if (upper.startsWith("DAPR_") || upper.includes(" ")) return true;
  const allowed = env.get("DAPR_ENV_KEYS") ?? "";
  return allowed !== "" && !allowed.split(" ").includes(upper);
}

/**
 * The properties of a component.
 * @throws {Error} `failed to parse metadata: ...`
 */
export function fillTemplates(
  values: ReadonlyMap<string, string>,
  context: Pick<ValueContext, "appId" | "namespace" | "env" | "random">,
): ReadonlyMap<string, string> {
  const properties = new Map<string, string>();
  for (const [name, value] of values) properties.set(name, filled(name, value, context));
  return properties;
}

function filled(
  name: string,
  value: string,
  context: Pick<ValueContext, "appId" | "namespace" | "env" | "random">,
): string {
  if (!value.includes("{")) return value;
  let text = value.replaceAll("{uuid}", () => context.random.uuid());
  if (text.includes("{podName}")) {
    const pod = context.env.get("POD_NAME") ?? "";
    if (pod === "") {
      throw new Error(
        `failed to parse metadata: property ${name} refers to {podName} but podName is not set`,
      );
    }
    text = text.replaceAll("{podName}", () => pod);
  }
  return text
    .replaceAll("{namespace}", () => `${context.namespace}.${context.appId}`)
    .replaceAll("{appID}", () => context.appId);
}
