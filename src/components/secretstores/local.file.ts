/**
 * secretstores.local.file: a JSON file that is read once.
 * @see spec 04 §8.4
 */
import { readFile } from "node:fs/promises";
import { errorText } from "../../kit/errors/api-error.ts";
import { parseJson } from "../../kit/json/parse.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../kit/json/value.ts";
import { formatNumber } from "../../kit/metrics/metrics.ts";
import type { ComponentContext, ComponentDefinition, PropertySchema } from "../contract.ts";
import { Properties } from "../shared/properties.ts";
import type { SecretData, SecretStore } from "./contract.ts";

const properties: readonly PropertySchema[] = [
  {
    name: "secretsFile",
    kind: "string",
    required: true,
    description: "Path of the JSON file, relative to the folder where the sidecar was started.",
  },
  {
    name: "nestedSeparator",
    kind: "string",
    default: ":",
    description: "Joins the names of nested objects.",
  },
  {
    name: "multiValued",
    kind: "bool",
    default: "false",
    description: "Whether each top-level object is one secret with several keys.",
  },
];

export const component = {
  type: "secretstores.local.file",
  versions: ["v1"],
  summary: "Secrets in a local JSON file; for development.",
  provenAgainst: "the recordings of the original",
  properties,
  create: async (context) => {
    const values = new Properties(context.properties, properties);
    const file = values.text("secretsFile");
    if (file === "") throw new Error("missing local secrets file in metadata");
    // An empty separator would merge names.
    const separator = values.text("nestedSeparator") || ":";
    const root = await readSecrets(file, context);
    return values.bool("multiValued")
      ? new FileStore(multiValued(root, separator), ["MULTIPLE_KEY_VALUES_PER_SECRET"])
      : new FileStore(singleValued(root, separator), []);
  },
} satisfies ComponentDefinition<SecretStore>;

class FileStore implements SecretStore {
  readonly features: SecretStore["features"];
  readonly #secrets: ReadonlyMap<string, SecretData>;

  constructor(secrets: ReadonlyMap<string, SecretData>, features: SecretStore["features"]) {
    this.#secrets = secrets;
    this.features = features;
  }

  async get(name: string): Promise<SecretData> {
    const secret = this.#secrets.get(name);
    if (secret === undefined) throw new Error(`secret ${name} not found`);
    return secret;
  }

  async bulkGet(): Promise<ReadonlyMap<string, SecretData>> {
    return this.#secrets;
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}

async function readSecrets(file: string, context: ComponentContext): Promise<JsonObject> {
  let bytes: Buffer;
  try {
    bytes = await readFile(resolvePath(context.platform.cwd, file), { signal: context.signal });
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === "ENOENT") throw new Error(`open ${file}: no such file or directory`, { cause });
    if (code === "EACCES") throw new Error(`open ${file}: permission denied`, { cause });
    if (code === "EISDIR") throw new Error(`read ${file}: is a directory`, { cause });
    throw new Error(`open ${file}: ${errorText(cause)}`, { cause });
  }
  const root = parseJson(bytes);
  if (root === null) return new Map();
  if (!isJsonObject(root)) throw new Error(`${file} does not hold a JSON object`);
  return root;
}

const resolvePath = (cwd: string, file: string): string =>
  file.startsWith("/") || /^[A-Za-z]:[\\/]/.test(file) ? file : `${cwd}/${file}`;

/** Each leaf is a secret of its own, under its path. */
function singleValued(root: JsonObject, separator: string): Map<string, SecretData> {
  const secrets = new Map<string, SecretData>();
  for (const [name, value] of flatten(root, separator)) secrets.set(name, new Map([[name, value]]));
  return secrets;
}

/** Top-level objects are secrets; of the rest only strings are kept. */
function multiValued(root: JsonObject, separator: string): Map<string, SecretData> {
  const secrets = new Map<string, SecretData>();
  for (const [name, value] of root) {
    if (typeof value === "string") secrets.set(name, new Map([[name, value]]));
    else if (isJsonObject(value)) secrets.set(name, flatten(value, separator));
  }
  return secrets;
}

/** Leaves by their path; empty objects and arrays have none. */
function flatten(root: JsonObject, separator: string): Map<string, string> {
  const leaves = new Map<string, string>();
  const todo: [path: string, value: JsonValue][] = [...root];
  for (let next = todo.shift(); next !== undefined; next = todo.shift()) {
    const [path, value] = next;
    if (typeof value !== "object" || value === null) {
      leaves.set(path, leafText(value));
      continue;
    }
    const children = isJsonObject(value)
      ? [...value]
      : (value as readonly JsonValue[]).map((item, i): [string, JsonValue] => [String(i), item]);
    todo.unshift(
      ...children.map(([name, item]): [string, JsonValue] => [`${path}${separator}${name}`, item]),
    );
  }
  return leaves;
}

/** Quirk: spec 04 §8.4. What is no string comes out in Go's notation for a wrong verb. */
function leafText(value: string | number | boolean | null): string {
  if (typeof value === "string") return value;
  if (value === null) return "%!s(<nil>)";
  if (typeof value === "boolean") return `%!s(bool=${value})`;
  return `%!s(float64=${formatNumber(value)})`;
}
