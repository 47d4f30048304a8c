/**
 * Puts the profiling server beside the APIs. Loaded only with `--enable-profiling`.
 * @see spec 08 §4.1, §4.5
 */
import { apiAddresses, bindError, listenAll } from "./listen.ts";
import { Profiles } from "./profiling/profiles.ts";
import { serveProfiles } from "./profiling/server.ts";
import type { ServersContext } from "./servers.ts";

/** @throws {Error} `could not listen on any endpoint for profiling API` */
export async function startProfiling({
  options: { appId, api },
  logging,
  clock,
  signal,
}: ServersContext): Promise<AsyncDisposable> {
  const logger = logging.logger("dapr.runtime.http");
  await using starting = new AsyncDisposableStack();
  const profiles = starting.use(await Profiles.start(clock));
  const { listenAddresses, profilePort: port } = api;
  // On TCP also where the APIs have Unix sockets.
  const where = { socketFolder: "", appId, protocol: "http", listenAddresses, port } as const;
  const bound = await listenAll(
    apiAddresses(where),
    async (address) => {
      if ("path" in address) return;
      starting.use(await serveProfiles(address, profiles, clock));
      logger.info(`HTTP profiling server listening on: ${address.host}:${address.port}`);
    },
    {
      clock,
      signal,
      onFailure(address, error) {
        const text = "path" in address ? error.message : bindError(address, error);
        logger.debug(`Failed to listen for profiling: ${text}`);
      },
    },
  );
  if (bound === 0) throw new Error("could not listen on any endpoint for profiling API");
  return starting.move();
}
