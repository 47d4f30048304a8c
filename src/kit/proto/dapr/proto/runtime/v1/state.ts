// Generated from proto/dapr/proto/runtime/v1/state.proto by tools/generate-proto.ts. Do not edit.
import { Etag, StateItem, StateOptions, type EtagInit, type StateItemInit, type StateOptionsInit, type StateOptions_StateConsistency } from "../../common/v1/common.ts";
import { MessageCodec, type Reader, type Writer, noBytes, readStringEntry, writeStringMap } from "../../../../wire.ts";

/** One key of a store. */
export interface GetStateRequest {
  storeName: string;
  key: string;
  consistency: StateOptions_StateConsistency;
  metadata: Map<string, string>;
}
export interface GetStateRequestInit {
  storeName?: string | undefined;
  key?: string | undefined;
  consistency?: StateOptions_StateConsistency | undefined;
  metadata?: ReadonlyMap<string, string> | undefined;
}

function readGetStateRequest(
  r: Reader,
  end: number,
  m: GetStateRequest = {
    storeName: "",
    key: "",
    consistency: 0,
    metadata: new Map(),
  },
): GetStateRequest {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.storeName = r.string();
        break;
      case 18:
        m.key = r.string();
        break;
      case 24:
        m.consistency = r.int32();
        break;
      case 34:
        readStringEntry(r, m.metadata);
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeGetStateRequest(w: Writer, m: GetStateRequestInit): void {
  const v0 = m.metadata;
  if (v0 !== undefined && v0.size > 0) {
    writeStringMap(w, v0, 34);
  }
  const v1 = m.consistency;
  if (v1) {
    w.int32(v1);
    w.uint32(24);
  }
  const v2 = m.key;
  if (v2) {
    w.string(v2);
    w.uint32(18);
  }
  const v3 = m.storeName;
  if (v3) {
    w.string(v3);
    w.uint32(10);
  }
}

export const GetStateRequest = /* @__PURE__ */ new MessageCodec<GetStateRequest, GetStateRequestInit>(
  "dapr.proto.runtime.v1.GetStateRequest",
  readGetStateRequest,
  writeGetStateRequest,
);

/** Several keys at once. */
export interface GetBulkStateRequest {
  storeName: string;
  keys: string[];
  /** Keys that are read at the same time, by stores that cannot read several at once. */
  parallelism: number;
  metadata: Map<string, string>;
}
export interface GetBulkStateRequestInit {
  storeName?: string | undefined;
  keys?: readonly string[] | undefined;
  parallelism?: number | undefined;
  metadata?: ReadonlyMap<string, string> | undefined;
}

function readGetBulkStateRequest(
  r: Reader,
  end: number,
  m: GetBulkStateRequest = {
    storeName: "",
    keys: [],
    parallelism: 0,
    metadata: new Map(),
  },
): GetBulkStateRequest {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.storeName = r.string();
        break;
      case 18:
        m.keys.push(r.string());
        break;
      case 24:
        m.parallelism = r.int32();
        break;
      case 34:
        readStringEntry(r, m.metadata);
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeGetBulkStateRequest(w: Writer, m: GetBulkStateRequestInit): void {
  const v0 = m.metadata;
  if (v0 !== undefined && v0.size > 0) {
    writeStringMap(w, v0, 34);
  }
  const v1 = m.parallelism;
  if (v1) {
    w.int32(v1);
    w.uint32(24);
  }
  const v2 = m.keys;
  if (v2 !== undefined && v2.length > 0) {
    for (let i = v2.length - 1; i >= 0; i--) {
      w.string(v2[i]!);
      w.uint32(18);
    }
  }
  const v3 = m.storeName;
  if (v3) {
    w.string(v3);
    w.uint32(10);
  }
}

export const GetBulkStateRequest = /* @__PURE__ */ new MessageCodec<GetBulkStateRequest, GetBulkStateRequestInit>(
  "dapr.proto.runtime.v1.GetBulkStateRequest",
  readGetBulkStateRequest,
  writeGetBulkStateRequest,
);

/** One item for each key, in any order. */
export interface GetBulkStateResponse {
  items: BulkStateItem[];
}
export interface GetBulkStateResponseInit {
  items?: readonly BulkStateItemInit[] | undefined;
}

function readGetBulkStateResponse(
  r: Reader,
  end: number,
  m: GetBulkStateResponse = {
    items: [],
  },
): GetBulkStateResponse {
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

function writeGetBulkStateResponse(w: Writer, m: GetBulkStateResponseInit): void {
  const v0 = m.items;
  if (v0 !== undefined && v0.length > 0) {
    for (let i = v0.length - 1; i >= 0; i--) {
      const s = w.written;
      writeBulkStateItem(w, v0[i]!);
      w.delimit(s, 10);
    }
  }
}

export const GetBulkStateResponse = /* @__PURE__ */ new MessageCodec<GetBulkStateResponse, GetBulkStateResponseInit>(
  "dapr.proto.runtime.v1.GetBulkStateResponse",
  readGetBulkStateResponse,
  writeGetBulkStateResponse,
);

/** A value, or why it could not be read. */
export interface BulkStateItem {
  key: string;
  data: Buffer;
  etag: string;
  error: string;
  metadata: Map<string, string>;
}
export interface BulkStateItemInit {
  key?: string | undefined;
  data?: Uint8Array | undefined;
  etag?: string | undefined;
  error?: string | undefined;
  metadata?: ReadonlyMap<string, string> | undefined;
}

function readBulkStateItem(
  r: Reader,
  end: number,
  m: BulkStateItem = {
    key: "",
    data: noBytes,
    etag: "",
    error: "",
    metadata: new Map(),
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
      case 26:
        m.etag = r.string();
        break;
      case 34:
        m.error = r.string();
        break;
      case 42:
        readStringEntry(r, m.metadata);
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeBulkStateItem(w: Writer, m: BulkStateItemInit): void {
  const v0 = m.metadata;
  if (v0 !== undefined && v0.size > 0) {
    writeStringMap(w, v0, 42);
  }
  const v1 = m.error;
  if (v1) {
    w.string(v1);
    w.uint32(34);
  }
  const v2 = m.etag;
  if (v2) {
    w.string(v2);
    w.uint32(26);
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

export const BulkStateItem = /* @__PURE__ */ new MessageCodec<BulkStateItem, BulkStateItemInit>(
  "dapr.proto.runtime.v1.BulkStateItem",
  readBulkStateItem,
  writeBulkStateItem,
);

/** The value; empty when there is no such key. */
export interface GetStateResponse {
  data: Buffer;
  etag: string;
  metadata: Map<string, string>;
}
export interface GetStateResponseInit {
  data?: Uint8Array | undefined;
  etag?: string | undefined;
  metadata?: ReadonlyMap<string, string> | undefined;
}

function readGetStateResponse(
  r: Reader,
  end: number,
  m: GetStateResponse = {
    data: noBytes,
    etag: "",
    metadata: new Map(),
  },
): GetStateResponse {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.data = r.bytes();
        break;
      case 18:
        m.etag = r.string();
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

function writeGetStateResponse(w: Writer, m: GetStateResponseInit): void {
  const v0 = m.metadata;
  if (v0 !== undefined && v0.size > 0) {
    writeStringMap(w, v0, 26);
  }
  const v1 = m.etag;
  if (v1) {
    w.string(v1);
    w.uint32(18);
  }
  const v2 = m.data;
  if (v2 !== undefined && v2.length > 0) {
    w.bytes(v2);
    w.uint32(10);
  }
}

export const GetStateResponse = /* @__PURE__ */ new MessageCodec<GetStateResponse, GetStateResponseInit>(
  "dapr.proto.runtime.v1.GetStateResponse",
  readGetStateResponse,
  writeGetStateResponse,
);

/** Deletes one key, if it still has the etag. */
export interface DeleteStateRequest {
  storeName: string;
  key: string;
  etag: Etag | undefined;
  options: StateOptions | undefined;
  metadata: Map<string, string>;
}
export interface DeleteStateRequestInit {
  storeName?: string | undefined;
  key?: string | undefined;
  etag?: EtagInit | undefined;
  options?: StateOptionsInit | undefined;
  metadata?: ReadonlyMap<string, string> | undefined;
}

function readDeleteStateRequest(
  r: Reader,
  end: number,
  m: DeleteStateRequest = {
    storeName: "",
    key: "",
    etag: undefined,
    options: undefined,
    metadata: new Map(),
  },
): DeleteStateRequest {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.storeName = r.string();
        break;
      case 18:
        m.key = r.string();
        break;
      case 26: {
        const e = r.enter();
        m.etag = Etag.read(r, e, m.etag);
        r.leave(e);
        break;
      }
      case 34: {
        const e = r.enter();
        m.options = StateOptions.read(r, e, m.options);
        r.leave(e);
        break;
      }
      case 42:
        readStringEntry(r, m.metadata);
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeDeleteStateRequest(w: Writer, m: DeleteStateRequestInit): void {
  const v0 = m.metadata;
  if (v0 !== undefined && v0.size > 0) {
    writeStringMap(w, v0, 42);
  }
  const v1 = m.options;
  if (v1 !== undefined) {
    const s = w.written;
    StateOptions.write(w, v1);
    w.delimit(s, 34);
  }
  const v2 = m.etag;
  if (v2 !== undefined) {
    const s = w.written;
    Etag.write(w, v2);
    w.delimit(s, 26);
  }
  const v3 = m.key;
  if (v3) {
    w.string(v3);
    w.uint32(18);
  }
  const v4 = m.storeName;
  if (v4) {
    w.string(v4);
    w.uint32(10);
  }
}

export const DeleteStateRequest = /* @__PURE__ */ new MessageCodec<DeleteStateRequest, DeleteStateRequestInit>(
  "dapr.proto.runtime.v1.DeleteStateRequest",
  readDeleteStateRequest,
  writeDeleteStateRequest,
);

/** Deletes several keys, not as one. */
export interface DeleteBulkStateRequest {
  storeName: string;
  states: StateItem[];
}
export interface DeleteBulkStateRequestInit {
  storeName?: string | undefined;
  states?: readonly StateItemInit[] | undefined;
}

function readDeleteBulkStateRequest(
  r: Reader,
  end: number,
  m: DeleteBulkStateRequest = {
    storeName: "",
    states: [],
  },
): DeleteBulkStateRequest {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.storeName = r.string();
        break;
      case 18: {
        const e = r.enter();
        m.states.push(StateItem.read(r, e));
        r.leave(e);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeDeleteBulkStateRequest(w: Writer, m: DeleteBulkStateRequestInit): void {
  const v0 = m.states;
  if (v0 !== undefined && v0.length > 0) {
    for (let i = v0.length - 1; i >= 0; i--) {
      const s = w.written;
      StateItem.write(w, v0[i]!);
      w.delimit(s, 18);
    }
  }
  const v1 = m.storeName;
  if (v1) {
    w.string(v1);
    w.uint32(10);
  }
}

export const DeleteBulkStateRequest = /* @__PURE__ */ new MessageCodec<DeleteBulkStateRequest, DeleteBulkStateRequestInit>(
  "dapr.proto.runtime.v1.DeleteBulkStateRequest",
  readDeleteBulkStateRequest,
  writeDeleteBulkStateRequest,
);

/** Writes several keys, not as one. */
export interface SaveStateRequest {
  storeName: string;
  states: StateItem[];
}
export interface SaveStateRequestInit {
  storeName?: string | undefined;
  states?: readonly StateItemInit[] | undefined;
}

function readSaveStateRequest(
  r: Reader,
  end: number,
  m: SaveStateRequest = {
    storeName: "",
    states: [],
  },
): SaveStateRequest {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.storeName = r.string();
        break;
      case 18: {
        const e = r.enter();
        m.states.push(StateItem.read(r, e));
        r.leave(e);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeSaveStateRequest(w: Writer, m: SaveStateRequestInit): void {
  const v0 = m.states;
  if (v0 !== undefined && v0.length > 0) {
    for (let i = v0.length - 1; i >= 0; i--) {
      const s = w.written;
      StateItem.write(w, v0[i]!);
      w.delimit(s, 18);
    }
  }
  const v1 = m.storeName;
  if (v1) {
    w.string(v1);
    w.uint32(10);
  }
}

export const SaveStateRequest = /* @__PURE__ */ new MessageCodec<SaveStateRequest, SaveStateRequestInit>(
  "dapr.proto.runtime.v1.SaveStateRequest",
  readSaveStateRequest,
  writeSaveStateRequest,
);

/** A query as JSON. */
export interface QueryStateRequest {
  storeName: string;
  query: string;
  metadata: Map<string, string>;
}
export interface QueryStateRequestInit {
  storeName?: string | undefined;
  query?: string | undefined;
  metadata?: ReadonlyMap<string, string> | undefined;
}

function readQueryStateRequest(
  r: Reader,
  end: number,
  m: QueryStateRequest = {
    storeName: "",
    query: "",
    metadata: new Map(),
  },
): QueryStateRequest {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.storeName = r.string();
        break;
      case 18:
        m.query = r.string();
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

function writeQueryStateRequest(w: Writer, m: QueryStateRequestInit): void {
  const v0 = m.metadata;
  if (v0 !== undefined && v0.size > 0) {
    writeStringMap(w, v0, 26);
  }
  const v1 = m.query;
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

export const QueryStateRequest = /* @__PURE__ */ new MessageCodec<QueryStateRequest, QueryStateRequestInit>(
  "dapr.proto.runtime.v1.QueryStateRequest",
  readQueryStateRequest,
  writeQueryStateRequest,
);

/** One match, or why it could not be read. */
export interface QueryStateItem {
  key: string;
  data: Buffer;
  etag: string;
  error: string;
}
export interface QueryStateItemInit {
  key?: string | undefined;
  data?: Uint8Array | undefined;
  etag?: string | undefined;
  error?: string | undefined;
}

function readQueryStateItem(
  r: Reader,
  end: number,
  m: QueryStateItem = {
    key: "",
    data: noBytes,
    etag: "",
    error: "",
  },
): QueryStateItem {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.key = r.string();
        break;
      case 18:
        m.data = r.bytes();
        break;
      case 26:
        m.etag = r.string();
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

function writeQueryStateItem(w: Writer, m: QueryStateItemInit): void {
  const v0 = m.error;
  if (v0) {
    w.string(v0);
    w.uint32(34);
  }
  const v1 = m.etag;
  if (v1) {
    w.string(v1);
    w.uint32(26);
  }
  const v2 = m.data;
  if (v2 !== undefined && v2.length > 0) {
    w.bytes(v2);
    w.uint32(18);
  }
  const v3 = m.key;
  if (v3) {
    w.string(v3);
    w.uint32(10);
  }
}

export const QueryStateItem = /* @__PURE__ */ new MessageCodec<QueryStateItem, QueryStateItemInit>(
  "dapr.proto.runtime.v1.QueryStateItem",
  readQueryStateItem,
  writeQueryStateItem,
);

/** Matches, and the token of the next page. */
export interface QueryStateResponse {
  results: QueryStateItem[];
  token: string;
  metadata: Map<string, string>;
}
export interface QueryStateResponseInit {
  results?: readonly QueryStateItemInit[] | undefined;
  token?: string | undefined;
  metadata?: ReadonlyMap<string, string> | undefined;
}

function readQueryStateResponse(
  r: Reader,
  end: number,
  m: QueryStateResponse = {
    results: [],
    token: "",
    metadata: new Map(),
  },
): QueryStateResponse {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const e = r.enter();
        m.results.push(readQueryStateItem(r, e));
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

function writeQueryStateResponse(w: Writer, m: QueryStateResponseInit): void {
  const v0 = m.metadata;
  if (v0 !== undefined && v0.size > 0) {
    writeStringMap(w, v0, 26);
  }
  const v1 = m.token;
  if (v1) {
    w.string(v1);
    w.uint32(18);
  }
  const v2 = m.results;
  if (v2 !== undefined && v2.length > 0) {
    for (let i = v2.length - 1; i >= 0; i--) {
      const s = w.written;
      writeQueryStateItem(w, v2[i]!);
      w.delimit(s, 10);
    }
  }
}

export const QueryStateResponse = /* @__PURE__ */ new MessageCodec<QueryStateResponse, QueryStateResponseInit>(
  "dapr.proto.runtime.v1.QueryStateResponse",
  readQueryStateResponse,
  writeQueryStateResponse,
);

/** One of them: `upsert` or `delete`. */
export interface TransactionalStateOperation {
  operationType: string;
  request: StateItem | undefined;
}
export interface TransactionalStateOperationInit {
  operationType?: string | undefined;
  request?: StateItemInit | undefined;
}

function readTransactionalStateOperation(
  r: Reader,
  end: number,
  m: TransactionalStateOperation = {
    operationType: "",
    request: undefined,
  },
): TransactionalStateOperation {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.operationType = r.string();
        break;
      case 18: {
        const e = r.enter();
        m.request = StateItem.read(r, e, m.request);
        r.leave(e);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeTransactionalStateOperation(w: Writer, m: TransactionalStateOperationInit): void {
  const v0 = m.request;
  if (v0 !== undefined) {
    const s = w.written;
    StateItem.write(w, v0);
    w.delimit(s, 18);
  }
  const v1 = m.operationType;
  if (v1) {
    w.string(v1);
    w.uint32(10);
  }
}

export const TransactionalStateOperation = /* @__PURE__ */ new MessageCodec<TransactionalStateOperation, TransactionalStateOperationInit>(
  "dapr.proto.runtime.v1.TransactionalStateOperation",
  readTransactionalStateOperation,
  writeTransactionalStateOperation,
);

/** Writes and deletions that succeed or fail together. */
export interface ExecuteStateTransactionRequest {
  storeName: string;
  operations: TransactionalStateOperation[];
  metadata: Map<string, string>;
}
export interface ExecuteStateTransactionRequestInit {
  storeName?: string | undefined;
  operations?: readonly TransactionalStateOperationInit[] | undefined;
  metadata?: ReadonlyMap<string, string> | undefined;
}

function readExecuteStateTransactionRequest(
  r: Reader,
  end: number,
  m: ExecuteStateTransactionRequest = {
    storeName: "",
    operations: [],
    metadata: new Map(),
  },
): ExecuteStateTransactionRequest {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.storeName = r.string();
        break;
      case 18: {
        const e = r.enter();
        m.operations.push(readTransactionalStateOperation(r, e));
        r.leave(e);
        break;
      }
      case 26:
        readStringEntry(r, m.metadata);
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeExecuteStateTransactionRequest(w: Writer, m: ExecuteStateTransactionRequestInit): void {
  const v0 = m.metadata;
  if (v0 !== undefined && v0.size > 0) {
    writeStringMap(w, v0, 26);
  }
  const v1 = m.operations;
  if (v1 !== undefined && v1.length > 0) {
    for (let i = v1.length - 1; i >= 0; i--) {
      const s = w.written;
      writeTransactionalStateOperation(w, v1[i]!);
      w.delimit(s, 18);
    }
  }
  const v2 = m.storeName;
  if (v2) {
    w.string(v2);
    w.uint32(10);
  }
}

export const ExecuteStateTransactionRequest = /* @__PURE__ */ new MessageCodec<ExecuteStateTransactionRequest, ExecuteStateTransactionRequestInit>(
  "dapr.proto.runtime.v1.ExecuteStateTransactionRequest",
  readExecuteStateTransactionRequest,
  writeExecuteStateTransactionRequest,
);
