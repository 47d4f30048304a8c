// Generated from proto/orchestration.proto by tools/generate-proto.ts. Do not edit.
import { MessageCodec, type Reader, type Writer, readStringEntry, writeStringMap } from "../wire.ts";
import { StringValue, type StringValueInit } from "../google/protobuf/wrappers.ts";
import { Timestamp, type TimestampInit } from "../google/protobuf/timestamp.ts";

/** Why a workflow cannot run. */
export const StalledReason = {
  PATCH_MISMATCH: 0,
  VERSION_NOT_AVAILABLE: 1,
  PAYLOAD_SIZE_EXCEEDED: 2,
} as const;
export type StalledReason = number;

/** Where a workflow stands. */
export const OrchestrationStatus = {
  ORCHESTRATION_STATUS_RUNNING: 0,
  ORCHESTRATION_STATUS_COMPLETED: 1,
  ORCHESTRATION_STATUS_CONTINUED_AS_NEW: 2,
  ORCHESTRATION_STATUS_FAILED: 3,
  ORCHESTRATION_STATUS_CANCELED: 4,
  ORCHESTRATION_STATUS_TERMINATED: 5,
  ORCHESTRATION_STATUS_PENDING: 6,
  ORCHESTRATION_STATUS_SUSPENDED: 7,
  ORCHESTRATION_STATUS_STALLED: 8,
} as const;
export type OrchestrationStatus = number;

/** How much of its history a caller hands on. */
export const HistoryPropagationScope = {
  HISTORY_PROPAGATION_SCOPE_NONE: 0,
  HISTORY_PROPAGATION_SCOPE_OWN_HISTORY: 1,
  HISTORY_PROPAGATION_SCOPE_LINEAGE: 2,
} as const;
export type HistoryPropagationScope = number;

/** Which app runs the task. */
export interface TaskRouter {
  sourceAppID: string;
  targetAppID: string | undefined;
  targetAppNamespace: string | undefined;
}
export interface TaskRouterInit {
  sourceAppID?: string | undefined;
  targetAppID?: string | undefined;
  targetAppNamespace?: string | undefined;
}

function readTaskRouter(
  r: Reader,
  end: number,
  m: TaskRouter = {
    sourceAppID: "",
    targetAppID: undefined,
    targetAppNamespace: undefined,
  },
): TaskRouter {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.sourceAppID = r.string();
        break;
      case 18:
        m.targetAppID = r.string();
        break;
      case 26:
        m.targetAppNamespace = r.string();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeTaskRouter(w: Writer, m: TaskRouterInit): void {
  const v0 = m.targetAppNamespace;
  if (v0 !== undefined) {
    w.string(v0);
    w.uint32(26);
  }
  const v1 = m.targetAppID;
  if (v1 !== undefined) {
    w.string(v1);
    w.uint32(18);
  }
  const v2 = m.sourceAppID;
  if (v2) {
    w.string(v2);
    w.uint32(10);
  }
}

export const TaskRouter = /* @__PURE__ */ new MessageCodec<TaskRouter, TaskRouterInit>(
  "TaskRouter",
  readTaskRouter,
  writeTaskRouter,
);

/** The version of the workflow code and the patches that are applied. */
export interface WorkflowVersion {
  patches: string[];
  name: string | undefined;
}
export interface WorkflowVersionInit {
  patches?: readonly string[] | undefined;
  name?: string | undefined;
}

function readWorkflowVersion(
  r: Reader,
  end: number,
  m: WorkflowVersion = {
    patches: [],
    name: undefined,
  },
): WorkflowVersion {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.patches.push(r.string());
        break;
      case 18:
        m.name = r.string();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeWorkflowVersion(w: Writer, m: WorkflowVersionInit): void {
  const v0 = m.name;
  if (v0 !== undefined) {
    w.string(v0);
    w.uint32(18);
  }
  const v1 = m.patches;
  if (v1 !== undefined && v1.length > 0) {
    for (let i = v1.length - 1; i >= 0; i--) {
      w.string(v1[i]!);
      w.uint32(10);
    }
  }
}

export const WorkflowVersion = /* @__PURE__ */ new MessageCodec<WorkflowVersion, WorkflowVersionInit>(
  "WorkflowVersion",
  readWorkflowVersion,
  writeWorkflowVersion,
);

/** One run of a workflow. */
export interface WorkflowInstance {
  instanceId: string;
  executionId: StringValue | undefined;
}
export interface WorkflowInstanceInit {
  instanceId?: string | undefined;
  executionId?: StringValueInit | undefined;
}

function readWorkflowInstance(
  r: Reader,
  end: number,
  m: WorkflowInstance = {
    instanceId: "",
    executionId: undefined,
  },
): WorkflowInstance {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.instanceId = r.string();
        break;
      case 18: {
        const e = r.enter();
        m.executionId = StringValue.read(r, e, m.executionId);
        r.leave(e);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeWorkflowInstance(w: Writer, m: WorkflowInstanceInit): void {
  const v0 = m.executionId;
  if (v0 !== undefined) {
    const s = w.written;
    StringValue.write(w, v0);
    w.delimit(s, 18);
  }
  const v1 = m.instanceId;
  if (v1) {
    w.string(v1);
    w.uint32(10);
  }
}

export const WorkflowInstance = /* @__PURE__ */ new MessageCodec<WorkflowInstance, WorkflowInstanceInit>(
  "WorkflowInstance",
  readWorkflowInstance,
  writeWorkflowInstance,
);

/** An error with its causes. */
export interface TaskFailureDetails {
  errorType: string;
  errorMessage: string;
  stackTrace: StringValue | undefined;
  innerFailure: TaskFailureDetails | undefined;
  isNonRetriable: boolean;
}
export interface TaskFailureDetailsInit {
  errorType?: string | undefined;
  errorMessage?: string | undefined;
  stackTrace?: StringValueInit | undefined;
  innerFailure?: TaskFailureDetailsInit | undefined;
  isNonRetriable?: boolean | undefined;
}

function readTaskFailureDetails(
  r: Reader,
  end: number,
  m: TaskFailureDetails = {
    errorType: "",
    errorMessage: "",
    stackTrace: undefined,
    innerFailure: undefined,
    isNonRetriable: false,
  },
): TaskFailureDetails {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.errorType = r.string();
        break;
      case 18:
        m.errorMessage = r.string();
        break;
      case 26: {
        const e = r.enter();
        m.stackTrace = StringValue.read(r, e, m.stackTrace);
        r.leave(e);
        break;
      }
      case 34: {
        const e = r.enter();
        m.innerFailure = readTaskFailureDetails(r, e, m.innerFailure);
        r.leave(e);
        break;
      }
      case 40:
        m.isNonRetriable = r.bool();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeTaskFailureDetails(w: Writer, m: TaskFailureDetailsInit): void {
  const v0 = m.isNonRetriable;
  if (v0) {
    w.bool(v0);
    w.uint32(40);
  }
  const v1 = m.innerFailure;
  if (v1 !== undefined) {
    const s = w.written;
    writeTaskFailureDetails(w, v1);
    w.delimit(s, 34);
  }
  const v2 = m.stackTrace;
  if (v2 !== undefined) {
    const s = w.written;
    StringValue.write(w, v2);
    w.delimit(s, 26);
  }
  const v3 = m.errorMessage;
  if (v3) {
    w.string(v3);
    w.uint32(18);
  }
  const v4 = m.errorType;
  if (v4) {
    w.string(v4);
    w.uint32(10);
  }
}

export const TaskFailureDetails = /* @__PURE__ */ new MessageCodec<TaskFailureDetails, TaskFailureDetailsInit>(
  "TaskFailureDetails",
  readTaskFailureDetails,
  writeTaskFailureDetails,
);

/** The workflow that waits for this one. */
export interface ParentInstanceInfo {
  taskScheduledId: number;
  name: StringValue | undefined;
  version: StringValue | undefined;
  workflowInstance: WorkflowInstance | undefined;
  appID: string | undefined;
  appNamespace: string | undefined;
}
export interface ParentInstanceInfoInit {
  taskScheduledId?: number | undefined;
  name?: StringValueInit | undefined;
  version?: StringValueInit | undefined;
  workflowInstance?: WorkflowInstanceInit | undefined;
  appID?: string | undefined;
  appNamespace?: string | undefined;
}

function readParentInstanceInfo(
  r: Reader,
  end: number,
  m: ParentInstanceInfo = {
    taskScheduledId: 0,
    name: undefined,
    version: undefined,
    workflowInstance: undefined,
    appID: undefined,
    appNamespace: undefined,
  },
): ParentInstanceInfo {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 8:
        m.taskScheduledId = r.int32();
        break;
      case 18: {
        const e = r.enter();
        m.name = StringValue.read(r, e, m.name);
        r.leave(e);
        break;
      }
      case 26: {
        const e = r.enter();
        m.version = StringValue.read(r, e, m.version);
        r.leave(e);
        break;
      }
      case 34: {
        const e = r.enter();
        m.workflowInstance = readWorkflowInstance(r, e, m.workflowInstance);
        r.leave(e);
        break;
      }
      case 42:
        m.appID = r.string();
        break;
      case 50:
        m.appNamespace = r.string();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeParentInstanceInfo(w: Writer, m: ParentInstanceInfoInit): void {
  const v0 = m.appNamespace;
  if (v0 !== undefined) {
    w.string(v0);
    w.uint32(50);
  }
  const v1 = m.appID;
  if (v1 !== undefined) {
    w.string(v1);
    w.uint32(42);
  }
  const v2 = m.workflowInstance;
  if (v2 !== undefined) {
    const s = w.written;
    writeWorkflowInstance(w, v2);
    w.delimit(s, 34);
  }
  const v3 = m.version;
  if (v3 !== undefined) {
    const s = w.written;
    StringValue.write(w, v3);
    w.delimit(s, 26);
  }
  const v4 = m.name;
  if (v4 !== undefined) {
    const s = w.written;
    StringValue.write(w, v4);
    w.delimit(s, 18);
  }
  const v5 = m.taskScheduledId;
  if (v5) {
    w.int32(v5);
    w.uint32(8);
  }
}

export const ParentInstanceInfo = /* @__PURE__ */ new MessageCodec<ParentInstanceInfo, ParentInstanceInfoInit>(
  "ParentInstanceInfo",
  readParentInstanceInfo,
  writeParentInstanceInfo,
);

/** The workflow whose rerun made this one. */
export interface RerunParentInstanceInfo {
  instanceID: string;
}
export interface RerunParentInstanceInfoInit {
  instanceID?: string | undefined;
}

function readRerunParentInstanceInfo(
  r: Reader,
  end: number,
  m: RerunParentInstanceInfo = {
    instanceID: "",
  },
): RerunParentInstanceInfo {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.instanceID = r.string();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeRerunParentInstanceInfo(w: Writer, m: RerunParentInstanceInfoInit): void {
  const v0 = m.instanceID;
  if (v0) {
    w.string(v0);
    w.uint32(10);
  }
}

export const RerunParentInstanceInfo = /* @__PURE__ */ new MessageCodec<RerunParentInstanceInfo, RerunParentInstanceInfoInit>(
  "RerunParentInstanceInfo",
  readRerunParentInstanceInfo,
  writeRerunParentInstanceInfo,
);

/** The W3C trace context of the caller. */
export interface TraceContext {
  traceParent: string;
  /** @deprecated */
  spanID: string;
  traceState: StringValue | undefined;
}
export interface TraceContextInit {
  traceParent?: string | undefined;
  spanID?: string | undefined;
  traceState?: StringValueInit | undefined;
}

function readTraceContext(
  r: Reader,
  end: number,
  m: TraceContext = {
    traceParent: "",
    spanID: "",
    traceState: undefined,
  },
): TraceContext {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.traceParent = r.string();
        break;
      case 18:
        m.spanID = r.string();
        break;
      case 26: {
        const e = r.enter();
        m.traceState = StringValue.read(r, e, m.traceState);
        r.leave(e);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeTraceContext(w: Writer, m: TraceContextInit): void {
  const v0 = m.traceState;
  if (v0 !== undefined) {
    const s = w.written;
    StringValue.write(w, v0);
    w.delimit(s, 26);
  }
  const v1 = m.spanID;
  if (v1) {
    w.string(v1);
    w.uint32(18);
  }
  const v2 = m.traceParent;
  if (v2) {
    w.string(v2);
    w.uint32(10);
  }
}

export const TraceContext = /* @__PURE__ */ new MessageCodec<TraceContext, TraceContextInit>(
  "TraceContext",
  readTraceContext,
  writeTraceContext,
);

/** A workflow as clients see it. */
export interface WorkflowState {
  instanceId: string;
  name: string;
  version: StringValue | undefined;
  workflowStatus: OrchestrationStatus;
  scheduledStartTimestamp: Timestamp | undefined;
  createdTimestamp: Timestamp | undefined;
  lastUpdatedTimestamp: Timestamp | undefined;
  input: StringValue | undefined;
  output: StringValue | undefined;
  customStatus: StringValue | undefined;
  failureDetails: TaskFailureDetails | undefined;
  executionId: StringValue | undefined;
  completedTimestamp: Timestamp | undefined;
  parentInstanceId: StringValue | undefined;
  tags: Map<string, string>;
  parentAppId: StringValue | undefined;
  startedAt: Timestamp | undefined;
}
export interface WorkflowStateInit {
  instanceId?: string | undefined;
  name?: string | undefined;
  version?: StringValueInit | undefined;
  workflowStatus?: OrchestrationStatus | undefined;
  scheduledStartTimestamp?: TimestampInit | undefined;
  createdTimestamp?: TimestampInit | undefined;
  lastUpdatedTimestamp?: TimestampInit | undefined;
  input?: StringValueInit | undefined;
  output?: StringValueInit | undefined;
  customStatus?: StringValueInit | undefined;
  failureDetails?: TaskFailureDetailsInit | undefined;
  executionId?: StringValueInit | undefined;
  completedTimestamp?: TimestampInit | undefined;
  parentInstanceId?: StringValueInit | undefined;
  tags?: ReadonlyMap<string, string> | undefined;
  parentAppId?: StringValueInit | undefined;
  startedAt?: TimestampInit | undefined;
}

function readWorkflowState(
  r: Reader,
  end: number,
  m: WorkflowState = {
    instanceId: "",
    name: "",
    version: undefined,
    workflowStatus: 0,
    scheduledStartTimestamp: undefined,
    createdTimestamp: undefined,
    lastUpdatedTimestamp: undefined,
    input: undefined,
    output: undefined,
    customStatus: undefined,
    failureDetails: undefined,
    executionId: undefined,
    completedTimestamp: undefined,
    parentInstanceId: undefined,
    tags: new Map(),
    parentAppId: undefined,
    startedAt: undefined,
  },
): WorkflowState {
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
      case 32:
        m.workflowStatus = r.int32();
        break;
      case 42: {
        const e = r.enter();
        m.scheduledStartTimestamp = Timestamp.read(r, e, m.scheduledStartTimestamp);
        r.leave(e);
        break;
      }
      case 50: {
        const e = r.enter();
        m.createdTimestamp = Timestamp.read(r, e, m.createdTimestamp);
        r.leave(e);
        break;
      }
      case 58: {
        const e = r.enter();
        m.lastUpdatedTimestamp = Timestamp.read(r, e, m.lastUpdatedTimestamp);
        r.leave(e);
        break;
      }
      case 66: {
        const e = r.enter();
        m.input = StringValue.read(r, e, m.input);
        r.leave(e);
        break;
      }
      case 74: {
        const e = r.enter();
        m.output = StringValue.read(r, e, m.output);
        r.leave(e);
        break;
      }
      case 82: {
        const e = r.enter();
        m.customStatus = StringValue.read(r, e, m.customStatus);
        r.leave(e);
        break;
      }
      case 90: {
        const e = r.enter();
        m.failureDetails = readTaskFailureDetails(r, e, m.failureDetails);
        r.leave(e);
        break;
      }
      case 98: {
        const e = r.enter();
        m.executionId = StringValue.read(r, e, m.executionId);
        r.leave(e);
        break;
      }
      case 106: {
        const e = r.enter();
        m.completedTimestamp = Timestamp.read(r, e, m.completedTimestamp);
        r.leave(e);
        break;
      }
      case 114: {
        const e = r.enter();
        m.parentInstanceId = StringValue.read(r, e, m.parentInstanceId);
        r.leave(e);
        break;
      }
      case 122:
        readStringEntry(r, m.tags);
        break;
      case 130: {
        const e = r.enter();
        m.parentAppId = StringValue.read(r, e, m.parentAppId);
        r.leave(e);
        break;
      }
      case 138: {
        const e = r.enter();
        m.startedAt = Timestamp.read(r, e, m.startedAt);
        r.leave(e);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeWorkflowState(w: Writer, m: WorkflowStateInit): void {
  const v0 = m.startedAt;
  if (v0 !== undefined) {
    const s = w.written;
    Timestamp.write(w, v0);
    w.delimit(s, 138);
  }
  const v1 = m.parentAppId;
  if (v1 !== undefined) {
    const s = w.written;
    StringValue.write(w, v1);
    w.delimit(s, 130);
  }
  const v2 = m.tags;
  if (v2 !== undefined && v2.size > 0) {
    writeStringMap(w, v2, 122);
  }
  const v3 = m.parentInstanceId;
  if (v3 !== undefined) {
    const s = w.written;
    StringValue.write(w, v3);
    w.delimit(s, 114);
  }
  const v4 = m.completedTimestamp;
  if (v4 !== undefined) {
    const s = w.written;
    Timestamp.write(w, v4);
    w.delimit(s, 106);
  }
  const v5 = m.executionId;
  if (v5 !== undefined) {
    const s = w.written;
    StringValue.write(w, v5);
    w.delimit(s, 98);
  }
  const v6 = m.failureDetails;
  if (v6 !== undefined) {
    const s = w.written;
    writeTaskFailureDetails(w, v6);
    w.delimit(s, 90);
  }
  const v7 = m.customStatus;
  if (v7 !== undefined) {
    const s = w.written;
    StringValue.write(w, v7);
    w.delimit(s, 82);
  }
  const v8 = m.output;
  if (v8 !== undefined) {
    const s = w.written;
    StringValue.write(w, v8);
    w.delimit(s, 74);
  }
  const v9 = m.input;
  if (v9 !== undefined) {
    const s = w.written;
    StringValue.write(w, v9);
    w.delimit(s, 66);
  }
  const v10 = m.lastUpdatedTimestamp;
  if (v10 !== undefined) {
    const s = w.written;
    Timestamp.write(w, v10);
    w.delimit(s, 58);
  }
  const v11 = m.createdTimestamp;
  if (v11 !== undefined) {
    const s = w.written;
    Timestamp.write(w, v11);
    w.delimit(s, 50);
  }
  const v12 = m.scheduledStartTimestamp;
  if (v12 !== undefined) {
    const s = w.written;
    Timestamp.write(w, v12);
    w.delimit(s, 42);
  }
  const v13 = m.workflowStatus;
  if (v13) {
    w.int32(v13);
    w.uint32(32);
  }
  const v14 = m.version;
  if (v14 !== undefined) {
    const s = w.written;
    StringValue.write(w, v14);
    w.delimit(s, 26);
  }
  const v15 = m.name;
  if (v15) {
    w.string(v15);
    w.uint32(18);
  }
  const v16 = m.instanceId;
  if (v16) {
    w.string(v16);
    w.uint32(10);
  }
}

export const WorkflowState = /* @__PURE__ */ new MessageCodec<WorkflowState, WorkflowStateInit>(
  "WorkflowState",
  readWorkflowState,
  writeWorkflowState,
);
