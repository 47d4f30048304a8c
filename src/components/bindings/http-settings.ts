/**
 * The properties of bindings.http.
 * @see spec 03 §9, spec 04 §8.9
 */
import { readFileSync } from "node:fs";
import { errorText } from "../../kit/errors/api-error.ts";
import { isTruthy } from "../../kit/flags/flags.ts";
import type { PropertySchema } from "../contract.ts";
import { Properties } from "../shared/properties.ts";
import { parseTarget } from "./http-request.ts";

const pem = "PEM text, or the path of a file with it";

export const httpProperties: readonly PropertySchema[] = [
  { name: "url", kind: "string", required: true, description: "Where requests go." },
  {
    name: "responseTimeout",
    kind: "duration",
    description: "Longest time until an answer is complete; no limit if not given.",
  },
  {
    name: "maxResponseBodySize",
    kind: "bytes",
    default: "100Mi",
    description: "Longer answers are cut off; 0 or less: no limit.",
  },
  {
    name: "MTLSRootCA",
    kind: "string",
    description: `What the server's certificate must be signed by: ${pem}.`,
  },
  { name: "MTLSClientCert", kind: "string", description: `The client's certificate: ${pem}.` },
  { name: "MTLSClientKey", kind: "secret", description: `The client's key: ${pem}.` },
  {
    name: "MTLSRenegotiation",
    kind: "string",
    default: "RenegotiateNever",
    description:
      "`RenegotiateNever`, `RenegotiateOnceAsClient` or `RenegotiateFreelyAsClient`; checked only, for TLS 1.3 has none.",
  },
  {
    name: "securityToken",
    kind: "secret",
    description: "Sent in the header that securityTokenHeader names.",
  },
  { name: "securityTokenHeader", kind: "string", description: "Header of the securityToken." },
  {
    name: "errorIfNot2XX",
    kind: "bool",
    default: "true",
    description: "Whether other answers than 2xx are errors; requests may say otherwise.",
  },
];

export interface HttpSettings {
  readonly url: string;
  /** undefined: no limit. */
  readonly timeoutMs: number | undefined;
  /** Infinity: no limit. */
  readonly maxAnswerBytes: number;
  readonly tls: { readonly ca?: string; readonly cert?: string; readonly key?: string };
  /** By lower-case name. */
  readonly fixedHeaders: ReadonlyMap<string, string>;
  readonly failsUnless2xx: boolean;
}

const renegotiations = ["RenegotiateNever", "RenegotiateOnceAsClient", "RenegotiateFreelyAsClient"];

/** @throws {Error} */
export function httpSettings(given: ReadonlyMap<string, string>): HttpSettings {
  const values = new Properties(given, httpProperties);
  const url = values.text("url");
  parseTarget(url);
  const timeoutMs = values.durationMs("responseTimeout");
  const limit = values.byteSize("maxResponseBodySize");
  const renegotiation = values.text("MTLSRenegotiation");
  if (renegotiation !== "" && !renegotiations.includes(renegotiation)) {
    throw new Error(`invalid renegotiation value: ${renegotiation}`);
  }
  const material = (name: string): string | undefined => {
    const text = values.text(name);
    if (text === "" || text.includes("-----BEGIN ")) return text || undefined;
    try {
      return readFileSync(text, "utf8");
    } catch (cause) {
      throw new Error(`failed to read ${name}: ${errorText(cause)}`, { cause });
    }
  };
  const ca = material("MTLSRootCA");
  const cert = material("MTLSClientCert");
  const key = material("MTLSClientKey");
  if ((cert === undefined) !== (key === undefined)) {
    throw new Error("MTLSClientCert and MTLSClientKey must be given together");
  }
  const token = values.text("securityToken");
  const tokenHeader = values.text("securityTokenHeader").toLowerCase();
  return {
    url,
    timeoutMs: timeoutMs > 0 ? timeoutMs : undefined,
    maxAnswerBytes: limit > 0 ? limit : Number.POSITIVE_INFINITY,
    tls: {
      ...(ca === undefined ? {} : { ca }),
      ...(cert === undefined ? {} : { cert }),
      ...(key === undefined ? {} : { key }),
    },
    fixedHeaders: token !== "" && tokenHeader !== "" ? new Map([[tokenHeader, token]]) : new Map(),
    // Quirk: spec 04 §8.9. The name counts as it is written.
    failsUnless2xx: isTruthy(given.get("errorIfNot2XX") ?? "true"),
  };
}
