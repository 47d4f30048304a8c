// Generated from proto/dapr/proto/runtime/v1/lock.proto by tools/generate-proto.ts. Do not edit.
import { MessageCodec, type Reader, type Writer } from "../../../../wire.ts";

/** Takes a lock for some time, or fails at once. */
export interface TryLockRequest {
  storeName: string;
  resourceId: string;
  lockOwner: string;
  expiryInSeconds: number;
}
export interface TryLockRequestInit {
  storeName?: string | undefined;
  resourceId?: string | undefined;
  lockOwner?: string | undefined;
  expiryInSeconds?: number | undefined;
}

function readTryLockRequest(
  r: Reader,
  end: number,
  m: TryLockRequest = {
    storeName: "",
    resourceId: "",
    lockOwner: "",
    expiryInSeconds: 0,
  },
): TryLockRequest {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.storeName = r.string();
        break;
      case 18:
        m.resourceId = r.string();
        break;
      case 26:
        m.lockOwner = r.string();
        break;
      case 32:
        m.expiryInSeconds = r.int32();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeTryLockRequest(w: Writer, m: TryLockRequestInit): void {
  const v0 = m.expiryInSeconds;
  if (v0) {
    w.int32(v0);
    w.uint32(32);
  }
  const v1 = m.lockOwner;
  if (v1) {
    w.string(v1);
    w.uint32(26);
  }
  const v2 = m.resourceId;
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

export const TryLockRequest = /* @__PURE__ */ new MessageCodec<TryLockRequest, TryLockRequestInit>(
  "dapr.proto.runtime.v1.TryLockRequest",
  readTryLockRequest,
  writeTryLockRequest,
);

/** Whether the lock was taken. */
export interface TryLockResponse {
  success: boolean;
}
export interface TryLockResponseInit {
  success?: boolean | undefined;
}

function readTryLockResponse(
  r: Reader,
  end: number,
  m: TryLockResponse = {
    success: false,
  },
): TryLockResponse {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 8:
        m.success = r.bool();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeTryLockResponse(w: Writer, m: TryLockResponseInit): void {
  const v0 = m.success;
  if (v0) {
    w.bool(v0);
    w.uint32(8);
  }
}

export const TryLockResponse = /* @__PURE__ */ new MessageCodec<TryLockResponse, TryLockResponseInit>(
  "dapr.proto.runtime.v1.TryLockResponse",
  readTryLockResponse,
  writeTryLockResponse,
);

/** Gives a lock back; only its owner can. */
export interface UnlockRequest {
  storeName: string;
  resourceId: string;
  lockOwner: string;
}
export interface UnlockRequestInit {
  storeName?: string | undefined;
  resourceId?: string | undefined;
  lockOwner?: string | undefined;
}

function readUnlockRequest(
  r: Reader,
  end: number,
  m: UnlockRequest = {
    storeName: "",
    resourceId: "",
    lockOwner: "",
  },
): UnlockRequest {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.storeName = r.string();
        break;
      case 18:
        m.resourceId = r.string();
        break;
      case 26:
        m.lockOwner = r.string();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeUnlockRequest(w: Writer, m: UnlockRequestInit): void {
  const v0 = m.lockOwner;
  if (v0) {
    w.string(v0);
    w.uint32(26);
  }
  const v1 = m.resourceId;
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

export const UnlockRequest = /* @__PURE__ */ new MessageCodec<UnlockRequest, UnlockRequestInit>(
  "dapr.proto.runtime.v1.UnlockRequest",
  readUnlockRequest,
  writeUnlockRequest,
);

/** What became of it. */
export interface UnlockResponse {
  status: UnlockResponse_Status;
}
export interface UnlockResponseInit {
  status?: UnlockResponse_Status | undefined;
}

function readUnlockResponse(
  r: Reader,
  end: number,
  m: UnlockResponse = {
    status: 0,
  },
): UnlockResponse {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 8:
        m.status = r.int32();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeUnlockResponse(w: Writer, m: UnlockResponseInit): void {
  const v0 = m.status;
  if (v0) {
    w.int32(v0);
    w.uint32(8);
  }
}

export const UnlockResponse = /* @__PURE__ */ new MessageCodec<UnlockResponse, UnlockResponseInit>(
  "dapr.proto.runtime.v1.UnlockResponse",
  readUnlockResponse,
  writeUnlockResponse,
);

export const UnlockResponse_Status = {
  SUCCESS: 0,
  LOCK_DOES_NOT_EXIST: 1,
  LOCK_BELONGS_TO_OTHERS: 2,
  INTERNAL_ERROR: 3,
} as const;
export type UnlockResponse_Status = number;
