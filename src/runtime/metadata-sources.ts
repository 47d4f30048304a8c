/**
 * What the metadata API says about the connection to the app.
 * @see spec 01 §11
 */
import { formatDuration } from "../kit/time/duration.ts";
import type { AppConnection } from "./metadata/metadata.ts";
import type { SidecarOptions } from "./options.ts";

export function appConnection({ app }: SidecarOptions): AppConnection {
  const isHttp = app.protocol !== "grpc" && app.protocol !== "grpcs";
  return {
    port: app.port,
    protocol: app.protocol,
    channelAddress: app.address,
    maxConcurrency: app.maxConcurrency,
    health: app.health && {
      path: isHttp ? app.health.path : "",
      interval: formatDuration(app.health.intervalMs),
      timeout: formatDuration(app.health.timeoutMs),
      threshold: app.health.threshold,
    },
  };
}
