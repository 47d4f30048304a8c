import fc from "fast-check";
import { expect, it } from "vitest";
import type { Stream } from "./stream.ts";
import { StreamTable } from "./stream-table.ts";

const stream = (id: number): Stream => ({ id }) as Stream;

it("holds what a Map would hold", () => {
  const step = fc.oneof(
    { weight: 5, arbitrary: fc.constant("open" as const) },
    { weight: 4, arbitrary: fc.nat() },
    { weight: 1, arbitrary: fc.record({ open: fc.integer({ min: 1, max: 300 }) }) },
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 400 }), fc.boolean(), (steps, keepsFirst) => {
      const table = new StreamTable();
      const map = new Map<number, Stream>();
      let next = 1;
      const open = (): void => {
        const one = stream(next);
        next += 2;
        table.add(one);
        map.set(one.id, one);
      };
      for (const one of steps) {
        if (one === "open") open();
        else if (typeof one === "object") {
          // Many that come and go, past those that stay.
          for (let i = 0; i < one.open; i++) {
            open();
            table.delete(next - 2);
            map.delete(next - 2);
          }
        } else {
          const ids = [...map.keys()].slice(keepsFirst ? 1 : 0);
          const id = ids.length === 0 ? next : (ids[one % ids.length] as number);
          table.delete(id);
          map.delete(id);
        }
        expect(table.size).toBe(map.size);
      }
      expect(table.all()).toEqual([...map.values()]);
      for (let id = 1; id < next + 2; id++) expect(table.get(id)).toBe(map.get(id));
      table.clear();
      expect([table.size, table.all(), table.get(1)]).toEqual([0, [], undefined]);
    }),
    { numRuns: 150 },
  );
});
