/**
 * `daprd --wait`: polls a sidecar until it is outbound ready.
 * @see spec 08 §6.5
 */
import { get } from "node:http";
import type { Clock } from "../kit/time/clock.ts";

const timeoutMs = 60_000;
const pollMs = 100;
const requestTimeoutMs = 500;
const noticeMs = 1000;

/** Always returns; what happened is on standard error. */
export async function waitUntilOutboundReady(
  port: string,
  clock: Clock,
  stderr: (text: string) => void,
): Promise<void> {
  const url = `http://localhost:${port}/v1.0/healthz/outbound`;
  stderr(`Waiting for Dapr to be outbound ready (timeout: 60 seconds): url=${url}\n\n`);
  const end = clock.monotonic() + timeoutMs;
  let lastNotice = Number.NEGATIVE_INFINITY;
  let lastError = "";
  while (clock.monotonic() < end) {
    const error = await probe(url);
    if (error === undefined) {
      stderr("Dapr is outbound ready!\n");
      return;
    }
    lastError = error;
    if (clock.monotonic() - lastNotice >= noticeMs) {
      lastNotice = clock.monotonic();
      stderr(`Dapr outbound NOT ready yet: ${error}\n`);
    }
    await clock.sleep(pollMs);
  }
  stderr(`timeout waiting for Dapr to become outbound ready. Last error: ${lastError}\n`);
}

function probe(url: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const request = get(url, { agent: false, timeout: requestTimeoutMs }, (response) => {
      response.resume();
      const { statusCode = 0 } = response;
      resolve(
        statusCode >= 200 && statusCode < 300
          ? undefined
          : `health endpoint returned status code ${statusCode}`,
      );
    });
    request.on("timeout", () => request.destroy(new Error("request timed out")));
    request.on("error", (error) => resolve(error.message));
  });
}
