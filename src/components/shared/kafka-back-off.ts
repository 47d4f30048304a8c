/**
 * Pauses between attempts at a record that the app did not take.
 * @see spec 03 §7.2
 */
import type { PropertySchema } from "../contract.ts";
import type { Properties } from "./properties.ts";

export interface KafkaBackOff {
  /** Infinity: for ever. */
  readonly maxRetries: number;
  /** ms before attempt number n + 1; n counts from 1. @param random uniform in [0, 1) */
  pauseMs(attempt: number, random: () => number): number;
}

export const kafkaBackOffProperties: readonly PropertySchema[] = [
  {
    name: "backOffPolicy",
    kind: "string",
    default: "constant",
    description: "`constant` or `exponential`.",
  },
  {
    name: "backOffDuration",
    kind: "duration",
    default: "5s",
    description: "Pause between attempts at a message, when constant.",
  },
  {
    name: "backOffMaxRetries",
    kind: "int",
    default: "-1",
    description: "Further attempts, after which the message is given up; -1: for ever.",
  },
  {
    name: "backOffInitialInterval",
    kind: "duration",
    default: "500ms",
    description: "First pause, when exponential.",
  },
  {
    name: "backOffMaxInterval",
    kind: "duration",
    default: "60s",
    description: "Longest pause, when exponential.",
  },
  {
    name: "backOffMultiplier",
    kind: "float",
    default: "1.5",
    description: "Growth of the pause, when exponential.",
  },
  {
    name: "backOffRandomizationFactor",
    kind: "float",
    default: "0.5",
    description: "Part of the pause that is left to chance, when exponential.",
  },
];

/** Without consumeRetryEnabled: as for the other brokers. */
const grown: KafkaBackOff = {
  maxRetries: Number.POSITIVE_INFINITY,
  pauseMs: (attempt) => Math.min(500 * 2 ** Math.min(attempt - 1, 20), 30_000),
};
const once: KafkaBackOff = { maxRetries: 0, pauseMs: () => 0 };

/** @throws {Error} */
export function readKafkaBackOff(values: Properties): KafkaBackOff {
  const policy = values.text("backOffPolicy").toLowerCase() || "constant";
  if (policy !== "constant" && policy !== "exponential") {
    throw new Error(`kafka error: invalid backOffPolicy: ${values.text("backOffPolicy")}`);
  }
  const constantMs = values.durationMs("backOffDuration");
  const initialMs = values.durationMs("backOffInitialInterval");
  const longestMs = values.durationMs("backOffMaxInterval");
  const multiplier = float(values, "backOffMultiplier");
  const randomness = float(values, "backOffRandomizationFactor");
  const given = values.integer("backOffMaxRetries");
  if (!values.bool("consumeRetryEnabled")) return values.bool("ackOnFailure") ? once : grown;
  const maxRetries = given < 0 ? Number.POSITIVE_INFINITY : given;
  if (policy === "constant") return { maxRetries, pauseMs: () => constantMs };
  return {
    maxRetries,
    pauseMs(attempt, random) {
      const ms = Math.min(initialMs * multiplier ** Math.min(attempt - 1, 1_000), longestMs);
      return ms * (1 - randomness + 2 * randomness * random());
    },
  };
}

function float(values: Properties, name: string): number {
  const value = Number(values.text(name));
  if (!Number.isFinite(value) || value < 0) {
    throw new Error(`kafka error: invalid ${name}: ${values.text(name)}`);
  }
  return value;
}
