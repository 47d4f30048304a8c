/**
 * `GET /dapr/config`: what an HTTP app wants of its sidecar. Asked once, when the app is first healthy.
 * @see spec 02 §11.3, spec 08 §5.4
 */
import type { HttpClient } from "../../kit/http/client.ts";
import type { Clock } from "../../kit/time/clock.ts";
import type { HttpClientMetrics } from "./http-client-metrics.ts";

/** What the app answered; actors and reminders read it. undefined: an answer other than 200. */
export type AppConfig = Readonly<Record<string, unknown>> | undefined;

/** More than this is no configuration. Bytes. */
const maxConfigBytes = 4 * 2 ** 20;
const timeoutMs = 30_000;
const path = "/dapr/config";

/** @throws {Error} transport failures and broken JSON, which callers ignore */
export function readAppConfig(
  client: HttpClient,
  options: {
    readonly appId: string;
    readonly appToken: string;
    readonly clock: Clock;
    /** undefined: metrics are off. */
    readonly metrics: HttpClientMetrics | undefined;
  },
): Promise<AppConfig> {
  const { appId, appToken, clock, metrics } = options;
  const startedAt = clock.monotonic();
  const count = (status: number, bytes: number | undefined): void =>
    metrics?.ended("GET", path, status, clock.monotonic() - startedAt, bytes);
  metrics?.started("GET", path, 0);
  const headers = ["content-type", "application/json", "dapr-app-id", appId];
  if (appToken !== "") headers.push("dapr-api-token", appToken);
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    let status = 0;
    const timer = clock.timer(timeoutMs, () => {
      call.abort();
      reject(new Error("timeout"));
    });
    const finish = (outcome: () => void): void => {
      timer[Symbol.dispose]();
      outcome();
    };
    const call = client.send(
      { method: "GET", path, headers, body: null },
      {
        onHead(code, head) {
          status = code;
          const at = head.findIndex(
            (name, i) => i % 2 === 0 && name.toLowerCase() === "content-length",
          );
          count(code, at < 0 ? -1 : Number(head[at + 1]));
        },
        onData(chunk) {
          length += chunk.length;
          if (length <= maxConfigBytes) chunks.push(Buffer.from(chunk));
          return true;
        },
        onEnd: () =>
          finish(() => {
            try {
              resolve(status === 200 ? parse(chunks) : undefined);
            } catch (error) {
              reject(error as Error);
            }
          }),
        onError(error) {
          count(500, undefined);
          finish(() => reject(error));
        },
      },
    );
  });
}

function parse(chunks: readonly Buffer[]): AppConfig {
  const value: unknown = JSON.parse(Buffer.concat(chunks).toString("utf8"));
  return typeof value === "object" && value !== null
    ? (value as Readonly<Record<string, unknown>>)
    : {};
}
