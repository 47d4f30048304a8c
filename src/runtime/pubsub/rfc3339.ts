/**
 * Times in events: RFC 3339 with whole seconds.
 * @see spec 03 §2.3, §2.5
 */
const two = (n: number): string => String(n).padStart(2, "0");

/** In UTC: `2026-01-02T03:04:05Z`. */
export function formatRfc3339(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

/**
 * In the zone of the machine: `2026-01-02T03:04:05+02:00`, `Z` where that is UTC. Events come many to a second, so the
 * last text is kept.
 */
export class LocalTimes {
  #second = Number.NaN;
  #text = "";

  /** @param ms since 1970 */
  format(ms: number): string {
    const second = Math.floor(ms / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#text = formatLocal(second * 1000);
    }
    return this.#text;
  }
}

function formatLocal(ms: number): string {
  const offset = -new Date(ms).getTimezoneOffset();
  const text = new Date(ms + offset * 60_000).toISOString().slice(0, 19);
  if (offset === 0) return `${text}Z`;
  const size = Math.abs(offset);
  return `${text}${offset < 0 ? "-" : "+"}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}

const pattern = /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/;

/** @returns ms since 1970; undefined: no such time */
export function parseRfc3339(text: string): number | undefined {
  const match = pattern.exec(text);
  if (match === null) return undefined;
  const ms = Date.parse(text.toUpperCase());
  if (Number.isNaN(ms)) return undefined;
  // Days that a month does not have would roll over.
  const day = Number(match[3]);
  const lastDay = new Date(Date.UTC(Number(match[1]), Number(match[2]), 0)).getUTCDate();
  return day >= 1 && day <= lastDay ? ms : undefined;
}
