/**
 * Resource documents of the resources folders: from YAML to typed resources.
 * Field names match case-insensitively, unknown fields are ignored.
 * @see spec 04 §2, §3
 */
import {
  scalarToString,
  type YamlMap,
  type YamlValue,
  yamlToJson,
} from "../../kit/resources/yaml.ts";
import { parseDuration } from "../../kit/time/duration.ts";

/** A name/value pair of metadata or headers. */
export interface ValueSource {
  readonly name: string;
  /** undefined: absent or null. The property string of spec 04 §4.1. */
  readonly value: string | undefined;
  readonly secretKeyRef: { readonly name: string; readonly key: string } | undefined;
  readonly envRef: string;
}

export interface ResourceHead {
  readonly name: string;
  readonly namespace: string;
  readonly scopes: readonly string[];
  /** `auth.secretStore`, or "". */
  readonly secretStore: string;
}

export interface ComponentResource extends ResourceHead {
  readonly kind: "Component";
  readonly type: string;
  readonly version: string;
  readonly ignoreErrors: boolean;
  readonly initTimeoutMs: number;
  readonly metadata: readonly ValueSource[];
}

export interface HttpEndpointResource extends ResourceHead {
  readonly kind: "HTTPEndpoint";
  readonly baseUrl: string;
  readonly headers: readonly ValueSource[];
  readonly tls: {
    readonly rootCA: ValueSource | undefined;
    readonly certificate: ValueSource | undefined;
    readonly privateKey: ValueSource | undefined;
    readonly renegotiation: string;
  };
}

/** A document cannot be that resource; the text goes into the loader's warning. */
export class DocumentError extends Error {
  override readonly name = "DocumentError";
}

const defaultInitTimeoutMs = 5000;

/** Whether the document is of that kind; anything else is none of the loader's business. */
export function isOfKind(document: YamlMap, apiVersion: string, kind: string): boolean {
  return text(document, "apiVersion") === apiVersion && text(document, "kind") === kind;
}

/** @throws {DocumentError} */
export function decodeComponent(document: YamlMap): ComponentResource {
  const spec = object(document, "spec");
  return {
    kind: "Component",
    ...head(document, "Component"),
    type: string(spec, "type"),
    version: string(spec, "version"),
    ignoreErrors: boolean(spec, "ignoreErrors"),
    initTimeoutMs: initTimeout(string(spec, "initTimeout")),
    metadata: pairs(spec, "metadata"),
  };
}

/** @throws {DocumentError} */
export function decodeHttpEndpoint(document: YamlMap): HttpEndpointResource {
  const spec = object(document, "spec");
  const tls = object(spec, "clientTLS");
  return {
    kind: "HTTPEndpoint",
    ...head(document, "HTTPEndpoint"),
    baseUrl: string(spec, "baseUrl"),
    headers: pairs(spec, "headers"),
    tls: {
      rootCA: optionalPair(tls, "rootCA"),
      certificate: optionalPair(tls, "certificate"),
      privateKey: optionalPair(tls, "privateKey"),
      renegotiation: string(tls, "renegotiation"),
    },
  };
}

/**
 * What every loader looks at, whatever kind it is for.
 * @throws {DocumentError}
 */
export function checkHead(document: YamlMap): void {
  for (const name of ["apiVersion", "kind"]) string(document, name);
  const metadata = object(document, "metadata");
  for (const name of ["name", "namespace"]) string(metadata, name);
  for (const name of ["labels", "annotations"]) {
    const texts = object(metadata, name);
    for (const key of texts.keys()) string(texts, key);
  }
}

/** Kinds with `auth.secretStore` at the top. */
const kindsWithAuth = new Set(["Component", "HTTPEndpoint"]);

/** @throws {DocumentError} */
export function head(document: YamlMap, kind: string): ResourceHead {
  const metadata = object(document, "metadata");
  const name = string(metadata, "name");
  const complaints = nameComplaints(name);
  if (complaints.length > 0) {
    throw new DocumentError(
      `invalid name ${JSON.stringify(name)} for "${kind}": ${complaints.join("; ")}`,
    );
  }
  return {
    name,
    namespace: string(metadata, "namespace"),
    scopes: scopes(document, kind),
    secretStore: kindsWithAuth.has(kind) ? string(object(document, "auth"), "secretStore") : "",
  };
}

function nameComplaints(name: string): string[] {
  if (name === "." || name === "..") return [`may not be '${name}'`];
  return ["/", "%"].filter((one) => name.includes(one)).map((one) => `may not contain '${one}'`);
}

/** Of which scopes are texts like any other; of the others an unquoted number makes the document invalid. */
const kindsWithPlainScopes = new Set(["Subscription", "Resiliency"]);

function scopes(document: YamlMap, kind: string): readonly string[] {
  const value = field(document, "scopes");
  if (kind === "Configuration" || value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw wrongType("scopes", value, "[]string");
  return value.map((item: YamlValue) => {
    const isText = item === null || typeof item === "string" || kindsWithPlainScopes.has(kind);
    const text = isText ? scalarToString(item) : undefined;
    if (text === undefined) throw wrongType("scopes", item, "string");
    return text;
  });
}

function initTimeout(value: string): number {
  try {
    return value === "" ? defaultInitTimeoutMs : parseDuration(value);
  } catch {
    return defaultInitTimeoutMs;
  }
}

function pairs(map: YamlMap, name: string): ValueSource[] {
  const value = field(map, name);
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw wrongType(name, value, "[]NameValuePair");
  return value.map((item: YamlValue) => {
    // Nothing is a pair without name and value.
    if (item === null) return pair(empty);
    if (!(item instanceof Map)) throw wrongType(name, item, "NameValuePair");
    return pair(item as YamlMap);
  });
}

function optionalPair(map: YamlMap, name: string): ValueSource | undefined {
  const value = field(map, name);
  if (value === undefined || value === null) return undefined;
  if (!(value instanceof Map)) throw wrongType(name, value, "TLSDocument");
  return pair(value as YamlMap);
}

function pair(map: YamlMap): ValueSource {
  const value = field(map, "value");
  const reference = object(map, "secretKeyRef");
  const secret = string(reference, "name");
  return {
    name: string(map, "name"),
    value: value === undefined || value === null ? undefined : propertyText(value),
    secretKeyRef: secret === "" ? undefined : { name: secret, key: string(reference, "key") },
    envRef: string(map, "envRef"),
  };
}

/** The JSON text of a value; if that is a quoted string, without the quotes. */
function propertyText(value: YamlValue): string {
  return typeof value === "string" ? value : yamlToJson(value);
}

/** Names that differ in case are written to the same field, in the order of their bytes: the last one counts. */
export function field(map: YamlMap, name: string): YamlValue | undefined {
  const lower = name.toLowerCase();
  let last: string | undefined;
  for (const key of map.keys()) {
    if (key.length !== name.length || key.toLowerCase() !== lower) continue;
    if (last === undefined || key > last) last = key;
  }
  return last === undefined ? undefined : map.get(last);
}

function text(map: YamlMap, name: string): string | undefined {
  const value = field(map, name);
  return typeof value === "string" ? value : undefined;
}

const empty: YamlMap = new Map();

export function object(map: YamlMap, name: string): YamlMap {
  const value = field(map, name);
  if (value === undefined || value === null) return empty;
  if (!(value instanceof Map)) throw wrongType(name, value, "object");
  return value as YamlMap;
}

export function string(map: YamlMap, name: string): string {
  const value = scalarToString(field(map, name));
  if (value === undefined) throw wrongType(name, field(map, name), "string");
  return value;
}

export function boolean(map: YamlMap, name: string): boolean {
  const value = field(map, name);
  if (value === undefined || value === null) return false;
  if (typeof value !== "boolean") throw wrongType(name, value, "bool");
  return value;
}

export function wrongType(
  name: string,
  value: YamlValue | undefined,
  wanted: string,
): DocumentError {
  const kind =
    value instanceof Map
      ? "object"
      : Array.isArray(value)
        ? "array"
        : typeof value === "boolean"
          ? "bool"
          : typeof value === "string"
            ? "string"
            : "number";
  const place = name === "" ? "value" : `struct field ${name}`;
  return new DocumentError(`json: cannot unmarshal ${kind} into Go ${place} of type ${wanted}`);
}
