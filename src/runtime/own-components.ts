/**
 * Where implementations of components come from: processes behind sockets, TypeScript files of the user, and those that
 * are built in.
 * @see spec 04 §4.3, §9, docs/own-components.md
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { findComponent } from "../components/catalogue.ts";
import type { PluggableComponents } from "../components/pluggable/pluggable.ts";
import type { ComponentFiles } from "../components/typescript/folder.ts";
import type { SidecarContext } from "./context.ts";
import type { SidecarOptions } from "./options.ts";
import type { FindComponent } from "./resources/component-loader.ts";

/** Names the folder of sockets. */
const socketsFolderVariable = "DAPR_COMPONENTS_SOCKETS_FOLDER";
const defaultSocketsFolder = "/tmp/dapr-components-sockets";

export interface OwnComponents {
  readonly find: FindComponent;
  /** Reads files that have changed. @returns types, in lower case, that have another implementation now */
  refresh(): Promise<ReadonlySet<string>>;
}

/** Where component files are, if there are any. */
export const componentFolders = (resourcesPaths: readonly string[]): readonly string[] =>
  resourcesPaths.map((folder) => join(folder, "components"));

/** Looks for sockets once: a sidecar that starts again looks again. */
export async function findComponents(
  { resourcesPaths }: SidecarOptions,
  context: SidecarContext,
): Promise<OwnComponents> {
  const folders = componentFolders(resourcesPaths);
  const sockets = await findSockets(context);
  let files: ComponentFiles | undefined;
  const refresh = async (): Promise<ReadonlySet<string>> => {
    if (files === undefined && !folders.some((folder) => existsSync(folder))) return new Set();
    files ??= await openFiles(folders, context);
    return await files.refresh();
  };
  await refresh();
  return {
    refresh,
    find(type, version) {
      const own = sockets?.get(type, version) ?? files?.find(type, version);
      return own === undefined ? findComponent(type, version) : async () => own;
    },
  };
}

async function findSockets({
  platform,
  logging,
}: SidecarContext): Promise<PluggableComponents | undefined> {
  const folder = platform.env.get(socketsFolderVariable) || defaultSocketsFolder;
  if (!existsSync(folder)) return undefined;
  const { findPluggable } = await import("../components/pluggable/pluggable.ts");
  const logger = logging.logger("pluggable-components-grpc-server");
  return await findPluggable(folder, logger, platform.clock);
}

async function openFiles(
  folders: readonly string[],
  { platform, logging }: SidecarContext,
): Promise<ComponentFiles> {
  const { ComponentFiles } = await import("../components/typescript/folder.ts");
  const { findTypeChecker } = await import("../components/typescript/type-check.ts");
  return new ComponentFiles({
    folders,
    logger: logging.logger("tricorne.components"),
    checker: platform.program === undefined ? undefined : findTypeChecker(platform.program),
  });
}
