/**
 * Whether a sidecar may say what it says about itself.
 * @see spec 05 §7.3
 */
import { type Host, HostOperation } from "../kit/proto/dapr/proto/placement/v1/placement.ts";
import { code, RpcError } from "../kit/rpc/status.ts";
import { SpiffeId } from "../kit/security/spiffe.ts";

/**
 * @param identity what the peer proved; null: nothing
 * @throws {RpcError} InvalidArgument, Unauthenticated, PermissionDenied
 */
export function authorise(host: Host, identity: string | null, isTlsEnabled: boolean): void {
  const { id, namespace, entities, operation, version } = host;
  const spiffeId = isTlsEnabled ? readIdentity(identity) : undefined;
  if (operation === HostOperation.UNKNOWN && version !== undefined) {
    throw new RpcError(
      code.invalidArgument,
      "both operation and version must be set or both must be unset",
    );
  }
  if (id === "" || namespace === "") {
    throw new RpcError(code.invalidArgument, "host ID and namespace must be provided");
  }
  if (spiffeId !== undefined && spiffeId.appId !== id) {
    throw new RpcError(
      code.permissionDenied,
      `provided app ID ${id} doesn't match the one in the SPIFFE ID (${spiffeId.appId})`,
    );
  }
  if (spiffeId !== undefined && spiffeId.namespace !== namespace) {
    throw new RpcError(
      code.permissionDenied,
      `provided client namespace ${namespace} doesn't match the one in the SPIFFE ID (${spiffeId.namespace})`,
    );
  }
  for (const entity of entities) {
    if (isForeign(entity, namespace, id)) {
      throw new RpcError(
        code.permissionDenied,
        `entity ${entity} is not allowed for app ID ${id} in namespace ${namespace}`,
      );
    }
  }
}

function readIdentity(identity: string | null): SpiffeId {
  if (identity !== null) {
    try {
      const id = SpiffeId.parse(identity);
      if (id.isDapr) return id;
    } catch {
      // No id of ours: as none at all.
    }
  }
  throw new RpcError(code.unauthenticated, "failed to get client ID from context");
}

/** Workflows of another app: their types are named `dapr.internal.<namespace>.<app id>...`. */
function isForeign(entity: string, namespace: string, id: string): boolean {
  const [first, second, itsNamespace, itsId] = entity.split(".");
  return first === "dapr" && second === "internal" && (itsNamespace !== namespace || itsId !== id);
}
