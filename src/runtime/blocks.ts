/**
 * The building blocks that answer requests out of components. The only file that names all of them: a new block adds its
 * category, routes and methods here.
 */
import type { Tracer } from "../kit/tracing/trace.ts";
import type { GrpcMethod } from "./api/grpc-method.ts";
import type { HttpRoute } from "./api/http-route.ts";
import type { SidecarApp } from "./app.ts";
import { BindingsBlock } from "./bindings/bindings.ts";
import { bindingsCategory } from "./bindings/category.ts";
import { bindingsGrpcMethods } from "./bindings/grpc.ts";
import { bindingsHttpRoutes } from "./bindings/http.ts";
import { configurationCategory } from "./configuration/category.ts";
import { ConfigurationBlock } from "./configuration/configuration.ts";
import { configurationGrpcMethods } from "./configuration/grpc.ts";
import { configurationHttpRoutes } from "./configuration/http.ts";
import type { SidecarContext } from "./context.ts";
import { conversationCategory } from "./conversation/category.ts";
import { ConversationBlock } from "./conversation/conversation.ts";
import { conversationGrpcMethods } from "./conversation/grpc.ts";
import { conversationHttpRoutes } from "./conversation/http.ts";
import { cryptoCategory } from "./crypto/category.ts";
import { CryptoBlock } from "./crypto/crypto.ts";
import { cryptoGrpcMethods } from "./crypto/grpc.ts";
import { cryptoHttpRoutes } from "./crypto/http.ts";
import { errorCounter } from "./error-metrics.ts";
import { lockCategory } from "./lock/category.ts";
import { lockGrpcMethods } from "./lock/grpc.ts";
import { lockHttpRoutes } from "./lock/http.ts";
import { LockBlock } from "./lock/lock.ts";
import { middlewareCategory } from "./middleware/category.ts";
import { MiddlewareBlock } from "./middleware/middleware.ts";
import type { SidecarMetrics } from "./observability.ts";
import type { SidecarOptions } from "./options.ts";
import { createOutbox, type SidecarOutbox } from "./outbox.ts";
import { pubsubCategory } from "./pubsub/category.ts";
import { pubsubGrpcMethods } from "./pubsub/grpc.ts";
import { pubsubHttpRoutes } from "./pubsub/http.ts";
import { PubSubBlock, type PubSubOptions } from "./pubsub/pubsub.ts";
import type { ComponentCategory } from "./resources/category.ts";
import type { Configuration } from "./resources/configuration.ts";
import { secretsCategory } from "./secrets/category.ts";
import { secretsGrpcMethods } from "./secrets/grpc.ts";
import { secretsHttpRoutes } from "./secrets/http.ts";
import { SecretsBlock } from "./secrets/secrets.ts";
import { stateCategory } from "./state/category.ts";
import { stateGrpcMethods } from "./state/grpc.ts";
import { stateHttpRoutes } from "./state/http.ts";
import { StateBlock } from "./state/state.ts";

export interface Blocks {
  /** Components are loaded with its help. */
  readonly secrets: SecretsBlock;
  /** Hot reload asks it for the store of actors. */
  readonly state: StateBlock;
  /** Subscriptions are started with its help. */
  readonly pubsub: PubSubBlock;
  /** Input bindings are started with its help. */
  readonly bindings: BindingsBlock;
  /** Started with the app, stopped before the subscriptions. */
  readonly outbox: SidecarOutbox;
  /** The API server and the app channel put its pipelines into their way. */
  readonly middleware: MiddlewareBlock;
  readonly categories: readonly ComponentCategory[];
  /** @param app what the blocks call back */
  httpRoutes(app: SidecarApp): HttpRoute[];
  grpcMethods(app: SidecarApp): GrpcMethod[];
}

export interface BlockParts {
  readonly configuration: Configuration;
  readonly metrics: SidecarMetrics;
  readonly tracer: Tracer;
}

/** @param publishPolicy undefined: there are no policies */
export function createBlocks(
  options: SidecarOptions,
  context: SidecarContext,
  { configuration, metrics: { registry, latencyBounds }, tracer }: BlockParts,
  publishPolicy: PubSubOptions["publishPolicy"],
): Blocks {
  const { appId, namespace, namespaceEnv, placementAddresses } = options;
  const { platform, logging } = context;
  const common = {
    appId,
    namespaceEnv,
    metrics: registry,
    clock: platform.clock,
    random: platform.random,
    logging,
    latencyBounds,
  };
  const secrets = new SecretsBlock({ ...common, scopes: configuration.secretScopes });
  const pubsub = new PubSubBlock({ ...common, namespace, publishPolicy });
  const outbox = createOutbox(options, context, pubsub);
  const state = new StateBlock({
    ...common,
    openOutbox: (...store) => outbox.open(...store),
    placementConfigured: placementAddresses.length > 0,
    hasSecretStore: (name) => secrets.has(name),
  });
  const configurationBlock = new ConfigurationBlock({
    ...common,
    countError: errorCounter(registry, appId, configuration.metrics.recordsErrorCodes),
  });
  const bindings = new BindingsBlock(common);
  const lock = new LockBlock({ appId });
  const crypto = new CryptoBlock(common);
  const conversation = new ConversationBlock(common);
  const middleware = new MiddlewareBlock({
    server: configuration.httpPipeline,
    app: configuration.appHttpPipeline,
    logger: logging.logger("dapr.middleware"),
  });
  return {
    secrets,
    state,
    pubsub,
    bindings,
    outbox,
    middleware,
    categories: [
      secretsCategory(secrets),
      stateCategory(state),
      configurationCategory(configurationBlock),
      lockCategory(lock),
      cryptoCategory(crypto),
      conversationCategory(conversation),
      pubsubCategory(pubsub),
      bindingsCategory(bindings),
      middlewareCategory(middleware, configuration.isWasmStrict),
    ],
    httpRoutes: (app) => [
      ...secretsHttpRoutes(secrets),
      ...stateHttpRoutes(state),
      ...configurationHttpRoutes(configurationBlock, app.channel),
      ...lockHttpRoutes(lock),
      ...cryptoHttpRoutes(crypto),
      ...conversationHttpRoutes(conversation),
      ...pubsubHttpRoutes(pubsub, tracer),
      ...bindingsHttpRoutes(bindings),
    ],
    grpcMethods: (_app) => [
      ...secretsGrpcMethods(secrets),
      ...stateGrpcMethods(state),
      ...configurationGrpcMethods(configurationBlock),
      ...lockGrpcMethods(lock),
      ...cryptoGrpcMethods(crypto),
      ...conversationGrpcMethods(conversation),
      ...pubsubGrpcMethods(pubsub, tracer),
      ...bindingsGrpcMethods(bindings),
    ],
  };
}
