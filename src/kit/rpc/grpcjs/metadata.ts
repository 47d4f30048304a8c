/**
 * Metadata to and from the library, which keeps binary values decoded.
 */
import type * as grpc from "@grpc/grpc-js";
import { Metadata } from "../metadata.ts";

type Library = typeof grpc;

/** Fields that the library or HTTP/2 owns. */
const reserved = new Set([
  "content-type",
  "te",
  "user-agent",
  "grpc-timeout",
  "grpc-encoding",
  "grpc-accept-encoding",
  "grpc-status",
  "grpc-message",
  "grpc-status-details-bin",
  "connection",
  "keep-alive",
  "proxy-connection",
  "transfer-encoding",
  "upgrade",
  "http2-settings",
  "host",
]);

const legalKey = /^[0-9a-z_.-]+$/;
const illegalValue = /[^\x20-\x7e]/;

export function toLibrary(library: Library, metadata: Metadata | undefined): grpc.Metadata {
  const converted = new library.Metadata();
  if (metadata === undefined) return converted;
  for (const [key, value] of metadata) {
    if (reserved.has(key) || !legalKey.test(key)) continue;
    if (key.endsWith("-bin")) converted.add(key, Buffer.from(value, "base64"));
    else if (!illegalValue.test(value)) converted.add(key, value);
  }
  return converted;
}

/** What the library leaves in that is the transport's business. */
const hidden = new Set([
  "content-type",
  "grpc-encoding",
  "grpc-status",
  "grpc-message",
  "grpc-status-details-bin",
  "date",
]);

export function fromLibrary(metadata: grpc.Metadata): Metadata {
  const converted = new Metadata();
  for (const key of Object.keys(metadata.getMap())) {
    if (hidden.has(key)) continue;
    for (const value of metadata.get(key)) {
      if (typeof value === "string") converted.add(key, value);
      else converted.addBinary(key, value);
    }
  }
  return converted;
}

/** As HTTP/2 counts a header list. */
export function metadataBytes(metadata: Metadata): number {
  let bytes = 0;
  for (const [key, value] of metadata) bytes += key.length + value.length + 32;
  return bytes;
}
