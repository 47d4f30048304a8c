/**
 * One subscription of the embedded broker: takes as many messages as may be handled at once, and says what became of them.
 * @see docs/decisions/0004-embedded-broker.md
 */
import { errorText } from "../../kit/errors/api-error.ts";
import { UnreadableError } from "../../kit/errors/unreadable-error.ts";
import type { Logger } from "../../kit/logging/logger.ts";
import type { Clock } from "../../kit/time/clock.ts";
import { FailurePause } from "./failure-pause.ts";
import {
  type LogGroup,
  type LoggedMessage,
  longestRedeliveryMs,
  type MessageLog,
} from "./sqlite-log.ts";
import type { SqliteTurns } from "./sqlite-turns.ts";

export interface LogConsumerInit {
  readonly group: LogGroup;
  readonly consumer: string;
  readonly concurrency: number;
  /** Confirms also what failed. */
  readonly acksFailures: boolean;
  readonly log: MessageLog;
  readonly turns: SqliteTurns;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly handle: (message: LoggedMessage, signal: AbortSignal) => Promise<void>;
  /** Ends handling: what is under way is neither confirmed nor refused. */
  readonly signal: AbortSignal;
}

const firstPauseMs = 500;
/** Without any word of new messages. */
const longestWaitMs = 1_000;
/** After a database that could not be read. */
const faultPauseMs = 1_000;

/** ms until a message that failed so often is offered again. */
const redeliveryPause = (attempts: number): number =>
  Math.min(firstPauseMs * 2 ** Math.min(attempts - 1, 20), longestRedeliveryMs);

export class LogConsumer implements AsyncDisposable {
  readonly #init: LogConsumerInit;
  readonly #stop = new AbortController();
  readonly #pause: FailurePause;
  readonly #loop: Promise<void>;
  #inHand = 0;
  #wake: (() => void) | undefined;
  /** Somebody has called while nobody waited. */
  #isCalled = false;
  #onIdle: (() => void) | undefined;

  /** The group must be there. */
  constructor(init: LogConsumerInit) {
    this.#init = init;
    this.#pause = new FailurePause(init.clock);
    this.#loop = this.#run();
  }

  get group(): LogGroup {
    return this.#init.group;
  }

  /** There may be something to take. */
  call(): void {
    this.#isCalled = true;
    this.#wake?.();
  }

  /** Takes nothing more, and waits for what is in the handler's hands. Idempotent. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort(new Error("context canceled"));
    await this.#loop;
    if (this.#inHand === 0) return;
    await new Promise<void>((resolve) => {
      this.#onIdle = resolve;
    });
  }

  async #run(): Promise<void> {
    const { logger, clock, group } = this.#init;
    const { signal } = this.#stop;
    while (!signal.aborted) {
      try {
        await this.#pause.over(signal);
        await this.#takeSome();
      } catch (error) {
        if (signal.aborted) return;
        logger.error(`could not take messages of topic ${group.topic}: ${errorText(error)}`);
        await clock.sleep(faultPauseMs, signal).catch(() => {});
      }
    }
  }

  async #takeSome(): Promise<void> {
    const { group, consumer, concurrency, log, turns, clock } = this.#init;
    this.#isCalled = false;
    const room = concurrency - this.#inHand;
    if (room <= 0) return await this.#wait(undefined);
    const now = clock.now();
    const taken = await turns.write(() => {
      const messages = log.take(group, consumer, room, now);
      return { messages, dueAt: messages.length < room ? log.nextDue(group) : undefined };
    });
    for (const message of taken.messages) void this.#deliver(message);
    // There may be more than there was room for.
    if (taken.messages.length < room) await this.#wait(taken.dueAt);
  }

  /** Until somebody calls, or something is due. */
  async #wait(dueAt: number | undefined): Promise<void> {
    if (this.#isCalled) return;
    const { clock } = this.#init;
    const { signal } = this.#stop;
    const leftMs = dueAt === undefined ? longestWaitMs : dueAt - clock.now();
    await new Promise<void>((resolve) => {
      const end = (): void => {
        timer[Symbol.dispose]();
        signal.removeEventListener("abort", end);
        this.#wake = undefined;
        resolve();
      };
      const timer = clock.timer(Math.min(Math.max(leftMs, 1), longestWaitMs), end);
      this.#wake = end;
      signal.addEventListener("abort", end);
      if (signal.aborted) end();
    });
  }

  /** Never rejects. */
  async #deliver(message: LoggedMessage): Promise<void> {
    this.#inHand++;
    try {
      await this.#settle(message, await this.#handle(message));
    } finally {
      this.#inHand--;
      this.call();
      if (this.#inHand === 0) this.#onIdle?.();
    }
  }

  /** Again and again while the database cannot be written: nobody else may have the message until then. */
  async #settle({ id }: LoggedMessage, dueAt: number | undefined): Promise<void> {
    const { group, consumer, log, turns, logger, clock } = this.#init;
    for (;;) {
      try {
        await turns.write(() => {
          if (dueAt === undefined) log.confirm(group, consumer, id);
          else log.giveBack(group, consumer, id, dueAt);
        });
        return;
      } catch (error) {
        logger.error(
          `could not confirm message ${id} of topic ${group.topic}: ${errorText(error)}`,
        );
      }
      try {
        await clock.sleep(faultPauseMs, this.#stop.signal);
      } catch {
        // It is free when this sidecar is gone.
        return;
      }
    }
  }

  /** @returns when it is due again; undefined: it is done with */
  async #handle(message: LoggedMessage): Promise<number | undefined> {
    const { handle, signal, clock, logger, group, acksFailures } = this.#init;
    try {
      await handle(message, signal);
      this.#pause.succeeded();
      return undefined;
    } catch (error) {
      // Somebody else of the group may have it at once.
      if (signal.aborted) return 0;
      logger.error(
        `error processing message ${message.id} of topic ${group.topic}: ${errorText(error)}`,
      );
      if (acksFailures || error instanceof UnreadableError) return undefined;
      this.#pause.failed();
      return clock.now() + redeliveryPause(message.attempts);
    }
  }
}
