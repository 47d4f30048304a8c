/**
 * The app's subscriptions: put together from the pub/sub block, the resources and the app.
 * @see spec 03 §4, spec 08 §5.1
 */
import type { Tracer } from "../kit/tracing/trace.ts";
import { daprService, type GrpcMethod, onFirstUse, type StreamMethod } from "./api/grpc-method.ts";
import type { SidecarApp } from "./app.ts";
import type { SidecarContext } from "./context.ts";
import type { SidecarOptions } from "./options.ts";
import { AppSubscriptions } from "./pubsub/app-subscriptions.ts";
import type { ConsumerContext, InboundPolicy } from "./pubsub/consumer-context.ts";
import type { PubSubBlock } from "./pubsub/pubsub.ts";
import { checkRules, type Subscription } from "./pubsub/subscription.ts";
import type { RetryPolicy } from "./resiliency/back-off.ts";
import type { SubscriptionResource } from "./resources/subscription-document.ts";

export interface SubscriptionParts {
  readonly options: SidecarOptions;
  readonly context: SidecarContext;
  readonly block: PubSubBlock;
  readonly app: SidecarApp;
  readonly resources: readonly SubscriptionResource[];
  readonly tracer: Tracer;
  /** undefined: there are no policies. */
  readonly inbound: InboundPolicy | undefined;
  /** Of questions to the app; undefined: the built-in one. */
  readonly initialRetry: RetryPolicy | undefined;
}

/** What the app subscribes to, and what clients of the API do. */
export interface Subscriptions extends AsyncDisposable {
  /** Starts one of a resource. @throws {Error} a rule does not compile, or the broker refuses it */
  declare(resource: SubscriptionResource): Promise<void>;
  /** Ends one of a resource; waits for messages in flight. */
  withdraw(name: string): Promise<void>;
  /** Declarative, programmatic, then streams. */
  readonly all: readonly Subscription[];
  readonly grpcMethods: readonly GrpcMethod[];
}

/**
 * They start when the app is healthy and stop when it is not.
 * @throws {Error} a rule of a declarative subscription does not compile
 */
export async function createSubscriptions(parts: SubscriptionParts): Promise<Subscriptions> {
  const { options, context, block, app, resources } = parts;
  const { platform, logging } = context;
  const { clock, random } = platform;
  const logger = logging.logger("dapr.runtime.processor.subscription");
  const { channel } = app;
  const runtimeLogger = logging.logger("dapr.runtime");
  runtimeLogger.info("Loading Declarative Subscriptions…");
  for (const { name } of resources) runtimeLogger.info(`Found Subscription: ${name}`);
  const declarative = resources.map(fromResource);
  await checkRules(declarative);
  const consumer = consumerContext(parts, logger);
  const streams = createStreams(consumer);
  const asks = channel !== undefined && !isAskingDisabled(options);
  const subscriptions = new AppSubscriptions({
    block,
    declarative: channel === undefined ? [] : declarative,
    ask: asks
      ? async (signal) => {
          const { askForSubscriptions } = await import("./pubsub/programmatic.ts");
          const { appId } = options;
          const retry = parts.initialRetry ?? (await builtInRetry());
          return await askForSubscriptions(
            { app: channel, appId, clock, random, logger, retry },
            signal,
          );
        }
      : undefined,
    consumer,
    clock,
    random,
    logger,
  });
  block.watch(subscriptions);
  if (channel !== undefined) {
    app.onHealthChange((isHealthy) => {
      if (isHealthy && !asks && block.size > 0) {
        logger.warn(
          "Skipping programmatic subscription loading (see 'disable-init-endpoints' flag/annotation)",
        );
      }
      return isHealthy ? subscriptions.start() : subscriptions.stop();
    });
  }
  return {
    get all() {
      return [...subscriptions.all, ...streams.open];
    },
    async declare(resource) {
      const subscription = fromResource(resource);
      await checkRules([subscription]);
      if (channel !== undefined) await subscriptions.declare(subscription);
    },
    withdraw: (name) => subscriptions.withdraw(name),
    grpcMethods: [streams.method],
    [Symbol.asyncDispose]: () => {
      streams.close();
      return subscriptions[Symbol.asyncDispose]();
    },
  };
}

interface Streams {
  readonly open: ReadonlySet<Subscription>;
  readonly method: GrpcMethod;
  /** Streams with nothing under way end, others when that is done. */
  close(): void;
}

function createStreams(shared: Omit<ConsumerContext, "deliver" | "deliverBulk">): Streams {
  const open = new Set<Subscription>();
  const closing = new AbortController();
  let handle: Promise<StreamMethod["handle"]> | undefined;
  return {
    open,
    close: () => closing.abort(),
    method: {
      kind: "stream",
      path: `${daprService}SubscribeTopicEventsAlpha1`,
      group: "subscribe",
      version: "v1alpha1",
      handle: onFirstUse(() => {
        handle ??= import("./pubsub/streams.ts").then(({ eventStreams }) =>
          eventStreams({ ...shared, open, closing: closing.signal }),
        );
        return handle;
      }),
    },
  };
}

async function builtInRetry(): Promise<RetryPolicy> {
  const { initialRetry } = await import("./resiliency/built-in.ts");
  return initialRetry;
}

const isAskingDisabled = ({ app }: SidecarOptions): boolean =>
  app.disabledInitEndpoints.has("subscribe");

function consumerContext(
  { context, block, app, tracer, inbound }: SubscriptionParts,
  logger: ConsumerContext["logger"],
): ConsumerContext {
  const { clock } = context.platform;
  return {
    block,
    logger,
    clock,
    policy: inbound ?? ((_pubsub, run, signal) => run(signal)),
    async deliver(delivery, count, signal) {
      const { channel } = app;
      if (channel === undefined) throw new Error("app channel is not initialized");
      const { deliver } = await import("./pubsub/delivery.ts");
      return await deliver(delivery, { app: channel, tracer, logger, count }, signal);
    },
    async deliverBulk(delivery, signal) {
      const { channel } = app;
      if (channel === undefined) throw new Error("app channel is not initialized");
      const { deliverBulk } = await import("./pubsub/bulk-delivery.ts");
      return await deliverBulk(delivery, { app: channel, tracer, logger }, signal);
    },
  };
}

const fromResource = (resource: SubscriptionResource): Subscription => ({
  name: resource.name,
  pubsub: resource.pubsub,
  topic: resource.topic,
  metadata: resource.metadata,
  rules: resource.rules,
  deadLetterTopic: resource.deadLetterTopic,
  bulk: resource.bulk,
  origin: "DECLARATIVE",
});
