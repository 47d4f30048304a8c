/**
 * Reads `spec.nameResolution.configuration`, which is a tree where components have flat properties.
 * @see spec 04 §8.8
 */
import { scalarToString, type YamlMap, type YamlValue } from "../../kit/resources/yaml.ts";

/** Names match ignoring case, as in the metadata of components. */
export class Settings {
  readonly #values = new Map<string, YamlValue>();
  readonly #path: string;

  /** @throws {Error} when it is no map */
  constructor(configuration: unknown, path = "configuration") {
    this.#path = path;
    if (configuration === undefined || configuration === null) return;
    if (!(configuration instanceof Map)) throw new Error(`${path} must be a map`);
    for (const [name, value] of configuration as YamlMap)
      this.#values.set(name.toLowerCase(), value);
  }

  has(name: string): boolean {
    return (this.#values.get(name.toLowerCase()) ?? null) !== null;
  }

  /** Numbers and booleans as text; "" when it is absent. @throws {Error} */
  text(name: string): string {
    const text = scalarToString(this.#values.get(name.toLowerCase()));
    if (text === undefined) throw new Error(`${this.#path}.${name} must be a text`);
    return text;
  }

  bool(name: string): boolean {
    return ["true", "yes", "on", "1", "t", "y"].includes(this.text(name).toLowerCase());
  }

  /** @throws {Error} */
  section(name: string): Settings {
    return new Settings(this.#values.get(name.toLowerCase()), `${this.#path}.${name}`);
  }

  /** @throws {Error} */
  list(name: string): readonly YamlValue[] {
    const value = this.#values.get(name.toLowerCase()) ?? [];
    if (!Array.isArray(value)) throw new Error(`${this.#path}.${name} must be a list`);
    return value as readonly YamlValue[];
  }

  /** Scalars by name, names as written in lower case only where they are looked up. */
  entries(): ReadonlyMap<string, YamlValue> {
    return this.#values;
  }

  /** All scalars, for {@link Properties}. */
  scalars(): ReadonlyMap<string, string> {
    const scalars = new Map<string, string>();
    for (const [name, value] of this.#values) {
      const text = scalarToString(value);
      if (text !== undefined && value !== null) scalars.set(name, text);
    }
    return scalars;
  }
}
