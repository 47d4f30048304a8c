// Generated from proto/history_events.proto by tools/generate-proto.ts. Do not edit.
import { ActivityCompletionAttestation, ChildCompletionAttestation, type ActivityCompletionAttestationInit, type ChildCompletionAttestationInit } from "./attestation.ts";
import { MessageCodec, type Reader, type Writer, readStringEntry, writeStringMap } from "../wire.ts";
import { ParentInstanceInfo, RerunParentInstanceInfo, TaskFailureDetails, TaskRouter, TraceContext, WorkflowInstance, WorkflowVersion, type HistoryPropagationScope, type OrchestrationStatus, type ParentInstanceInfoInit, type RerunParentInstanceInfoInit, type StalledReason, type TaskFailureDetailsInit, type TaskRouterInit, type TraceContextInit, type WorkflowInstanceInit, type WorkflowVersionInit } from "./orchestration.ts";
import { StringValue, type StringValueInit } from "../google/protobuf/wrappers.ts";
import { Timestamp, type TimestampInit } from "../google/protobuf/timestamp.ts";

/** The workflow was created with this input. */
export interface ExecutionStartedEvent {
  name: string;
  version: StringValue | undefined;
  input: StringValue | undefined;
  workflowInstance: WorkflowInstance | undefined;
  parentInstance: ParentInstanceInfo | undefined;
  scheduledStartTimestamp: Timestamp | undefined;
  parentTraceContext: TraceContext | undefined;
  workflowSpanID: StringValue | undefined;
  tags: Map<string, string>;
}
export interface ExecutionStartedEventInit {
  name?: string | undefined;
  version?: StringValueInit | undefined;
  input?: StringValueInit | undefined;
  workflowInstance?: WorkflowInstanceInit | undefined;
  parentInstance?: ParentInstanceInfoInit | undefined;
  scheduledStartTimestamp?: TimestampInit | undefined;
  parentTraceContext?: TraceContextInit | undefined;
  workflowSpanID?: StringValueInit | undefined;
  tags?: ReadonlyMap<string, string> | undefined;
}

function readExecutionStartedEvent(
  r: Reader,
  end: number,
  m: ExecutionStartedEvent = {
    name: "",
    version: undefined,
    input: undefined,
    workflowInstance: undefined,
    parentInstance: undefined,
    scheduledStartTimestamp: undefined,
    parentTraceContext: undefined,
    workflowSpanID: undefined,
    tags: new Map(),
  },
): ExecutionStartedEvent {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.name = r.string();
        break;
      case 18: {
        const e = r.enter();
        m.version = StringValue.read(r, e, m.version);
        r.leave(e);
        break;
      }
      case 26: {
        const e = r.enter();
        m.input = StringValue.read(r, e, m.input);
        r.leave(e);
        break;
      }
      case 34: {
        const e = r.enter();
        m.workflowInstance = WorkflowInstance.read(r, e, m.workflowInstance);
        r.leave(e);
        break;
      }
      case 42: {
        const e = r.enter();
        m.parentInstance = ParentInstanceInfo.read(r, e, m.parentInstance);
        r.leave(e);
        break;
      }
      case 50: {
        const e = r.enter();
        m.scheduledStartTimestamp = Timestamp.read(r, e, m.scheduledStartTimestamp);
        r.leave(e);
        break;
      }
      case 58: {
        const e = r.enter();
        m.parentTraceContext = TraceContext.read(r, e, m.parentTraceContext);
        r.leave(e);
        break;
      }
      case 66: {
        const e = r.enter();
        m.workflowSpanID = StringValue.read(r, e, m.workflowSpanID);
        r.leave(e);
        break;
      }
      case 74:
        readStringEntry(r, m.tags);
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeExecutionStartedEvent(w: Writer, m: ExecutionStartedEventInit): void {
  const v0 = m.tags;
  if (v0 !== undefined && v0.size > 0) {
    writeStringMap(w, v0, 74);
  }
  const v1 = m.workflowSpanID;
  if (v1 !== undefined) {
    const s = w.written;
    StringValue.write(w, v1);
    w.delimit(s, 66);
  }
  const v2 = m.parentTraceContext;
  if (v2 !== undefined) {
    const s = w.written;
    TraceContext.write(w, v2);
    w.delimit(s, 58);
  }
  const v3 = m.scheduledStartTimestamp;
  if (v3 !== undefined) {
    const s = w.written;
    Timestamp.write(w, v3);
    w.delimit(s, 50);
  }
  const v4 = m.parentInstance;
  if (v4 !== undefined) {
    const s = w.written;
    ParentInstanceInfo.write(w, v4);
    w.delimit(s, 42);
  }
  const v5 = m.workflowInstance;
  if (v5 !== undefined) {
    const s = w.written;
    WorkflowInstance.write(w, v5);
    w.delimit(s, 34);
  }
  const v6 = m.input;
  if (v6 !== undefined) {
    const s = w.written;
    StringValue.write(w, v6);
    w.delimit(s, 26);
  }
  const v7 = m.version;
  if (v7 !== undefined) {
    const s = w.written;
    StringValue.write(w, v7);
    w.delimit(s, 18);
  }
  const v8 = m.name;
  if (v8) {
    w.string(v8);
    w.uint32(10);
  }
}

export const ExecutionStartedEvent = /* @__PURE__ */ new MessageCodec<ExecutionStartedEvent, ExecutionStartedEventInit>(
  "ExecutionStartedEvent",
  readExecutionStartedEvent,
  writeExecutionStartedEvent,
);

/** The workflow ended by itself. */
export interface ExecutionCompletedEvent {
  workflowStatus: OrchestrationStatus;
  result: StringValue | undefined;
  failureDetails: TaskFailureDetails | undefined;
}
export interface ExecutionCompletedEventInit {
  workflowStatus?: OrchestrationStatus | undefined;
  result?: StringValueInit | undefined;
  failureDetails?: TaskFailureDetailsInit | undefined;
}

function readExecutionCompletedEvent(
  r: Reader,
  end: number,
  m: ExecutionCompletedEvent = {
    workflowStatus: 0,
    result: undefined,
    failureDetails: undefined,
  },
): ExecutionCompletedEvent {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 8:
        m.workflowStatus = r.int32();
        break;
      case 18: {
        const e = r.enter();
        m.result = StringValue.read(r, e, m.result);
        r.leave(e);
        break;
      }
      case 26: {
        const e = r.enter();
        m.failureDetails = TaskFailureDetails.read(r, e, m.failureDetails);
        r.leave(e);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeExecutionCompletedEvent(w: Writer, m: ExecutionCompletedEventInit): void {
  const v0 = m.failureDetails;
  if (v0 !== undefined) {
    const s = w.written;
    TaskFailureDetails.write(w, v0);
    w.delimit(s, 26);
  }
  const v1 = m.result;
  if (v1 !== undefined) {
    const s = w.written;
    StringValue.write(w, v1);
    w.delimit(s, 18);
  }
  const v2 = m.workflowStatus;
  if (v2) {
    w.int32(v2);
    w.uint32(8);
  }
}

export const ExecutionCompletedEvent = /* @__PURE__ */ new MessageCodec<ExecutionCompletedEvent, ExecutionCompletedEventInit>(
  "ExecutionCompletedEvent",
  readExecutionCompletedEvent,
  writeExecutionCompletedEvent,
);

/** Somebody ended the workflow. */
export interface ExecutionTerminatedEvent {
  input: StringValue | undefined;
  recurse: boolean;
}
export interface ExecutionTerminatedEventInit {
  input?: StringValueInit | undefined;
  recurse?: boolean | undefined;
}

function readExecutionTerminatedEvent(
  r: Reader,
  end: number,
  m: ExecutionTerminatedEvent = {
    input: undefined,
    recurse: false,
  },
): ExecutionTerminatedEvent {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const e = r.enter();
        m.input = StringValue.read(r, e, m.input);
        r.leave(e);
        break;
      }
      case 16:
        m.recurse = r.bool();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeExecutionTerminatedEvent(w: Writer, m: ExecutionTerminatedEventInit): void {
  const v0 = m.recurse;
  if (v0) {
    w.bool(v0);
    w.uint32(16);
  }
  const v1 = m.input;
  if (v1 !== undefined) {
    const s = w.written;
    StringValue.write(w, v1);
    w.delimit(s, 10);
  }
}

export const ExecutionTerminatedEvent = /* @__PURE__ */ new MessageCodec<ExecutionTerminatedEvent, ExecutionTerminatedEventInit>(
  "ExecutionTerminatedEvent",
  readExecutionTerminatedEvent,
  writeExecutionTerminatedEvent,
);

/** An activity was asked for. */
export interface TaskScheduledEvent {
  name: string;
  version: StringValue | undefined;
  input: StringValue | undefined;
  parentTraceContext: TraceContext | undefined;
  taskExecutionId: string;
  rerunParentInstanceInfo: RerunParentInstanceInfo | undefined;
  historyPropagationScope: HistoryPropagationScope | undefined;
}
export interface TaskScheduledEventInit {
  name?: string | undefined;
  version?: StringValueInit | undefined;
  input?: StringValueInit | undefined;
  parentTraceContext?: TraceContextInit | undefined;
  taskExecutionId?: string | undefined;
  rerunParentInstanceInfo?: RerunParentInstanceInfoInit | undefined;
  historyPropagationScope?: HistoryPropagationScope | undefined;
}

function readTaskScheduledEvent(
  r: Reader,
  end: number,
  m: TaskScheduledEvent = {
    name: "",
    version: undefined,
    input: undefined,
    parentTraceContext: undefined,
    taskExecutionId: "",
    rerunParentInstanceInfo: undefined,
    historyPropagationScope: undefined,
  },
): TaskScheduledEvent {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.name = r.string();
        break;
      case 18: {
        const e = r.enter();
        m.version = StringValue.read(r, e, m.version);
        r.leave(e);
        break;
      }
      case 26: {
        const e = r.enter();
        m.input = StringValue.read(r, e, m.input);
        r.leave(e);
        break;
      }
      case 34: {
        const e = r.enter();
        m.parentTraceContext = TraceContext.read(r, e, m.parentTraceContext);
        r.leave(e);
        break;
      }
      case 42:
        m.taskExecutionId = r.string();
        break;
      case 50: {
        const e = r.enter();
        m.rerunParentInstanceInfo = RerunParentInstanceInfo.read(r, e, m.rerunParentInstanceInfo);
        r.leave(e);
        break;
      }
      case 56:
        m.historyPropagationScope = r.int32();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeTaskScheduledEvent(w: Writer, m: TaskScheduledEventInit): void {
  const v0 = m.historyPropagationScope;
  if (v0 !== undefined) {
    w.int32(v0);
    w.uint32(56);
  }
  const v1 = m.rerunParentInstanceInfo;
  if (v1 !== undefined) {
    const s = w.written;
    RerunParentInstanceInfo.write(w, v1);
    w.delimit(s, 50);
  }
  const v2 = m.taskExecutionId;
  if (v2) {
    w.string(v2);
    w.uint32(42);
  }
  const v3 = m.parentTraceContext;
  if (v3 !== undefined) {
    const s = w.written;
    TraceContext.write(w, v3);
    w.delimit(s, 34);
  }
  const v4 = m.input;
  if (v4 !== undefined) {
    const s = w.written;
    StringValue.write(w, v4);
    w.delimit(s, 26);
  }
  const v5 = m.version;
  if (v5 !== undefined) {
    const s = w.written;
    StringValue.write(w, v5);
    w.delimit(s, 18);
  }
  const v6 = m.name;
  if (v6) {
    w.string(v6);
    w.uint32(10);
  }
}

export const TaskScheduledEvent = /* @__PURE__ */ new MessageCodec<TaskScheduledEvent, TaskScheduledEventInit>(
  "TaskScheduledEvent",
  readTaskScheduledEvent,
  writeTaskScheduledEvent,
);

/** An activity gave a result. */
export interface TaskCompletedEvent {
  taskScheduledId: number;
  result: StringValue | undefined;
  taskExecutionId: string;
  attestation: ActivityCompletionAttestation | undefined;
  signerCertificate: Buffer | undefined;
}
export interface TaskCompletedEventInit {
  taskScheduledId?: number | undefined;
  result?: StringValueInit | undefined;
  taskExecutionId?: string | undefined;
  attestation?: ActivityCompletionAttestationInit | undefined;
  signerCertificate?: Uint8Array | undefined;
}

function readTaskCompletedEvent(
  r: Reader,
  end: number,
  m: TaskCompletedEvent = {
    taskScheduledId: 0,
    result: undefined,
    taskExecutionId: "",
    attestation: undefined,
    signerCertificate: undefined,
  },
): TaskCompletedEvent {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 8:
        m.taskScheduledId = r.int32();
        break;
      case 18: {
        const e = r.enter();
        m.result = StringValue.read(r, e, m.result);
        r.leave(e);
        break;
      }
      case 26:
        m.taskExecutionId = r.string();
        break;
      case 34: {
        const e = r.enter();
        m.attestation = ActivityCompletionAttestation.read(r, e, m.attestation);
        r.leave(e);
        break;
      }
      case 42:
        m.signerCertificate = r.bytes();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeTaskCompletedEvent(w: Writer, m: TaskCompletedEventInit): void {
  const v0 = m.signerCertificate;
  if (v0 !== undefined) {
    w.bytes(v0);
    w.uint32(42);
  }
  const v1 = m.attestation;
  if (v1 !== undefined) {
    const s = w.written;
    ActivityCompletionAttestation.write(w, v1);
    w.delimit(s, 34);
  }
  const v2 = m.taskExecutionId;
  if (v2) {
    w.string(v2);
    w.uint32(26);
  }
  const v3 = m.result;
  if (v3 !== undefined) {
    const s = w.written;
    StringValue.write(w, v3);
    w.delimit(s, 18);
  }
  const v4 = m.taskScheduledId;
  if (v4) {
    w.int32(v4);
    w.uint32(8);
  }
}

export const TaskCompletedEvent = /* @__PURE__ */ new MessageCodec<TaskCompletedEvent, TaskCompletedEventInit>(
  "TaskCompletedEvent",
  readTaskCompletedEvent,
  writeTaskCompletedEvent,
);

/** An activity failed. */
export interface TaskFailedEvent {
  taskScheduledId: number;
  failureDetails: TaskFailureDetails | undefined;
  taskExecutionId: string;
  attestation: ActivityCompletionAttestation | undefined;
  signerCertificate: Buffer | undefined;
}
export interface TaskFailedEventInit {
  taskScheduledId?: number | undefined;
  failureDetails?: TaskFailureDetailsInit | undefined;
  taskExecutionId?: string | undefined;
  attestation?: ActivityCompletionAttestationInit | undefined;
  signerCertificate?: Uint8Array | undefined;
}

function readTaskFailedEvent(
  r: Reader,
  end: number,
  m: TaskFailedEvent = {
    taskScheduledId: 0,
    failureDetails: undefined,
    taskExecutionId: "",
    attestation: undefined,
    signerCertificate: undefined,
  },
): TaskFailedEvent {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 8:
        m.taskScheduledId = r.int32();
        break;
      case 18: {
        const e = r.enter();
        m.failureDetails = TaskFailureDetails.read(r, e, m.failureDetails);
        r.leave(e);
        break;
      }
      case 26:
        m.taskExecutionId = r.string();
        break;
      case 34: {
        const e = r.enter();
        m.attestation = ActivityCompletionAttestation.read(r, e, m.attestation);
        r.leave(e);
        break;
      }
      case 42:
        m.signerCertificate = r.bytes();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeTaskFailedEvent(w: Writer, m: TaskFailedEventInit): void {
  const v0 = m.signerCertificate;
  if (v0 !== undefined) {
    w.bytes(v0);
    w.uint32(42);
  }
  const v1 = m.attestation;
  if (v1 !== undefined) {
    const s = w.written;
    ActivityCompletionAttestation.write(w, v1);
    w.delimit(s, 34);
  }
  const v2 = m.taskExecutionId;
  if (v2) {
    w.string(v2);
    w.uint32(26);
  }
  const v3 = m.failureDetails;
  if (v3 !== undefined) {
    const s = w.written;
    TaskFailureDetails.write(w, v3);
    w.delimit(s, 18);
  }
  const v4 = m.taskScheduledId;
  if (v4) {
    w.int32(v4);
    w.uint32(8);
  }
}

export const TaskFailedEvent = /* @__PURE__ */ new MessageCodec<TaskFailedEvent, TaskFailedEventInit>(
  "TaskFailedEvent",
  readTaskFailedEvent,
  writeTaskFailedEvent,
);

/** A child workflow was asked for. */
export interface ChildWorkflowInstanceCreatedEvent {
  instanceId: string;
  name: string;
  version: StringValue | undefined;
  input: StringValue | undefined;
  parentTraceContext: TraceContext | undefined;
  rerunParentInstanceInfo: RerunParentInstanceInfo | undefined;
  historyPropagationScope: HistoryPropagationScope | undefined;
}
export interface ChildWorkflowInstanceCreatedEventInit {
  instanceId?: string | undefined;
  name?: string | undefined;
  version?: StringValueInit | undefined;
  input?: StringValueInit | undefined;
  parentTraceContext?: TraceContextInit | undefined;
  rerunParentInstanceInfo?: RerunParentInstanceInfoInit | undefined;
  historyPropagationScope?: HistoryPropagationScope | undefined;
}

function readChildWorkflowInstanceCreatedEvent(
  r: Reader,
  end: number,
  m: ChildWorkflowInstanceCreatedEvent = {
    instanceId: "",
    name: "",
    version: undefined,
    input: undefined,
    parentTraceContext: undefined,
    rerunParentInstanceInfo: undefined,
    historyPropagationScope: undefined,
  },
): ChildWorkflowInstanceCreatedEvent {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.instanceId = r.string();
        break;
      case 18:
        m.name = r.string();
        break;
      case 26: {
        const e = r.enter();
        m.version = StringValue.read(r, e, m.version);
        r.leave(e);
        break;
      }
      case 34: {
        const e = r.enter();
        m.input = StringValue.read(r, e, m.input);
        r.leave(e);
        break;
      }
      case 42: {
        const e = r.enter();
        m.parentTraceContext = TraceContext.read(r, e, m.parentTraceContext);
        r.leave(e);
        break;
      }
      case 50: {
        const e = r.enter();
        m.rerunParentInstanceInfo = RerunParentInstanceInfo.read(r, e, m.rerunParentInstanceInfo);
        r.leave(e);
        break;
      }
      case 56:
        m.historyPropagationScope = r.int32();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeChildWorkflowInstanceCreatedEvent(w: Writer, m: ChildWorkflowInstanceCreatedEventInit): void {
  const v0 = m.historyPropagationScope;
  if (v0 !== undefined) {
    w.int32(v0);
    w.uint32(56);
  }
  const v1 = m.rerunParentInstanceInfo;
  if (v1 !== undefined) {
    const s = w.written;
    RerunParentInstanceInfo.write(w, v1);
    w.delimit(s, 50);
  }
  const v2 = m.parentTraceContext;
  if (v2 !== undefined) {
    const s = w.written;
    TraceContext.write(w, v2);
    w.delimit(s, 42);
  }
  const v3 = m.input;
  if (v3 !== undefined) {
    const s = w.written;
    StringValue.write(w, v3);
    w.delimit(s, 34);
  }
  const v4 = m.version;
  if (v4 !== undefined) {
    const s = w.written;
    StringValue.write(w, v4);
    w.delimit(s, 26);
  }
  const v5 = m.name;
  if (v5) {
    w.string(v5);
    w.uint32(18);
  }
  const v6 = m.instanceId;
  if (v6) {
    w.string(v6);
    w.uint32(10);
  }
}

export const ChildWorkflowInstanceCreatedEvent = /* @__PURE__ */ new MessageCodec<ChildWorkflowInstanceCreatedEvent, ChildWorkflowInstanceCreatedEventInit>(
  "ChildWorkflowInstanceCreatedEvent",
  readChildWorkflowInstanceCreatedEvent,
  writeChildWorkflowInstanceCreatedEvent,
);

/** A child workflow gave a result. */
export interface ChildWorkflowInstanceCompletedEvent {
  taskScheduledId: number;
  result: StringValue | undefined;
  attestation: ChildCompletionAttestation | undefined;
  signerCertificate: Buffer | undefined;
}
export interface ChildWorkflowInstanceCompletedEventInit {
  taskScheduledId?: number | undefined;
  result?: StringValueInit | undefined;
  attestation?: ChildCompletionAttestationInit | undefined;
  signerCertificate?: Uint8Array | undefined;
}

function readChildWorkflowInstanceCompletedEvent(
  r: Reader,
  end: number,
  m: ChildWorkflowInstanceCompletedEvent = {
    taskScheduledId: 0,
    result: undefined,
    attestation: undefined,
    signerCertificate: undefined,
  },
): ChildWorkflowInstanceCompletedEvent {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 8:
        m.taskScheduledId = r.int32();
        break;
      case 18: {
        const e = r.enter();
        m.result = StringValue.read(r, e, m.result);
        r.leave(e);
        break;
      }
      case 26: {
        const e = r.enter();
        m.attestation = ChildCompletionAttestation.read(r, e, m.attestation);
        r.leave(e);
        break;
      }
      case 34:
        m.signerCertificate = r.bytes();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeChildWorkflowInstanceCompletedEvent(w: Writer, m: ChildWorkflowInstanceCompletedEventInit): void {
  const v0 = m.signerCertificate;
  if (v0 !== undefined) {
    w.bytes(v0);
    w.uint32(34);
  }
  const v1 = m.attestation;
  if (v1 !== undefined) {
    const s = w.written;
    ChildCompletionAttestation.write(w, v1);
    w.delimit(s, 26);
  }
  const v2 = m.result;
  if (v2 !== undefined) {
    const s = w.written;
    StringValue.write(w, v2);
    w.delimit(s, 18);
  }
  const v3 = m.taskScheduledId;
  if (v3) {
    w.int32(v3);
    w.uint32(8);
  }
}

export const ChildWorkflowInstanceCompletedEvent = /* @__PURE__ */ new MessageCodec<ChildWorkflowInstanceCompletedEvent, ChildWorkflowInstanceCompletedEventInit>(
  "ChildWorkflowInstanceCompletedEvent",
  readChildWorkflowInstanceCompletedEvent,
  writeChildWorkflowInstanceCompletedEvent,
);

/** A child workflow failed. */
export interface ChildWorkflowInstanceFailedEvent {
  taskScheduledId: number;
  failureDetails: TaskFailureDetails | undefined;
  attestation: ChildCompletionAttestation | undefined;
  signerCertificate: Buffer | undefined;
}
export interface ChildWorkflowInstanceFailedEventInit {
  taskScheduledId?: number | undefined;
  failureDetails?: TaskFailureDetailsInit | undefined;
  attestation?: ChildCompletionAttestationInit | undefined;
  signerCertificate?: Uint8Array | undefined;
}

function readChildWorkflowInstanceFailedEvent(
  r: Reader,
  end: number,
  m: ChildWorkflowInstanceFailedEvent = {
    taskScheduledId: 0,
    failureDetails: undefined,
    attestation: undefined,
    signerCertificate: undefined,
  },
): ChildWorkflowInstanceFailedEvent {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 8:
        m.taskScheduledId = r.int32();
        break;
      case 18: {
        const e = r.enter();
        m.failureDetails = TaskFailureDetails.read(r, e, m.failureDetails);
        r.leave(e);
        break;
      }
      case 26: {
        const e = r.enter();
        m.attestation = ChildCompletionAttestation.read(r, e, m.attestation);
        r.leave(e);
        break;
      }
      case 34:
        m.signerCertificate = r.bytes();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeChildWorkflowInstanceFailedEvent(w: Writer, m: ChildWorkflowInstanceFailedEventInit): void {
  const v0 = m.signerCertificate;
  if (v0 !== undefined) {
    w.bytes(v0);
    w.uint32(34);
  }
  const v1 = m.attestation;
  if (v1 !== undefined) {
    const s = w.written;
    ChildCompletionAttestation.write(w, v1);
    w.delimit(s, 26);
  }
  const v2 = m.failureDetails;
  if (v2 !== undefined) {
    const s = w.written;
    TaskFailureDetails.write(w, v2);
    w.delimit(s, 18);
  }
  const v3 = m.taskScheduledId;
  if (v3) {
    w.int32(v3);
    w.uint32(8);
  }
}

export const ChildWorkflowInstanceFailedEvent = /* @__PURE__ */ new MessageCodec<ChildWorkflowInstanceFailedEvent, ChildWorkflowInstanceFailedEventInit>(
  "ChildWorkflowInstanceFailedEvent",
  readChildWorkflowInstanceFailedEvent,
  writeChildWorkflowInstanceFailedEvent,
);

/** A workflow was started that nobody waits for. */
export interface DetachedWorkflowInstanceCreatedEvent {
  instanceId: string;
}
export interface DetachedWorkflowInstanceCreatedEventInit {
  instanceId?: string | undefined;
}

function readDetachedWorkflowInstanceCreatedEvent(
  r: Reader,
  end: number,
  m: DetachedWorkflowInstanceCreatedEvent = {
    instanceId: "",
  },
): DetachedWorkflowInstanceCreatedEvent {
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

function writeDetachedWorkflowInstanceCreatedEvent(w: Writer, m: DetachedWorkflowInstanceCreatedEventInit): void {
  const v0 = m.instanceId;
  if (v0) {
    w.string(v0);
    w.uint32(10);
  }
}

export const DetachedWorkflowInstanceCreatedEvent = /* @__PURE__ */ new MessageCodec<DetachedWorkflowInstanceCreatedEvent, DetachedWorkflowInstanceCreatedEventInit>(
  "DetachedWorkflowInstanceCreatedEvent",
  readDetachedWorkflowInstanceCreatedEvent,
  writeDetachedWorkflowInstanceCreatedEvent,
);

/** The timer is the workflow's own. */
export interface TimerOriginCreateTimer {}
export interface TimerOriginCreateTimerInit {}

function readTimerOriginCreateTimer(
  r: Reader,
  end: number,
  m: TimerOriginCreateTimer = {},
): TimerOriginCreateTimer {
  while (r.pos < end) r.skip(r.tag());
  return m;
}

function writeTimerOriginCreateTimer(_w: Writer, _m: TimerOriginCreateTimerInit): void {
}

export const TimerOriginCreateTimer = /* @__PURE__ */ new MessageCodec<TimerOriginCreateTimer, TimerOriginCreateTimerInit>(
  "TimerOriginCreateTimer",
  readTimerOriginCreateTimer,
  writeTimerOriginCreateTimer,
);

/** The timer limits the wait for an event. */
export interface TimerOriginExternalEvent {
  name: string;
}
export interface TimerOriginExternalEventInit {
  name?: string | undefined;
}

function readTimerOriginExternalEvent(
  r: Reader,
  end: number,
  m: TimerOriginExternalEvent = {
    name: "",
  },
): TimerOriginExternalEvent {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.name = r.string();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeTimerOriginExternalEvent(w: Writer, m: TimerOriginExternalEventInit): void {
  const v0 = m.name;
  if (v0) {
    w.string(v0);
    w.uint32(10);
  }
}

export const TimerOriginExternalEvent = /* @__PURE__ */ new MessageCodec<TimerOriginExternalEvent, TimerOriginExternalEventInit>(
  "TimerOriginExternalEvent",
  readTimerOriginExternalEvent,
  writeTimerOriginExternalEvent,
);

/** The timer delays an activity's next attempt. */
export interface TimerOriginActivityRetry {
  taskExecutionId: string;
}
export interface TimerOriginActivityRetryInit {
  taskExecutionId?: string | undefined;
}

function readTimerOriginActivityRetry(
  r: Reader,
  end: number,
  m: TimerOriginActivityRetry = {
    taskExecutionId: "",
  },
): TimerOriginActivityRetry {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.taskExecutionId = r.string();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeTimerOriginActivityRetry(w: Writer, m: TimerOriginActivityRetryInit): void {
  const v0 = m.taskExecutionId;
  if (v0) {
    w.string(v0);
    w.uint32(10);
  }
}

export const TimerOriginActivityRetry = /* @__PURE__ */ new MessageCodec<TimerOriginActivityRetry, TimerOriginActivityRetryInit>(
  "TimerOriginActivityRetry",
  readTimerOriginActivityRetry,
  writeTimerOriginActivityRetry,
);

/** The timer delays a child workflow's next attempt. */
export interface TimerOriginChildWorkflowRetry {
  instanceId: string;
}
export interface TimerOriginChildWorkflowRetryInit {
  instanceId?: string | undefined;
}

function readTimerOriginChildWorkflowRetry(
  r: Reader,
  end: number,
  m: TimerOriginChildWorkflowRetry = {
    instanceId: "",
  },
): TimerOriginChildWorkflowRetry {
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

function writeTimerOriginChildWorkflowRetry(w: Writer, m: TimerOriginChildWorkflowRetryInit): void {
  const v0 = m.instanceId;
  if (v0) {
    w.string(v0);
    w.uint32(10);
  }
}

export const TimerOriginChildWorkflowRetry = /* @__PURE__ */ new MessageCodec<TimerOriginChildWorkflowRetry, TimerOriginChildWorkflowRetryInit>(
  "TimerOriginChildWorkflowRetry",
  readTimerOriginChildWorkflowRetry,
  writeTimerOriginChildWorkflowRetry,
);

/** A timer was asked for. */
export interface TimerCreatedEvent {
  fireAt: Timestamp | undefined;
  name: string | undefined;
  rerunParentInstanceInfo: RerunParentInstanceInfo | undefined;
  createTimer: TimerOriginCreateTimer | undefined;
  externalEvent: TimerOriginExternalEvent | undefined;
  activityRetry: TimerOriginActivityRetry | undefined;
  childWorkflowRetry: TimerOriginChildWorkflowRetry | undefined;
}
export interface TimerCreatedEventInit {
  fireAt?: TimestampInit | undefined;
  name?: string | undefined;
  rerunParentInstanceInfo?: RerunParentInstanceInfoInit | undefined;
  createTimer?: TimerOriginCreateTimerInit | undefined;
  externalEvent?: TimerOriginExternalEventInit | undefined;
  activityRetry?: TimerOriginActivityRetryInit | undefined;
  childWorkflowRetry?: TimerOriginChildWorkflowRetryInit | undefined;
}

function readTimerCreatedEvent(
  r: Reader,
  end: number,
  m: TimerCreatedEvent = {
    fireAt: undefined,
    name: undefined,
    rerunParentInstanceInfo: undefined,
    createTimer: undefined,
    externalEvent: undefined,
    activityRetry: undefined,
    childWorkflowRetry: undefined,
  },
): TimerCreatedEvent {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const e = r.enter();
        m.fireAt = Timestamp.read(r, e, m.fireAt);
        r.leave(e);
        break;
      }
      case 18:
        m.name = r.string();
        break;
      case 26: {
        const e = r.enter();
        m.rerunParentInstanceInfo = RerunParentInstanceInfo.read(r, e, m.rerunParentInstanceInfo);
        r.leave(e);
        break;
      }
      case 34: {
        const e = r.enter();
        m.createTimer = readTimerOriginCreateTimer(r, e, m.createTimer);
        r.leave(e);
        m.externalEvent = undefined;
        m.activityRetry = undefined;
        m.childWorkflowRetry = undefined;
        break;
      }
      case 42: {
        const e = r.enter();
        m.externalEvent = readTimerOriginExternalEvent(r, e, m.externalEvent);
        r.leave(e);
        m.createTimer = undefined;
        m.activityRetry = undefined;
        m.childWorkflowRetry = undefined;
        break;
      }
      case 50: {
        const e = r.enter();
        m.activityRetry = readTimerOriginActivityRetry(r, e, m.activityRetry);
        r.leave(e);
        m.createTimer = undefined;
        m.externalEvent = undefined;
        m.childWorkflowRetry = undefined;
        break;
      }
      case 58: {
        const e = r.enter();
        m.childWorkflowRetry = readTimerOriginChildWorkflowRetry(r, e, m.childWorkflowRetry);
        r.leave(e);
        m.createTimer = undefined;
        m.externalEvent = undefined;
        m.activityRetry = undefined;
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeTimerCreatedEvent(w: Writer, m: TimerCreatedEventInit): void {
  const v0 = m.childWorkflowRetry;
  if (v0 !== undefined) {
    const s = w.written;
    writeTimerOriginChildWorkflowRetry(w, v0);
    w.delimit(s, 58);
  }
  const v1 = m.activityRetry;
  if (v1 !== undefined) {
    const s = w.written;
    writeTimerOriginActivityRetry(w, v1);
    w.delimit(s, 50);
  }
  const v2 = m.externalEvent;
  if (v2 !== undefined) {
    const s = w.written;
    writeTimerOriginExternalEvent(w, v2);
    w.delimit(s, 42);
  }
  const v3 = m.createTimer;
  if (v3 !== undefined) {
    const s = w.written;
    writeTimerOriginCreateTimer(w, v3);
    w.delimit(s, 34);
  }
  const v4 = m.rerunParentInstanceInfo;
  if (v4 !== undefined) {
    const s = w.written;
    RerunParentInstanceInfo.write(w, v4);
    w.delimit(s, 26);
  }
  const v5 = m.name;
  if (v5 !== undefined) {
    w.string(v5);
    w.uint32(18);
  }
  const v6 = m.fireAt;
  if (v6 !== undefined) {
    const s = w.written;
    Timestamp.write(w, v6);
    w.delimit(s, 10);
  }
}

export const TimerCreatedEvent = /* @__PURE__ */ new MessageCodec<TimerCreatedEvent, TimerCreatedEventInit>(
  "TimerCreatedEvent",
  readTimerCreatedEvent,
  writeTimerCreatedEvent,
);

/** A timer is due. */
export interface TimerFiredEvent {
  fireAt: Timestamp | undefined;
  timerId: number;
}
export interface TimerFiredEventInit {
  fireAt?: TimestampInit | undefined;
  timerId?: number | undefined;
}

function readTimerFiredEvent(
  r: Reader,
  end: number,
  m: TimerFiredEvent = {
    fireAt: undefined,
    timerId: 0,
  },
): TimerFiredEvent {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const e = r.enter();
        m.fireAt = Timestamp.read(r, e, m.fireAt);
        r.leave(e);
        break;
      }
      case 16:
        m.timerId = r.int32();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeTimerFiredEvent(w: Writer, m: TimerFiredEventInit): void {
  const v0 = m.timerId;
  if (v0) {
    w.int32(v0);
    w.uint32(16);
  }
  const v1 = m.fireAt;
  if (v1 !== undefined) {
    const s = w.written;
    Timestamp.write(w, v1);
    w.delimit(s, 10);
  }
}

export const TimerFiredEvent = /* @__PURE__ */ new MessageCodec<TimerFiredEvent, TimerFiredEventInit>(
  "TimerFiredEvent",
  readTimerFiredEvent,
  writeTimerFiredEvent,
);

/** A turn begins: the workflow code runs. */
export interface WorkflowStartedEvent {
  version: WorkflowVersion | undefined;
}
export interface WorkflowStartedEventInit {
  version?: WorkflowVersionInit | undefined;
}

function readWorkflowStartedEvent(
  r: Reader,
  end: number,
  m: WorkflowStartedEvent = {
    version: undefined,
  },
): WorkflowStartedEvent {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const e = r.enter();
        m.version = WorkflowVersion.read(r, e, m.version);
        r.leave(e);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeWorkflowStartedEvent(w: Writer, m: WorkflowStartedEventInit): void {
  const v0 = m.version;
  if (v0 !== undefined) {
    const s = w.written;
    WorkflowVersion.write(w, v0);
    w.delimit(s, 10);
  }
}

export const WorkflowStartedEvent = /* @__PURE__ */ new MessageCodec<WorkflowStartedEvent, WorkflowStartedEventInit>(
  "WorkflowStartedEvent",
  readWorkflowStartedEvent,
  writeWorkflowStartedEvent,
);

/** A turn is over. */
export interface WorkflowCompletedEvent {}
export interface WorkflowCompletedEventInit {}

function readWorkflowCompletedEvent(
  r: Reader,
  end: number,
  m: WorkflowCompletedEvent = {},
): WorkflowCompletedEvent {
  while (r.pos < end) r.skip(r.tag());
  return m;
}

function writeWorkflowCompletedEvent(_w: Writer, _m: WorkflowCompletedEventInit): void {
}

export const WorkflowCompletedEvent = /* @__PURE__ */ new MessageCodec<WorkflowCompletedEvent, WorkflowCompletedEventInit>(
  "WorkflowCompletedEvent",
  readWorkflowCompletedEvent,
  writeWorkflowCompletedEvent,
);

/** An event was sent to another workflow. */
export interface EventSentEvent {
  instanceId: string;
  name: string;
  input: StringValue | undefined;
}
export interface EventSentEventInit {
  instanceId?: string | undefined;
  name?: string | undefined;
  input?: StringValueInit | undefined;
}

function readEventSentEvent(
  r: Reader,
  end: number,
  m: EventSentEvent = {
    instanceId: "",
    name: "",
    input: undefined,
  },
): EventSentEvent {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.instanceId = r.string();
        break;
      case 18:
        m.name = r.string();
        break;
      case 26: {
        const e = r.enter();
        m.input = StringValue.read(r, e, m.input);
        r.leave(e);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeEventSentEvent(w: Writer, m: EventSentEventInit): void {
  const v0 = m.input;
  if (v0 !== undefined) {
    const s = w.written;
    StringValue.write(w, v0);
    w.delimit(s, 26);
  }
  const v1 = m.name;
  if (v1) {
    w.string(v1);
    w.uint32(18);
  }
  const v2 = m.instanceId;
  if (v2) {
    w.string(v2);
    w.uint32(10);
  }
}

export const EventSentEvent = /* @__PURE__ */ new MessageCodec<EventSentEvent, EventSentEventInit>(
  "EventSentEvent",
  readEventSentEvent,
  writeEventSentEvent,
);

/** An event came from outside. */
export interface EventRaisedEvent {
  name: string;
  input: StringValue | undefined;
}
export interface EventRaisedEventInit {
  name?: string | undefined;
  input?: StringValueInit | undefined;
}

function readEventRaisedEvent(
  r: Reader,
  end: number,
  m: EventRaisedEvent = {
    name: "",
    input: undefined,
  },
): EventRaisedEvent {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.name = r.string();
        break;
      case 18: {
        const e = r.enter();
        m.input = StringValue.read(r, e, m.input);
        r.leave(e);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeEventRaisedEvent(w: Writer, m: EventRaisedEventInit): void {
  const v0 = m.input;
  if (v0 !== undefined) {
    const s = w.written;
    StringValue.write(w, v0);
    w.delimit(s, 18);
  }
  const v1 = m.name;
  if (v1) {
    w.string(v1);
    w.uint32(10);
  }
}

export const EventRaisedEvent = /* @__PURE__ */ new MessageCodec<EventRaisedEvent, EventRaisedEventInit>(
  "EventRaisedEvent",
  readEventRaisedEvent,
  writeEventRaisedEvent,
);

/** The workflow starts over with a new input and an empty history. */
export interface ContinueAsNewEvent {
  input: StringValue | undefined;
}
export interface ContinueAsNewEventInit {
  input?: StringValueInit | undefined;
}

function readContinueAsNewEvent(
  r: Reader,
  end: number,
  m: ContinueAsNewEvent = {
    input: undefined,
  },
): ContinueAsNewEvent {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const e = r.enter();
        m.input = StringValue.read(r, e, m.input);
        r.leave(e);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeContinueAsNewEvent(w: Writer, m: ContinueAsNewEventInit): void {
  const v0 = m.input;
  if (v0 !== undefined) {
    const s = w.written;
    StringValue.write(w, v0);
    w.delimit(s, 10);
  }
}

export const ContinueAsNewEvent = /* @__PURE__ */ new MessageCodec<ContinueAsNewEvent, ContinueAsNewEventInit>(
  "ContinueAsNewEvent",
  readContinueAsNewEvent,
  writeContinueAsNewEvent,
);

/** The workflow is held. */
export interface ExecutionSuspendedEvent {
  input: StringValue | undefined;
}
export interface ExecutionSuspendedEventInit {
  input?: StringValueInit | undefined;
}

function readExecutionSuspendedEvent(
  r: Reader,
  end: number,
  m: ExecutionSuspendedEvent = {
    input: undefined,
  },
): ExecutionSuspendedEvent {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const e = r.enter();
        m.input = StringValue.read(r, e, m.input);
        r.leave(e);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeExecutionSuspendedEvent(w: Writer, m: ExecutionSuspendedEventInit): void {
  const v0 = m.input;
  if (v0 !== undefined) {
    const s = w.written;
    StringValue.write(w, v0);
    w.delimit(s, 10);
  }
}

export const ExecutionSuspendedEvent = /* @__PURE__ */ new MessageCodec<ExecutionSuspendedEvent, ExecutionSuspendedEventInit>(
  "ExecutionSuspendedEvent",
  readExecutionSuspendedEvent,
  writeExecutionSuspendedEvent,
);

/** The workflow goes on. */
export interface ExecutionResumedEvent {
  input: StringValue | undefined;
}
export interface ExecutionResumedEventInit {
  input?: StringValueInit | undefined;
}

function readExecutionResumedEvent(
  r: Reader,
  end: number,
  m: ExecutionResumedEvent = {
    input: undefined,
  },
): ExecutionResumedEvent {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const e = r.enter();
        m.input = StringValue.read(r, e, m.input);
        r.leave(e);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeExecutionResumedEvent(w: Writer, m: ExecutionResumedEventInit): void {
  const v0 = m.input;
  if (v0 !== undefined) {
    const s = w.written;
    StringValue.write(w, v0);
    w.delimit(s, 10);
  }
}

export const ExecutionResumedEvent = /* @__PURE__ */ new MessageCodec<ExecutionResumedEvent, ExecutionResumedEventInit>(
  "ExecutionResumedEvent",
  readExecutionResumedEvent,
  writeExecutionResumedEvent,
);

/** No worker can run the workflow at the moment. */
export interface ExecutionStalledEvent {
  reason: StalledReason;
  description: string | undefined;
}
export interface ExecutionStalledEventInit {
  reason?: StalledReason | undefined;
  description?: string | undefined;
}

function readExecutionStalledEvent(
  r: Reader,
  end: number,
  m: ExecutionStalledEvent = {
    reason: 0,
    description: undefined,
  },
): ExecutionStalledEvent {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 8:
        m.reason = r.int32();
        break;
      case 18:
        m.description = r.string();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeExecutionStalledEvent(w: Writer, m: ExecutionStalledEventInit): void {
  const v0 = m.description;
  if (v0 !== undefined) {
    w.string(v0);
    w.uint32(18);
  }
  const v1 = m.reason;
  if (v1) {
    w.int32(v1);
    w.uint32(8);
  }
}

export const ExecutionStalledEvent = /* @__PURE__ */ new MessageCodec<ExecutionStalledEvent, ExecutionStalledEventInit>(
  "ExecutionStalledEvent",
  readExecutionStalledEvent,
  writeExecutionStalledEvent,
);

/** One entry of a history. */
export interface HistoryEvent {
  eventId: number;
  timestamp: Timestamp | undefined;
  executionStarted: ExecutionStartedEvent | undefined;
  executionCompleted: ExecutionCompletedEvent | undefined;
  executionTerminated: ExecutionTerminatedEvent | undefined;
  taskScheduled: TaskScheduledEvent | undefined;
  taskCompleted: TaskCompletedEvent | undefined;
  taskFailed: TaskFailedEvent | undefined;
  childWorkflowInstanceCreated: ChildWorkflowInstanceCreatedEvent | undefined;
  childWorkflowInstanceCompleted: ChildWorkflowInstanceCompletedEvent | undefined;
  childWorkflowInstanceFailed: ChildWorkflowInstanceFailedEvent | undefined;
  timerCreated: TimerCreatedEvent | undefined;
  timerFired: TimerFiredEvent | undefined;
  workflowStarted: WorkflowStartedEvent | undefined;
  workflowCompleted: WorkflowCompletedEvent | undefined;
  eventSent: EventSentEvent | undefined;
  eventRaised: EventRaisedEvent | undefined;
  continueAsNew: ContinueAsNewEvent | undefined;
  executionSuspended: ExecutionSuspendedEvent | undefined;
  executionResumed: ExecutionResumedEvent | undefined;
  executionStalled: ExecutionStalledEvent | undefined;
  detachedWorkflowInstanceCreated: DetachedWorkflowInstanceCreatedEvent | undefined;
  router: TaskRouter | undefined;
}
export interface HistoryEventInit {
  eventId?: number | undefined;
  timestamp?: TimestampInit | undefined;
  executionStarted?: ExecutionStartedEventInit | undefined;
  executionCompleted?: ExecutionCompletedEventInit | undefined;
  executionTerminated?: ExecutionTerminatedEventInit | undefined;
  taskScheduled?: TaskScheduledEventInit | undefined;
  taskCompleted?: TaskCompletedEventInit | undefined;
  taskFailed?: TaskFailedEventInit | undefined;
  childWorkflowInstanceCreated?: ChildWorkflowInstanceCreatedEventInit | undefined;
  childWorkflowInstanceCompleted?: ChildWorkflowInstanceCompletedEventInit | undefined;
  childWorkflowInstanceFailed?: ChildWorkflowInstanceFailedEventInit | undefined;
  timerCreated?: TimerCreatedEventInit | undefined;
  timerFired?: TimerFiredEventInit | undefined;
  workflowStarted?: WorkflowStartedEventInit | undefined;
  workflowCompleted?: WorkflowCompletedEventInit | undefined;
  eventSent?: EventSentEventInit | undefined;
  eventRaised?: EventRaisedEventInit | undefined;
  continueAsNew?: ContinueAsNewEventInit | undefined;
  executionSuspended?: ExecutionSuspendedEventInit | undefined;
  executionResumed?: ExecutionResumedEventInit | undefined;
  executionStalled?: ExecutionStalledEventInit | undefined;
  detachedWorkflowInstanceCreated?: DetachedWorkflowInstanceCreatedEventInit | undefined;
  router?: TaskRouterInit | undefined;
}

function readHistoryEvent(
  r: Reader,
  end: number,
  m: HistoryEvent = {
    eventId: 0,
    timestamp: undefined,
    executionStarted: undefined,
    executionCompleted: undefined,
    executionTerminated: undefined,
    taskScheduled: undefined,
    taskCompleted: undefined,
    taskFailed: undefined,
    childWorkflowInstanceCreated: undefined,
    childWorkflowInstanceCompleted: undefined,
    childWorkflowInstanceFailed: undefined,
    timerCreated: undefined,
    timerFired: undefined,
    workflowStarted: undefined,
    workflowCompleted: undefined,
    eventSent: undefined,
    eventRaised: undefined,
    continueAsNew: undefined,
    executionSuspended: undefined,
    executionResumed: undefined,
    executionStalled: undefined,
    detachedWorkflowInstanceCreated: undefined,
    router: undefined,
  },
): HistoryEvent {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 8:
        m.eventId = r.int32();
        break;
      case 18: {
        const e = r.enter();
        m.timestamp = Timestamp.read(r, e, m.timestamp);
        r.leave(e);
        break;
      }
      case 26: {
        const e = r.enter();
        m.executionStarted = readExecutionStartedEvent(r, e, m.executionStarted);
        r.leave(e);
        m.executionCompleted = undefined;
        m.executionTerminated = undefined;
        m.taskScheduled = undefined;
        m.taskCompleted = undefined;
        m.taskFailed = undefined;
        m.childWorkflowInstanceCreated = undefined;
        m.childWorkflowInstanceCompleted = undefined;
        m.childWorkflowInstanceFailed = undefined;
        m.timerCreated = undefined;
        m.timerFired = undefined;
        m.workflowStarted = undefined;
        m.workflowCompleted = undefined;
        m.eventSent = undefined;
        m.eventRaised = undefined;
        m.continueAsNew = undefined;
        m.executionSuspended = undefined;
        m.executionResumed = undefined;
        m.executionStalled = undefined;
        m.detachedWorkflowInstanceCreated = undefined;
        break;
      }
      case 34: {
        const e = r.enter();
        m.executionCompleted = readExecutionCompletedEvent(r, e, m.executionCompleted);
        r.leave(e);
        m.executionStarted = undefined;
        m.executionTerminated = undefined;
        m.taskScheduled = undefined;
        m.taskCompleted = undefined;
        m.taskFailed = undefined;
        m.childWorkflowInstanceCreated = undefined;
        m.childWorkflowInstanceCompleted = undefined;
        m.childWorkflowInstanceFailed = undefined;
        m.timerCreated = undefined;
        m.timerFired = undefined;
        m.workflowStarted = undefined;
        m.workflowCompleted = undefined;
        m.eventSent = undefined;
        m.eventRaised = undefined;
        m.continueAsNew = undefined;
        m.executionSuspended = undefined;
        m.executionResumed = undefined;
        m.executionStalled = undefined;
        m.detachedWorkflowInstanceCreated = undefined;
        break;
      }
      case 42: {
        const e = r.enter();
        m.executionTerminated = readExecutionTerminatedEvent(r, e, m.executionTerminated);
        r.leave(e);
        m.executionStarted = undefined;
        m.executionCompleted = undefined;
        m.taskScheduled = undefined;
        m.taskCompleted = undefined;
        m.taskFailed = undefined;
        m.childWorkflowInstanceCreated = undefined;
        m.childWorkflowInstanceCompleted = undefined;
        m.childWorkflowInstanceFailed = undefined;
        m.timerCreated = undefined;
        m.timerFired = undefined;
        m.workflowStarted = undefined;
        m.workflowCompleted = undefined;
        m.eventSent = undefined;
        m.eventRaised = undefined;
        m.continueAsNew = undefined;
        m.executionSuspended = undefined;
        m.executionResumed = undefined;
        m.executionStalled = undefined;
        m.detachedWorkflowInstanceCreated = undefined;
        break;
      }
      case 50: {
        const e = r.enter();
        m.taskScheduled = readTaskScheduledEvent(r, e, m.taskScheduled);
        r.leave(e);
        m.executionStarted = undefined;
        m.executionCompleted = undefined;
        m.executionTerminated = undefined;
        m.taskCompleted = undefined;
        m.taskFailed = undefined;
        m.childWorkflowInstanceCreated = undefined;
        m.childWorkflowInstanceCompleted = undefined;
        m.childWorkflowInstanceFailed = undefined;
        m.timerCreated = undefined;
        m.timerFired = undefined;
        m.workflowStarted = undefined;
        m.workflowCompleted = undefined;
        m.eventSent = undefined;
        m.eventRaised = undefined;
        m.continueAsNew = undefined;
        m.executionSuspended = undefined;
        m.executionResumed = undefined;
        m.executionStalled = undefined;
        m.detachedWorkflowInstanceCreated = undefined;
        break;
      }
      case 58: {
        const e = r.enter();
        m.taskCompleted = readTaskCompletedEvent(r, e, m.taskCompleted);
        r.leave(e);
        m.executionStarted = undefined;
        m.executionCompleted = undefined;
        m.executionTerminated = undefined;
        m.taskScheduled = undefined;
        m.taskFailed = undefined;
        m.childWorkflowInstanceCreated = undefined;
        m.childWorkflowInstanceCompleted = undefined;
        m.childWorkflowInstanceFailed = undefined;
        m.timerCreated = undefined;
        m.timerFired = undefined;
        m.workflowStarted = undefined;
        m.workflowCompleted = undefined;
        m.eventSent = undefined;
        m.eventRaised = undefined;
        m.continueAsNew = undefined;
        m.executionSuspended = undefined;
        m.executionResumed = undefined;
        m.executionStalled = undefined;
        m.detachedWorkflowInstanceCreated = undefined;
        break;
      }
      case 66: {
        const e = r.enter();
        m.taskFailed = readTaskFailedEvent(r, e, m.taskFailed);
        r.leave(e);
        m.executionStarted = undefined;
        m.executionCompleted = undefined;
        m.executionTerminated = undefined;
        m.taskScheduled = undefined;
        m.taskCompleted = undefined;
        m.childWorkflowInstanceCreated = undefined;
        m.childWorkflowInstanceCompleted = undefined;
        m.childWorkflowInstanceFailed = undefined;
        m.timerCreated = undefined;
        m.timerFired = undefined;
        m.workflowStarted = undefined;
        m.workflowCompleted = undefined;
        m.eventSent = undefined;
        m.eventRaised = undefined;
        m.continueAsNew = undefined;
        m.executionSuspended = undefined;
        m.executionResumed = undefined;
        m.executionStalled = undefined;
        m.detachedWorkflowInstanceCreated = undefined;
        break;
      }
      case 74: {
        const e = r.enter();
        m.childWorkflowInstanceCreated = readChildWorkflowInstanceCreatedEvent(r, e, m.childWorkflowInstanceCreated);
        r.leave(e);
        m.executionStarted = undefined;
        m.executionCompleted = undefined;
        m.executionTerminated = undefined;
        m.taskScheduled = undefined;
        m.taskCompleted = undefined;
        m.taskFailed = undefined;
        m.childWorkflowInstanceCompleted = undefined;
        m.childWorkflowInstanceFailed = undefined;
        m.timerCreated = undefined;
        m.timerFired = undefined;
        m.workflowStarted = undefined;
        m.workflowCompleted = undefined;
        m.eventSent = undefined;
        m.eventRaised = undefined;
        m.continueAsNew = undefined;
        m.executionSuspended = undefined;
        m.executionResumed = undefined;
        m.executionStalled = undefined;
        m.detachedWorkflowInstanceCreated = undefined;
        break;
      }
      case 82: {
        const e = r.enter();
        m.childWorkflowInstanceCompleted = readChildWorkflowInstanceCompletedEvent(r, e, m.childWorkflowInstanceCompleted);
        r.leave(e);
        m.executionStarted = undefined;
        m.executionCompleted = undefined;
        m.executionTerminated = undefined;
        m.taskScheduled = undefined;
        m.taskCompleted = undefined;
        m.taskFailed = undefined;
        m.childWorkflowInstanceCreated = undefined;
        m.childWorkflowInstanceFailed = undefined;
        m.timerCreated = undefined;
        m.timerFired = undefined;
        m.workflowStarted = undefined;
        m.workflowCompleted = undefined;
        m.eventSent = undefined;
        m.eventRaised = undefined;
        m.continueAsNew = undefined;
        m.executionSuspended = undefined;
        m.executionResumed = undefined;
        m.executionStalled = undefined;
        m.detachedWorkflowInstanceCreated = undefined;
        break;
      }
      case 90: {
        const e = r.enter();
        m.childWorkflowInstanceFailed = readChildWorkflowInstanceFailedEvent(r, e, m.childWorkflowInstanceFailed);
        r.leave(e);
        m.executionStarted = undefined;
        m.executionCompleted = undefined;
        m.executionTerminated = undefined;
        m.taskScheduled = undefined;
        m.taskCompleted = undefined;
        m.taskFailed = undefined;
        m.childWorkflowInstanceCreated = undefined;
        m.childWorkflowInstanceCompleted = undefined;
        m.timerCreated = undefined;
        m.timerFired = undefined;
        m.workflowStarted = undefined;
        m.workflowCompleted = undefined;
        m.eventSent = undefined;
        m.eventRaised = undefined;
        m.continueAsNew = undefined;
        m.executionSuspended = undefined;
        m.executionResumed = undefined;
        m.executionStalled = undefined;
        m.detachedWorkflowInstanceCreated = undefined;
        break;
      }
      case 98: {
        const e = r.enter();
        m.timerCreated = readTimerCreatedEvent(r, e, m.timerCreated);
        r.leave(e);
        m.executionStarted = undefined;
        m.executionCompleted = undefined;
        m.executionTerminated = undefined;
        m.taskScheduled = undefined;
        m.taskCompleted = undefined;
        m.taskFailed = undefined;
        m.childWorkflowInstanceCreated = undefined;
        m.childWorkflowInstanceCompleted = undefined;
        m.childWorkflowInstanceFailed = undefined;
        m.timerFired = undefined;
        m.workflowStarted = undefined;
        m.workflowCompleted = undefined;
        m.eventSent = undefined;
        m.eventRaised = undefined;
        m.continueAsNew = undefined;
        m.executionSuspended = undefined;
        m.executionResumed = undefined;
        m.executionStalled = undefined;
        m.detachedWorkflowInstanceCreated = undefined;
        break;
      }
      case 106: {
        const e = r.enter();
        m.timerFired = readTimerFiredEvent(r, e, m.timerFired);
        r.leave(e);
        m.executionStarted = undefined;
        m.executionCompleted = undefined;
        m.executionTerminated = undefined;
        m.taskScheduled = undefined;
        m.taskCompleted = undefined;
        m.taskFailed = undefined;
        m.childWorkflowInstanceCreated = undefined;
        m.childWorkflowInstanceCompleted = undefined;
        m.childWorkflowInstanceFailed = undefined;
        m.timerCreated = undefined;
        m.workflowStarted = undefined;
        m.workflowCompleted = undefined;
        m.eventSent = undefined;
        m.eventRaised = undefined;
        m.continueAsNew = undefined;
        m.executionSuspended = undefined;
        m.executionResumed = undefined;
        m.executionStalled = undefined;
        m.detachedWorkflowInstanceCreated = undefined;
        break;
      }
      case 114: {
        const e = r.enter();
        m.workflowStarted = readWorkflowStartedEvent(r, e, m.workflowStarted);
        r.leave(e);
        m.executionStarted = undefined;
        m.executionCompleted = undefined;
        m.executionTerminated = undefined;
        m.taskScheduled = undefined;
        m.taskCompleted = undefined;
        m.taskFailed = undefined;
        m.childWorkflowInstanceCreated = undefined;
        m.childWorkflowInstanceCompleted = undefined;
        m.childWorkflowInstanceFailed = undefined;
        m.timerCreated = undefined;
        m.timerFired = undefined;
        m.workflowCompleted = undefined;
        m.eventSent = undefined;
        m.eventRaised = undefined;
        m.continueAsNew = undefined;
        m.executionSuspended = undefined;
        m.executionResumed = undefined;
        m.executionStalled = undefined;
        m.detachedWorkflowInstanceCreated = undefined;
        break;
      }
      case 122: {
        const e = r.enter();
        m.workflowCompleted = readWorkflowCompletedEvent(r, e, m.workflowCompleted);
        r.leave(e);
        m.executionStarted = undefined;
        m.executionCompleted = undefined;
        m.executionTerminated = undefined;
        m.taskScheduled = undefined;
        m.taskCompleted = undefined;
        m.taskFailed = undefined;
        m.childWorkflowInstanceCreated = undefined;
        m.childWorkflowInstanceCompleted = undefined;
        m.childWorkflowInstanceFailed = undefined;
        m.timerCreated = undefined;
        m.timerFired = undefined;
        m.workflowStarted = undefined;
        m.eventSent = undefined;
        m.eventRaised = undefined;
        m.continueAsNew = undefined;
        m.executionSuspended = undefined;
        m.executionResumed = undefined;
        m.executionStalled = undefined;
        m.detachedWorkflowInstanceCreated = undefined;
        break;
      }
      case 130: {
        const e = r.enter();
        m.eventSent = readEventSentEvent(r, e, m.eventSent);
        r.leave(e);
        m.executionStarted = undefined;
        m.executionCompleted = undefined;
        m.executionTerminated = undefined;
        m.taskScheduled = undefined;
        m.taskCompleted = undefined;
        m.taskFailed = undefined;
        m.childWorkflowInstanceCreated = undefined;
        m.childWorkflowInstanceCompleted = undefined;
        m.childWorkflowInstanceFailed = undefined;
        m.timerCreated = undefined;
        m.timerFired = undefined;
        m.workflowStarted = undefined;
        m.workflowCompleted = undefined;
        m.eventRaised = undefined;
        m.continueAsNew = undefined;
        m.executionSuspended = undefined;
        m.executionResumed = undefined;
        m.executionStalled = undefined;
        m.detachedWorkflowInstanceCreated = undefined;
        break;
      }
      case 138: {
        const e = r.enter();
        m.eventRaised = readEventRaisedEvent(r, e, m.eventRaised);
        r.leave(e);
        m.executionStarted = undefined;
        m.executionCompleted = undefined;
        m.executionTerminated = undefined;
        m.taskScheduled = undefined;
        m.taskCompleted = undefined;
        m.taskFailed = undefined;
        m.childWorkflowInstanceCreated = undefined;
        m.childWorkflowInstanceCompleted = undefined;
        m.childWorkflowInstanceFailed = undefined;
        m.timerCreated = undefined;
        m.timerFired = undefined;
        m.workflowStarted = undefined;
        m.workflowCompleted = undefined;
        m.eventSent = undefined;
        m.continueAsNew = undefined;
        m.executionSuspended = undefined;
        m.executionResumed = undefined;
        m.executionStalled = undefined;
        m.detachedWorkflowInstanceCreated = undefined;
        break;
      }
      case 162: {
        const e = r.enter();
        m.continueAsNew = readContinueAsNewEvent(r, e, m.continueAsNew);
        r.leave(e);
        m.executionStarted = undefined;
        m.executionCompleted = undefined;
        m.executionTerminated = undefined;
        m.taskScheduled = undefined;
        m.taskCompleted = undefined;
        m.taskFailed = undefined;
        m.childWorkflowInstanceCreated = undefined;
        m.childWorkflowInstanceCompleted = undefined;
        m.childWorkflowInstanceFailed = undefined;
        m.timerCreated = undefined;
        m.timerFired = undefined;
        m.workflowStarted = undefined;
        m.workflowCompleted = undefined;
        m.eventSent = undefined;
        m.eventRaised = undefined;
        m.executionSuspended = undefined;
        m.executionResumed = undefined;
        m.executionStalled = undefined;
        m.detachedWorkflowInstanceCreated = undefined;
        break;
      }
      case 170: {
        const e = r.enter();
        m.executionSuspended = readExecutionSuspendedEvent(r, e, m.executionSuspended);
        r.leave(e);
        m.executionStarted = undefined;
        m.executionCompleted = undefined;
        m.executionTerminated = undefined;
        m.taskScheduled = undefined;
        m.taskCompleted = undefined;
        m.taskFailed = undefined;
        m.childWorkflowInstanceCreated = undefined;
        m.childWorkflowInstanceCompleted = undefined;
        m.childWorkflowInstanceFailed = undefined;
        m.timerCreated = undefined;
        m.timerFired = undefined;
        m.workflowStarted = undefined;
        m.workflowCompleted = undefined;
        m.eventSent = undefined;
        m.eventRaised = undefined;
        m.continueAsNew = undefined;
        m.executionResumed = undefined;
        m.executionStalled = undefined;
        m.detachedWorkflowInstanceCreated = undefined;
        break;
      }
      case 178: {
        const e = r.enter();
        m.executionResumed = readExecutionResumedEvent(r, e, m.executionResumed);
        r.leave(e);
        m.executionStarted = undefined;
        m.executionCompleted = undefined;
        m.executionTerminated = undefined;
        m.taskScheduled = undefined;
        m.taskCompleted = undefined;
        m.taskFailed = undefined;
        m.childWorkflowInstanceCreated = undefined;
        m.childWorkflowInstanceCompleted = undefined;
        m.childWorkflowInstanceFailed = undefined;
        m.timerCreated = undefined;
        m.timerFired = undefined;
        m.workflowStarted = undefined;
        m.workflowCompleted = undefined;
        m.eventSent = undefined;
        m.eventRaised = undefined;
        m.continueAsNew = undefined;
        m.executionSuspended = undefined;
        m.executionStalled = undefined;
        m.detachedWorkflowInstanceCreated = undefined;
        break;
      }
      case 250: {
        const e = r.enter();
        m.executionStalled = readExecutionStalledEvent(r, e, m.executionStalled);
        r.leave(e);
        m.executionStarted = undefined;
        m.executionCompleted = undefined;
        m.executionTerminated = undefined;
        m.taskScheduled = undefined;
        m.taskCompleted = undefined;
        m.taskFailed = undefined;
        m.childWorkflowInstanceCreated = undefined;
        m.childWorkflowInstanceCompleted = undefined;
        m.childWorkflowInstanceFailed = undefined;
        m.timerCreated = undefined;
        m.timerFired = undefined;
        m.workflowStarted = undefined;
        m.workflowCompleted = undefined;
        m.eventSent = undefined;
        m.eventRaised = undefined;
        m.continueAsNew = undefined;
        m.executionSuspended = undefined;
        m.executionResumed = undefined;
        m.detachedWorkflowInstanceCreated = undefined;
        break;
      }
      case 258: {
        const e = r.enter();
        m.detachedWorkflowInstanceCreated = readDetachedWorkflowInstanceCreatedEvent(r, e, m.detachedWorkflowInstanceCreated);
        r.leave(e);
        m.executionStarted = undefined;
        m.executionCompleted = undefined;
        m.executionTerminated = undefined;
        m.taskScheduled = undefined;
        m.taskCompleted = undefined;
        m.taskFailed = undefined;
        m.childWorkflowInstanceCreated = undefined;
        m.childWorkflowInstanceCompleted = undefined;
        m.childWorkflowInstanceFailed = undefined;
        m.timerCreated = undefined;
        m.timerFired = undefined;
        m.workflowStarted = undefined;
        m.workflowCompleted = undefined;
        m.eventSent = undefined;
        m.eventRaised = undefined;
        m.continueAsNew = undefined;
        m.executionSuspended = undefined;
        m.executionResumed = undefined;
        m.executionStalled = undefined;
        break;
      }
      case 242: {
        const e = r.enter();
        m.router = TaskRouter.read(r, e, m.router);
        r.leave(e);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeHistoryEvent(w: Writer, m: HistoryEventInit): void {
  const v0 = m.detachedWorkflowInstanceCreated;
  if (v0 !== undefined) {
    const s = w.written;
    writeDetachedWorkflowInstanceCreatedEvent(w, v0);
    w.delimit(s, 258);
  }
  const v1 = m.executionStalled;
  if (v1 !== undefined) {
    const s = w.written;
    writeExecutionStalledEvent(w, v1);
    w.delimit(s, 250);
  }
  const v2 = m.router;
  if (v2 !== undefined) {
    const s = w.written;
    TaskRouter.write(w, v2);
    w.delimit(s, 242);
  }
  const v3 = m.executionResumed;
  if (v3 !== undefined) {
    const s = w.written;
    writeExecutionResumedEvent(w, v3);
    w.delimit(s, 178);
  }
  const v4 = m.executionSuspended;
  if (v4 !== undefined) {
    const s = w.written;
    writeExecutionSuspendedEvent(w, v4);
    w.delimit(s, 170);
  }
  const v5 = m.continueAsNew;
  if (v5 !== undefined) {
    const s = w.written;
    writeContinueAsNewEvent(w, v5);
    w.delimit(s, 162);
  }
  const v6 = m.eventRaised;
  if (v6 !== undefined) {
    const s = w.written;
    writeEventRaisedEvent(w, v6);
    w.delimit(s, 138);
  }
  const v7 = m.eventSent;
  if (v7 !== undefined) {
    const s = w.written;
    writeEventSentEvent(w, v7);
    w.delimit(s, 130);
  }
  const v8 = m.workflowCompleted;
  if (v8 !== undefined) {
    const s = w.written;
    writeWorkflowCompletedEvent(w, v8);
    w.delimit(s, 122);
  }
  const v9 = m.workflowStarted;
  if (v9 !== undefined) {
    const s = w.written;
    writeWorkflowStartedEvent(w, v9);
    w.delimit(s, 114);
  }
  const v10 = m.timerFired;
  if (v10 !== undefined) {
    const s = w.written;
    writeTimerFiredEvent(w, v10);
    w.delimit(s, 106);
  }
  const v11 = m.timerCreated;
  if (v11 !== undefined) {
    const s = w.written;
    writeTimerCreatedEvent(w, v11);
    w.delimit(s, 98);
  }
  const v12 = m.childWorkflowInstanceFailed;
  if (v12 !== undefined) {
    const s = w.written;
    writeChildWorkflowInstanceFailedEvent(w, v12);
    w.delimit(s, 90);
  }
  const v13 = m.childWorkflowInstanceCompleted;
  if (v13 !== undefined) {
    const s = w.written;
    writeChildWorkflowInstanceCompletedEvent(w, v13);
    w.delimit(s, 82);
  }
  const v14 = m.childWorkflowInstanceCreated;
  if (v14 !== undefined) {
    const s = w.written;
    writeChildWorkflowInstanceCreatedEvent(w, v14);
    w.delimit(s, 74);
  }
  const v15 = m.taskFailed;
  if (v15 !== undefined) {
    const s = w.written;
    writeTaskFailedEvent(w, v15);
    w.delimit(s, 66);
  }
  const v16 = m.taskCompleted;
  if (v16 !== undefined) {
    const s = w.written;
    writeTaskCompletedEvent(w, v16);
    w.delimit(s, 58);
  }
  const v17 = m.taskScheduled;
  if (v17 !== undefined) {
    const s = w.written;
    writeTaskScheduledEvent(w, v17);
    w.delimit(s, 50);
  }
  const v18 = m.executionTerminated;
  if (v18 !== undefined) {
    const s = w.written;
    writeExecutionTerminatedEvent(w, v18);
    w.delimit(s, 42);
  }
  const v19 = m.executionCompleted;
  if (v19 !== undefined) {
    const s = w.written;
    writeExecutionCompletedEvent(w, v19);
    w.delimit(s, 34);
  }
  const v20 = m.executionStarted;
  if (v20 !== undefined) {
    const s = w.written;
    writeExecutionStartedEvent(w, v20);
    w.delimit(s, 26);
  }
  const v21 = m.timestamp;
  if (v21 !== undefined) {
    const s = w.written;
    Timestamp.write(w, v21);
    w.delimit(s, 18);
  }
  const v22 = m.eventId;
  if (v22) {
    w.int32(v22);
    w.uint32(8);
  }
}

export const HistoryEvent = /* @__PURE__ */ new MessageCodec<HistoryEvent, HistoryEventInit>(
  "HistoryEvent",
  readHistoryEvent,
  writeHistoryEvent,
);

/** The part of a propagated history that one workflow contributed. */
export interface PropagatedHistoryChunk {
  rawEvents: Buffer[];
  appId: string;
  instanceId: string;
  workflowName: string;
  rawSignatures: Buffer[];
  signingCertChains: Buffer[];
}
export interface PropagatedHistoryChunkInit {
  rawEvents?: readonly Uint8Array[] | undefined;
  appId?: string | undefined;
  instanceId?: string | undefined;
  workflowName?: string | undefined;
  rawSignatures?: readonly Uint8Array[] | undefined;
  signingCertChains?: readonly Uint8Array[] | undefined;
}

function readPropagatedHistoryChunk(
  r: Reader,
  end: number,
  m: PropagatedHistoryChunk = {
    rawEvents: [],
    appId: "",
    instanceId: "",
    workflowName: "",
    rawSignatures: [],
    signingCertChains: [],
  },
): PropagatedHistoryChunk {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.rawEvents.push(r.bytes());
        break;
      case 18:
        m.appId = r.string();
        break;
      case 26:
        m.instanceId = r.string();
        break;
      case 34:
        m.workflowName = r.string();
        break;
      case 42:
        m.rawSignatures.push(r.bytes());
        break;
      case 50:
        m.signingCertChains.push(r.bytes());
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writePropagatedHistoryChunk(w: Writer, m: PropagatedHistoryChunkInit): void {
  const v0 = m.signingCertChains;
  if (v0 !== undefined && v0.length > 0) {
    for (let i = v0.length - 1; i >= 0; i--) {
      w.bytes(v0[i]!);
      w.uint32(50);
    }
  }
  const v1 = m.rawSignatures;
  if (v1 !== undefined && v1.length > 0) {
    for (let i = v1.length - 1; i >= 0; i--) {
      w.bytes(v1[i]!);
      w.uint32(42);
    }
  }
  const v2 = m.workflowName;
  if (v2) {
    w.string(v2);
    w.uint32(34);
  }
  const v3 = m.instanceId;
  if (v3) {
    w.string(v3);
    w.uint32(26);
  }
  const v4 = m.appId;
  if (v4) {
    w.string(v4);
    w.uint32(18);
  }
  const v5 = m.rawEvents;
  if (v5 !== undefined && v5.length > 0) {
    for (let i = v5.length - 1; i >= 0; i--) {
      w.bytes(v5[i]!);
      w.uint32(10);
    }
  }
}

export const PropagatedHistoryChunk = /* @__PURE__ */ new MessageCodec<PropagatedHistoryChunk, PropagatedHistoryChunkInit>(
  "PropagatedHistoryChunk",
  readPropagatedHistoryChunk,
  writePropagatedHistoryChunk,
);

/** History that callers hand on to what they call. */
export interface PropagatedHistory {
  scope: HistoryPropagationScope;
  chunks: PropagatedHistoryChunk[];
}
export interface PropagatedHistoryInit {
  scope?: HistoryPropagationScope | undefined;
  chunks?: readonly PropagatedHistoryChunkInit[] | undefined;
}

function readPropagatedHistory(
  r: Reader,
  end: number,
  m: PropagatedHistory = {
    scope: 0,
    chunks: [],
  },
): PropagatedHistory {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 8:
        m.scope = r.int32();
        break;
      case 18: {
        const e = r.enter();
        m.chunks.push(readPropagatedHistoryChunk(r, e));
        r.leave(e);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writePropagatedHistory(w: Writer, m: PropagatedHistoryInit): void {
  const v0 = m.chunks;
  if (v0 !== undefined && v0.length > 0) {
    for (let i = v0.length - 1; i >= 0; i--) {
      const s = w.written;
      writePropagatedHistoryChunk(w, v0[i]!);
      w.delimit(s, 18);
    }
  }
  const v1 = m.scope;
  if (v1) {
    w.int32(v1);
    w.uint32(8);
  }
}

export const PropagatedHistory = /* @__PURE__ */ new MessageCodec<PropagatedHistory, PropagatedHistoryInit>(
  "PropagatedHistory",
  readPropagatedHistory,
  writePropagatedHistory,
);
