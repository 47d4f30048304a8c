// Generated from proto/dapr/proto/components/v1/state.proto by tools/generate-proto.ts. Do not edit.
import { Any, type AnyInit } from "../../../../google/protobuf/any.ts";
import { MessageCodec, type Reader, type Writer, noBytes, readStringEntry, writeStringMap } from "../../../../wire.ts";
import { MetadataRequest, type MetadataRequestInit } from "./common.ts";

/** Served in addition by stores that can search. */
export const QueriableStateStoreService = {
  name: "dapr.proto.components.v1.QueriableStateStore",
  methods: {
    query: {
      path: "/dapr.proto.components.v1.QueriableStateStore/Query",
      requestStream: false,
      responseStream: false,
    },
  },
} as const;

/** Served in addition by stores with transactions. */
export const TransactionalStateStoreService = {
  name: "dapr.proto.components.v1.TransactionalStateStore",
  methods: {
    transact: {
      path: "/dapr.proto.components.v1.TransactionalStateStore/Transact",
      requestStream: false,
      responseStream: false,
    },
  },
} as const;

/** Served by every state store. */
export const StateStoreService = {
  name: "dapr.proto.components.v1.StateStore",
  methods: {
    init: {
      path: "/dapr.proto.components.v1.StateStore/Init",
      requestStream: false,
      responseStream: false,
    },
    features: {
      path: "/dapr.proto.components.v1.StateStore/Features",
      requestStream: false,
      responseStream: false,
    },
    delete: {
      path: "/dapr.proto.components.v1.StateStore/Delete",
      requestStream: false,
      responseStream: false,
    },
    get: {
      path: "/dapr.proto.components.v1.StateStore/Get",
      requestStream: false,
      responseStream: false,
    },
    set: {
      path: "/dapr.proto.components.v1.StateStore/Set",
      requestStream: false,
      responseStream: false,
    },
    ping: {
      path: "/dapr.proto.components.v1.StateStore/Ping",
      requestStream: false,
      responseStream: false,
    },
    bulkDelete: {
      path: "/dapr.proto.components.v1.StateStore/BulkDelete",
      requestStream: false,
      responseStream: false,
    },
    bulkGet: {
      path: "/dapr.proto.components.v1.StateStore/BulkGet",
      requestStream: false,
      responseStream: false,
    },
    bulkSet: {
      path: "/dapr.proto.components.v1.StateStore/BulkSet",
      requestStream: false,
      responseStream: false,
    },
  },
} as const;

/** Served in addition by stores that limit the size of transactions. */
export const TransactionalStoreMultiMaxSizeService = {
  name: "dapr.proto.components.v1.TransactionalStoreMultiMaxSize",
  methods: {
    multiMaxSize: {
      path: "/dapr.proto.components.v1.TransactionalStoreMultiMaxSize/MultiMaxSize",
      requestStream: false,
      responseStream: false,
    },
  },
} as const;

/** One key to sort by. */
export interface Sorting {
  key: string;
  order: Sorting_Order;
}
export interface SortingInit {
  key?: string | undefined;
  order?: Sorting_Order | undefined;
}

function readSorting(
  r: Reader,
  end: number,
  m: Sorting = {
    key: "",
    order: 0,
  },
): Sorting {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.key = r.string();
        break;
      case 16:
        m.order = r.int32();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeSorting(w: Writer, m: SortingInit): void {
  const v0 = m.order;
  if (v0) {
    w.int32(v0);
    w.uint32(16);
  }
  const v1 = m.key;
  if (v1) {
    w.string(v1);
    w.uint32(10);
  }
}

export const Sorting = /* @__PURE__ */ new MessageCodec<Sorting, SortingInit>(
  "dapr.proto.components.v1.Sorting",
  readSorting,
  writeSorting,
);

export const Sorting_Order = {
  ASC: 0,
  DESC: 1,
} as const;
export type Sorting_Order = number;

/** How much, and from where. */
export interface Pagination {
  limit: bigint;
  token: string;
}
export interface PaginationInit {
  limit?: bigint | undefined;
  token?: string | undefined;
}

function readPagination(
  r: Reader,
  end: number,
  m: Pagination = {
    limit: 0n,
    token: "",
  },
): Pagination {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 8:
        m.limit = r.int64();
        break;
      case 18:
        m.token = r.string();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writePagination(w: Writer, m: PaginationInit): void {
  const v0 = m.token;
  if (v0) {
    w.string(v0);
    w.uint32(18);
  }
  const v1 = m.limit;
  if (v1) {
    w.uint64(v1);
    w.uint32(8);
  }
}

export const Pagination = /* @__PURE__ */ new MessageCodec<Pagination, PaginationInit>(
  "dapr.proto.components.v1.Pagination",
  readPagination,
  writePagination,
);

/** What to look for. */
export interface Query {
  filter: Map<string, Any>;
  sort: Sorting[];
  pagination: Pagination | undefined;
}
export interface QueryInit {
  filter?: ReadonlyMap<string, AnyInit> | undefined;
  sort?: readonly SortingInit[] | undefined;
  pagination?: PaginationInit | undefined;
}

function readQuery(
  r: Reader,
  end: number,
  m: Query = {
    filter: new Map(),
    sort: [],
    pagination: undefined,
  },
): Query {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const e = r.enter();
        let k: string = "";
        let v: Any | undefined;
        while (r.pos < e) {
          const t = r.tag();
          if (t === 10) k = r.string();
          else if (t === 18) { const n = r.enter(); v = Any.read(r, n, v); r.leave(n); }
          else r.skip(t);
        }
        r.leave(e);
        m.filter.set(k, v ?? Any.read(r, e));
        break;
      }
      case 18: {
        const e = r.enter();
        m.sort.push(readSorting(r, e));
        r.leave(e);
        break;
      }
      case 26: {
        const e = r.enter();
        m.pagination = readPagination(r, e, m.pagination);
        r.leave(e);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeQuery(w: Writer, m: QueryInit): void {
  const v0 = m.pagination;
  if (v0 !== undefined) {
    const s = w.written;
    writePagination(w, v0);
    w.delimit(s, 26);
  }
  const v1 = m.sort;
  if (v1 !== undefined && v1.length > 0) {
    for (let i = v1.length - 1; i >= 0; i--) {
      const s = w.written;
      writeSorting(w, v1[i]!);
      w.delimit(s, 18);
    }
  }
  const v2 = m.filter;
  if (v2 !== undefined && v2.size > 0) {
    for (const [k, x] of [...v2].reverse()) {
      const before = w.written;
      {
      const s = w.written;
      Any.write(w, x);
      w.delimit(s, 18);
      }
      w.string(k);
      w.uint32(10);
      w.delimit(before, 10);
    }
  }
}

export const Query = /* @__PURE__ */ new MessageCodec<Query, QueryInit>(
  "dapr.proto.components.v1.Query",
  readQuery,
  writeQuery,
);

export interface QueryRequest {
  query: Query | undefined;
  metadata: Map<string, string>;
}
export interface QueryRequestInit {
  query?: QueryInit | undefined;
  metadata?: ReadonlyMap<string, string> | undefined;
}

function readQueryRequest(
  r: Reader,
  end: number,
  m: QueryRequest = {
    query: undefined,
    metadata: new Map(),
  },
): QueryRequest {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const e = r.enter();
        m.query = readQuery(r, e, m.query);
        r.leave(e);
        break;
      }
      case 18:
        readStringEntry(r, m.metadata);
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeQueryRequest(w: Writer, m: QueryRequestInit): void {
  const v0 = m.metadata;
  if (v0 !== undefined && v0.size > 0) {
    writeStringMap(w, v0, 18);
  }
  const v1 = m.query;
  if (v1 !== undefined) {
    const s = w.written;
    writeQuery(w, v1);
    w.delimit(s, 10);
  }
}

export const QueryRequest = /* @__PURE__ */ new MessageCodec<QueryRequest, QueryRequestInit>(
  "dapr.proto.components.v1.QueryRequest",
  readQueryRequest,
  writeQueryRequest,
);

/** One match. */
export interface QueryItem {
  key: string;
  data: Buffer;
  etag: Etag | undefined;
  error: string;
  contentType: string;
}
export interface QueryItemInit {
  key?: string | undefined;
  data?: Uint8Array | undefined;
  etag?: EtagInit | undefined;
  error?: string | undefined;
  contentType?: string | undefined;
}

function readQueryItem(
  r: Reader,
  end: number,
  m: QueryItem = {
    key: "",
    data: noBytes,
    etag: undefined,
    error: "",
    contentType: "",
  },
): QueryItem {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.key = r.string();
        break;
      case 18:
        m.data = r.bytes();
        break;
      case 26: {
        const e = r.enter();
        m.etag = readEtag(r, e, m.etag);
        r.leave(e);
        break;
      }
      case 34:
        m.error = r.string();
        break;
      case 42:
        m.contentType = r.string();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeQueryItem(w: Writer, m: QueryItemInit): void {
  const v0 = m.contentType;
  if (v0) {
    w.string(v0);
    w.uint32(42);
  }
  const v1 = m.error;
  if (v1) {
    w.string(v1);
    w.uint32(34);
  }
  const v2 = m.etag;
  if (v2 !== undefined) {
    const s = w.written;
    writeEtag(w, v2);
    w.delimit(s, 26);
  }
  const v3 = m.data;
  if (v3 !== undefined && v3.length > 0) {
    w.bytes(v3);
    w.uint32(18);
  }
  const v4 = m.key;
  if (v4) {
    w.string(v4);
    w.uint32(10);
  }
}

export const QueryItem = /* @__PURE__ */ new MessageCodec<QueryItem, QueryItemInit>(
  "dapr.proto.components.v1.QueryItem",
  readQueryItem,
  writeQueryItem,
);

export interface QueryResponse {
  items: QueryItem[];
  token: string;
  metadata: Map<string, string>;
}
export interface QueryResponseInit {
  items?: readonly QueryItemInit[] | undefined;
  token?: string | undefined;
  metadata?: ReadonlyMap<string, string> | undefined;
}

function readQueryResponse(
  r: Reader,
  end: number,
  m: QueryResponse = {
    items: [],
    token: "",
    metadata: new Map(),
  },
): QueryResponse {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const e = r.enter();
        m.items.push(readQueryItem(r, e));
        r.leave(e);
        break;
      }
      case 18:
        m.token = r.string();
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

function writeQueryResponse(w: Writer, m: QueryResponseInit): void {
  const v0 = m.metadata;
  if (v0 !== undefined && v0.size > 0) {
    writeStringMap(w, v0, 26);
  }
  const v1 = m.token;
  if (v1) {
    w.string(v1);
    w.uint32(18);
  }
  const v2 = m.items;
  if (v2 !== undefined && v2.length > 0) {
    for (let i = v2.length - 1; i >= 0; i--) {
      const s = w.written;
      writeQueryItem(w, v2[i]!);
      w.delimit(s, 10);
    }
  }
}

export const QueryResponse = /* @__PURE__ */ new MessageCodec<QueryResponse, QueryResponseInit>(
  "dapr.proto.components.v1.QueryResponse",
  readQueryResponse,
  writeQueryResponse,
);

/** A write or a deletion. */
export interface TransactionalStateOperation {
  delete: DeleteRequest | undefined;
  set: SetRequest | undefined;
}
export interface TransactionalStateOperationInit {
  delete?: DeleteRequestInit | undefined;
  set?: SetRequestInit | undefined;
}

function readTransactionalStateOperation(
  r: Reader,
  end: number,
  m: TransactionalStateOperation = {
    delete: undefined,
    set: undefined,
  },
): TransactionalStateOperation {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const e = r.enter();
        m.delete = readDeleteRequest(r, e, m.delete);
        r.leave(e);
        m.set = undefined;
        break;
      }
      case 18: {
        const e = r.enter();
        m.set = readSetRequest(r, e, m.set);
        r.leave(e);
        m.delete = undefined;
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeTransactionalStateOperation(w: Writer, m: TransactionalStateOperationInit): void {
  const v0 = m.set;
  if (v0 !== undefined) {
    const s = w.written;
    writeSetRequest(w, v0);
    w.delimit(s, 18);
  }
  const v1 = m.delete;
  if (v1 !== undefined) {
    const s = w.written;
    writeDeleteRequest(w, v1);
    w.delimit(s, 10);
  }
}

export const TransactionalStateOperation = /* @__PURE__ */ new MessageCodec<TransactionalStateOperation, TransactionalStateOperationInit>(
  "dapr.proto.components.v1.TransactionalStateOperation",
  readTransactionalStateOperation,
  writeTransactionalStateOperation,
);

/** Operations that succeed or fail together. */
export interface TransactionalStateRequest {
  operations: TransactionalStateOperation[];
  metadata: Map<string, string>;
}
export interface TransactionalStateRequestInit {
  operations?: readonly TransactionalStateOperationInit[] | undefined;
  metadata?: ReadonlyMap<string, string> | undefined;
}

function readTransactionalStateRequest(
  r: Reader,
  end: number,
  m: TransactionalStateRequest = {
    operations: [],
    metadata: new Map(),
  },
): TransactionalStateRequest {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const e = r.enter();
        m.operations.push(readTransactionalStateOperation(r, e));
        r.leave(e);
        break;
      }
      case 18:
        readStringEntry(r, m.metadata);
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeTransactionalStateRequest(w: Writer, m: TransactionalStateRequestInit): void {
  const v0 = m.metadata;
  if (v0 !== undefined && v0.size > 0) {
    writeStringMap(w, v0, 18);
  }
  const v1 = m.operations;
  if (v1 !== undefined && v1.length > 0) {
    for (let i = v1.length - 1; i >= 0; i--) {
      const s = w.written;
      writeTransactionalStateOperation(w, v1[i]!);
      w.delimit(s, 10);
    }
  }
}

export const TransactionalStateRequest = /* @__PURE__ */ new MessageCodec<TransactionalStateRequest, TransactionalStateRequestInit>(
  "dapr.proto.components.v1.TransactionalStateRequest",
  readTransactionalStateRequest,
  writeTransactionalStateRequest,
);

export interface TransactionalStateResponse {}
export interface TransactionalStateResponseInit {}

function readTransactionalStateResponse(
  r: Reader,
  end: number,
  m: TransactionalStateResponse = {},
): TransactionalStateResponse {
  while (r.pos < end) r.skip(r.tag());
  return m;
}

function writeTransactionalStateResponse(_w: Writer, _m: TransactionalStateResponseInit): void {
}

export const TransactionalStateResponse = /* @__PURE__ */ new MessageCodec<TransactionalStateResponse, TransactionalStateResponseInit>(
  "dapr.proto.components.v1.TransactionalStateResponse",
  readTransactionalStateResponse,
  writeTransactionalStateResponse,
);

/** The version of a value. */
export interface Etag {
  value: string;
}
export interface EtagInit {
  value?: string | undefined;
}

function readEtag(
  r: Reader,
  end: number,
  m: Etag = {
    value: "",
  },
): Etag {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.value = r.string();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeEtag(w: Writer, m: EtagInit): void {
  const v0 = m.value;
  if (v0) {
    w.string(v0);
    w.uint32(10);
  }
}

export const Etag = /* @__PURE__ */ new MessageCodec<Etag, EtagInit>(
  "dapr.proto.components.v1.Etag",
  readEtag,
  writeEtag,
);

/** What a write is to guarantee. */
export interface StateOptions {
  concurrency: StateOptions_StateConcurrency;
  consistency: StateOptions_StateConsistency;
}
export interface StateOptionsInit {
  concurrency?: StateOptions_StateConcurrency | undefined;
  consistency?: StateOptions_StateConsistency | undefined;
}

function readStateOptions(
  r: Reader,
  end: number,
  m: StateOptions = {
    concurrency: 0,
    consistency: 0,
  },
): StateOptions {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 8:
        m.concurrency = r.int32();
        break;
      case 16:
        m.consistency = r.int32();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeStateOptions(w: Writer, m: StateOptionsInit): void {
  const v0 = m.consistency;
  if (v0) {
    w.int32(v0);
    w.uint32(16);
  }
  const v1 = m.concurrency;
  if (v1) {
    w.int32(v1);
    w.uint32(8);
  }
}

export const StateOptions = /* @__PURE__ */ new MessageCodec<StateOptions, StateOptionsInit>(
  "dapr.proto.components.v1.StateOptions",
  readStateOptions,
  writeStateOptions,
);

export const StateOptions_StateConcurrency = {
  CONCURRENCY_UNSPECIFIED: 0,
  CONCURRENCY_FIRST_WRITE: 1,
  CONCURRENCY_LAST_WRITE: 2,
} as const;
export type StateOptions_StateConcurrency = number;

export const StateOptions_StateConsistency = {
  CONSISTENCY_UNSPECIFIED: 0,
  CONSISTENCY_EVENTUAL: 1,
  CONSISTENCY_STRONG: 2,
} as const;
export type StateOptions_StateConsistency = number;

export interface InitRequest {
  metadata: MetadataRequest | undefined;
}
export interface InitRequestInit {
  metadata?: MetadataRequestInit | undefined;
}

function readInitRequest(
  r: Reader,
  end: number,
  m: InitRequest = {
    metadata: undefined,
  },
): InitRequest {
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

function writeInitRequest(w: Writer, m: InitRequestInit): void {
  const v0 = m.metadata;
  if (v0 !== undefined) {
    const s = w.written;
    MetadataRequest.write(w, v0);
    w.delimit(s, 10);
  }
}

export const InitRequest = /* @__PURE__ */ new MessageCodec<InitRequest, InitRequestInit>(
  "dapr.proto.components.v1.InitRequest",
  readInitRequest,
  writeInitRequest,
);

export interface InitResponse {}
export interface InitResponseInit {}

function readInitResponse(
  r: Reader,
  end: number,
  m: InitResponse = {},
): InitResponse {
  while (r.pos < end) r.skip(r.tag());
  return m;
}

function writeInitResponse(_w: Writer, _m: InitResponseInit): void {
}

export const InitResponse = /* @__PURE__ */ new MessageCodec<InitResponse, InitResponseInit>(
  "dapr.proto.components.v1.InitResponse",
  readInitResponse,
  writeInitResponse,
);

export interface GetRequest {
  key: string;
  metadata: Map<string, string>;
  consistency: StateOptions_StateConsistency;
}
export interface GetRequestInit {
  key?: string | undefined;
  metadata?: ReadonlyMap<string, string> | undefined;
  consistency?: StateOptions_StateConsistency | undefined;
}

function readGetRequest(
  r: Reader,
  end: number,
  m: GetRequest = {
    key: "",
    metadata: new Map(),
    consistency: 0,
  },
): GetRequest {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.key = r.string();
        break;
      case 18:
        readStringEntry(r, m.metadata);
        break;
      case 24:
        m.consistency = r.int32();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeGetRequest(w: Writer, m: GetRequestInit): void {
  const v0 = m.consistency;
  if (v0) {
    w.int32(v0);
    w.uint32(24);
  }
  const v1 = m.metadata;
  if (v1 !== undefined && v1.size > 0) {
    writeStringMap(w, v1, 18);
  }
  const v2 = m.key;
  if (v2) {
    w.string(v2);
    w.uint32(10);
  }
}

export const GetRequest = /* @__PURE__ */ new MessageCodec<GetRequest, GetRequestInit>(
  "dapr.proto.components.v1.GetRequest",
  readGetRequest,
  writeGetRequest,
);

export interface GetResponse {
  data: Buffer;
  etag: Etag | undefined;
  metadata: Map<string, string>;
  contentType: string;
}
export interface GetResponseInit {
  data?: Uint8Array | undefined;
  etag?: EtagInit | undefined;
  metadata?: ReadonlyMap<string, string> | undefined;
  contentType?: string | undefined;
}

function readGetResponse(
  r: Reader,
  end: number,
  m: GetResponse = {
    data: noBytes,
    etag: undefined,
    metadata: new Map(),
    contentType: "",
  },
): GetResponse {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.data = r.bytes();
        break;
      case 18: {
        const e = r.enter();
        m.etag = readEtag(r, e, m.etag);
        r.leave(e);
        break;
      }
      case 26:
        readStringEntry(r, m.metadata);
        break;
      case 34:
        m.contentType = r.string();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeGetResponse(w: Writer, m: GetResponseInit): void {
  const v0 = m.contentType;
  if (v0) {
    w.string(v0);
    w.uint32(34);
  }
  const v1 = m.metadata;
  if (v1 !== undefined && v1.size > 0) {
    writeStringMap(w, v1, 26);
  }
  const v2 = m.etag;
  if (v2 !== undefined) {
    const s = w.written;
    writeEtag(w, v2);
    w.delimit(s, 18);
  }
  const v3 = m.data;
  if (v3 !== undefined && v3.length > 0) {
    w.bytes(v3);
    w.uint32(10);
  }
}

export const GetResponse = /* @__PURE__ */ new MessageCodec<GetResponse, GetResponseInit>(
  "dapr.proto.components.v1.GetResponse",
  readGetResponse,
  writeGetResponse,
);

export interface DeleteRequest {
  key: string;
  etag: Etag | undefined;
  metadata: Map<string, string>;
  options: StateOptions | undefined;
}
export interface DeleteRequestInit {
  key?: string | undefined;
  etag?: EtagInit | undefined;
  metadata?: ReadonlyMap<string, string> | undefined;
  options?: StateOptionsInit | undefined;
}

function readDeleteRequest(
  r: Reader,
  end: number,
  m: DeleteRequest = {
    key: "",
    etag: undefined,
    metadata: new Map(),
    options: undefined,
  },
): DeleteRequest {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.key = r.string();
        break;
      case 18: {
        const e = r.enter();
        m.etag = readEtag(r, e, m.etag);
        r.leave(e);
        break;
      }
      case 26:
        readStringEntry(r, m.metadata);
        break;
      case 34: {
        const e = r.enter();
        m.options = readStateOptions(r, e, m.options);
        r.leave(e);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeDeleteRequest(w: Writer, m: DeleteRequestInit): void {
  const v0 = m.options;
  if (v0 !== undefined) {
    const s = w.written;
    writeStateOptions(w, v0);
    w.delimit(s, 34);
  }
  const v1 = m.metadata;
  if (v1 !== undefined && v1.size > 0) {
    writeStringMap(w, v1, 26);
  }
  const v2 = m.etag;
  if (v2 !== undefined) {
    const s = w.written;
    writeEtag(w, v2);
    w.delimit(s, 18);
  }
  const v3 = m.key;
  if (v3) {
    w.string(v3);
    w.uint32(10);
  }
}

export const DeleteRequest = /* @__PURE__ */ new MessageCodec<DeleteRequest, DeleteRequestInit>(
  "dapr.proto.components.v1.DeleteRequest",
  readDeleteRequest,
  writeDeleteRequest,
);

export interface DeleteResponse {}
export interface DeleteResponseInit {}

function readDeleteResponse(
  r: Reader,
  end: number,
  m: DeleteResponse = {},
): DeleteResponse {
  while (r.pos < end) r.skip(r.tag());
  return m;
}

function writeDeleteResponse(_w: Writer, _m: DeleteResponseInit): void {
}

export const DeleteResponse = /* @__PURE__ */ new MessageCodec<DeleteResponse, DeleteResponseInit>(
  "dapr.proto.components.v1.DeleteResponse",
  readDeleteResponse,
  writeDeleteResponse,
);

export interface SetRequest {
  key: string;
  value: Buffer;
  etag: Etag | undefined;
  metadata: Map<string, string>;
  options: StateOptions | undefined;
  contentType: string;
}
export interface SetRequestInit {
  key?: string | undefined;
  value?: Uint8Array | undefined;
  etag?: EtagInit | undefined;
  metadata?: ReadonlyMap<string, string> | undefined;
  options?: StateOptionsInit | undefined;
  contentType?: string | undefined;
}

function readSetRequest(
  r: Reader,
  end: number,
  m: SetRequest = {
    key: "",
    value: noBytes,
    etag: undefined,
    metadata: new Map(),
    options: undefined,
    contentType: "",
  },
): SetRequest {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.key = r.string();
        break;
      case 18:
        m.value = r.bytes();
        break;
      case 26: {
        const e = r.enter();
        m.etag = readEtag(r, e, m.etag);
        r.leave(e);
        break;
      }
      case 34:
        readStringEntry(r, m.metadata);
        break;
      case 42: {
        const e = r.enter();
        m.options = readStateOptions(r, e, m.options);
        r.leave(e);
        break;
      }
      case 50:
        m.contentType = r.string();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeSetRequest(w: Writer, m: SetRequestInit): void {
  const v0 = m.contentType;
  if (v0) {
    w.string(v0);
    w.uint32(50);
  }
  const v1 = m.options;
  if (v1 !== undefined) {
    const s = w.written;
    writeStateOptions(w, v1);
    w.delimit(s, 42);
  }
  const v2 = m.metadata;
  if (v2 !== undefined && v2.size > 0) {
    writeStringMap(w, v2, 34);
  }
  const v3 = m.etag;
  if (v3 !== undefined) {
    const s = w.written;
    writeEtag(w, v3);
    w.delimit(s, 26);
  }
  const v4 = m.value;
  if (v4 !== undefined && v4.length > 0) {
    w.bytes(v4);
    w.uint32(18);
  }
  const v5 = m.key;
  if (v5) {
    w.string(v5);
    w.uint32(10);
  }
}

export const SetRequest = /* @__PURE__ */ new MessageCodec<SetRequest, SetRequestInit>(
  "dapr.proto.components.v1.SetRequest",
  readSetRequest,
  writeSetRequest,
);

export interface SetResponse {}
export interface SetResponseInit {}

function readSetResponse(
  r: Reader,
  end: number,
  m: SetResponse = {},
): SetResponse {
  while (r.pos < end) r.skip(r.tag());
  return m;
}

function writeSetResponse(_w: Writer, _m: SetResponseInit): void {
}

export const SetResponse = /* @__PURE__ */ new MessageCodec<SetResponse, SetResponseInit>(
  "dapr.proto.components.v1.SetResponse",
  readSetResponse,
  writeSetResponse,
);

export interface BulkDeleteRequestOptions {
  parallelism: bigint;
}
export interface BulkDeleteRequestOptionsInit {
  parallelism?: bigint | undefined;
}

function readBulkDeleteRequestOptions(
  r: Reader,
  end: number,
  m: BulkDeleteRequestOptions = {
    parallelism: 0n,
  },
): BulkDeleteRequestOptions {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 8:
        m.parallelism = r.int64();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeBulkDeleteRequestOptions(w: Writer, m: BulkDeleteRequestOptionsInit): void {
  const v0 = m.parallelism;
  if (v0) {
    w.uint64(v0);
    w.uint32(8);
  }
}

export const BulkDeleteRequestOptions = /* @__PURE__ */ new MessageCodec<BulkDeleteRequestOptions, BulkDeleteRequestOptionsInit>(
  "dapr.proto.components.v1.BulkDeleteRequestOptions",
  readBulkDeleteRequestOptions,
  writeBulkDeleteRequestOptions,
);

export interface BulkDeleteRequest {
  items: DeleteRequest[];
  options: BulkDeleteRequestOptions | undefined;
}
export interface BulkDeleteRequestInit {
  items?: readonly DeleteRequestInit[] | undefined;
  options?: BulkDeleteRequestOptionsInit | undefined;
}

function readBulkDeleteRequest(
  r: Reader,
  end: number,
  m: BulkDeleteRequest = {
    items: [],
    options: undefined,
  },
): BulkDeleteRequest {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const e = r.enter();
        m.items.push(readDeleteRequest(r, e));
        r.leave(e);
        break;
      }
      case 18: {
        const e = r.enter();
        m.options = readBulkDeleteRequestOptions(r, e, m.options);
        r.leave(e);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeBulkDeleteRequest(w: Writer, m: BulkDeleteRequestInit): void {
  const v0 = m.options;
  if (v0 !== undefined) {
    const s = w.written;
    writeBulkDeleteRequestOptions(w, v0);
    w.delimit(s, 18);
  }
  const v1 = m.items;
  if (v1 !== undefined && v1.length > 0) {
    for (let i = v1.length - 1; i >= 0; i--) {
      const s = w.written;
      writeDeleteRequest(w, v1[i]!);
      w.delimit(s, 10);
    }
  }
}

export const BulkDeleteRequest = /* @__PURE__ */ new MessageCodec<BulkDeleteRequest, BulkDeleteRequestInit>(
  "dapr.proto.components.v1.BulkDeleteRequest",
  readBulkDeleteRequest,
  writeBulkDeleteRequest,
);

export interface BulkDeleteResponse {}
export interface BulkDeleteResponseInit {}

function readBulkDeleteResponse(
  r: Reader,
  end: number,
  m: BulkDeleteResponse = {},
): BulkDeleteResponse {
  while (r.pos < end) r.skip(r.tag());
  return m;
}

function writeBulkDeleteResponse(_w: Writer, _m: BulkDeleteResponseInit): void {
}

export const BulkDeleteResponse = /* @__PURE__ */ new MessageCodec<BulkDeleteResponse, BulkDeleteResponseInit>(
  "dapr.proto.components.v1.BulkDeleteResponse",
  readBulkDeleteResponse,
  writeBulkDeleteResponse,
);

export interface BulkGetRequestOptions {
  parallelism: bigint;
}
export interface BulkGetRequestOptionsInit {
  parallelism?: bigint | undefined;
}

function readBulkGetRequestOptions(
  r: Reader,
  end: number,
  m: BulkGetRequestOptions = {
    parallelism: 0n,
  },
): BulkGetRequestOptions {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 8:
        m.parallelism = r.int64();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeBulkGetRequestOptions(w: Writer, m: BulkGetRequestOptionsInit): void {
  const v0 = m.parallelism;
  if (v0) {
    w.uint64(v0);
    w.uint32(8);
  }
}

export const BulkGetRequestOptions = /* @__PURE__ */ new MessageCodec<BulkGetRequestOptions, BulkGetRequestOptionsInit>(
  "dapr.proto.components.v1.BulkGetRequestOptions",
  readBulkGetRequestOptions,
  writeBulkGetRequestOptions,
);

export interface BulkGetRequest {
  items: GetRequest[];
  options: BulkGetRequestOptions | undefined;
}
export interface BulkGetRequestInit {
  items?: readonly GetRequestInit[] | undefined;
  options?: BulkGetRequestOptionsInit | undefined;
}

function readBulkGetRequest(
  r: Reader,
  end: number,
  m: BulkGetRequest = {
    items: [],
    options: undefined,
  },
): BulkGetRequest {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const e = r.enter();
        m.items.push(readGetRequest(r, e));
        r.leave(e);
        break;
      }
      case 18: {
        const e = r.enter();
        m.options = readBulkGetRequestOptions(r, e, m.options);
        r.leave(e);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeBulkGetRequest(w: Writer, m: BulkGetRequestInit): void {
  const v0 = m.options;
  if (v0 !== undefined) {
    const s = w.written;
    writeBulkGetRequestOptions(w, v0);
    w.delimit(s, 18);
  }
  const v1 = m.items;
  if (v1 !== undefined && v1.length > 0) {
    for (let i = v1.length - 1; i >= 0; i--) {
      const s = w.written;
      writeGetRequest(w, v1[i]!);
      w.delimit(s, 10);
    }
  }
}

export const BulkGetRequest = /* @__PURE__ */ new MessageCodec<BulkGetRequest, BulkGetRequestInit>(
  "dapr.proto.components.v1.BulkGetRequest",
  readBulkGetRequest,
  writeBulkGetRequest,
);

export interface BulkStateItem {
  key: string;
  data: Buffer;
  etag: Etag | undefined;
  error: string;
  metadata: Map<string, string>;
  contentType: string;
}
export interface BulkStateItemInit {
  key?: string | undefined;
  data?: Uint8Array | undefined;
  etag?: EtagInit | undefined;
  error?: string | undefined;
  metadata?: ReadonlyMap<string, string> | undefined;
  contentType?: string | undefined;
}

function readBulkStateItem(
  r: Reader,
  end: number,
  m: BulkStateItem = {
    key: "",
    data: noBytes,
    etag: undefined,
    error: "",
    metadata: new Map(),
    contentType: "",
  },
): BulkStateItem {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.key = r.string();
        break;
      case 18:
        m.data = r.bytes();
        break;
      case 26: {
        const e = r.enter();
        m.etag = readEtag(r, e, m.etag);
        r.leave(e);
        break;
      }
      case 34:
        m.error = r.string();
        break;
      case 42:
        readStringEntry(r, m.metadata);
        break;
      case 50:
        m.contentType = r.string();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeBulkStateItem(w: Writer, m: BulkStateItemInit): void {
  const v0 = m.contentType;
  if (v0) {
    w.string(v0);
    w.uint32(50);
  }
  const v1 = m.metadata;
  if (v1 !== undefined && v1.size > 0) {
    writeStringMap(w, v1, 42);
  }
  const v2 = m.error;
  if (v2) {
    w.string(v2);
    w.uint32(34);
  }
  const v3 = m.etag;
  if (v3 !== undefined) {
    const s = w.written;
    writeEtag(w, v3);
    w.delimit(s, 26);
  }
  const v4 = m.data;
  if (v4 !== undefined && v4.length > 0) {
    w.bytes(v4);
    w.uint32(18);
  }
  const v5 = m.key;
  if (v5) {
    w.string(v5);
    w.uint32(10);
  }
}

export const BulkStateItem = /* @__PURE__ */ new MessageCodec<BulkStateItem, BulkStateItemInit>(
  "dapr.proto.components.v1.BulkStateItem",
  readBulkStateItem,
  writeBulkStateItem,
);

export interface BulkGetResponse {
  items: BulkStateItem[];
}
export interface BulkGetResponseInit {
  items?: readonly BulkStateItemInit[] | undefined;
}

function readBulkGetResponse(
  r: Reader,
  end: number,
  m: BulkGetResponse = {
    items: [],
  },
): BulkGetResponse {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const e = r.enter();
        m.items.push(readBulkStateItem(r, e));
        r.leave(e);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeBulkGetResponse(w: Writer, m: BulkGetResponseInit): void {
  const v0 = m.items;
  if (v0 !== undefined && v0.length > 0) {
    for (let i = v0.length - 1; i >= 0; i--) {
      const s = w.written;
      writeBulkStateItem(w, v0[i]!);
      w.delimit(s, 10);
    }
  }
}

export const BulkGetResponse = /* @__PURE__ */ new MessageCodec<BulkGetResponse, BulkGetResponseInit>(
  "dapr.proto.components.v1.BulkGetResponse",
  readBulkGetResponse,
  writeBulkGetResponse,
);

export interface BulkSetRequestOptions {
  parallelism: bigint;
}
export interface BulkSetRequestOptionsInit {
  parallelism?: bigint | undefined;
}

function readBulkSetRequestOptions(
  r: Reader,
  end: number,
  m: BulkSetRequestOptions = {
    parallelism: 0n,
  },
): BulkSetRequestOptions {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 8:
        m.parallelism = r.int64();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeBulkSetRequestOptions(w: Writer, m: BulkSetRequestOptionsInit): void {
  const v0 = m.parallelism;
  if (v0) {
    w.uint64(v0);
    w.uint32(8);
  }
}

export const BulkSetRequestOptions = /* @__PURE__ */ new MessageCodec<BulkSetRequestOptions, BulkSetRequestOptionsInit>(
  "dapr.proto.components.v1.BulkSetRequestOptions",
  readBulkSetRequestOptions,
  writeBulkSetRequestOptions,
);

export interface BulkSetRequest {
  items: SetRequest[];
  options: BulkSetRequestOptions | undefined;
}
export interface BulkSetRequestInit {
  items?: readonly SetRequestInit[] | undefined;
  options?: BulkSetRequestOptionsInit | undefined;
}

function readBulkSetRequest(
  r: Reader,
  end: number,
  m: BulkSetRequest = {
    items: [],
    options: undefined,
  },
): BulkSetRequest {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const e = r.enter();
        m.items.push(readSetRequest(r, e));
        r.leave(e);
        break;
      }
      case 18: {
        const e = r.enter();
        m.options = readBulkSetRequestOptions(r, e, m.options);
        r.leave(e);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeBulkSetRequest(w: Writer, m: BulkSetRequestInit): void {
  const v0 = m.options;
  if (v0 !== undefined) {
    const s = w.written;
    writeBulkSetRequestOptions(w, v0);
    w.delimit(s, 18);
  }
  const v1 = m.items;
  if (v1 !== undefined && v1.length > 0) {
    for (let i = v1.length - 1; i >= 0; i--) {
      const s = w.written;
      writeSetRequest(w, v1[i]!);
      w.delimit(s, 10);
    }
  }
}

export const BulkSetRequest = /* @__PURE__ */ new MessageCodec<BulkSetRequest, BulkSetRequestInit>(
  "dapr.proto.components.v1.BulkSetRequest",
  readBulkSetRequest,
  writeBulkSetRequest,
);

export interface BulkSetResponse {}
export interface BulkSetResponseInit {}

function readBulkSetResponse(
  r: Reader,
  end: number,
  m: BulkSetResponse = {},
): BulkSetResponse {
  while (r.pos < end) r.skip(r.tag());
  return m;
}

function writeBulkSetResponse(_w: Writer, _m: BulkSetResponseInit): void {
}

export const BulkSetResponse = /* @__PURE__ */ new MessageCodec<BulkSetResponse, BulkSetResponseInit>(
  "dapr.proto.components.v1.BulkSetResponse",
  readBulkSetResponse,
  writeBulkSetResponse,
);

export interface MultiMaxSizeRequest {}
export interface MultiMaxSizeRequestInit {}

function readMultiMaxSizeRequest(
  r: Reader,
  end: number,
  m: MultiMaxSizeRequest = {},
): MultiMaxSizeRequest {
  while (r.pos < end) r.skip(r.tag());
  return m;
}

function writeMultiMaxSizeRequest(_w: Writer, _m: MultiMaxSizeRequestInit): void {
}

export const MultiMaxSizeRequest = /* @__PURE__ */ new MessageCodec<MultiMaxSizeRequest, MultiMaxSizeRequestInit>(
  "dapr.proto.components.v1.MultiMaxSizeRequest",
  readMultiMaxSizeRequest,
  writeMultiMaxSizeRequest,
);

/** Most operations in one transaction. */
export interface MultiMaxSizeResponse {
  maxSize: bigint;
}
export interface MultiMaxSizeResponseInit {
  maxSize?: bigint | undefined;
}

function readMultiMaxSizeResponse(
  r: Reader,
  end: number,
  m: MultiMaxSizeResponse = {
    maxSize: 0n,
  },
): MultiMaxSizeResponse {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 8:
        m.maxSize = r.int64();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeMultiMaxSizeResponse(w: Writer, m: MultiMaxSizeResponseInit): void {
  const v0 = m.maxSize;
  if (v0) {
    w.uint64(v0);
    w.uint32(8);
  }
}

export const MultiMaxSizeResponse = /* @__PURE__ */ new MessageCodec<MultiMaxSizeResponse, MultiMaxSizeResponseInit>(
  "dapr.proto.components.v1.MultiMaxSizeResponse",
  readMultiMaxSizeResponse,
  writeMultiMaxSizeResponse,
);
