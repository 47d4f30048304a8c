/**
 * Starts a subscription at its broker: message by message, or in batches.
 * @see spec 03 §3, §4.9, §4.10
 */
import { errorText } from "../../kit/errors/api-error.ts";
import { subscribeBulk } from "./bulk-consumer.ts";
import { Consumer } from "./consumer.ts";
import type { ConsumerContext } from "./consumer-context.ts";
import type { MountedBroker } from "./pubsub.ts";
import { compileRoutes } from "./routing.ts";
import { maySubscribe } from "./scopes.ts";
import type { Subscription } from "./subscription.ts";

/** @throws {Error} the subscription is not allowed, or the broker refused it */
export async function subscribe(
  subscription: Subscription,
  broker: MountedBroker,
  context: ConsumerContext,
): Promise<AsyncDisposable> {
  const { pubsub, topic, metadata, rules, bulk } = subscription;
  if (!maySubscribe(broker.scopes, topic)) {
    throw new Error(`subscription to topic '${topic}' on pubsub '${pubsub}' is not allowed`);
  }
  if (bulk !== undefined) {
    return await subscribeBulk(subscription, bulk, broker, context);
  }
  const consumer = new Consumer(subscription, broker, context, compileRoutes(rules));
  try {
    const running = await broker.component.subscribe(
      { topic: broker.topicPrefix + topic, metadata },
      (message, signal) => consumer.handle(message, signal),
      consumer.signal,
    );
    consumer.started(running);
    return consumer;
  } catch (cause) {
    await consumer[Symbol.asyncDispose]();
    throw new Error(`failed to subscribe to topic ${topic}: ${errorText(cause)}`, { cause });
  }
}
