/**
 * Policies of invoked apps. Only loaded where a resource defines some.
 * @see spec 02 §15
 */
import { isTruthy } from "../../kit/flags/flags.ts";
import type { Random } from "../../kit/lifecycle/platform.ts";
import type { RpcStatus } from "../../kit/rpc/status.ts";
import type { StreamCall } from "../../kit/rpc/transport.ts";
import { BackOff } from "../resiliency/back-off.ts";
import type { Resiliency } from "../resiliency/resiliency.ts";
import { GuardedCall, grpcRules, httpRules } from "./guarded-call.ts";
import { GuardedRelay } from "./guarded-relay.ts";
import type { GuardInvoke } from "./invoke.ts";
import { builtInName, type Waits } from "./retry.ts";

export interface InvokePolicies {
  readonly guard: GuardInvoke;
  /** undefined: nothing applies to the call. */
  readonly guardRelay: (
    call: StreamCall,
    onEnd: ((status: RpcStatus) => void) | undefined,
  ) => GuardedRelay | undefined;
  /** An app with policies of its own has no built-in retries. */
  readonly retries: (targetId: string) => Waits | undefined;
}

export function invokePolicies(resiliency: Resiliency, random: Random): InvokePolicies {
  return {
    guard({ id, key, api }, request, start, handler) {
      const policy = resiliency.app(id, key);
      if (policy === undefined) return start(handler);
      const rules = api === "http" ? httpRules : grpcRules;
      const call = new GuardedCall(policy, request, rules, start, handler);
      call.run();
      return call;
    },
    guardRelay(call, onEnd) {
      // Quirk: spec 02 §5. The policy is not looked for under dapr-callee-app-id.
      const id = call.metadata.get("dapr-app-id") ?? "";
      const policy = resiliency.app(id, `${id}:${call.path}`);
      if (policy === undefined) return undefined;
      const isStreaming = isTruthy(call.metadata.get("dapr-stream"));
      return new GuardedRelay(call, policy, isStreaming, onEnd);
    },
    retries: (targetId) =>
      resiliency.hasAppTarget(targetId)
        ? undefined
        : new BackOff(resiliency.builtIn(builtInName), random),
  };
}
