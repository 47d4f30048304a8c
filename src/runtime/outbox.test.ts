import { expect, it } from "vitest";
import type { StateStore } from "../components/state/contract.ts";
import type { Outbox } from "./outbox/outbox.ts";
import { SidecarOutbox } from "./outbox.ts";

const store = {} as StateStore;
const properties = new Map([
  ["outboxPublishPubsub", "bus"],
  ["outboxPublishTopic", "t"],
]);

/** Notes what it is asked, in order. */
function setUp() {
  const asked: string[] = [];
  const loaded = Promise.withResolvers<void>();
  const outbox = {
    open(name: string) {
      asked.push(`open ${name}`);
      return {
        prepare: async () => asked.push(`prepare ${name}`),
        [Symbol.dispose]: () => void asked.push(`close ${name}`),
      };
    },
    start: async () => void asked.push("start"),
    mounted: async (name: string) => void asked.push(`mounted ${name}`),
    unmounting: async (name: string) => void asked.push(`unmounting ${name}`),
    [Symbol.asyncDispose]: async () => void asked.push("end"),
  };
  const sidecar = new SidecarOutbox(async () => {
    asked.push("load");
    await loaded.promise;
    return outbox as unknown as Outbox;
  });
  return { asked, loaded, sidecar };
}

it("is not loaded for stores that have none", async () => {
  const { asked, sidecar } = setUp();
  for (const [name] of properties) {
    const some = new Map([...properties].filter(([other]) => other !== name));
    expect(sidecar.open("st", store, some)).toBeUndefined();
  }
  await sidecar.start();
  await sidecar.mounted("bus");
  await sidecar.unmounting("bus");
  await sidecar[Symbol.asyncDispose]();
  expect(asked).toEqual([]);
});

it("starts with its stores opened, whichever comes first", async () => {
  const early = setUp();
  const opened = early.sidecar.open("st", store, properties);
  const starting = early.sidecar.start();
  const preparing = opened?.prepare([], undefined);
  early.loaded.resolve();
  await Promise.all([starting, preparing]);
  expect(early.asked).toEqual(["load", "start", "open st", "start", "prepare st"]);

  const late = setUp();
  late.loaded.resolve();
  await late.sidecar.start();
  await late.sidecar.open("st", store, properties)?.prepare([], undefined);
  await late.sidecar.open("other", store, properties)?.prepare([], undefined);
  await late.sidecar.mounted("bus");
  await late.sidecar[Symbol.asyncDispose]();
  expect(late.asked).toEqual([
    ...["load", "start", "open st", "prepare st", "open other", "prepare other"],
    ...["mounted bus", "end"],
  ]);
});

it("closes a store that was opened, also before it was loaded", async () => {
  const { asked, loaded, sidecar } = setUp();
  sidecar.open("st", store, properties)?.[Symbol.dispose]();
  loaded.resolve();
  await expect.poll(() => asked).toEqual(["load", "open st", "close st"]);
});
