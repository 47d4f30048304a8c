/**
 * Header rules of invocation: HTTP headers to metadata and back, metadata to gRPC metadata.
 * @see spec 02 §6
 */
import { canonicalName, headerToken } from "../../kit/http/canonical-name.ts";
import { Metadata } from "../../kit/rpc/metadata.ts";
import {
  emittedState,
  formatTraceBinary,
  formatTraceparent,
  parseTraceparent,
} from "../../kit/tracing/context.ts";
import { noTrace, type SpanContext } from "../../kit/tracing/trace.ts";
import type { InvokeMetadata } from "./contract.ts";

/** What the rules know about one spelling of a name. */
interface HeaderName {
  /** As Go spells it: `X-Api-Key`. Names with other characters than a token's stay as they are. */
  readonly canonical: string;
  readonly lower: string;
  readonly kind: Kind;
  /** Concerns one connection only (spec 02 §6.3, rule 3). */
  readonly isHopByHop: boolean;
  /** Set by the caller's sidecar (spec 02 §6.2). */
  readonly isRouting: boolean;
  /** The name towards HTTP (spec 02 §6.3, rule 4). */
  readonly http: string;
  /** The key towards gRPC (spec 02 §6.4). */
  readonly grpc: string;
}

type Kind =
  | "pass"
  /** Hop-by-hop, `-bin`, content-type, content-length, destination-app-id: never towards HTTP. */
  | "drop"
  | "connection"
  | "traceparent"
  | "tracestate"
  | "baggage";

const hopByHop = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "transfer-encoding",
  "upgrade",
  "http2-settings",
  "te",
  "trailer",
  "proxy-authorization",
  "proxy-authenticate",
]);

const routing = new Set([
  "destination-app-id",
  "dapr-caller-namespace",
  "dapr-caller-app-id",
  "dapr-callee-app-id",
]);

const dropped = new Set(["content-type", "content-length", "destination-app-id", "grpc-trace-bin"]);

const kinds: ReadonlyMap<string, Kind> = new Map([
  ["connection", "connection"],
  ["traceparent", "traceparent"],
  ["tracestate", "tracestate"],
  ["baggage", "baggage"],
]);

/** Spelled exactly so, these get the prefix `dapr-` in gRPC metadata. */
const reservedInGrpc = new Set(
  (
    "Accept Accept-Charset Accept-Language Accept-Ranges Connection Keep-Alive Proxy-Connection Transfer-Encoding Upgrade " +
    "Cache-Control Content-Type Content-Length Cookie Date Expect From Host If-Match If-Modified-Since If-None-Match " +
    "If-Schedule-Tag-Match If-Unmodified-Since Max-Forwards Origin Pragma Referer Via Warning"
  ).split(" "),
);

/** Keys that the gRPC transport writes itself, or that the rules place. */
const notInGrpc = new Set([
  "content-type",
  "user-agent",
  "te",
  "grpc-timeout",
  "grpc-status",
  "grpc-message",
  "grpc-encoding",
  "grpc-message-type",
  "grpc-status-details-bin",
  "destination-app-id",
  "traceparent",
  "tracestate",
  "grpc-trace-bin",
]);

/** Headers of an incoming HTTP request that are not invocation metadata. */
const notMetadata = new Set([
  "host",
  "transfer-encoding",
  "trailer",
  // HTTP/2 has its request line in the headers; node:http2 shows them all.
  ":method",
  ":scheme",
  ":path",
  ":authority",
]);

const pseudoHeaders = new Set([":method", ":scheme", ":path", ":authority"]);

/** Names come from clients: the table stops growing here, later ones are worked out anew each time. */
const maxKnownNames = 2000;

/** What is known about names, by spelling. One table serves all channels of a sidecar. */
export class HeaderNames {
  readonly #known = new Map<string, HeaderName>();

  get size(): number {
    return this.#known.size;
  }

  get(spelling: string): HeaderName {
    const known = this.#known.get(spelling);
    if (known !== undefined) return known;
    const name = describe(spelling);
    if (this.#known.size < maxKnownNames) this.#known.set(spelling, name);
    return name;
  }
}

function describe(spelling: string): HeaderName {
  const canonical = canonicalName(spelling);
  const lower = spelling.toLowerCase();
  const isHopByHop = hopByHop.has(lower);
  const isPseudo = pseudoHeaders.has(lower);
  // A name that is no token would break the message that it is written into.
  const isUnsafe = !isPseudo && !headerToken.test(spelling);
  const isDropped = isUnsafe || isHopByHop || dropped.has(lower) || lower.endsWith("-bin");
  const kind = kinds.get(lower) ?? (isDropped ? "drop" : "pass");
  const isTrace = kind === "traceparent" || kind === "tracestate";
  const http = isTrace
    ? lower
    : isPseudo || lower.startsWith("grpc-")
      ? canonicalName(`dapr-${lower.replace(/^:/, "")}`)
      : canonical;
  return {
    canonical,
    lower,
    kind,
    isHopByHop,
    isRouting: routing.has(lower),
    http,
    grpc: reservedInGrpc.has(spelling) ? `dapr-${lower}` : lower,
  };
}

/** Metadata of a request that came over HTTP. `except` (lower case) is left out. */
export function metadataOfHttp(
  names: HeaderNames,
  rawHeaders: readonly string[],
  except: string | undefined,
): string[] {
  const metadata: string[] = [];
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = names.get(rawHeaders[i] as string);
    if (notMetadata.has(name.lower) || name.lower === except) continue;
    metadata.push(name.canonical, rawHeaders[i + 1] as string);
  }
  return metadata;
}

export interface AnswerHeaders {
  /** What concerned only the connection to the app is gone. */
  readonly metadata: string[];
  readonly contentType: string;
  /** -1 when it was not declared. */
  readonly contentLength: number;
}

/** Headers of an HTTP app's answer, in one pass: this runs for every call. */
export function readAnswerHeaders(
  names: HeaderNames,
  rawHeaders: readonly string[],
): AnswerHeaders {
  const metadata: string[] = [];
  let contentType = "";
  let contentLength = -1;
  let nominated: ReadonlySet<string> | undefined;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = names.get(rawHeaders[i] as string);
    const value = rawHeaders[i + 1] as string;
    if (name.isHopByHop) {
      if (name.kind === "connection" && isNominating(value)) {
        nominated ??= nominatedNames(names, rawHeaders);
      }
      continue;
    }
    if (name.lower === "content-type") contentType ||= value;
    else if (name.lower === "content-length") contentLength = Number(value);
    metadata.push(name.canonical, value);
  }
  return {
    metadata: nominated === undefined ? metadata : withoutNames(names, metadata, nominated),
    contentType,
    contentLength,
  };
}

function withoutNames(
  names: HeaderNames,
  headers: readonly string[],
  without: ReadonlySet<string>,
): string[] {
  const kept: string[] = [];
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i] as string;
    if (!without.has(names.get(name).lower)) kept.push(name, headers[i + 1] as string);
  }
  return kept;
}

/** The first value of a name in this very spelling. */
export function exactValue(metadata: InvokeMetadata, spelling: string): string | undefined {
  for (let i = 0; i < metadata.length; i += 2) if (metadata[i] === spelling) return metadata[i + 1];
  return undefined;
}

/**
 * Headers of a request to an HTTP app or endpoint, without content type and length.
 * @param trace the current span; undefined with tracing off, then the caller's trace headers pass
 */
export function headersForApp(
  names: HeaderNames,
  metadata: InvokeMetadata,
  trace: SpanContext | undefined,
): string[] {
  const headers: string[] = [];
  const isOwnTrace = trace !== undefined && isValid(trace);
  const hadTrace = copyHeaders(names, metadata, headers, !isOwnTrace);
  if (isOwnTrace) {
    headers.push("traceparent", formatTraceparent(trace));
    if (trace.state !== "") headers.push("tracestate", trace.state);
  } else if (trace !== undefined && !hadTrace) {
    headers.push("traceparent", emptyTraceparent);
  }
  return headers;
}

const emptyTraceparent = formatTraceparent(noTrace);

/** Headers of the answer to an HTTP caller, without content type. Trace headers of the app pass. */
export function headersForCaller(names: HeaderNames, metadata: InvokeMetadata): string[] {
  const headers: string[] = [];
  copyHeaders(names, metadata, headers, true);
  return headers;
}

/** Returns whether there was a traceparent. */
function copyHeaders(
  names: HeaderNames,
  metadata: InvokeMetadata,
  headers: string[],
  copyTrace: boolean,
): boolean {
  let nominated: ReadonlySet<string> | undefined;
  let hadTrace = false;
  let hadBaggage = false;
  for (let i = 0; i < metadata.length; i += 2) {
    const name = names.get(metadata[i] as string);
    const value = metadata[i + 1] as string;
    switch (name.kind) {
      case "pass":
        break;
      case "drop":
        continue;
      case "connection":
        if (isNominating(value)) nominated ??= nominatedNames(names, metadata);
        continue;
      case "traceparent":
        hadTrace = true;
        if (!copyTrace) continue;
        break;
      case "tracestate":
        if (!copyTrace) continue;
        break;
      case "baggage":
        if (hadBaggage) continue;
        hadBaggage = true;
        break;
    }
    headers.push(name.http, value);
  }
  if (nominated !== undefined) {
    // Names may come before the header that nominates them.
    const kept = withoutNames(names, headers, nominated);
    headers.length = 0;
    headers.push(...kept);
  }
  return hadTrace;
}

/** The usual values name no other header. */
const isNominating = (value: string): boolean => value !== "keep-alive" && value !== "close";

/** Lower-case names that `Connection` values declare to be of this hop only. */
function nominatedNames(names: HeaderNames, metadata: InvokeMetadata): ReadonlySet<string> {
  const nominated = new Set<string>();
  for (let i = 0; i < metadata.length; i += 2) {
    if (names.get(metadata[i] as string).kind !== "connection") continue;
    const value = metadata[i + 1] as string;
    for (const part of value.split(",")) nominated.add(part.trim().toLowerCase());
  }
  return nominated;
}

/**
 * gRPC metadata for a gRPC app's request, or for the header of an InvokeService answer.
 * @param trace the current span; without a valid one the trace of the metadata is used, and none is the all-zero one
 */
export function grpcMetadata(
  names: HeaderNames,
  metadata: InvokeMetadata,
  trace: SpanContext | undefined,
): Metadata {
  const entries: string[] = [];
  let incoming: string | undefined;
  let incomingState = "";
  for (let i = 0; i < metadata.length; i += 2) {
    const name = names.get(metadata[i] as string);
    const value = metadata[i + 1] as string;
    if (name.kind === "traceparent") incoming ??= value;
    else if (name.kind === "tracestate") incomingState ||= value;
    if (name.lower.startsWith(":")) continue;
    if (notInGrpc.has(name.grpc)) continue;
    if (name.grpc.endsWith("-bin") && !base64.test(value)) continue;
    if (!isSendable(value) || !grpcKey.test(name.grpc)) continue;
    entries.push(name.grpc, value);
  }
  const result = new Metadata(entries);
  if (trace !== undefined && isValid(trace)) addTrace(result, trace);
  else if (incoming === undefined) addTrace(result, noTrace);
  else addTrace(result, parseTraceparent(incoming, incomingState) ?? noTrace);
  return result;
}

/** Trailers of an InvokeService answer: no prefixes. */
export function grpcTrailers(metadata: InvokeMetadata, trace: SpanContext | undefined): Metadata {
  const entries: string[] = [];
  for (let i = 0; i < metadata.length; i += 2) {
    const key = (metadata[i] as string).toLowerCase();
    const value = metadata[i + 1] as string;
    if (notInGrpc.has(key) || !grpcKey.test(key) || !isSendable(value)) continue;
    if (key.endsWith("-bin") && !base64.test(value)) continue;
    entries.push(key, value);
  }
  const result = new Metadata(entries);
  addTrace(result, trace ?? noTrace);
  return result;
}

const isValid = (trace: SpanContext): boolean => trace.traceId !== noTrace.traceId;

/** The trace of an outgoing gRPC call. */
export function addTrace(metadata: Metadata, trace: SpanContext): void {
  metadata.entries.push("traceparent", formatTraceparent(trace));
  const state = emittedState(trace);
  if (state !== "") metadata.entries.push("tracestate", state);
  metadata.addBinary("grpc-trace-bin", formatTraceBinary(trace));
}

const base64 = /^[A-Za-z0-9+/]*={0,2}$/;
const grpcKey = /^[0-9a-z_.-]+$/;

/** gRPC values are printable ASCII; others would break the whole call. */
function isSendable(value: string): boolean {
  for (let i = 0; i < value.length; i++) {
    const unit = value.charCodeAt(i);
    if (unit < 0x20 || unit > 0x7e) return false;
  }
  return true;
}
