// Generated from proto/runtime_state.proto by tools/generate-proto.ts. Do not edit.
import { ExecutionCompletedEvent, ExecutionStartedEvent, HistoryEvent, PropagatedHistory, type ExecutionCompletedEventInit, type ExecutionStartedEventInit, type HistoryEventInit, type PropagatedHistoryInit } from "./history_events.ts";
import { MessageCodec, type Reader, type Writer } from "../wire.ts";
import { StringValue, type StringValueInit } from "../google/protobuf/wrappers.ts";
import { Timestamp, type TimestampInit } from "../google/protobuf/timestamp.ts";
import { type StalledReason } from "./orchestration.ts";

/** Why the workflow cannot go on. */
export interface RuntimeStateStalled {
  reason: StalledReason;
  description: string | undefined;
}
export interface RuntimeStateStalledInit {
  reason?: StalledReason | undefined;
  description?: string | undefined;
}

function readRuntimeStateStalled(
  r: Reader,
  end: number,
  m: RuntimeStateStalled = {
    reason: 0,
    description: undefined,
  },
): RuntimeStateStalled {
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

function writeRuntimeStateStalled(w: Writer, m: RuntimeStateStalledInit): void {
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

export const RuntimeStateStalled = /* @__PURE__ */ new MessageCodec<RuntimeStateStalled, RuntimeStateStalledInit>(
  "durabletask.protos.backend.v1.RuntimeStateStalled",
  readRuntimeStateStalled,
  writeRuntimeStateStalled,
);

/** Old events, new events and what they add up to. */
export interface WorkflowRuntimeState {
  instanceId: string;
  newEvents: HistoryEvent[];
  oldEvents: HistoryEvent[];
  pendingTasks: HistoryEvent[];
  pendingTimers: HistoryEvent[];
  pendingMessages: WorkflowRuntimeStateMessage[];
  startEvent: ExecutionStartedEvent | undefined;
  completedEvent: ExecutionCompletedEvent | undefined;
  createdTime: Timestamp | undefined;
  lastUpdatedTime: Timestamp | undefined;
  completedTime: Timestamp | undefined;
  continuedAsNew: boolean;
  isSuspended: boolean;
  customStatus: StringValue | undefined;
  stalled: RuntimeStateStalled | undefined;
}
export interface WorkflowRuntimeStateInit {
  instanceId?: string | undefined;
  newEvents?: readonly HistoryEventInit[] | undefined;
  oldEvents?: readonly HistoryEventInit[] | undefined;
  pendingTasks?: readonly HistoryEventInit[] | undefined;
  pendingTimers?: readonly HistoryEventInit[] | undefined;
  pendingMessages?: readonly WorkflowRuntimeStateMessageInit[] | undefined;
  startEvent?: ExecutionStartedEventInit | undefined;
  completedEvent?: ExecutionCompletedEventInit | undefined;
  createdTime?: TimestampInit | undefined;
  lastUpdatedTime?: TimestampInit | undefined;
  completedTime?: TimestampInit | undefined;
  continuedAsNew?: boolean | undefined;
  isSuspended?: boolean | undefined;
  customStatus?: StringValueInit | undefined;
  stalled?: RuntimeStateStalledInit | undefined;
}

function readWorkflowRuntimeState(
  r: Reader,
  end: number,
  m: WorkflowRuntimeState = {
    instanceId: "",
    newEvents: [],
    oldEvents: [],
    pendingTasks: [],
    pendingTimers: [],
    pendingMessages: [],
    startEvent: undefined,
    completedEvent: undefined,
    createdTime: undefined,
    lastUpdatedTime: undefined,
    completedTime: undefined,
    continuedAsNew: false,
    isSuspended: false,
    customStatus: undefined,
    stalled: undefined,
  },
): WorkflowRuntimeState {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.instanceId = r.string();
        break;
      case 18: {
        const e = r.enter();
        m.newEvents.push(HistoryEvent.read(r, e));
        r.leave(e);
        break;
      }
      case 26: {
        const e = r.enter();
        m.oldEvents.push(HistoryEvent.read(r, e));
        r.leave(e);
        break;
      }
      case 34: {
        const e = r.enter();
        m.pendingTasks.push(HistoryEvent.read(r, e));
        r.leave(e);
        break;
      }
      case 42: {
        const e = r.enter();
        m.pendingTimers.push(HistoryEvent.read(r, e));
        r.leave(e);
        break;
      }
      case 50: {
        const e = r.enter();
        m.pendingMessages.push(readWorkflowRuntimeStateMessage(r, e));
        r.leave(e);
        break;
      }
      case 58: {
        const e = r.enter();
        m.startEvent = ExecutionStartedEvent.read(r, e, m.startEvent);
        r.leave(e);
        break;
      }
      case 66: {
        const e = r.enter();
        m.completedEvent = ExecutionCompletedEvent.read(r, e, m.completedEvent);
        r.leave(e);
        break;
      }
      case 74: {
        const e = r.enter();
        m.createdTime = Timestamp.read(r, e, m.createdTime);
        r.leave(e);
        break;
      }
      case 82: {
        const e = r.enter();
        m.lastUpdatedTime = Timestamp.read(r, e, m.lastUpdatedTime);
        r.leave(e);
        break;
      }
      case 90: {
        const e = r.enter();
        m.completedTime = Timestamp.read(r, e, m.completedTime);
        r.leave(e);
        break;
      }
      case 96:
        m.continuedAsNew = r.bool();
        break;
      case 104:
        m.isSuspended = r.bool();
        break;
      case 114: {
        const e = r.enter();
        m.customStatus = StringValue.read(r, e, m.customStatus);
        r.leave(e);
        break;
      }
      case 122: {
        const e = r.enter();
        m.stalled = readRuntimeStateStalled(r, e, m.stalled);
        r.leave(e);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeWorkflowRuntimeState(w: Writer, m: WorkflowRuntimeStateInit): void {
  const v0 = m.stalled;
  if (v0 !== undefined) {
    const s = w.written;
    writeRuntimeStateStalled(w, v0);
    w.delimit(s, 122);
  }
  const v1 = m.customStatus;
  if (v1 !== undefined) {
    const s = w.written;
    StringValue.write(w, v1);
    w.delimit(s, 114);
  }
  const v2 = m.isSuspended;
  if (v2) {
    w.bool(v2);
    w.uint32(104);
  }
  const v3 = m.continuedAsNew;
  if (v3) {
    w.bool(v3);
    w.uint32(96);
  }
  const v4 = m.completedTime;
  if (v4 !== undefined) {
    const s = w.written;
    Timestamp.write(w, v4);
    w.delimit(s, 90);
  }
  const v5 = m.lastUpdatedTime;
  if (v5 !== undefined) {
    const s = w.written;
    Timestamp.write(w, v5);
    w.delimit(s, 82);
  }
  const v6 = m.createdTime;
  if (v6 !== undefined) {
    const s = w.written;
    Timestamp.write(w, v6);
    w.delimit(s, 74);
  }
  const v7 = m.completedEvent;
  if (v7 !== undefined) {
    const s = w.written;
    ExecutionCompletedEvent.write(w, v7);
    w.delimit(s, 66);
  }
  const v8 = m.startEvent;
  if (v8 !== undefined) {
    const s = w.written;
    ExecutionStartedEvent.write(w, v8);
    w.delimit(s, 58);
  }
  const v9 = m.pendingMessages;
  if (v9 !== undefined && v9.length > 0) {
    for (let i = v9.length - 1; i >= 0; i--) {
      const s = w.written;
      writeWorkflowRuntimeStateMessage(w, v9[i]!);
      w.delimit(s, 50);
    }
  }
  const v10 = m.pendingTimers;
  if (v10 !== undefined && v10.length > 0) {
    for (let i = v10.length - 1; i >= 0; i--) {
      const s = w.written;
      HistoryEvent.write(w, v10[i]!);
      w.delimit(s, 42);
    }
  }
  const v11 = m.pendingTasks;
  if (v11 !== undefined && v11.length > 0) {
    for (let i = v11.length - 1; i >= 0; i--) {
      const s = w.written;
      HistoryEvent.write(w, v11[i]!);
      w.delimit(s, 34);
    }
  }
  const v12 = m.oldEvents;
  if (v12 !== undefined && v12.length > 0) {
    for (let i = v12.length - 1; i >= 0; i--) {
      const s = w.written;
      HistoryEvent.write(w, v12[i]!);
      w.delimit(s, 26);
    }
  }
  const v13 = m.newEvents;
  if (v13 !== undefined && v13.length > 0) {
    for (let i = v13.length - 1; i >= 0; i--) {
      const s = w.written;
      HistoryEvent.write(w, v13[i]!);
      w.delimit(s, 18);
    }
  }
  const v14 = m.instanceId;
  if (v14) {
    w.string(v14);
    w.uint32(10);
  }
}

export const WorkflowRuntimeState = /* @__PURE__ */ new MessageCodec<WorkflowRuntimeState, WorkflowRuntimeStateInit>(
  "durabletask.protos.backend.v1.WorkflowRuntimeState",
  readWorkflowRuntimeState,
  writeWorkflowRuntimeState,
);

/** An event that waits to be sent to another workflow. */
export interface WorkflowRuntimeStateMessage {
  historyEvent: HistoryEvent | undefined;
  targetInstanceId: string;
  propagatedHistory: PropagatedHistory | undefined;
}
export interface WorkflowRuntimeStateMessageInit {
  historyEvent?: HistoryEventInit | undefined;
  targetInstanceId?: string | undefined;
  propagatedHistory?: PropagatedHistoryInit | undefined;
}

function readWorkflowRuntimeStateMessage(
  r: Reader,
  end: number,
  m: WorkflowRuntimeStateMessage = {
    historyEvent: undefined,
    targetInstanceId: "",
    propagatedHistory: undefined,
  },
): WorkflowRuntimeStateMessage {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const e = r.enter();
        m.historyEvent = HistoryEvent.read(r, e, m.historyEvent);
        r.leave(e);
        break;
      }
      case 18:
        m.targetInstanceId = r.string();
        break;
      case 26: {
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

function writeWorkflowRuntimeStateMessage(w: Writer, m: WorkflowRuntimeStateMessageInit): void {
  const v0 = m.propagatedHistory;
  if (v0 !== undefined) {
    const s = w.written;
    PropagatedHistory.write(w, v0);
    w.delimit(s, 26);
  }
  const v1 = m.targetInstanceId;
  if (v1) {
    w.string(v1);
    w.uint32(18);
  }
  const v2 = m.historyEvent;
  if (v2 !== undefined) {
    const s = w.written;
    HistoryEvent.write(w, v2);
    w.delimit(s, 10);
  }
}

export const WorkflowRuntimeStateMessage = /* @__PURE__ */ new MessageCodec<WorkflowRuntimeStateMessage, WorkflowRuntimeStateMessageInit>(
  "durabletask.protos.backend.v1.WorkflowRuntimeStateMessage",
  readWorkflowRuntimeStateMessage,
  writeWorkflowRuntimeStateMessage,
);
