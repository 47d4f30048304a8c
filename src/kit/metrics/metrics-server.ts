/**
 * Serves the metrics of a program, on every path.
 * @see spec 08 §10.1
 */
import { getActiveResourcesInfo, memoryUsage } from "node:process";
import { gzip } from "node:zlib";
import { startHttpServer } from "../http/small-server.ts";
import type { Logger } from "../logging/logger.ts";
import type { Clock } from "../time/clock.ts";
import { formatNumber, type Metrics } from "./metrics.ts";

export interface MetricsServerOptions {
  readonly metrics: Metrics;
  /** "": all interfaces. */
  readonly host: string;
  /** 0: any. */
  readonly port: number;
  readonly logger: Logger;
  readonly clock: Clock;
}

const contentType = "text/plain; version=0.0.4; charset=utf-8; escaping=underscores";
/** @throws {Error} `failed to listen on <address>:<port>: ...` */
export async function startMetricsServer(
  options: MetricsServerOptions,
): Promise<AsyncDisposable & { readonly port: number }> {
  const { metrics, host, logger } = options;
  const server = await startHttpServer({
    host,
    port: options.port,
    closeMs: 1000,
    clock: options.clock,
    handle(request, response) {
      const text = Buffer.from(processMetrics() + metrics.render());
      const isPlain = !acceptsGzip(request.headers["accept-encoding"]);
      const send = (body: Buffer, encoding: Readonly<Record<string, string>>): void => {
        response.writeHead(200, {
          "content-type": contentType,
          "content-length": body.length,
          ...encoding,
        });
        response.end(request.method === "HEAD" ? undefined : body);
      };
      if (isPlain) {
        send(text, {});
        return;
      }
      gzip(text, { level: 1 }, (error, body) => {
        if (error === null) send(body, { "content-encoding": "gzip" });
        else send(text, {});
      });
    },
  });
  logger.info(`metrics server started on ${host}:${server.port}/`);
  return server;
}

/** Whether gzip is named and not ruled out with `q=0`. */
export function acceptsGzip(header: string | string[] | undefined): boolean {
  const text = Array.isArray(header) ? header.join(",") : (header ?? "");
  return text.split(",").some((part) => {
    const [name, ...parameters] = part.trim().toLowerCase().split(";");
    if (name?.trim() !== "gzip") return false;
    return !parameters.some((parameter) => /^\s*q=0(\.0*)?\s*$/.test(parameter));
  });
}

/** Both are watched for leaks; what keeps the event loop alive stands in for goroutines. */
function processMetrics(): string {
  return (
    "# HELP go_goroutines Number of resources that keep the event loop alive.\n" +
    "# TYPE go_goroutines gauge\n" +
    `go_goroutines ${getActiveResourcesInfo().length}\n` +
    "# HELP process_resident_memory_bytes Resident memory size in bytes.\n" +
    "# TYPE process_resident_memory_bytes gauge\n" +
    `process_resident_memory_bytes ${formatNumber(memoryUsage.rss())}\n`
  );
}
