/** Short forms for tests of message brokers. */
import type {
  BrokerSubscription,
  MessageHandler,
  PubSub,
  ReceivedMessage,
} from "../../../src/components/pubsub/contract.ts";

/** Waits at most so long for something that must happen. */
export const soon = { timeout: 20_000, interval: 10 };

export const publish = (
  broker: PubSub,
  topic: string,
  data: string | Uint8Array,
  metadata?: Readonly<Record<string, string>>,
): Promise<void> =>
  Promise.resolve(
    broker.publish({
      topic,
      data: typeof data === "string" ? Buffer.from(data) : data,
      contentType: undefined,
      metadata: metadata && new Map(Object.entries(metadata)),
    }),
  );

/** A subscription with what it received. */
export interface Received extends AsyncDisposable {
  readonly messages: ReceivedMessage[];
  /** Payloads as text, in the order in which they came. */
  readonly texts: string[];
  readonly subscription: BrokerSubscription;
  readonly abort: AbortController;
}

/** @param handle beside noting the message; it may fail */
export async function receive(
  broker: PubSub,
  topic: string,
  handle: MessageHandler = async () => {},
  metadata: Readonly<Record<string, string>> = {},
): Promise<Received> {
  const messages: ReceivedMessage[] = [];
  const texts: string[] = [];
  const abort = new AbortController();
  const subscription = await broker.subscribe(
    { topic, metadata: new Map(Object.entries(metadata)) },
    async (message, signal) => {
      messages.push(message);
      texts.push(Buffer.from(message.data).toString());
      await handle(message, signal);
    },
    abort.signal,
  );
  return {
    messages,
    texts,
    subscription,
    abort,
    [Symbol.asyncDispose]: () => subscription[Symbol.asyncDispose](),
  };
}

/** A handler that stays until it is let go, or its signal ends it. */
export class Gate {
  entered = 0;
  readonly #open = Promise.withResolvers<void>();

  readonly handle: MessageHandler = (_message, signal) => {
    this.entered++;
    return new Promise((resolve, reject) => {
      void this.#open.promise.then(resolve);
      signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    });
  };

  open(): void {
    this.#open.resolve();
  }
}

export const numbers = (count: number): string[] => Array.from({ length: count }, (_, i) => `${i}`);

/** Resolves when the turn of the loop and what it led to is over, some times over. */
export async function settle(turns = 50): Promise<void> {
  for (let i = 0; i < turns; i++) await new Promise((resolve) => setImmediate(resolve));
}
