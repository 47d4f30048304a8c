/**
 * Readiness of control-plane programs over HTTP, on all interfaces.
 * @see spec 08 §6.3
 */
import type { ServerResponse } from "node:http";
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
  readonly routes?: ReadonlyMap<
    string,
    () => Promise<{ readonly type: string; readonly body: string }>
  >;
}

const closeMs = 5000;

function refuse(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, {
    "content-type": "text/plain; charset=utf-8",
    "x-content-type-options": "nosniff",
  });
  response.end(`${text}\n`);
}

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
        route().then(
          ({ type, body }) => response.writeHead(200, { "content-type": type }).end(body),
          (error: Error) => refuse(response, 500, error.message),
        );
      } else if (path !== "/healthz") {
        refuse(response, 404, "404 page not found");
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
