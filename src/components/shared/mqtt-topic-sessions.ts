/**
 * Sessions with an MQTT broker, one for each topic that is subscribed to. A broker sends no more than its window of
 * unconfirmed messages over a session, 20 often: messages that the app does not take would hold up all topics of it.
 *
 * A client id that the broker lets in only once, or not with another name, leaves topics with the first session.
 */
import { createHash } from "node:crypto";
import { errorText } from "../../kit/errors/api-error.ts";
import type { Logger } from "../../kit/logging/logger.ts";
import type { Clock } from "../../kit/time/clock.ts";
import { type MqttMessage, MqttSession, type MqttSettings } from "./mqtt.ts";
import { MqttDeliveries } from "./mqtt-deliveries.ts";

export interface MqttTopicSessionsInit {
  readonly settings: MqttSettings;
  /** Whether topics have sessions of their own. */
  readonly isSplit: boolean;
  /** Confirms also what failed. */
  readonly acksFailures: boolean;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** A session, and who takes its messages. */
interface Line extends AsyncDisposable {
  readonly session: MqttSession;
  readonly deliveries: MqttDeliveries;
}

/** One for all subscriptions to the same filter. */
interface OwnLine {
  readonly line: Promise<Line>;
  users: number;
  /** After the end of the one before: the broker lets in one client of a name. */
  readonly closed: PromiseWithResolvers<void>;
}

const attempts = 3;
const retryPauseMs = 500;

export class MqttTopicSessions implements AsyncDisposable {
  readonly #init: MqttTopicSessionsInit;
  readonly #first: Line;
  readonly #own = new Map<string, OwnLine>();
  readonly #closing = new AbortController();

  private constructor(init: MqttTopicSessionsInit, first: Line) {
    this.#init = init;
    this.#first = first;
  }

  /** @throws {Error} */
  static async open(init: MqttTopicSessionsInit, signal: AbortSignal): Promise<MqttTopicSessions> {
    return new MqttTopicSessions(init, await openLine(init, init.settings.clientId, signal));
  }

  /** For everything but subscriptions. */
  get first(): MqttSession {
    return this.#first.session;
  }

  /**
   * Resolves when the broker knows of it.
   * @param leaves unsubscribes when the last subscription to the filter ends
   * @returns its end, which waits for the handler
   * @throws {Error}
   */
  async subscribe(
    filter: string,
    handle: (message: MqttMessage) => Promise<void>,
    leaves: boolean,
    signal: AbortSignal,
  ): Promise<() => Promise<void>> {
    const own = await this.#enter(filter);
    const line = own === undefined ? this.#first : await own.line;
    // What an earlier process subscribed to over the first session is still in the broker's queue for it.
    const lines = line === this.#first ? [line] : [line, this.#first];
    const subscribers = lines.map(({ deliveries }) => deliveries.subscribe(filter, handle, signal));
    const end = async (): Promise<void> => {
      const [isLast] = await Promise.all(subscribers.map((subscriber) => subscriber.end()));
      if (leaves && isLast) await this.#unsubscribe(line, filter);
      if (own !== undefined) await this.#leave(filter, own);
    };
    try {
      await line.session.subscribe(filter);
    } catch (error) {
      await end();
      throw error;
    }
    if (line !== this.#first && this.first.wasKnown) await this.#unsubscribe(this.#first, filter);
    return end;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort(new Error("mqtt: client is closed"));
    const lines = await Promise.allSettled([...this.#own.values()].map(({ line }) => line));
    const opened = lines.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
    await Promise.all(
      [...new Set([...opened, this.#first])].map((one) => one[Symbol.asyncDispose]()),
    );
  }

  /** @returns the line of a filter; undefined: it shares the first one. @throws {Error} */
  async #enter(filter: string): Promise<OwnLine | undefined> {
    if (!this.#init.isSplit) return undefined;
    let own = this.#own.get(filter);
    while (own !== undefined && own.users === 0) {
      await own.closed.promise;
      own = this.#own.get(filter);
    }
    if (own === undefined) {
      // Not with the signal of one subscription: others may come to share it.
      const line = this.#open(filter, this.#closing.signal);
      own = { line, users: 0, closed: Promise.withResolvers<void>() };
      this.#own.set(filter, own);
    }
    own.users++;
    try {
      await own.line;
      return own;
    } catch (error) {
      await this.#leave(filter, own);
      throw error;
    }
  }

  /** The last one closes it. */
  async #leave(filter: string, own: OwnLine): Promise<void> {
    own.users--;
    if (own.users > 0) return;
    const line = await own.line.catch(() => undefined);
    if (line !== this.#first) await line?.[Symbol.asyncDispose]();
    if (this.#own.get(filter) === own) this.#own.delete(filter);
    own.closed.resolve();
  }

  /** @returns the first one where the broker refuses others while it keeps that one */
  async #open(filter: string, signal: AbortSignal): Promise<Line> {
    const { settings, clock, logger } = this.#init;
    const clientId = `${settings.clientId}-${shortHash(filter)}`;
    const { connection } = this.first;
    for (let attempt = 1; ; attempt++) {
      try {
        return await openLine(this.#init, clientId, signal);
      } catch (cause) {
        if (signal.aborted || !this.first.isUp || this.first.connection !== connection) throw cause;
        if (attempt < attempts) {
          await clock.sleep(retryPauseMs, signal);
          continue;
        }
        logger.warn(
          `mqtt: ${filter} shares a session with other topics, the broker refuses one of its own: ${errorText(cause)}`,
        );
        return this.#first;
      }
    }
  }

  async #unsubscribe({ session }: Line, filter: string): Promise<void> {
    await session.unsubscribe(filter).catch((error: unknown) => {
      this.#init.logger.warn(`mqtt error from unsubscribe: ${errorText(error)}`);
    });
  }
}

/** Brokers may limit the length of client ids, and what is in them. */
const shortHash = (filter: string): string =>
  createHash("sha256").update(filter).digest("hex").slice(0, 12);

/** @throws {Error} */
async function openLine(
  init: MqttTopicSessionsInit,
  clientId: string,
  signal: AbortSignal,
): Promise<Line> {
  const { clock, logger, acksFailures } = init;
  let session: MqttSession | undefined;
  const deliveries = new MqttDeliveries({
    clock,
    logger,
    acksFailures,
    // Nothing is confirmed before there is a subscription, and that needs the session.
    confirm: (message) => session?.confirm(message),
  });
  session = await MqttSession.open(
    {
      settings: { ...init.settings, clientId },
      clock,
      logger,
      onMessage: (message) => deliveries.add(message),
    },
    signal,
  );
  const opened = session;
  return {
    session: opened,
    deliveries,
    async [Symbol.asyncDispose]() {
      await deliveries[Symbol.asyncDispose]();
      await opened[Symbol.asyncDispose]();
    },
  };
}
