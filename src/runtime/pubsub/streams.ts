/**
 * Subscriptions that gRPC clients open as streams; they need no app.
 * @see spec 03 §4.11
 */
import { LiveQueue } from "../../kit/lifecycle/live-queue.ts";
import type { Logger } from "../../kit/logging/logger.ts";
import type { TopicEventRequestInit } from "../../kit/proto/dapr/proto/runtime/v1/appcallback.ts";
import {
  SubscribeTopicEventsRequestAlpha1,
  type SubscribeTopicEventsRequestInitialAlpha1,
  SubscribeTopicEventsResponseAlpha1,
  type SubscribeTopicEventsResponseAlpha1Init,
} from "../../kit/proto/dapr/proto/runtime/v1/pubsub.ts";
import { bidiStream, type RequestStream } from "../api/bidi-stream.ts";
import type { ServerStream, StreamContext, StreamMethod } from "../api/grpc-method.ts";
import type { ConsumerContext } from "./consumer-context.ts";
import { type Delivery, judgeStatus, type Verdict } from "./delivery.ts";
import * as errors from "./errors.ts";
import { topicEventRequest } from "./grpc-event.ts";
import { SubscriptionClosedError } from "./in-flight.ts";
import type { Processed } from "./metrics.ts";
import type { MountedBroker } from "./pubsub.ts";
import { textOf } from "./receive.ts";
import { subscribe } from "./subscribe.ts";
import type { Subscription } from "./subscription.ts";

type Requests = RequestStream<SubscribeTopicEventsRequestAlpha1>;
type Answers = ServerStream<SubscribeTopicEventsResponseAlpha1Init>;

export interface StreamsContext extends Omit<ConsumerContext, "deliver" | "deliverBulk"> {
  /** Where the subscriptions of open streams are noted, in the order in which they were opened. */
  readonly open: Set<Subscription>;
  /** Aborted when the sidecar stops delivering; the server goes on for a while. */
  readonly closing: AbortSignal;
}

/** An event that waits for the client's flow control. */
interface Unsent {
  readonly eventMessage: TopicEventRequestInit;
  readonly answer: PromiseWithResolvers<number>;
}

/** An open stream with the events that its client has not answered. */
class EventStream {
  readonly #answers: Answers;
  readonly #logger: Logger;
  readonly #number: number;
  /** By event id, in the order in which they were sent. */
  readonly #waiting = new Map<string, PromiseWithResolvers<number>[]>();
  readonly #unsent = new LiveQueue<Unsent>();
  #isSending = false;
  /** The first message is the client's confirmation. */
  readonly #opened = Promise.withResolvers<void>();
  #isClosed = false;

  constructor(answers: Answers, logger: Logger, number: number) {
    this.#answers = answers;
    this.#logger = logger;
    this.#number = number;
  }

  async open(): Promise<void> {
    await this.#answers.send({ initialResponse: {} });
    this.#opened.resolve();
  }

  /** @throws {RetriableError} the client wants it again @throws {SubscriptionClosedError} */
  async deliver(
    delivery: Delivery,
    count: (processed: Processed, status?: Processed) => void,
    signal: AbortSignal,
  ): Promise<Verdict> {
    await this.#opened.promise;
    if (this.#isClosed) throw new SubscriptionClosedError();
    const id = textOf(delivery.incoming.event, "id");
    const eventMessage = topicEventRequest(delivery);
    const status = await this.#ask(id, eventMessage, signal);
    try {
      return judgeStatus(status, id, count, this.#logger, "drop");
    } catch (error) {
      count("retry");
      throw error;
    }
  }

  /** @returns the client's status @throws signal.reason when an attempt has taken too long */
  async #ask(
    id: string,
    eventMessage: TopicEventRequestInit,
    signal: AbortSignal,
  ): Promise<number> {
    signal.throwIfAborted();
    const answer = Promise.withResolvers<number>();
    const place = this.#unsent.add({ eventMessage, answer });
    const giveUp = (): void => {
      this.#unsent.leave(place);
      this.#forget(id, answer);
      answer.reject(signal.reason);
    };
    this.#waiting.set(id, [...(this.#waiting.get(id) ?? []), answer]);
    signal.addEventListener("abort", giveUp, { once: true });
    if (!this.#isSending) void this.#sendAll();
    try {
      return await answer.promise;
    } catch (error) {
      this.#forget(id, answer);
      throw error;
    } finally {
      signal.removeEventListener("abort", giveUp);
    }
  }

  /**
   * One after the other: an attempt that times out while the client reads nothing is not sent, nor is it waited for.
   * Never rejects.
   */
  async #sendAll(): Promise<void> {
    this.#isSending = true;
    for (let next = this.#unsent.shift(); next !== undefined; next = this.#unsent.shift()) {
      const { eventMessage, answer } = next;
      try {
        if (!this.#isClosed) await this.#answers.send({ eventMessage });
      } catch (error) {
        answer.reject(error);
      }
    }
    this.#isSending = false;
  }

  #forget(id: string, answer: PromiseWithResolvers<number>): void {
    const left = this.#waiting.get(id)?.filter((other) => other !== answer) ?? [];
    if (left.length > 0) this.#waiting.set(id, left);
    else this.#waiting.delete(id);
  }

  answered(id: string, status: number): void {
    const [answer, ...rest] = this.#waiting.get(id) ?? [];
    if (answer === undefined) {
      this.#logger.warn(
        `no client stream expecting publish response for id ${id} ConnectionID${this.#number}`,
      );
      return;
    }
    if (rest.length > 0) this.#waiting.set(id, rest);
    else this.#waiting.delete(id);
    answer.resolve(status);
  }

  /** Events without an answer are given up. */
  close(): void {
    this.#isClosed = true;
    this.#opened.resolve();
    for (const answer of [...this.#waiting.values()].flat()) {
      answer.reject(new SubscriptionClosedError());
    }
    this.#waiting.clear();
  }
}

/** SubscribeTopicEventsAlpha1. */
export function eventStreams(shared: StreamsContext): StreamMethod["handle"] {
  const streams = new EventStreams(shared);
  return bidiStream({
    request: SubscribeTopicEventsRequestAlpha1,
    response: SubscribeTopicEventsResponseAlpha1,
    drains: true,
    handle: (requests, answers, _call, context) => streams.serve(requests, answers, context),
  });
}

class EventStreams {
  readonly #shared: StreamsContext;
  #count = 0;

  constructor(shared: StreamsContext) {
    this.#shared = shared;
  }

  /** Always ends with an error: a stream has no natural end. */
  async serve(requests: Requests, answers: Answers, { stopping }: StreamContext): Promise<void> {
    const { closing } = this.#shared;
    const stopped = aborted(AbortSignal.any([stopping, closing]));
    const first = await Promise.race([
      requests.next(),
      aborted(stopping).then(() => Promise.reject(new Error("api server closed"))),
    ]);
    const { subscription, broker } = this.#read(first);
    if (closing.aborted) {
      throw errors.badMetadata(subscription.pubsub, "subscriber is closed", undefined);
    }
    const { pubsub, topic } = subscription;
    const { logger, open } = this.#shared;
    const number = ++this.#count;
    logger.info(`Subscribing to pubsub '${pubsub}' topic '${topic}' ConnectionID ${number}`);
    const stream = new EventStream(answers, logger, number);
    const consumer = await this.#subscribe(subscription, broker, stream);
    open.add(subscription);
    const retired = Promise.withResolvers<void>();
    using _watch = this.#shared.block.watch({
      mounted: () => Promise.resolve(),
      async unmounting(name) {
        if (name !== pubsub) return;
        await consumer[Symbol.asyncDispose]();
        retired.resolve();
      },
    });
    try {
      await stream.open();
      await Promise.race([
        readAnswers(requests, stream),
        // What is under way may still be answered.
        stopped.then(() => consumer[Symbol.asyncDispose]()),
        retired.promise,
      ]);
      throw new SubscriptionClosedError();
    } finally {
      open.delete(subscription);
      const closed = consumer[Symbol.asyncDispose]();
      stream.close();
      await closed;
      logger.info(`Unsubscribed from pubsub '${pubsub}' topic '${topic}'`);
    }
  }

  /** @throws {Error} the first message is not what it must be @throws {ApiError} ERR_PUBSUB_NOT_FOUND */
  #read(first: SubscribeTopicEventsRequestAlpha1 | undefined): {
    subscription: Subscription;
    broker: MountedBroker;
  } {
    if (first === undefined) throw new Error("EOF");
    const initial = first.initialRequest;
    if (initial === undefined) throw new Error("initial request is required");
    if (initial.pubsubName === "") throw new Error("pubsubName is required");
    if (initial.topic === "") throw new Error("topic is required");
    const broker = this.#shared.block.find(initial.pubsubName);
    if (broker === undefined) throw errors.pubsubNotFound(initial.pubsubName, undefined);
    return { subscription: subscriptionOf(initial), broker };
  }

  async #subscribe(
    subscription: Subscription,
    broker: MountedBroker,
    stream: EventStream,
  ): Promise<AsyncDisposable> {
    try {
      return await subscribe(subscription, broker, {
        ...this.#shared,
        deliver: (delivery, count, signal) => stream.deliver(delivery, count, signal),
        deliverBulk: () => Promise.reject(new Error("streams take events one by one")),
      });
    } catch (cause) {
      const text = (cause as Error).message;
      throw new Error(`failed to create subscription for ${subscription.pubsub}: ${text}`, {
        cause,
      });
    }
  }
}

/** Until the client ends its side. */
async function readAnswers(requests: Requests, stream: EventStream): Promise<never> {
  for (;;) {
    const request = await requests.next();
    if (request === undefined) throw new Error("EOF");
    if (request.initialRequest !== undefined) throw new Error("duplicate initial request received");
    const { eventProcessed } = request;
    if (eventProcessed === undefined) continue;
    stream.answered(eventProcessed.id, eventProcessed.status?.status ?? 0);
  }
}

function subscriptionOf(initial: SubscribeTopicEventsRequestInitialAlpha1): Subscription {
  return {
    name: "",
    pubsub: initial.pubsubName,
    topic: initial.topic,
    metadata: initial.metadata,
    rules: [{ match: "", path: "/" }],
    deadLetterTopic: initial.deadLetterTopic ?? "",
    bulk: undefined,
    origin: "STREAMING",
  };
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
