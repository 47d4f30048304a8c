/**
 * The input bindings that run: started while the app is healthy, stopped when it is not.
 * @see spec 03 §8.1, §8.2
 */
import type { BindingEvent } from "../../components/bindings/contract.ts";
import { errorText } from "../../kit/errors/api-error.ts";
import type { Logger } from "../../kit/logging/logger.ts";
import type { CallMetrics } from "../../kit/metrics/component-calls.ts";
import type { Clock } from "../../kit/time/clock.ts";
import { InFlight, settleMs } from "../app/in-flight.ts";
import type { BindingsBlock, InputBinding, InputRunner } from "./bindings.ts";

export interface InputBindingsOptions {
  readonly block: BindingsBlock;
  /** @throws {Error} it could not be found out */
  readonly isWanted: (input: InputBinding, signal: AbortSignal) => Promise<boolean>;
  readonly deliver: (
    input: InputBinding,
    event: BindingEvent,
    signal: AbortSignal,
  ) => Promise<Uint8Array | undefined>;
  readonly clock: Clock;
  readonly logger: Logger;
}

export class InputBindings implements InputRunner, AsyncDisposable {
  readonly #options: InputBindingsOptions;
  readonly #running = new Map<InputBinding, Reader>();
  /** Starts and stops come one after the other. */
  #turn: Promise<void> = Promise.resolve();
  /** Of the current time of health; undefined: nothing is to run. */
  #active: AbortController | undefined;
  #isEnded = false;

  constructor(options: InputBindingsOptions) {
    this.#options = options;
    options.block.watch(this);
  }

  /** The app is there and well. */
  start(): Promise<void> {
    if (this.#isEnded || this.#active !== undefined) return this.#turn;
    this.#active = new AbortController();
    const { signal } = this.#active;
    return this.#next(() => this.#startAll(this.#options.block.inputs, signal));
  }

  /** Waits for events in flight. */
  stop(): Promise<void> {
    this.#active?.abort(new Error("input bindings are stopped"));
    this.#active = undefined;
    return this.#next(() => this.#stopAll([...this.#running.keys()]));
  }

  added(input: InputBinding): void {
    const { signal } = this.#active ?? {};
    if (signal !== undefined) void this.#next(() => this.#startAll([input], signal));
  }

  removed(input: InputBinding): Promise<void> {
    return this.#next(() => this.#stopAll([input]));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isEnded = true;
    await this.stop();
  }

  #next(action: () => Promise<void>): Promise<void> {
    this.#turn = this.#turn.then(action);
    return this.#turn;
  }

  /** The first that cannot be started ends it. */
  async #startAll(inputs: readonly InputBinding[], signal: AbortSignal): Promise<void> {
    const { isWanted, logger } = this.#options;
    try {
      for (const input of inputs) {
        if (signal.aborted) return;
        if (this.#running.has(input)) continue;
        if (await isWanted(input, signal)) await this.#startOne(input);
        else logger.info(`app has not subscribed to binding ${input.name}.`);
      }
    } catch (error) {
      if (!signal.aborted) logger.warn(`failed to read from bindings: ${errorText(error)} `);
    }
  }

  async #startOne(input: InputBinding): Promise<void> {
    const { block, deliver, clock, logger } = this.#options;
    const reader = new Reader({
      deliver: (event, signal) => deliver(input, event, signal),
      metrics: block.deliveries(input.name),
      clock,
    });
    this.#running.set(input, reader);
    try {
      await input.read((event) => reader.take(event), reader.reading);
    } catch (error) {
      this.#running.delete(input);
      await reader.close();
      logger.error(`error reading from input binding ${input.name}: ${errorText(error)}`);
    }
  }

  async #stopAll(inputs: readonly InputBinding[]): Promise<void> {
    await Promise.all(
      inputs.map(async (input) => {
        const reader = this.#running.get(input);
        this.#running.delete(input);
        await reader?.close();
      }),
    );
  }
}

interface ReaderOptions {
  readonly deliver: (event: BindingEvent, signal: AbortSignal) => Promise<Uint8Array | undefined>;
  readonly metrics: CallMetrics;
  readonly clock: Clock;
}

/** One input binding's events, counted while they are delivered. */
class Reader {
  readonly #options: ReaderOptions;
  readonly #reading = new AbortController();
  readonly #delivering = new AbortController();
  readonly #inFlight = new InFlight();

  constructor(options: ReaderOptions) {
    this.#options = options;
  }

  /** Aborted when no more events are wanted. */
  get reading(): AbortSignal {
    return this.#reading.signal;
  }

  async take(event: BindingEvent): Promise<Uint8Array | undefined> {
    if (this.#reading.signal.aborted) throw new Error("input binding is closed");
    const { deliver, metrics } = this.#options;
    return await this.#inFlight.track(() =>
      metrics.measure(() => deliver(event, this.#delivering.signal)),
    );
  }

  async close(): Promise<void> {
    this.#reading.abort(new Error("input binding is closed"));
    const { clock } = this.#options;
    const hadSome = await this.#inFlight.idle(clock, () => {
      this.#delivering.abort(new Error("input binding is closed"));
    });
    if (hadSome) await clock.sleep(settleMs);
  }
}
