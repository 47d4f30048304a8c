/**
 * What every lock store must do: one suite, called from the tests of each store.
 * @see spec 01 §8, spec 04 §8.3
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { LockStore } from "../../../../src/components/lock/contract.ts";

export interface LockSubject {
  readonly name: string;
  /** Tests are skipped without a server. */
  readonly isAvailable: boolean;
  /** Called twice: two sidecars that share a server. */
  open(): Promise<LockStore>;
  close(): Promise<void>;
}

export function lockConformance(subject: LockSubject): void {
  describe.skipIf(!subject.isAvailable)(`lock store ${subject.name}`, () => {
    let first: LockStore;
    let second: LockStore;
    let count = 0;
    beforeAll(async () => {
      first = await subject.open();
      second = await subject.open();
    });
    afterAll(async () => {
      await first[Symbol.asyncDispose]();
      await second[Symbol.asyncDispose]();
      await subject.close();
    });
    const fresh = (): string => `lock||app||r${count++}`;
    const lock = (store: LockStore, resource: string, owner: string, expirySeconds = 60) =>
      store.tryLock({ resource, owner, expirySeconds });

    it("gives a lock to one owner", async () => {
      const resource = fresh();
      expect(await lock(first, resource, "ann")).toBe(true);
      expect(await lock(second, resource, "bob")).toBe(false);
      // Not reentrant.
      expect(await lock(first, resource, "ann")).toBe(false);
      expect(await lock(second, fresh(), "bob")).toBe(true);
    });

    it("takes it back from its owner only", async () => {
      const resource = fresh();
      expect(await first.unlock({ resource, owner: "ann" })).toBe("not-locked");
      await lock(first, resource, "ann");
      expect(await second.unlock({ resource, owner: "bob" })).toBe("owned-by-others");
      // The owner is a name, whoever says it.
      expect(await second.unlock({ resource, owner: "ann" })).toBe("unlocked");
      expect(await first.unlock({ resource, owner: "ann" })).toBe("not-locked");
      expect(await lock(second, resource, "bob")).toBe(true);
    });

    it("lets it expire", async () => {
      const resource = fresh();
      const longer = fresh();
      await lock(first, longer, "ann", 60);
      await lock(first, resource, "ann", 1);
      expect(await lock(second, resource, "bob", 1)).toBe(false);
      const retry = { timeout: 5_000, interval: 50 };
      await expect.poll(() => lock(second, resource, "bob"), retry).toBe(true);
      expect(await first.unlock({ resource, owner: "ann" })).toBe("owned-by-others");
      expect(await lock(second, longer, "bob")).toBe(false);
    });

    it("gives it to one of many who ask at once", async () => {
      for (let round = 0; round < 20; round++) {
        const resource = fresh();
        const owners = Array.from({ length: 50 }, (_, i) => `owner ${i}`);
        const results = await Promise.all(
          owners.map((owner, i) => lock(i % 2 === 0 ? first : second, resource, owner)),
        );
        expect(results.filter(Boolean)).toHaveLength(1);
        const winner = owners[results.indexOf(true)] as string;
        const unlocked = await Promise.all(
          owners.map((owner) => second.unlock({ resource, owner })),
        );
        expect(unlocked[owners.indexOf(winner)]).toBe("unlocked");
        expect(unlocked.filter((result) => result === "unlocked")).toHaveLength(1);
      }
    });

    it.each(["ü 😀", "'; DROP", "a\nb", "__proto__", "x".repeat(10_000)])(
      "takes the owner and resource %j",
      async (text) => {
        const resource = `${fresh()}${text}`;
        expect(await lock(first, resource, text, 2_147_483_647)).toBe(true);
        expect(await second.unlock({ resource, owner: `${text} ` })).toBe("owned-by-others");
        expect(await second.unlock({ resource, owner: text })).toBe("unlocked");
      },
    );
  });
}
