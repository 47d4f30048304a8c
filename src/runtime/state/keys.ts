/**
 * Keys as stored: prefix, `||`, key.
 * @see spec 01 §5.1
 */
import { illegalKey } from "./errors.ts";

const separator = "||";

/**
 * The prefix of all keys of a store; undefined: keys are stored as they are.
 * @param setting the store's `keyPrefix`; undefined when it has none
 * @throws {ApiError} when the prefix itself contains `||`
 */
export function keyPrefix(
  setting: string | undefined,
  owner: { readonly store: string; readonly appId: string; readonly namespaceEnv: string },
): string | undefined {
  const strategy = setting?.toLowerCase() ?? "appid";
  const { store, appId, namespaceEnv } = owner;
  switch (strategy) {
    case "none":
      return undefined;
    case "appid":
      return appId;
    case "name":
      return store;
    case "namespace":
      return namespaceEnv === "" ? appId : `${namespaceEnv}.${appId}`;
    default:
      if (strategy.includes(separator)) throw illegalKey(strategy, store);
      return strategy;
  }
}

/** @throws {ApiError} when the key contains `||` */
export function storedKey(
  prefix: string | undefined,
  key: string,
  store: string,
  isTransaction = false,
): string {
  if (key.includes(separator)) throw illegalKey(key, store, isTransaction);
  return prefix === undefined ? key : `${prefix}${separator}${key}`;
}

/** The text between the first and the second `||`; the whole key if there is none. */
export function appKey(stored: string): string {
  const start = stored.indexOf(separator);
  if (start < 0) return stored;
  const end = stored.indexOf(separator, start + separator.length);
  return stored.slice(start + separator.length, end < 0 ? undefined : end);
}
