/** What YAML becomes. */

/** Parsed YAML: mappings are Maps, so that foreign names never become properties; integers are bigint. */
export type YamlValue = null | boolean | number | bigint | string | readonly YamlValue[] | YamlMap;
export type YamlMap = ReadonlyMap<string, YamlValue>;

export interface YamlDocument {
  readonly value: YamlValue;
  /** Parser complaints; the value is then not to be used. */
  readonly errors: readonly string[];
}
