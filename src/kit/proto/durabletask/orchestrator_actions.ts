// Generated from proto/orchestrator_actions.proto by tools/generate-proto.ts. Do not edit.
import { HistoryEvent, TimerOriginActivityRetry, TimerOriginChildWorkflowRetry, TimerOriginCreateTimer, TimerOriginExternalEvent, type HistoryEventInit, type TimerOriginActivityRetryInit, type TimerOriginChildWorkflowRetryInit, type TimerOriginCreateTimerInit, type TimerOriginExternalEventInit } from "./history_events.ts";
import { MessageCodec, type Reader, type Writer, readStringEntry, writeStringMap } from "../wire.ts";
import { StringValue, type StringValueInit } from "../google/protobuf/wrappers.ts";
import { TaskFailureDetails, TaskRouter, TraceContext, WorkflowInstance, type HistoryPropagationScope, type OrchestrationStatus, type TaskFailureDetailsInit, type TaskRouterInit, type TraceContextInit, type WorkflowInstanceInit } from "./orchestration.ts";
import { Timestamp, type TimestampInit } from "../google/protobuf/timestamp.ts";

/** Run an activity. */
export interface ScheduleTaskAction {
  name: string;
  version: StringValue | undefined;
  input: StringValue | undefined;
  router: TaskRouter | undefined;
  taskExecutionId: string;
  historyPropagationScope: HistoryPropagationScope | undefined;
}
export interface ScheduleTaskActionInit {
  name?: string | undefined;
  version?: StringValueInit | undefined;
  input?: StringValueInit | undefined;
  router?: TaskRouterInit | undefined;
  taskExecutionId?: string | undefined;
  historyPropagationScope?: HistoryPropagationScope | undefined;
}

function readScheduleTaskAction(
  r: Reader,
  end: number,
  m: ScheduleTaskAction = {
    name: "",
    version: undefined,
    input: undefined,
    router: undefined,
    taskExecutionId: "",
    historyPropagationScope: undefined,
  },
): ScheduleTaskAction {
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
        m.router = TaskRouter.read(r, e, m.router);
        r.leave(e);
        break;
      }
      case 42:
        m.taskExecutionId = r.string();
        break;
      case 48:
        m.historyPropagationScope = r.int32();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeScheduleTaskAction(w: Writer, m: ScheduleTaskActionInit): void {
  const v0 = m.historyPropagationScope;
  if (v0 !== undefined) {
    w.int32(v0);
    w.uint32(48);
  }
  const v1 = m.taskExecutionId;
  if (v1) {
    w.string(v1);
    w.uint32(42);
  }
  const v2 = m.router;
  if (v2 !== undefined) {
    const s = w.written;
    TaskRouter.write(w, v2);
    w.delimit(s, 34);
  }
  const v3 = m.input;
  if (v3 !== undefined) {
    const s = w.written;
    StringValue.write(w, v3);
    w.delimit(s, 26);
  }
  const v4 = m.version;
  if (v4 !== undefined) {
    const s = w.written;
    StringValue.write(w, v4);
    w.delimit(s, 18);
  }
  const v5 = m.name;
  if (v5) {
    w.string(v5);
    w.uint32(10);
  }
}

export const ScheduleTaskAction = /* @__PURE__ */ new MessageCodec<ScheduleTaskAction, ScheduleTaskActionInit>(
  "ScheduleTaskAction",
  readScheduleTaskAction,
  writeScheduleTaskAction,
);

/** Start a workflow and wait for it. */
export interface CreateChildWorkflowAction {
  instanceId: string;
  name: string;
  version: StringValue | undefined;
  input: StringValue | undefined;
  router: TaskRouter | undefined;
  historyPropagationScope: HistoryPropagationScope | undefined;
}
export interface CreateChildWorkflowActionInit {
  instanceId?: string | undefined;
  name?: string | undefined;
  version?: StringValueInit | undefined;
  input?: StringValueInit | undefined;
  router?: TaskRouterInit | undefined;
  historyPropagationScope?: HistoryPropagationScope | undefined;
}

function readCreateChildWorkflowAction(
  r: Reader,
  end: number,
  m: CreateChildWorkflowAction = {
    instanceId: "",
    name: "",
    version: undefined,
    input: undefined,
    router: undefined,
    historyPropagationScope: undefined,
  },
): CreateChildWorkflowAction {
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
        m.router = TaskRouter.read(r, e, m.router);
        r.leave(e);
        break;
      }
      case 48:
        m.historyPropagationScope = r.int32();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeCreateChildWorkflowAction(w: Writer, m: CreateChildWorkflowActionInit): void {
  const v0 = m.historyPropagationScope;
  if (v0 !== undefined) {
    w.int32(v0);
    w.uint32(48);
  }
  const v1 = m.router;
  if (v1 !== undefined) {
    const s = w.written;
    TaskRouter.write(w, v1);
    w.delimit(s, 42);
  }
  const v2 = m.input;
  if (v2 !== undefined) {
    const s = w.written;
    StringValue.write(w, v2);
    w.delimit(s, 34);
  }
  const v3 = m.version;
  if (v3 !== undefined) {
    const s = w.written;
    StringValue.write(w, v3);
    w.delimit(s, 26);
  }
  const v4 = m.name;
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

export const CreateChildWorkflowAction = /* @__PURE__ */ new MessageCodec<CreateChildWorkflowAction, CreateChildWorkflowActionInit>(
  "CreateChildWorkflowAction",
  readCreateChildWorkflowAction,
  writeCreateChildWorkflowAction,
);

/** Start a workflow and forget it. */
export interface CreateDetachedWorkflowAction {
  instanceId: string;
  name: string;
  version: StringValue | undefined;
  input: StringValue | undefined;
  scheduledStartTimestamp: Timestamp | undefined;
  executionId: StringValue | undefined;
  tags: Map<string, string>;
  parentTraceContext: TraceContext | undefined;
  router: TaskRouter | undefined;
}
export interface CreateDetachedWorkflowActionInit {
  instanceId?: string | undefined;
  name?: string | undefined;
  version?: StringValueInit | undefined;
  input?: StringValueInit | undefined;
  scheduledStartTimestamp?: TimestampInit | undefined;
  executionId?: StringValueInit | undefined;
  tags?: ReadonlyMap<string, string> | undefined;
  parentTraceContext?: TraceContextInit | undefined;
  router?: TaskRouterInit | undefined;
}

function readCreateDetachedWorkflowAction(
  r: Reader,
  end: number,
  m: CreateDetachedWorkflowAction = {
    instanceId: "",
    name: "",
    version: undefined,
    input: undefined,
    scheduledStartTimestamp: undefined,
    executionId: undefined,
    tags: new Map(),
    parentTraceContext: undefined,
    router: undefined,
  },
): CreateDetachedWorkflowAction {
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
      case 50: {
        const e = r.enter();
        m.executionId = StringValue.read(r, e, m.executionId);
        r.leave(e);
        break;
      }
      case 58:
        readStringEntry(r, m.tags);
        break;
      case 66: {
        const e = r.enter();
        m.parentTraceContext = TraceContext.read(r, e, m.parentTraceContext);
        r.leave(e);
        break;
      }
      case 74: {
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

function writeCreateDetachedWorkflowAction(w: Writer, m: CreateDetachedWorkflowActionInit): void {
  const v0 = m.router;
  if (v0 !== undefined) {
    const s = w.written;
    TaskRouter.write(w, v0);
    w.delimit(s, 74);
  }
  const v1 = m.parentTraceContext;
  if (v1 !== undefined) {
    const s = w.written;
    TraceContext.write(w, v1);
    w.delimit(s, 66);
  }
  const v2 = m.tags;
  if (v2 !== undefined && v2.size > 0) {
    writeStringMap(w, v2, 58);
  }
  const v3 = m.executionId;
  if (v3 !== undefined) {
    const s = w.written;
    StringValue.write(w, v3);
    w.delimit(s, 50);
  }
  const v4 = m.scheduledStartTimestamp;
  if (v4 !== undefined) {
    const s = w.written;
    Timestamp.write(w, v4);
    w.delimit(s, 42);
  }
  const v5 = m.input;
  if (v5 !== undefined) {
    const s = w.written;
    StringValue.write(w, v5);
    w.delimit(s, 34);
  }
  const v6 = m.version;
  if (v6 !== undefined) {
    const s = w.written;
    StringValue.write(w, v6);
    w.delimit(s, 26);
  }
  const v7 = m.name;
  if (v7) {
    w.string(v7);
    w.uint32(18);
  }
  const v8 = m.instanceId;
  if (v8) {
    w.string(v8);
    w.uint32(10);
  }
}

export const CreateDetachedWorkflowAction = /* @__PURE__ */ new MessageCodec<CreateDetachedWorkflowAction, CreateDetachedWorkflowActionInit>(
  "CreateDetachedWorkflowAction",
  readCreateDetachedWorkflowAction,
  writeCreateDetachedWorkflowAction,
);

/** Wake the workflow later. */
export interface CreateTimerAction {
  fireAt: Timestamp | undefined;
  name: string | undefined;
  createTimer: TimerOriginCreateTimer | undefined;
  externalEvent: TimerOriginExternalEvent | undefined;
  activityRetry: TimerOriginActivityRetry | undefined;
  childWorkflowRetry: TimerOriginChildWorkflowRetry | undefined;
}
export interface CreateTimerActionInit {
  fireAt?: TimestampInit | undefined;
  name?: string | undefined;
  createTimer?: TimerOriginCreateTimerInit | undefined;
  externalEvent?: TimerOriginExternalEventInit | undefined;
  activityRetry?: TimerOriginActivityRetryInit | undefined;
  childWorkflowRetry?: TimerOriginChildWorkflowRetryInit | undefined;
}

function readCreateTimerAction(
  r: Reader,
  end: number,
  m: CreateTimerAction = {
    fireAt: undefined,
    name: undefined,
    createTimer: undefined,
    externalEvent: undefined,
    activityRetry: undefined,
    childWorkflowRetry: undefined,
  },
): CreateTimerAction {
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
        m.createTimer = TimerOriginCreateTimer.read(r, e, m.createTimer);
        r.leave(e);
        m.externalEvent = undefined;
        m.activityRetry = undefined;
        m.childWorkflowRetry = undefined;
        break;
      }
      case 34: {
        const e = r.enter();
        m.externalEvent = TimerOriginExternalEvent.read(r, e, m.externalEvent);
        r.leave(e);
        m.createTimer = undefined;
        m.activityRetry = undefined;
        m.childWorkflowRetry = undefined;
        break;
      }
      case 42: {
        const e = r.enter();
        m.activityRetry = TimerOriginActivityRetry.read(r, e, m.activityRetry);
        r.leave(e);
        m.createTimer = undefined;
        m.externalEvent = undefined;
        m.childWorkflowRetry = undefined;
        break;
      }
      case 50: {
        const e = r.enter();
        m.childWorkflowRetry = TimerOriginChildWorkflowRetry.read(r, e, m.childWorkflowRetry);
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

function writeCreateTimerAction(w: Writer, m: CreateTimerActionInit): void {
  const v0 = m.childWorkflowRetry;
  if (v0 !== undefined) {
    const s = w.written;
    TimerOriginChildWorkflowRetry.write(w, v0);
    w.delimit(s, 50);
  }
  const v1 = m.activityRetry;
  if (v1 !== undefined) {
    const s = w.written;
    TimerOriginActivityRetry.write(w, v1);
    w.delimit(s, 42);
  }
  const v2 = m.externalEvent;
  if (v2 !== undefined) {
    const s = w.written;
    TimerOriginExternalEvent.write(w, v2);
    w.delimit(s, 34);
  }
  const v3 = m.createTimer;
  if (v3 !== undefined) {
    const s = w.written;
    TimerOriginCreateTimer.write(w, v3);
    w.delimit(s, 26);
  }
  const v4 = m.name;
  if (v4 !== undefined) {
    w.string(v4);
    w.uint32(18);
  }
  const v5 = m.fireAt;
  if (v5 !== undefined) {
    const s = w.written;
    Timestamp.write(w, v5);
    w.delimit(s, 10);
  }
}

export const CreateTimerAction = /* @__PURE__ */ new MessageCodec<CreateTimerAction, CreateTimerActionInit>(
  "CreateTimerAction",
  readCreateTimerAction,
  writeCreateTimerAction,
);

/** Send an event to another workflow. */
export interface SendEventAction {
  instance: WorkflowInstance | undefined;
  name: string;
  data: StringValue | undefined;
}
export interface SendEventActionInit {
  instance?: WorkflowInstanceInit | undefined;
  name?: string | undefined;
  data?: StringValueInit | undefined;
}

function readSendEventAction(
  r: Reader,
  end: number,
  m: SendEventAction = {
    instance: undefined,
    name: "",
    data: undefined,
  },
): SendEventAction {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const e = r.enter();
        m.instance = WorkflowInstance.read(r, e, m.instance);
        r.leave(e);
        break;
      }
      case 18:
        m.name = r.string();
        break;
      case 26: {
        const e = r.enter();
        m.data = StringValue.read(r, e, m.data);
        r.leave(e);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeSendEventAction(w: Writer, m: SendEventActionInit): void {
  const v0 = m.data;
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
  const v2 = m.instance;
  if (v2 !== undefined) {
    const s = w.written;
    WorkflowInstance.write(w, v2);
    w.delimit(s, 10);
  }
}

export const SendEventAction = /* @__PURE__ */ new MessageCodec<SendEventAction, SendEventActionInit>(
  "SendEventAction",
  readSendEventAction,
  writeSendEventAction,
);

/** The workflow is over. */
export interface CompleteWorkflowAction {
  workflowStatus: OrchestrationStatus;
  result: StringValue | undefined;
  details: StringValue | undefined;
  newVersion: StringValue | undefined;
  carryoverEvents: HistoryEvent[];
  failureDetails: TaskFailureDetails | undefined;
}
export interface CompleteWorkflowActionInit {
  workflowStatus?: OrchestrationStatus | undefined;
  result?: StringValueInit | undefined;
  details?: StringValueInit | undefined;
  newVersion?: StringValueInit | undefined;
  carryoverEvents?: readonly HistoryEventInit[] | undefined;
  failureDetails?: TaskFailureDetailsInit | undefined;
}

function readCompleteWorkflowAction(
  r: Reader,
  end: number,
  m: CompleteWorkflowAction = {
    workflowStatus: 0,
    result: undefined,
    details: undefined,
    newVersion: undefined,
    carryoverEvents: [],
    failureDetails: undefined,
  },
): CompleteWorkflowAction {
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
        m.details = StringValue.read(r, e, m.details);
        r.leave(e);
        break;
      }
      case 34: {
        const e = r.enter();
        m.newVersion = StringValue.read(r, e, m.newVersion);
        r.leave(e);
        break;
      }
      case 42: {
        const e = r.enter();
        m.carryoverEvents.push(HistoryEvent.read(r, e));
        r.leave(e);
        break;
      }
      case 50: {
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

function writeCompleteWorkflowAction(w: Writer, m: CompleteWorkflowActionInit): void {
  const v0 = m.failureDetails;
  if (v0 !== undefined) {
    const s = w.written;
    TaskFailureDetails.write(w, v0);
    w.delimit(s, 50);
  }
  const v1 = m.carryoverEvents;
  if (v1 !== undefined && v1.length > 0) {
    for (let i = v1.length - 1; i >= 0; i--) {
      const s = w.written;
      HistoryEvent.write(w, v1[i]!);
      w.delimit(s, 42);
    }
  }
  const v2 = m.newVersion;
  if (v2 !== undefined) {
    const s = w.written;
    StringValue.write(w, v2);
    w.delimit(s, 34);
  }
  const v3 = m.details;
  if (v3 !== undefined) {
    const s = w.written;
    StringValue.write(w, v3);
    w.delimit(s, 26);
  }
  const v4 = m.result;
  if (v4 !== undefined) {
    const s = w.written;
    StringValue.write(w, v4);
    w.delimit(s, 18);
  }
  const v5 = m.workflowStatus;
  if (v5) {
    w.int32(v5);
    w.uint32(8);
  }
}

export const CompleteWorkflowAction = /* @__PURE__ */ new MessageCodec<CompleteWorkflowAction, CompleteWorkflowActionInit>(
  "CompleteWorkflowAction",
  readCompleteWorkflowAction,
  writeCompleteWorkflowAction,
);

/** End another workflow. */
export interface TerminateWorkflowAction {
  instanceId: string;
  reason: StringValue | undefined;
  recurse: boolean;
}
export interface TerminateWorkflowActionInit {
  instanceId?: string | undefined;
  reason?: StringValueInit | undefined;
  recurse?: boolean | undefined;
}

function readTerminateWorkflowAction(
  r: Reader,
  end: number,
  m: TerminateWorkflowAction = {
    instanceId: "",
    reason: undefined,
    recurse: false,
  },
): TerminateWorkflowAction {
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
      case 24:
        m.recurse = r.bool();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeTerminateWorkflowAction(w: Writer, m: TerminateWorkflowActionInit): void {
  const v0 = m.recurse;
  if (v0) {
    w.bool(v0);
    w.uint32(24);
  }
  const v1 = m.reason;
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

export const TerminateWorkflowAction = /* @__PURE__ */ new MessageCodec<TerminateWorkflowAction, TerminateWorkflowActionInit>(
  "TerminateWorkflowAction",
  readTerminateWorkflowAction,
  writeTerminateWorkflowAction,
);

/** This worker does not have the version that the workflow began with. */
export interface WorkflowVersionNotAvailableAction {}
export interface WorkflowVersionNotAvailableActionInit {}

function readWorkflowVersionNotAvailableAction(
  r: Reader,
  end: number,
  m: WorkflowVersionNotAvailableAction = {},
): WorkflowVersionNotAvailableAction {
  while (r.pos < end) r.skip(r.tag());
  return m;
}

function writeWorkflowVersionNotAvailableAction(_w: Writer, _m: WorkflowVersionNotAvailableActionInit): void {
}

export const WorkflowVersionNotAvailableAction = /* @__PURE__ */ new MessageCodec<WorkflowVersionNotAvailableAction, WorkflowVersionNotAvailableActionInit>(
  "WorkflowVersionNotAvailableAction",
  readWorkflowVersionNotAvailableAction,
  writeWorkflowVersionNotAvailableAction,
);

/** One of the actions, numbered within the workflow. */
export interface WorkflowAction {
  id: number;
  scheduleTask: ScheduleTaskAction | undefined;
  createChildWorkflow: CreateChildWorkflowAction | undefined;
  createTimer: CreateTimerAction | undefined;
  sendEvent: SendEventAction | undefined;
  completeWorkflow: CompleteWorkflowAction | undefined;
  terminateWorkflow: TerminateWorkflowAction | undefined;
  workflowVersionNotAvailable: WorkflowVersionNotAvailableAction | undefined;
  createDetachedWorkflow: CreateDetachedWorkflowAction | undefined;
  router: TaskRouter | undefined;
}
export interface WorkflowActionInit {
  id?: number | undefined;
  scheduleTask?: ScheduleTaskActionInit | undefined;
  createChildWorkflow?: CreateChildWorkflowActionInit | undefined;
  createTimer?: CreateTimerActionInit | undefined;
  sendEvent?: SendEventActionInit | undefined;
  completeWorkflow?: CompleteWorkflowActionInit | undefined;
  terminateWorkflow?: TerminateWorkflowActionInit | undefined;
  workflowVersionNotAvailable?: WorkflowVersionNotAvailableActionInit | undefined;
  createDetachedWorkflow?: CreateDetachedWorkflowActionInit | undefined;
  router?: TaskRouterInit | undefined;
}

function readWorkflowAction(
  r: Reader,
  end: number,
  m: WorkflowAction = {
    id: 0,
    scheduleTask: undefined,
    createChildWorkflow: undefined,
    createTimer: undefined,
    sendEvent: undefined,
    completeWorkflow: undefined,
    terminateWorkflow: undefined,
    workflowVersionNotAvailable: undefined,
    createDetachedWorkflow: undefined,
    router: undefined,
  },
): WorkflowAction {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 8:
        m.id = r.int32();
        break;
      case 18: {
        const e = r.enter();
        m.scheduleTask = readScheduleTaskAction(r, e, m.scheduleTask);
        r.leave(e);
        m.createChildWorkflow = undefined;
        m.createTimer = undefined;
        m.sendEvent = undefined;
        m.completeWorkflow = undefined;
        m.terminateWorkflow = undefined;
        m.workflowVersionNotAvailable = undefined;
        m.createDetachedWorkflow = undefined;
        break;
      }
      case 26: {
        const e = r.enter();
        m.createChildWorkflow = readCreateChildWorkflowAction(r, e, m.createChildWorkflow);
        r.leave(e);
        m.scheduleTask = undefined;
        m.createTimer = undefined;
        m.sendEvent = undefined;
        m.completeWorkflow = undefined;
        m.terminateWorkflow = undefined;
        m.workflowVersionNotAvailable = undefined;
        m.createDetachedWorkflow = undefined;
        break;
      }
      case 34: {
        const e = r.enter();
        m.createTimer = readCreateTimerAction(r, e, m.createTimer);
        r.leave(e);
        m.scheduleTask = undefined;
        m.createChildWorkflow = undefined;
        m.sendEvent = undefined;
        m.completeWorkflow = undefined;
        m.terminateWorkflow = undefined;
        m.workflowVersionNotAvailable = undefined;
        m.createDetachedWorkflow = undefined;
        break;
      }
      case 42: {
        const e = r.enter();
        m.sendEvent = readSendEventAction(r, e, m.sendEvent);
        r.leave(e);
        m.scheduleTask = undefined;
        m.createChildWorkflow = undefined;
        m.createTimer = undefined;
        m.completeWorkflow = undefined;
        m.terminateWorkflow = undefined;
        m.workflowVersionNotAvailable = undefined;
        m.createDetachedWorkflow = undefined;
        break;
      }
      case 50: {
        const e = r.enter();
        m.completeWorkflow = readCompleteWorkflowAction(r, e, m.completeWorkflow);
        r.leave(e);
        m.scheduleTask = undefined;
        m.createChildWorkflow = undefined;
        m.createTimer = undefined;
        m.sendEvent = undefined;
        m.terminateWorkflow = undefined;
        m.workflowVersionNotAvailable = undefined;
        m.createDetachedWorkflow = undefined;
        break;
      }
      case 58: {
        const e = r.enter();
        m.terminateWorkflow = readTerminateWorkflowAction(r, e, m.terminateWorkflow);
        r.leave(e);
        m.scheduleTask = undefined;
        m.createChildWorkflow = undefined;
        m.createTimer = undefined;
        m.sendEvent = undefined;
        m.completeWorkflow = undefined;
        m.workflowVersionNotAvailable = undefined;
        m.createDetachedWorkflow = undefined;
        break;
      }
      case 82: {
        const e = r.enter();
        m.workflowVersionNotAvailable = readWorkflowVersionNotAvailableAction(r, e, m.workflowVersionNotAvailable);
        r.leave(e);
        m.scheduleTask = undefined;
        m.createChildWorkflow = undefined;
        m.createTimer = undefined;
        m.sendEvent = undefined;
        m.completeWorkflow = undefined;
        m.terminateWorkflow = undefined;
        m.createDetachedWorkflow = undefined;
        break;
      }
      case 90: {
        const e = r.enter();
        m.createDetachedWorkflow = readCreateDetachedWorkflowAction(r, e, m.createDetachedWorkflow);
        r.leave(e);
        m.scheduleTask = undefined;
        m.createChildWorkflow = undefined;
        m.createTimer = undefined;
        m.sendEvent = undefined;
        m.completeWorkflow = undefined;
        m.terminateWorkflow = undefined;
        m.workflowVersionNotAvailable = undefined;
        break;
      }
      case 74: {
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

function writeWorkflowAction(w: Writer, m: WorkflowActionInit): void {
  const v0 = m.createDetachedWorkflow;
  if (v0 !== undefined) {
    const s = w.written;
    writeCreateDetachedWorkflowAction(w, v0);
    w.delimit(s, 90);
  }
  const v1 = m.workflowVersionNotAvailable;
  if (v1 !== undefined) {
    const s = w.written;
    writeWorkflowVersionNotAvailableAction(w, v1);
    w.delimit(s, 82);
  }
  const v2 = m.router;
  if (v2 !== undefined) {
    const s = w.written;
    TaskRouter.write(w, v2);
    w.delimit(s, 74);
  }
  const v3 = m.terminateWorkflow;
  if (v3 !== undefined) {
    const s = w.written;
    writeTerminateWorkflowAction(w, v3);
    w.delimit(s, 58);
  }
  const v4 = m.completeWorkflow;
  if (v4 !== undefined) {
    const s = w.written;
    writeCompleteWorkflowAction(w, v4);
    w.delimit(s, 50);
  }
  const v5 = m.sendEvent;
  if (v5 !== undefined) {
    const s = w.written;
    writeSendEventAction(w, v5);
    w.delimit(s, 42);
  }
  const v6 = m.createTimer;
  if (v6 !== undefined) {
    const s = w.written;
    writeCreateTimerAction(w, v6);
    w.delimit(s, 34);
  }
  const v7 = m.createChildWorkflow;
  if (v7 !== undefined) {
    const s = w.written;
    writeCreateChildWorkflowAction(w, v7);
    w.delimit(s, 26);
  }
  const v8 = m.scheduleTask;
  if (v8 !== undefined) {
    const s = w.written;
    writeScheduleTaskAction(w, v8);
    w.delimit(s, 18);
  }
  const v9 = m.id;
  if (v9) {
    w.int32(v9);
    w.uint32(8);
  }
}

export const WorkflowAction = /* @__PURE__ */ new MessageCodec<WorkflowAction, WorkflowActionInit>(
  "WorkflowAction",
  readWorkflowAction,
  writeWorkflowAction,
);
