/**
 * The configuration API over gRPC.
 * @see spec 01 §2.8, §7
 */
import { daprService, type GrpcMethod, onFirstUse, unaryOnFirstUse } from "../api/grpc-method.ts";
import type { ConfigurationBlock } from "./configuration.ts";

export function configurationGrpcMethods(block: ConfigurationBlock): GrpcMethod[] {
  const versions = [
    ["v1", ""],
    ["v1alpha1", "Alpha1"],
  ] as const;
  const load = () => import("./grpc-calls.ts");
  return versions.flatMap(([version, suffix]): GrpcMethod[] => {
    const rule = { group: "configuration", version } as const;
    return [
      unaryOnFirstUse(`${daprService}GetConfiguration${suffix}`, rule, async () =>
        (await load()).getConfiguration(block),
      ),
      {
        ...rule,
        kind: "stream",
        path: `${daprService}SubscribeConfiguration${suffix}`,
        handle: onFirstUse(async () => (await load()).subscribeConfiguration(block)),
      },
      unaryOnFirstUse(`${daprService}UnsubscribeConfiguration${suffix}`, rule, async () =>
        (await load()).unsubscribeConfiguration(block),
      ),
    ];
  });
}
