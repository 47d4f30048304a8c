/**
 * When a schedule is due: five fields, or six with seconds first; `@daily` and the like; `@every 90s`.
 * @see spec 03 §9
 */
import { errorText } from "../../kit/errors/api-error.ts";
import { formatDuration, parseDuration } from "../../kit/time/duration.ts";
import { LocalClock, type LocalDay, type LocalTime } from "./local-time.ts";

export type Schedule =
  /** ms from one time to the next. */
  | { readonly periodMs: number }
  /** ms since 1970 of the first time after the given one; undefined: never. */
  | { next(afterMs: number): number | undefined };

interface Field {
  readonly min: number;
  readonly max: number;
  readonly names?: ReadonlyMap<string, number>;
}

const numbered = (names: string, first: number): ReadonlyMap<string, number> =>
  new Map(names.split(" ").map((name, i) => [name, i + first]));

const minutes: Field = { min: 0, max: 59 };
const hours: Field = { min: 0, max: 23 };
const days: Field = { min: 1, max: 31 };
const months: Field = {
  min: 1,
  max: 12,
  names: numbered("jan feb mar apr may jun jul aug sep oct nov dec", 1),
};
const weekdays: Field = { min: 0, max: 6, names: numbered("sun mon tue wed thu fri sat", 0) };
const fields: readonly Field[] = [minutes, minutes, hours, days, months, weekdays];

const descriptors: ReadonlyMap<string, string> = new Map([
  ["@yearly", "0 0 0 1 1 *"],
  ["@annually", "0 0 0 1 1 *"],
  ["@monthly", "0 0 0 1 * *"],
  ["@weekly", "0 0 0 * * 0"],
  ["@daily", "0 0 0 * * *"],
  ["@midnight", "0 0 0 * * *"],
  ["@hourly", "0 0 * * * *"],
]);

/** @param localZone where a schedule without a zone is meant @throws {Error} what is wrong with it */
export function parseSchedule(text: string, localZone: string): Schedule {
  if (text === "") throw new Error("empty spec string");
  const prefixed = /^(?:CRON_)?TZ=(\S*)\s+(.*)$/s.exec(text);
  const named = prefixed === null ? "Local" : prefixed[1] || "UTC";
  const zone = named === "Local" ? localZone : named;
  const clock = openClock(zone);
  const spec = prefixed === null ? text : (prefixed[2] as string).trim();
  if (/^(?:CRON_)?TZ=/.test(spec)) throw new Error(`provided bad location ${spec}`);
  if (spec.startsWith("@every ")) {
    if (prefixed !== null) throw new Error(`unrecognized descriptor: ${spec}`);
    return every(spec);
  }
  const expanded = descriptors.get(spec);
  if (expanded === undefined && spec.startsWith("@")) {
    throw new Error(`unrecognized descriptor: ${spec}`);
  }
  const words = (expanded ?? spec).split(/\s+/).filter((word) => word !== "");
  if (words.length !== 5 && words.length !== 6) {
    const shown = `[${words.join(" ")}]`;
    throw new Error(`expected 5 to 6 fields, found ${words.length}: ${shown}`);
  }
  if (words.length === 5) words.unshift("0");
  return new FieldSchedule(
    words.map((word, i) => parseField(word, fields[i] as Field)),
    clock,
  );
}

function every(spec: string): Schedule {
  let periodMs: number;
  try {
    periodMs = parseDuration(spec.slice("@every ".length));
  } catch (cause) {
    throw new Error(`failed to parse duration ${spec}: ${errorText(cause)}`, { cause });
  }
  // Timers are no finer, and none may run wild.
  if (periodMs < 1) {
    throw new Error(`failed to parse duration ${spec}: ${formatDuration(periodMs)} is too short`);
  }
  return { periodMs };
}

function openClock(zone: string): LocalClock {
  try {
    return new LocalClock(zone);
  } catch (cause) {
    throw new Error(`provided bad location ${zone}: unknown time zone ${zone}`, { cause });
  }
}

/** The values that a field allows. */
interface Allowed {
  readonly values: ReadonlySet<number>;
  /** `*` or `?`: of the two day fields, the other one decides. */
  readonly isAny: boolean;
}

function parseField(text: string, field: Field): Allowed {
  const values = new Set<number>();
  let isAny = false;
  for (const part of text.split(",").filter((one) => one !== "")) {
    isAny = addRange(part, field, values) || isAny;
  }
  return { values, isAny };
}

/** @returns whether it was `*` or `?` */
function addRange(part: string, field: Field, values: Set<number>): boolean {
  const [range = "", stepText, ...rest] = part.split("/");
  if (rest.length > 0) throw new Error(`too many slashes: ${part}`);
  const bounds = range.split("-");
  // Whatever follows a star after a hyphen says nothing more.
  const isStar = bounds[0] === "*" || bounds[0] === "?";
  if (!isStar && bounds.length > 2) throw new Error(`too many hyphens: ${part}`);
  const low = isStar ? field.min : parseValue(bounds[0] as string, field);
  let high = low;
  if (isStar) high = field.max;
  else if (bounds.length === 2) high = parseValue(bounds[1] as string, field);
  else if (stepText !== undefined) high = field.max;
  const step = stepText === undefined ? 1 : parseNumber(stepText);
  if (low < field.min) {
    throw new Error(`beginning of range (${low}) below minimum (${field.min}): ${part}`);
  }
  if (high > field.max) {
    throw new Error(`end of range (${high}) above maximum (${field.max}): ${part}`);
  }
  if (low > high) {
    throw new Error(`beginning of range (${low}) beyond end of range (${high}): ${part}`);
  }
  if (step === 0) throw new Error(`step of range should be a positive number: ${part}`);
  for (let value = low; value <= high; value += step) values.add(value);
  // A step over everything is a restriction.
  return isStar && step === 1;
}

const parseValue = (text: string, { names }: Field): number =>
  names?.get(text.toLowerCase()) ?? parseNumber(text);

function parseNumber(text: string): number {
  if (/^\+?\d{1,9}$/.test(text)) return Number(text);
  if (/^-\d{1,9}$/.test(text)) throw new Error(`negative number (${text}) not allowed: ${text}`);
  throw new Error(
    `failed to parse int from ${text}: strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`,
  );
}

/** Nothing that can be written as fields is due less often: 29 February on a given day, or never. */
const yearsAhead = 5;

class FieldSchedule {
  readonly #clock: LocalClock;
  readonly #seconds: ReadonlySet<number>;
  readonly #minutes: ReadonlySet<number>;
  readonly #hours: ReadonlySet<number>;
  readonly #months: ReadonlySet<number>;
  readonly #days: Allowed;
  readonly #weekdays: Allowed;

  constructor(allowed: readonly Allowed[], clock: LocalClock) {
    const [seconds, minute, hour, day, month, weekday] = allowed as [
      Allowed,
      Allowed,
      Allowed,
      Allowed,
      Allowed,
      Allowed,
    ];
    this.#clock = clock;
    this.#seconds = seconds.values;
    this.#minutes = minute.values;
    this.#hours = hour.values;
    this.#months = month.values;
    this.#days = day;
    this.#weekdays = weekday;
  }

  /**
   * Goes through local time, field by field: what the clock never shows has no times, and an hour that it shows twice has
   * its times twice.
   */
  next(afterMs: number): number | undefined {
    let candidateMs = Math.floor(afterMs / 1000) * 1000 + 1000;
    const lastYear = this.#clock.at(candidateMs).year + yearsAhead;
    for (;;) {
      const at = this.#clock.at(candidateMs);
      if (at.year > lastYear) return undefined;
      const laterMs = this.#skip(at, candidateMs);
      if (laterMs === undefined) return candidateMs;
      candidateMs = laterMs;
    }
  }

  /** The start of the next stretch that may hold a time; undefined: this is one. */
  #skip(at: LocalTime, ms: number): number | undefined {
    if (!this.#months.has(at.month)) {
      return this.#startOf({ year: at.year, month: at.month + 1, day: 1 }, ms);
    }
    if (!this.#isDay(at)) return this.#startOf({ ...at, day: at.day + 1 }, ms);
    if (!this.#hours.has(at.hour)) return ms + (3600 - at.minute * 60 - at.second) * 1000;
    if (!this.#minutes.has(at.minute)) return ms + (60 - at.second) * 1000;
    if (!this.#seconds.has(at.second)) return ms + 1000;
    return undefined;
  }

  /** Never backwards, whatever clocks do at midnight. */
  #startOf(day: LocalDay, ms: number): number {
    return Math.max(this.#clock.startOf(day), ms + 1000);
  }

  #isDay({ year, month, day }: LocalDay): boolean {
    const weekday = new Date(Date.UTC(year, month - 1, day)).getUTCDay();
    const isDay = this.#days.values.has(day);
    const isWeekday = this.#weekdays.values.has(weekday);
    // With one of the fields open the other decides; with both restricted either will do.
    return this.#days.isAny || this.#weekdays.isAny ? isDay && isWeekday : isDay || isWeekday;
  }
}
