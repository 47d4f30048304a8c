/**
 * A message broker that runs as a process of its own.
 * @see spec 04 §9
 */
import { errorText } from "../../kit/errors/api-error.ts";
import type { Logger } from "../../kit/logging/logger.ts";
import {
  FeaturesRequest,
  FeaturesResponse,
  PingRequest,
  PingResponse,
} from "../../kit/proto/dapr/proto/components/v1/common.ts";
import {
  BulkPublishRequest,
  BulkPublishResponse,
  PauseRequest,
  PauseResponse,
  PublishRequest as PublishMessage,
  PublishResponse,
  PubSubInitRequest,
  PubSubInitResponse,
  PubSubService,
  PullMessagesRequest,
  PullMessagesResponse,
} from "../../kit/proto/dapr/proto/components/v1/pubsub.ts";
import type { ComponentContext } from "../contract.ts";
import type {
  BrokerSubscription,
  BulkPublishEntry,
  BulkPublishFailure,
  MessageHandler,
  MessageMetadata,
  PublishRequest,
  PubSub,
  PubSubFeature,
  SubscribeRequest,
} from "../pubsub/contract.ts";
import { isUnimplemented, type PluggableConnection, startPluggable } from "./connection.ts";
import { EventStream } from "./stream.ts";

const { methods } = PubSubService;
const init = { path: methods.init.path, request: PubSubInitRequest, response: PubSubInitResponse };
const features = {
  path: methods.features.path,
  request: FeaturesRequest,
  response: FeaturesResponse,
};
const ping = { path: methods.ping.path, request: PingRequest, response: PingResponse };
const publish = { path: methods.publish.path, request: PublishMessage, response: PublishResponse };
const bulkPublish = {
  path: methods.bulkPublish.path,
  request: BulkPublishRequest,
  response: BulkPublishResponse,
};
const pause = { path: methods.pause.path, request: PauseRequest, response: PauseResponse };

export const openPubSub = (socketPath: string, context: ComponentContext): Promise<PubSub> =>
  startPluggable(socketPath, context, async ({ connection, properties, signal }) => {
    const { name, logger } = context;
    await connection.call(init, { metadata: { properties } }, { signal });
    const answer = await connection.call(features, {}, { signal });
    return new PluggablePubSub(connection, name, logger, answer.features as PubSubFeature[]);
  });

class PluggablePubSub implements PubSub {
  readonly features: readonly PubSubFeature[];
  readonly #connection: PluggableConnection;
  readonly #name: string;
  readonly #logger: Logger;

  constructor(
    connection: PluggableConnection,
    name: string,
    logger: Logger,
    names: readonly PubSubFeature[],
  ) {
    this.#connection = connection;
    this.#name = name;
    this.#logger = logger;
    this.features = names;
  }

  async publish(request: PublishRequest, signal?: AbortSignal): Promise<void> {
    const { topic, data, contentType = "", metadata } = request;
    const message = { data, pubsubName: this.#name, topic, metadata, contentType };
    await this.#connection.call(publish, message, { signal });
  }

  async bulkPublish(
    topic: string,
    entries: readonly BulkPublishEntry[],
    metadata: MessageMetadata,
    signal?: AbortSignal,
  ): Promise<readonly BulkPublishFailure[]> {
    const message = {
      entries: entries.map(({ entryId, data, contentType, metadata: own }) => ({
        entryId,
        event: data,
        contentType,
        metadata: own,
      })),
      pubsubName: this.#name,
      topic,
      metadata,
    };
    const { failedEntries } = await this.#connection.call(bulkPublish, message, { signal });
    return failedEntries.map(({ entryId, error }) => ({ entryId, error: new Error(error) }));
  }

  async subscribe(
    { topic, metadata }: SubscribeRequest,
    handler: MessageHandler,
    signal: AbortSignal,
  ): Promise<BrokerSubscription> {
    signal.throwIfAborted();
    const call = this.#connection.open(methods.pullMessages.path);
    // Handling ends with the subscription, and then nothing is confirmed or refused.
    const handling = new AbortController();
    const stream = new EventStream({
      call,
      concurrency: 1,
      handle: async (bytes) => {
        const message = PullMessagesResponse.decode(bytes);
        const failure = await outcomeOf(handler, message, topic, handling.signal);
        if (handling.signal.aborted) return undefined;
        return PullMessagesRequest.encode({
          ackMessageId: message.id,
          ackError: failure === undefined ? undefined : { message: failure },
        });
      },
      onFailure: (text) => this.#logger.error(`Failed to receive pubsub message: ${text}`),
    });
    call.send(PullMessagesRequest.encode({ topic: { name: topic, metadata } }));
    return {
      pause: async (until) => {
        stream.pause();
        await this.#tellPause(until);
      },
      [Symbol.asyncDispose]: () => stream[Symbol.asyncDispose](),
    };
  }

  async ping(signal?: AbortSignal): Promise<void> {
    await this.#connection.call(ping, {}, { signal });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#connection.close();
  }

  async #tellPause(signal: AbortSignal): Promise<void> {
    try {
      await this.#connection.call(pause, {}, { signal });
    } catch (error) {
      if (!isUnimplemented(error)) this.#logger.warn(`could not pause: ${errorText(error)}`);
    }
  }
}

/** @returns why the message was not taken; undefined: it was */
async function outcomeOf(
  handler: MessageHandler,
  message: PullMessagesResponse,
  topic: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { data, topicName, metadata, contentType } = message;
  try {
    await handler(
      {
        topic: topicName || topic,
        data,
        contentType: contentType === "" ? undefined : contentType,
        metadata,
      },
      signal,
    );
    return undefined;
  } catch (error) {
    return errorText(error);
  }
}
