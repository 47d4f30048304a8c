/**
 * The configuration API over gRPC.
 * @see spec 01 §2.8, §7
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
  daprService,
  type GrpcMethod,
  type ServerStream,
  serverStream,
  unary,
} from "../api/grpc-method.ts";
import type { ConfigurationBlock } from "./configuration.ts";

export function configurationGrpcMethods(block: ConfigurationBlock): GrpcMethod[] {
  const versions = [
    ["v1", ""],
    ["v1alpha1", "Alpha1"],
  ] as const;
  return versions.flatMap(([version, suffix]) => {
    const rule = { group: "configuration", version } as const;
    return [
      unary({
        path: `${daprService}GetConfiguration${suffix}`,
        rule,
        request: GetConfigurationRequest,
        response: GetConfigurationResponse,
        handle: async (request, call) => ({ items: await block.get(request, call.signal) }),
      }),
      serverStream({
        path: `${daprService}SubscribeConfiguration${suffix}`,
        rule,
        request: SubscribeConfigurationRequest,
        response: SubscribeConfigurationResponse,
        handle: (request, stream) => subscribe(block, request, stream),
      }),
      unary({
        path: `${daprService}UnsubscribeConfiguration${suffix}`,
        rule,
        request: UnsubscribeConfigurationRequest,
        response: UnsubscribeConfigurationResponse,
        handle({ id }) {
          const failure = block.endStream(id);
          return failure === undefined ? { ok: true } : { ok: false, message: failure };
        },
      }),
    ];
  });
}

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
