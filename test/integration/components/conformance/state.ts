/**
 * What every state store must do: one suite, called from the tests of each store.
 *
 *     stateStoreConformance({ name: "sqlite", isAvailable: true, traits: {}, open: () => createStore(sqlite, {...}) });
 *
 * `open` is called once, before the tests. Keys of the tests are their own, so a store may keep its data between runs.
 * @see spec 01 §5.9, spec 04 §8.1
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { StateStore } from "../../../../src/components/state/contract.ts";
import { expiryAndPaging } from "./state-expiry.ts";
import { modelAndLoad } from "./state-model.ts";
import { queries } from "./state-queries.ts";
import { valuesAndKeys } from "./state-values.ts";
import { writes } from "./state-writes.ts";

/** Differences that clients of the reference see too. Defaults are those of {@link usualTraits}. */
export interface StateTraits {
  /** A transaction that fails leaves nothing behind. */
  readonly rollsBack: boolean;
  /** Transactions work; else the store offers them, but the server at hand has none. */
  readonly transacts: boolean;
  /** The server at hand compares and writes in one step. */
  readonly comparesAtomically: boolean;
  /** `ttlExpireTime` in the metadata of what is read; "always": of values without a TTL too. */
  readonly showsExpiry: boolean | "always";
  /** A write without TTL takes an earlier expiry off. */
  readonly clearsExpiry: boolean;
  /** What `ttlInSeconds` of 0 or -1 means. */
  readonly noTtl: "kept" | "expires" | "expires-soon" | "refused";
  /** Longest time until a value with a TTL of 1 s is gone, in ms. */
  readonly expiryLimitMs: number;
  /** The error for `ttlInSeconds` "soon". */
  readonly ttlError: RegExp;
  /** An etag of the right form that no value has. */
  readonly otherEtag: string;
  /** An etag of no valid form and the error it leads to; undefined: etags have no form. */
  readonly malformedEtag: { readonly etag: string; readonly error: RegExp } | undefined;
  /** A write or delete with an etag of a key that does not exist. */
  readonly etagOfMissing: "mismatch" | "accepted";
  /** Whether found keys come before missing ones in a bulk get, or as they were asked for. */
  readonly bulkOrder: "request" | "found-first" | "any";
  /** JSON comes back as the text that was written; else as an equal value (order of names, spaces). */
  readonly keepsJsonText: boolean;
  /** Bytes that are no UTF-8 come back as they were. */
  readonly keepsBytes: boolean;
  /** A value without bytes. */
  readonly emptyReadsAs: "empty" | "missing";
  /** Keys that differ in case are different keys. */
  readonly keysKeepCase: boolean;
  /** Characters of the longest key; undefined: at least 1000. */
  readonly longestKey: number | undefined;
  /** Words that are no concurrency or consistency fail. */
  readonly checksOptions: boolean;
  /** Members of JSON objects may be named `$set`, `a.b` and "". */
  readonly anyMemberName: boolean;
  /** Filters GT, GTE, LT, LTE and NEQ; sorting by numbers. */
  readonly comparesNumbers: boolean;
}

const usualTraits: StateTraits = {
  rollsBack: true,
  transacts: true,
  comparesAtomically: true,
  showsExpiry: true,
  clearsExpiry: true,
  noTtl: "kept",
  expiryLimitMs: 4000,
  ttlError: /parsing "soon": invalid syntax/,
  otherEtag: "77",
  malformedEtag: undefined,
  etagOfMissing: "mismatch",
  bulkOrder: "found-first",
  keepsJsonText: true,
  keepsBytes: true,
  emptyReadsAs: "empty",
  keysKeepCase: true,
  longestKey: undefined,
  checksOptions: true,
  anyMemberName: true,
  comparesNumbers: true,
};

export interface StateSubject {
  readonly name: string;
  /** Whether the server that it needs is there; else the suite is shown as skipped. */
  readonly isAvailable: boolean;
  /** What differs from {@link usualTraits}. */
  readonly traits: Partial<StateTraits>;
  readonly open: () => Promise<StateStore>;
}

/** What the parts of the suite share. */
export interface Context {
  readonly name: string;
  readonly traits: StateTraits;
  /** Open while tests run. */
  readonly store: StateStore;
  /** A key that no other test uses. */
  readonly fresh: () => string;
}

export function stateStoreConformance(subject: StateSubject): void {
  describe.skipIf(!subject.isAvailable)(`state.${subject.name}`, () => {
    let opened: StateStore | undefined;
    let counter = 0;
    const run = `${process.pid.toString(36)}${Date.now().toString(36)}`;
    const context: Context = {
      name: subject.name,
      traits: { ...usualTraits, ...subject.traits },
      get store() {
        if (opened === undefined) throw new Error("the store did not open");
        return opened;
      },
      fresh: () => `app||${run}-${counter++}`,
    };
    beforeAll(async () => {
      opened = await subject.open();
    });
    afterAll(async () => {
      await opened?.[Symbol.asyncDispose]();
    });

    it("answers a ping", async () => {
      await context.store.ping?.();
    });

    it("offers the calls of its features and no others", () => {
      const { store } = context;
      const has = (feature: StateStore["features"][number]): boolean =>
        store.features.includes(feature);
      expect(typeof store.transact === "function").toBe(has("TRANSACTIONAL"));
      expect(typeof store.keysLike === "function").toBe(has("KEYS_LIKE"));
      expect(typeof store.deleteWithPrefix === "function").toBe(has("DELETE_WITH_PREFIX"));
      expect(typeof store.query === "function").toBe(has("QUERY_API"));
    });

    describe("values and keys", () => valuesAndKeys(context));
    describe("writes", () => writes(context));
    describe("expiry and paging", () => expiryAndPaging(context));
    describe("queries", () => queries(context));
    describe("many and at once", () => modelAndLoad(context));
  });
}
