// Generated from proto/dapr/proto/operator/v1/resource.proto by tools/generate-proto.ts. Do not edit.
import { MessageCodec, type Reader, type Writer } from "../../../../wire.ts";
import { Timestamp, type TimestampInit } from "../../../../google/protobuf/timestamp.ts";

/** Whether it worked. */
export const ResourceConditionStatus = {
  STATUS_UNKNOWN: 0,
  STATUS_SUCCESS: 1,
  STATUS_FAILURE: 2,
} as const;
export type ResourceConditionStatus = number;

/** Which kind of resource. */
export const ResourceType = {
  RESOURCE_UNKNOWN: 0,
  RESOURCE_COMPONENT: 1,
} as const;
export type ResourceType = number;

/** What was done with it. */
export const EventType = {
  EVENT_UNKNOWN: 0,
  EVENT_INIT: 1,
  EVENT_CLOSE: 2,
} as const;
export type EventType = number;

/** The report. */
export interface ResourceResult {
  resourceType: ResourceType;
  eventType: EventType;
  name: string;
  condition: ResourceConditionStatus;
  reason: string | undefined;
  message: string | undefined;
  observedGeneration: bigint;
  lastTransactionTime: Timestamp | undefined;
}
export interface ResourceResultInit {
  resourceType?: ResourceType | undefined;
  eventType?: EventType | undefined;
  name?: string | undefined;
  condition?: ResourceConditionStatus | undefined;
  reason?: string | undefined;
  message?: string | undefined;
  observedGeneration?: bigint | undefined;
  lastTransactionTime?: TimestampInit | undefined;
}

function readResourceResult(
  r: Reader,
  end: number,
  m: ResourceResult = {
    resourceType: 0,
    eventType: 0,
    name: "",
    condition: 0,
    reason: undefined,
    message: undefined,
    observedGeneration: 0n,
    lastTransactionTime: undefined,
  },
): ResourceResult {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 8:
        m.resourceType = r.int32();
        break;
      case 16:
        m.eventType = r.int32();
        break;
      case 26:
        m.name = r.string();
        break;
      case 32:
        m.condition = r.int32();
        break;
      case 42:
        m.reason = r.string();
        break;
      case 50:
        m.message = r.string();
        break;
      case 56:
        m.observedGeneration = r.int64();
        break;
      case 66: {
        const e = r.enter();
        m.lastTransactionTime = Timestamp.read(r, e, m.lastTransactionTime);
        r.leave(e);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeResourceResult(w: Writer, m: ResourceResultInit): void {
  const v0 = m.lastTransactionTime;
  if (v0 !== undefined) {
    const s = w.written;
    Timestamp.write(w, v0);
    w.delimit(s, 66);
  }
  const v1 = m.observedGeneration;
  if (v1) {
    w.uint64(v1);
    w.uint32(56);
  }
  const v2 = m.message;
  if (v2 !== undefined) {
    w.string(v2);
    w.uint32(50);
  }
  const v3 = m.reason;
  if (v3 !== undefined) {
    w.string(v3);
    w.uint32(42);
  }
  const v4 = m.condition;
  if (v4) {
    w.int32(v4);
    w.uint32(32);
  }
  const v5 = m.name;
  if (v5) {
    w.string(v5);
    w.uint32(26);
  }
  const v6 = m.eventType;
  if (v6) {
    w.int32(v6);
    w.uint32(16);
  }
  const v7 = m.resourceType;
  if (v7) {
    w.int32(v7);
    w.uint32(8);
  }
}

export const ResourceResult = /* @__PURE__ */ new MessageCodec<ResourceResult, ResourceResultInit>(
  "dapr.proto.operator.v1.ResourceResult",
  readResourceResult,
  writeResourceResult,
);
