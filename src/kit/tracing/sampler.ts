/**
 * Which traces are recorded: a parent decides for its children, the ratio for roots.
 * @see spec 08 §9.1
 */

/** Applies when the configured rate is missing or no number. */
const defaultRate = 0.0001;

/** Decimal numbers, as Go reads them. */
const numberForm = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/** The number that a `samplingRate` stands for. */
export function readSamplingRate(text: string): number {
  if (/^[+-]?inf(?:inity)?$/i.test(text)) return text.startsWith("-") ? 0 : 1;
  return numberForm.test(text) ? Number(text) : defaultRate;
}

/** Whether a root is sampled: the same answer for a trace id everywhere. */
export function isRootSampled(traceId: string, rate: number): boolean {
  if (rate >= 1) return true;
  if (rate <= 0) return false;
  // The last 8 bytes as a fraction. The first four of them nearly always decide.
  const high = Number.parseInt(traceId.slice(16, 24), 16);
  if (high * 2 ** -32 >= rate) return false;
  if ((high + 1) * 2 ** -32 <= rate) return true;
  const low = Number.parseInt(traceId.slice(24, 32), 16);
  return high * 2 ** -32 + low * 2 ** -64 < rate;
}

/** As OpenTelemetry describes the sampler; part of a log line. */
export function describeSampler(rate: number): string {
  const root = rate >= 1 ? "AlwaysOnSampler" : `TraceIDRatioBased{${goFloat(Math.max(0, rate))}}`;
  return (
    `ParentBased{root:${root},remoteParentSampled:AlwaysOnSampler,` +
    "remoteParentNotSampled:AlwaysOffSampler,localParentSampled:AlwaysOnSampler," +
    "localParentNotSampled:AlwaysOffSampler}"
  );
}

/** Go's %g of numbers below one: an exponent from 1e-05 on, with two digits. */
function goFloat(value: number): string {
  if (value === 0 || value >= 1e-4) return String(value);
  return value.toExponential().replace(/e-(\d)$/, "e-0$1");
}
