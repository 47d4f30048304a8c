/** Addresses of MQTT brokers. */
import type { PropertySchema } from "../contract.ts";

export const mqttUrlProperty = {
  name: "url",
  kind: "secret",
  required: true,
  description: "mqtt://user:password@host:port; also tcp, and mqtts, tcps, tls, ssl.",
} as const satisfies PropertySchema;

const schemes = new Map(
  [
    ["mqtt:", ["mqtt:", "tcp:"]],
    ["mqtts:", ["mqtts:", "tcps:", "tls:", "ssl:"]],
  ].flatMap(([scheme, names]) => (names as string[]).map((name) => [name, scheme as string])),
);

/** @returns with scheme mqtt or mqtts @throws {Error} without the text, which may hold a password */
export function parseMqttUrl(text: string): URL {
  if (text === "") throw new Error("missing url");
  const scheme = schemes.get(/^[a-z]+:/i.exec(text)?.[0].toLowerCase() ?? "");
  // Only schemes like http may be changed in a URL.
  const url = URL.parse(text.replace(/^[a-z]+:/i, scheme ?? ""));
  if (url === null) throw new Error("invalid url");
  return url;
}
