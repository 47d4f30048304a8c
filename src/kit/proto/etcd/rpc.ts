// Generated from proto/etcd/rpc.proto by tools/generate-proto.ts. Do not edit.
import { MessageCodec, type Reader, type Writer, noBytes } from "../wire.ts";

export const KVService = {
  name: "etcdserverpb.KV",
  methods: {
    range: {
      path: "/etcdserverpb.KV/Range",
      requestStream: false,
      responseStream: false,
    },
    put: {
      path: "/etcdserverpb.KV/Put",
      requestStream: false,
      responseStream: false,
    },
    deleteRange: {
      path: "/etcdserverpb.KV/DeleteRange",
      requestStream: false,
      responseStream: false,
    },
    txn: {
      path: "/etcdserverpb.KV/Txn",
      requestStream: false,
      responseStream: false,
    },
  },
} as const;

export const LeaseService = {
  name: "etcdserverpb.Lease",
  methods: {
    leaseGrant: {
      path: "/etcdserverpb.Lease/LeaseGrant",
      requestStream: false,
      responseStream: false,
    },
    leaseRevoke: {
      path: "/etcdserverpb.Lease/LeaseRevoke",
      requestStream: false,
      responseStream: false,
    },
  },
} as const;

/** One key, with the revisions of the store at which it was created and last written. */
export interface KeyValue {
  key: Buffer;
  createRevision: bigint;
  modRevision: bigint;
  value: Buffer;
  lease: bigint;
}
export interface KeyValueInit {
  key?: Uint8Array | undefined;
  createRevision?: bigint | undefined;
  modRevision?: bigint | undefined;
  value?: Uint8Array | undefined;
  lease?: bigint | undefined;
}

function readKeyValue(
  r: Reader,
  end: number,
  m: KeyValue = {
    key: noBytes,
    createRevision: 0n,
    modRevision: 0n,
    value: noBytes,
    lease: 0n,
  },
): KeyValue {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.key = r.bytes();
        break;
      case 16:
        m.createRevision = r.int64();
        break;
      case 24:
        m.modRevision = r.int64();
        break;
      case 42:
        m.value = r.bytes();
        break;
      case 48:
        m.lease = r.int64();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeKeyValue(w: Writer, m: KeyValueInit): void {
  const v0 = m.lease;
  if (v0) {
    w.uint64(v0);
    w.uint32(48);
  }
  const v1 = m.value;
  if (v1 !== undefined && v1.length > 0) {
    w.bytes(v1);
    w.uint32(42);
  }
  const v2 = m.modRevision;
  if (v2) {
    w.uint64(v2);
    w.uint32(24);
  }
  const v3 = m.createRevision;
  if (v3) {
    w.uint64(v3);
    w.uint32(16);
  }
  const v4 = m.key;
  if (v4 !== undefined && v4.length > 0) {
    w.bytes(v4);
    w.uint32(10);
  }
}

export const KeyValue = /* @__PURE__ */ new MessageCodec<KeyValue, KeyValueInit>(
  "etcdserverpb.KeyValue",
  readKeyValue,
  writeKeyValue,
);

/** Of every answer. */
export interface ResponseHeader {
  revision: bigint;
}
export interface ResponseHeaderInit {
  revision?: bigint | undefined;
}

function readResponseHeader(
  r: Reader,
  end: number,
  m: ResponseHeader = {
    revision: 0n,
  },
): ResponseHeader {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 24:
        m.revision = r.int64();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeResponseHeader(w: Writer, m: ResponseHeaderInit): void {
  const v0 = m.revision;
  if (v0) {
    w.uint64(v0);
    w.uint32(24);
  }
}

export const ResponseHeader = /* @__PURE__ */ new MessageCodec<ResponseHeader, ResponseHeaderInit>(
  "etcdserverpb.ResponseHeader",
  readResponseHeader,
  writeResponseHeader,
);

export interface RangeRequest {
  key: Buffer;
  /** Exclusive; without it only the key itself. */
  rangeEnd: Buffer;
  limit: bigint;
  /** The state at an earlier revision; 0: now. */
  revision: bigint;
  sortOrder: RangeRequest_SortOrder;
  sortTarget: RangeRequest_SortTarget;
  keysOnly: boolean;
  minCreateRevision: bigint;
}
export interface RangeRequestInit {
  key?: Uint8Array | undefined;
  rangeEnd?: Uint8Array | undefined;
  limit?: bigint | undefined;
  revision?: bigint | undefined;
  sortOrder?: RangeRequest_SortOrder | undefined;
  sortTarget?: RangeRequest_SortTarget | undefined;
  keysOnly?: boolean | undefined;
  minCreateRevision?: bigint | undefined;
}

function readRangeRequest(
  r: Reader,
  end: number,
  m: RangeRequest = {
    key: noBytes,
    rangeEnd: noBytes,
    limit: 0n,
    revision: 0n,
    sortOrder: 0,
    sortTarget: 0,
    keysOnly: false,
    minCreateRevision: 0n,
  },
): RangeRequest {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.key = r.bytes();
        break;
      case 18:
        m.rangeEnd = r.bytes();
        break;
      case 24:
        m.limit = r.int64();
        break;
      case 32:
        m.revision = r.int64();
        break;
      case 40:
        m.sortOrder = r.int32();
        break;
      case 48:
        m.sortTarget = r.int32();
        break;
      case 64:
        m.keysOnly = r.bool();
        break;
      case 96:
        m.minCreateRevision = r.int64();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeRangeRequest(w: Writer, m: RangeRequestInit): void {
  const v0 = m.minCreateRevision;
  if (v0) {
    w.uint64(v0);
    w.uint32(96);
  }
  const v1 = m.keysOnly;
  if (v1) {
    w.bool(v1);
    w.uint32(64);
  }
  const v2 = m.sortTarget;
  if (v2) {
    w.int32(v2);
    w.uint32(48);
  }
  const v3 = m.sortOrder;
  if (v3) {
    w.int32(v3);
    w.uint32(40);
  }
  const v4 = m.revision;
  if (v4) {
    w.uint64(v4);
    w.uint32(32);
  }
  const v5 = m.limit;
  if (v5) {
    w.uint64(v5);
    w.uint32(24);
  }
  const v6 = m.rangeEnd;
  if (v6 !== undefined && v6.length > 0) {
    w.bytes(v6);
    w.uint32(18);
  }
  const v7 = m.key;
  if (v7 !== undefined && v7.length > 0) {
    w.bytes(v7);
    w.uint32(10);
  }
}

export const RangeRequest = /* @__PURE__ */ new MessageCodec<RangeRequest, RangeRequestInit>(
  "etcdserverpb.RangeRequest",
  readRangeRequest,
  writeRangeRequest,
);

export const RangeRequest_SortOrder = {
  NONE: 0,
  ASCEND: 1,
  DESCEND: 2,
} as const;
export type RangeRequest_SortOrder = number;

export const RangeRequest_SortTarget = {
  KEY: 0,
  VERSION: 1,
  CREATE: 2,
  MOD: 3,
  VALUE: 4,
} as const;
export type RangeRequest_SortTarget = number;

export interface RangeResponse {
  header: ResponseHeader | undefined;
  kvs: KeyValue[];
  /** There are more than the limit let through. */
  more: boolean;
  count: bigint;
}
export interface RangeResponseInit {
  header?: ResponseHeaderInit | undefined;
  kvs?: readonly KeyValueInit[] | undefined;
  more?: boolean | undefined;
  count?: bigint | undefined;
}

function readRangeResponse(
  r: Reader,
  end: number,
  m: RangeResponse = {
    header: undefined,
    kvs: [],
    more: false,
    count: 0n,
  },
): RangeResponse {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const e = r.enter();
        m.header = readResponseHeader(r, e, m.header);
        r.leave(e);
        break;
      }
      case 18: {
        const e = r.enter();
        m.kvs.push(readKeyValue(r, e));
        r.leave(e);
        break;
      }
      case 24:
        m.more = r.bool();
        break;
      case 32:
        m.count = r.int64();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeRangeResponse(w: Writer, m: RangeResponseInit): void {
  const v0 = m.count;
  if (v0) {
    w.uint64(v0);
    w.uint32(32);
  }
  const v1 = m.more;
  if (v1) {
    w.bool(v1);
    w.uint32(24);
  }
  const v2 = m.kvs;
  if (v2 !== undefined && v2.length > 0) {
    for (let i = v2.length - 1; i >= 0; i--) {
      const s = w.written;
      writeKeyValue(w, v2[i]!);
      w.delimit(s, 18);
    }
  }
  const v3 = m.header;
  if (v3 !== undefined) {
    const s = w.written;
    writeResponseHeader(w, v3);
    w.delimit(s, 10);
  }
}

export const RangeResponse = /* @__PURE__ */ new MessageCodec<RangeResponse, RangeResponseInit>(
  "etcdserverpb.RangeResponse",
  readRangeResponse,
  writeRangeResponse,
);

export interface PutRequest {
  key: Buffer;
  value: Buffer;
  lease: bigint;
}
export interface PutRequestInit {
  key?: Uint8Array | undefined;
  value?: Uint8Array | undefined;
  lease?: bigint | undefined;
}

function readPutRequest(
  r: Reader,
  end: number,
  m: PutRequest = {
    key: noBytes,
    value: noBytes,
    lease: 0n,
  },
): PutRequest {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.key = r.bytes();
        break;
      case 18:
        m.value = r.bytes();
        break;
      case 24:
        m.lease = r.int64();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writePutRequest(w: Writer, m: PutRequestInit): void {
  const v0 = m.lease;
  if (v0) {
    w.uint64(v0);
    w.uint32(24);
  }
  const v1 = m.value;
  if (v1 !== undefined && v1.length > 0) {
    w.bytes(v1);
    w.uint32(18);
  }
  const v2 = m.key;
  if (v2 !== undefined && v2.length > 0) {
    w.bytes(v2);
    w.uint32(10);
  }
}

export const PutRequest = /* @__PURE__ */ new MessageCodec<PutRequest, PutRequestInit>(
  "etcdserverpb.PutRequest",
  readPutRequest,
  writePutRequest,
);

export interface PutResponse {
  header: ResponseHeader | undefined;
}
export interface PutResponseInit {
  header?: ResponseHeaderInit | undefined;
}

function readPutResponse(
  r: Reader,
  end: number,
  m: PutResponse = {
    header: undefined,
  },
): PutResponse {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const e = r.enter();
        m.header = readResponseHeader(r, e, m.header);
        r.leave(e);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writePutResponse(w: Writer, m: PutResponseInit): void {
  const v0 = m.header;
  if (v0 !== undefined) {
    const s = w.written;
    writeResponseHeader(w, v0);
    w.delimit(s, 10);
  }
}

export const PutResponse = /* @__PURE__ */ new MessageCodec<PutResponse, PutResponseInit>(
  "etcdserverpb.PutResponse",
  readPutResponse,
  writePutResponse,
);

export interface DeleteRangeRequest {
  key: Buffer;
  rangeEnd: Buffer;
}
export interface DeleteRangeRequestInit {
  key?: Uint8Array | undefined;
  rangeEnd?: Uint8Array | undefined;
}

function readDeleteRangeRequest(
  r: Reader,
  end: number,
  m: DeleteRangeRequest = {
    key: noBytes,
    rangeEnd: noBytes,
  },
): DeleteRangeRequest {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.key = r.bytes();
        break;
      case 18:
        m.rangeEnd = r.bytes();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeDeleteRangeRequest(w: Writer, m: DeleteRangeRequestInit): void {
  const v0 = m.rangeEnd;
  if (v0 !== undefined && v0.length > 0) {
    w.bytes(v0);
    w.uint32(18);
  }
  const v1 = m.key;
  if (v1 !== undefined && v1.length > 0) {
    w.bytes(v1);
    w.uint32(10);
  }
}

export const DeleteRangeRequest = /* @__PURE__ */ new MessageCodec<DeleteRangeRequest, DeleteRangeRequestInit>(
  "etcdserverpb.DeleteRangeRequest",
  readDeleteRangeRequest,
  writeDeleteRangeRequest,
);

export interface DeleteRangeResponse {
  header: ResponseHeader | undefined;
  deleted: bigint;
}
export interface DeleteRangeResponseInit {
  header?: ResponseHeaderInit | undefined;
  deleted?: bigint | undefined;
}

function readDeleteRangeResponse(
  r: Reader,
  end: number,
  m: DeleteRangeResponse = {
    header: undefined,
    deleted: 0n,
  },
): DeleteRangeResponse {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const e = r.enter();
        m.header = readResponseHeader(r, e, m.header);
        r.leave(e);
        break;
      }
      case 16:
        m.deleted = r.int64();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeDeleteRangeResponse(w: Writer, m: DeleteRangeResponseInit): void {
  const v0 = m.deleted;
  if (v0) {
    w.uint64(v0);
    w.uint32(16);
  }
  const v1 = m.header;
  if (v1 !== undefined) {
    const s = w.written;
    writeResponseHeader(w, v1);
    w.delimit(s, 10);
  }
}

export const DeleteRangeResponse = /* @__PURE__ */ new MessageCodec<DeleteRangeResponse, DeleteRangeResponseInit>(
  "etcdserverpb.DeleteRangeResponse",
  readDeleteRangeResponse,
  writeDeleteRangeResponse,
);

export interface RequestOp {
  requestRange: RangeRequest | undefined;
  requestPut: PutRequest | undefined;
  requestDeleteRange: DeleteRangeRequest | undefined;
}
export interface RequestOpInit {
  requestRange?: RangeRequestInit | undefined;
  requestPut?: PutRequestInit | undefined;
  requestDeleteRange?: DeleteRangeRequestInit | undefined;
}

function readRequestOp(
  r: Reader,
  end: number,
  m: RequestOp = {
    requestRange: undefined,
    requestPut: undefined,
    requestDeleteRange: undefined,
  },
): RequestOp {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const e = r.enter();
        m.requestRange = readRangeRequest(r, e, m.requestRange);
        r.leave(e);
        m.requestPut = undefined;
        m.requestDeleteRange = undefined;
        break;
      }
      case 18: {
        const e = r.enter();
        m.requestPut = readPutRequest(r, e, m.requestPut);
        r.leave(e);
        m.requestRange = undefined;
        m.requestDeleteRange = undefined;
        break;
      }
      case 26: {
        const e = r.enter();
        m.requestDeleteRange = readDeleteRangeRequest(r, e, m.requestDeleteRange);
        r.leave(e);
        m.requestRange = undefined;
        m.requestPut = undefined;
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeRequestOp(w: Writer, m: RequestOpInit): void {
  const v0 = m.requestDeleteRange;
  if (v0 !== undefined) {
    const s = w.written;
    writeDeleteRangeRequest(w, v0);
    w.delimit(s, 26);
  }
  const v1 = m.requestPut;
  if (v1 !== undefined) {
    const s = w.written;
    writePutRequest(w, v1);
    w.delimit(s, 18);
  }
  const v2 = m.requestRange;
  if (v2 !== undefined) {
    const s = w.written;
    writeRangeRequest(w, v2);
    w.delimit(s, 10);
  }
}

export const RequestOp = /* @__PURE__ */ new MessageCodec<RequestOp, RequestOpInit>(
  "etcdserverpb.RequestOp",
  readRequestOp,
  writeRequestOp,
);

export interface ResponseOp {
  responseRange: RangeResponse | undefined;
  responsePut: PutResponse | undefined;
  responseDeleteRange: DeleteRangeResponse | undefined;
}
export interface ResponseOpInit {
  responseRange?: RangeResponseInit | undefined;
  responsePut?: PutResponseInit | undefined;
  responseDeleteRange?: DeleteRangeResponseInit | undefined;
}

function readResponseOp(
  r: Reader,
  end: number,
  m: ResponseOp = {
    responseRange: undefined,
    responsePut: undefined,
    responseDeleteRange: undefined,
  },
): ResponseOp {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const e = r.enter();
        m.responseRange = readRangeResponse(r, e, m.responseRange);
        r.leave(e);
        m.responsePut = undefined;
        m.responseDeleteRange = undefined;
        break;
      }
      case 18: {
        const e = r.enter();
        m.responsePut = readPutResponse(r, e, m.responsePut);
        r.leave(e);
        m.responseRange = undefined;
        m.responseDeleteRange = undefined;
        break;
      }
      case 26: {
        const e = r.enter();
        m.responseDeleteRange = readDeleteRangeResponse(r, e, m.responseDeleteRange);
        r.leave(e);
        m.responseRange = undefined;
        m.responsePut = undefined;
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeResponseOp(w: Writer, m: ResponseOpInit): void {
  const v0 = m.responseDeleteRange;
  if (v0 !== undefined) {
    const s = w.written;
    writeDeleteRangeResponse(w, v0);
    w.delimit(s, 26);
  }
  const v1 = m.responsePut;
  if (v1 !== undefined) {
    const s = w.written;
    writePutResponse(w, v1);
    w.delimit(s, 18);
  }
  const v2 = m.responseRange;
  if (v2 !== undefined) {
    const s = w.written;
    writeRangeResponse(w, v2);
    w.delimit(s, 10);
  }
}

export const ResponseOp = /* @__PURE__ */ new MessageCodec<ResponseOp, ResponseOpInit>(
  "etcdserverpb.ResponseOp",
  readResponseOp,
  writeResponseOp,
);

/** A condition on one key. A key that does not exist has revision 0. */
export interface Compare {
  result: Compare_CompareResult;
  target: Compare_CompareTarget;
  key: Buffer;
  createRevision: bigint | undefined;
  modRevision: bigint | undefined;
}
export interface CompareInit {
  result?: Compare_CompareResult | undefined;
  target?: Compare_CompareTarget | undefined;
  key?: Uint8Array | undefined;
  createRevision?: bigint | undefined;
  modRevision?: bigint | undefined;
}

function readCompare(
  r: Reader,
  end: number,
  m: Compare = {
    result: 0,
    target: 0,
    key: noBytes,
    createRevision: undefined,
    modRevision: undefined,
  },
): Compare {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 8:
        m.result = r.int32();
        break;
      case 16:
        m.target = r.int32();
        break;
      case 26:
        m.key = r.bytes();
        break;
      case 40:
        m.createRevision = r.int64();
        m.modRevision = undefined;
        break;
      case 48:
        m.modRevision = r.int64();
        m.createRevision = undefined;
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeCompare(w: Writer, m: CompareInit): void {
  const v0 = m.modRevision;
  if (v0 !== undefined) {
    w.uint64(v0);
    w.uint32(48);
  }
  const v1 = m.createRevision;
  if (v1 !== undefined) {
    w.uint64(v1);
    w.uint32(40);
  }
  const v2 = m.key;
  if (v2 !== undefined && v2.length > 0) {
    w.bytes(v2);
    w.uint32(26);
  }
  const v3 = m.target;
  if (v3) {
    w.int32(v3);
    w.uint32(16);
  }
  const v4 = m.result;
  if (v4) {
    w.int32(v4);
    w.uint32(8);
  }
}

export const Compare = /* @__PURE__ */ new MessageCodec<Compare, CompareInit>(
  "etcdserverpb.Compare",
  readCompare,
  writeCompare,
);

export const Compare_CompareResult = {
  EQUAL: 0,
  GREATER: 1,
  LESS: 2,
  NOT_EQUAL: 3,
} as const;
export type Compare_CompareResult = number;

export const Compare_CompareTarget = {
  VERSION: 0,
  CREATE: 1,
  MOD: 2,
  VALUE: 3,
  LEASE: 4,
} as const;
export type Compare_CompareTarget = number;

export interface TxnRequest {
  compare: Compare[];
  success: RequestOp[];
  failure: RequestOp[];
}
export interface TxnRequestInit {
  compare?: readonly CompareInit[] | undefined;
  success?: readonly RequestOpInit[] | undefined;
  failure?: readonly RequestOpInit[] | undefined;
}

function readTxnRequest(
  r: Reader,
  end: number,
  m: TxnRequest = {
    compare: [],
    success: [],
    failure: [],
  },
): TxnRequest {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const e = r.enter();
        m.compare.push(readCompare(r, e));
        r.leave(e);
        break;
      }
      case 18: {
        const e = r.enter();
        m.success.push(readRequestOp(r, e));
        r.leave(e);
        break;
      }
      case 26: {
        const e = r.enter();
        m.failure.push(readRequestOp(r, e));
        r.leave(e);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeTxnRequest(w: Writer, m: TxnRequestInit): void {
  const v0 = m.failure;
  if (v0 !== undefined && v0.length > 0) {
    for (let i = v0.length - 1; i >= 0; i--) {
      const s = w.written;
      writeRequestOp(w, v0[i]!);
      w.delimit(s, 26);
    }
  }
  const v1 = m.success;
  if (v1 !== undefined && v1.length > 0) {
    for (let i = v1.length - 1; i >= 0; i--) {
      const s = w.written;
      writeRequestOp(w, v1[i]!);
      w.delimit(s, 18);
    }
  }
  const v2 = m.compare;
  if (v2 !== undefined && v2.length > 0) {
    for (let i = v2.length - 1; i >= 0; i--) {
      const s = w.written;
      writeCompare(w, v2[i]!);
      w.delimit(s, 10);
    }
  }
}

export const TxnRequest = /* @__PURE__ */ new MessageCodec<TxnRequest, TxnRequestInit>(
  "etcdserverpb.TxnRequest",
  readTxnRequest,
  writeTxnRequest,
);

export interface TxnResponse {
  header: ResponseHeader | undefined;
  succeeded: boolean;
  responses: ResponseOp[];
}
export interface TxnResponseInit {
  header?: ResponseHeaderInit | undefined;
  succeeded?: boolean | undefined;
  responses?: readonly ResponseOpInit[] | undefined;
}

function readTxnResponse(
  r: Reader,
  end: number,
  m: TxnResponse = {
    header: undefined,
    succeeded: false,
    responses: [],
  },
): TxnResponse {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const e = r.enter();
        m.header = readResponseHeader(r, e, m.header);
        r.leave(e);
        break;
      }
      case 16:
        m.succeeded = r.bool();
        break;
      case 26: {
        const e = r.enter();
        m.responses.push(readResponseOp(r, e));
        r.leave(e);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeTxnResponse(w: Writer, m: TxnResponseInit): void {
  const v0 = m.responses;
  if (v0 !== undefined && v0.length > 0) {
    for (let i = v0.length - 1; i >= 0; i--) {
      const s = w.written;
      writeResponseOp(w, v0[i]!);
      w.delimit(s, 26);
    }
  }
  const v1 = m.succeeded;
  if (v1) {
    w.bool(v1);
    w.uint32(16);
  }
  const v2 = m.header;
  if (v2 !== undefined) {
    const s = w.written;
    writeResponseHeader(w, v2);
    w.delimit(s, 10);
  }
}

export const TxnResponse = /* @__PURE__ */ new MessageCodec<TxnResponse, TxnResponseInit>(
  "etcdserverpb.TxnResponse",
  readTxnResponse,
  writeTxnResponse,
);

export interface LeaseGrantRequest {
  /** Seconds. */
  TTL: bigint;
  /** 0: the server chooses. */
  ID: bigint;
}
export interface LeaseGrantRequestInit {
  TTL?: bigint | undefined;
  ID?: bigint | undefined;
}

function readLeaseGrantRequest(
  r: Reader,
  end: number,
  m: LeaseGrantRequest = {
    TTL: 0n,
    ID: 0n,
  },
): LeaseGrantRequest {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 8:
        m.TTL = r.int64();
        break;
      case 16:
        m.ID = r.int64();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeLeaseGrantRequest(w: Writer, m: LeaseGrantRequestInit): void {
  const v0 = m.ID;
  if (v0) {
    w.uint64(v0);
    w.uint32(16);
  }
  const v1 = m.TTL;
  if (v1) {
    w.uint64(v1);
    w.uint32(8);
  }
}

export const LeaseGrantRequest = /* @__PURE__ */ new MessageCodec<LeaseGrantRequest, LeaseGrantRequestInit>(
  "etcdserverpb.LeaseGrantRequest",
  readLeaseGrantRequest,
  writeLeaseGrantRequest,
);

export interface LeaseGrantResponse {
  header: ResponseHeader | undefined;
  ID: bigint;
  TTL: bigint;
  error: string;
}
export interface LeaseGrantResponseInit {
  header?: ResponseHeaderInit | undefined;
  ID?: bigint | undefined;
  TTL?: bigint | undefined;
  error?: string | undefined;
}

function readLeaseGrantResponse(
  r: Reader,
  end: number,
  m: LeaseGrantResponse = {
    header: undefined,
    ID: 0n,
    TTL: 0n,
    error: "",
  },
): LeaseGrantResponse {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const e = r.enter();
        m.header = readResponseHeader(r, e, m.header);
        r.leave(e);
        break;
      }
      case 16:
        m.ID = r.int64();
        break;
      case 24:
        m.TTL = r.int64();
        break;
      case 34:
        m.error = r.string();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeLeaseGrantResponse(w: Writer, m: LeaseGrantResponseInit): void {
  const v0 = m.error;
  if (v0) {
    w.string(v0);
    w.uint32(34);
  }
  const v1 = m.TTL;
  if (v1) {
    w.uint64(v1);
    w.uint32(24);
  }
  const v2 = m.ID;
  if (v2) {
    w.uint64(v2);
    w.uint32(16);
  }
  const v3 = m.header;
  if (v3 !== undefined) {
    const s = w.written;
    writeResponseHeader(w, v3);
    w.delimit(s, 10);
  }
}

export const LeaseGrantResponse = /* @__PURE__ */ new MessageCodec<LeaseGrantResponse, LeaseGrantResponseInit>(
  "etcdserverpb.LeaseGrantResponse",
  readLeaseGrantResponse,
  writeLeaseGrantResponse,
);

export interface LeaseRevokeRequest {
  ID: bigint;
}
export interface LeaseRevokeRequestInit {
  ID?: bigint | undefined;
}

function readLeaseRevokeRequest(
  r: Reader,
  end: number,
  m: LeaseRevokeRequest = {
    ID: 0n,
  },
): LeaseRevokeRequest {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 8:
        m.ID = r.int64();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeLeaseRevokeRequest(w: Writer, m: LeaseRevokeRequestInit): void {
  const v0 = m.ID;
  if (v0) {
    w.uint64(v0);
    w.uint32(8);
  }
}

export const LeaseRevokeRequest = /* @__PURE__ */ new MessageCodec<LeaseRevokeRequest, LeaseRevokeRequestInit>(
  "etcdserverpb.LeaseRevokeRequest",
  readLeaseRevokeRequest,
  writeLeaseRevokeRequest,
);

export interface LeaseRevokeResponse {
  header: ResponseHeader | undefined;
}
export interface LeaseRevokeResponseInit {
  header?: ResponseHeaderInit | undefined;
}

function readLeaseRevokeResponse(
  r: Reader,
  end: number,
  m: LeaseRevokeResponse = {
    header: undefined,
  },
): LeaseRevokeResponse {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const e = r.enter();
        m.header = readResponseHeader(r, e, m.header);
        r.leave(e);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeLeaseRevokeResponse(w: Writer, m: LeaseRevokeResponseInit): void {
  const v0 = m.header;
  if (v0 !== undefined) {
    const s = w.written;
    writeResponseHeader(w, v0);
    w.delimit(s, 10);
  }
}

export const LeaseRevokeResponse = /* @__PURE__ */ new MessageCodec<LeaseRevokeResponse, LeaseRevokeResponseInit>(
  "etcdserverpb.LeaseRevokeResponse",
  readLeaseRevokeResponse,
  writeLeaseRevokeResponse,
);
