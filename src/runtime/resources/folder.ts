/**
 * Reads the resources folders. Synchronously: the promises of node:fs load another 40 modules of Node at start.
 * @see spec 04 §2
 */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Logger } from "../../kit/logging/logger.ts";
import { maxYamlBytes, parseResourceYaml, type YamlMap } from "../../kit/resources/yaml.ts";
import { logName } from "./category.ts";
import {
  type ComponentResource,
  decodeComponent,
  decodeHttpEndpoint,
  field,
  type HttpEndpointResource,
  head,
  isOfKind,
  type ResourceHead,
} from "./documents.ts";
import { decodeSubscription, type SubscriptionResource } from "./subscription-document.ts";

export interface FolderFilter {
  readonly appId: string;
  /** NAMESPACE as it is; "" turns the namespace filter off. */
  readonly namespaceEnv: string;
}

export interface LoadedResources {
  readonly components: readonly ComponentResource[];
  readonly httpEndpoints: readonly HttpEndpointResource[];
  /** In the order of files and documents; a later one takes the place of an earlier one of its name. */
  readonly subscriptions: readonly SubscriptionResource[];
  readonly resiliencies: readonly ResiliencyFile[];
  /** They only matter where a change of them restarts the sidecar (spec 04 §3.7). */
  readonly configurations: readonly ConfigurationResource[];
  readonly accessPolicies: readonly WorkflowResource[];
  readonly mcpServers: readonly WorkflowResource[];
}

export interface ConfigurationResource extends ResourceHead {
  readonly kind: "Configuration";
}

/** A resource of workflows, which few sidecars have: what it says is read by those who need it. */
export interface WorkflowResource extends ResourceHead {
  readonly kind: "WorkflowAccessPolicy" | "MCPServer";
  readonly document: YamlMap;
}

/** Why folders are read: what is wrong with them has other consequences, and other words, later on. */
export type ReadingOccasion = "start" | "reload";

/** A file whose first document is a Resiliency, or cannot be read; other documents of a file cannot be one (spec 04 §3.6). */
export interface ResiliencyFile {
  /** Without its folder. */
  readonly file: string;
  /** undefined: see error. */
  readonly document: YamlMap | undefined;
  readonly error: string;
}

/** Decoded documents, before namespaces, duplicates and scopes are looked at. */
interface Decoded {
  readonly components: ComponentResource[];
  readonly httpEndpoints: HttpEndpointResource[];
  readonly subscriptions: SubscriptionResource[];
  readonly resiliencies: ResiliencyFile[];
  readonly configurations: ConfigurationResource[];
  readonly workflows: WorkflowResource[];
}

/** Kinds in the order of their loaders; each one complains about a broken file on its own. */
const complainingKinds = [
  "Component",
  "HTTPEndpoint",
  "Subscription",
  "Subscription",
  "WorkflowAccessPolicy",
  "MCPServer",
];

/** A resource cannot be loaded; `Fatal error from runtime: ` goes in front. */
export class ResourceError extends Error {
  override readonly name = "ResourceError";
}

/**
 * @throws {ResourceError} `failed to load components: ...`, later `failed to load resources from disk: ...`: a folder that
 * cannot be read, a name that stands twice
 */
export async function loadFolders(
  folders: readonly string[],
  filter: FolderFilter,
  logger: Logger,
  occasion: ReadingOccasion = "start",
): Promise<LoadedResources> {
  const decoded: Decoded = {
    components: [],
    httpEndpoints: [],
    subscriptions: [],
    resiliencies: [],
    configurations: [],
    workflows: [],
  };
  for (const folder of folders) {
    for (const file of yamlFiles(folder, logger, occasion)) {
      await readFile(folder, file, decoded, logger, occasion);
    }
  }
  const unique = <T extends UniqueResource>(resources: readonly T[], what: string): T[] =>
    select(resources, filter, (text) => {
      const failed = occasion === "start" ? what : "resources from disk";
      throw new ResourceError(`failed to load ${failed}: ${text}`);
    });
  const ofKind = (kind: string) => decoded.workflows.filter((one) => one.kind === kind);
  return {
    components: unique(decoded.components, "components"),
    httpEndpoints:
      occasion === "start"
        ? selectEndpoints(decoded.httpEndpoints, filter, logger)
        : unique(decoded.httpEndpoints, "HTTP endpoints"),
    accessPolicies: unique(ofKind("WorkflowAccessPolicy"), "workflow access policies"),
    mcpServers: unique(ofKind("MCPServer"), "mcpservers"),
    subscriptions: selectSubscriptions(decoded.subscriptions, filter.appId),
    resiliencies: decoded.resiliencies,
    configurations: decoded.configurations.filter((one) => isOfNamespace(one, filter)),
  };
}

async function readFile(
  folder: string,
  file: string,
  decoded: Decoded,
  logger: Logger,
  occasion: ReadingOccasion,
): Promise<void> {
  const path = join(folder, file);
  const { first, documents, errors } = await readDocuments(path, occasion);
  if (first === undefined) {
    if (errors[0] !== undefined) {
      decoded.resiliencies.push({ file, document: undefined, error: errors[0] });
    }
  } else if (field(first, "kind") === "Resiliency") {
    decoded.resiliencies.push({ file, document: first, error: "" });
  }
  for (const complaint of errors) {
    for (const kind of complainingKinds) warnBroken(logger, kind, path, [complaint]);
  }
  decodeAll(documents, path, logger, decoded);
}

/** Neither namespaces nor duplicates matter here (spec 03 §4.1). */
function selectSubscriptions(
  subscriptions: readonly SubscriptionResource[],
  appId: string,
): readonly SubscriptionResource[] {
  const byName = new Map<string, SubscriptionResource>();
  for (const subscription of subscriptions) byName.set(subscription.name, subscription);
  return [...byName.values()].filter(({ scopes }) => scopes.length === 0 || scopes.includes(appId));
}

function selectEndpoints(
  endpoints: readonly HttpEndpointResource[],
  filter: FolderFilter,
  logger: Logger,
): readonly HttpEndpointResource[] {
  let failed = false;
  const selected = select(endpoints, filter, (text) => {
    failed = true;
    logger.warn(`failed to load HTTP endpoints: ${text}`);
  });
  return failed ? [] : selected;
}

function yamlFiles(folder: string, logger: Logger, occasion: ReadingOccasion): string[] {
  let names: string[];
  try {
    names = readdirSync(folder, { withFileTypes: true })
      .filter((entry) => !entry.isDirectory())
      .map((entry) => entry.name);
  } catch (error) {
    const what =
      occasion === "start" ? "failed to load components" : "failed to read resource directories";
    throw new ResourceError(`${what}: open ${folder}: ${reasonOf(error)}`, { cause: error });
  }
  const files: string[] = [];
  for (const name of names.sort()) {
    if (/\.ya?ml$/i.test(name)) files.push(name);
    else {
      for (const kind of complainingKinds) {
        logger.warn(`A non-YAML ${kind} file ${name} was detected, it will not be loaded`);
      }
      logger.warn(`A non-YAML resiliency file ${name} was detected, it will not be loaded`);
    }
  }
  return files;
}

/** Go's words for why a file or folder cannot be opened. */
export function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === "ENOENT") return "no such file or directory";
  if (code === "EACCES") return "permission denied";
  return code === "ENOTDIR" ? "not a directory" : message;
}

interface FileContent {
  /** undefined: the first document is broken, or there is none. */
  readonly first: YamlMap | undefined;
  readonly documents: readonly YamlMap[];
  readonly errors: readonly string[];
}

/** @throws {ResourceError} later on, where a file is there and cannot be read */
async function readDocuments(path: string, occasion: ReadingOccasion): Promise<FileContent> {
  let first: YamlMap | undefined;
  const documents: YamlMap[] = [];
  const errors: string[] = [];
  try {
    const { size } = statSync(path);
    if (size > maxYamlBytes) throw new Error(`file is larger than ${maxYamlBytes} bytes`);
    for (const document of await parseResourceYaml(readFileSync(path, "utf8"))) {
      const isFirst = documents.length === 0 && errors.length === 0;
      errors.push(...document.errors);
      if (document.errors.length > 0) continue;
      if (document.value instanceof Map) {
        if (isFirst) first = document.value as YamlMap;
        documents.push(document.value as YamlMap);
      } else {
        errors.push(
          "error unmarshaling JSON: while decoding JSON: json: cannot unmarshal into Go value of type resources",
        );
      }
    }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (occasion === "start" || code === undefined) errors.push(message);
    else if (code !== "ENOENT") {
      throw new ResourceError(
        `failed to read resource directories: open ${path}: ${reasonOf(error)}`,
        { cause: error },
      );
    }
  }
  return { first, documents, errors };
}

function decodeAll(
  documents: readonly YamlMap[],
  path: string,
  logger: Logger,
  { components, httpEndpoints, subscriptions, configurations, workflows }: Decoded,
): void {
  const broken = new Map<string, string[]>();
  const attempt = (kind: string, decode: () => void): void => {
    try {
      decode();
    } catch (error) {
      broken.set(kind, [...(broken.get(kind) ?? []), (error as Error).message]);
    }
  };
  for (const document of documents) {
    if (isOfKind(document, "dapr.io/v1alpha1", "Component")) {
      attempt("Component", () => components.push(decodeComponent(document)));
    } else if (isOfKind(document, "dapr.io/v1alpha1", "HTTPEndpoint")) {
      attempt("HTTPEndpoint", () => httpEndpoints.push(decodeHttpEndpoint(document)));
    } else if (isOfKind(document, "dapr.io/v1alpha1", "Subscription")) {
      attempt("Subscription", () => subscriptions.push(decodeSubscription(document, "v1alpha1")));
    } else if (isOfKind(document, "dapr.io/v2alpha1", "Subscription")) {
      attempt("Subscription", () => subscriptions.push(decodeSubscription(document, "v2alpha1")));
    } else if (isOfKind(document, "dapr.io/v1alpha1", "Configuration")) {
      const kind = "Configuration";
      attempt(kind, () => configurations.push({ kind, ...head(document, kind) }));
    } else {
      for (const kind of ["WorkflowAccessPolicy", "MCPServer"] as const) {
        if (!isOfKind(document, "dapr.io/v1alpha1", kind)) continue;
        attempt(kind, () => workflows.push({ kind, ...head(document, kind), document }));
      }
    }
  }
  for (const [kind, errors] of broken) warnBroken(logger, kind, path, errors);
}

function warnBroken(logger: Logger, kind: string, path: string, errors: readonly string[]): void {
  logger.warn(
    `daprd load ${kind} error when parsing manifests yaml resource in ${path}: ${errors.join("\n")}`,
  );
}

/** Where either side names none, every namespace will do. */
function isOfNamespace({ namespace }: ResourceHead, { namespaceEnv }: FolderFilter): boolean {
  return namespaceEnv === "" || namespace === "" || namespace === namespaceEnv;
}

/** Namespace, then duplicates, then scopes (spec 04 §2.3): the order is observable. */
function select<T extends UniqueResource>(
  resources: readonly T[],
  filter: FolderFilter,
  onDuplicate: (text: string) => void,
): T[] {
  const accepted = new Map<string, T>();
  const selected: T[] = [];
  const duplicates: string[] = [];
  for (const resource of resources) {
    if (!isOfNamespace(resource, filter)) continue;
    const first = accepted.get(resource.name);
    if (first !== undefined) {
      duplicates.push(
        `duplicate definition of ${resource.kind} name ${shownName(resource)} with existing ${shownName(first)}`,
      );
      continue;
    }
    if (resource.scopes.length > 0 && !resource.scopes.includes(filter.appId)) continue;
    accepted.set(resource.name, resource);
    // A document without a name passes loading and is ignored afterwards.
    if (resource.name !== "") selected.push(resource);
  }
  if (duplicates.length > 0) onDuplicate(duplicates.join("\n"));
  return selected;
}

/** Of which no two may have the same name. */
type UniqueResource = ComponentResource | HttpEndpointResource | WorkflowResource;

/** LogName of spec 04 §1. */
export function shownName(resource: UniqueResource): string {
  if (resource.kind === "Component") return logName(resource);
  if (resource.kind === "HTTPEndpoint") return `${resource.name} (${resource.baseUrl})`;
  const url = resource.kind === "MCPServer" ? urlOf(resource.document) : "";
  return url === "" ? resource.name : `${resource.name} (${url})`;
}

/** Whatever the way to an MCP server is: it has not been validated. */
function urlOf(document: YamlMap): string {
  const mapOf = (map: YamlMap, name: string): YamlMap => {
    const value = field(map, name);
    return value instanceof Map ? (value as YamlMap) : new Map();
  };
  const endpoint = mapOf(mapOf(document, "spec"), "endpoint");
  for (const transport of ["streamableHTTP", "sse"]) {
    const url = field(mapOf(endpoint, transport), "url");
    if (typeof url === "string" && url !== "") return url;
  }
  return "";
}
