/** What a running subscription works with. */
import type { Logger } from "../../kit/logging/logger.ts";
import type { Clock } from "../../kit/time/clock.ts";
import type { BulkDelivery, BulkOutcome } from "./bulk-delivery.ts";
import type { Delivery, Verdict } from "./delivery.ts";
import type { Processed } from "./metrics.ts";
import type { PubSubBlock } from "./pubsub.ts";

/** Runs a delivery under the component's inbound policy. */
export type InboundPolicy = <T>(
  pubsub: string,
  run: (signal: AbortSignal) => Promise<T>,
  signal: AbortSignal,
) => Promise<T>;

export interface ConsumerContext {
  readonly block: PubSubBlock;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly policy: InboundPolicy;
  /** Hands an event to the app or a stream. @throws {RetriableError} */
  readonly deliver: (
    delivery: Delivery,
    count: (processed: Processed, status?: Processed) => void,
    signal: AbortSignal,
  ) => Promise<Verdict>;
  /** As {@link deliver} for a batch. @throws {Error} nothing of it was taken */
  readonly deliverBulk: (delivery: BulkDelivery, signal: AbortSignal) => Promise<BulkOutcome>;
}
