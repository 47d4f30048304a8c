/**
 * The shutdown API.
 * @see spec 01 §13
 */
import type { Logger } from "../../kit/logging/logger.ts";
import { ShutdownRequest } from "../../kit/proto/dapr/proto/runtime/v1/dapr.ts";
import { Empty } from "../../kit/proto/google/protobuf/empty.ts";
import { daprService, type GrpcMethod, unary } from "../api/grpc-method.ts";
import type { HttpRoute } from "../api/http-route.ts";

export interface ShutdownActions {
  readonly logger: Logger;
  /** Stops the sidecar as a signal would, without the block phase. */
  graceful(): void;
  /** Ends the process with exit code 1, a moment later. */
  forced(): void;
}

const header = "dapr-force-shutdown";
const isForced = (value: string | undefined): boolean => value?.toLowerCase() === "true";

function shutDown(actions: ShutdownActions, force: string | undefined): void {
  if (isForced(force)) {
    actions.logger.warn("Force shutdown requested, exiting immediately without graceful shutdown");
    actions.forced();
    return;
  }
  actions.logger.info("Shutdown requested via API");
  actions.graceful();
}

export function shutdownHttpRoutes(actions: ShutdownActions): HttpRoute[] {
  return [
    {
      name: "Shutdown",
      group: "shutdown",
      version: "v1",
      methods: ["POST"],
      path: "/v1.0/shutdown",
      handle(exchange) {
        const force = exchange.headers[header];
        exchange.empty(204);
        shutDown(actions, typeof force === "string" ? force : undefined);
      },
    },
  ];
}

export function shutdownGrpcMethods(actions: ShutdownActions): GrpcMethod[] {
  return [
    unary({
      path: `${daprService}Shutdown`,
      rule: { group: "shutdown", version: "v1" },
      request: ShutdownRequest,
      response: Empty,
      handle(_request, call) {
        shutDown(actions, call.metadata.get(header));
        return {};
      },
    }),
  ];
}
