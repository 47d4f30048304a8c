/**
 * Components whose calls run under their outbound policy. Only made where a policy applies.
 * @see spec 01 §1, §5.4, spec 03 §2.8, §2.9
 */
import type { RunningComponent } from "../../components/contract.ts";
import {
  BulkStoreError,
  EtagInvalidError,
  EtagMismatchError,
} from "../../components/state/contract.ts";
import type { Policy } from "./policy.ts";
import type { ComponentKind } from "./policy-set.ts";
import { type RunOptions, run } from "./run.ts";

interface GuardedKind {
  readonly kind: ComponentKind;
  /** Methods that are calls, with the place of the signal among their arguments. */
  readonly methods: ReadonlyMap<string, number>;
}

const kind = (name: ComponentKind, methods: Readonly<Record<string, number>>): GuardedKind => ({
  kind: name,
  methods: new Map(Object.entries(methods)),
});

/** By category of components. */
const kinds: ReadonlyMap<string, GuardedKind> = new Map([
  [
    "state",
    kind("Statestore", {
      get: 1,
      set: 1,
      delete: 1,
      bulkGet: 2,
      bulkSet: 1,
      bulkDelete: 1,
      transact: 2,
      query: 1,
    }),
  ],
  ["secretstores", kind("Secretstore", { get: 2, bulkGet: 1 })],
  ["configuration", kind("Configuration", { get: 1, subscribe: 2, unsubscribe: 1 })],
  ["lock", kind("Lock", { tryLock: 1, unlock: 1 })],
  [
    "crypto",
    kind("Crypto", {
      publicKey: 1,
      encrypt: 1,
      decrypt: 1,
      wrapKey: 1,
      unwrapKey: 1,
      sign: 1,
      verify: 1,
    }),
  ],
  ["conversation", kind("Conversation", { converse: 1 })],
  ["bindings", kind("Binding", { invoke: 1 })],
  ["bindings", kind("Binding", { invoke: 1 })],
]);

/** The kind of component in names of policies; undefined: its calls are not guarded here. */
export const guardedKind = (category: string): ComponentKind | undefined =>
  kinds.get(category)?.kind;

type Call = (...args: readonly unknown[]) => unknown;

/** The component with its calls under the policy; everything else is its own. */
export function guard<T extends RunningComponent>(
  category: string,
  component: T,
  policy: Policy,
): T {
  const methods = kinds.get(category)?.methods ?? new Map<string, number>();
  const guarded = new Map<PropertyKey, Call>();
  for (const [name, place] of methods) {
    const call: unknown = Reflect.get(component, name);
    if (typeof call !== "function") continue;
    const bound = (args: readonly unknown[]): unknown => Reflect.apply(call, component, args);
    guarded.set(
      name,
      name === "bulkSet" || name === "bulkDelete"
        ? (requests, signal) =>
            writeLeft(policy, bound, requests as KeyedRequest[], asSignal(signal))
        : (...args) =>
            run(
              policy,
              (signal) => bound(args.slice(0, place).concat(signal)),
              runOptions(asSignal(args[place])),
            ),
    );
  }
  return new Proxy(component, {
    get(target, name) {
      const call = guarded.get(name);
      if (call !== undefined) return call;
      const value: unknown = Reflect.get(target, name, target);
      // Methods with private fields must see the component itself.
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

const asSignal = (value: unknown): AbortSignal | undefined =>
  value instanceof AbortSignal ? value : undefined;

const runOptions = (signal: AbortSignal | undefined): RunOptions => ({
  signal,
  isFinal: isEtagError,
});

/** Trying again cannot help. */
const isEtagError = (error: unknown): boolean =>
  error instanceof EtagMismatchError || error instanceof EtagInvalidError;

interface KeyedRequest {
  readonly key: string;
}

/** Each attempt takes what failed before, except for etags; these failures are told at the end. */
async function writeLeft(
  policy: Policy,
  write: (args: readonly unknown[]) => unknown,
  requests: readonly KeyedRequest[],
  signal: AbortSignal | undefined,
): Promise<void> {
  let left = requests;
  const final: { readonly key: string; readonly error: Error }[] = [];
  await run(
    policy,
    async (attempt) => {
      try {
        if (left.length > 0) await write([left, attempt]);
      } catch (error) {
        if (!(error instanceof BulkStoreError)) throw error;
        const failed = new Set<string>();
        for (const failure of error.failures) {
          if (isEtagError(failure.error)) final.push(failure);
          else failed.add(failure.key);
        }
        left = left.filter(({ key }) => failed.has(key));
        if (left.length > 0) {
          const others = error.failures.filter((failure) => !isEtagError(failure.error));
          throw new BulkStoreError([...final, ...others]);
        }
      }
    },
    runOptions(signal),
  );
  if (final.length > 0) throw new BulkStoreError(final);
}
