import fc from "fast-check";
import { expect, it } from "vitest";
import { LiveList } from "./live-list.ts";

it("holds what a Set would hold", () => {
  fc.assert(
    fc.property(fc.array(fc.record({ adds: fc.boolean(), which: fc.nat(9) })), (steps) => {
      const items = Array.from({ length: 10 }, (_, name) => ({ name }));
      const list = new LiveList<{ name: number }>();
      const set = new Set<{ name: number }>();
      for (const { adds, which } of steps) {
        const item = items[which] as { name: number };
        if (adds && !set.has(item)) {
          list.add(item);
          set.add(item);
        } else if (!adds) {
          list.delete(item);
          set.delete(item);
        }
        expect(list.size).toBe(set.size);
        expect(new Set(list.all())).toEqual(set);
      }
    }),
  );
});
