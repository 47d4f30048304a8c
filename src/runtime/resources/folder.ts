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
  isOfKind,
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
}

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
 * @throws {ResourceError} `failed to load components: ...` for a folder that cannot be read or a name that stands twice
 */
export async function loadFolders(
  folders: readonly string[],
  filter: FolderFilter,
  logger: Logger,
): Promise<LoadedResources> {
  const decoded: Decoded = {
    components: [],
    httpEndpoints: [],
    subscriptions: [],
    resiliencies: [],
  };
  for (const folder of folders) {
    for (const file of yamlFiles(folder, logger)) {
      const { first, documents, errors } = await readDocuments(join(folder, file));
      if (first === undefined) {
        if (errors[0] !== undefined) {
          decoded.resiliencies.push({ file, document: undefined, error: errors[0] });
        }
      } else if (field(first, "kind") === "Resiliency") {
        decoded.resiliencies.push({ file, document: first, error: "" });
      }
      for (const complaint of errors) {
        for (const kind of complainingKinds)
          warnBroken(logger, kind, join(folder, file), [complaint]);
      }
      decodeAll(documents, join(folder, file), logger, decoded);
    }
  }
  return {
    components: select(decoded.components, filter, "Component", (text) => {
      throw new ResourceError(`failed to load components: ${text}`);
    }),
    httpEndpoints: selectEndpoints(decoded.httpEndpoints, filter, logger),
    subscriptions: selectSubscriptions(decoded.subscriptions, filter.appId),
    resiliencies: decoded.resiliencies,
  };
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
  const selected = select(endpoints, filter, "HTTPEndpoint", (text) => {
    failed = true;
    logger.warn(`failed to load HTTP endpoints: ${text}`);
  });
  return failed ? [] : selected;
}

function yamlFiles(folder: string, logger: Logger): string[] {
  let names: string[];
  try {
    names = readdirSync(folder, { withFileTypes: true })
      .filter((entry) => !entry.isDirectory())
      .map((entry) => entry.name);
  } catch {
    throw new ResourceError(
      `failed to create watcher: failed to add target ${folder}: no such file or directory`,
    );
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

interface FileContent {
  /** undefined: the first document is broken, or there is none. */
  readonly first: YamlMap | undefined;
  readonly documents: readonly YamlMap[];
  readonly errors: readonly string[];
}

async function readDocuments(path: string): Promise<FileContent> {
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
    errors.push((error as Error).message);
  }
  return { first, documents, errors };
}

function decodeAll(
  documents: readonly YamlMap[],
  path: string,
  logger: Logger,
  { components, httpEndpoints, subscriptions }: Decoded,
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
    }
  }
  for (const [kind, errors] of broken) warnBroken(logger, kind, path, errors);
}

function warnBroken(logger: Logger, kind: string, path: string, errors: readonly string[]): void {
  logger.warn(
    `daprd load ${kind} error when parsing manifests yaml resource in ${path}: ${errors.join("\n")}`,
  );
}

/** Namespace, then duplicates, then scopes (spec 04 §2.3): the order is observable. */
function select<T extends ComponentResource | HttpEndpointResource>(
  resources: readonly T[],
  filter: FolderFilter,
  kind: string,
  onDuplicate: (text: string) => void,
): T[] {
  const accepted = new Map<string, T>();
  const selected: T[] = [];
  const duplicates: string[] = [];
  for (const resource of resources) {
    const { namespace } = resource;
    if (filter.namespaceEnv !== "" && namespace !== "" && namespace !== filter.namespaceEnv)
      continue;
    const first = accepted.get(resource.name);
    if (first !== undefined) {
      duplicates.push(
        `duplicate definition of ${kind} name ${shownName(resource)} with existing ${shownName(first)}`,
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

function shownName(resource: ComponentResource | HttpEndpointResource): string {
  return resource.kind === "Component"
    ? logName(resource)
    : `${resource.name} (${resource.baseUrl})`;
}
