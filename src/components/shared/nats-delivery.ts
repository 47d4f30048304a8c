/** What a message of a JetStream consumer says about itself, and answers to it. */
import type { Msg } from "@nats-io/transport-node";
import type { ConsumerSettings } from "./nats-settings.ts";

export interface Delivery {
  readonly message: Msg;
  /** In the stream. */
  readonly sequence: number;
  /** 1 for the first one. */
  readonly attempt: number;
}

const firstPauseMs = 500;
const longestPauseMs = 30_000;
const nanosecondsPerMs = 1e6;

/** `$JS.ACK.<stream>.<consumer>.<attempt>.<sequence>...`, newer servers with domain and account before the stream. */
export function readDelivery(message: Msg): Delivery | undefined {
  const parts = (message.reply ?? "").split(".");
  if (parts[0] !== "$JS" || parts[1] !== "ACK" || parts.length < 9) return undefined;
  const first = parts.length >= 11 ? 6 : 4;
  const [attempt, sequence] = [Number(parts[first]), Number(parts[first + 1])];
  if (!Number.isSafeInteger(attempt) || !Number.isSafeInteger(sequence)) return undefined;
  return { message, attempt, sequence };
}

/** Until a message that failed is to come again: what the settings say, else longer each time. */
export function pauseMs(
  { ack_wait, backoff }: Pick<ConsumerSettings, "ack_wait" | "backoff">,
  attempt: number,
): number {
  if (ack_wait !== undefined) return ack_wait / nanosecondsPerMs;
  if (backoff !== undefined) {
    return (backoff[Math.min(attempt, backoff.length) - 1] ?? 0) / nanosecondsPerMs;
  }
  return Math.min(firstPauseMs * 2 ** Math.min(attempt - 1, 20), longestPauseMs);
}

/** Asks for a message to be sent again, to anyone. */
export const nakText = (ms: number): string =>
  ms > 0 ? `-NAK {"delay":${Math.round(ms * nanosecondsPerMs)}}` : "-NAK";
