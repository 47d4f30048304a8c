/**
 * Calls over gRPC; loaded with the first one, for few sidecars have a configuration store.
 * @see spec 01 §7
 */
import { sortedByBytes } from "../../kit/json/encode.ts";
import {
  GetConfigurationRequest,
  GetConfigurationResponse,
  SubscribeConfigurationRequest,
  SubscribeConfigurationResponse,
  type SubscribeConfigurationResponseInit,
  UnsubscribeConfigurationRequest,
  UnsubscribeConfigurationResponse,
} from "../../kit/proto/dapr/proto/runtime/v1/configuration.ts";
import {
  type ServerStream,
  type StreamMethod,
  serverStream,
  type UnaryCalls,
  unaryCalls,
} from "../api/grpc-method.ts";
import type { ConfigurationBlock } from "./configuration.ts";

export const getConfiguration = (block: ConfigurationBlock): UnaryCalls =>
  unaryCalls({
    request: GetConfigurationRequest,
    response: GetConfigurationResponse,
    handle: async (request, call) => ({ items: await block.get(request, call.signal) }),
  });

export const subscribeConfiguration = (block: ConfigurationBlock): StreamMethod["handle"] =>
  serverStream({
    request: SubscribeConfigurationRequest,
    response: SubscribeConfigurationResponse,
    handle: (request, stream) => subscribe(block, request, stream),
  });

export const unsubscribeConfiguration = (block: ConfigurationBlock): UnaryCalls =>
  unaryCalls({
    request: UnsubscribeConfigurationRequest,
    response: UnsubscribeConfigurationResponse,
    handle({ id }) {
      const failure = block.endStream(id);
      return failure === undefined ? { ok: true } : { ok: false, message: failure };
    },
  });

/** The id comes first, then what changes. Ends with OK, whoever ends it. */
async function subscribe(
  block: ConfigurationBlock,
  { storeName, keys, metadata }: SubscribeConfigurationRequest,
  stream: ServerStream<SubscribeConfigurationResponseInit>,
): Promise<void> {
  const { signal } = stream;
  const subscription = await block.openStream(
    { storeName, keys: sortedByBytes(keys), metadata },
    signal,
  );
  try {
    const { id } = subscription;
    await stream.send({ id });
    for (;;) {
      const event = await subscription.next();
      if (event === undefined || signal.aborted) return;
      await stream.send({ id, items: event.items });
    }
  } finally {
    await block.closeStream(subscription);
  }
}
