// Generated from proto/dapr/proto/runtime/v1/crypto.proto by tools/generate-proto.ts. Do not edit.
import { MessageCodec, type Reader, type Writer, noBytes } from "../../../../wire.ts";
import { StreamPayload, type StreamPayloadInit } from "../../common/v1/common.ts";

/** The public part of a key. */
export interface SubtleGetKeyRequest {
  componentName: string;
  name: string;
  format: SubtleGetKeyRequest_KeyFormat;
}
export interface SubtleGetKeyRequestInit {
  componentName?: string | undefined;
  name?: string | undefined;
  format?: SubtleGetKeyRequest_KeyFormat | undefined;
}

function readSubtleGetKeyRequest(
  r: Reader,
  end: number,
  m: SubtleGetKeyRequest = {
    componentName: "",
    name: "",
    format: 0,
  },
): SubtleGetKeyRequest {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.componentName = r.string();
        break;
      case 18:
        m.name = r.string();
        break;
      case 24:
        m.format = r.int32();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeSubtleGetKeyRequest(w: Writer, m: SubtleGetKeyRequestInit): void {
  const v0 = m.format;
  if (v0) {
    w.int32(v0);
    w.uint32(24);
  }
  const v1 = m.name;
  if (v1) {
    w.string(v1);
    w.uint32(18);
  }
  const v2 = m.componentName;
  if (v2) {
    w.string(v2);
    w.uint32(10);
  }
}

export const SubtleGetKeyRequest = /* @__PURE__ */ new MessageCodec<SubtleGetKeyRequest, SubtleGetKeyRequestInit>(
  "dapr.proto.runtime.v1.SubtleGetKeyRequest",
  readSubtleGetKeyRequest,
  writeSubtleGetKeyRequest,
);

export const SubtleGetKeyRequest_KeyFormat = {
  PEM: 0,
  JSON: 1,
} as const;
export type SubtleGetKeyRequest_KeyFormat = number;

export interface SubtleGetKeyResponse {
  name: string;
  publicKey: string;
}
export interface SubtleGetKeyResponseInit {
  name?: string | undefined;
  publicKey?: string | undefined;
}

function readSubtleGetKeyResponse(
  r: Reader,
  end: number,
  m: SubtleGetKeyResponse = {
    name: "",
    publicKey: "",
  },
): SubtleGetKeyResponse {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.name = r.string();
        break;
      case 18:
        m.publicKey = r.string();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeSubtleGetKeyResponse(w: Writer, m: SubtleGetKeyResponseInit): void {
  const v0 = m.publicKey;
  if (v0) {
    w.string(v0);
    w.uint32(18);
  }
  const v1 = m.name;
  if (v1) {
    w.string(v1);
    w.uint32(10);
  }
}

export const SubtleGetKeyResponse = /* @__PURE__ */ new MessageCodec<SubtleGetKeyResponse, SubtleGetKeyResponseInit>(
  "dapr.proto.runtime.v1.SubtleGetKeyResponse",
  readSubtleGetKeyResponse,
  writeSubtleGetKeyResponse,
);

/** A small plaintext, encrypted with the key itself. */
export interface SubtleEncryptRequest {
  componentName: string;
  plaintext: Buffer;
  algorithm: string;
  keyName: string;
  nonce: Buffer;
  associatedData: Buffer;
}
export interface SubtleEncryptRequestInit {
  componentName?: string | undefined;
  plaintext?: Uint8Array | undefined;
  algorithm?: string | undefined;
  keyName?: string | undefined;
  nonce?: Uint8Array | undefined;
  associatedData?: Uint8Array | undefined;
}

function readSubtleEncryptRequest(
  r: Reader,
  end: number,
  m: SubtleEncryptRequest = {
    componentName: "",
    plaintext: noBytes,
    algorithm: "",
    keyName: "",
    nonce: noBytes,
    associatedData: noBytes,
  },
): SubtleEncryptRequest {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.componentName = r.string();
        break;
      case 18:
        m.plaintext = r.bytes();
        break;
      case 26:
        m.algorithm = r.string();
        break;
      case 34:
        m.keyName = r.string();
        break;
      case 42:
        m.nonce = r.bytes();
        break;
      case 50:
        m.associatedData = r.bytes();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeSubtleEncryptRequest(w: Writer, m: SubtleEncryptRequestInit): void {
  const v0 = m.associatedData;
  if (v0 !== undefined && v0.length > 0) {
    w.bytes(v0);
    w.uint32(50);
  }
  const v1 = m.nonce;
  if (v1 !== undefined && v1.length > 0) {
    w.bytes(v1);
    w.uint32(42);
  }
  const v2 = m.keyName;
  if (v2) {
    w.string(v2);
    w.uint32(34);
  }
  const v3 = m.algorithm;
  if (v3) {
    w.string(v3);
    w.uint32(26);
  }
  const v4 = m.plaintext;
  if (v4 !== undefined && v4.length > 0) {
    w.bytes(v4);
    w.uint32(18);
  }
  const v5 = m.componentName;
  if (v5) {
    w.string(v5);
    w.uint32(10);
  }
}

export const SubtleEncryptRequest = /* @__PURE__ */ new MessageCodec<SubtleEncryptRequest, SubtleEncryptRequestInit>(
  "dapr.proto.runtime.v1.SubtleEncryptRequest",
  readSubtleEncryptRequest,
  writeSubtleEncryptRequest,
);

export interface SubtleEncryptResponse {
  ciphertext: Buffer;
  tag: Buffer;
}
export interface SubtleEncryptResponseInit {
  ciphertext?: Uint8Array | undefined;
  tag?: Uint8Array | undefined;
}

function readSubtleEncryptResponse(
  r: Reader,
  end: number,
  m: SubtleEncryptResponse = {
    ciphertext: noBytes,
    tag: noBytes,
  },
): SubtleEncryptResponse {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.ciphertext = r.bytes();
        break;
      case 18:
        m.tag = r.bytes();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeSubtleEncryptResponse(w: Writer, m: SubtleEncryptResponseInit): void {
  const v0 = m.tag;
  if (v0 !== undefined && v0.length > 0) {
    w.bytes(v0);
    w.uint32(18);
  }
  const v1 = m.ciphertext;
  if (v1 !== undefined && v1.length > 0) {
    w.bytes(v1);
    w.uint32(10);
  }
}

export const SubtleEncryptResponse = /* @__PURE__ */ new MessageCodec<SubtleEncryptResponse, SubtleEncryptResponseInit>(
  "dapr.proto.runtime.v1.SubtleEncryptResponse",
  readSubtleEncryptResponse,
  writeSubtleEncryptResponse,
);

export interface SubtleDecryptRequest {
  componentName: string;
  ciphertext: Buffer;
  algorithm: string;
  keyName: string;
  nonce: Buffer;
  tag: Buffer;
  associatedData: Buffer;
}
export interface SubtleDecryptRequestInit {
  componentName?: string | undefined;
  ciphertext?: Uint8Array | undefined;
  algorithm?: string | undefined;
  keyName?: string | undefined;
  nonce?: Uint8Array | undefined;
  tag?: Uint8Array | undefined;
  associatedData?: Uint8Array | undefined;
}

function readSubtleDecryptRequest(
  r: Reader,
  end: number,
  m: SubtleDecryptRequest = {
    componentName: "",
    ciphertext: noBytes,
    algorithm: "",
    keyName: "",
    nonce: noBytes,
    tag: noBytes,
    associatedData: noBytes,
  },
): SubtleDecryptRequest {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.componentName = r.string();
        break;
      case 18:
        m.ciphertext = r.bytes();
        break;
      case 26:
        m.algorithm = r.string();
        break;
      case 34:
        m.keyName = r.string();
        break;
      case 42:
        m.nonce = r.bytes();
        break;
      case 50:
        m.tag = r.bytes();
        break;
      case 58:
        m.associatedData = r.bytes();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeSubtleDecryptRequest(w: Writer, m: SubtleDecryptRequestInit): void {
  const v0 = m.associatedData;
  if (v0 !== undefined && v0.length > 0) {
    w.bytes(v0);
    w.uint32(58);
  }
  const v1 = m.tag;
  if (v1 !== undefined && v1.length > 0) {
    w.bytes(v1);
    w.uint32(50);
  }
  const v2 = m.nonce;
  if (v2 !== undefined && v2.length > 0) {
    w.bytes(v2);
    w.uint32(42);
  }
  const v3 = m.keyName;
  if (v3) {
    w.string(v3);
    w.uint32(34);
  }
  const v4 = m.algorithm;
  if (v4) {
    w.string(v4);
    w.uint32(26);
  }
  const v5 = m.ciphertext;
  if (v5 !== undefined && v5.length > 0) {
    w.bytes(v5);
    w.uint32(18);
  }
  const v6 = m.componentName;
  if (v6) {
    w.string(v6);
    w.uint32(10);
  }
}

export const SubtleDecryptRequest = /* @__PURE__ */ new MessageCodec<SubtleDecryptRequest, SubtleDecryptRequestInit>(
  "dapr.proto.runtime.v1.SubtleDecryptRequest",
  readSubtleDecryptRequest,
  writeSubtleDecryptRequest,
);

export interface SubtleDecryptResponse {
  plaintext: Buffer;
}
export interface SubtleDecryptResponseInit {
  plaintext?: Uint8Array | undefined;
}

function readSubtleDecryptResponse(
  r: Reader,
  end: number,
  m: SubtleDecryptResponse = {
    plaintext: noBytes,
  },
): SubtleDecryptResponse {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.plaintext = r.bytes();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeSubtleDecryptResponse(w: Writer, m: SubtleDecryptResponseInit): void {
  const v0 = m.plaintext;
  if (v0 !== undefined && v0.length > 0) {
    w.bytes(v0);
    w.uint32(10);
  }
}

export const SubtleDecryptResponse = /* @__PURE__ */ new MessageCodec<SubtleDecryptResponse, SubtleDecryptResponseInit>(
  "dapr.proto.runtime.v1.SubtleDecryptResponse",
  readSubtleDecryptResponse,
  writeSubtleDecryptResponse,
);

/** A key, encrypted with another one. */
export interface SubtleWrapKeyRequest {
  componentName: string;
  plaintextKey: Buffer;
  algorithm: string;
  keyName: string;
  nonce: Buffer;
  associatedData: Buffer;
}
export interface SubtleWrapKeyRequestInit {
  componentName?: string | undefined;
  plaintextKey?: Uint8Array | undefined;
  algorithm?: string | undefined;
  keyName?: string | undefined;
  nonce?: Uint8Array | undefined;
  associatedData?: Uint8Array | undefined;
}

function readSubtleWrapKeyRequest(
  r: Reader,
  end: number,
  m: SubtleWrapKeyRequest = {
    componentName: "",
    plaintextKey: noBytes,
    algorithm: "",
    keyName: "",
    nonce: noBytes,
    associatedData: noBytes,
  },
): SubtleWrapKeyRequest {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.componentName = r.string();
        break;
      case 18:
        m.plaintextKey = r.bytes();
        break;
      case 26:
        m.algorithm = r.string();
        break;
      case 34:
        m.keyName = r.string();
        break;
      case 42:
        m.nonce = r.bytes();
        break;
      case 50:
        m.associatedData = r.bytes();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeSubtleWrapKeyRequest(w: Writer, m: SubtleWrapKeyRequestInit): void {
  const v0 = m.associatedData;
  if (v0 !== undefined && v0.length > 0) {
    w.bytes(v0);
    w.uint32(50);
  }
  const v1 = m.nonce;
  if (v1 !== undefined && v1.length > 0) {
    w.bytes(v1);
    w.uint32(42);
  }
  const v2 = m.keyName;
  if (v2) {
    w.string(v2);
    w.uint32(34);
  }
  const v3 = m.algorithm;
  if (v3) {
    w.string(v3);
    w.uint32(26);
  }
  const v4 = m.plaintextKey;
  if (v4 !== undefined && v4.length > 0) {
    w.bytes(v4);
    w.uint32(18);
  }
  const v5 = m.componentName;
  if (v5) {
    w.string(v5);
    w.uint32(10);
  }
}

export const SubtleWrapKeyRequest = /* @__PURE__ */ new MessageCodec<SubtleWrapKeyRequest, SubtleWrapKeyRequestInit>(
  "dapr.proto.runtime.v1.SubtleWrapKeyRequest",
  readSubtleWrapKeyRequest,
  writeSubtleWrapKeyRequest,
);

export interface SubtleWrapKeyResponse {
  wrappedKey: Buffer;
  tag: Buffer;
}
export interface SubtleWrapKeyResponseInit {
  wrappedKey?: Uint8Array | undefined;
  tag?: Uint8Array | undefined;
}

function readSubtleWrapKeyResponse(
  r: Reader,
  end: number,
  m: SubtleWrapKeyResponse = {
    wrappedKey: noBytes,
    tag: noBytes,
  },
): SubtleWrapKeyResponse {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.wrappedKey = r.bytes();
        break;
      case 18:
        m.tag = r.bytes();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeSubtleWrapKeyResponse(w: Writer, m: SubtleWrapKeyResponseInit): void {
  const v0 = m.tag;
  if (v0 !== undefined && v0.length > 0) {
    w.bytes(v0);
    w.uint32(18);
  }
  const v1 = m.wrappedKey;
  if (v1 !== undefined && v1.length > 0) {
    w.bytes(v1);
    w.uint32(10);
  }
}

export const SubtleWrapKeyResponse = /* @__PURE__ */ new MessageCodec<SubtleWrapKeyResponse, SubtleWrapKeyResponseInit>(
  "dapr.proto.runtime.v1.SubtleWrapKeyResponse",
  readSubtleWrapKeyResponse,
  writeSubtleWrapKeyResponse,
);

export interface SubtleUnwrapKeyRequest {
  componentName: string;
  wrappedKey: Buffer;
  algorithm: string;
  keyName: string;
  nonce: Buffer;
  tag: Buffer;
  associatedData: Buffer;
}
export interface SubtleUnwrapKeyRequestInit {
  componentName?: string | undefined;
  wrappedKey?: Uint8Array | undefined;
  algorithm?: string | undefined;
  keyName?: string | undefined;
  nonce?: Uint8Array | undefined;
  tag?: Uint8Array | undefined;
  associatedData?: Uint8Array | undefined;
}

function readSubtleUnwrapKeyRequest(
  r: Reader,
  end: number,
  m: SubtleUnwrapKeyRequest = {
    componentName: "",
    wrappedKey: noBytes,
    algorithm: "",
    keyName: "",
    nonce: noBytes,
    tag: noBytes,
    associatedData: noBytes,
  },
): SubtleUnwrapKeyRequest {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.componentName = r.string();
        break;
      case 18:
        m.wrappedKey = r.bytes();
        break;
      case 26:
        m.algorithm = r.string();
        break;
      case 34:
        m.keyName = r.string();
        break;
      case 42:
        m.nonce = r.bytes();
        break;
      case 50:
        m.tag = r.bytes();
        break;
      case 58:
        m.associatedData = r.bytes();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeSubtleUnwrapKeyRequest(w: Writer, m: SubtleUnwrapKeyRequestInit): void {
  const v0 = m.associatedData;
  if (v0 !== undefined && v0.length > 0) {
    w.bytes(v0);
    w.uint32(58);
  }
  const v1 = m.tag;
  if (v1 !== undefined && v1.length > 0) {
    w.bytes(v1);
    w.uint32(50);
  }
  const v2 = m.nonce;
  if (v2 !== undefined && v2.length > 0) {
    w.bytes(v2);
    w.uint32(42);
  }
  const v3 = m.keyName;
  if (v3) {
    w.string(v3);
    w.uint32(34);
  }
  const v4 = m.algorithm;
  if (v4) {
    w.string(v4);
    w.uint32(26);
  }
  const v5 = m.wrappedKey;
  if (v5 !== undefined && v5.length > 0) {
    w.bytes(v5);
    w.uint32(18);
  }
  const v6 = m.componentName;
  if (v6) {
    w.string(v6);
    w.uint32(10);
  }
}

export const SubtleUnwrapKeyRequest = /* @__PURE__ */ new MessageCodec<SubtleUnwrapKeyRequest, SubtleUnwrapKeyRequestInit>(
  "dapr.proto.runtime.v1.SubtleUnwrapKeyRequest",
  readSubtleUnwrapKeyRequest,
  writeSubtleUnwrapKeyRequest,
);

export interface SubtleUnwrapKeyResponse {
  plaintextKey: Buffer;
}
export interface SubtleUnwrapKeyResponseInit {
  plaintextKey?: Uint8Array | undefined;
}

function readSubtleUnwrapKeyResponse(
  r: Reader,
  end: number,
  m: SubtleUnwrapKeyResponse = {
    plaintextKey: noBytes,
  },
): SubtleUnwrapKeyResponse {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.plaintextKey = r.bytes();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeSubtleUnwrapKeyResponse(w: Writer, m: SubtleUnwrapKeyResponseInit): void {
  const v0 = m.plaintextKey;
  if (v0 !== undefined && v0.length > 0) {
    w.bytes(v0);
    w.uint32(10);
  }
}

export const SubtleUnwrapKeyResponse = /* @__PURE__ */ new MessageCodec<SubtleUnwrapKeyResponse, SubtleUnwrapKeyResponseInit>(
  "dapr.proto.runtime.v1.SubtleUnwrapKeyResponse",
  readSubtleUnwrapKeyResponse,
  writeSubtleUnwrapKeyResponse,
);

/** A digest to sign. */
export interface SubtleSignRequest {
  componentName: string;
  digest: Buffer;
  algorithm: string;
  keyName: string;
}
export interface SubtleSignRequestInit {
  componentName?: string | undefined;
  digest?: Uint8Array | undefined;
  algorithm?: string | undefined;
  keyName?: string | undefined;
}

function readSubtleSignRequest(
  r: Reader,
  end: number,
  m: SubtleSignRequest = {
    componentName: "",
    digest: noBytes,
    algorithm: "",
    keyName: "",
  },
): SubtleSignRequest {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.componentName = r.string();
        break;
      case 18:
        m.digest = r.bytes();
        break;
      case 26:
        m.algorithm = r.string();
        break;
      case 34:
        m.keyName = r.string();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeSubtleSignRequest(w: Writer, m: SubtleSignRequestInit): void {
  const v0 = m.keyName;
  if (v0) {
    w.string(v0);
    w.uint32(34);
  }
  const v1 = m.algorithm;
  if (v1) {
    w.string(v1);
    w.uint32(26);
  }
  const v2 = m.digest;
  if (v2 !== undefined && v2.length > 0) {
    w.bytes(v2);
    w.uint32(18);
  }
  const v3 = m.componentName;
  if (v3) {
    w.string(v3);
    w.uint32(10);
  }
}

export const SubtleSignRequest = /* @__PURE__ */ new MessageCodec<SubtleSignRequest, SubtleSignRequestInit>(
  "dapr.proto.runtime.v1.SubtleSignRequest",
  readSubtleSignRequest,
  writeSubtleSignRequest,
);

export interface SubtleSignResponse {
  signature: Buffer;
}
export interface SubtleSignResponseInit {
  signature?: Uint8Array | undefined;
}

function readSubtleSignResponse(
  r: Reader,
  end: number,
  m: SubtleSignResponse = {
    signature: noBytes,
  },
): SubtleSignResponse {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.signature = r.bytes();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeSubtleSignResponse(w: Writer, m: SubtleSignResponseInit): void {
  const v0 = m.signature;
  if (v0 !== undefined && v0.length > 0) {
    w.bytes(v0);
    w.uint32(10);
  }
}

export const SubtleSignResponse = /* @__PURE__ */ new MessageCodec<SubtleSignResponse, SubtleSignResponseInit>(
  "dapr.proto.runtime.v1.SubtleSignResponse",
  readSubtleSignResponse,
  writeSubtleSignResponse,
);

/** A digest and its signature. */
export interface SubtleVerifyRequest {
  componentName: string;
  digest: Buffer;
  algorithm: string;
  keyName: string;
  signature: Buffer;
}
export interface SubtleVerifyRequestInit {
  componentName?: string | undefined;
  digest?: Uint8Array | undefined;
  algorithm?: string | undefined;
  keyName?: string | undefined;
  signature?: Uint8Array | undefined;
}

function readSubtleVerifyRequest(
  r: Reader,
  end: number,
  m: SubtleVerifyRequest = {
    componentName: "",
    digest: noBytes,
    algorithm: "",
    keyName: "",
    signature: noBytes,
  },
): SubtleVerifyRequest {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.componentName = r.string();
        break;
      case 18:
        m.digest = r.bytes();
        break;
      case 26:
        m.algorithm = r.string();
        break;
      case 34:
        m.keyName = r.string();
        break;
      case 42:
        m.signature = r.bytes();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeSubtleVerifyRequest(w: Writer, m: SubtleVerifyRequestInit): void {
  const v0 = m.signature;
  if (v0 !== undefined && v0.length > 0) {
    w.bytes(v0);
    w.uint32(42);
  }
  const v1 = m.keyName;
  if (v1) {
    w.string(v1);
    w.uint32(34);
  }
  const v2 = m.algorithm;
  if (v2) {
    w.string(v2);
    w.uint32(26);
  }
  const v3 = m.digest;
  if (v3 !== undefined && v3.length > 0) {
    w.bytes(v3);
    w.uint32(18);
  }
  const v4 = m.componentName;
  if (v4) {
    w.string(v4);
    w.uint32(10);
  }
}

export const SubtleVerifyRequest = /* @__PURE__ */ new MessageCodec<SubtleVerifyRequest, SubtleVerifyRequestInit>(
  "dapr.proto.runtime.v1.SubtleVerifyRequest",
  readSubtleVerifyRequest,
  writeSubtleVerifyRequest,
);

export interface SubtleVerifyResponse {
  valid: boolean;
}
export interface SubtleVerifyResponseInit {
  valid?: boolean | undefined;
}

function readSubtleVerifyResponse(
  r: Reader,
  end: number,
  m: SubtleVerifyResponse = {
    valid: false,
  },
): SubtleVerifyResponse {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 8:
        m.valid = r.bool();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeSubtleVerifyResponse(w: Writer, m: SubtleVerifyResponseInit): void {
  const v0 = m.valid;
  if (v0) {
    w.bool(v0);
    w.uint32(8);
  }
}

export const SubtleVerifyResponse = /* @__PURE__ */ new MessageCodec<SubtleVerifyResponse, SubtleVerifyResponseInit>(
  "dapr.proto.runtime.v1.SubtleVerifyResponse",
  readSubtleVerifyResponse,
  writeSubtleVerifyResponse,
);

/** A stream of any length; the options come with the first message. */
export interface EncryptRequest {
  options: EncryptRequestOptions | undefined;
  payload: StreamPayload | undefined;
}
export interface EncryptRequestInit {
  options?: EncryptRequestOptionsInit | undefined;
  payload?: StreamPayloadInit | undefined;
}

function readEncryptRequest(
  r: Reader,
  end: number,
  m: EncryptRequest = {
    options: undefined,
    payload: undefined,
  },
): EncryptRequest {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const e = r.enter();
        m.options = readEncryptRequestOptions(r, e, m.options);
        r.leave(e);
        break;
      }
      case 18: {
        const e = r.enter();
        m.payload = StreamPayload.read(r, e, m.payload);
        r.leave(e);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeEncryptRequest(w: Writer, m: EncryptRequestInit): void {
  const v0 = m.payload;
  if (v0 !== undefined) {
    const s = w.written;
    StreamPayload.write(w, v0);
    w.delimit(s, 18);
  }
  const v1 = m.options;
  if (v1 !== undefined) {
    const s = w.written;
    writeEncryptRequestOptions(w, v1);
    w.delimit(s, 10);
  }
}

export const EncryptRequest = /* @__PURE__ */ new MessageCodec<EncryptRequest, EncryptRequestInit>(
  "dapr.proto.runtime.v1.EncryptRequest",
  readEncryptRequest,
  writeEncryptRequest,
);

/** Which key, and how to use it. */
export interface EncryptRequestOptions {
  componentName: string;
  keyName: string;
  keyWrapAlgorithm: string;
  dataEncryptionCipher: string;
  omitDecryptionKeyName: boolean;
  decryptionKeyName: string;
}
export interface EncryptRequestOptionsInit {
  componentName?: string | undefined;
  keyName?: string | undefined;
  keyWrapAlgorithm?: string | undefined;
  dataEncryptionCipher?: string | undefined;
  omitDecryptionKeyName?: boolean | undefined;
  decryptionKeyName?: string | undefined;
}

function readEncryptRequestOptions(
  r: Reader,
  end: number,
  m: EncryptRequestOptions = {
    componentName: "",
    keyName: "",
    keyWrapAlgorithm: "",
    dataEncryptionCipher: "",
    omitDecryptionKeyName: false,
    decryptionKeyName: "",
  },
): EncryptRequestOptions {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.componentName = r.string();
        break;
      case 18:
        m.keyName = r.string();
        break;
      case 26:
        m.keyWrapAlgorithm = r.string();
        break;
      case 82:
        m.dataEncryptionCipher = r.string();
        break;
      case 88:
        m.omitDecryptionKeyName = r.bool();
        break;
      case 98:
        m.decryptionKeyName = r.string();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeEncryptRequestOptions(w: Writer, m: EncryptRequestOptionsInit): void {
  const v0 = m.decryptionKeyName;
  if (v0) {
    w.string(v0);
    w.uint32(98);
  }
  const v1 = m.omitDecryptionKeyName;
  if (v1) {
    w.bool(v1);
    w.uint32(88);
  }
  const v2 = m.dataEncryptionCipher;
  if (v2) {
    w.string(v2);
    w.uint32(82);
  }
  const v3 = m.keyWrapAlgorithm;
  if (v3) {
    w.string(v3);
    w.uint32(26);
  }
  const v4 = m.keyName;
  if (v4) {
    w.string(v4);
    w.uint32(18);
  }
  const v5 = m.componentName;
  if (v5) {
    w.string(v5);
    w.uint32(10);
  }
}

export const EncryptRequestOptions = /* @__PURE__ */ new MessageCodec<EncryptRequestOptions, EncryptRequestOptionsInit>(
  "dapr.proto.runtime.v1.EncryptRequestOptions",
  readEncryptRequestOptions,
  writeEncryptRequestOptions,
);

/** A part of the encrypted document. */
export interface EncryptResponse {
  payload: StreamPayload | undefined;
}
export interface EncryptResponseInit {
  payload?: StreamPayloadInit | undefined;
}

function readEncryptResponse(
  r: Reader,
  end: number,
  m: EncryptResponse = {
    payload: undefined,
  },
): EncryptResponse {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const e = r.enter();
        m.payload = StreamPayload.read(r, e, m.payload);
        r.leave(e);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeEncryptResponse(w: Writer, m: EncryptResponseInit): void {
  const v0 = m.payload;
  if (v0 !== undefined) {
    const s = w.written;
    StreamPayload.write(w, v0);
    w.delimit(s, 10);
  }
}

export const EncryptResponse = /* @__PURE__ */ new MessageCodec<EncryptResponse, EncryptResponseInit>(
  "dapr.proto.runtime.v1.EncryptResponse",
  readEncryptResponse,
  writeEncryptResponse,
);

/** A stream of any length; the options come with the first message. */
export interface DecryptRequest {
  options: DecryptRequestOptions | undefined;
  payload: StreamPayload | undefined;
}
export interface DecryptRequestInit {
  options?: DecryptRequestOptionsInit | undefined;
  payload?: StreamPayloadInit | undefined;
}

function readDecryptRequest(
  r: Reader,
  end: number,
  m: DecryptRequest = {
    options: undefined,
    payload: undefined,
  },
): DecryptRequest {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const e = r.enter();
        m.options = readDecryptRequestOptions(r, e, m.options);
        r.leave(e);
        break;
      }
      case 18: {
        const e = r.enter();
        m.payload = StreamPayload.read(r, e, m.payload);
        r.leave(e);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeDecryptRequest(w: Writer, m: DecryptRequestInit): void {
  const v0 = m.payload;
  if (v0 !== undefined) {
    const s = w.written;
    StreamPayload.write(w, v0);
    w.delimit(s, 18);
  }
  const v1 = m.options;
  if (v1 !== undefined) {
    const s = w.written;
    writeDecryptRequestOptions(w, v1);
    w.delimit(s, 10);
  }
}

export const DecryptRequest = /* @__PURE__ */ new MessageCodec<DecryptRequest, DecryptRequestInit>(
  "dapr.proto.runtime.v1.DecryptRequest",
  readDecryptRequest,
  writeDecryptRequest,
);

/** The key, when the document does not name it. */
export interface DecryptRequestOptions {
  componentName: string;
  keyName: string;
}
export interface DecryptRequestOptionsInit {
  componentName?: string | undefined;
  keyName?: string | undefined;
}

function readDecryptRequestOptions(
  r: Reader,
  end: number,
  m: DecryptRequestOptions = {
    componentName: "",
    keyName: "",
  },
): DecryptRequestOptions {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.componentName = r.string();
        break;
      case 98:
        m.keyName = r.string();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeDecryptRequestOptions(w: Writer, m: DecryptRequestOptionsInit): void {
  const v0 = m.keyName;
  if (v0) {
    w.string(v0);
    w.uint32(98);
  }
  const v1 = m.componentName;
  if (v1) {
    w.string(v1);
    w.uint32(10);
  }
}

export const DecryptRequestOptions = /* @__PURE__ */ new MessageCodec<DecryptRequestOptions, DecryptRequestOptionsInit>(
  "dapr.proto.runtime.v1.DecryptRequestOptions",
  readDecryptRequestOptions,
  writeDecryptRequestOptions,
);

/** A part of the plaintext. */
export interface DecryptResponse {
  payload: StreamPayload | undefined;
}
export interface DecryptResponseInit {
  payload?: StreamPayloadInit | undefined;
}

function readDecryptResponse(
  r: Reader,
  end: number,
  m: DecryptResponse = {
    payload: undefined,
  },
): DecryptResponse {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const e = r.enter();
        m.payload = StreamPayload.read(r, e, m.payload);
        r.leave(e);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeDecryptResponse(w: Writer, m: DecryptResponseInit): void {
  const v0 = m.payload;
  if (v0 !== undefined) {
    const s = w.written;
    StreamPayload.write(w, v0);
    w.delimit(s, 10);
  }
}

export const DecryptResponse = /* @__PURE__ */ new MessageCodec<DecryptResponse, DecryptResponseInit>(
  "dapr.proto.runtime.v1.DecryptResponse",
  readDecryptResponse,
  writeDecryptResponse,
);
