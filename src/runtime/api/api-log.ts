/**
 * The API log: one line per call, at info whatever the level.
 * @see spec 08 §8.2
 */
import type { Fields, Logger } from "../../kit/logging/logger.ts";

export interface HttpApiLog {
  log(call: {
    readonly method: string;
    readonly path: string;
    readonly routeName: () => string;
    readonly isHealth: boolean;
    readonly userAgent: string | undefined;
    readonly status: number;
    readonly responseBytes: number;
    readonly durationMs: number;
  }): void;
}

export function createHttpApiLog(
  logger: Logger,
  options: { readonly obfuscatesUrls: boolean; readonly omitsHealthChecks: boolean },
): HttpApiLog {
  return {
    log(call) {
      if (call.isHealth && options.omitsHealthChecks) return;
      logger.info("HTTP API Called", {
        method: options.obfuscatesUrls ? call.routeName() : `${call.method} ${call.path}`,
        ...agent(call.userAgent),
        code: call.status,
        size: call.responseBytes,
        duration: Math.trunc(call.durationMs),
      });
    },
  };
}

export function logGrpcCall(
  logger: Logger,
  call: {
    readonly path: string;
    readonly userAgent: string | undefined;
    readonly code: number;
    readonly durationMs: number;
  },
): void {
  logger.info("gRPC API Called", {
    method: call.path,
    ...agent(call.userAgent),
    code: call.code,
    duration: Math.trunc(call.durationMs),
  });
}

const agent = (value: string | undefined): Fields => (value ? { useragent: value } : {});
