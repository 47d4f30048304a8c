// Generated from proto/dapr/proto/runtime/v1/actors.proto by tools/generate-proto.ts. Do not edit.
import { Any, type AnyInit } from "../../../../google/protobuf/any.ts";
import { Duration, type DurationInit } from "../../../../google/protobuf/duration.ts";
import { JobFailurePolicy, type JobFailurePolicyInit } from "../../common/v1/common.ts";
import { MessageCodec, type Reader, type Writer, noBytes, readStringEntry, writeStringMap } from "../../../../wire.ts";

/** A timer: it is lost when the actor is deactivated. */
export interface RegisterActorTimerRequest {
  actorType: string;
  actorId: string;
  name: string;
  dueTime: string;
  period: string;
  callback: string;
  data: Buffer;
  ttl: string;
}
export interface RegisterActorTimerRequestInit {
  actorType?: string | undefined;
  actorId?: string | undefined;
  name?: string | undefined;
  dueTime?: string | undefined;
  period?: string | undefined;
  callback?: string | undefined;
  data?: Uint8Array | undefined;
  ttl?: string | undefined;
}

function readRegisterActorTimerRequest(
  r: Reader,
  end: number,
  m: RegisterActorTimerRequest = {
    actorType: "",
    actorId: "",
    name: "",
    dueTime: "",
    period: "",
    callback: "",
    data: noBytes,
    ttl: "",
  },
): RegisterActorTimerRequest {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.actorType = r.string();
        break;
      case 18:
        m.actorId = r.string();
        break;
      case 26:
        m.name = r.string();
        break;
      case 34:
        m.dueTime = r.string();
        break;
      case 42:
        m.period = r.string();
        break;
      case 50:
        m.callback = r.string();
        break;
      case 58:
        m.data = r.bytes();
        break;
      case 66:
        m.ttl = r.string();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeRegisterActorTimerRequest(w: Writer, m: RegisterActorTimerRequestInit): void {
  const v0 = m.ttl;
  if (v0) {
    w.string(v0);
    w.uint32(66);
  }
  const v1 = m.data;
  if (v1 !== undefined && v1.length > 0) {
    w.bytes(v1);
    w.uint32(58);
  }
  const v2 = m.callback;
  if (v2) {
    w.string(v2);
    w.uint32(50);
  }
  const v3 = m.period;
  if (v3) {
    w.string(v3);
    w.uint32(42);
  }
  const v4 = m.dueTime;
  if (v4) {
    w.string(v4);
    w.uint32(34);
  }
  const v5 = m.name;
  if (v5) {
    w.string(v5);
    w.uint32(26);
  }
  const v6 = m.actorId;
  if (v6) {
    w.string(v6);
    w.uint32(18);
  }
  const v7 = m.actorType;
  if (v7) {
    w.string(v7);
    w.uint32(10);
  }
}

export const RegisterActorTimerRequest = /* @__PURE__ */ new MessageCodec<RegisterActorTimerRequest, RegisterActorTimerRequestInit>(
  "dapr.proto.runtime.v1.RegisterActorTimerRequest",
  readRegisterActorTimerRequest,
  writeRegisterActorTimerRequest,
);

export interface UnregisterActorTimerRequest {
  actorType: string;
  actorId: string;
  name: string;
}
export interface UnregisterActorTimerRequestInit {
  actorType?: string | undefined;
  actorId?: string | undefined;
  name?: string | undefined;
}

function readUnregisterActorTimerRequest(
  r: Reader,
  end: number,
  m: UnregisterActorTimerRequest = {
    actorType: "",
    actorId: "",
    name: "",
  },
): UnregisterActorTimerRequest {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.actorType = r.string();
        break;
      case 18:
        m.actorId = r.string();
        break;
      case 26:
        m.name = r.string();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeUnregisterActorTimerRequest(w: Writer, m: UnregisterActorTimerRequestInit): void {
  const v0 = m.name;
  if (v0) {
    w.string(v0);
    w.uint32(26);
  }
  const v1 = m.actorId;
  if (v1) {
    w.string(v1);
    w.uint32(18);
  }
  const v2 = m.actorType;
  if (v2) {
    w.string(v2);
    w.uint32(10);
  }
}

export const UnregisterActorTimerRequest = /* @__PURE__ */ new MessageCodec<UnregisterActorTimerRequest, UnregisterActorTimerRequestInit>(
  "dapr.proto.runtime.v1.UnregisterActorTimerRequest",
  readUnregisterActorTimerRequest,
  writeUnregisterActorTimerRequest,
);

/** A reminder: it survives deactivation and restarts. */
export interface RegisterActorReminderRequest {
  actorType: string;
  actorId: string;
  name: string;
  dueTime: string;
  period: string;
  data: Buffer;
  ttl: string;
  overwrite: boolean | undefined;
  failurePolicy: JobFailurePolicy | undefined;
}
export interface RegisterActorReminderRequestInit {
  actorType?: string | undefined;
  actorId?: string | undefined;
  name?: string | undefined;
  dueTime?: string | undefined;
  period?: string | undefined;
  data?: Uint8Array | undefined;
  ttl?: string | undefined;
  overwrite?: boolean | undefined;
  failurePolicy?: JobFailurePolicyInit | undefined;
}

function readRegisterActorReminderRequest(
  r: Reader,
  end: number,
  m: RegisterActorReminderRequest = {
    actorType: "",
    actorId: "",
    name: "",
    dueTime: "",
    period: "",
    data: noBytes,
    ttl: "",
    overwrite: undefined,
    failurePolicy: undefined,
  },
): RegisterActorReminderRequest {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.actorType = r.string();
        break;
      case 18:
        m.actorId = r.string();
        break;
      case 26:
        m.name = r.string();
        break;
      case 34:
        m.dueTime = r.string();
        break;
      case 42:
        m.period = r.string();
        break;
      case 50:
        m.data = r.bytes();
        break;
      case 58:
        m.ttl = r.string();
        break;
      case 64:
        m.overwrite = r.bool();
        break;
      case 74: {
        const e = r.enter();
        m.failurePolicy = JobFailurePolicy.read(r, e, m.failurePolicy);
        r.leave(e);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeRegisterActorReminderRequest(w: Writer, m: RegisterActorReminderRequestInit): void {
  const v0 = m.failurePolicy;
  if (v0 !== undefined) {
    const s = w.written;
    JobFailurePolicy.write(w, v0);
    w.delimit(s, 74);
  }
  const v1 = m.overwrite;
  if (v1 !== undefined) {
    w.bool(v1);
    w.uint32(64);
  }
  const v2 = m.ttl;
  if (v2) {
    w.string(v2);
    w.uint32(58);
  }
  const v3 = m.data;
  if (v3 !== undefined && v3.length > 0) {
    w.bytes(v3);
    w.uint32(50);
  }
  const v4 = m.period;
  if (v4) {
    w.string(v4);
    w.uint32(42);
  }
  const v5 = m.dueTime;
  if (v5) {
    w.string(v5);
    w.uint32(34);
  }
  const v6 = m.name;
  if (v6) {
    w.string(v6);
    w.uint32(26);
  }
  const v7 = m.actorId;
  if (v7) {
    w.string(v7);
    w.uint32(18);
  }
  const v8 = m.actorType;
  if (v8) {
    w.string(v8);
    w.uint32(10);
  }
}

export const RegisterActorReminderRequest = /* @__PURE__ */ new MessageCodec<RegisterActorReminderRequest, RegisterActorReminderRequestInit>(
  "dapr.proto.runtime.v1.RegisterActorReminderRequest",
  readRegisterActorReminderRequest,
  writeRegisterActorReminderRequest,
);

export interface UnregisterActorReminderRequest {
  actorType: string;
  actorId: string;
  name: string;
}
export interface UnregisterActorReminderRequestInit {
  actorType?: string | undefined;
  actorId?: string | undefined;
  name?: string | undefined;
}

function readUnregisterActorReminderRequest(
  r: Reader,
  end: number,
  m: UnregisterActorReminderRequest = {
    actorType: "",
    actorId: "",
    name: "",
  },
): UnregisterActorReminderRequest {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.actorType = r.string();
        break;
      case 18:
        m.actorId = r.string();
        break;
      case 26:
        m.name = r.string();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeUnregisterActorReminderRequest(w: Writer, m: UnregisterActorReminderRequestInit): void {
  const v0 = m.name;
  if (v0) {
    w.string(v0);
    w.uint32(26);
  }
  const v1 = m.actorId;
  if (v1) {
    w.string(v1);
    w.uint32(18);
  }
  const v2 = m.actorType;
  if (v2) {
    w.string(v2);
    w.uint32(10);
  }
}

export const UnregisterActorReminderRequest = /* @__PURE__ */ new MessageCodec<UnregisterActorReminderRequest, UnregisterActorReminderRequestInit>(
  "dapr.proto.runtime.v1.UnregisterActorReminderRequest",
  readUnregisterActorReminderRequest,
  writeUnregisterActorReminderRequest,
);

/** One key of an actor's state. */
export interface GetActorStateRequest {
  actorType: string;
  actorId: string;
  key: string;
}
export interface GetActorStateRequestInit {
  actorType?: string | undefined;
  actorId?: string | undefined;
  key?: string | undefined;
}

function readGetActorStateRequest(
  r: Reader,
  end: number,
  m: GetActorStateRequest = {
    actorType: "",
    actorId: "",
    key: "",
  },
): GetActorStateRequest {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.actorType = r.string();
        break;
      case 18:
        m.actorId = r.string();
        break;
      case 26:
        m.key = r.string();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeGetActorStateRequest(w: Writer, m: GetActorStateRequestInit): void {
  const v0 = m.key;
  if (v0) {
    w.string(v0);
    w.uint32(26);
  }
  const v1 = m.actorId;
  if (v1) {
    w.string(v1);
    w.uint32(18);
  }
  const v2 = m.actorType;
  if (v2) {
    w.string(v2);
    w.uint32(10);
  }
}

export const GetActorStateRequest = /* @__PURE__ */ new MessageCodec<GetActorStateRequest, GetActorStateRequestInit>(
  "dapr.proto.runtime.v1.GetActorStateRequest",
  readGetActorStateRequest,
  writeGetActorStateRequest,
);

export interface GetActorStateResponse {
  data: Buffer;
  metadata: Map<string, string>;
}
export interface GetActorStateResponseInit {
  data?: Uint8Array | undefined;
  metadata?: ReadonlyMap<string, string> | undefined;
}

function readGetActorStateResponse(
  r: Reader,
  end: number,
  m: GetActorStateResponse = {
    data: noBytes,
    metadata: new Map(),
  },
): GetActorStateResponse {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.data = r.bytes();
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

function writeGetActorStateResponse(w: Writer, m: GetActorStateResponseInit): void {
  const v0 = m.metadata;
  if (v0 !== undefined && v0.size > 0) {
    writeStringMap(w, v0, 18);
  }
  const v1 = m.data;
  if (v1 !== undefined && v1.length > 0) {
    w.bytes(v1);
    w.uint32(10);
  }
}

export const GetActorStateResponse = /* @__PURE__ */ new MessageCodec<GetActorStateResponse, GetActorStateResponseInit>(
  "dapr.proto.runtime.v1.GetActorStateResponse",
  readGetActorStateResponse,
  writeGetActorStateResponse,
);

/** Writes and deletions that succeed or fail together. */
export interface ExecuteActorStateTransactionRequest {
  actorType: string;
  actorId: string;
  operations: TransactionalActorStateOperation[];
}
export interface ExecuteActorStateTransactionRequestInit {
  actorType?: string | undefined;
  actorId?: string | undefined;
  operations?: readonly TransactionalActorStateOperationInit[] | undefined;
}

function readExecuteActorStateTransactionRequest(
  r: Reader,
  end: number,
  m: ExecuteActorStateTransactionRequest = {
    actorType: "",
    actorId: "",
    operations: [],
  },
): ExecuteActorStateTransactionRequest {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.actorType = r.string();
        break;
      case 18:
        m.actorId = r.string();
        break;
      case 26: {
        const e = r.enter();
        m.operations.push(readTransactionalActorStateOperation(r, e));
        r.leave(e);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeExecuteActorStateTransactionRequest(w: Writer, m: ExecuteActorStateTransactionRequestInit): void {
  const v0 = m.operations;
  if (v0 !== undefined && v0.length > 0) {
    for (let i = v0.length - 1; i >= 0; i--) {
      const s = w.written;
      writeTransactionalActorStateOperation(w, v0[i]!);
      w.delimit(s, 26);
    }
  }
  const v1 = m.actorId;
  if (v1) {
    w.string(v1);
    w.uint32(18);
  }
  const v2 = m.actorType;
  if (v2) {
    w.string(v2);
    w.uint32(10);
  }
}

export const ExecuteActorStateTransactionRequest = /* @__PURE__ */ new MessageCodec<ExecuteActorStateTransactionRequest, ExecuteActorStateTransactionRequestInit>(
  "dapr.proto.runtime.v1.ExecuteActorStateTransactionRequest",
  readExecuteActorStateTransactionRequest,
  writeExecuteActorStateTransactionRequest,
);

/** One of them: `upsert` or `delete`. */
export interface TransactionalActorStateOperation {
  operationType: string;
  key: string;
  value: Any | undefined;
  metadata: Map<string, string>;
}
export interface TransactionalActorStateOperationInit {
  operationType?: string | undefined;
  key?: string | undefined;
  value?: AnyInit | undefined;
  metadata?: ReadonlyMap<string, string> | undefined;
}

function readTransactionalActorStateOperation(
  r: Reader,
  end: number,
  m: TransactionalActorStateOperation = {
    operationType: "",
    key: "",
    value: undefined,
    metadata: new Map(),
  },
): TransactionalActorStateOperation {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.operationType = r.string();
        break;
      case 18:
        m.key = r.string();
        break;
      case 26: {
        const e = r.enter();
        m.value = Any.read(r, e, m.value);
        r.leave(e);
        break;
      }
      case 34:
        readStringEntry(r, m.metadata);
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeTransactionalActorStateOperation(w: Writer, m: TransactionalActorStateOperationInit): void {
  const v0 = m.metadata;
  if (v0 !== undefined && v0.size > 0) {
    writeStringMap(w, v0, 34);
  }
  const v1 = m.value;
  if (v1 !== undefined) {
    const s = w.written;
    Any.write(w, v1);
    w.delimit(s, 26);
  }
  const v2 = m.key;
  if (v2) {
    w.string(v2);
    w.uint32(18);
  }
  const v3 = m.operationType;
  if (v3) {
    w.string(v3);
    w.uint32(10);
  }
}

export const TransactionalActorStateOperation = /* @__PURE__ */ new MessageCodec<TransactionalActorStateOperation, TransactionalActorStateOperationInit>(
  "dapr.proto.runtime.v1.TransactionalActorStateOperation",
  readTransactionalActorStateOperation,
  writeTransactionalActorStateOperation,
);

/** Calls a method; an actor runs one at a time. */
export interface InvokeActorRequest {
  actorType: string;
  actorId: string;
  method: string;
  data: Buffer;
  metadata: Map<string, string>;
}
export interface InvokeActorRequestInit {
  actorType?: string | undefined;
  actorId?: string | undefined;
  method?: string | undefined;
  data?: Uint8Array | undefined;
  metadata?: ReadonlyMap<string, string> | undefined;
}

function readInvokeActorRequest(
  r: Reader,
  end: number,
  m: InvokeActorRequest = {
    actorType: "",
    actorId: "",
    method: "",
    data: noBytes,
    metadata: new Map(),
  },
): InvokeActorRequest {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.actorType = r.string();
        break;
      case 18:
        m.actorId = r.string();
        break;
      case 26:
        m.method = r.string();
        break;
      case 34:
        m.data = r.bytes();
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

function writeInvokeActorRequest(w: Writer, m: InvokeActorRequestInit): void {
  const v0 = m.metadata;
  if (v0 !== undefined && v0.size > 0) {
    writeStringMap(w, v0, 42);
  }
  const v1 = m.data;
  if (v1 !== undefined && v1.length > 0) {
    w.bytes(v1);
    w.uint32(34);
  }
  const v2 = m.method;
  if (v2) {
    w.string(v2);
    w.uint32(26);
  }
  const v3 = m.actorId;
  if (v3) {
    w.string(v3);
    w.uint32(18);
  }
  const v4 = m.actorType;
  if (v4) {
    w.string(v4);
    w.uint32(10);
  }
}

export const InvokeActorRequest = /* @__PURE__ */ new MessageCodec<InvokeActorRequest, InvokeActorRequestInit>(
  "dapr.proto.runtime.v1.InvokeActorRequest",
  readInvokeActorRequest,
  writeInvokeActorRequest,
);

export interface InvokeActorResponse {
  data: Buffer;
}
export interface InvokeActorResponseInit {
  data?: Uint8Array | undefined;
}

function readInvokeActorResponse(
  r: Reader,
  end: number,
  m: InvokeActorResponse = {
    data: noBytes,
  },
): InvokeActorResponse {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.data = r.bytes();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeInvokeActorResponse(w: Writer, m: InvokeActorResponseInit): void {
  const v0 = m.data;
  if (v0 !== undefined && v0.length > 0) {
    w.bytes(v0);
    w.uint32(10);
  }
}

export const InvokeActorResponse = /* @__PURE__ */ new MessageCodec<InvokeActorResponse, InvokeActorResponseInit>(
  "dapr.proto.runtime.v1.InvokeActorResponse",
  readInvokeActorResponse,
  writeInvokeActorResponse,
);

export interface GetActorReminderRequest {
  actorType: string;
  actorId: string;
  name: string;
}
export interface GetActorReminderRequestInit {
  actorType?: string | undefined;
  actorId?: string | undefined;
  name?: string | undefined;
}

function readGetActorReminderRequest(
  r: Reader,
  end: number,
  m: GetActorReminderRequest = {
    actorType: "",
    actorId: "",
    name: "",
  },
): GetActorReminderRequest {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.actorType = r.string();
        break;
      case 18:
        m.actorId = r.string();
        break;
      case 26:
        m.name = r.string();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeGetActorReminderRequest(w: Writer, m: GetActorReminderRequestInit): void {
  const v0 = m.name;
  if (v0) {
    w.string(v0);
    w.uint32(26);
  }
  const v1 = m.actorId;
  if (v1) {
    w.string(v1);
    w.uint32(18);
  }
  const v2 = m.actorType;
  if (v2) {
    w.string(v2);
    w.uint32(10);
  }
}

export const GetActorReminderRequest = /* @__PURE__ */ new MessageCodec<GetActorReminderRequest, GetActorReminderRequestInit>(
  "dapr.proto.runtime.v1.GetActorReminderRequest",
  readGetActorReminderRequest,
  writeGetActorReminderRequest,
);

export interface GetActorReminderResponse {
  actorType: string;
  actorId: string;
  dueTime: string | undefined;
  period: string | undefined;
  data: Any | undefined;
  ttl: string | undefined;
}
export interface GetActorReminderResponseInit {
  actorType?: string | undefined;
  actorId?: string | undefined;
  dueTime?: string | undefined;
  period?: string | undefined;
  data?: AnyInit | undefined;
  ttl?: string | undefined;
}

function readGetActorReminderResponse(
  r: Reader,
  end: number,
  m: GetActorReminderResponse = {
    actorType: "",
    actorId: "",
    dueTime: undefined,
    period: undefined,
    data: undefined,
    ttl: undefined,
  },
): GetActorReminderResponse {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.actorType = r.string();
        break;
      case 18:
        m.actorId = r.string();
        break;
      case 34:
        m.dueTime = r.string();
        break;
      case 42:
        m.period = r.string();
        break;
      case 50: {
        const e = r.enter();
        m.data = Any.read(r, e, m.data);
        r.leave(e);
        break;
      }
      case 58:
        m.ttl = r.string();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeGetActorReminderResponse(w: Writer, m: GetActorReminderResponseInit): void {
  const v0 = m.ttl;
  if (v0 !== undefined) {
    w.string(v0);
    w.uint32(58);
  }
  const v1 = m.data;
  if (v1 !== undefined) {
    const s = w.written;
    Any.write(w, v1);
    w.delimit(s, 50);
  }
  const v2 = m.period;
  if (v2 !== undefined) {
    w.string(v2);
    w.uint32(42);
  }
  const v3 = m.dueTime;
  if (v3 !== undefined) {
    w.string(v3);
    w.uint32(34);
  }
  const v4 = m.actorId;
  if (v4) {
    w.string(v4);
    w.uint32(18);
  }
  const v5 = m.actorType;
  if (v5) {
    w.string(v5);
    w.uint32(10);
  }
}

export const GetActorReminderResponse = /* @__PURE__ */ new MessageCodec<GetActorReminderResponse, GetActorReminderResponseInit>(
  "dapr.proto.runtime.v1.GetActorReminderResponse",
  readGetActorReminderResponse,
  writeGetActorReminderResponse,
);

export interface ListActorRemindersRequest {
  actorType: string;
  actorId: string | undefined;
}
export interface ListActorRemindersRequestInit {
  actorType?: string | undefined;
  actorId?: string | undefined;
}

function readListActorRemindersRequest(
  r: Reader,
  end: number,
  m: ListActorRemindersRequest = {
    actorType: "",
    actorId: undefined,
  },
): ListActorRemindersRequest {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.actorType = r.string();
        break;
      case 18:
        m.actorId = r.string();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeListActorRemindersRequest(w: Writer, m: ListActorRemindersRequestInit): void {
  const v0 = m.actorId;
  if (v0 !== undefined) {
    w.string(v0);
    w.uint32(18);
  }
  const v1 = m.actorType;
  if (v1) {
    w.string(v1);
    w.uint32(10);
  }
}

export const ListActorRemindersRequest = /* @__PURE__ */ new MessageCodec<ListActorRemindersRequest, ListActorRemindersRequestInit>(
  "dapr.proto.runtime.v1.ListActorRemindersRequest",
  readListActorRemindersRequest,
  writeListActorRemindersRequest,
);

export interface ListActorRemindersResponse {
  reminders: NamedActorReminder[];
}
export interface ListActorRemindersResponseInit {
  reminders?: readonly NamedActorReminderInit[] | undefined;
}

function readListActorRemindersResponse(
  r: Reader,
  end: number,
  m: ListActorRemindersResponse = {
    reminders: [],
  },
): ListActorRemindersResponse {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const e = r.enter();
        m.reminders.push(readNamedActorReminder(r, e));
        r.leave(e);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeListActorRemindersResponse(w: Writer, m: ListActorRemindersResponseInit): void {
  const v0 = m.reminders;
  if (v0 !== undefined && v0.length > 0) {
    for (let i = v0.length - 1; i >= 0; i--) {
      const s = w.written;
      writeNamedActorReminder(w, v0[i]!);
      w.delimit(s, 10);
    }
  }
}

export const ListActorRemindersResponse = /* @__PURE__ */ new MessageCodec<ListActorRemindersResponse, ListActorRemindersResponseInit>(
  "dapr.proto.runtime.v1.ListActorRemindersResponse",
  readListActorRemindersResponse,
  writeListActorRemindersResponse,
);

/** A reminder with its actor and name. */
export interface NamedActorReminder {
  name: string;
  reminder: ActorReminder | undefined;
}
export interface NamedActorReminderInit {
  name?: string | undefined;
  reminder?: ActorReminderInit | undefined;
}

function readNamedActorReminder(
  r: Reader,
  end: number,
  m: NamedActorReminder = {
    name: "",
    reminder: undefined,
  },
): NamedActorReminder {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.name = r.string();
        break;
      case 18: {
        const e = r.enter();
        m.reminder = readActorReminder(r, e, m.reminder);
        r.leave(e);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeNamedActorReminder(w: Writer, m: NamedActorReminderInit): void {
  const v0 = m.reminder;
  if (v0 !== undefined) {
    const s = w.written;
    writeActorReminder(w, v0);
    w.delimit(s, 18);
  }
  const v1 = m.name;
  if (v1) {
    w.string(v1);
    w.uint32(10);
  }
}

export const NamedActorReminder = /* @__PURE__ */ new MessageCodec<NamedActorReminder, NamedActorReminderInit>(
  "dapr.proto.runtime.v1.NamedActorReminder",
  readNamedActorReminder,
  writeNamedActorReminder,
);

/** A reminder as it was registered. */
export interface ActorReminder {
  actorType: string;
  actorId: string;
  dueTime: string | undefined;
  period: string | undefined;
  data: Any | undefined;
  ttl: string | undefined;
}
export interface ActorReminderInit {
  actorType?: string | undefined;
  actorId?: string | undefined;
  dueTime?: string | undefined;
  period?: string | undefined;
  data?: AnyInit | undefined;
  ttl?: string | undefined;
}

function readActorReminder(
  r: Reader,
  end: number,
  m: ActorReminder = {
    actorType: "",
    actorId: "",
    dueTime: undefined,
    period: undefined,
    data: undefined,
    ttl: undefined,
  },
): ActorReminder {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.actorType = r.string();
        break;
      case 18:
        m.actorId = r.string();
        break;
      case 34:
        m.dueTime = r.string();
        break;
      case 42:
        m.period = r.string();
        break;
      case 50: {
        const e = r.enter();
        m.data = Any.read(r, e, m.data);
        r.leave(e);
        break;
      }
      case 58:
        m.ttl = r.string();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeActorReminder(w: Writer, m: ActorReminderInit): void {
  const v0 = m.ttl;
  if (v0 !== undefined) {
    w.string(v0);
    w.uint32(58);
  }
  const v1 = m.data;
  if (v1 !== undefined) {
    const s = w.written;
    Any.write(w, v1);
    w.delimit(s, 50);
  }
  const v2 = m.period;
  if (v2 !== undefined) {
    w.string(v2);
    w.uint32(42);
  }
  const v3 = m.dueTime;
  if (v3 !== undefined) {
    w.string(v3);
    w.uint32(34);
  }
  const v4 = m.actorId;
  if (v4) {
    w.string(v4);
    w.uint32(18);
  }
  const v5 = m.actorType;
  if (v5) {
    w.string(v5);
    w.uint32(10);
  }
}

export const ActorReminder = /* @__PURE__ */ new MessageCodec<ActorReminder, ActorReminderInit>(
  "dapr.proto.runtime.v1.ActorReminder",
  readActorReminder,
  writeActorReminder,
);

/** Removes the reminders of a type, or of one actor of it. */
export interface UnregisterActorRemindersByTypeRequest {
  actorType: string;
  actorId: string | undefined;
}
export interface UnregisterActorRemindersByTypeRequestInit {
  actorType?: string | undefined;
  actorId?: string | undefined;
}

function readUnregisterActorRemindersByTypeRequest(
  r: Reader,
  end: number,
  m: UnregisterActorRemindersByTypeRequest = {
    actorType: "",
    actorId: undefined,
  },
): UnregisterActorRemindersByTypeRequest {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.actorType = r.string();
        break;
      case 18:
        m.actorId = r.string();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeUnregisterActorRemindersByTypeRequest(w: Writer, m: UnregisterActorRemindersByTypeRequestInit): void {
  const v0 = m.actorId;
  if (v0 !== undefined) {
    w.string(v0);
    w.uint32(18);
  }
  const v1 = m.actorType;
  if (v1) {
    w.string(v1);
    w.uint32(10);
  }
}

export const UnregisterActorRemindersByTypeRequest = /* @__PURE__ */ new MessageCodec<UnregisterActorRemindersByTypeRequest, UnregisterActorRemindersByTypeRequestInit>(
  "dapr.proto.runtime.v1.UnregisterActorRemindersByTypeRequest",
  readUnregisterActorRemindersByTypeRequest,
  writeUnregisterActorRemindersByTypeRequest,
);

export interface UnregisterActorRemindersByTypeResponse {}
export interface UnregisterActorRemindersByTypeResponseInit {}

function readUnregisterActorRemindersByTypeResponse(
  r: Reader,
  end: number,
  m: UnregisterActorRemindersByTypeResponse = {},
): UnregisterActorRemindersByTypeResponse {
  while (r.pos < end) r.skip(r.tag());
  return m;
}

function writeUnregisterActorRemindersByTypeResponse(_w: Writer, _m: UnregisterActorRemindersByTypeResponseInit): void {
}

export const UnregisterActorRemindersByTypeResponse = /* @__PURE__ */ new MessageCodec<UnregisterActorRemindersByTypeResponse, UnregisterActorRemindersByTypeResponseInit>(
  "dapr.proto.runtime.v1.UnregisterActorRemindersByTypeResponse",
  readUnregisterActorRemindersByTypeResponse,
  writeUnregisterActorRemindersByTypeResponse,
);

/** Towards the sidecar: first what the app hosts, then answers. */
export interface SubscribeActorEventsRequestAlpha1 {
  initialRequest: SubscribeActorEventsRequestInitialAlpha1 | undefined;
  invokeResponse: SubscribeActorEventsRequestInvokeResponseAlpha1 | undefined;
  reminderResponse: SubscribeActorEventsRequestReminderResponseAlpha1 | undefined;
  timerResponse: SubscribeActorEventsRequestReminderResponseAlpha1 | undefined;
  deactivateResponse: SubscribeActorEventsRequestDeactivateResponseAlpha1 | undefined;
  requestFailed: SubscribeActorEventsRequestFailedAlpha1 | undefined;
}
export interface SubscribeActorEventsRequestAlpha1Init {
  initialRequest?: SubscribeActorEventsRequestInitialAlpha1Init | undefined;
  invokeResponse?: SubscribeActorEventsRequestInvokeResponseAlpha1Init | undefined;
  reminderResponse?: SubscribeActorEventsRequestReminderResponseAlpha1Init | undefined;
  timerResponse?: SubscribeActorEventsRequestReminderResponseAlpha1Init | undefined;
  deactivateResponse?: SubscribeActorEventsRequestDeactivateResponseAlpha1Init | undefined;
  requestFailed?: SubscribeActorEventsRequestFailedAlpha1Init | undefined;
}

function readSubscribeActorEventsRequestAlpha1(
  r: Reader,
  end: number,
  m: SubscribeActorEventsRequestAlpha1 = {
    initialRequest: undefined,
    invokeResponse: undefined,
    reminderResponse: undefined,
    timerResponse: undefined,
    deactivateResponse: undefined,
    requestFailed: undefined,
  },
): SubscribeActorEventsRequestAlpha1 {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const e = r.enter();
        m.initialRequest = readSubscribeActorEventsRequestInitialAlpha1(r, e, m.initialRequest);
        r.leave(e);
        m.invokeResponse = undefined;
        m.reminderResponse = undefined;
        m.timerResponse = undefined;
        m.deactivateResponse = undefined;
        m.requestFailed = undefined;
        break;
      }
      case 18: {
        const e = r.enter();
        m.invokeResponse = readSubscribeActorEventsRequestInvokeResponseAlpha1(r, e, m.invokeResponse);
        r.leave(e);
        m.initialRequest = undefined;
        m.reminderResponse = undefined;
        m.timerResponse = undefined;
        m.deactivateResponse = undefined;
        m.requestFailed = undefined;
        break;
      }
      case 26: {
        const e = r.enter();
        m.reminderResponse = readSubscribeActorEventsRequestReminderResponseAlpha1(r, e, m.reminderResponse);
        r.leave(e);
        m.initialRequest = undefined;
        m.invokeResponse = undefined;
        m.timerResponse = undefined;
        m.deactivateResponse = undefined;
        m.requestFailed = undefined;
        break;
      }
      case 34: {
        const e = r.enter();
        m.timerResponse = readSubscribeActorEventsRequestReminderResponseAlpha1(r, e, m.timerResponse);
        r.leave(e);
        m.initialRequest = undefined;
        m.invokeResponse = undefined;
        m.reminderResponse = undefined;
        m.deactivateResponse = undefined;
        m.requestFailed = undefined;
        break;
      }
      case 42: {
        const e = r.enter();
        m.deactivateResponse = readSubscribeActorEventsRequestDeactivateResponseAlpha1(r, e, m.deactivateResponse);
        r.leave(e);
        m.initialRequest = undefined;
        m.invokeResponse = undefined;
        m.reminderResponse = undefined;
        m.timerResponse = undefined;
        m.requestFailed = undefined;
        break;
      }
      case 50: {
        const e = r.enter();
        m.requestFailed = readSubscribeActorEventsRequestFailedAlpha1(r, e, m.requestFailed);
        r.leave(e);
        m.initialRequest = undefined;
        m.invokeResponse = undefined;
        m.reminderResponse = undefined;
        m.timerResponse = undefined;
        m.deactivateResponse = undefined;
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeSubscribeActorEventsRequestAlpha1(w: Writer, m: SubscribeActorEventsRequestAlpha1Init): void {
  const v0 = m.requestFailed;
  if (v0 !== undefined) {
    const s = w.written;
    writeSubscribeActorEventsRequestFailedAlpha1(w, v0);
    w.delimit(s, 50);
  }
  const v1 = m.deactivateResponse;
  if (v1 !== undefined) {
    const s = w.written;
    writeSubscribeActorEventsRequestDeactivateResponseAlpha1(w, v1);
    w.delimit(s, 42);
  }
  const v2 = m.timerResponse;
  if (v2 !== undefined) {
    const s = w.written;
    writeSubscribeActorEventsRequestReminderResponseAlpha1(w, v2);
    w.delimit(s, 34);
  }
  const v3 = m.reminderResponse;
  if (v3 !== undefined) {
    const s = w.written;
    writeSubscribeActorEventsRequestReminderResponseAlpha1(w, v3);
    w.delimit(s, 26);
  }
  const v4 = m.invokeResponse;
  if (v4 !== undefined) {
    const s = w.written;
    writeSubscribeActorEventsRequestInvokeResponseAlpha1(w, v4);
    w.delimit(s, 18);
  }
  const v5 = m.initialRequest;
  if (v5 !== undefined) {
    const s = w.written;
    writeSubscribeActorEventsRequestInitialAlpha1(w, v5);
    w.delimit(s, 10);
  }
}

export const SubscribeActorEventsRequestAlpha1 = /* @__PURE__ */ new MessageCodec<SubscribeActorEventsRequestAlpha1, SubscribeActorEventsRequestAlpha1Init>(
  "dapr.proto.runtime.v1.SubscribeActorEventsRequestAlpha1",
  readSubscribeActorEventsRequestAlpha1,
  writeSubscribeActorEventsRequestAlpha1,
);

/** What the app hosts, in place of its HTTP configuration. */
export interface SubscribeActorEventsRequestInitialAlpha1 {
  entities: string[];
  actorIdleTimeout: Duration | undefined;
  drainOngoingCallTimeout: Duration | undefined;
  drainRebalancedActors: boolean | undefined;
  reentrancy: ActorReentrancyConfig | undefined;
  entitiesConfig: ActorEntityConfig[];
}
export interface SubscribeActorEventsRequestInitialAlpha1Init {
  entities?: readonly string[] | undefined;
  actorIdleTimeout?: DurationInit | undefined;
  drainOngoingCallTimeout?: DurationInit | undefined;
  drainRebalancedActors?: boolean | undefined;
  reentrancy?: ActorReentrancyConfigInit | undefined;
  entitiesConfig?: readonly ActorEntityConfigInit[] | undefined;
}

function readSubscribeActorEventsRequestInitialAlpha1(
  r: Reader,
  end: number,
  m: SubscribeActorEventsRequestInitialAlpha1 = {
    entities: [],
    actorIdleTimeout: undefined,
    drainOngoingCallTimeout: undefined,
    drainRebalancedActors: undefined,
    reentrancy: undefined,
    entitiesConfig: [],
  },
): SubscribeActorEventsRequestInitialAlpha1 {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.entities.push(r.string());
        break;
      case 18: {
        const e = r.enter();
        m.actorIdleTimeout = Duration.read(r, e, m.actorIdleTimeout);
        r.leave(e);
        break;
      }
      case 26: {
        const e = r.enter();
        m.drainOngoingCallTimeout = Duration.read(r, e, m.drainOngoingCallTimeout);
        r.leave(e);
        break;
      }
      case 32:
        m.drainRebalancedActors = r.bool();
        break;
      case 42: {
        const e = r.enter();
        m.reentrancy = readActorReentrancyConfig(r, e, m.reentrancy);
        r.leave(e);
        break;
      }
      case 50: {
        const e = r.enter();
        m.entitiesConfig.push(readActorEntityConfig(r, e));
        r.leave(e);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeSubscribeActorEventsRequestInitialAlpha1(w: Writer, m: SubscribeActorEventsRequestInitialAlpha1Init): void {
  const v0 = m.entitiesConfig;
  if (v0 !== undefined && v0.length > 0) {
    for (let i = v0.length - 1; i >= 0; i--) {
      const s = w.written;
      writeActorEntityConfig(w, v0[i]!);
      w.delimit(s, 50);
    }
  }
  const v1 = m.reentrancy;
  if (v1 !== undefined) {
    const s = w.written;
    writeActorReentrancyConfig(w, v1);
    w.delimit(s, 42);
  }
  const v2 = m.drainRebalancedActors;
  if (v2 !== undefined) {
    w.bool(v2);
    w.uint32(32);
  }
  const v3 = m.drainOngoingCallTimeout;
  if (v3 !== undefined) {
    const s = w.written;
    Duration.write(w, v3);
    w.delimit(s, 26);
  }
  const v4 = m.actorIdleTimeout;
  if (v4 !== undefined) {
    const s = w.written;
    Duration.write(w, v4);
    w.delimit(s, 18);
  }
  const v5 = m.entities;
  if (v5 !== undefined && v5.length > 0) {
    for (let i = v5.length - 1; i >= 0; i--) {
      w.string(v5[i]!);
      w.uint32(10);
    }
  }
}

export const SubscribeActorEventsRequestInitialAlpha1 = /* @__PURE__ */ new MessageCodec<SubscribeActorEventsRequestInitialAlpha1, SubscribeActorEventsRequestInitialAlpha1Init>(
  "dapr.proto.runtime.v1.SubscribeActorEventsRequestInitialAlpha1",
  readSubscribeActorEventsRequestInitialAlpha1,
  writeSubscribeActorEventsRequestInitialAlpha1,
);

export interface SubscribeActorEventsRequestInvokeResponseAlpha1 {
  id: string;
  data: Buffer;
  metadata: Map<string, string>;
  error: boolean;
}
export interface SubscribeActorEventsRequestInvokeResponseAlpha1Init {
  id?: string | undefined;
  data?: Uint8Array | undefined;
  metadata?: ReadonlyMap<string, string> | undefined;
  error?: boolean | undefined;
}

function readSubscribeActorEventsRequestInvokeResponseAlpha1(
  r: Reader,
  end: number,
  m: SubscribeActorEventsRequestInvokeResponseAlpha1 = {
    id: "",
    data: noBytes,
    metadata: new Map(),
    error: false,
  },
): SubscribeActorEventsRequestInvokeResponseAlpha1 {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.id = r.string();
        break;
      case 18:
        m.data = r.bytes();
        break;
      case 26:
        readStringEntry(r, m.metadata);
        break;
      case 32:
        m.error = r.bool();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeSubscribeActorEventsRequestInvokeResponseAlpha1(w: Writer, m: SubscribeActorEventsRequestInvokeResponseAlpha1Init): void {
  const v0 = m.error;
  if (v0) {
    w.bool(v0);
    w.uint32(32);
  }
  const v1 = m.metadata;
  if (v1 !== undefined && v1.size > 0) {
    writeStringMap(w, v1, 26);
  }
  const v2 = m.data;
  if (v2 !== undefined && v2.length > 0) {
    w.bytes(v2);
    w.uint32(18);
  }
  const v3 = m.id;
  if (v3) {
    w.string(v3);
    w.uint32(10);
  }
}

export const SubscribeActorEventsRequestInvokeResponseAlpha1 = /* @__PURE__ */ new MessageCodec<SubscribeActorEventsRequestInvokeResponseAlpha1, SubscribeActorEventsRequestInvokeResponseAlpha1Init>(
  "dapr.proto.runtime.v1.SubscribeActorEventsRequestInvokeResponseAlpha1",
  readSubscribeActorEventsRequestInvokeResponseAlpha1,
  writeSubscribeActorEventsRequestInvokeResponseAlpha1,
);

export interface SubscribeActorEventsRequestReminderResponseAlpha1 {
  id: string;
  cancel: boolean;
}
export interface SubscribeActorEventsRequestReminderResponseAlpha1Init {
  id?: string | undefined;
  cancel?: boolean | undefined;
}

function readSubscribeActorEventsRequestReminderResponseAlpha1(
  r: Reader,
  end: number,
  m: SubscribeActorEventsRequestReminderResponseAlpha1 = {
    id: "",
    cancel: false,
  },
): SubscribeActorEventsRequestReminderResponseAlpha1 {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.id = r.string();
        break;
      case 16:
        m.cancel = r.bool();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeSubscribeActorEventsRequestReminderResponseAlpha1(w: Writer, m: SubscribeActorEventsRequestReminderResponseAlpha1Init): void {
  const v0 = m.cancel;
  if (v0) {
    w.bool(v0);
    w.uint32(16);
  }
  const v1 = m.id;
  if (v1) {
    w.string(v1);
    w.uint32(10);
  }
}

export const SubscribeActorEventsRequestReminderResponseAlpha1 = /* @__PURE__ */ new MessageCodec<SubscribeActorEventsRequestReminderResponseAlpha1, SubscribeActorEventsRequestReminderResponseAlpha1Init>(
  "dapr.proto.runtime.v1.SubscribeActorEventsRequestReminderResponseAlpha1",
  readSubscribeActorEventsRequestReminderResponseAlpha1,
  writeSubscribeActorEventsRequestReminderResponseAlpha1,
);

export interface SubscribeActorEventsRequestDeactivateResponseAlpha1 {
  id: string;
}
export interface SubscribeActorEventsRequestDeactivateResponseAlpha1Init {
  id?: string | undefined;
}

function readSubscribeActorEventsRequestDeactivateResponseAlpha1(
  r: Reader,
  end: number,
  m: SubscribeActorEventsRequestDeactivateResponseAlpha1 = {
    id: "",
  },
): SubscribeActorEventsRequestDeactivateResponseAlpha1 {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.id = r.string();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeSubscribeActorEventsRequestDeactivateResponseAlpha1(w: Writer, m: SubscribeActorEventsRequestDeactivateResponseAlpha1Init): void {
  const v0 = m.id;
  if (v0) {
    w.string(v0);
    w.uint32(10);
  }
}

export const SubscribeActorEventsRequestDeactivateResponseAlpha1 = /* @__PURE__ */ new MessageCodec<SubscribeActorEventsRequestDeactivateResponseAlpha1, SubscribeActorEventsRequestDeactivateResponseAlpha1Init>(
  "dapr.proto.runtime.v1.SubscribeActorEventsRequestDeactivateResponseAlpha1",
  readSubscribeActorEventsRequestDeactivateResponseAlpha1,
  writeSubscribeActorEventsRequestDeactivateResponseAlpha1,
);

/** The app could not do it. */
export interface SubscribeActorEventsRequestFailedAlpha1 {
  id: string;
  code: number;
  message: string;
}
export interface SubscribeActorEventsRequestFailedAlpha1Init {
  id?: string | undefined;
  code?: number | undefined;
  message?: string | undefined;
}

function readSubscribeActorEventsRequestFailedAlpha1(
  r: Reader,
  end: number,
  m: SubscribeActorEventsRequestFailedAlpha1 = {
    id: "",
    code: 0,
    message: "",
  },
): SubscribeActorEventsRequestFailedAlpha1 {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.id = r.string();
        break;
      case 16:
        m.code = r.uint32();
        break;
      case 26:
        m.message = r.string();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeSubscribeActorEventsRequestFailedAlpha1(w: Writer, m: SubscribeActorEventsRequestFailedAlpha1Init): void {
  const v0 = m.message;
  if (v0) {
    w.string(v0);
    w.uint32(26);
  }
  const v1 = m.code;
  if (v1) {
    w.uint32(v1 >>> 0);
    w.uint32(16);
  }
  const v2 = m.id;
  if (v2) {
    w.string(v2);
    w.uint32(10);
  }
}

export const SubscribeActorEventsRequestFailedAlpha1 = /* @__PURE__ */ new MessageCodec<SubscribeActorEventsRequestFailedAlpha1, SubscribeActorEventsRequestFailedAlpha1Init>(
  "dapr.proto.runtime.v1.SubscribeActorEventsRequestFailedAlpha1",
  readSubscribeActorEventsRequestFailedAlpha1,
  writeSubscribeActorEventsRequestFailedAlpha1,
);

/** Towards the app: what its actors are to do. Each request has an id that the answer repeats. */
export interface SubscribeActorEventsResponseAlpha1 {
  initialResponse: SubscribeActorEventsResponseInitialAlpha1 | undefined;
  invokeRequest: SubscribeActorEventsResponseInvokeRequestAlpha1 | undefined;
  reminderRequest: SubscribeActorEventsResponseReminderRequestAlpha1 | undefined;
  timerRequest: SubscribeActorEventsResponseTimerRequestAlpha1 | undefined;
  deactivateRequest: SubscribeActorEventsResponseDeactivateRequestAlpha1 | undefined;
}
export interface SubscribeActorEventsResponseAlpha1Init {
  initialResponse?: SubscribeActorEventsResponseInitialAlpha1Init | undefined;
  invokeRequest?: SubscribeActorEventsResponseInvokeRequestAlpha1Init | undefined;
  reminderRequest?: SubscribeActorEventsResponseReminderRequestAlpha1Init | undefined;
  timerRequest?: SubscribeActorEventsResponseTimerRequestAlpha1Init | undefined;
  deactivateRequest?: SubscribeActorEventsResponseDeactivateRequestAlpha1Init | undefined;
}

function readSubscribeActorEventsResponseAlpha1(
  r: Reader,
  end: number,
  m: SubscribeActorEventsResponseAlpha1 = {
    initialResponse: undefined,
    invokeRequest: undefined,
    reminderRequest: undefined,
    timerRequest: undefined,
    deactivateRequest: undefined,
  },
): SubscribeActorEventsResponseAlpha1 {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const e = r.enter();
        m.initialResponse = readSubscribeActorEventsResponseInitialAlpha1(r, e, m.initialResponse);
        r.leave(e);
        m.invokeRequest = undefined;
        m.reminderRequest = undefined;
        m.timerRequest = undefined;
        m.deactivateRequest = undefined;
        break;
      }
      case 18: {
        const e = r.enter();
        m.invokeRequest = readSubscribeActorEventsResponseInvokeRequestAlpha1(r, e, m.invokeRequest);
        r.leave(e);
        m.initialResponse = undefined;
        m.reminderRequest = undefined;
        m.timerRequest = undefined;
        m.deactivateRequest = undefined;
        break;
      }
      case 26: {
        const e = r.enter();
        m.reminderRequest = readSubscribeActorEventsResponseReminderRequestAlpha1(r, e, m.reminderRequest);
        r.leave(e);
        m.initialResponse = undefined;
        m.invokeRequest = undefined;
        m.timerRequest = undefined;
        m.deactivateRequest = undefined;
        break;
      }
      case 34: {
        const e = r.enter();
        m.timerRequest = readSubscribeActorEventsResponseTimerRequestAlpha1(r, e, m.timerRequest);
        r.leave(e);
        m.initialResponse = undefined;
        m.invokeRequest = undefined;
        m.reminderRequest = undefined;
        m.deactivateRequest = undefined;
        break;
      }
      case 42: {
        const e = r.enter();
        m.deactivateRequest = readSubscribeActorEventsResponseDeactivateRequestAlpha1(r, e, m.deactivateRequest);
        r.leave(e);
        m.initialResponse = undefined;
        m.invokeRequest = undefined;
        m.reminderRequest = undefined;
        m.timerRequest = undefined;
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeSubscribeActorEventsResponseAlpha1(w: Writer, m: SubscribeActorEventsResponseAlpha1Init): void {
  const v0 = m.deactivateRequest;
  if (v0 !== undefined) {
    const s = w.written;
    writeSubscribeActorEventsResponseDeactivateRequestAlpha1(w, v0);
    w.delimit(s, 42);
  }
  const v1 = m.timerRequest;
  if (v1 !== undefined) {
    const s = w.written;
    writeSubscribeActorEventsResponseTimerRequestAlpha1(w, v1);
    w.delimit(s, 34);
  }
  const v2 = m.reminderRequest;
  if (v2 !== undefined) {
    const s = w.written;
    writeSubscribeActorEventsResponseReminderRequestAlpha1(w, v2);
    w.delimit(s, 26);
  }
  const v3 = m.invokeRequest;
  if (v3 !== undefined) {
    const s = w.written;
    writeSubscribeActorEventsResponseInvokeRequestAlpha1(w, v3);
    w.delimit(s, 18);
  }
  const v4 = m.initialResponse;
  if (v4 !== undefined) {
    const s = w.written;
    writeSubscribeActorEventsResponseInitialAlpha1(w, v4);
    w.delimit(s, 10);
  }
}

export const SubscribeActorEventsResponseAlpha1 = /* @__PURE__ */ new MessageCodec<SubscribeActorEventsResponseAlpha1, SubscribeActorEventsResponseAlpha1Init>(
  "dapr.proto.runtime.v1.SubscribeActorEventsResponseAlpha1",
  readSubscribeActorEventsResponseAlpha1,
  writeSubscribeActorEventsResponseAlpha1,
);

export interface SubscribeActorEventsResponseInitialAlpha1 {}
export interface SubscribeActorEventsResponseInitialAlpha1Init {}

function readSubscribeActorEventsResponseInitialAlpha1(
  r: Reader,
  end: number,
  m: SubscribeActorEventsResponseInitialAlpha1 = {},
): SubscribeActorEventsResponseInitialAlpha1 {
  while (r.pos < end) r.skip(r.tag());
  return m;
}

function writeSubscribeActorEventsResponseInitialAlpha1(_w: Writer, _m: SubscribeActorEventsResponseInitialAlpha1Init): void {
}

export const SubscribeActorEventsResponseInitialAlpha1 = /* @__PURE__ */ new MessageCodec<SubscribeActorEventsResponseInitialAlpha1, SubscribeActorEventsResponseInitialAlpha1Init>(
  "dapr.proto.runtime.v1.SubscribeActorEventsResponseInitialAlpha1",
  readSubscribeActorEventsResponseInitialAlpha1,
  writeSubscribeActorEventsResponseInitialAlpha1,
);

export interface SubscribeActorEventsResponseInvokeRequestAlpha1 {
  id: string;
  actorType: string;
  actorId: string;
  method: string;
  data: Buffer;
  metadata: Map<string, string>;
}
export interface SubscribeActorEventsResponseInvokeRequestAlpha1Init {
  id?: string | undefined;
  actorType?: string | undefined;
  actorId?: string | undefined;
  method?: string | undefined;
  data?: Uint8Array | undefined;
  metadata?: ReadonlyMap<string, string> | undefined;
}

function readSubscribeActorEventsResponseInvokeRequestAlpha1(
  r: Reader,
  end: number,
  m: SubscribeActorEventsResponseInvokeRequestAlpha1 = {
    id: "",
    actorType: "",
    actorId: "",
    method: "",
    data: noBytes,
    metadata: new Map(),
  },
): SubscribeActorEventsResponseInvokeRequestAlpha1 {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.id = r.string();
        break;
      case 18:
        m.actorType = r.string();
        break;
      case 26:
        m.actorId = r.string();
        break;
      case 34:
        m.method = r.string();
        break;
      case 42:
        m.data = r.bytes();
        break;
      case 50:
        readStringEntry(r, m.metadata);
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeSubscribeActorEventsResponseInvokeRequestAlpha1(w: Writer, m: SubscribeActorEventsResponseInvokeRequestAlpha1Init): void {
  const v0 = m.metadata;
  if (v0 !== undefined && v0.size > 0) {
    writeStringMap(w, v0, 50);
  }
  const v1 = m.data;
  if (v1 !== undefined && v1.length > 0) {
    w.bytes(v1);
    w.uint32(42);
  }
  const v2 = m.method;
  if (v2) {
    w.string(v2);
    w.uint32(34);
  }
  const v3 = m.actorId;
  if (v3) {
    w.string(v3);
    w.uint32(26);
  }
  const v4 = m.actorType;
  if (v4) {
    w.string(v4);
    w.uint32(18);
  }
  const v5 = m.id;
  if (v5) {
    w.string(v5);
    w.uint32(10);
  }
}

export const SubscribeActorEventsResponseInvokeRequestAlpha1 = /* @__PURE__ */ new MessageCodec<SubscribeActorEventsResponseInvokeRequestAlpha1, SubscribeActorEventsResponseInvokeRequestAlpha1Init>(
  "dapr.proto.runtime.v1.SubscribeActorEventsResponseInvokeRequestAlpha1",
  readSubscribeActorEventsResponseInvokeRequestAlpha1,
  writeSubscribeActorEventsResponseInvokeRequestAlpha1,
);

export interface SubscribeActorEventsResponseReminderRequestAlpha1 {
  id: string;
  actorType: string;
  actorId: string;
  name: string;
  dueTime: string;
  period: string;
  data: Any | undefined;
}
export interface SubscribeActorEventsResponseReminderRequestAlpha1Init {
  id?: string | undefined;
  actorType?: string | undefined;
  actorId?: string | undefined;
  name?: string | undefined;
  dueTime?: string | undefined;
  period?: string | undefined;
  data?: AnyInit | undefined;
}

function readSubscribeActorEventsResponseReminderRequestAlpha1(
  r: Reader,
  end: number,
  m: SubscribeActorEventsResponseReminderRequestAlpha1 = {
    id: "",
    actorType: "",
    actorId: "",
    name: "",
    dueTime: "",
    period: "",
    data: undefined,
  },
): SubscribeActorEventsResponseReminderRequestAlpha1 {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.id = r.string();
        break;
      case 18:
        m.actorType = r.string();
        break;
      case 26:
        m.actorId = r.string();
        break;
      case 34:
        m.name = r.string();
        break;
      case 42:
        m.dueTime = r.string();
        break;
      case 50:
        m.period = r.string();
        break;
      case 58: {
        const e = r.enter();
        m.data = Any.read(r, e, m.data);
        r.leave(e);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeSubscribeActorEventsResponseReminderRequestAlpha1(w: Writer, m: SubscribeActorEventsResponseReminderRequestAlpha1Init): void {
  const v0 = m.data;
  if (v0 !== undefined) {
    const s = w.written;
    Any.write(w, v0);
    w.delimit(s, 58);
  }
  const v1 = m.period;
  if (v1) {
    w.string(v1);
    w.uint32(50);
  }
  const v2 = m.dueTime;
  if (v2) {
    w.string(v2);
    w.uint32(42);
  }
  const v3 = m.name;
  if (v3) {
    w.string(v3);
    w.uint32(34);
  }
  const v4 = m.actorId;
  if (v4) {
    w.string(v4);
    w.uint32(26);
  }
  const v5 = m.actorType;
  if (v5) {
    w.string(v5);
    w.uint32(18);
  }
  const v6 = m.id;
  if (v6) {
    w.string(v6);
    w.uint32(10);
  }
}

export const SubscribeActorEventsResponseReminderRequestAlpha1 = /* @__PURE__ */ new MessageCodec<SubscribeActorEventsResponseReminderRequestAlpha1, SubscribeActorEventsResponseReminderRequestAlpha1Init>(
  "dapr.proto.runtime.v1.SubscribeActorEventsResponseReminderRequestAlpha1",
  readSubscribeActorEventsResponseReminderRequestAlpha1,
  writeSubscribeActorEventsResponseReminderRequestAlpha1,
);

export interface SubscribeActorEventsResponseTimerRequestAlpha1 {
  id: string;
  actorType: string;
  actorId: string;
  name: string;
  dueTime: string;
  period: string;
  callback: string;
  data: Any | undefined;
}
export interface SubscribeActorEventsResponseTimerRequestAlpha1Init {
  id?: string | undefined;
  actorType?: string | undefined;
  actorId?: string | undefined;
  name?: string | undefined;
  dueTime?: string | undefined;
  period?: string | undefined;
  callback?: string | undefined;
  data?: AnyInit | undefined;
}

function readSubscribeActorEventsResponseTimerRequestAlpha1(
  r: Reader,
  end: number,
  m: SubscribeActorEventsResponseTimerRequestAlpha1 = {
    id: "",
    actorType: "",
    actorId: "",
    name: "",
    dueTime: "",
    period: "",
    callback: "",
    data: undefined,
  },
): SubscribeActorEventsResponseTimerRequestAlpha1 {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.id = r.string();
        break;
      case 18:
        m.actorType = r.string();
        break;
      case 26:
        m.actorId = r.string();
        break;
      case 34:
        m.name = r.string();
        break;
      case 42:
        m.dueTime = r.string();
        break;
      case 50:
        m.period = r.string();
        break;
      case 58:
        m.callback = r.string();
        break;
      case 66: {
        const e = r.enter();
        m.data = Any.read(r, e, m.data);
        r.leave(e);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeSubscribeActorEventsResponseTimerRequestAlpha1(w: Writer, m: SubscribeActorEventsResponseTimerRequestAlpha1Init): void {
  const v0 = m.data;
  if (v0 !== undefined) {
    const s = w.written;
    Any.write(w, v0);
    w.delimit(s, 66);
  }
  const v1 = m.callback;
  if (v1) {
    w.string(v1);
    w.uint32(58);
  }
  const v2 = m.period;
  if (v2) {
    w.string(v2);
    w.uint32(50);
  }
  const v3 = m.dueTime;
  if (v3) {
    w.string(v3);
    w.uint32(42);
  }
  const v4 = m.name;
  if (v4) {
    w.string(v4);
    w.uint32(34);
  }
  const v5 = m.actorId;
  if (v5) {
    w.string(v5);
    w.uint32(26);
  }
  const v6 = m.actorType;
  if (v6) {
    w.string(v6);
    w.uint32(18);
  }
  const v7 = m.id;
  if (v7) {
    w.string(v7);
    w.uint32(10);
  }
}

export const SubscribeActorEventsResponseTimerRequestAlpha1 = /* @__PURE__ */ new MessageCodec<SubscribeActorEventsResponseTimerRequestAlpha1, SubscribeActorEventsResponseTimerRequestAlpha1Init>(
  "dapr.proto.runtime.v1.SubscribeActorEventsResponseTimerRequestAlpha1",
  readSubscribeActorEventsResponseTimerRequestAlpha1,
  writeSubscribeActorEventsResponseTimerRequestAlpha1,
);

export interface SubscribeActorEventsResponseDeactivateRequestAlpha1 {
  id: string;
  actorType: string;
  actorId: string;
}
export interface SubscribeActorEventsResponseDeactivateRequestAlpha1Init {
  id?: string | undefined;
  actorType?: string | undefined;
  actorId?: string | undefined;
}

function readSubscribeActorEventsResponseDeactivateRequestAlpha1(
  r: Reader,
  end: number,
  m: SubscribeActorEventsResponseDeactivateRequestAlpha1 = {
    id: "",
    actorType: "",
    actorId: "",
  },
): SubscribeActorEventsResponseDeactivateRequestAlpha1 {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.id = r.string();
        break;
      case 18:
        m.actorType = r.string();
        break;
      case 26:
        m.actorId = r.string();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeSubscribeActorEventsResponseDeactivateRequestAlpha1(w: Writer, m: SubscribeActorEventsResponseDeactivateRequestAlpha1Init): void {
  const v0 = m.actorId;
  if (v0) {
    w.string(v0);
    w.uint32(26);
  }
  const v1 = m.actorType;
  if (v1) {
    w.string(v1);
    w.uint32(18);
  }
  const v2 = m.id;
  if (v2) {
    w.string(v2);
    w.uint32(10);
  }
}

export const SubscribeActorEventsResponseDeactivateRequestAlpha1 = /* @__PURE__ */ new MessageCodec<SubscribeActorEventsResponseDeactivateRequestAlpha1, SubscribeActorEventsResponseDeactivateRequestAlpha1Init>(
  "dapr.proto.runtime.v1.SubscribeActorEventsResponseDeactivateRequestAlpha1",
  readSubscribeActorEventsResponseDeactivateRequestAlpha1,
  writeSubscribeActorEventsResponseDeactivateRequestAlpha1,
);

/** Settings of some actor types. */
export interface ActorEntityConfig {
  entities: string[];
  actorIdleTimeout: Duration | undefined;
  drainOngoingCallTimeout: Duration | undefined;
  drainRebalancedActors: boolean | undefined;
  reentrancy: ActorReentrancyConfig | undefined;
}
export interface ActorEntityConfigInit {
  entities?: readonly string[] | undefined;
  actorIdleTimeout?: DurationInit | undefined;
  drainOngoingCallTimeout?: DurationInit | undefined;
  drainRebalancedActors?: boolean | undefined;
  reentrancy?: ActorReentrancyConfigInit | undefined;
}

function readActorEntityConfig(
  r: Reader,
  end: number,
  m: ActorEntityConfig = {
    entities: [],
    actorIdleTimeout: undefined,
    drainOngoingCallTimeout: undefined,
    drainRebalancedActors: undefined,
    reentrancy: undefined,
  },
): ActorEntityConfig {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.entities.push(r.string());
        break;
      case 18: {
        const e = r.enter();
        m.actorIdleTimeout = Duration.read(r, e, m.actorIdleTimeout);
        r.leave(e);
        break;
      }
      case 26: {
        const e = r.enter();
        m.drainOngoingCallTimeout = Duration.read(r, e, m.drainOngoingCallTimeout);
        r.leave(e);
        break;
      }
      case 32:
        m.drainRebalancedActors = r.bool();
        break;
      case 42: {
        const e = r.enter();
        m.reentrancy = readActorReentrancyConfig(r, e, m.reentrancy);
        r.leave(e);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeActorEntityConfig(w: Writer, m: ActorEntityConfigInit): void {
  const v0 = m.reentrancy;
  if (v0 !== undefined) {
    const s = w.written;
    writeActorReentrancyConfig(w, v0);
    w.delimit(s, 42);
  }
  const v1 = m.drainRebalancedActors;
  if (v1 !== undefined) {
    w.bool(v1);
    w.uint32(32);
  }
  const v2 = m.drainOngoingCallTimeout;
  if (v2 !== undefined) {
    const s = w.written;
    Duration.write(w, v2);
    w.delimit(s, 26);
  }
  const v3 = m.actorIdleTimeout;
  if (v3 !== undefined) {
    const s = w.written;
    Duration.write(w, v3);
    w.delimit(s, 18);
  }
  const v4 = m.entities;
  if (v4 !== undefined && v4.length > 0) {
    for (let i = v4.length - 1; i >= 0; i--) {
      w.string(v4[i]!);
      w.uint32(10);
    }
  }
}

export const ActorEntityConfig = /* @__PURE__ */ new MessageCodec<ActorEntityConfig, ActorEntityConfigInit>(
  "dapr.proto.runtime.v1.ActorEntityConfig",
  readActorEntityConfig,
  writeActorEntityConfig,
);

/** Whether a chain of calls may come back to an actor that waits for it, and how deep. */
export interface ActorReentrancyConfig {
  enabled: boolean;
  maxStackDepth: number | undefined;
}
export interface ActorReentrancyConfigInit {
  enabled?: boolean | undefined;
  maxStackDepth?: number | undefined;
}

function readActorReentrancyConfig(
  r: Reader,
  end: number,
  m: ActorReentrancyConfig = {
    enabled: false,
    maxStackDepth: undefined,
  },
): ActorReentrancyConfig {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 8:
        m.enabled = r.bool();
        break;
      case 16:
        m.maxStackDepth = r.int32();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeActorReentrancyConfig(w: Writer, m: ActorReentrancyConfigInit): void {
  const v0 = m.maxStackDepth;
  if (v0 !== undefined) {
    w.int32(v0);
    w.uint32(16);
  }
  const v1 = m.enabled;
  if (v1) {
    w.bool(v1);
    w.uint32(8);
  }
}

export const ActorReentrancyConfig = /* @__PURE__ */ new MessageCodec<ActorReentrancyConfig, ActorReentrancyConfigInit>(
  "dapr.proto.runtime.v1.ActorReentrancyConfig",
  readActorReentrancyConfig,
  writeActorReentrancyConfig,
);
