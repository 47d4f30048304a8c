/**
 * The access list of a Configuration: who may call which operation of this app.
 * @see spec 02 §14
 */
import { byteStringFromText } from "../../kit/http/byte-text.ts";
import { cleanPath } from "../../kit/http/path-clean.ts";
import { decodePath } from "../../kit/http/url.ts";
import type { Logger } from "../../kit/logging/logger.ts";
import type { ValueSeries } from "../../kit/metrics/metrics.ts";
import type { AccessControlConfiguration, AccessPolicy } from "../resources/configuration.ts";
import {
  type AccessControl,
  type AccessMetrics,
  type AccessRequest,
  type Caller,
  callerOf,
  deniedMessage,
} from "./access-control.ts";
import { OperationTree } from "./operation-tree.ts";

/** An access list that has everything it needs. */
export interface AccessRules {
  /** For callers without a policy, and for policies that say nothing themselves. */
  readonly isAllowedByDefault: boolean;
  readonly policies: readonly AccessPolicy[];
}

/**
 * Checks an access list and settles its global default action.
 * @throws {Error} `invalid access control spec. ...`: a policy does not say whom it is about
 */
export function readAccessRules(
  { defaultAction, policies, hasEmptyPolicies }: AccessControlConfiguration,
  logger: Logger,
): AccessRules {
  checkPolicies(policies);
  if (defaultAction !== "") return { isAllowedByDefault: isAllow(defaultAction), policies };
  if (!hasEmptyPolicies) {
    logger.warn(
      "No global default action has been specified. Setting default global action as Deny",
    );
  }
  return { isAllowedByDefault: hasEmptyPolicies, policies };
}

function checkPolicies(policies: readonly AccessPolicy[]): void {
  const without = (name: "trustDomain" | "namespace"): string[] =>
    policies.filter((policy) => policy[name] === "").map(({ appId }) => appId);
  const trustDomains = without("trustDomain");
  const namespaces = without("namespace");
  const isAppMissing = policies.some(({ appId }) => appId === "");
  if (trustDomains.length === 0 && namespaces.length === 0 && !isAppMissing) return;
  throw new Error(
    `invalid access control spec. missing trustdomain for apps: [${trustDomains.join(" ")}], missing namespace for apps: [${namespaces.join(" ")}], missing app name on at least one of the app policies: ${isAppMissing}`,
  );
}

const isAllow = (action: string): boolean => action.toLowerCase() === "allow";

interface Operation {
  readonly isAllowed: boolean;
  /** As written: `get` is no verb. */
  readonly verbs: ReadonlySet<string>;
}

/** What one caller may do. */
class CallerPolicy {
  readonly trustDomain: string;
  /** Whether the policy's own default action decides where no operation does. */
  readonly hasDefault: boolean;
  /** Nothing said is a no here. */
  readonly #isAllowedWithoutVerb: boolean;
  readonly #isAllowedByDefault: boolean;
  readonly #httpOperations = new OperationTree<Operation>({ ignoresCase: true });
  readonly #grpcOperations = new OperationTree<Operation>({ ignoresCase: false });

  constructor(policy: AccessPolicy, isAllowedByDefault: boolean) {
    const { trustDomain, defaultAction, operations } = policy;
    this.trustDomain = trustDomain;
    this.hasDefault = defaultAction !== "";
    this.#isAllowedWithoutVerb = isAllow(defaultAction);
    this.#isAllowedByDefault = this.hasDefault ? isAllow(defaultAction) : isAllowedByDefault;
    for (const { name, verbs, action } of operations) {
      const operation = { isAllowed: isAllow(action), verbs: new Set(verbs) };
      this.#httpOperations.add(name, operation);
      this.#grpcOperations.add(name, operation);
    }
  }

  allows({ operation, verb, isHttp }: AccessRequest): boolean {
    if (!isHttp) {
      return this.#grpcOperations.find(operation)?.isAllowed ?? this.#isAllowedByDefault;
    }
    if (!this.#allowsPath(operation, verb)) return false;
    // The app decodes what is left of escapes, and so may we when we write the path: it must not find a way around.
    return !operation.includes("%") || this.#allowsPath(decoded(operation), verb);
  }

  #allowsPath(path: string, verb: string): boolean {
    const found = this.#httpOperations.find(path);
    if (found === undefined) return this.#isAllowedByDefault;
    if (verb === "NONE") return this.#isAllowedWithoutVerb;
    return found.verbs.has(verb) || found.verbs.has("*")
      ? found.isAllowed
      : this.#isAllowedByDefault;
  }
}

/** A path as an HTTP app sees it. With a bad escape it never gets there. */
function decoded(path: string): string {
  const text = decodePath(byteStringFromText(path));
  return text === undefined ? path : cleanPath(`/${text}`);
}

const maxKnownCallers = 1000;

/** What does not change from call to call of one identity. */
interface KnownCaller {
  readonly caller: Caller;
  readonly policy: CallerPolicy | undefined;
  /** Made when first counted, so that only decisions which happened are shown. */
  allowed: ValueSeries | undefined;
  blocked: ValueSeries | undefined;
}

/** Immutable: a changed access list is another object. */
export class AccessPolicies implements AccessControl {
  readonly #isAllowedByDefault: boolean;
  readonly #policies: ReadonlyMap<string, CallerPolicy>;
  /** By identity: connections are few and calls are many. */
  readonly #known = new Map<string | null, KnownCaller>();
  readonly #metrics: AccessMetrics | undefined;

  /** @param metrics undefined: metrics are off */
  constructor(rules: AccessRules, metrics: AccessMetrics | undefined) {
    const { isAllowedByDefault, policies } = rules;
    this.#isAllowedByDefault = isAllowedByDefault;
    // Of several policies for one app the last wins.
    this.#policies = new Map(
      policies.map((policy) => [
        policyKey(policy.namespace, policy.appId),
        new CallerPolicy(policy, isAllowedByDefault),
      ]),
    );
    this.#metrics = metrics;
  }

  check(request: AccessRequest): string | undefined {
    const known = this.#know(request.identity);
    const { caller, policy } = known;
    const isMalformed = "malformed" in caller;
    const isAllowed =
      !isMalformed && (policy === undefined ? this.#isAllowedByDefault : policy.allows(request));
    this.#count(known, isAllowed);
    if (isAllowed) return undefined;
    return isMalformed ? caller.malformed : deniedMessage(request);
  }

  #know(identity: string | null): KnownCaller {
    const before = this.#known.get(identity);
    if (before !== undefined) return before;
    const caller = callerOf(identity);
    const known = {
      caller,
      policy: this.#policyOf(caller),
      allowed: undefined,
      blocked: undefined,
    };
    if (this.#known.size < maxKnownCallers) this.#known.set(identity, known);
    return known;
  }

  #policyOf(caller: Caller): CallerPolicy | undefined {
    if ("malformed" in caller) return undefined;
    const policy = this.#policies.get(policyKey(caller.namespace, caller.appId));
    return policy?.trustDomain === caller.trustDomain ? policy : undefined;
  }

  #count(known: KnownCaller, isAllowed: boolean): void {
    const metrics = this.#metrics;
    if (metrics === undefined) return;
    const { caller, policy } = known;
    const action = isAllowed ? "allowed" : "blocked";
    let series = known[action];
    if (series === undefined) {
      series = metrics.series(policy?.hasDefault ? "app" : "global", isAllowed, caller);
      known[action] = series;
    }
    series.add();
  }
}

/** No identity has a space in it. */
const policyKey = (namespace: string, appId: string): string => `${namespace} ${appId}`;
