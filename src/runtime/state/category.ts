/**
 * State stores as components: what the block checks before it puts one into service.
 * @see spec 01 §5.1, §5.10, §5.11, spec 04 §4.4
 */
import type { StateStore } from "../../components/state/contract.ts";
import { errorText } from "../../kit/errors/api-error.ts";
import { isTruthy } from "../../kit/flags/flags.ts";
import type {
  ComponentCategory,
  InstalledComponent,
  ResolvedComponent,
} from "../resources/category.ts";
import { type EncryptionKey, encryptionKey } from "./encryption.ts";
import { keyPrefix } from "./keys.ts";
import type { StateBlock, StoreKeys } from "./state.ts";

export function stateCategory(block: StateBlock): ComponentCategory<StateStore> {
  const { appId, namespaceEnv, placementConfigured, logging } = block.options;
  const logger = logging.logger("dapr.runtime.processor.state");
  /** Keys stay those of the first load, whatever a reload brings. */
  const keysByStore = new Map<string, StoreKeys>();

  const keysOf = (resource: ResolvedComponent): StoreKeys | undefined => {
    const known = keysByStore.get(resource.name);
    if (known !== undefined) return known;
    if (!block.options.hasSecretStore(resource.secretStore)) return undefined;
    const primary = readKey(resource, "primaryEncryptionKey");
    if (primary === undefined) return undefined;
    const keys = { primary, secondary: readKey(resource, "secondaryEncryptionKey") };
    keysByStore.set(resource.name, keys);
    logger.info(`Automatic encryption enabled for state store ${resource.name}`);
    logger.info(
      "WARNING: Automatic state store encryption should never be used to store more than 4 billion items " +
        "in a state store, as the random nonces of more items are likely to repeat",
    );
    return keys;
  };

  return {
    name: "state",
    label: "state store",
    install(resource, component): InstalledComponent {
      const { name } = resource;
      const keys = keysOf(resource);
      const prefix = readPrefix(resource, { store: name, appId, namespaceEnv });
      const isActorStore = placementConfigured && isTruthy(property(resource, "actorStateStore"));
      if (isActorStore) {
        const first = block.actorStore?.name;
        if (first !== undefined) {
          throw new Error(`detected duplicate actor state store: ${first} and ${name}`);
        }
        logger.info(`Using '${name}' as actor state store`);
      }
      const outbox = block.options.openOutbox?.(name, component, resource.properties);
      const mounted = block.mount({ name, component, prefix, keys, isActorStore, outbox });
      const { features } = component;
      const canKeepActors = features.includes("ETAG") && features.includes("TRANSACTIONAL");
      return {
        capabilities: canKeepActors ? [...features, "ACTOR"] : features,
        remove() {
          mounted[Symbol.dispose]();
          outbox?.[Symbol.dispose]();
        },
      };
    },
  };
}

function readPrefix(
  resource: ResolvedComponent,
  owner: Parameters<typeof keyPrefix>[1],
): string | undefined {
  try {
    return keyPrefix(property(resource, "keyPrefix"), owner);
  } catch (cause) {
    throw new Error(`failed to save lock keyprefix: ${errorText(cause)}`, { cause });
  }
}

/** Names match ignoring case. */
function property(resource: ResolvedComponent, name: string): string | undefined {
  return lookup(resource.properties, name);
}

function lookup(map: ReadonlyMap<string, string>, name: string): string | undefined {
  const exact = map.get(name);
  if (exact !== undefined) return exact;
  const lower = name.toLowerCase();
  for (const [key, value] of map) if (key.toLowerCase() === lower) return value;
  return undefined;
}

/** @throws {Error} when the key is no AES key, or does not come from a secret */
function readKey(resource: ResolvedComponent, name: string): EncryptionKey | undefined {
  const value = property(resource, name);
  if (value === undefined) return undefined;
  const secret = lookup(resource.secretNames, name);
  if (secret === undefined || secret === "") {
    throw new Error("failed to extract encryption key: secretKeyRef cannot be empty");
  }
  return encryptionKey(secret, value);
}
