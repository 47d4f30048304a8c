/**
 * A decoded header field, classified once when it enters the table instead of once per request.
 */

/** What a field means to the transport. Everything above `metadata` is kept from the application. */
export const kind = {
  metadata: 0,
  /** Names or values that HTTP/2 forbids: the message is malformed. */
  invalid: 1,
  method: 2,
  scheme: 3,
  authority: 4,
  path: 5,
  status: 6,
  contentType: 7,
  contentLength: 8,
  timeout: 9,
  encoding: 10,
  grpcStatus: 11,
  grpcMessage: 12,
  grpcDetails: 13,
  /** Belongs to the transport and needs no attention. */
  ignored: 14,
} as const;

const kindByName = new Map<string, number>([
  [":method", kind.method],
  [":scheme", kind.scheme],
  [":authority", kind.authority],
  [":path", kind.path],
  [":status", kind.status],
  ["content-type", kind.contentType],
  ["content-length", kind.contentLength],
  ["grpc-timeout", kind.timeout],
  ["grpc-encoding", kind.encoding],
  ["grpc-accept-encoding", kind.ignored],
  ["grpc-status", kind.grpcStatus],
  ["grpc-message", kind.grpcMessage],
  ["grpc-status-details-bin", kind.grpcDetails],
  ["connection", kind.invalid],
  ["keep-alive", kind.invalid],
  ["proxy-connection", kind.invalid],
  ["transfer-encoding", kind.invalid],
  ["upgrade", kind.invalid],
]);

/** Lower-case letters, digits and the other characters of an HTTP token. */
const isNameCharacter = new Uint8Array(256);
for (const character of "abcdefghijklmnopqrstuvwxyz0123456789!#$%&'*+-.^_`|~") {
  isNameCharacter[character.charCodeAt(0)] = 1;
}

/** May HTTP/2 carry this as a field name? */
export function isName(name: string): boolean {
  if (name.length === 0) return false;
  for (let i = 0; i < name.length; i++) {
    if (isNameCharacter[name.charCodeAt(i)] !== 1) return false;
  }
  return true;
}

function isValue(value: string): boolean {
  for (let i = 0; i < value.length; i++) {
    const character = value.charCodeAt(i);
    if (character === 0 || character === 10 || character === 13) return false;
  }
  return true;
}

function classify(name: string, value: string): number {
  if (!isValue(value)) return kind.invalid;
  if (name === "te") return value === "trailers" ? kind.ignored : kind.invalid;
  // `:authority` counts; an empty host is malformed.
  if (name === "host") return value === "" ? kind.invalid : kind.ignored;
  const known = kindByName.get(name);
  if (known !== undefined) return known;
  return isName(name) ? kind.metadata : kind.invalid;
}

export class HeaderField {
  readonly name: string;
  readonly value: string;
  readonly kind: number;
  /** Size as HPACK counts it. Bytes. */
  readonly size: number;

  constructor(name: string, value: string) {
    this.name = name;
    this.value = value;
    this.kind = classify(name, value);
    this.size = name.length + value.length + 32;
  }
}
