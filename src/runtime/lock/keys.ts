/**
 * Names of locks as stored: `lock||`, prefix, `||`, resource.
 * @see spec 01 §8
 */

const separator = "||";

/**
 * What precedes the resource.
 * @param setting the store's `keyPrefix`; undefined when it has none
 * @throws {Error} when the prefix itself contains `||`
 */
export function lockPrefix(
  setting: string | undefined,
  owner: { readonly store: string; readonly appId: string },
): string {
  const strategy = setting?.toLowerCase() ?? "appid";
  switch (strategy) {
    case "none":
      return "lock||";
    case "appid":
      return `lock||${owner.appId}||`;
    case "name":
      return `lock||${owner.store}||`;
    default:
      return `lock||${legal(strategy)}||`;
  }
}

/** @throws {Error} when the resource contains `||` */
export const storedName = (prefix: string, resource: string): string => prefix + legal(resource);

function legal(text: string): string {
  if (!text.includes(separator)) return text;
  throw new Error(`input key/keyPrefix '${text}' can't contain '||'`);
}
