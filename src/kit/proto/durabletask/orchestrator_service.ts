// Generated from proto/orchestrator_service.proto by tools/generate-proto.ts. Do not edit.
import { BoolValue, Int32Value, StringValue, type BoolValueInit, type Int32ValueInit, type StringValueInit } from "../google/protobuf/wrappers.ts";
import { HistoryEvent, PropagatedHistory, type HistoryEventInit, type PropagatedHistoryInit } from "./history_events.ts";
import { MessageCodec, type Reader, type Writer, readStringEntry, writeStringMap } from "../wire.ts";
import { TaskFailureDetails, TaskRouter, TraceContext, WorkflowInstance, WorkflowState, WorkflowVersion, type OrchestrationStatus, type TaskFailureDetailsInit, type TaskRouterInit, type TraceContextInit, type WorkflowInstanceInit, type WorkflowStateInit, type WorkflowVersionInit } from "./orchestration.ts";
import { Timestamp, type TimestampInit } from "../google/protobuf/timestamp.ts";
import { WorkflowAction, type WorkflowActionInit } from "./orchestrator_actions.ts";

/** Served by the sidecar. Workers fetch work as one stream and answer with single calls. */
export const TaskHubSidecarServiceService = {
  name: "TaskHubSidecarService",
  methods: {
    hello: {
      path: "/TaskHubSidecarService/Hello",
      requestStream: false,
      responseStream: false,
    },
    startInstance: {
      path: "/TaskHubSidecarService/StartInstance",
      requestStream: false,
      responseStream: false,
    },
    getInstance: {
      path: "/TaskHubSidecarService/GetInstance",
      requestStream: false,
      responseStream: false,
    },
    waitForInstanceStart: {
      path: "/TaskHubSidecarService/WaitForInstanceStart",
      requestStream: false,
      responseStream: false,
    },
    waitForInstanceCompletion: {
      path: "/TaskHubSidecarService/WaitForInstanceCompletion",
      requestStream: false,
      responseStream: false,
    },
    raiseEvent: {
      path: "/TaskHubSidecarService/RaiseEvent",
      requestStream: false,
      responseStream: false,
    },
    terminateInstance: {
      path: "/TaskHubSidecarService/TerminateInstance",
      requestStream: false,
      responseStream: false,
    },
    suspendInstance: {
      path: "/TaskHubSidecarService/SuspendInstance",
      requestStream: false,
      responseStream: false,
    },
    resumeInstance: {
      path: "/TaskHubSidecarService/ResumeInstance",
      requestStream: false,
      responseStream: false,
    },
    purgeInstances: {
      path: "/TaskHubSidecarService/PurgeInstances",
      requestStream: false,
      responseStream: false,
    },
    getWorkItems: {
      path: "/TaskHubSidecarService/GetWorkItems",
      requestStream: false,
      responseStream: true,
    },
    completeActivityTask: {
      path: "/TaskHubSidecarService/CompleteActivityTask",
      requestStream: false,
      responseStream: false,
    },
    completeOrchestratorTask: {
      path: "/TaskHubSidecarService/CompleteOrchestratorTask",
      requestStream: false,
      responseStream: false,
    },
    completeWorkflowTask: {
      path: "/TaskHubSidecarService/CompleteWorkflowTask",
      requestStream: false,
      responseStream: false,
    },
    rerunWorkflowFromEvent: {
      path: "/TaskHubSidecarService/RerunWorkflowFromEvent",
      requestStream: false,
      responseStream: false,
    },
    listInstanceIDs: {
      path: "/TaskHubSidecarService/ListInstanceIDs",
      requestStream: false,
      responseStream: false,
    },
    getInstanceHistory: {
      path: "/TaskHubSidecarService/GetInstanceHistory",
      requestStream: false,
      responseStream: false,
    },
  },
} as const;

/** What a worker can do beyond the basics. */
export const WorkerCapability = {
  WORKER_CAPABILITY_UNSPECIFIED: 0,
  WORKER_CAPABILITY_HISTORY_STREAMING: 1,
} as const;
export type WorkerCapability = number;

/** An activity to run. */
export interface ActivityRequest {
  name: string;
  version: StringValue | undefined;
  input: StringValue | undefined;
  workflowInstance: WorkflowInstance | undefined;
  taskId: number;
  parentTraceContext: TraceContext | undefined;
  taskExecutionId: string;
  propagatedHistory: PropagatedHistory | undefined;
}
export interface ActivityRequestInit {
  name?: string | undefined;
  version?: StringValueInit | undefined;
  input?: StringValueInit | undefined;
  workflowInstance?: WorkflowInstanceInit | undefined;
  taskId?: number | undefined;
  parentTraceContext?: TraceContextInit | undefined;
  taskExecutionId?: string | undefined;
  propagatedHistory?: PropagatedHistoryInit | undefined;
}

function readActivityRequest(
  r: Reader,
  end: number,
  m: ActivityRequest = {
    name: "",
    version: undefined,
    input: undefined,
    workflowInstance: undefined,
    taskId: 0,
    parentTraceContext: undefined,
    taskExecutionId: "",
    propagatedHistory: undefined,
  },
): ActivityRequest {
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
      case 40:
        m.taskId = r.int32();
        break;
      case 50: {
        const e = r.enter();
        m.parentTraceContext = TraceContext.read(r, e, m.parentTraceContext);
        r.leave(e);
        break;
      }
      case 58:
        m.taskExecutionId = r.string();
        break;
      case 66: {
        const e = r.enter();
        m.propagatedHistory = PropagatedHistory.read(r, e, m.propagatedHistory);
        r.leave(e);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeActivityRequest(w: Writer, m: ActivityRequestInit): void {
  const v0 = m.propagatedHistory;
  if (v0 !== undefined) {
    const s = w.written;
    PropagatedHistory.write(w, v0);
    w.delimit(s, 66);
  }
  const v1 = m.taskExecutionId;
  if (v1) {
    w.string(v1);
    w.uint32(58);
  }
  const v2 = m.parentTraceContext;
  if (v2 !== undefined) {
    const s = w.written;
    TraceContext.write(w, v2);
    w.delimit(s, 50);
  }
  const v3 = m.taskId;
  if (v3) {
    w.int32(v3);
    w.uint32(40);
  }
  const v4 = m.workflowInstance;
  if (v4 !== undefined) {
    const s = w.written;
    WorkflowInstance.write(w, v4);
    w.delimit(s, 34);
  }
  const v5 = m.input;
  if (v5 !== undefined) {
    const s = w.written;
    StringValue.write(w, v5);
    w.delimit(s, 26);
  }
  const v6 = m.version;
  if (v6 !== undefined) {
    const s = w.written;
    StringValue.write(w, v6);
    w.delimit(s, 18);
  }
  const v7 = m.name;
  if (v7) {
    w.string(v7);
    w.uint32(10);
  }
}

export const ActivityRequest = /* @__PURE__ */ new MessageCodec<ActivityRequest, ActivityRequestInit>(
  "ActivityRequest",
  readActivityRequest,
  writeActivityRequest,
);

/** What became of it. */
export interface ActivityResponse {
  instanceId: string;
  taskId: number;
  result: StringValue | undefined;
  failureDetails: TaskFailureDetails | undefined;
  completionToken: string;
}
export interface ActivityResponseInit {
  instanceId?: string | undefined;
  taskId?: number | undefined;
  result?: StringValueInit | undefined;
  failureDetails?: TaskFailureDetailsInit | undefined;
  completionToken?: string | undefined;
}

function readActivityResponse(
  r: Reader,
  end: number,
  m: ActivityResponse = {
    instanceId: "",
    taskId: 0,
    result: undefined,
    failureDetails: undefined,
    completionToken: "",
  },
): ActivityResponse {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.instanceId = r.string();
        break;
      case 16:
        m.taskId = r.int32();
        break;
      case 26: {
        const e = r.enter();
        m.result = StringValue.read(r, e, m.result);
        r.leave(e);
        break;
      }
      case 34: {
        const e = r.enter();
        m.failureDetails = TaskFailureDetails.read(r, e, m.failureDetails);
        r.leave(e);
        break;
      }
      case 42:
        m.completionToken = r.string();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeActivityResponse(w: Writer, m: ActivityResponseInit): void {
  const v0 = m.completionToken;
  if (v0) {
    w.string(v0);
    w.uint32(42);
  }
  const v1 = m.failureDetails;
  if (v1 !== undefined) {
    const s = w.written;
    TaskFailureDetails.write(w, v1);
    w.delimit(s, 34);
  }
  const v2 = m.result;
  if (v2 !== undefined) {
    const s = w.written;
    StringValue.write(w, v2);
    w.delimit(s, 26);
  }
  const v3 = m.taskId;
  if (v3) {
    w.int32(v3);
    w.uint32(16);
  }
  const v4 = m.instanceId;
  if (v4) {
    w.string(v4);
    w.uint32(10);
  }
}

export const ActivityResponse = /* @__PURE__ */ new MessageCodec<ActivityResponse, ActivityResponseInit>(
  "ActivityResponse",
  readActivityResponse,
  writeActivityResponse,
);

/** A turn of a workflow to run: its past and its new events. */
export interface WorkflowRequest {
  instanceId: string;
  executionId: StringValue | undefined;
  pastEvents: HistoryEvent[];
  newEvents: HistoryEvent[];
  requiresHistoryStreaming: boolean;
  router: TaskRouter | undefined;
  propagatedHistory: PropagatedHistory | undefined;
}
export interface WorkflowRequestInit {
  instanceId?: string | undefined;
  executionId?: StringValueInit | undefined;
  pastEvents?: readonly HistoryEventInit[] | undefined;
  newEvents?: readonly HistoryEventInit[] | undefined;
  requiresHistoryStreaming?: boolean | undefined;
  router?: TaskRouterInit | undefined;
  propagatedHistory?: PropagatedHistoryInit | undefined;
}

function readWorkflowRequest(
  r: Reader,
  end: number,
  m: WorkflowRequest = {
    instanceId: "",
    executionId: undefined,
    pastEvents: [],
    newEvents: [],
    requiresHistoryStreaming: false,
    router: undefined,
    propagatedHistory: undefined,
  },
): WorkflowRequest {
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
      case 26: {
        const e = r.enter();
        m.pastEvents.push(HistoryEvent.read(r, e));
        r.leave(e);
        break;
      }
      case 34: {
        const e = r.enter();
        m.newEvents.push(HistoryEvent.read(r, e));
        r.leave(e);
        break;
      }
      case 48:
        m.requiresHistoryStreaming = r.bool();
        break;
      case 58: {
        const e = r.enter();
        m.router = TaskRouter.read(r, e, m.router);
        r.leave(e);
        break;
      }
      case 66: {
        const e = r.enter();
        m.propagatedHistory = PropagatedHistory.read(r, e, m.propagatedHistory);
        r.leave(e);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeWorkflowRequest(w: Writer, m: WorkflowRequestInit): void {
  const v0 = m.propagatedHistory;
  if (v0 !== undefined) {
    const s = w.written;
    PropagatedHistory.write(w, v0);
    w.delimit(s, 66);
  }
  const v1 = m.router;
  if (v1 !== undefined) {
    const s = w.written;
    TaskRouter.write(w, v1);
    w.delimit(s, 58);
  }
  const v2 = m.requiresHistoryStreaming;
  if (v2) {
    w.bool(v2);
    w.uint32(48);
  }
  const v3 = m.newEvents;
  if (v3 !== undefined && v3.length > 0) {
    for (let i = v3.length - 1; i >= 0; i--) {
      const s = w.written;
      HistoryEvent.write(w, v3[i]!);
      w.delimit(s, 34);
    }
  }
  const v4 = m.pastEvents;
  if (v4 !== undefined && v4.length > 0) {
    for (let i = v4.length - 1; i >= 0; i--) {
      const s = w.written;
      HistoryEvent.write(w, v4[i]!);
      w.delimit(s, 26);
    }
  }
  const v5 = m.executionId;
  if (v5 !== undefined) {
    const s = w.written;
    StringValue.write(w, v5);
    w.delimit(s, 18);
  }
  const v6 = m.instanceId;
  if (v6) {
    w.string(v6);
    w.uint32(10);
  }
}

export const WorkflowRequest = /* @__PURE__ */ new MessageCodec<WorkflowRequest, WorkflowRequestInit>(
  "WorkflowRequest",
  readWorkflowRequest,
  writeWorkflowRequest,
);

/** The actions of that turn. */
export interface WorkflowResponse {
  instanceId: string;
  actions: WorkflowAction[];
  customStatus: StringValue | undefined;
  completionToken: string;
  numEventsProcessed: Int32Value | undefined;
  version: WorkflowVersion | undefined;
}
export interface WorkflowResponseInit {
  instanceId?: string | undefined;
  actions?: readonly WorkflowActionInit[] | undefined;
  customStatus?: StringValueInit | undefined;
  completionToken?: string | undefined;
  numEventsProcessed?: Int32ValueInit | undefined;
  version?: WorkflowVersionInit | undefined;
}

function readWorkflowResponse(
  r: Reader,
  end: number,
  m: WorkflowResponse = {
    instanceId: "",
    actions: [],
    customStatus: undefined,
    completionToken: "",
    numEventsProcessed: undefined,
    version: undefined,
  },
): WorkflowResponse {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.instanceId = r.string();
        break;
      case 18: {
        const e = r.enter();
        m.actions.push(WorkflowAction.read(r, e));
        r.leave(e);
        break;
      }
      case 26: {
        const e = r.enter();
        m.customStatus = StringValue.read(r, e, m.customStatus);
        r.leave(e);
        break;
      }
      case 34:
        m.completionToken = r.string();
        break;
      case 42: {
        const e = r.enter();
        m.numEventsProcessed = Int32Value.read(r, e, m.numEventsProcessed);
        r.leave(e);
        break;
      }
      case 50: {
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

function writeWorkflowResponse(w: Writer, m: WorkflowResponseInit): void {
  const v0 = m.version;
  if (v0 !== undefined) {
    const s = w.written;
    WorkflowVersion.write(w, v0);
    w.delimit(s, 50);
  }
  const v1 = m.numEventsProcessed;
  if (v1 !== undefined) {
    const s = w.written;
    Int32Value.write(w, v1);
    w.delimit(s, 42);
  }
  const v2 = m.completionToken;
  if (v2) {
    w.string(v2);
    w.uint32(34);
  }
  const v3 = m.customStatus;
  if (v3 !== undefined) {
    const s = w.written;
    StringValue.write(w, v3);
    w.delimit(s, 26);
  }
  const v4 = m.actions;
  if (v4 !== undefined && v4.length > 0) {
    for (let i = v4.length - 1; i >= 0; i--) {
      const s = w.written;
      WorkflowAction.write(w, v4[i]!);
      w.delimit(s, 18);
    }
  }
  const v5 = m.instanceId;
  if (v5) {
    w.string(v5);
    w.uint32(10);
  }
}

export const WorkflowResponse = /* @__PURE__ */ new MessageCodec<WorkflowResponse, WorkflowResponseInit>(
  "WorkflowResponse",
  readWorkflowResponse,
  writeWorkflowResponse,
);

/** Starts a workflow. */
export interface CreateInstanceRequest {
  instanceId: string;
  name: string;
  version: StringValue | undefined;
  input: StringValue | undefined;
  scheduledStartTimestamp: Timestamp | undefined;
  executionId: StringValue | undefined;
  tags: Map<string, string>;
  parentTraceContext: TraceContext | undefined;
}
export interface CreateInstanceRequestInit {
  instanceId?: string | undefined;
  name?: string | undefined;
  version?: StringValueInit | undefined;
  input?: StringValueInit | undefined;
  scheduledStartTimestamp?: TimestampInit | undefined;
  executionId?: StringValueInit | undefined;
  tags?: ReadonlyMap<string, string> | undefined;
  parentTraceContext?: TraceContextInit | undefined;
}

function readCreateInstanceRequest(
  r: Reader,
  end: number,
  m: CreateInstanceRequest = {
    instanceId: "",
    name: "",
    version: undefined,
    input: undefined,
    scheduledStartTimestamp: undefined,
    executionId: undefined,
    tags: new Map(),
    parentTraceContext: undefined,
  },
): CreateInstanceRequest {
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
        m.scheduledStartTimestamp = Timestamp.read(r, e, m.scheduledStartTimestamp);
        r.leave(e);
        break;
      }
      case 58: {
        const e = r.enter();
        m.executionId = StringValue.read(r, e, m.executionId);
        r.leave(e);
        break;
      }
      case 66:
        readStringEntry(r, m.tags);
        break;
      case 74: {
        const e = r.enter();
        m.parentTraceContext = TraceContext.read(r, e, m.parentTraceContext);
        r.leave(e);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeCreateInstanceRequest(w: Writer, m: CreateInstanceRequestInit): void {
  const v0 = m.parentTraceContext;
  if (v0 !== undefined) {
    const s = w.written;
    TraceContext.write(w, v0);
    w.delimit(s, 74);
  }
  const v1 = m.tags;
  if (v1 !== undefined && v1.size > 0) {
    writeStringMap(w, v1, 66);
  }
  const v2 = m.executionId;
  if (v2 !== undefined) {
    const s = w.written;
    StringValue.write(w, v2);
    w.delimit(s, 58);
  }
  const v3 = m.scheduledStartTimestamp;
  if (v3 !== undefined) {
    const s = w.written;
    Timestamp.write(w, v3);
    w.delimit(s, 42);
  }
  const v4 = m.input;
  if (v4 !== undefined) {
    const s = w.written;
    StringValue.write(w, v4);
    w.delimit(s, 34);
  }
  const v5 = m.version;
  if (v5 !== undefined) {
    const s = w.written;
    StringValue.write(w, v5);
    w.delimit(s, 26);
  }
  const v6 = m.name;
  if (v6) {
    w.string(v6);
    w.uint32(18);
  }
  const v7 = m.instanceId;
  if (v7) {
    w.string(v7);
    w.uint32(10);
  }
}

export const CreateInstanceRequest = /* @__PURE__ */ new MessageCodec<CreateInstanceRequest, CreateInstanceRequestInit>(
  "CreateInstanceRequest",
  readCreateInstanceRequest,
  writeCreateInstanceRequest,
);

export interface CreateInstanceResponse {
  instanceId: string;
}
export interface CreateInstanceResponseInit {
  instanceId?: string | undefined;
}

function readCreateInstanceResponse(
  r: Reader,
  end: number,
  m: CreateInstanceResponse = {
    instanceId: "",
  },
): CreateInstanceResponse {
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

function writeCreateInstanceResponse(w: Writer, m: CreateInstanceResponseInit): void {
  const v0 = m.instanceId;
  if (v0) {
    w.string(v0);
    w.uint32(10);
  }
}

export const CreateInstanceResponse = /* @__PURE__ */ new MessageCodec<CreateInstanceResponse, CreateInstanceResponseInit>(
  "CreateInstanceResponse",
  readCreateInstanceResponse,
  writeCreateInstanceResponse,
);

/** Asks for a workflow, or waits for it. */
export interface GetInstanceRequest {
  instanceId: string;
  getInputsAndOutputs: boolean;
}
export interface GetInstanceRequestInit {
  instanceId?: string | undefined;
  getInputsAndOutputs?: boolean | undefined;
}

function readGetInstanceRequest(
  r: Reader,
  end: number,
  m: GetInstanceRequest = {
    instanceId: "",
    getInputsAndOutputs: false,
  },
): GetInstanceRequest {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.instanceId = r.string();
        break;
      case 16:
        m.getInputsAndOutputs = r.bool();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeGetInstanceRequest(w: Writer, m: GetInstanceRequestInit): void {
  const v0 = m.getInputsAndOutputs;
  if (v0) {
    w.bool(v0);
    w.uint32(16);
  }
  const v1 = m.instanceId;
  if (v1) {
    w.string(v1);
    w.uint32(10);
  }
}

export const GetInstanceRequest = /* @__PURE__ */ new MessageCodec<GetInstanceRequest, GetInstanceRequestInit>(
  "GetInstanceRequest",
  readGetInstanceRequest,
  writeGetInstanceRequest,
);

export interface GetInstanceResponse {
  exists: boolean;
  workflowState: WorkflowState | undefined;
}
export interface GetInstanceResponseInit {
  exists?: boolean | undefined;
  workflowState?: WorkflowStateInit | undefined;
}

function readGetInstanceResponse(
  r: Reader,
  end: number,
  m: GetInstanceResponse = {
    exists: false,
    workflowState: undefined,
  },
): GetInstanceResponse {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 8:
        m.exists = r.bool();
        break;
      case 18: {
        const e = r.enter();
        m.workflowState = WorkflowState.read(r, e, m.workflowState);
        r.leave(e);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeGetInstanceResponse(w: Writer, m: GetInstanceResponseInit): void {
  const v0 = m.workflowState;
  if (v0 !== undefined) {
    const s = w.written;
    WorkflowState.write(w, v0);
    w.delimit(s, 18);
  }
  const v1 = m.exists;
  if (v1) {
    w.bool(v1);
    w.uint32(8);
  }
}

export const GetInstanceResponse = /* @__PURE__ */ new MessageCodec<GetInstanceResponse, GetInstanceResponseInit>(
  "GetInstanceResponse",
  readGetInstanceResponse,
  writeGetInstanceResponse,
);

/** Sends an event to a workflow. */
export interface RaiseEventRequest {
  instanceId: string;
  name: string;
  input: StringValue | undefined;
}
export interface RaiseEventRequestInit {
  instanceId?: string | undefined;
  name?: string | undefined;
  input?: StringValueInit | undefined;
}

function readRaiseEventRequest(
  r: Reader,
  end: number,
  m: RaiseEventRequest = {
    instanceId: "",
    name: "",
    input: undefined,
  },
): RaiseEventRequest {
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

function writeRaiseEventRequest(w: Writer, m: RaiseEventRequestInit): void {
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

export const RaiseEventRequest = /* @__PURE__ */ new MessageCodec<RaiseEventRequest, RaiseEventRequestInit>(
  "RaiseEventRequest",
  readRaiseEventRequest,
  writeRaiseEventRequest,
);

export interface RaiseEventResponse {}
export interface RaiseEventResponseInit {}

function readRaiseEventResponse(
  r: Reader,
  end: number,
  m: RaiseEventResponse = {},
): RaiseEventResponse {
  while (r.pos < end) r.skip(r.tag());
  return m;
}

function writeRaiseEventResponse(_w: Writer, _m: RaiseEventResponseInit): void {
}

export const RaiseEventResponse = /* @__PURE__ */ new MessageCodec<RaiseEventResponse, RaiseEventResponseInit>(
  "RaiseEventResponse",
  readRaiseEventResponse,
  writeRaiseEventResponse,
);

/** Ends a workflow, with its children if recursive. */
export interface TerminateRequest {
  instanceId: string;
  output: StringValue | undefined;
  recursive: boolean;
}
export interface TerminateRequestInit {
  instanceId?: string | undefined;
  output?: StringValueInit | undefined;
  recursive?: boolean | undefined;
}

function readTerminateRequest(
  r: Reader,
  end: number,
  m: TerminateRequest = {
    instanceId: "",
    output: undefined,
    recursive: false,
  },
): TerminateRequest {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.instanceId = r.string();
        break;
      case 18: {
        const e = r.enter();
        m.output = StringValue.read(r, e, m.output);
        r.leave(e);
        break;
      }
      case 24:
        m.recursive = r.bool();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeTerminateRequest(w: Writer, m: TerminateRequestInit): void {
  const v0 = m.recursive;
  if (v0) {
    w.bool(v0);
    w.uint32(24);
  }
  const v1 = m.output;
  if (v1 !== undefined) {
    const s = w.written;
    StringValue.write(w, v1);
    w.delimit(s, 18);
  }
  const v2 = m.instanceId;
  if (v2) {
    w.string(v2);
    w.uint32(10);
  }
}

export const TerminateRequest = /* @__PURE__ */ new MessageCodec<TerminateRequest, TerminateRequestInit>(
  "TerminateRequest",
  readTerminateRequest,
  writeTerminateRequest,
);

export interface TerminateResponse {}
export interface TerminateResponseInit {}

function readTerminateResponse(
  r: Reader,
  end: number,
  m: TerminateResponse = {},
): TerminateResponse {
  while (r.pos < end) r.skip(r.tag());
  return m;
}

function writeTerminateResponse(_w: Writer, _m: TerminateResponseInit): void {
}

export const TerminateResponse = /* @__PURE__ */ new MessageCodec<TerminateResponse, TerminateResponseInit>(
  "TerminateResponse",
  readTerminateResponse,
  writeTerminateResponse,
);

/** Holds a workflow. */
export interface SuspendRequest {
  instanceId: string;
  reason: StringValue | undefined;
}
export interface SuspendRequestInit {
  instanceId?: string | undefined;
  reason?: StringValueInit | undefined;
}

function readSuspendRequest(
  r: Reader,
  end: number,
  m: SuspendRequest = {
    instanceId: "",
    reason: undefined,
  },
): SuspendRequest {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.instanceId = r.string();
        break;
      case 18: {
        const e = r.enter();
        m.reason = StringValue.read(r, e, m.reason);
        r.leave(e);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeSuspendRequest(w: Writer, m: SuspendRequestInit): void {
  const v0 = m.reason;
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

export const SuspendRequest = /* @__PURE__ */ new MessageCodec<SuspendRequest, SuspendRequestInit>(
  "SuspendRequest",
  readSuspendRequest,
  writeSuspendRequest,
);

export interface SuspendResponse {}
export interface SuspendResponseInit {}

function readSuspendResponse(
  r: Reader,
  end: number,
  m: SuspendResponse = {},
): SuspendResponse {
  while (r.pos < end) r.skip(r.tag());
  return m;
}

function writeSuspendResponse(_w: Writer, _m: SuspendResponseInit): void {
}

export const SuspendResponse = /* @__PURE__ */ new MessageCodec<SuspendResponse, SuspendResponseInit>(
  "SuspendResponse",
  readSuspendResponse,
  writeSuspendResponse,
);

/** Lets a workflow go on. */
export interface ResumeRequest {
  instanceId: string;
  reason: StringValue | undefined;
}
export interface ResumeRequestInit {
  instanceId?: string | undefined;
  reason?: StringValueInit | undefined;
}

function readResumeRequest(
  r: Reader,
  end: number,
  m: ResumeRequest = {
    instanceId: "",
    reason: undefined,
  },
): ResumeRequest {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.instanceId = r.string();
        break;
      case 18: {
        const e = r.enter();
        m.reason = StringValue.read(r, e, m.reason);
        r.leave(e);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeResumeRequest(w: Writer, m: ResumeRequestInit): void {
  const v0 = m.reason;
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

export const ResumeRequest = /* @__PURE__ */ new MessageCodec<ResumeRequest, ResumeRequestInit>(
  "ResumeRequest",
  readResumeRequest,
  writeResumeRequest,
);

export interface ResumeResponse {}
export interface ResumeResponseInit {}

function readResumeResponse(
  r: Reader,
  end: number,
  m: ResumeResponse = {},
): ResumeResponse {
  while (r.pos < end) r.skip(r.tag());
  return m;
}

function writeResumeResponse(_w: Writer, _m: ResumeResponseInit): void {
}

export const ResumeResponse = /* @__PURE__ */ new MessageCodec<ResumeResponse, ResumeResponseInit>(
  "ResumeResponse",
  readResumeResponse,
  writeResumeResponse,
);

/** Deletes the state of finished workflows. */
export interface PurgeInstancesRequest {
  instanceId: string | undefined;
  purgeInstanceFilter: PurgeInstanceFilter | undefined;
  recursive: boolean;
  force: boolean | undefined;
}
export interface PurgeInstancesRequestInit {
  instanceId?: string | undefined;
  purgeInstanceFilter?: PurgeInstanceFilterInit | undefined;
  recursive?: boolean | undefined;
  force?: boolean | undefined;
}

function readPurgeInstancesRequest(
  r: Reader,
  end: number,
  m: PurgeInstancesRequest = {
    instanceId: undefined,
    purgeInstanceFilter: undefined,
    recursive: false,
    force: undefined,
  },
): PurgeInstancesRequest {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.instanceId = r.string();
        m.purgeInstanceFilter = undefined;
        break;
      case 18: {
        const e = r.enter();
        m.purgeInstanceFilter = readPurgeInstanceFilter(r, e, m.purgeInstanceFilter);
        r.leave(e);
        m.instanceId = undefined;
        break;
      }
      case 24:
        m.recursive = r.bool();
        break;
      case 32:
        m.force = r.bool();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writePurgeInstancesRequest(w: Writer, m: PurgeInstancesRequestInit): void {
  const v0 = m.force;
  if (v0 !== undefined) {
    w.bool(v0);
    w.uint32(32);
  }
  const v1 = m.recursive;
  if (v1) {
    w.bool(v1);
    w.uint32(24);
  }
  const v2 = m.purgeInstanceFilter;
  if (v2 !== undefined) {
    const s = w.written;
    writePurgeInstanceFilter(w, v2);
    w.delimit(s, 18);
  }
  const v3 = m.instanceId;
  if (v3 !== undefined) {
    w.string(v3);
    w.uint32(10);
  }
}

export const PurgeInstancesRequest = /* @__PURE__ */ new MessageCodec<PurgeInstancesRequest, PurgeInstancesRequestInit>(
  "PurgeInstancesRequest",
  readPurgeInstancesRequest,
  writePurgeInstancesRequest,
);

/** Which workflows to purge. */
export interface PurgeInstanceFilter {
  createdTimeFrom: Timestamp | undefined;
  createdTimeTo: Timestamp | undefined;
  runtimeStatus: OrchestrationStatus[];
}
export interface PurgeInstanceFilterInit {
  createdTimeFrom?: TimestampInit | undefined;
  createdTimeTo?: TimestampInit | undefined;
  runtimeStatus?: readonly OrchestrationStatus[] | undefined;
}

function readPurgeInstanceFilter(
  r: Reader,
  end: number,
  m: PurgeInstanceFilter = {
    createdTimeFrom: undefined,
    createdTimeTo: undefined,
    runtimeStatus: [],
  },
): PurgeInstanceFilter {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const e = r.enter();
        m.createdTimeFrom = Timestamp.read(r, e, m.createdTimeFrom);
        r.leave(e);
        break;
      }
      case 18: {
        const e = r.enter();
        m.createdTimeTo = Timestamp.read(r, e, m.createdTimeTo);
        r.leave(e);
        break;
      }
      case 24:
        m.runtimeStatus.push(r.int32());
        break;
      case 26: {
        const e = r.enter();
        while (r.pos < e) m.runtimeStatus.push(r.int32());
        r.leave(e);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writePurgeInstanceFilter(w: Writer, m: PurgeInstanceFilterInit): void {
  const v0 = m.runtimeStatus;
  if (v0 !== undefined && v0.length > 0) {
    const s = w.written;
    for (let i = v0.length - 1; i >= 0; i--) {
      w.int32(v0[i]!);
    }
    w.delimit(s, 26);
  }
  const v1 = m.createdTimeTo;
  if (v1 !== undefined) {
    const s = w.written;
    Timestamp.write(w, v1);
    w.delimit(s, 18);
  }
  const v2 = m.createdTimeFrom;
  if (v2 !== undefined) {
    const s = w.written;
    Timestamp.write(w, v2);
    w.delimit(s, 10);
  }
}

export const PurgeInstanceFilter = /* @__PURE__ */ new MessageCodec<PurgeInstanceFilter, PurgeInstanceFilterInit>(
  "PurgeInstanceFilter",
  readPurgeInstanceFilter,
  writePurgeInstanceFilter,
);

export interface PurgeInstancesResponse {
  deletedInstanceCount: number;
  isComplete: BoolValue | undefined;
}
export interface PurgeInstancesResponseInit {
  deletedInstanceCount?: number | undefined;
  isComplete?: BoolValueInit | undefined;
}

function readPurgeInstancesResponse(
  r: Reader,
  end: number,
  m: PurgeInstancesResponse = {
    deletedInstanceCount: 0,
    isComplete: undefined,
  },
): PurgeInstancesResponse {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 8:
        m.deletedInstanceCount = r.int32();
        break;
      case 18: {
        const e = r.enter();
        m.isComplete = BoolValue.read(r, e, m.isComplete);
        r.leave(e);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writePurgeInstancesResponse(w: Writer, m: PurgeInstancesResponseInit): void {
  const v0 = m.isComplete;
  if (v0 !== undefined) {
    const s = w.written;
    BoolValue.write(w, v0);
    w.delimit(s, 18);
  }
  const v1 = m.deletedInstanceCount;
  if (v1) {
    w.int32(v1);
    w.uint32(8);
  }
}

export const PurgeInstancesResponse = /* @__PURE__ */ new MessageCodec<PurgeInstancesResponse, PurgeInstancesResponseInit>(
  "PurgeInstancesResponse",
  readPurgeInstancesResponse,
  writePurgeInstancesResponse,
);

/** Opens the stream of work, and says how much a worker takes at once. */
export interface GetWorkItemsRequest {}
export interface GetWorkItemsRequestInit {}

function readGetWorkItemsRequest(
  r: Reader,
  end: number,
  m: GetWorkItemsRequest = {},
): GetWorkItemsRequest {
  while (r.pos < end) r.skip(r.tag());
  return m;
}

function writeGetWorkItemsRequest(_w: Writer, _m: GetWorkItemsRequestInit): void {
}

export const GetWorkItemsRequest = /* @__PURE__ */ new MessageCodec<GetWorkItemsRequest, GetWorkItemsRequestInit>(
  "GetWorkItemsRequest",
  readGetWorkItemsRequest,
  writeGetWorkItemsRequest,
);

/** One piece of work. */
export interface WorkItem {
  workflowRequest: WorkflowRequest | undefined;
  activityRequest: ActivityRequest | undefined;
  completionToken: string;
}
export interface WorkItemInit {
  workflowRequest?: WorkflowRequestInit | undefined;
  activityRequest?: ActivityRequestInit | undefined;
  completionToken?: string | undefined;
}

function readWorkItem(
  r: Reader,
  end: number,
  m: WorkItem = {
    workflowRequest: undefined,
    activityRequest: undefined,
    completionToken: "",
  },
): WorkItem {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const e = r.enter();
        m.workflowRequest = readWorkflowRequest(r, e, m.workflowRequest);
        r.leave(e);
        m.activityRequest = undefined;
        break;
      }
      case 18: {
        const e = r.enter();
        m.activityRequest = readActivityRequest(r, e, m.activityRequest);
        r.leave(e);
        m.workflowRequest = undefined;
        break;
      }
      case 82:
        m.completionToken = r.string();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeWorkItem(w: Writer, m: WorkItemInit): void {
  const v0 = m.completionToken;
  if (v0) {
    w.string(v0);
    w.uint32(82);
  }
  const v1 = m.activityRequest;
  if (v1 !== undefined) {
    const s = w.written;
    writeActivityRequest(w, v1);
    w.delimit(s, 18);
  }
  const v2 = m.workflowRequest;
  if (v2 !== undefined) {
    const s = w.written;
    writeWorkflowRequest(w, v2);
    w.delimit(s, 10);
  }
}

export const WorkItem = /* @__PURE__ */ new MessageCodec<WorkItem, WorkItemInit>(
  "WorkItem",
  readWorkItem,
  writeWorkItem,
);

/** The outcome was taken. */
export interface CompleteTaskResponse {}
export interface CompleteTaskResponseInit {}

function readCompleteTaskResponse(
  r: Reader,
  end: number,
  m: CompleteTaskResponse = {},
): CompleteTaskResponse {
  while (r.pos < end) r.skip(r.tag());
  return m;
}

function writeCompleteTaskResponse(_w: Writer, _m: CompleteTaskResponseInit): void {
}

export const CompleteTaskResponse = /* @__PURE__ */ new MessageCodec<CompleteTaskResponse, CompleteTaskResponseInit>(
  "CompleteTaskResponse",
  readCompleteTaskResponse,
  writeCompleteTaskResponse,
);

/** Starts a copy of a finished workflow from the middle of its history. */
export interface RerunWorkflowFromEventRequest {
  sourceInstanceID: string;
  eventID: number;
  newInstanceID: string | undefined;
  input: StringValue | undefined;
  overwriteInput: boolean;
  newChildWorkflowInstanceID: string | undefined;
}
export interface RerunWorkflowFromEventRequestInit {
  sourceInstanceID?: string | undefined;
  eventID?: number | undefined;
  newInstanceID?: string | undefined;
  input?: StringValueInit | undefined;
  overwriteInput?: boolean | undefined;
  newChildWorkflowInstanceID?: string | undefined;
}

function readRerunWorkflowFromEventRequest(
  r: Reader,
  end: number,
  m: RerunWorkflowFromEventRequest = {
    sourceInstanceID: "",
    eventID: 0,
    newInstanceID: undefined,
    input: undefined,
    overwriteInput: false,
    newChildWorkflowInstanceID: undefined,
  },
): RerunWorkflowFromEventRequest {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.sourceInstanceID = r.string();
        break;
      case 16:
        m.eventID = r.uint32();
        break;
      case 26:
        m.newInstanceID = r.string();
        break;
      case 34: {
        const e = r.enter();
        m.input = StringValue.read(r, e, m.input);
        r.leave(e);
        break;
      }
      case 40:
        m.overwriteInput = r.bool();
        break;
      case 50:
        m.newChildWorkflowInstanceID = r.string();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeRerunWorkflowFromEventRequest(w: Writer, m: RerunWorkflowFromEventRequestInit): void {
  const v0 = m.newChildWorkflowInstanceID;
  if (v0 !== undefined) {
    w.string(v0);
    w.uint32(50);
  }
  const v1 = m.overwriteInput;
  if (v1) {
    w.bool(v1);
    w.uint32(40);
  }
  const v2 = m.input;
  if (v2 !== undefined) {
    const s = w.written;
    StringValue.write(w, v2);
    w.delimit(s, 34);
  }
  const v3 = m.newInstanceID;
  if (v3 !== undefined) {
    w.string(v3);
    w.uint32(26);
  }
  const v4 = m.eventID;
  if (v4) {
    w.uint32(v4 >>> 0);
    w.uint32(16);
  }
  const v5 = m.sourceInstanceID;
  if (v5) {
    w.string(v5);
    w.uint32(10);
  }
}

export const RerunWorkflowFromEventRequest = /* @__PURE__ */ new MessageCodec<RerunWorkflowFromEventRequest, RerunWorkflowFromEventRequestInit>(
  "RerunWorkflowFromEventRequest",
  readRerunWorkflowFromEventRequest,
  writeRerunWorkflowFromEventRequest,
);

export interface RerunWorkflowFromEventResponse {
  newInstanceID: string;
}
export interface RerunWorkflowFromEventResponseInit {
  newInstanceID?: string | undefined;
}

function readRerunWorkflowFromEventResponse(
  r: Reader,
  end: number,
  m: RerunWorkflowFromEventResponse = {
    newInstanceID: "",
  },
): RerunWorkflowFromEventResponse {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.newInstanceID = r.string();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeRerunWorkflowFromEventResponse(w: Writer, m: RerunWorkflowFromEventResponseInit): void {
  const v0 = m.newInstanceID;
  if (v0) {
    w.string(v0);
    w.uint32(10);
  }
}

export const RerunWorkflowFromEventResponse = /* @__PURE__ */ new MessageCodec<RerunWorkflowFromEventResponse, RerunWorkflowFromEventResponseInit>(
  "RerunWorkflowFromEventResponse",
  readRerunWorkflowFromEventResponse,
  writeRerunWorkflowFromEventResponse,
);

/** Lists workflows page by page. */
export interface ListInstanceIDsRequest {
  continuationToken: string | undefined;
  pageSize: number | undefined;
}
export interface ListInstanceIDsRequestInit {
  continuationToken?: string | undefined;
  pageSize?: number | undefined;
}

function readListInstanceIDsRequest(
  r: Reader,
  end: number,
  m: ListInstanceIDsRequest = {
    continuationToken: undefined,
    pageSize: undefined,
  },
): ListInstanceIDsRequest {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.continuationToken = r.string();
        break;
      case 16:
        m.pageSize = r.uint32();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeListInstanceIDsRequest(w: Writer, m: ListInstanceIDsRequestInit): void {
  const v0 = m.pageSize;
  if (v0 !== undefined) {
    w.uint32(v0 >>> 0);
    w.uint32(16);
  }
  const v1 = m.continuationToken;
  if (v1 !== undefined) {
    w.string(v1);
    w.uint32(10);
  }
}

export const ListInstanceIDsRequest = /* @__PURE__ */ new MessageCodec<ListInstanceIDsRequest, ListInstanceIDsRequestInit>(
  "ListInstanceIDsRequest",
  readListInstanceIDsRequest,
  writeListInstanceIDsRequest,
);

export interface ListInstanceIDsResponse {
  instanceIds: string[];
  continuationToken: string | undefined;
}
export interface ListInstanceIDsResponseInit {
  instanceIds?: readonly string[] | undefined;
  continuationToken?: string | undefined;
}

function readListInstanceIDsResponse(
  r: Reader,
  end: number,
  m: ListInstanceIDsResponse = {
    instanceIds: [],
    continuationToken: undefined,
  },
): ListInstanceIDsResponse {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.instanceIds.push(r.string());
        break;
      case 18:
        m.continuationToken = r.string();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeListInstanceIDsResponse(w: Writer, m: ListInstanceIDsResponseInit): void {
  const v0 = m.continuationToken;
  if (v0 !== undefined) {
    w.string(v0);
    w.uint32(18);
  }
  const v1 = m.instanceIds;
  if (v1 !== undefined && v1.length > 0) {
    for (let i = v1.length - 1; i >= 0; i--) {
      w.string(v1[i]!);
      w.uint32(10);
    }
  }
}

export const ListInstanceIDsResponse = /* @__PURE__ */ new MessageCodec<ListInstanceIDsResponse, ListInstanceIDsResponseInit>(
  "ListInstanceIDsResponse",
  readListInstanceIDsResponse,
  writeListInstanceIDsResponse,
);

/** Asks for the history of one workflow. */
export interface GetInstanceHistoryRequest {
  instanceId: string;
}
export interface GetInstanceHistoryRequestInit {
  instanceId?: string | undefined;
}

function readGetInstanceHistoryRequest(
  r: Reader,
  end: number,
  m: GetInstanceHistoryRequest = {
    instanceId: "",
  },
): GetInstanceHistoryRequest {
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

function writeGetInstanceHistoryRequest(w: Writer, m: GetInstanceHistoryRequestInit): void {
  const v0 = m.instanceId;
  if (v0) {
    w.string(v0);
    w.uint32(10);
  }
}

export const GetInstanceHistoryRequest = /* @__PURE__ */ new MessageCodec<GetInstanceHistoryRequest, GetInstanceHistoryRequestInit>(
  "GetInstanceHistoryRequest",
  readGetInstanceHistoryRequest,
  writeGetInstanceHistoryRequest,
);

export interface GetInstanceHistoryResponse {
  events: HistoryEvent[];
}
export interface GetInstanceHistoryResponseInit {
  events?: readonly HistoryEventInit[] | undefined;
}

function readGetInstanceHistoryResponse(
  r: Reader,
  end: number,
  m: GetInstanceHistoryResponse = {
    events: [],
  },
): GetInstanceHistoryResponse {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const e = r.enter();
        m.events.push(HistoryEvent.read(r, e));
        r.leave(e);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeGetInstanceHistoryResponse(w: Writer, m: GetInstanceHistoryResponseInit): void {
  const v0 = m.events;
  if (v0 !== undefined && v0.length > 0) {
    for (let i = v0.length - 1; i >= 0; i--) {
      const s = w.written;
      HistoryEvent.write(w, v0[i]!);
      w.delimit(s, 10);
    }
  }
}

export const GetInstanceHistoryResponse = /* @__PURE__ */ new MessageCodec<GetInstanceHistoryResponse, GetInstanceHistoryResponseInit>(
  "GetInstanceHistoryResponse",
  readGetInstanceHistoryResponse,
  writeGetInstanceHistoryResponse,
);
