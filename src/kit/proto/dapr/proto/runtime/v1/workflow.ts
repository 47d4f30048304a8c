// Generated from proto/dapr/proto/runtime/v1/workflow.proto by tools/generate-proto.ts. Do not edit.
import { MessageCodec, type Reader, type Writer, noBytes, readStringEntry, writeStringMap } from "../../../../wire.ts";
import { Timestamp, type TimestampInit } from "../../../../google/protobuf/timestamp.ts";

/** One workflow. */
export interface GetWorkflowRequest {
  instanceId: string;
  workflowComponent: string;
}
export interface GetWorkflowRequestInit {
  instanceId?: string | undefined;
  workflowComponent?: string | undefined;
}

function readGetWorkflowRequest(
  r: Reader,
  end: number,
  m: GetWorkflowRequest = {
    instanceId: "",
    workflowComponent: "",
  },
): GetWorkflowRequest {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.instanceId = r.string();
        break;
      case 18:
        m.workflowComponent = r.string();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeGetWorkflowRequest(w: Writer, m: GetWorkflowRequestInit): void {
  const v0 = m.workflowComponent;
  if (v0) {
    w.string(v0);
    w.uint32(18);
  }
  const v1 = m.instanceId;
  if (v1) {
    w.string(v1);
    w.uint32(10);
  }
}

export const GetWorkflowRequest = /* @__PURE__ */ new MessageCodec<GetWorkflowRequest, GetWorkflowRequestInit>(
  "dapr.proto.runtime.v1.GetWorkflowRequest",
  readGetWorkflowRequest,
  writeGetWorkflowRequest,
);

/** Its status; times and input are in the properties. */
export interface GetWorkflowResponse {
  instanceId: string;
  workflowName: string;
  createdAt: Timestamp | undefined;
  lastUpdatedAt: Timestamp | undefined;
  runtimeStatus: string;
  properties: Map<string, string>;
}
export interface GetWorkflowResponseInit {
  instanceId?: string | undefined;
  workflowName?: string | undefined;
  createdAt?: TimestampInit | undefined;
  lastUpdatedAt?: TimestampInit | undefined;
  runtimeStatus?: string | undefined;
  properties?: ReadonlyMap<string, string> | undefined;
}

function readGetWorkflowResponse(
  r: Reader,
  end: number,
  m: GetWorkflowResponse = {
    instanceId: "",
    workflowName: "",
    createdAt: undefined,
    lastUpdatedAt: undefined,
    runtimeStatus: "",
    properties: new Map(),
  },
): GetWorkflowResponse {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.instanceId = r.string();
        break;
      case 18:
        m.workflowName = r.string();
        break;
      case 26: {
        const e = r.enter();
        m.createdAt = Timestamp.read(r, e, m.createdAt);
        r.leave(e);
        break;
      }
      case 34: {
        const e = r.enter();
        m.lastUpdatedAt = Timestamp.read(r, e, m.lastUpdatedAt);
        r.leave(e);
        break;
      }
      case 42:
        m.runtimeStatus = r.string();
        break;
      case 50:
        readStringEntry(r, m.properties);
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeGetWorkflowResponse(w: Writer, m: GetWorkflowResponseInit): void {
  const v0 = m.properties;
  if (v0 !== undefined && v0.size > 0) {
    writeStringMap(w, v0, 50);
  }
  const v1 = m.runtimeStatus;
  if (v1) {
    w.string(v1);
    w.uint32(42);
  }
  const v2 = m.lastUpdatedAt;
  if (v2 !== undefined) {
    const s = w.written;
    Timestamp.write(w, v2);
    w.delimit(s, 34);
  }
  const v3 = m.createdAt;
  if (v3 !== undefined) {
    const s = w.written;
    Timestamp.write(w, v3);
    w.delimit(s, 26);
  }
  const v4 = m.workflowName;
  if (v4) {
    w.string(v4);
    w.uint32(18);
  }
  const v5 = m.instanceId;
  if (v5) {
    w.string(v5);
    w.uint32(10);
  }
}

export const GetWorkflowResponse = /* @__PURE__ */ new MessageCodec<GetWorkflowResponse, GetWorkflowResponseInit>(
  "dapr.proto.runtime.v1.GetWorkflowResponse",
  readGetWorkflowResponse,
  writeGetWorkflowResponse,
);

/** Starts a workflow; without id it gets one. */
export interface StartWorkflowRequest {
  instanceId: string;
  workflowComponent: string;
  workflowName: string;
  options: Map<string, string>;
  input: Buffer;
}
export interface StartWorkflowRequestInit {
  instanceId?: string | undefined;
  workflowComponent?: string | undefined;
  workflowName?: string | undefined;
  options?: ReadonlyMap<string, string> | undefined;
  input?: Uint8Array | undefined;
}

function readStartWorkflowRequest(
  r: Reader,
  end: number,
  m: StartWorkflowRequest = {
    instanceId: "",
    workflowComponent: "",
    workflowName: "",
    options: new Map(),
    input: noBytes,
  },
): StartWorkflowRequest {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.instanceId = r.string();
        break;
      case 18:
        m.workflowComponent = r.string();
        break;
      case 26:
        m.workflowName = r.string();
        break;
      case 34:
        readStringEntry(r, m.options);
        break;
      case 42:
        m.input = r.bytes();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeStartWorkflowRequest(w: Writer, m: StartWorkflowRequestInit): void {
  const v0 = m.input;
  if (v0 !== undefined && v0.length > 0) {
    w.bytes(v0);
    w.uint32(42);
  }
  const v1 = m.options;
  if (v1 !== undefined && v1.size > 0) {
    writeStringMap(w, v1, 34);
  }
  const v2 = m.workflowName;
  if (v2) {
    w.string(v2);
    w.uint32(26);
  }
  const v3 = m.workflowComponent;
  if (v3) {
    w.string(v3);
    w.uint32(18);
  }
  const v4 = m.instanceId;
  if (v4) {
    w.string(v4);
    w.uint32(10);
  }
}

export const StartWorkflowRequest = /* @__PURE__ */ new MessageCodec<StartWorkflowRequest, StartWorkflowRequestInit>(
  "dapr.proto.runtime.v1.StartWorkflowRequest",
  readStartWorkflowRequest,
  writeStartWorkflowRequest,
);

export interface StartWorkflowResponse {
  instanceId: string;
}
export interface StartWorkflowResponseInit {
  instanceId?: string | undefined;
}

function readStartWorkflowResponse(
  r: Reader,
  end: number,
  m: StartWorkflowResponse = {
    instanceId: "",
  },
): StartWorkflowResponse {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.instanceId = r.string();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeStartWorkflowResponse(w: Writer, m: StartWorkflowResponseInit): void {
  const v0 = m.instanceId;
  if (v0) {
    w.string(v0);
    w.uint32(10);
  }
}

export const StartWorkflowResponse = /* @__PURE__ */ new MessageCodec<StartWorkflowResponse, StartWorkflowResponseInit>(
  "dapr.proto.runtime.v1.StartWorkflowResponse",
  readStartWorkflowResponse,
  writeStartWorkflowResponse,
);

/** Ends a workflow. */
export interface TerminateWorkflowRequest {
  instanceId: string;
  workflowComponent: string;
}
export interface TerminateWorkflowRequestInit {
  instanceId?: string | undefined;
  workflowComponent?: string | undefined;
}

function readTerminateWorkflowRequest(
  r: Reader,
  end: number,
  m: TerminateWorkflowRequest = {
    instanceId: "",
    workflowComponent: "",
  },
): TerminateWorkflowRequest {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.instanceId = r.string();
        break;
      case 18:
        m.workflowComponent = r.string();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeTerminateWorkflowRequest(w: Writer, m: TerminateWorkflowRequestInit): void {
  const v0 = m.workflowComponent;
  if (v0) {
    w.string(v0);
    w.uint32(18);
  }
  const v1 = m.instanceId;
  if (v1) {
    w.string(v1);
    w.uint32(10);
  }
}

export const TerminateWorkflowRequest = /* @__PURE__ */ new MessageCodec<TerminateWorkflowRequest, TerminateWorkflowRequestInit>(
  "dapr.proto.runtime.v1.TerminateWorkflowRequest",
  readTerminateWorkflowRequest,
  writeTerminateWorkflowRequest,
);

/** Holds a workflow. */
export interface PauseWorkflowRequest {
  instanceId: string;
  workflowComponent: string;
}
export interface PauseWorkflowRequestInit {
  instanceId?: string | undefined;
  workflowComponent?: string | undefined;
}

function readPauseWorkflowRequest(
  r: Reader,
  end: number,
  m: PauseWorkflowRequest = {
    instanceId: "",
    workflowComponent: "",
  },
): PauseWorkflowRequest {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.instanceId = r.string();
        break;
      case 18:
        m.workflowComponent = r.string();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writePauseWorkflowRequest(w: Writer, m: PauseWorkflowRequestInit): void {
  const v0 = m.workflowComponent;
  if (v0) {
    w.string(v0);
    w.uint32(18);
  }
  const v1 = m.instanceId;
  if (v1) {
    w.string(v1);
    w.uint32(10);
  }
}

export const PauseWorkflowRequest = /* @__PURE__ */ new MessageCodec<PauseWorkflowRequest, PauseWorkflowRequestInit>(
  "dapr.proto.runtime.v1.PauseWorkflowRequest",
  readPauseWorkflowRequest,
  writePauseWorkflowRequest,
);

/** Lets a workflow go on. */
export interface ResumeWorkflowRequest {
  instanceId: string;
  workflowComponent: string;
}
export interface ResumeWorkflowRequestInit {
  instanceId?: string | undefined;
  workflowComponent?: string | undefined;
}

function readResumeWorkflowRequest(
  r: Reader,
  end: number,
  m: ResumeWorkflowRequest = {
    instanceId: "",
    workflowComponent: "",
  },
): ResumeWorkflowRequest {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.instanceId = r.string();
        break;
      case 18:
        m.workflowComponent = r.string();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeResumeWorkflowRequest(w: Writer, m: ResumeWorkflowRequestInit): void {
  const v0 = m.workflowComponent;
  if (v0) {
    w.string(v0);
    w.uint32(18);
  }
  const v1 = m.instanceId;
  if (v1) {
    w.string(v1);
    w.uint32(10);
  }
}

export const ResumeWorkflowRequest = /* @__PURE__ */ new MessageCodec<ResumeWorkflowRequest, ResumeWorkflowRequestInit>(
  "dapr.proto.runtime.v1.ResumeWorkflowRequest",
  readResumeWorkflowRequest,
  writeResumeWorkflowRequest,
);

/** Sends an event to a workflow. */
export interface RaiseEventWorkflowRequest {
  instanceId: string;
  workflowComponent: string;
  eventName: string;
  eventData: Buffer;
}
export interface RaiseEventWorkflowRequestInit {
  instanceId?: string | undefined;
  workflowComponent?: string | undefined;
  eventName?: string | undefined;
  eventData?: Uint8Array | undefined;
}

function readRaiseEventWorkflowRequest(
  r: Reader,
  end: number,
  m: RaiseEventWorkflowRequest = {
    instanceId: "",
    workflowComponent: "",
    eventName: "",
    eventData: noBytes,
  },
): RaiseEventWorkflowRequest {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.instanceId = r.string();
        break;
      case 18:
        m.workflowComponent = r.string();
        break;
      case 26:
        m.eventName = r.string();
        break;
      case 34:
        m.eventData = r.bytes();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeRaiseEventWorkflowRequest(w: Writer, m: RaiseEventWorkflowRequestInit): void {
  const v0 = m.eventData;
  if (v0 !== undefined && v0.length > 0) {
    w.bytes(v0);
    w.uint32(34);
  }
  const v1 = m.eventName;
  if (v1) {
    w.string(v1);
    w.uint32(26);
  }
  const v2 = m.workflowComponent;
  if (v2) {
    w.string(v2);
    w.uint32(18);
  }
  const v3 = m.instanceId;
  if (v3) {
    w.string(v3);
    w.uint32(10);
  }
}

export const RaiseEventWorkflowRequest = /* @__PURE__ */ new MessageCodec<RaiseEventWorkflowRequest, RaiseEventWorkflowRequestInit>(
  "dapr.proto.runtime.v1.RaiseEventWorkflowRequest",
  readRaiseEventWorkflowRequest,
  writeRaiseEventWorkflowRequest,
);

/** Deletes the state of a finished workflow. */
export interface PurgeWorkflowRequest {
  instanceId: string;
  workflowComponent: string;
}
export interface PurgeWorkflowRequestInit {
  instanceId?: string | undefined;
  workflowComponent?: string | undefined;
}

function readPurgeWorkflowRequest(
  r: Reader,
  end: number,
  m: PurgeWorkflowRequest = {
    instanceId: "",
    workflowComponent: "",
  },
): PurgeWorkflowRequest {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.instanceId = r.string();
        break;
      case 18:
        m.workflowComponent = r.string();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writePurgeWorkflowRequest(w: Writer, m: PurgeWorkflowRequestInit): void {
  const v0 = m.workflowComponent;
  if (v0) {
    w.string(v0);
    w.uint32(18);
  }
  const v1 = m.instanceId;
  if (v1) {
    w.string(v1);
    w.uint32(10);
  }
}

export const PurgeWorkflowRequest = /* @__PURE__ */ new MessageCodec<PurgeWorkflowRequest, PurgeWorkflowRequestInit>(
  "dapr.proto.runtime.v1.PurgeWorkflowRequest",
  readPurgeWorkflowRequest,
  writePurgeWorkflowRequest,
);
