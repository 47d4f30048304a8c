/**
 * The outbox of a sidecar with what it needs of publish and subscribe. Loaded with the first store that has an outbox.
 * @see spec 03 §10
 */
import { ApiError } from "../kit/errors/api-error.ts";
import type { Clock } from "../kit/time/clock.ts";
import { InFlight, settleMs } from "./app/in-flight.ts";
import type { SidecarContext } from "./context.ts";
import { createLimitHits } from "./limit-hits.ts";
import type { SidecarOptions } from "./options.ts";
import { Outbox, type OutboxBroker } from "./outbox/outbox.ts";
import { payloadAttribute } from "./pubsub/cloud-event.ts";
import { untilAborted } from "./pubsub/in-flight.ts";
import type { MountedBroker, PubSubBlock } from "./pubsub/pubsub.ts";
import { eventTrace } from "./pubsub/requests.ts";
import { LocalTimes, parseRfc3339 } from "./pubsub/rfc3339.ts";

export function createOutbox(
  { appId, namespace }: SidecarOptions,
  { platform, logging }: SidecarContext,
  block: PubSubBlock,
): Outbox {
  const { clock, random } = platform;
  const logger = logging.logger("dapr.runtime.pubsub.outbox");
  const onLimit = createLimitHits({ registry: block.options.metrics, clock, logger });
  return new Outbox({
    ...{ appId, namespace, clock, random, logger },
    broker: brokerOf(block, clock),
    onFull: () => onLimit("outbox-held"),
  });
}

function brokerOf(block: PubSubBlock, clock: Clock): OutboxBroker {
  const times = new LocalTimes();
  return {
    payload: payloadAttribute,
    time: () => times.format(clock.now()),
    parseTime: parseRfc3339,
    trace: eventTrace,
    isVolatile: (pubsub) => block.find(pubsub)?.component.isVolatile === true,
    async publish(pubsub, topic, data, signal) {
      const broker = block.find(pubsub);
      if (broker === undefined) throw new Error(`pubsub '${pubsub}' not found`);
      try {
        await block.sendChecked(broker, topic, data, undefined, undefined, signal);
      } catch (cause) {
        // Bare, as it stands inside another message.
        throw cause instanceof ApiError ? new Error(cause.message, { cause }) : cause;
      }
    },
    async subscribe(pubsub, topic, handler) {
      const broker = block.find(pubsub);
      if (broker === undefined) throw new Error(`outbox pubsub ${pubsub} not loaded`);
      return await subscribe(broker, topic, handler, clock);
    },
  };
}

async function subscribe(
  { component, topicPrefix }: MountedBroker,
  topic: string,
  handler: (data: Uint8Array, signal: AbortSignal) => Promise<void>,
  clock: Clock,
): Promise<AsyncDisposable> {
  const inFlight = new InFlight();
  const stop = new AbortController();
  let isClosing = false;
  const running = await component.subscribe(
    { topic: topicPrefix + topic, metadata: new Map() },
    async ({ data }, signal) => {
      if (isClosing) return await untilAborted(signal);
      try {
        await inFlight.track(() => handler(data, signal));
      } catch (error) {
        if (isClosing) return await untilAborted(signal);
        throw error;
      }
    },
    stop.signal,
  );
  return {
    async [Symbol.asyncDispose]() {
      isClosing = true;
      if (await inFlight.idle(clock)) await clock.sleep(settleMs);
      stop.abort(new Error("context canceled"));
      await running[Symbol.asyncDispose]();
    },
  };
}
