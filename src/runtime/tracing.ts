/**
 * The tracer of a sidecar, from its Configuration and environment.
 * @see spec 08 §9.1, §9.2
 */
import type { Transport } from "../kit/rpc/transport.ts";
import { otlpEnvironment } from "../kit/tracing/settings.ts";
import { createTracing, type Tracing } from "../kit/tracing/tracer.ts";
import type { SidecarContext } from "./context.ts";
import type { SidecarOptions } from "./options.ts";
import type { Configuration } from "./resources/configuration.ts";

/** @throws {Error} `failed to setup tracing: ...`, `error setting tracing spec from env: ...` */
export function startTracing(
  configuration: Configuration,
  options: SidecarOptions,
  { platform, logging }: SidecarContext,
  transport: Transport,
): Tracing {
  const logger = logging.logger("dapr.runtime");
  const tracing = createTracing({
    settings: otlpEnvironment(configuration.tracing, platform.env),
    appId: options.appId,
    env: platform.env,
    clock: platform.clock,
    random: platform.random,
    logger,
    traceLogger: logging.logger("dapr.runtime.trace", { plain: true }),
    transport,
  });
  logger.info(`Dapr trace sampler initialized: ${tracing.description}`);
  return tracing;
}
