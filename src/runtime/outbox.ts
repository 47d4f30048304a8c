/**
 * The outbox of a sidecar: what is there before a store has one, and when it starts.
 * @see spec 03 §10
 */
import type { StateStore } from "../components/state/contract.ts";
import type { SidecarApp } from "./app.ts";
import type { SidecarContext } from "./context.ts";
import type { SidecarOptions } from "./options.ts";
import type { OpenedOutbox, Outbox } from "./outbox/outbox.ts";
import type { PubSubBlock } from "./pubsub/pubsub.ts";

export class SidecarOutbox implements AsyncDisposable {
  readonly #load: () => Promise<Outbox>;
  #loading: Promise<Outbox> | undefined;
  #isStarted = false;

  constructor(load: () => Promise<Outbox>) {
    this.#load = load;
  }

  /** As {@link Outbox.open}, which comes with the first store that has one. */
  open(
    store: string,
    component: StateStore,
    properties: ReadonlyMap<string, string>,
  ): OpenedOutbox | undefined {
    const names = ["outboxPublishPubsub", "outboxPublishTopic"];
    if (names.some((name) => (properties.get(name) ?? "") === "")) return undefined;
    const opened = this.#outbox().then(
      (outbox) => outbox.open(store, component, properties) as OpenedOutbox,
    );
    return {
      prepare: async (operations, span) => await (await opened).prepare(operations, span),
      [Symbol.dispose]: () => void opened.then((outbox) => outbox[Symbol.dispose]()),
    };
  }

  async start(): Promise<void> {
    this.#isStarted = true;
    await (await this.#loading)?.start();
  }

  async mounted(pubsub: string): Promise<void> {
    await (await this.#loading)?.mounted(pubsub);
  }

  async unmounting(pubsub: string): Promise<void> {
    await (await this.#loading)?.unmounting(pubsub);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await (await this.#loading)?.[Symbol.asyncDispose]();
  }

  #outbox(): Promise<Outbox> {
    this.#loading ??= this.#load().then(async (outbox) => {
      if (this.#isStarted) await outbox.start();
      return outbox;
    });
    return this.#loading;
  }
}

export function createOutbox(
  options: SidecarOptions,
  context: SidecarContext,
  block: PubSubBlock,
): SidecarOutbox {
  const outbox = new SidecarOutbox(async () =>
    (await import("./outbox-broker.ts")).createOutbox(options, context, block),
  );
  block.watch(outbox);
  return outbox;
}

/** Relays events from when the app is healthy for the first time, or at once when there is none. */
export async function startOutbox(outbox: SidecarOutbox, app: SidecarApp): Promise<void> {
  if (app.channel === undefined) await outbox.start();
  else app.onHealthChange(async (isHealthy) => (isHealthy ? await outbox.start() : undefined));
}
