/** Looks into resources, whose field names count in any case. */
import { memberOf } from "../../kit/resources/located-yaml.ts";
import { scalarToString, type YamlMap, type YamlValue } from "../../kit/resources/yaml.ts";

/** The mapping at a path; empty when there is none. */
export function memberMap(map: YamlMap, ...names: readonly string[]): YamlMap {
  let at: YamlValue = map;
  for (const name of names) {
    at = (at instanceof Map ? memberOf(at as YamlMap, name)?.value : undefined) ?? null;
  }
  return at instanceof Map ? (at as YamlMap) : new Map();
}

/** The scalar at a path as a string; "" when there is none. */
export function memberText(map: YamlMap, ...names: readonly string[]): string {
  const last = names.at(-1) as string;
  const value = memberOf(memberMap(map, ...names.slice(0, -1)), last)?.value;
  return scalarToString(value) ?? "";
}

/** The mappings of the list at a name. */
export function memberMaps(map: YamlMap, name: string): readonly YamlMap[] {
  const value = memberOf(map, name)?.value;
  if (!Array.isArray(value)) return [];
  return (value as readonly YamlValue[]).filter((item) => item instanceof Map) as YamlMap[];
}
