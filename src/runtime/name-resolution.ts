/**
 * The name resolver of a sidecar. A resolver that fails is only an error in the log.
 * @see spec 02 §10.1, spec 04 §1
 */
import type { NameResolver, ResolverDefinition } from "../components/nameresolution/contract.ts";
import { component as mdns } from "../components/nameresolution/mdns.ts";
import type { Platform } from "../kit/lifecycle/platform.ts";
import type { Logging } from "../kit/logging/logger.ts";
import type { SidecarOptions } from "./options.ts";
import type { Configuration } from "./resources/configuration.ts";

export interface ResolutionContext {
  readonly options: SidecarOptions;
  readonly platform: Platform;
  readonly logging: Logging;
  readonly hostAddress: string;
  readonly internalPort: number;
  /** Ends the process with exit code 1. */
  readonly onFatal: () => void;
}

/** undefined: it could not be created, and every invocation says so. */
export interface Resolution extends AsyncDisposable {
  readonly resolver: NameResolver | undefined;
}

const consul = async (): Promise<ResolverDefinition> =>
  (await import("../components/nameresolution/consul.ts")).component;

const definitions: ReadonlyMap<string, () => Promise<ResolverDefinition>> = new Map([
  ["mdns", async () => mdns],
  [
    "kubernetes",
    async () => (await import("../components/nameresolution/kubernetes.ts")).component,
  ],
  ["sqlite", async () => (await import("../components/nameresolution/sqlite.ts")).component],
  [
    "nameformat",
    async () => (await import("../components/nameresolution/nameformat.ts")).component,
  ],
  ["consul", consul],
  ["hashicorp.consul", consul],
]);

/** Names that a Configuration may give. */
export const resolverNames = (): readonly string[] => [...definitions.keys()];

export async function startResolver(
  configuration: Configuration,
  { options, platform, logging, hostAddress, internalPort, onFatal }: ResolutionContext,
): Promise<Resolution> {
  const logger = logging.logger("dapr.runtime");
  const spec = configuration.nameResolution;
  const name = spec.component || (options.mode === "kubernetes" ? "kubernetes" : "mdns");
  const version = spec.version || "v1";
  const failed = (kind: "CREATE" | "INIT", cause: string): void =>
    logger.error(
      `[${kind}_COMPONENT_FAILURE]: initialization error occurred for nr (${name}/${version}): ${cause}`,
    );
  const isFirst = /^v[01]$/i.test(version);
  const find = isFirst ? definitions.get(name.toLowerCase()) : undefined;
  if (find === undefined) {
    failed("CREATE", `couldn't find name resolver ${name}/${version}`);
    return nothing;
  }
  const definition = await find();
  try {
    const resolver = await definition.create({
      instance: {
        appId: options.appId,
        namespace: options.namespace,
        hostAddress,
        daprHttpPort: options.api.httpPort,
        internalPort,
        appPort: options.app.port,
      },
      configuration: spec.configuration,
      logger: logging.logger("dapr.contrib"),
      platform,
      onFatal(text) {
        logger.fatal(text);
        onFatal();
      },
    });
    logger.info(`Initialized name resolution to ${name}`);
    return { resolver, [Symbol.asyncDispose]: () => resolver[Symbol.asyncDispose]() };
  } catch (error) {
    failed("INIT", (error as Error).message);
    const resolver = definition.afterFailure ?? failing(error as Error);
    return { resolver, [Symbol.asyncDispose]: () => Promise.resolve() };
  }
}

/** A resolver that could not start stays in use and fails (spec 02 §10.1). */
const failing = (error: Error): NameResolver => ({
  isMultiAddress: false,
  resolve() {
    throw error;
  },
  [Symbol.asyncDispose]: () => Promise.resolve(),
});

const nothing: Resolution = {
  resolver: undefined,
  [Symbol.asyncDispose]: () => Promise.resolve(),
};
