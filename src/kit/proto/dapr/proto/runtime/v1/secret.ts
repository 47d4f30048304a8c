// Generated from proto/dapr/proto/runtime/v1/secret.proto by tools/generate-proto.ts. Do not edit.
import { MessageCodec, type Reader, type Writer, readStringEntry, writeStringMap } from "../../../../wire.ts";

/** One secret of a store. */
export interface GetSecretRequest {
  storeName: string;
  key: string;
  metadata: Map<string, string>;
}
export interface GetSecretRequestInit {
  storeName?: string | undefined;
  key?: string | undefined;
  metadata?: ReadonlyMap<string, string> | undefined;
}

function readGetSecretRequest(
  r: Reader,
  end: number,
  m: GetSecretRequest = {
    storeName: "",
    key: "",
    metadata: new Map(),
  },
): GetSecretRequest {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.storeName = r.string();
        break;
      case 18:
        m.key = r.string();
        break;
      case 26:
        readStringEntry(r, m.metadata);
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeGetSecretRequest(w: Writer, m: GetSecretRequestInit): void {
  const v0 = m.metadata;
  if (v0 !== undefined && v0.size > 0) {
    writeStringMap(w, v0, 26);
  }
  const v1 = m.key;
  if (v1) {
    w.string(v1);
    w.uint32(18);
  }
  const v2 = m.storeName;
  if (v2) {
    w.string(v2);
    w.uint32(10);
  }
}

export const GetSecretRequest = /* @__PURE__ */ new MessageCodec<GetSecretRequest, GetSecretRequestInit>(
  "dapr.proto.runtime.v1.GetSecretRequest",
  readGetSecretRequest,
  writeGetSecretRequest,
);

/** Its members by name; stores with single values have one, named as the secret. */
export interface GetSecretResponse {
  data: Map<string, string>;
}
export interface GetSecretResponseInit {
  data?: ReadonlyMap<string, string> | undefined;
}

function readGetSecretResponse(
  r: Reader,
  end: number,
  m: GetSecretResponse = {
    data: new Map(),
  },
): GetSecretResponse {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        readStringEntry(r, m.data);
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeGetSecretResponse(w: Writer, m: GetSecretResponseInit): void {
  const v0 = m.data;
  if (v0 !== undefined && v0.size > 0) {
    writeStringMap(w, v0, 10);
  }
}

export const GetSecretResponse = /* @__PURE__ */ new MessageCodec<GetSecretResponse, GetSecretResponseInit>(
  "dapr.proto.runtime.v1.GetSecretResponse",
  readGetSecretResponse,
  writeGetSecretResponse,
);

/** All secrets that the app may see. */
export interface GetBulkSecretRequest {
  storeName: string;
  metadata: Map<string, string>;
}
export interface GetBulkSecretRequestInit {
  storeName?: string | undefined;
  metadata?: ReadonlyMap<string, string> | undefined;
}

function readGetBulkSecretRequest(
  r: Reader,
  end: number,
  m: GetBulkSecretRequest = {
    storeName: "",
    metadata: new Map(),
  },
): GetBulkSecretRequest {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.storeName = r.string();
        break;
      case 18:
        readStringEntry(r, m.metadata);
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeGetBulkSecretRequest(w: Writer, m: GetBulkSecretRequestInit): void {
  const v0 = m.metadata;
  if (v0 !== undefined && v0.size > 0) {
    writeStringMap(w, v0, 18);
  }
  const v1 = m.storeName;
  if (v1) {
    w.string(v1);
    w.uint32(10);
  }
}

export const GetBulkSecretRequest = /* @__PURE__ */ new MessageCodec<GetBulkSecretRequest, GetBulkSecretRequestInit>(
  "dapr.proto.runtime.v1.GetBulkSecretRequest",
  readGetBulkSecretRequest,
  writeGetBulkSecretRequest,
);

/** The members of one secret. */
export interface SecretResponse {
  secrets: Map<string, string>;
}
export interface SecretResponseInit {
  secrets?: ReadonlyMap<string, string> | undefined;
}

function readSecretResponse(
  r: Reader,
  end: number,
  m: SecretResponse = {
    secrets: new Map(),
  },
): SecretResponse {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        readStringEntry(r, m.secrets);
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeSecretResponse(w: Writer, m: SecretResponseInit): void {
  const v0 = m.secrets;
  if (v0 !== undefined && v0.size > 0) {
    writeStringMap(w, v0, 10);
  }
}

export const SecretResponse = /* @__PURE__ */ new MessageCodec<SecretResponse, SecretResponseInit>(
  "dapr.proto.runtime.v1.SecretResponse",
  readSecretResponse,
  writeSecretResponse,
);

/** Secrets by name. */
export interface GetBulkSecretResponse {
  data: Map<string, SecretResponse>;
}
export interface GetBulkSecretResponseInit {
  data?: ReadonlyMap<string, SecretResponseInit> | undefined;
}

function readGetBulkSecretResponse(
  r: Reader,
  end: number,
  m: GetBulkSecretResponse = {
    data: new Map(),
  },
): GetBulkSecretResponse {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const e = r.enter();
        let k: string = "";
        let v: SecretResponse | undefined;
        while (r.pos < e) {
          const t = r.tag();
          if (t === 10) k = r.string();
          else if (t === 18) { const n = r.enter(); v = readSecretResponse(r, n, v); r.leave(n); }
          else r.skip(t);
        }
        r.leave(e);
        m.data.set(k, v ?? readSecretResponse(r, e));
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeGetBulkSecretResponse(w: Writer, m: GetBulkSecretResponseInit): void {
  const v0 = m.data;
  if (v0 !== undefined && v0.size > 0) {
    for (const [k, x] of [...v0].reverse()) {
      const before = w.written;
      {
      const s = w.written;
      writeSecretResponse(w, x);
      w.delimit(s, 18);
      }
      w.string(k);
      w.uint32(10);
      w.delimit(before, 10);
    }
  }
}

export const GetBulkSecretResponse = /* @__PURE__ */ new MessageCodec<GetBulkSecretResponse, GetBulkSecretResponseInit>(
  "dapr.proto.runtime.v1.GetBulkSecretResponse",
  readGetBulkSecretResponse,
  writeGetBulkSecretResponse,
);
