import fc from "fast-check";
import { expect, it } from "vitest";
import { LiveQueue, type Place } from "./live-queue.ts";

it("keeps the order, whoever leaves", () => {
  const step = fc.oneof(
    fc.constant({ kind: "add" as const }),
    fc.constant({ kind: "shift" as const }),
    fc.record({ kind: fc.constant("leave" as const), which: fc.nat(30) }),
  );
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const queue = new LiveQueue<number>();
      const places: Place<number>[] = [];
      let expected: number[] = [];
      for (const each of steps) {
        if (each.kind === "add") {
          expected.push(places.length);
          places.push(queue.add(places.length));
        } else if (each.kind === "shift") {
          expect(queue.shift()).toBe(expected.shift());
        } else {
          const place = places[each.which];
          if (place === undefined) continue;
          expect(queue.leave(place)).toBe(expected.includes(place.item));
          expected = expected.filter((item) => item !== place.item);
        }
        expect(queue.size).toBe(expected.length);
        expect(queue.first?.item).toBe(expected[0]);
      }
      while (queue.size > 0) expect(queue.shift()).toBe(expected.shift());
      expect(expected).toEqual([]);
    }),
  );
});
