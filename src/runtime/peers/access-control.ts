/**
 * What a decision about a call is, whom it is about, and how decisions are counted.
 * @see spec 02 §14
 */
import type { Metrics, ValueSeries } from "../../kit/metrics/metrics.ts";
import { SpiffeId } from "../../kit/security/spiffe.ts";

export interface AccessRequest {
  /** SPIFFE id that the caller proved; null without mTLS. */
  readonly identity: string | null;
  /** Normalised method, or `/package.Service/Method` of a proxied call. */
  readonly operation: string;
  /** Upper case; NONE where there is none and where verbs do not count. */
  readonly verb: string;
  /** The app speaks HTTP and the call is not proxied: verbs count and case does not. */
  readonly isHttp: boolean;
}

export interface AccessControl {
  /** undefined: allowed. Otherwise the message of the PermissionDenied that the caller gets. */
  check(request: AccessRequest): string | undefined;
}

/** What the caller gets to read. */
export function deniedMessage(request: AccessRequest): string {
  const { identity, operation, verb } = request;
  return `access control policy has denied access to id: ${identity ?? ""} operation: ${operation} verb: ${verb}`;
}

export interface CallerIdentity {
  readonly appId: string;
  readonly namespace: string;
  readonly trustDomain: string;
}

/** What the caller's identity says, or why it says nothing. */
export type Caller = CallerIdentity | { readonly malformed: string };

const nobody: CallerIdentity = { appId: "", namespace: "", trustDomain: "" };

/** `/ns/<namespace>/<app id>` of the proved identity; more segments are allowed. */
export function callerOf(identity: string | null): Caller {
  if (identity === null) return nobody;
  try {
    const { appId, namespace, trustDomain } = SpiffeId.parse(identity);
    return { appId, namespace, trustDomain };
  } catch {
    return { malformed: `malformed SPIFFE ID: ${identity}` };
  }
}

/** Counts decisions; `app` when a policy's own default action was at work, else `global`. */
export class AccessMetrics {
  readonly #find: (scope: string, action: string, caller: Caller) => ValueSeries;

  constructor(metrics: Metrics) {
    const families = new Map(
      ["app", "global"].flatMap((scope) =>
        ["allowed", "blocked"].map((action) => [
          `${scope} ${action}`,
          metrics.counter(
            `dapr_runtime_acl_${scope}_policy_action_${action}_total`,
            `The number of requests ${action} by the ${scope} action specified in the access control policy.`,
            ["app_id", "trustDomain", "namespace"],
          ),
        ]),
      ),
    );
    this.#find = (scope, action, caller) => {
      const { appId, trustDomain, namespace } = "malformed" in caller ? nobody : caller;
      const family = families.get(`${scope} ${action}`);
      if (family === undefined) throw new Error(`no such decision: ${scope} ${action}`);
      return family.with(appId, trustDomain, namespace);
    };
  }

  /** The counter of a decision, to be kept: looking it up costs more than counting. */
  series(scope: "app" | "global", isAllowed: boolean, caller: Caller): ValueSeries {
    return this.#find(scope, isAllowed ? "allowed" : "blocked", caller);
  }
}
