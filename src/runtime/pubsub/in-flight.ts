/**
 * What becomes of messages whose subscription ends while they are delivered.
 * @see spec 03 §4.14
 */

export const deadLetterLimitMs = 30_000;

/** Whoever was to answer is gone: the message is neither confirmed nor put aside. */
export class SubscriptionClosedError extends Error {
  override readonly name = "SubscriptionClosedError";
  constructor() {
    super("stream closed");
  }
}

/** Nothing is answered any more: waits for the end of the broker's subscription. */
export function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    if (signal.aborted) reject(signal.reason);
    else signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}
