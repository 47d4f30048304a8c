/**
 * Readiness of control-plane programs over HTTP, on all interfaces.
 * @see spec 08 §6.3
 */

import { startHttpServer } from "../http/small-server.ts";
import type { Logger } from "../logging/logger.ts";
import type { Clock } from "../time/clock.ts";
import type { HealthRegistry } from "./health.ts";

export interface HealthzServerOptions {
  readonly health: HealthRegistry;
  readonly port: number;
  readonly logger: Logger;
  readonly clock: Clock;
  /** Further GET paths with what they answer (`/placement/state`). */
  readonly routes?: ReadonlyMap<string, () => { readonly type: string; readonly body: string }>;
}

const closeMs = 5000;

/** The `healthz-server` target turns ready here. @throws {Error} `failed to listen on ...` */
export async function startHealthzServer(
  options: HealthzServerOptions,
): Promise<AsyncDisposable & { readonly port: number }> {
  const { health, logger } = options;
  const target = health.target("healthz-server");
  const server = await startHttpServer({
    host: "",
    port: options.port,
    closeMs,
    clock: options.clock,
    handle(request, response) {
      const path = (request.url ?? "").split("?", 1)[0] as string;
      const route = options.routes?.get(path);
      if (route !== undefined) {
        try {
          const { type, body } = route();
          response.writeHead(200, { "content-type": type }).end(body);
        } catch (error) {
          response.writeHead(500, { "content-type": "text/plain; charset=utf-8" });
          response.end(`${(error as Error).message}\n`);
        }
      } else if (path !== "/healthz") {
        response.writeHead(404, { "content-type": "text/plain; charset=utf-8" });
        response.end("404 page not found\n");
      } else if (health.isReady) response.writeHead(200).end();
      else {
        logger.debug("targets are unhealthy", { targets: health.unhealthy.join(",") });
        response.writeHead(503).end();
      }
    },
  });
  logger.info(`Healthz server is listening on :${server.port}`);
  target.ready();
  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    logger.info("Healthz server is shutting down");
    target.notReady();
    await server[Symbol.asyncDispose]();
  };
  return {
    port: server.port,
    [Symbol.asyncDispose]() {
      closing ??= close();
      return closing;
    },
  };
}
