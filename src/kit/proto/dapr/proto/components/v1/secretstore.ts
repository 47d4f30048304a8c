// Generated from proto/dapr/proto/components/v1/secretstore.proto by tools/generate-proto.ts. Do not edit.
import { MessageCodec, type Reader, type Writer, readStringEntry, writeStringMap } from "../../../../wire.ts";
import { MetadataRequest, type MetadataRequestInit } from "./common.ts";

/** Served by a component that keeps secrets. */
export const SecretStoreService = {
  name: "dapr.proto.components.v1.SecretStore",
  methods: {
    init: {
      path: "/dapr.proto.components.v1.SecretStore/Init",
      requestStream: false,
      responseStream: false,
    },
    features: {
      path: "/dapr.proto.components.v1.SecretStore/Features",
      requestStream: false,
      responseStream: false,
    },
    get: {
      path: "/dapr.proto.components.v1.SecretStore/Get",
      requestStream: false,
      responseStream: false,
    },
    bulkGet: {
      path: "/dapr.proto.components.v1.SecretStore/BulkGet",
      requestStream: false,
      responseStream: false,
    },
    ping: {
      path: "/dapr.proto.components.v1.SecretStore/Ping",
      requestStream: false,
      responseStream: false,
    },
  },
} as const;

export interface SecretStoreInitRequest {
  metadata: MetadataRequest | undefined;
}
export interface SecretStoreInitRequestInit {
  metadata?: MetadataRequestInit | undefined;
}

function readSecretStoreInitRequest(
  r: Reader,
  end: number,
  m: SecretStoreInitRequest = {
    metadata: undefined,
  },
): SecretStoreInitRequest {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const e = r.enter();
        m.metadata = MetadataRequest.read(r, e, m.metadata);
        r.leave(e);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeSecretStoreInitRequest(w: Writer, m: SecretStoreInitRequestInit): void {
  const v0 = m.metadata;
  if (v0 !== undefined) {
    const s = w.written;
    MetadataRequest.write(w, v0);
    w.delimit(s, 10);
  }
}

export const SecretStoreInitRequest = /* @__PURE__ */ new MessageCodec<SecretStoreInitRequest, SecretStoreInitRequestInit>(
  "dapr.proto.components.v1.SecretStoreInitRequest",
  readSecretStoreInitRequest,
  writeSecretStoreInitRequest,
);

export interface SecretStoreInitResponse {}
export interface SecretStoreInitResponseInit {}

function readSecretStoreInitResponse(
  r: Reader,
  end: number,
  m: SecretStoreInitResponse = {},
): SecretStoreInitResponse {
  while (r.pos < end) r.skip(r.tag());
  return m;
}

function writeSecretStoreInitResponse(_w: Writer, _m: SecretStoreInitResponseInit): void {
}

export const SecretStoreInitResponse = /* @__PURE__ */ new MessageCodec<SecretStoreInitResponse, SecretStoreInitResponseInit>(
  "dapr.proto.components.v1.SecretStoreInitResponse",
  readSecretStoreInitResponse,
  writeSecretStoreInitResponse,
);

/** One secret. */
export interface GetSecretRequest {
  key: string;
  metadata: Map<string, string>;
}
export interface GetSecretRequestInit {
  key?: string | undefined;
  metadata?: ReadonlyMap<string, string> | undefined;
}

function readGetSecretRequest(
  r: Reader,
  end: number,
  m: GetSecretRequest = {
    key: "",
    metadata: new Map(),
  },
): GetSecretRequest {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.key = r.string();
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

function writeGetSecretRequest(w: Writer, m: GetSecretRequestInit): void {
  const v0 = m.metadata;
  if (v0 !== undefined && v0.size > 0) {
    writeStringMap(w, v0, 18);
  }
  const v1 = m.key;
  if (v1) {
    w.string(v1);
    w.uint32(10);
  }
}

export const GetSecretRequest = /* @__PURE__ */ new MessageCodec<GetSecretRequest, GetSecretRequestInit>(
  "dapr.proto.components.v1.GetSecretRequest",
  readGetSecretRequest,
  writeGetSecretRequest,
);

/** Its members by name. */
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
  "dapr.proto.components.v1.GetSecretResponse",
  readGetSecretResponse,
  writeGetSecretResponse,
);

/** All secrets. */
export interface BulkGetSecretRequest {
  metadata: Map<string, string>;
}
export interface BulkGetSecretRequestInit {
  metadata?: ReadonlyMap<string, string> | undefined;
}

function readBulkGetSecretRequest(
  r: Reader,
  end: number,
  m: BulkGetSecretRequest = {
    metadata: new Map(),
  },
): BulkGetSecretRequest {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        readStringEntry(r, m.metadata);
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeBulkGetSecretRequest(w: Writer, m: BulkGetSecretRequestInit): void {
  const v0 = m.metadata;
  if (v0 !== undefined && v0.size > 0) {
    writeStringMap(w, v0, 10);
  }
}

export const BulkGetSecretRequest = /* @__PURE__ */ new MessageCodec<BulkGetSecretRequest, BulkGetSecretRequestInit>(
  "dapr.proto.components.v1.BulkGetSecretRequest",
  readBulkGetSecretRequest,
  writeBulkGetSecretRequest,
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
  "dapr.proto.components.v1.SecretResponse",
  readSecretResponse,
  writeSecretResponse,
);

export interface BulkGetSecretResponse {
  data: Map<string, SecretResponse>;
}
export interface BulkGetSecretResponseInit {
  data?: ReadonlyMap<string, SecretResponseInit> | undefined;
}

function readBulkGetSecretResponse(
  r: Reader,
  end: number,
  m: BulkGetSecretResponse = {
    data: new Map(),
  },
): BulkGetSecretResponse {
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

function writeBulkGetSecretResponse(w: Writer, m: BulkGetSecretResponseInit): void {
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

export const BulkGetSecretResponse = /* @__PURE__ */ new MessageCodec<BulkGetSecretResponse, BulkGetSecretResponseInit>(
  "dapr.proto.components.v1.BulkGetSecretResponse",
  readBulkGetSecretResponse,
  writeBulkGetSecretResponse,
);
