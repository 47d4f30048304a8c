/**
 * The rules for whole resources, and between them.
 * @see spec 04 §2, §3
 */
import { componentTypes, findComponent } from "../../components/catalogue.ts";
import { suggestion } from "../../kit/resources/closest-name.ts";
import { type LocatedDocument, memberOf } from "../../kit/resources/located-yaml.ts";
import { parseConfigurationYaml, type YamlMap, type YamlValue } from "../../kit/resources/yaml.ts";
import { decodeConfiguration } from "../../runtime/resources/configuration.ts";
import {
  type ComponentResource,
  decodeComponent,
  type ValueSource,
} from "../../runtime/resources/documents.ts";
import { checkMetadata } from "./component-metadata.ts";
import { kinds } from "./kinds.ts";
import { memberMap, memberMaps, memberText } from "./members.ts";
import { checkField, type Report } from "./schema.ts";

/** A document that is a resource. */
export interface Resource {
  readonly document: LocatedDocument;
  readonly map: YamlMap;
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly report: Report;
}

const noTypes: ReadonlySet<string> = new Set();

/**
 * @param ownTypes component types of files beside the resources, in lower case
 * @returns undefined: the sidecar would not look at it either
 */
export async function checkDocument(
  document: LocatedDocument,
  report: Report,
  ownTypes: ReadonlySet<string> = noTypes,
): Promise<Resource | undefined> {
  const { value } = document;
  if (!(value instanceof Map)) {
    report("error", [], "a resource must be a mapping");
    return undefined;
  }
  const map = value as YamlMap;
  const apiVersion = memberText(map, "apiVersion");
  const kind = memberText(map, "kind");
  const field = kinds.get(`${apiVersion} ${kind}`);
  if (field === undefined) {
    reportStranger(apiVersion, kind, report);
    return undefined;
  }
  let errors = 0;
  const counting: Report = (level, path, text) => {
    if (level === "error") errors++;
    report(level, path, text);
  };
  checkField(map, field, [], counting);
  const name = memberText(map, "metadata", "name");
  checkName(name, kind, counting);
  const resource = { document, map, apiVersion, kind, name, report: counting };
  if (kind === "Component") await checkComponent(map, counting, ownTypes);
  // What has the wrong shape is not looked at closer.
  else if (errors === 0) await checkKind(resource);
  return resource;
}

function reportStranger(apiVersion: string, kind: string, report: Report): void {
  const pairs = [...kinds.keys()].map((pair) => pair.split(" ") as [string, string]);
  const versions = pairs.filter(([, known]) => known === kind).map(([version]) => version);
  if (versions.length > 0) {
    const text = `apiVersion of a ${kind} must be ${versions.join(" or ")}, not ${JSON.stringify(apiVersion)}`;
    report("error", ["apiVersion"], text);
  } else if (apiVersion.toLowerCase().startsWith("dapr.io/")) {
    const names = pairs.map(([, known]) => known);
    const text = kind === "" ? "kind is missing" : `kind ${JSON.stringify(kind)} is unknown`;
    report("error", ["kind"], text + suggestion(kind, names));
  } else {
    report("warning", [], "this is no Dapr resource; the sidecar leaves it out");
  }
}

function checkName(name: string, kind: string, report: Report): void {
  const at = ["metadata", "name"];
  const forbidden = ["/", "%"].find((part) => name.includes(part));
  const quoted = JSON.stringify(name);
  if (name === "." || name === "..") report("error", at, `name ${quoted} is not allowed`);
  else if (forbidden !== undefined && kind !== "Configuration" && kind !== "Resiliency") {
    report("error", at, `name ${quoted} may not contain ${JSON.stringify(forbidden)}`);
  }
}

async function checkKind(resource: Resource): Promise<void> {
  const { kind, map, report, document } = resource;
  switch (kind) {
    case "Configuration":
      await checkConfiguration(document, map, report);
      break;
    case "Resiliency":
      checkResiliency(map, report);
      break;
    case "Subscription":
      if (resource.apiVersion.endsWith("v2alpha1")) checkRoutes(map, report);
      break;
    case "MCPServer":
      checkEndpoint(map, report);
      break;
    case "WorkflowAccessPolicy":
      checkRules(map, report);
      break;
    default:
  }
}

const categories = new Set(
  "bindings pubsub secretstores state middleware configuration crypto lock conversation".split(" "),
);

async function checkComponent(
  map: YamlMap,
  report: Report,
  ownTypes: ReadonlySet<string>,
): Promise<void> {
  let component: ComponentResource;
  try {
    // A wrong scope, which has been reported, is no reason to leave out the rest.
    component = decodeComponent(
      new Map([...map].filter(([name]) => name.toLowerCase() !== "scopes")),
    );
  } catch {
    return;
  }
  const { type, version } = component;
  // Which metadata it reads is only known once it runs.
  if (type === "" || ownTypes.has(type.toLowerCase())) return;
  const find = findComponent(type.toLowerCase(), version.toLowerCase());
  const [category = ""] = type.split(".", 1);
  const quoted = JSON.stringify(type);
  if (!categories.has(category)) {
    report(
      "error",
      ["spec", "type"],
      `type ${quoted} is unknown${suggestion(type, componentTypes())}`,
    );
    return;
  }
  if (find === undefined) {
    const isKnown = componentTypes().includes(type.toLowerCase());
    if (isKnown)
      report("error", ["spec", "version"], `${type} has no version ${JSON.stringify(version)}`);
    else {
      const text = `there is no component ${quoted}${suggestion(type, componentTypes())}`;
      report("error", ["spec", "type"], text);
    }
    return;
  }
  checkMetadata(component, await find(), report);
}

async function checkConfiguration(
  document: LocatedDocument,
  map: YamlMap,
  report: Report,
): Promise<void> {
  const { errors } = await parseConfigurationYaml(document.text);
  for (const text of errors) report("error", [], text.replace(/^.*yaml: (?:line \d+: )?/, ""));
  try {
    decodeConfiguration(map);
  } catch (error) {
    report(
      "error",
      ["spec"],
      (error as Error).message.replace(/^error loading configuration: /, ""),
    );
  }
}

const policyKinds = [
  ["timeout", "timeouts"],
  ["retry", "retries"],
  ["circuitBreaker", "circuitBreakers"],
] as const;

/** Targets name policies that exist. */
function checkResiliency(map: YamlMap, report: Report): void {
  const policies = memberMap(map, "spec", "policies");
  const check = (target: YamlMap, path: readonly string[]): void => {
    for (const [field, group] of policyKinds) {
      const wanted = memberText(target, field);
      const known = [...memberMap(policies, group).keys()];
      if (wanted === "" || known.includes(wanted)) continue;
      const text = `there is no ${field} policy ${JSON.stringify(wanted)}${suggestion(wanted, known)}`;
      report("error", [...path, field], text);
    }
  };
  for (const group of ["apps", "actors", "components"]) {
    const path = ["spec", "targets", group];
    for (const [name, target] of memberMap(map, ...path)) {
      if (!(target instanceof Map)) continue;
      check(target as YamlMap, [...path, name]);
      for (const direction of ["inbound", "outbound"]) {
        check(memberMap(target as YamlMap, direction), [...path, name, direction]);
      }
    }
  }
}

function checkRoutes(map: YamlMap, report: Report): void {
  const routes = memberMap(map, "spec", "routes");
  if (memberText(routes, "default") === "" && memberMaps(routes, "rules").length === 0) {
    report("error", ["spec", "routes"], "spec.routes needs a default or rules");
  }
}

function checkEndpoint(map: YamlMap, report: Report): void {
  const path = ["spec", "endpoint"];
  const endpoint = memberMap(map, ...path);
  const ways = ["streamableHTTP", "sse", "stdio"].filter(
    (name) => memberOf(endpoint, name)?.value instanceof Map,
  );
  if (ways.length !== 1) {
    report("error", path, "exactly one of streamableHTTP, sse, or stdio must be set");
  }
  for (const way of ways) {
    if (way === "stdio") continue;
    const url = memberText(endpoint, way, "url");
    const { protocol = "", host = "" } = URL.parse(url) ?? {};
    if (!/^https?:$/.test(protocol) || host === "") {
      report("error", [...path, way, "url"], `${JSON.stringify(url)} is no http or https address`);
    }
  }
}

function checkRules(map: YamlMap, report: Report): void {
  for (const [index, rule] of memberMaps(memberMap(map, "spec"), "rules").entries()) {
    const path = ["spec", "rules", index];
    if (memberMaps(rule, "callers").length === 0) report("error", path, "a rule needs callers");
    if (memberMaps(rule, "workflows").length + memberMaps(rule, "activities").length === 0) {
      report("error", path, "at least one of workflows or activities must contain a rule");
    }
    for (const [i, item] of memberMaps(rule, "workflows").entries()) {
      const operations = memberOf(item, "operations")?.value;
      const words = Array.isArray(operations) ? (operations as readonly YamlValue[]) : [];
      const at = [...path, "workflows", i, "operations"];
      if (words.length === 0) report("error", at, "a workflow rule needs operations");
      else if (new Set(words).size < words.length) report("error", at, "an operation stands twice");
    }
  }
}

/** Secrets of stores, and pub/sub components, that are named and must be among the resources. */
export function checkReferences(resources: readonly Resource[]): void {
  const components = resources.filter(({ kind }) => kind === "Component");
  const namesOf = (prefix: string): string[] =>
    components
      .filter(({ map }) => memberText(map, "spec", "type").startsWith(prefix))
      .map(({ name }) => name);
  const stores = namesOf("secretstores.");
  const pubsubs = namesOf("pubsub.");
  for (const { map, kind, report } of resources) {
    if (kind === "Component" || kind === "HTTPEndpoint") checkSecrets(map, stores, report);
    if (kind !== "Subscription") continue;
    const wanted = memberText(map, "spec", "pubsubname");
    if (wanted === "" || pubsubs.includes(wanted)) continue;
    const text = `there is no pubsub component ${JSON.stringify(wanted)} here${suggestion(wanted, pubsubs)}`;
    report("warning", ["spec", "pubsubname"], text);
  }
}

function checkSecrets(map: YamlMap, stores: readonly string[], report: Report): void {
  const spec = memberMap(map, "spec");
  const pairs: [ValueSource["name"] | number, string, YamlMap][] = [
    ...memberMaps(spec, "metadata").map((item, i): [number, string, YamlMap] => [
      i,
      "metadata",
      item,
    ]),
    ...memberMaps(spec, "headers").map((item, i): [number, string, YamlMap] => [
      i,
      "headers",
      item,
    ]),
    ...[...memberMap(spec, "clientTLS")].flatMap(([name, item]): [string, string, YamlMap][] =>
      item instanceof Map ? [[name, "clientTLS", item as YamlMap]] : [],
    ),
  ];
  const store = memberText(map, "auth", "secretStore");
  for (const [step, field, item] of pairs) {
    if (memberMap(item, "secretKeyRef").size === 0) continue;
    const at = ["spec", field, step, "secretKeyRef"];
    if (store === "") {
      report("warning", at, "secretKeyRef without auth.secretStore: only Kubernetes has a default");
    } else if (!stores.includes(store) && store !== "kubernetes") {
      const text = `there is no secret store ${JSON.stringify(store)}${suggestion(store, stores)}`;
      report("error", ["auth", "secretStore"], text);
      return;
    }
  }
}
