/** What a request's header block says, checked against HTTP/2 (RFC 9113 §8). */
import { Metadata } from "../metadata.ts";
import { type HeaderField, kind } from "./header-field.ts";

/** Reused from request to request; the metadata object is new each time. */
export class RequestHead {
  method = "";
  path = "";
  scheme = "";
  authority = "";
  contentType = "";
  /** grpc-timeout as it came. */
  timeout: string | null = null;
  /** grpc-encoding, or "". */
  encoding = "";
  /** -1: none. */
  contentLength = -1;
  metadata = new Metadata();

  clear(): void {
    this.method = "";
    this.path = "";
    this.scheme = "";
    this.authority = "";
    this.contentType = "";
    this.timeout = null;
    this.encoding = "";
    this.contentLength = -1;
    this.metadata = new Metadata();
  }
}

const digits = /^[0-9]{1,15}$/;

/**
 * Reads a complete header block.
 * @returns false when the request is malformed (stream error PROTOCOL_ERROR)
 */
export function readRequestHead(fields: readonly HeaderField[], head: RequestHead): boolean {
  head.clear();
  const { entries } = head.metadata;
  let isRegular = false;
  /** An empty one counts too. */
  let hasAuthority = false;
  for (let i = 0; i < fields.length; i++) {
    const field = fields[i] as HeaderField;
    const { value } = field;
    switch (field.kind) {
      case kind.metadata:
        isRegular = true;
        entries.push(field.name, value);
        break;
      case kind.method:
        if (isRegular || head.method !== "" || value === "") return false;
        head.method = value;
        break;
      case kind.path:
        if (isRegular || head.path !== "" || value === "") return false;
        head.path = value;
        break;
      case kind.scheme:
        if (isRegular || head.scheme !== "" || value === "") return false;
        head.scheme = value;
        break;
      case kind.authority:
        if (isRegular || hasAuthority) return false;
        hasAuthority = true;
        head.authority = value;
        break;
      case kind.contentType:
        isRegular = true;
        head.contentType = value;
        break;
      case kind.timeout:
        isRegular = true;
        head.timeout = value;
        break;
      case kind.encoding:
        isRegular = true;
        head.encoding = value;
        break;
      case kind.contentLength:
        isRegular = true;
        if (!digits.test(value)) return false;
        head.contentLength = Number(value);
        break;
      case kind.ignored:
      case kind.grpcStatus:
      case kind.grpcMessage:
      case kind.grpcDetails:
        isRegular = true;
        break;
      default:
        return false;
    }
  }
  return head.method !== "" && head.path !== "" && head.scheme !== "";
}

/** Trailers of a request: no pseudo header fields, nothing forbidden. */
export function areTrailers(fields: readonly HeaderField[]): boolean {
  for (const field of fields) {
    if (field.kind === kind.invalid || field.name.charCodeAt(0) === 0x3a) return false;
  }
  return true;
}
