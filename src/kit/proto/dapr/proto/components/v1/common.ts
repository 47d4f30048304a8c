// Generated from proto/dapr/proto/components/v1/common.proto by tools/generate-proto.ts. Do not edit.
import { MessageCodec, type Reader, type Writer, readStringEntry, writeStringMap } from "../../../../wire.ts";

/** The metadata of a Component resource. */
export interface MetadataRequest {
  properties: Map<string, string>;
}
export interface MetadataRequestInit {
  properties?: ReadonlyMap<string, string> | undefined;
}

function readMetadataRequest(
  r: Reader,
  end: number,
  m: MetadataRequest = {
    properties: new Map(),
  },
): MetadataRequest {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        readStringEntry(r, m.properties);
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeMetadataRequest(w: Writer, m: MetadataRequestInit): void {
  const v0 = m.properties;
  if (v0 !== undefined && v0.size > 0) {
    writeStringMap(w, v0, 10);
  }
}

export const MetadataRequest = /* @__PURE__ */ new MessageCodec<MetadataRequest, MetadataRequestInit>(
  "dapr.proto.components.v1.MetadataRequest",
  readMetadataRequest,
  writeMetadataRequest,
);

/** Asks which optional features there are. */
export interface FeaturesRequest {}
export interface FeaturesRequestInit {}

function readFeaturesRequest(
  r: Reader,
  end: number,
  m: FeaturesRequest = {},
): FeaturesRequest {
  while (r.pos < end) r.skip(r.tag());
  return m;
}

function writeFeaturesRequest(_w: Writer, _m: FeaturesRequestInit): void {
}

export const FeaturesRequest = /* @__PURE__ */ new MessageCodec<FeaturesRequest, FeaturesRequestInit>(
  "dapr.proto.components.v1.FeaturesRequest",
  readFeaturesRequest,
  writeFeaturesRequest,
);

/** Optional features by name. */
export interface FeaturesResponse {
  features: string[];
}
export interface FeaturesResponseInit {
  features?: readonly string[] | undefined;
}

function readFeaturesResponse(
  r: Reader,
  end: number,
  m: FeaturesResponse = {
    features: [],
  },
): FeaturesResponse {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.features.push(r.string());
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeFeaturesResponse(w: Writer, m: FeaturesResponseInit): void {
  const v0 = m.features;
  if (v0 !== undefined && v0.length > 0) {
    for (let i = v0.length - 1; i >= 0; i--) {
      w.string(v0[i]!);
      w.uint32(10);
    }
  }
}

export const FeaturesResponse = /* @__PURE__ */ new MessageCodec<FeaturesResponse, FeaturesResponseInit>(
  "dapr.proto.components.v1.FeaturesResponse",
  readFeaturesResponse,
  writeFeaturesResponse,
);

/** Asks whether the component lives. */
export interface PingRequest {}
export interface PingRequestInit {}

function readPingRequest(
  r: Reader,
  end: number,
  m: PingRequest = {},
): PingRequest {
  while (r.pos < end) r.skip(r.tag());
  return m;
}

function writePingRequest(_w: Writer, _m: PingRequestInit): void {
}

export const PingRequest = /* @__PURE__ */ new MessageCodec<PingRequest, PingRequestInit>(
  "dapr.proto.components.v1.PingRequest",
  readPingRequest,
  writePingRequest,
);

export interface PingResponse {}
export interface PingResponseInit {}

function readPingResponse(
  r: Reader,
  end: number,
  m: PingResponse = {},
): PingResponse {
  while (r.pos < end) r.skip(r.tag());
  return m;
}

function writePingResponse(_w: Writer, _m: PingResponseInit): void {
}

export const PingResponse = /* @__PURE__ */ new MessageCodec<PingResponse, PingResponseInit>(
  "dapr.proto.components.v1.PingResponse",
  readPingResponse,
  writePingResponse,
);
