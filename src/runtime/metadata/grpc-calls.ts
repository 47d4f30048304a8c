/** Calls over gRPC; loaded with the first one. */
import {
  ActorRuntime_ActorRuntimeStatus,
  GetMetadataRequest,
  GetMetadataResponse,
  type GetMetadataResponseInit,
  PubsubSubscriptionType,
  SetMetadataRequest,
} from "../../kit/proto/dapr/proto/runtime/v1/metadata.ts";
import { Empty } from "../../kit/proto/google/protobuf/empty.ts";
import { type UnaryCalls, unaryCalls } from "../api/grpc-method.ts";
import type { MetadataBlock } from "./metadata.ts";

export const getMetadata = (block: MetadataBlock): UnaryCalls =>
  unaryCalls({
    request: GetMetadataRequest,
    response: GetMetadataResponse,
    handle: () => response(block),
  });

export const setMetadata = (block: MetadataBlock): UnaryCalls =>
  unaryCalls({
    request: SetMetadataRequest,
    response: Empty,
    handle(request) {
      block.set(request.key, request.value);
      return {};
    },
  });

function response(block: MetadataBlock): GetMetadataResponseInit {
  const { sources } = block;
  const { app } = sources;
  const actors = sources.actorRuntime();
  return {
    id: sources.appId,
    runtimeVersion: sources.runtimeVersion,
    enabledFeatures: sources.features,
    registeredComponents: sources.components(),
    extendedMetadata: block.extended,
    subscriptions: sources.subscriptions().map((item) => ({
      pubsubName: item.pubsub,
      topic: item.topic,
      metadata: item.metadata,
      rules: { rules: item.rules },
      deadLetterTopic: item.deadLetterTopic,
      type: PubsubSubscriptionType[item.origin],
    })),
    httpEndpoints: sources.httpEndpoints().map((name) => ({ name })),
    resiliencies: sources.resiliencies().map((name) => ({ name })),
    appConnectionProperties: {
      port: app.port,
      protocol: app.protocol,
      channelAddress: app.channelAddress,
      maxConcurrency: app.maxConcurrency,
      health: app.health && {
        healthCheckPath: app.health.path,
        healthProbeInterval: app.health.interval,
        healthProbeTimeout: app.health.timeout,
        healthThreshold: app.health.threshold,
      },
    },
    actorRuntime: {
      runtimeStatus: ActorRuntime_ActorRuntimeStatus[actors.status],
      hostReady: actors.hostReady,
      placement: actors.placement,
    },
    workflows: {},
  };
}
