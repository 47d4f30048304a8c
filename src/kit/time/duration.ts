/**
 * Durations as Go writes them: `300ms`, `1h2m3.5s`, `-1.5h`.
 * Source: Go's time.ParseDuration and Duration.String.
 */

/** Milliseconds per unit. */
const units: ReadonlyMap<string, number> = new Map([
  ["ns", 1e-6],
  ["us", 1e-3],
  ["µs", 1e-3],
  ["μs", 1e-3],
  ["ms", 1],
  ["s", 1000],
  ["m", 60_000],
  ["h", 3_600_000],
]);

/** @returns milliseconds @throws {Error} `time: invalid duration "x"` and Go's other texts */
export function parseDuration(text: string): number {
  let rest = text;
  let sign = 1;
  if (rest.startsWith("-") || rest.startsWith("+")) {
    if (rest.startsWith("-")) sign = -1;
    rest = rest.slice(1);
  }
  if (rest === "0") return 0;
  if (rest === "") throw new Error(`time: invalid duration ${JSON.stringify(text)}`);
  let total = 0;
  while (rest !== "") {
    const number = /^(\d+\.?\d*|\.\d+)/.exec(rest)?.[0];
    if (number === undefined) throw new Error(`time: invalid duration ${JSON.stringify(text)}`);
    rest = rest.slice(number.length);
    const unit = /^[^\d.]+/.exec(rest)?.[0];
    if (unit === undefined) {
      throw new Error(`time: missing unit in duration ${JSON.stringify(text)}`);
    }
    const factor = units.get(unit);
    if (factor === undefined) {
      throw new Error(
        `time: unknown unit ${JSON.stringify(unit)} in duration ${JSON.stringify(text)}`,
      );
    }
    rest = rest.slice(unit.length);
    total += Number(number) * factor;
  }
  // Go keeps nanoseconds in 64 bits.
  if (total > 9_223_372_036_854.775) {
    throw new Error(`time: invalid duration ${JSON.stringify(text)}`);
  }
  return sign * total;
}

/** Go's rendering of milliseconds: `2s`, `3m0s`, `1.5s`, `250ms`, `0s`. */
export function formatDuration(ms: number): string {
  if (ms === 0) return "0s";
  const sign = ms < 0 ? "-" : "";
  const nanos = Math.round(Math.abs(ms) * 1e6);
  if (nanos < 1e3) return `${sign}${nanos}ns`;
  if (nanos < 1e6) return `${sign}${trim(nanos / 1e3)}µs`;
  if (nanos < 1e9) return `${sign}${trim(nanos / 1e6)}ms`;
  const totalSeconds = Math.floor(nanos / 1e9);
  const seconds = trim((totalSeconds % 60) + (nanos % 1e9) / 1e9);
  const hours = Math.floor(totalSeconds / 3600);
  const minutes = Math.floor(totalSeconds / 60) % 60;
  if (hours > 0) return `${sign}${hours}h${minutes}m${seconds}s`;
  if (minutes > 0) return `${sign}${minutes}m${seconds}s`;
  return `${sign}${seconds}s`;
}

const trim = (value: number): string => value.toFixed(9).replace(/0+$/, "").replace(/\.$/, "");
