/**
 * What every secret store must do: one suite, called from the tests of each store.
 *
 *     secretStoreConformance({ name: "local.file", traits: {}, fill: async () => {...}, open: () => createStore(...) });
 *
 * `fill` brings the secrets of {@link sampleSecrets} into the store before it is opened.
 * @see spec 01 §6, spec 04 §8.4
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { SecretStore } from "../../../../src/components/secretstores/contract.ts";

/** Names, keys and values; stores with single values hold the value of the key that is named as the secret. */
export const sampleSecrets: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  plain: { plain: "v", other: "w" },
  "with-dash.and.dot": { "with-dash.and.dot": "dashed" },
  empty: { empty: "" },
  quoted: { quoted: '"v" \\ & <x>' },
  unicode: { unicode: "Grüße 日本 🎉" },
  lines: { lines: "-----BEGIN X-----\nAA==\n-----END X-----\n" },
  long: { long: "x".repeat(100_000) },
};

export interface SecretTraits {
  /** A secret has several keys. */
  readonly isMultiple: boolean;
  /** What a secret that is not there leads to; "empty": an empty value. */
  readonly missing: RegExp | "empty";
  /** Environment variables end at a zero byte and are listed together with foreign ones. */
  readonly listsOthers: boolean;
}

export interface SecretSubject {
  readonly name: string;
  readonly traits: Partial<SecretTraits> & Pick<SecretTraits, "missing">;
  readonly features: SecretStore["features"];
  fill(): Promise<void>;
  open(): Promise<SecretStore>;
  /** Ends what fill began. */
  close?(): Promise<void>;
}

const none: ReadonlyMap<string, string> = new Map();

export function secretStoreConformance(subject: SecretSubject): void {
  const traits: SecretTraits = { isMultiple: false, listsOthers: false, ...subject.traits };
  const wanted = (name: string): Record<string, string> =>
    traits.isMultiple
      ? { ...sampleSecrets[name] }
      : { [name]: sampleSecrets[name]?.[name] as string };
  describe(`secretstores.${subject.name} as a secret store`, () => {
    let store: SecretStore;
    beforeAll(async () => {
      await subject.fill();
      store = await subject.open();
    });
    afterAll(async () => {
      await store?.[Symbol.asyncDispose]();
      await subject.close?.();
    });

    it("says what it can do", () => expect(store.features).toEqual(subject.features));

    it.each(Object.keys(sampleSecrets))("reads %s", async (name) => {
      const data = await store.get(name, none);
      expect(Object.fromEntries(data ?? [])).toEqual(wanted(name));
    });

    it("reads all of them at once", async () => {
      const all = await store.bulkGet(none);
      const found = Object.fromEntries(
        [...(all ?? [])].map(([name, data]) => [name, Object.fromEntries(data)]),
      );
      const expected = Object.fromEntries(
        Object.keys(sampleSecrets).map((name) => [name, wanted(name)]),
      );
      if (traits.listsOthers) expect(found).toMatchObject(expected);
      else expect(found).toEqual(expected);
    });

    it.each(["missing", "__proto__", "constructor", "PLAIN", "plain "])(
      "has no secret %j",
      async (name) => {
        const { missing } = traits;
        if (missing === "empty") {
          expect(await store.get(name, none)).toEqual(new Map([[name, ""]]));
        } else await expect(store.get(name, none)).rejects.toThrow(missing);
      },
    );

    it("keeps names within the store", async () => {
      for (const name of ["../plain", "x/../plain", "..", ".", "%2e%2e/plain"]) {
        const read = store.get(name, none).then((data) => [...(data?.values() ?? [])].join(""));
        expect(await read.catch(() => "")).toBe("");
      }
    });

    it("answers many at once", async () => {
      const names = Object.keys(sampleSecrets);
      const reads = Array.from({ length: 100 }, async (_, i) => {
        const name = names[i % names.length] as string;
        expect(Object.fromEntries((await store.get(name, none)) ?? [])).toEqual(wanted(name));
      });
      await Promise.all(reads);
    });

    it("closes twice without a complaint", async () => {
      const other = await subject.open();
      await other[Symbol.asyncDispose]();
      await other[Symbol.asyncDispose]();
    });
  });
}
