/** A streaming subscription whose client reads slowly, or never: what waits, what is sent, what is given up. */
import { afterEach, describe, expect, it } from "vitest";
import type { MessageHandler } from "../../components/pubsub/contract.ts";
import type { Logger } from "../../kit/logging/logger.ts";
import {
  SubscribeTopicEventsRequestAlpha1 as Ask,
  SubscribeTopicEventsResponseAlpha1 as Say,
} from "../../kit/proto/dapr/proto/runtime/v1/pubsub.ts";
import type { StreamCall } from "../../kit/rpc/transport.ts";
import { ManualClock } from "../../kit/time/manual-clock.ts";
import { readScopes } from "./scopes.ts";
import { eventStreams, type StreamsContext } from "./streams.ts";

const settle = async (): Promise<void> => {
  for (let i = 0; i < 5; i++) await new Promise((resolve) => setImmediate(resolve));
};

/** A client as the transport shows it. */
class Client {
  readonly aborting = new AbortController();
  readonly signal = this.aborting.signal;
  /** Ids of the events that were written. */
  readonly sent: string[] = [];
  isFull = false;
  #message: (bytes: Buffer) => void = () => {};
  drain = (): void => {};

  onMessage(callback: (bytes: Buffer) => void): void {
    this.#message = callback;
  }

  onHalfClose(): void {}
  pause(): void {}
  resume(): void {}
  finish(): void {}

  onDrain(callback: () => void): void {
    this.drain = callback;
  }

  send(bytes: Uint8Array): boolean {
    const { eventMessage } = Say.decode(bytes);
    if (eventMessage !== undefined) this.sent.push(eventMessage.id);
    return !this.isFull;
  }

  ask(request: Parameters<typeof Ask.encode>[0]): void {
    this.#message(Ask.encode(request));
  }

  answer(id: string): void {
    this.ask({ eventProcessed: { id, status: { status: 0 } } });
  }
}

const clients: Client[] = [];
afterEach(() => {
  for (const client of clients.splice(0)) client.aborting.abort();
});

/** @param limit ends each attempt when it is aborted */
async function open(limit = new AbortController()) {
  let handler: MessageHandler | undefined;
  const component = {
    async subscribe(_request: unknown, handle: MessageHandler) {
      handler = handle;
      return { [Symbol.asyncDispose]: async () => {} };
    },
  };
  const broker = { name: "bus", topicPrefix: "", scopes: readScopes(() => "", "a"), component };
  const block = {
    find: () => broker,
    watch: () => ({ [Symbol.dispose]() {} }),
    measured: { begin: () => 0, received() {} },
    options: {},
  };
  const log = (): void => {};
  const context = {
    block,
    logger: { info: log, warn: log, error: log, debug: log } as unknown as Logger,
    clock: new ManualClock(0),
    policy: <T>(_name: string, run: (signal: AbortSignal) => Promise<T>) => run(limit.signal),
    open: new Set(),
    closing: new AbortController().signal,
  } as unknown as StreamsContext;
  const client = new Client();
  clients.push(client);
  const stopping = new AbortController().signal;
  eventStreams(context)(client as unknown as StreamCall, { span: undefined, stopping });
  client.ask({ initialRequest: { pubsubName: "bus", topic: "t" } });
  await settle();
  const deliver = async (id: string): Promise<string> => {
    const data = Buffer.from(JSON.stringify({ id, specversion: "1.0", source: "s", type: "t" }));
    const message = { topic: "t", data, contentType: undefined, metadata: undefined };
    const handled = handler?.(message, new AbortController().signal);
    return await (handled ?? Promise.reject(new Error("no subscription"))).then(
      () => "taken",
      (error: Error) => error.message,
    );
  };
  return { client, deliver, limit };
}

describe("a stream of events", () => {
  it("wakes every event that waited for the client's flow control", async () => {
    const { client, deliver } = await open();
    client.isFull = true;
    const results = ["1", "2", "3"].map(deliver);
    await settle();
    expect(client.sent).toEqual(["1"]);
    client.isFull = false;
    client.drain();
    await settle();
    expect(client.sent).toEqual(["1", "2", "3"]);
    for (const id of ["2", "1", "3"]) client.answer(id);
    expect(await Promise.all(results)).toEqual(["taken", "taken", "taken"]);
  });

  it("gives up an attempt that took too long, sent or not", async () => {
    const { client, deliver, limit } = await open();
    client.isFull = true;
    const ids = Array.from({ length: 50 }, (_, i) => `${i + 1}`);
    const results = ids.map(deliver);
    await settle();
    limit.abort(new Error("too long"));
    expect(await Promise.all(results)).toEqual(ids.map(() => "too long"));
    client.isFull = false;
    client.drain();
    await settle();
    // What was never written is not written late.
    expect(client.sent).toEqual(["1"]);
  });
});
