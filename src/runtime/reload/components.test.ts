import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ComponentResource } from "../resources/documents.ts";
import { recordedLog } from "../resources/recorded-log.ts";
import { ComponentReload } from "./components.ts";
import { component, nothing } from "./reload-context.ts";

const signal = new AbortController().signal;
const forActors = {
  metadata: [{ name: "actorStateStore", value: "true", secretKeyRef: undefined, envRef: "" }],
};
const withSecret = {
  metadata: [{ name: "p", value: undefined, secretKeyRef: { name: "s", key: "k" }, envRef: "" }],
};

/** A loader that notes what it is told. */
function start(loaded: readonly ComponentResource[] = []) {
  const running = new Map(loaded.map((one) => [one.name, one]));
  const told: string[] = [];
  const { lines, logger } = recordedLog();
  const state = {
    otherValues: false,
    denied: "",
    refusing: "",
    closeFailure: undefined as Error | undefined,
    waiting: [] as ComponentResource[],
  };
  const isForActors = ({ metadata }: ComponentResource): boolean =>
    metadata.some(({ name, value }) => name === "actorStateStore" && value === "true");
  const reload = new ComponentReload({
    loader: {
      get resources() {
        return [...running.values()];
      },
      get waiting() {
        return state.waiting;
      },
      load(resource) {
        told.push(`load ${resource.name}`);
        if (resource.name === state.refusing) {
          return resource.ignoreErrors
            ? Promise.resolve(false)
            : Promise.reject(new Error("refused"));
        }
        running.set(resource.name, resource);
        return Promise.resolve(true);
      },
      remove(name) {
        told.push(`remove ${name}`);
        running.delete(name);
        return state.closeFailure ? Promise.reject(state.closeFailure) : Promise.resolve();
      },
      hasOtherValues: () => Promise.resolve(state.otherValues),
      isAllowed: ({ name }) => name !== state.denied,
    },
    complete: (components) => components,
    actorStore: () => [...running.values()].find(isForActors)?.name,
    logger,
  });
  const reconcile = (...components: ComponentResource[]): Promise<void> =>
    reload.reconcile({ ...nothing, components }, signal);
  return { running, told, lines, state, reconcile };
}

describe("ComponentReload", () => {
  it("closes what is gone, then replaces what is different, then starts what is new", async () => {
    const { told, lines, reconcile } = start([component("a"), component("b"), component("c")]);
    await reconcile(component("new"), component("c", { version: "" }), component("b"));
    expect(told).toEqual(["remove a", "remove c", "load c", "load new"]);
    expect(lines).toEqual([
      "info: Closing existing Component to reload: c (state.in-memory/v1)",
      "info: Adding Component for processing: c (state.in-memory)",
      "info: Component updated: c (state.in-memory)",
      "info: Adding Component for processing: new (state.in-memory/v1)",
      "info: Component updated: new (state.in-memory/v1)",
    ]);
  });

  it("ends at what is wanted, whatever there was", async () => {
    const some = fc
      .uniqueArray(fc.tuple(fc.constantFrom(..."abcd"), fc.constantFrom("v1", "v2")), {
        selector: ([name]) => name,
      })
      .map((pairs) => pairs.map(([name, version]) => component(name, { version })));
    await fc.assert(
      fc.asyncProperty(fc.array(some, { minLength: 1, maxLength: 6 }), async (steps) => {
        const { running, told, reconcile } = start();
        for (const step of steps) {
          await reconcile(...step);
          expect([...running.values()].sort(byName)).toEqual([...step].sort(byName));
          told.length = 0;
          await reconcile(...step);
          expect(told).toEqual([]);
        }
      }),
      { numRuns: 60 },
    );
  });

  it("replaces what refers to a secret only when that has another value", async () => {
    const { told, lines, state, reconcile } = start([component("a", withSecret)]);
    await reconcile(component("a", withSecret));
    expect(told).toEqual([]);
    expect(lines).toEqual([
      "debug: Component update skipped: no changes detected: a (state.in-memory/v1)",
    ]);
    state.otherValues = true;
    await reconcile(component("a", withSecret));
    expect(told).toEqual(["remove a", "load a"]);
  });

  it("looks at secret stores before it looks at what refers to secrets", async () => {
    const store = component("z", { type: "secretstores.x" });
    const { told, state, reconcile } = start([component("a", withSecret), store]);
    state.otherValues = true;
    await reconcile(component("a", withSecret), { ...store, version: "" });
    expect(told).toEqual(["remove z", "load z", "remove a", "load a"]);
  });

  it("closes the old one before it finds that the new one is not allowed", async () => {
    const { told, lines, state, reconcile } = start([component("a")]);
    state.denied = "a";
    await reconcile(component("a", { type: "state.redis" }));
    expect(told).toEqual(["remove a"]);
    expect(lines.at(-1)).toBe(
      "warning: Received unauthorized component update, ignored: a (state.redis/v1)",
    );
  });

  it("tries again what did not start", async () => {
    const { told, state, reconcile } = start();
    state.refusing = "a";
    await expect(reconcile(component("a"))).rejects.toThrow("refused");
    state.refusing = "";
    await reconcile(component("a"));
    expect(told).toEqual(["load a", "load a"]);
  });

  it("does not call that updated whose failure is let pass", async () => {
    const { told, lines, state, reconcile } = start();
    state.refusing = "a";
    await reconcile(component("a", { ignoreErrors: true }));
    expect(told).toEqual(["load a"]);
    expect(lines).toEqual(["info: Adding Component for processing: a (state.in-memory/v1)"]);
  });

  it("starts none in place of one that could not be closed", async () => {
    const { told, lines, state, reconcile } = start([component("a")]);
    state.closeFailure = new Error("busy");
    await reconcile(component("a", { version: "" }));
    expect(told).toEqual(["remove a"]);
    expect(lines.at(-1)).toBe("error: error closing old component: busy");
    // The next look starts it.
    await reconcile(component("a", { version: "" }));
    expect(told).toEqual(["remove a", "load a"]);
  });

  it("forgets what waits for its secret store when that resource is gone", async () => {
    const { told, state, reconcile } = start([component("a")]);
    state.waiting = [component("gone"), component("b", withSecret)];
    await reconcile(component("a"), component("b", withSecret));
    expect(told).toEqual(["remove gone", "load b"]);
  });

  it("goes on after one that is gone could not be closed", async () => {
    const { told, lines, state, reconcile } = start([component("a")]);
    state.closeFailure = new Error("busy");
    await reconcile(component("b"));
    expect(told).toEqual(["remove a", "load b"]);
    expect(lines[0]).toBe("error: error closing deleted component: busy");
  });

  describe("with a store that keeps actors", () => {
    const first = component("first", forActors);
    const second = component("second", forActors);
    const skipping =
      "error: Skipping hot reload of second (state.in-memory/v1): first is already the actor state store, only one actor state store is allowed. The component will be applied if first is removed";

    it("has a second one wait for the end of the first", async () => {
      const { told, lines, reconcile } = start([first]);
      await reconcile(first, second);
      expect(told).toEqual([]);
      expect(lines).toEqual([skipping]);
      await reconcile(second);
      expect(told).toEqual(["remove first", "load second"]);
      expect(lines.slice(1)).toEqual([
        "info: Actor state store removed or replaced - draining hosted actors",
        "info: Applying previously skipped actor state store: second (state.in-memory/v1)",
        "info: Adding Component for processing: second (state.in-memory/v1)",
        "info: Component updated: second (state.in-memory/v1)",
        "info: Actor state store second configured - enabling actor hosting",
      ]);
    });

    it("forgets the one that waits when its resource vanishes", async () => {
      const { told, reconcile } = start([first]);
      await reconcile(first, second);
      await reconcile(first);
      await reconcile();
      expect(told).toEqual(["remove first"]);
    });

    it("keeps actors when it is replaced under its name", async () => {
      const { lines, reconcile } = start([first]);
      await reconcile(component("first", { ...forActors, version: "" }));
      expect(lines.at(-1)).toBe("info: Actor state store first updated - actor hosting continues");
    });

    it("ends hosting when it is no such store any more", async () => {
      const { lines, reconcile } = start([first]);
      await reconcile(component("first"));
      expect(lines.at(-1)).toBe(
        "info: Actor state store removed or replaced - draining hosted actors",
      );
    });
  });
});

const byName = (a: ComponentResource, b: ComponentResource): number => (a.name < b.name ? -1 : 1);
