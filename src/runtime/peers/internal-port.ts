/**
 * The internal gRPC port of a sidecar that was given none: the same one at each start, so that peers find it again.
 * @see spec 08 §2.6
 */
import type { Platform } from "../../kit/lifecycle/platform.ts";
import { sha256 } from "../../kit/security/sha256.ts";

const firstPort = 47_300;
const endPort = 65_535;

/** The port to try first; any free one serves when it is taken. */
export function internalPort(
  appId: string,
  platform: Pick<Platform, "cwd" | "uid" | "hostname">,
): number {
  const { cwd, uid, hostname } = platform;
  const hash = sha256(`${appId}|${cwd}|${uid}|${hostname}`);
  return firstPort + (hash.readUInt16LE(0) % (endPort - firstPort));
}
