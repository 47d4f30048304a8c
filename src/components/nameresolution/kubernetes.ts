/**
 * Name resolution by the cluster's DNS: every sidecar has a service `<id>-dapr`.
 * @see spec 02 §10.3
 */
import { lookup } from "node:dns/promises";
import type { NameResolver, ResolveRequest, ResolverDefinition } from "./contract.ts";

/** All addresses of a host name. @throws {Error} */
export type Lookup = (host: string) => Promise<readonly string[]>;

export const component = {
  type: "kubernetes",
  versions: ["v1"],
  summary: "Finds sidecars by the DNS names of their Kubernetes services.",
  async create(context) {
    return createKubernetesResolver(context.configuration);
  },
} satisfies ResolverDefinition;

const defaultClusterDomain = "cluster.local";

type Render = (request: ResolveRequest) => string;

/** @throws {Error} when the configuration is malformed */
export function createKubernetesResolver(
  configuration: unknown,
  lookUp: Lookup = systemLookup,
): NameResolver {
  const render = addressFormat(configuration);
  return {
    isMultiAddress: true,
    async resolve(request) {
      const [host, port] = splitHostPort(render(request));
      let addresses: readonly string[];
      try {
        addresses = await lookUp(host);
      } catch (error) {
        throw new Error(`failed to resolve address for '${host}': ${(error as Error).message}`, {
          cause: error,
        });
      }
      return addresses.map((address) =>
        address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`,
      );
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

function addressFormat(configuration: unknown): Render {
  const clusterDomain = option(configuration, "clusterDomain") || defaultClusterDomain;
  const template = option(configuration, "template");
  if (template !== "") return compileTemplate(template);
  return ({ appId, namespace, port }) => `${appId}-dapr.${namespace}.svc.${clusterDomain}:${port}`;
}

/** "" when it is absent. @throws {Error} */
function option(configuration: unknown, name: string): string {
  if (configuration === undefined || configuration === null) return "";
  if (typeof configuration !== "object") throw new Error("configuration must be a map");
  const entries = configuration instanceof Map ? configuration : Object.entries(configuration);
  const value = [...entries].find(([key]) => key === name)?.[1];
  if (value === undefined || value === null) return "";
  if (typeof value !== "string") throw new Error(`${name} must be a string`);
  return value;
}

/** Go's template language, as far as it is of use here: `{{.ID}}`, `{{.Namespace}}` and `{{.Port}}`. */
function compileTemplate(template: string): Render {
  const parts: (string | Render)[] = [];
  let rest = template;
  for (;;) {
    const start = rest.indexOf("{{");
    if (start < 0) break;
    const end = rest.indexOf("}}", start);
    if (end < 0) throw new Error(`failed to parse template ${template}: unclosed action`);
    const action = rest.slice(start + 2, end);
    const field = fields.get(action.trim());
    if (field === undefined) {
      throw new Error(`failed to parse template ${template}: unknown action "${action.trim()}"`);
    }
    parts.push(rest.slice(0, start), field);
    rest = rest.slice(end + 2);
  }
  parts.push(rest);
  return (request) =>
    parts.map((part) => (typeof part === "string" ? part : part(request))).join("");
}

const fields: ReadonlyMap<string, Render> = new Map<string, Render>([
  [".ID", (request) => request.appId],
  [".Namespace", (request) => request.namespace],
  [".Port", (request) => String(request.port)],
]);

/** @throws {Error} with Go's texts */
function splitHostPort(address: string): readonly [host: string, port: string] {
  const colon = address.lastIndexOf(":");
  const host = address.slice(0, Math.max(0, colon));
  if (host.startsWith("[") && host.endsWith("]")) {
    return [host.slice(1, -1), address.slice(colon + 1)];
  }
  if (colon < 0) throw new Error(`address ${address}: missing port in address`);
  if (host.includes(":")) throw new Error(`address ${address}: too many colons in address`);
  return [host, address.slice(colon + 1)];
}

async function systemLookup(host: string): Promise<readonly string[]> {
  try {
    return (await lookup(host, { all: true })).map(({ address }) => address);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOTFOUND") throw error;
    throw new Error(`lookup ${host}: no such host`, { cause: error });
  }
}
