/**
 * The middleware pipelines of a sidecar, loaded only where the Configuration has some.
 * @see spec 02 §13
 */
import type { HttpClient } from "../kit/http/client.ts";
import type { Logging } from "../kit/logging/logger.ts";
import type { RequestPipeline } from "./api/http-api.ts";
import type { MiddlewareBlock } from "./middleware/middleware.ts";

export interface SidecarPipelines {
  /** Between the layers of the HTTP API and its routes. */
  readonly server: RequestPipeline | undefined;
  /** Puts the stages before a client of the app or an endpoint. @param origin `http://127.0.0.1:3000` */
  readonly throughApp: ((client: HttpClient, origin: string) => HttpClient) | undefined;
}

export async function createPipelines(
  { server, app }: MiddlewareBlock,
  logging: Logging,
): Promise<SidecarPipelines> {
  const logger = logging.logger("dapr.middleware");
  let pipelines: SidecarPipelines = { server: undefined, throughApp: undefined };
  if (server !== undefined) {
    const { ServerPipeline } = await import("./middleware/server-pipeline.ts");
    pipelines = { ...pipelines, server: new ServerPipeline(server, logger) };
  }
  if (app !== undefined) {
    const { PipelineClient } = await import("./middleware/app-pipeline.ts");
    const throughApp = (client: HttpClient, origin: string): HttpClient => {
      const [scheme, host = ""] = origin.split("://");
      const target = { scheme: scheme === "https" ? ("https" as const) : ("http" as const), host };
      return new PipelineClient(client, app, target, logger);
    };
    pipelines = { ...pipelines, throughApp };
  }
  return pipelines;
}
