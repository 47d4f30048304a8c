/**
 * Trip expressions of circuit breakers. Only loaded where one is configured.
 * @see spec 02 §15.1
 */
import { Environment } from "@marcbachmann/cel-js";
import { errorText } from "../../kit/errors/api-error.ts";
import type { BreakerCounts } from "./circuit-breaker.ts";

/**
 * What cannot be evaluated, or is no boolean, never trips.
 * @throws {Error} the expression does not compile
 */
export function compileTrip(expression: string): (counts: BreakerCounts) => boolean {
  let run: (variables: Readonly<Record<string, bigint>>) => unknown;
  try {
    run = new Environment({ unlistedVariablesAreDyn: true }).parse(expression);
  } catch (cause) {
    throw new Error(`ERROR: <input>: ${errorText(cause)}`, { cause });
  }
  return (counts) => {
    try {
      return run(variablesOf(counts)) === true;
    } catch {
      return false;
    }
  };
}

const variablesOf = (counts: BreakerCounts): Readonly<Record<string, bigint>> => ({
  requests: BigInt(counts.requests),
  totalSuccesses: BigInt(counts.totalSuccesses),
  totalFailures: BigInt(counts.totalFailures),
  consecutiveSuccesses: BigInt(counts.consecutiveSuccesses),
  consecutiveFailures: BigInt(counts.consecutiveFailures),
});
