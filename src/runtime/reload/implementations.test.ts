import { expect, it } from "vitest";
import { recordedLog } from "../resources/recorded-log.ts";
import { ImplementationReload } from "./implementations.ts";
import { component, nothing } from "./reload-context.ts";

const { signal } = new AbortController();

function start(known: readonly string[]) {
  const told: string[] = [];
  const { lines, logger } = recordedLog();
  const state = { changed: new Set<string>(), closeFailure: undefined as Error | undefined };
  const reload = new ImplementationReload(
    () => Promise.resolve(state.changed),
    {
      resources: [component("a", { type: "state.Mine" }), component("b")],
      isKnown: ({ type }) => known.includes(type),
      load({ name }) {
        told.push(`load ${name}`);
        return Promise.resolve(true);
      },
      remove(name) {
        told.push(`remove ${name}`);
        return state.closeFailure ? Promise.reject(state.closeFailure) : Promise.resolve();
      },
    },
    logger,
  );
  return { told, lines, state, reconcile: () => reload.reconcile(nothing, signal) };
}

it("starts those anew whose type has another implementation", async () => {
  const { told, lines, state, reconcile } = start(["state.Mine"]);
  await reconcile();
  expect(told).toEqual([]);
  state.changed = new Set(["state.mine"]);
  state.closeFailure = new Error("busy");
  await reconcile();
  expect(told).toEqual(["remove a", "load a"]);
  expect(lines).toEqual([
    "info: Closing existing Component to reload: a (state.Mine/v1)",
    "error: error closing old component: busy",
    "info: Component updated: a (state.Mine/v1)",
  ]);
});

it("keeps what runs when nothing implements its type any more", async () => {
  const { told, lines, state, reconcile } = start([]);
  state.changed = new Set(["state.mine"]);
  await reconcile();
  expect(told).toEqual([]);
  expect(lines).toEqual([
    "warning: Component a (state.Mine/v1) stays as it is: nothing implements state.Mine any more",
  ]);
});
