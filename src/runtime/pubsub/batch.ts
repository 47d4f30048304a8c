/**
 * Gathers messages into batches for brokers that deliver one at a time.
 * @see spec 03 §4.10
 */
import type {
  BulkMessageHandler,
  MessageHandler,
  ReceivedMessage,
} from "../../components/pubsub/contract.ts";
import type { Clock } from "../../kit/time/clock.ts";
import type { BulkSettings } from "./subscription.ts";

const defaults = { maxMessages: 100, maxWaitMs: 1000 };

interface Pending {
  readonly message: ReceivedMessage;
  readonly signal: AbortSignal;
  resolve(): void;
  reject(error: Error): void;
}

/**
 * A handler for single messages that answers when their batch was answered. A batch is full, or its first message has
 * waited long enough.
 */
export function batching(
  { maxMessages, maxWaitMs }: BulkSettings,
  handle: BulkMessageHandler,
  clock: Clock,
): MessageHandler {
  const size = maxMessages > 0 ? maxMessages : defaults.maxMessages;
  const waitMs = maxWaitMs > 0 ? maxWaitMs : defaults.maxWaitMs;
  let pending: Pending[] = [];
  let timer: Disposable | undefined;
  const flush = (): void => {
    timer?.[Symbol.dispose]();
    timer = undefined;
    const batch = pending;
    pending = [];
    void answer(batch, handle);
  };
  return (message, signal) =>
    new Promise((resolve, reject) => {
      pending.push({ message, signal, resolve, reject });
      if (pending.length >= size) flush();
      else timer ??= clock.timer(waitMs, flush);
    });
}

async function answer(batch: readonly Pending[], handle: BulkMessageHandler): Promise<void> {
  const [first] = batch;
  if (first === undefined) return;
  try {
    const errors = await handle(
      batch.map(({ message }) => message),
      first.signal,
    );
    for (const [i, one] of batch.entries()) {
      const error = errors?.[i];
      if (error === undefined) one.resolve();
      else one.reject(error);
    }
  } catch (error) {
    for (const one of batch) one.reject(error as Error);
  }
}
