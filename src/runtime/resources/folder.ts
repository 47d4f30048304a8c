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
  checkHead,
  DocumentError,
  decodeComponent,
  decodeHttpEndpoint,
  field,
  type HttpEndpointResource,
  head,
  isOfKind,
  type ResourceHead,
  wrongType,
} from "./documents.ts";
import { decodeSubscription, type SubscriptionResource } from "./subscription-document.ts";
import type { WorkflowKind } from "./workflow-types.ts";

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
  readonly kind: WorkflowKind;
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

interface Decoding extends Decoded {
  /** Of workflow resources. @throws {DocumentError} */
  readonly check: ((kind: WorkflowKind, document: YamlMap) => void) | undefined;
}

/** Kinds in the order of their loaders; each one complains about a broken file on its own. */
const complainingKinds: readonly { readonly kind: string; readonly apiVersion: string }[] = [
  { kind: "Component", apiVersion: "dapr.io/v1alpha1" },
  { kind: "HTTPEndpoint", apiVersion: "dapr.io/v1alpha1" },
  { kind: "Subscription", apiVersion: "dapr.io/v1alpha1" },
  { kind: "Subscription", apiVersion: "dapr.io/v2alpha1" },
  { kind: "WorkflowAccessPolicy", apiVersion: "dapr.io/v1alpha1" },
  { kind: "MCPServer", apiVersion: "dapr.io/v1alpha1" },
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
  const bytes = readBytes(path, logger, occasion);
  if (bytes === undefined) return;
  const parts = await readParts(bytes);
  const [first] = parts;
  if (typeof first === "string") {
    decoded.resiliencies.push({ file, document: undefined, error: first });
  } else if (first !== undefined && field(first, "kind") === "Resiliency") {
    decoded.resiliencies.push({ file, document: first, error: "" });
  }
  // Few folders have them.
  const hasWorkflows = parts.some(
    (part) => typeof part !== "string" && workflowKinds.has(String(field(part, "kind"))),
  );
  const types = hasWorkflows ? await import("./workflow-types.ts") : undefined;
  decodeAll(parts, path, logger, { ...decoded, check: types?.checkWorkflowTypes });
}

const workflowKinds: ReadonlySet<string> = new Set<WorkflowKind>([
  "WorkflowAccessPolicy",
  "MCPServer",
]);

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
      for (const { kind } of complainingKinds) {
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

/**
 * @returns undefined: it cannot be read, or is not there any more
 * @throws {ResourceError} later on, where it is there and cannot be read
 */
function readBytes(path: string, logger: Logger, occasion: ReadingOccasion): Buffer | undefined {
  try {
    const { size } = statSync(path);
    if (size > maxYamlBytes) throw new Error(`file is larger than ${maxYamlBytes} bytes`);
    return readFileSync(path);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const reason = code === undefined ? message : `open ${path}: ${reasonOf(error)}`;
    if (occasion === "start" || code === undefined) {
      for (const { kind } of complainingKinds) {
        logger.warn(`daprd load ${kind} error when opening file ${path}: ${reason}`);
      }
    } else if (code !== "ENOENT") {
      throw new ResourceError(
        `failed to read resource directories: failed to read file ${path}: ${reason}`,
        { cause: error },
      );
    }
    return undefined;
  }
}

/** Documents in their order; a text is what is wrong with the one in its place. */
async function readParts(bytes: Buffer): Promise<(YamlMap | string)[]> {
  const parts: (YamlMap | string)[] = [];
  for (const { value, errors } of await parseResourceYaml(bytes)) {
    if (errors[0] !== undefined) parts.push(errors[0]);
    else if (value instanceof Map) parts.push(value as YamlMap);
    else {
      parts.push(wrongType("", value, "resource").message);
    }
  }
  return parts;
}

function decodeAll(
  parts: readonly (YamlMap | string)[],
  path: string,
  logger: Logger,
  decoded: Decoding,
): void {
  // Every loader reads every document, and tells at the end of the file what is wrong with it.
  const complaints = complainingKinds.map((own) => ({ ...own, texts: [] as string[] }));
  const others: string[] = [];
  for (const part of parts) {
    try {
      if (typeof part === "string") throw new DocumentError(part);
      checkHead(part);
    } catch (error) {
      for (const { texts } of complaints) texts.push(complaintOf(error));
      continue;
    }
    const loader = complaints.find(({ kind, apiVersion }) => isOfKind(part, apiVersion, kind));
    try {
      decode(part, loader, decoded);
    } catch (error) {
      (loader?.texts ?? others).push(complaintOf(error));
    }
  }
  if (others.length > 0) complaints.push({ kind: "Configuration", apiVersion: "", texts: others });
  for (const { kind, texts } of complaints) {
    if (texts.length === 0) continue;
    logger.warn(
      `daprd load ${kind} error when parsing manifests yaml resource in ${path}: ${texts.join("\n")}`,
    );
  }
}

/** What is wrong with types is found when JSON is made of the YAML. */
function complaintOf(error: unknown): string {
  const { message } = error as Error;
  const isOfJson = message.startsWith("json: ");
  return isOfJson ? `error unmarshaling JSON: while decoding JSON: ${message}` : message;
}

/** @throws {DocumentError} */
function decode(
  document: YamlMap,
  loader: { readonly kind: string; readonly apiVersion: string } | undefined,
  { components, httpEndpoints, subscriptions, configurations, workflows, check }: Decoding,
): void {
  switch (loader?.kind) {
    case "Component":
      components.push(decodeComponent(document));
      break;
    case "HTTPEndpoint":
      httpEndpoints.push(decodeHttpEndpoint(document));
      break;
    case "Subscription": {
      const isOld = loader.apiVersion === "dapr.io/v1alpha1";
      subscriptions.push(decodeSubscription(document, isOld ? "v1alpha1" : "v2alpha1"));
      break;
    }
    case "WorkflowAccessPolicy":
    case "MCPServer":
      check?.(loader.kind, document);
      workflows.push({ kind: loader.kind, ...head(document, loader.kind), document });
      break;
    default:
      if (!isOfKind(document, "dapr.io/v1alpha1", "Configuration")) return;
      configurations.push({ kind: "Configuration", ...head(document, "Configuration") });
  }
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
