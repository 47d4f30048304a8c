/**
 * What clocks on the wall of a time zone show, and when they show it.
 */

export interface LocalDay {
  readonly year: number;
  /** 1 to 12; {@link LocalClock.startOf} takes later ones and carries over. */
  readonly month: number;
  readonly day: number;
}

export interface LocalTime extends LocalDay {
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

const dayMs = 86_400_000;

export class LocalClock {
  readonly #format: Intl.DateTimeFormat;

  /** @param zone IANA name @throws {RangeError} there is no such zone */
  constructor(zone: string) {
    this.#format = new Intl.DateTimeFormat("en-US", {
      timeZone: zone,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
  }

  /** @param ms since 1970 UTC */
  at(ms: number): LocalTime {
    const time = { year: 0, month: 0, day: 0, hour: 0, minute: 0, second: 0 };
    for (const { type, value } of this.#format.formatToParts(ms)) {
      if (type in time) time[type as keyof typeof time] = Number(value);
    }
    return time;
  }

  /** The first moment of a day: midnight, or whatever clocks show first when they are put forward then. */
  startOf({ year, month, day }: LocalDay): number {
    const midnight = Date.UTC(year, month - 1, day);
    const wanted = new Date(midnight).getUTCDate();
    const before = midnight - this.#offsetAt(midnight - dayMs);
    const after = midnight - this.#offsetAt(midnight + dayMs);
    const shows = (ms: number): boolean => {
      const at = this.at(ms);
      return at.day === wanted && at.hour === 0 && at.minute === 0;
    };
    const found = [before, after].filter(shows);
    return found.length === 0 ? before : Math.min(...found);
  }

  /** ms that the zone is ahead of UTC. */
  #offsetAt(ms: number): number {
    const { year, month, day, hour, minute, second } = this.at(ms);
    return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(ms / 1000) * 1000;
  }
}
