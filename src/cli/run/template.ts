/**
 * The template of a run of several apps, `dapr.yaml`: decoding and what may stand where.
 * @see spec 08 §11.3
 */

import { suggestion } from "../../kit/resources/closest-name.ts";
import {
  type LocatedDocument,
  parseLocatedYaml,
  type YamlPath,
} from "../../kit/resources/located-yaml.ts";
import {
  maxYamlBytes,
  scalarToString,
  type YamlMap,
  type YamlValue,
} from "../../kit/resources/yaml.ts";
import { showPath } from "../check/schema.ts";

/** What a field is decoded to; empty strings and lists, 0 and false count as absent. */
export type FieldValue =
  | string
  | number
  | boolean
  | readonly string[]
  | ReadonlyMap<string, string>;
type FieldKind = "string" | "int" | "bool" | "list" | "map";
type Fields = Readonly<Record<string, FieldKind>>;

/** Values by field name; those that are absent are not in it. */
export type Section = ReadonlyMap<string, FieldValue>;

export interface Template {
  /** "" without one. */
  readonly name: string;
  readonly common: Section;
  readonly apps: readonly Section[];
  /** Unknown fields: they are ignored. */
  readonly warnings: readonly string[];
}

/** The file cannot be used; one line for each reason. */
export class TemplateError extends Error {
  override readonly name = "TemplateError";
}

const sharedFields: Fields = {
  appProtocol: "string",
  configFilePath: "string",
  resourcesPaths: "list",
  resourcesPath: "string",
  env: "map",
  logLevel: "string",
  appLogDestination: "string",
  daprdLogDestination: "string",
  apiListenAddresses: "string",
  runtimePath: "string",
  daprPath: "string",
  appMaxConcurrency: "int",
  placementHostAddress: "string",
  schedulerHostAddress: "string",
  appSSL: "bool",
  maxBodySize: "string",
  daprMaxBodySize: "string",
  readBufferSize: "string",
  daprReadBufferSize: "string",
  daprHTTPMaxRequestSize: "int",
  daprHTTPReadBufferSize: "int",
  enableAppHealthCheck: "bool",
  appHealthCheckPath: "string",
  appHealthProbeInterval: "int",
  appHealthProbeTimeout: "int",
  appHealthThreshold: "int",
  enableApiLogging: "bool",
  enableProfiling: "bool",
};

const appFields: Fields = {
  ...sharedFields,
  appDirPath: "string",
  appID: "string",
  appPort: "int",
  appChannelAddress: "string",
  daprHTTPPort: "int",
  daprGRPCPort: "int",
  daprInternalGRPCPort: "int",
  metricsPort: "int",
  profilePort: "int",
  unixDomainSocket: "string",
  command: "list",
  containerImage: "string",
  containerImagePullPolicy: "string",
  createService: "bool",
};

const ports = [
  "appPort",
  "daprHTTPPort",
  "daprGRPCPort",
  "daprInternalGRPCPort",
  "metricsPort",
  "profilePort",
];
const destinations = ["console", "file", "fileAndConsole"];
const destinationFields = ["appLogDestination", "daprdLogDestination"];

/** @param file as the user would write it, for messages @throws {TemplateError} */
export function parseTemplate(text: string, file: string): Template {
  if (Buffer.byteLength(text) > maxYamlBytes) throw new TemplateError(`${file} is too large`);
  const [document] = parseLocatedYaml(text);
  if (document === undefined) throw new TemplateError(`${file} is empty`);
  if (document.errors.length > 0) {
    const lines = document.errors.map((error) => `${file}:${error.line}: ${error.text}`);
    throw new TemplateError(lines.join("\n"));
  }
  return new Decoder(document, file).template();
}

class Decoder {
  readonly #document: LocatedDocument;
  readonly #file: string;
  readonly #errors: string[] = [];
  readonly #warnings: string[] = [];

  constructor(document: LocatedDocument, file: string) {
    this.#document = document;
    this.#file = file;
  }

  template(): Template {
    const root = this.#map(this.#document.value, []);
    this.#checkNames(root, ["version", "name", "common", "apps"], []);
    const version = root.get("version") ?? null;
    if (version === null || version === 0n) {
      this.#error([], "required field 'version' not found in the run template file");
    } else if (typeof version !== "bigint") {
      this.#error(["version"], "version must be an integer, without quotes");
    }
    const common = root.get("common") ?? null;
    const shared =
      common === null
        ? new Map<string, FieldValue>()
        : this.#section(this.#map(common, ["common"]), sharedFields, ["common"]);
    const apps = this.#apps(root.get("apps") ?? null);
    const name = scalarToString(root.get("name") ?? null) ?? "";
    if (this.#errors.length > 0) throw new TemplateError(this.#errors.join("\n"));
    return { name, common: shared, apps, warnings: this.#warnings };
  }

  #apps(value: YamlValue): Section[] {
    if (!Array.isArray(value) || value.length === 0) {
      this.#error(["apps"], "apps must be a list with at least one app");
      return [];
    }
    return (value as readonly YamlValue[]).map((item, index) => {
      const path = ["apps", index];
      const section = this.#section(this.#map(item, path), appFields, path);
      if (section.get("appDirPath") === undefined) {
        this.#error(path, `required field 'appDirPath' not found in ${showPath(path)}`);
      }
      return section;
    });
  }

  #section(map: YamlMap, fields: Fields, path: YamlPath): Map<string, FieldValue> {
    this.#checkNames(map, Object.keys(fields), path);
    const section = new Map<string, FieldValue>();
    for (const [name, kind] of Object.entries(fields)) {
      const value = map.get(name) ?? null;
      if (value === null) continue;
      const decoded = this.#value(value, kind, [...path, name]);
      if (decoded !== undefined && !isZero(decoded)) section.set(name, decoded);
    }
    this.#checkValues(section, path);
    return section;
  }

  #value(value: YamlValue, kind: FieldKind, path: YamlPath): FieldValue | undefined {
    const wrong = (wanted: string): undefined => {
      this.#error(path, `${showPath(path)} must be ${wanted}`);
      return undefined;
    };
    switch (kind) {
      case "string":
        return scalarToString(value) ?? wrong("a string");
      case "int":
        return typeof value === "bigint" ? Number(value) : wrong("an integer, without quotes");
      case "bool":
        return typeof value === "boolean" ? value : wrong("true or false, without quotes");
      case "list":
        return this.#list(value, path);
      case "map":
        return this.#variables(value, path);
    }
  }

  /** A text is taken for a list of one, or with commas of several, but where it is a command. */
  #list(value: YamlValue, path: YamlPath): readonly string[] | undefined {
    if (typeof value === "string" && path.at(-1) !== "command") {
      return value
        .split(",")
        .map((item) => item.trim())
        .filter(Boolean);
    }
    if (!Array.isArray(value)) {
      const example = path.at(-1) === "command" ? ', such as ["node", "app.js"]' : "";
      this.#error(path, `${showPath(path)} must be a list${example}`);
      return undefined;
    }
    return (value as readonly YamlValue[]).map((item, index) => {
      const text = scalarToString(item);
      if (text === undefined) {
        this.#error([...path, index], `${showPath([...path, index])} must be a string`);
      }
      return text ?? "";
    });
  }

  /** `NAME: value`, or a list of such mappings. */
  #variables(value: YamlValue, path: YamlPath): ReadonlyMap<string, string> {
    const variables = new Map<string, string>();
    const maps = Array.isArray(value) ? (value as readonly YamlValue[]) : [value];
    for (const [index, item] of maps.entries()) {
      const at = Array.isArray(value) ? [...path, index] : path;
      for (const [name, content] of this.#map(item, at)) {
        const text = content === null ? "" : scalarToString(content);
        if (text === undefined) {
          this.#error([...at, name], `${showPath([...at, name])} must be a string`);
        } else if (name === "" || name.includes("=") || `${name}${text}`.includes("\0")) {
          this.#error(
            [...at, name],
            `${showPath([...at, name])} cannot be an environment variable`,
          );
        } else variables.set(name, text);
      }
    }
    return variables;
  }

  #checkValues(section: Section, path: YamlPath): void {
    for (const name of ports) {
      const port = section.get(name) as number | undefined;
      if (port === undefined || (port >= 0 && port <= 65_535)) continue;
      this.#error([...path, name], `${showPath([...path, name])} must be a port, not ${port}`);
    }
    for (const name of destinationFields) {
      const word = section.get(name) as string | undefined;
      if (word === undefined || destinations.includes(word)) continue;
      const hint = suggestion(word, destinations);
      const text = `${showPath([...path, name])} must be one of ${destinations.join(", ")}${hint}`;
      this.#error([...path, name], text);
    }
  }

  #checkNames(map: YamlMap, known: readonly string[], path: YamlPath): void {
    for (const name of map.keys()) {
      if (known.includes(name)) continue;
      const at = [...path, name];
      const text = `field ${showPath(at)} is unknown and ignored${suggestion(name, known)}`;
      this.#warnings.push(this.#located(at, text));
    }
  }

  #map(value: YamlValue, path: YamlPath): YamlMap {
    if (value instanceof Map) return value as YamlMap;
    this.#error(path, `${path.length === 0 ? "the file" : showPath(path)} must be a mapping`);
    return new Map();
  }

  #error(path: YamlPath, text: string): void {
    this.#errors.push(this.#located(path, text));
  }

  #located(path: YamlPath, text: string): string {
    return `${this.#file}:${this.#document.lineOf(path)}: ${text}`;
  }
}

function isZero(value: FieldValue): boolean {
  if (typeof value === "object") return "size" in value ? value.size === 0 : value.length === 0;
  return !value;
}
