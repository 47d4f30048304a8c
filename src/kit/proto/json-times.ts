/** Timestamps and durations in their JSON forms: `2026-01-02T03:04:05.678Z` and `1.500s`. */

interface SecondsAndNanos {
  seconds: bigint;
  nanos: number;
}

/** 0001-01-01T00:00:00Z and 9999-12-31T23:59:59Z. */
const firstSecond = -62_135_596_800n;
const lastSecond = 253_402_300_799n;
const longestDuration = 315_576_000_000n;

/** @throws {Error} when it is not between the years 1 and 9999 */
export function formatTimestamp(time: Partial<SecondsAndNanos>): string {
  const seconds = time.seconds ?? 0n;
  const nanos = time.nanos ?? 0;
  if (seconds < firstSecond || seconds > lastSecond) {
    throw new Error(`google.protobuf.Timestamp: seconds out of range ${seconds}`);
  }
  if (nanos < 0 || nanos > 999_999_999) {
    throw new Error(`google.protobuf.Timestamp: nanos out of range ${nanos}`);
  }
  const whole = new Date(Number(seconds) * 1000).toISOString().slice(0, 19);
  return `${whole}${fraction(nanos)}Z`;
}

/** @throws {Error} when the text is not RFC 3339 */
export function parseTimestamp(text: string): SecondsAndNanos {
  const form = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:[.,](\d{1,9}))?(Z|[+-]\d\d:\d\d)$/;
  const found = form.exec(text);
  const whole = found === null ? Number.NaN : Date.parse(`${found[1]}Z`);
  // Date.parse lets February 30 pass.
  const isReal = !Number.isNaN(whole) && new Date(whole).toISOString().startsWith(found![1]!);
  const offset = found === null ? Number.NaN : offsetMs(found[3]!);
  if (!isReal || Number.isNaN(offset))
    throw new Error(`invalid google.protobuf.Timestamp value ${JSON.stringify(text)}`);
  const seconds = BigInt((whole - offset) / 1000);
  if (seconds < firstSecond || seconds > lastSecond) {
    throw new Error(`google.protobuf.Timestamp value out of range: ${JSON.stringify(text)}`);
  }
  return { seconds, nanos: Number((found![2] ?? "").padEnd(9, "0")) };
}

function offsetMs(zone: string): number {
  if (zone === "Z") return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(4));
  if (hours > 23 || minutes > 59) return Number.NaN;
  return (zone.startsWith("-") ? -1 : 1) * (hours * 60 + minutes) * 60_000;
}

/** @throws {Error} when it is longer than about 10,000 years, or the signs differ */
export function formatDuration(duration: Partial<SecondsAndNanos>): string {
  const seconds = duration.seconds ?? 0n;
  const nanos = duration.nanos ?? 0;
  if (seconds < -longestDuration || seconds > longestDuration) {
    throw new Error(`google.protobuf.Duration: seconds out of range ${seconds}`);
  }
  if (Math.abs(nanos) > 999_999_999 || (seconds > 0n && nanos < 0) || (seconds < 0n && nanos > 0)) {
    throw new Error(`google.protobuf.Duration: nanos out of range ${nanos}`);
  }
  const sign = seconds < 0n || nanos < 0 ? "-" : "";
  const whole = seconds < 0n ? -seconds : seconds;
  return `${sign}${whole}${fraction(Math.abs(nanos))}s`;
}

/** @throws {Error} when the text is not seconds with at most nine decimals and an `s` */
export function parseDuration(text: string): SecondsAndNanos {
  const found = /^([+-]?)(\d*)(?:\.(\d{0,9}))?s$/.exec(text);
  const digits = found?.[2] ?? "";
  const decimals = found?.[3] ?? "";
  if (found === null || (digits === "" && decimals === "") || digits.length > 20) {
    throw new Error(`invalid google.protobuf.Duration value ${JSON.stringify(text)}`);
  }
  const seconds = BigInt(digits === "" ? "0" : digits);
  const nanos = Number(decimals.padEnd(9, "0"));
  if (seconds > longestDuration) {
    throw new Error(`google.protobuf.Duration value out of range: ${JSON.stringify(text)}`);
  }
  if (found[1] !== "-") return { seconds, nanos };
  return { seconds: -seconds, nanos: nanos === 0 ? 0 : -nanos };
}

/** Three, six or nine digits, as many as are needed. */
function fraction(nanos: number): string {
  if (nanos === 0) return "";
  const digits = String(nanos).padStart(9, "0");
  if (digits.endsWith("000000")) return `.${digits.slice(0, 3)}`;
  return `.${digits.endsWith("000") ? digits.slice(0, 6) : digits}`;
}
