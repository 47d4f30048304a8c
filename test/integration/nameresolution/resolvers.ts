/**
 * Makes resolvers outside a sidecar.
 */
import type {
  InstanceInfo,
  NameResolver,
  ResolverDefinition,
} from "../../../src/components/nameresolution/contract.ts";
import type { Platform } from "../../../src/kit/lifecycle/platform.ts";
import { parseConfigurationYaml } from "../../../src/kit/resources/yaml.ts";
import { type Clock, systemClock } from "../../../src/kit/time/clock.ts";
import { RecordedLog } from "../components/state-context.ts";

export interface ResolverOptions {
  readonly appId?: string;
  readonly internalPort?: number;
  readonly clock?: Clock;
  readonly env?: Readonly<Record<string, string>>;
  readonly log?: RecordedLog;
  readonly onFatal?: (text: string) => void;
}

let lastId = 0;

/** @param configuration YAML, or JSON */
export async function createResolver(
  definition: ResolverDefinition,
  configuration: string,
  options: ResolverOptions = {},
): Promise<NameResolver> {
  const { value } = await parseConfigurationYaml(configuration);
  const instance: InstanceInfo = {
    appId: options.appId ?? "app",
    namespace: "default",
    hostAddress: "10.0.0.7",
    daprHttpPort: 3500,
    internalPort: options.internalPort ?? 50_002,
    appPort: 8080,
  };
  return await definition.create({
    instance,
    configuration: value,
    logger: options.log ?? new RecordedLog(),
    platform: {
      clock: options.clock ?? systemClock,
      env: new Map(Object.entries(options.env ?? {})),
      random: {
        number: () => 0.5,
        uuid: () => `00000000-0000-4000-8000-${String(++lastId).padStart(12, "0")}`,
      },
    } as unknown as Platform,
    onFatal: options.onFatal ?? (() => {}),
  });
}

export const lookUp = async (resolver: NameResolver, appId: string): Promise<readonly string[]> =>
  await resolver.resolve({ appId, namespace: "default", port: 50_002 });
