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
}

/** undefined: it could not be created, and every invocation says so. */
export interface Resolution extends AsyncDisposable {
  readonly resolver: NameResolver | undefined;
}

const definitions: ReadonlyMap<string, () => Promise<ResolverDefinition>> = new Map([
  ["mdns", async () => mdns],
  [
    "kubernetes",
    async () => (await import("../components/nameresolution/kubernetes.ts")).component,
  ],
]);

export async function startResolver(
  configuration: Configuration,
  { options, platform, logging, hostAddress, internalPort }: ResolutionContext,
): Promise<Resolution> {
  const logger = logging.logger("dapr.runtime");
  const spec = configuration.nameResolution;
  const name = spec.component || (options.mode === "kubernetes" ? "kubernetes" : "mdns");
  const version = spec.version || "v1";
  const failed = (kind: "CREATE" | "INIT", cause: string): void =>
    logger.error(
      `[${kind}_COMPONENT_FAILURE]: initialization error occurred for nr (${name}/${version}): ${cause}`,
    );
  const find = version === "v1" ? definitions.get(name.toLowerCase()) : undefined;
  if (find === undefined) {
    failed("CREATE", `couldn't find name resolver ${name}/${version}`);
    return nothing;
  }
  try {
    const definition = await find();
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
    });
    logger.info(`Initialized name resolution to ${name}`);
    return { resolver, [Symbol.asyncDispose]: () => resolver[Symbol.asyncDispose]() };
  } catch (error) {
    failed("INIT", (error as Error).message);
    return nothing;
  }
}

const nothing: Resolution = {
  resolver: undefined,
  [Symbol.asyncDispose]: () => Promise.resolve(),
};
