/** Properties that brokers have in common. */
import type { PropertySchema } from "../contract.ts";

export const consumerIdProperty = {
  name: "consumerID",
  kind: "string",
  description: "Name of the consumer; else the app id.",
} as const satisfies PropertySchema;

export const ackOnFailureProperty = {
  name: "ackOnFailure",
  kind: "bool",
  default: "false",
  description:
    "Whether a message that the app could not be given, or answered with RETRY, counts as done with, as in the original; otherwise it is delivered again later.",
} as const satisfies PropertySchema;
