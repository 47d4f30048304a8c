/** Properties that brokers have in common. */
import type { PropertySchema } from "../contract.ts";
import type { Properties } from "./properties.ts";

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

export const tlsProperties: readonly PropertySchema[] = [
  { name: "caCert", kind: "string", description: "PEM certificates of the authority." },
  { name: "clientCert", kind: "string", description: "PEM certificate of the client." },
  { name: "clientKey", kind: "secret", description: "PEM key of the client." },
];

/** PEM each, or "". */
export const readTls = (values: Properties) => ({
  caCert: values.text("caCert"),
  clientCert: values.text("clientCert"),
  clientKey: values.text("clientKey"),
});
