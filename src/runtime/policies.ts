/**
 * Where policies meet the parts of a sidecar. Only loaded when a resource defines some.
 * @see spec 02 §15.3
 */
import { code, RpcError } from "../kit/rpc/status.ts";
import { DeadlineError } from "../kit/time/clock.ts";
import { AppRefusalError, type DeliveryPolicy } from "./bindings/delivery.ts";
import { httpStatusOf } from "./invoke/status-mapping.ts";
import type { InboundPolicy } from "./pubsub/consumer-context.ts";
import { RetriableError } from "./pubsub/delivery.ts";
import { SubscriptionClosedError } from "./pubsub/in-flight.ts";
import type { PublishPolicy, StatusFamily } from "./pubsub/pubsub.ts";
import { BreakerError } from "./resiliency/circuit-breaker.ts";
import { guard, guardedKind } from "./resiliency/guard.ts";
import { loadResiliency } from "./resiliency/loader.ts";
import type { Policy } from "./resiliency/policy.ts";
import type { Resiliency, ResiliencyOptions } from "./resiliency/resiliency.ts";
import { run } from "./resiliency/run.ts";
import type { GuardComponent } from "./resources/component-loader.ts";
import type { ResiliencyFile } from "./resources/folder.ts";

export interface Policies {
  readonly resiliency: Resiliency;
  /** Calls of components. */
  readonly guard: GuardComponent;
  /** Events on their way to a broker. */
  readonly publish: (pubsub: string) => PublishPolicy | undefined;
  /** Events on their way to the app. */
  readonly inbound: InboundPolicy;
  /** Events of input bindings on their way to the app. */
  readonly inputBindings: (binding: string) => DeliveryPolicy | undefined;
}

/** @returns undefined: no resource is for this app */
export async function createPolicies(
  files: readonly ResiliencyFile[],
  options: ResiliencyOptions,
): Promise<Policies | undefined> {
  const resiliency = await loadResiliency(files, options);
  return (
    resiliency && {
      resiliency,
      guard: componentGuard(resiliency),
      publish: publishPolicies(resiliency),
      inbound: inboundPolicy(resiliency),
      inputBindings: inputPolicies(resiliency),
    }
  );
}

function componentGuard(resiliency: Resiliency): GuardComponent {
  return (category, name, component) => {
    const kind = guardedKind(category);
    const policy = kind && resiliency.component(name, kind, "outbound");
    return policy === undefined ? component : guard(category, component, policy);
  };
}

function publishPolicies(resiliency: Resiliency): Policies["publish"] {
  return (pubsub) => {
    const policy = resiliency.component(pubsub, "Pubsub", "outbound");
    if (policy === undefined) return undefined;
    return (publish, family, signal) =>
      run(policy, publish, { signal, statusOf: (error) => statusOfBroker(error, family) });
  };
}

/** What brokers say has a gRPC code, or is their failure; only requests over HTTP are matched by an HTTP status. */
function statusOfBroker(error: unknown, family: StatusFamily): number | undefined {
  if (error instanceof DeadlineError || error instanceof BreakerError) return undefined;
  const grpc = error instanceof RpcError ? error.code : code.unavailable;
  return family === "grpc" ? grpc : httpStatusOf(grpc);
}

function inputPolicies(resiliency: Resiliency): Policies["inputBindings"] {
  return (binding) => {
    const policy = resiliency.component(binding, "Binding", "inbound");
    if (policy === undefined) return undefined;
    return (deliver, signal) =>
      run(policy, (attempt) => deliver(attempt ?? signal), {
        signal,
        statusOf: (error) =>
          error instanceof AppRefusalError ? (error.httpStatus ?? error.grpcCode) : undefined,
      });
  };
}

function inboundPolicy(resiliency: Resiliency): InboundPolicy {
  const byPubsub = new Map<string, Policy | undefined>();
  return (pubsub, deliver, signal) => {
    if (!byPubsub.has(pubsub)) {
      byPubsub.set(pubsub, resiliency.component(pubsub, "Pubsub", "inbound"));
    }
    const policy = byPubsub.get(pubsub);
    if (policy === undefined) return deliver(signal);
    return run(policy, (attempt) => deliver(attempt ?? signal), {
      signal,
      statusOf: (error) =>
        error instanceof RetriableError ? (error.httpStatus ?? error.grpcCode) : undefined,
      isFinal: (error) => error instanceof SubscriptionClosedError,
    });
  };
}
