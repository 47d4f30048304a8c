/**
 * Where implementations of components come from: processes behind sockets, and those that are built in.
 * @see spec 04 §4.3, §9
 */
import { existsSync } from "node:fs";
import { findComponent } from "../components/catalogue.ts";
import type { SidecarContext } from "./context.ts";
import type { FindComponent } from "./resources/component-loader.ts";

/** Names the folder of sockets. */
const socketsFolderVariable = "DAPR_COMPONENTS_SOCKETS_FOLDER";
const defaultSocketsFolder = "/tmp/dapr-components-sockets";

/** Looks once: a sidecar that starts again looks again. */
export async function findComponents({
  platform,
  logging,
}: SidecarContext): Promise<FindComponent> {
  const folder = platform.env.get(socketsFolderVariable) || defaultSocketsFolder;
  if (!existsSync(folder)) return findComponent;
  const { findPluggable, pluggable } = await import("../components/pluggable/pluggable.ts");
  const logger = logging.logger("pluggable-components-grpc-server");
  const found = await findPluggable(folder, logger, platform.clock);
  return (type, version) => {
    const own = pluggable(found, type, version);
    return own === undefined ? findComponent(type, version) : async () => own;
  };
}
