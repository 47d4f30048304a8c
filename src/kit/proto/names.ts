/** Names of the JSON form, as protoc derives them. */

/** `store_name` gives `storeName`. */
export const camelCase = (name: string): string =>
  name.replace(/_+(.?)/g, (_, letter: string) => letter.toUpperCase());
