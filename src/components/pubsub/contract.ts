/**
 * Message brokers.
 * @see spec 03 §1, §4, §7
 */
import type { RunningComponent } from "../contract.ts";

/** Shown in metadata, in the component's order. */
export type PubSubFeature = "MESSAGE_TTL" | "SUBSCRIBE_WILDCARDS" | "BULK_PUBSUB";

export type MessageMetadata = ReadonlyMap<string, string>;

export interface PublishRequest {
  readonly topic: string;
  readonly data: Uint8Array;
  /** undefined: the broker is told nothing about the kind of data. */
  readonly contentType: string | undefined;
  /** undefined differs from empty for brokers that write it down (spec 03 §2.2). */
  readonly metadata: MessageMetadata | undefined;
}

export interface BulkPublishEntry {
  readonly entryId: string;
  readonly data: Uint8Array;
  readonly contentType: string;
  readonly metadata: MessageMetadata | undefined;
}

export interface BulkPublishFailure {
  readonly entryId: string;
  readonly error: Error;
}

/** A message on its way to a subscriber. */
export interface ReceivedMessage {
  /** As the broker reports it: for a wildcard the pattern or the actual topic, as documented for the component. */
  readonly topic: string;
  readonly data: Uint8Array;
  /** What the broker says about the kind of data. */
  readonly contentType: string | undefined;
  readonly metadata: MessageMetadata | undefined;
}

/**
 * Resolves when the message is done with, rejects when it could not be handled. `signal` ends the handling: the component
 * then neither confirms nor refuses the message.
 */
export type MessageHandler = (message: ReceivedMessage, signal: AbortSignal) => Promise<void>;

/** Failed entries by index; undefined: all went well. */
export type BulkMessageHandler = (
  messages: readonly ReceivedMessage[],
  signal: AbortSignal,
) => Promise<readonly (Error | undefined)[] | undefined>;

export interface SubscribeRequest {
  readonly topic: string;
  /** Of the subscription: `queueType`, `rawPayload` ... */
  readonly metadata: MessageMetadata;
}

export interface BulkSubscribeRequest extends SubscribeRequest {
  /** <= 0: the component's default. */
  readonly maxMessages: number;
  readonly maxWaitMs: number;
}

/** Disposing stops new messages, waits for those in the handler's hands and lets the broker have the rest. */
export interface BrokerSubscription extends AsyncDisposable {
  /** No further messages are taken from the broker; those taken are still delivered. */
  pause?(signal: AbortSignal): Promise<void>;
}

export interface PubSub extends RunningComponent {
  readonly features: readonly PubSubFeature[];
  /** Messages are gone with this process, and nobody outside it sees them. */
  readonly isVolatile?: boolean;
  /** Resolves when the broker has the message. */
  publish(request: PublishRequest, signal?: AbortSignal): void | Promise<void>;
  /** Only with BULK_PUBSUB. @returns the entries that failed */
  bulkPublish?(
    topic: string,
    entries: readonly BulkPublishEntry[],
    metadata: MessageMetadata,
    signal?: AbortSignal,
  ): Promise<readonly BulkPublishFailure[]>;
  /** Resolves when the broker knows of the subscription: later messages will arrive. */
  subscribe(
    request: SubscribeRequest,
    handler: MessageHandler,
    signal: AbortSignal,
  ): Promise<BrokerSubscription>;
  /** Without it messages are gathered into batches by the block. */
  bulkSubscribe?(
    request: BulkSubscribeRequest,
    handler: BulkMessageHandler,
    signal: AbortSignal,
  ): Promise<BrokerSubscription>;
  /** Answers whether the broker is reachable. */
  ping?(signal?: AbortSignal): Promise<void>;
}
