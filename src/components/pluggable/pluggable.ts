/**
 * Component types whose implementation is a process behind a Unix socket.
 * @see spec 04 §9
 */
import { errorText } from "../../kit/errors/api-error.ts";
import type { Logger } from "../../kit/logging/logger.ts";
import {
  InputBindingService,
  OutputBindingService,
} from "../../kit/proto/dapr/proto/components/v1/bindings.ts";
import { PubSubService } from "../../kit/proto/dapr/proto/components/v1/pubsub.ts";
import { SecretStoreService } from "../../kit/proto/dapr/proto/components/v1/secretstore.ts";
import { StateStoreService } from "../../kit/proto/dapr/proto/components/v1/state.ts";
import type { Clock } from "../../kit/time/clock.ts";
import type { ComponentContext, ComponentDefinition, RunningComponent } from "../contract.ts";
import { discoverPluggable, type PluggableSocket } from "./discovery.ts";

export interface PluggableComponents {
  /** Type and version in lower case. */
  get(type: string, version: string): ComponentDefinition<RunningComponent> | undefined;
}

type Open = (socket: PluggableSocket, context: ComponentContext) => Promise<RunningComponent>;

interface Kind {
  /** As the log line names it. */
  readonly services: readonly string[];
  readonly prefix: string;
  readonly open: Open;
}

const kinds: readonly Kind[] = [
  {
    services: [StateStoreService.name],
    prefix: "state",
    open: async ({ path }, context) => (await import("./state.ts")).openStateStore(path, context),
  },
  {
    services: [PubSubService.name],
    prefix: "pubsub",
    open: async ({ path }, context) => (await import("./pubsub.ts")).openPubSub(path, context),
  },
  {
    services: [InputBindingService.name, OutputBindingService.name],
    prefix: "bindings",
    open: async ({ path, services }, context) => {
      const halves = {
        hasInput: services.has(InputBindingService.name),
        hasOutput: services.has(OutputBindingService.name),
      };
      return (await import("./bindings.ts")).openBinding(path, halves, context);
    },
  },
  {
    services: [SecretStoreService.name],
    prefix: "secretstores",
    open: async ({ path }, context) =>
      (await import("./secretstores.ts")).openSecretStore(path, context),
  },
];

/** Versions that one of them stands for. */
const versions: ReadonlySet<string> = new Set(["", "v0", "v1"]);

/** Looks all sockets of the folder through. One that does not answer makes all of them unusable, as in the reference. */
export async function findPluggable(
  folder: string,
  logger: Logger,
  clock: Clock,
): Promise<PluggableComponents> {
  const found = new Map<string, ComponentDefinition<RunningComponent>>();
  let sockets: readonly PluggableSocket[];
  try {
    sockets = await discoverPluggable(folder, logger, clock);
  } catch (error) {
    logger.error(`could not initialize pluggable components ${errorText(error)}`);
    sockets = [];
  }
  for (const socket of sockets) {
    for (const { services, prefix, open } of kinds) {
      const served = services.filter((name) => socket.services.has(name));
      for (const name of served) {
        logger.info(
          `pluggable component '${socket.name}' was successfully registered for '${name}'`,
        );
      }
      if (served.length === 0) continue;
      const type = `${prefix}.${socket.name}`.toLowerCase();
      found.set(type, {
        type,
        versions: ["v1"],
        summary: `A component behind ${socket.path}.`,
        properties: [],
        takesAnyProperty: true,
        create: (context) => open(socket, context),
      });
    }
  }
  return {
    get: (type, version) => (versions.has(version) ? found.get(type) : undefined),
  };
}
