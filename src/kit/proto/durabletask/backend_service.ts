// Generated from proto/backend_service.proto by tools/generate-proto.ts. Do not edit.
import { HistoryEvent, PropagatedHistory, type HistoryEventInit, type PropagatedHistoryInit } from "./history_events.ts";
import { Int32Value, StringValue, type Int32ValueInit, type StringValueInit } from "../google/protobuf/wrappers.ts";
import { MessageCodec, type Reader, type Writer, noBytes } from "../wire.ts";
import { TaskFailureDetails, WorkflowInstance, type OrchestrationStatus, type TaskFailureDetailsInit, type WorkflowInstanceInit } from "./orchestration.ts";
import { Timestamp, type TimestampInit } from "../google/protobuf/timestamp.ts";

/** Puts an event into the inbox of a workflow. */
export interface AddEventRequest {
  instance: WorkflowInstance | undefined;
  event: HistoryEvent | undefined;
}
export interface AddEventRequestInit {
  instance?: WorkflowInstanceInit | undefined;
  event?: HistoryEventInit | undefined;
}

function readAddEventRequest(
  r: Reader,
  end: number,
  m: AddEventRequest = {
    instance: undefined,
    event: undefined,
  },
): AddEventRequest {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const e = r.enter();
        m.instance = WorkflowInstance.read(r, e, m.instance);
        r.leave(e);
        break;
      }
      case 18: {
        const e = r.enter();
        m.event = HistoryEvent.read(r, e, m.event);
        r.leave(e);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeAddEventRequest(w: Writer, m: AddEventRequestInit): void {
  const v0 = m.event;
  if (v0 !== undefined) {
    const s = w.written;
    HistoryEvent.write(w, v0);
    w.delimit(s, 18);
  }
  const v1 = m.instance;
  if (v1 !== undefined) {
    const s = w.written;
    WorkflowInstance.write(w, v1);
    w.delimit(s, 10);
  }
}

export const AddEventRequest = /* @__PURE__ */ new MessageCodec<AddEventRequest, AddEventRequestInit>(
  "durabletask.protos.backend.v1.AddEventRequest",
  readAddEventRequest,
  writeAddEventRequest,
);

export interface AddEventResponse {}
export interface AddEventResponseInit {}

function readAddEventResponse(
  r: Reader,
  end: number,
  m: AddEventResponse = {},
): AddEventResponse {
  while (r.pos < end) r.skip(r.tag());
  return m;
}

function writeAddEventResponse(_w: Writer, _m: AddEventResponseInit): void {
}

export const AddEventResponse = /* @__PURE__ */ new MessageCodec<AddEventResponse, AddEventResponseInit>(
  "durabletask.protos.backend.v1.AddEventResponse",
  readAddEventResponse,
  writeAddEventResponse,
);

/** The outcome of one activity. */
export interface CompleteActivityWorkItemRequest {
  completionToken: string;
  responseEvent: HistoryEvent | undefined;
}
export interface CompleteActivityWorkItemRequestInit {
  completionToken?: string | undefined;
  responseEvent?: HistoryEventInit | undefined;
}

function readCompleteActivityWorkItemRequest(
  r: Reader,
  end: number,
  m: CompleteActivityWorkItemRequest = {
    completionToken: "",
    responseEvent: undefined,
  },
): CompleteActivityWorkItemRequest {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.completionToken = r.string();
        break;
      case 18: {
        const e = r.enter();
        m.responseEvent = HistoryEvent.read(r, e, m.responseEvent);
        r.leave(e);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeCompleteActivityWorkItemRequest(w: Writer, m: CompleteActivityWorkItemRequestInit): void {
  const v0 = m.responseEvent;
  if (v0 !== undefined) {
    const s = w.written;
    HistoryEvent.write(w, v0);
    w.delimit(s, 18);
  }
  const v1 = m.completionToken;
  if (v1) {
    w.string(v1);
    w.uint32(10);
  }
}

export const CompleteActivityWorkItemRequest = /* @__PURE__ */ new MessageCodec<CompleteActivityWorkItemRequest, CompleteActivityWorkItemRequestInit>(
  "durabletask.protos.backend.v1.CompleteActivityWorkItemRequest",
  readCompleteActivityWorkItemRequest,
  writeCompleteActivityWorkItemRequest,
);

export interface CompleteActivityWorkItemResponse {}
export interface CompleteActivityWorkItemResponseInit {}

function readCompleteActivityWorkItemResponse(
  r: Reader,
  end: number,
  m: CompleteActivityWorkItemResponse = {},
): CompleteActivityWorkItemResponse {
  while (r.pos < end) r.skip(r.tag());
  return m;
}

function writeCompleteActivityWorkItemResponse(_w: Writer, _m: CompleteActivityWorkItemResponseInit): void {
}

export const CompleteActivityWorkItemResponse = /* @__PURE__ */ new MessageCodec<CompleteActivityWorkItemResponse, CompleteActivityWorkItemResponseInit>(
  "durabletask.protos.backend.v1.CompleteActivityWorkItemResponse",
  readCompleteActivityWorkItemResponse,
  writeCompleteActivityWorkItemResponse,
);

/** The outcome of one turn of a workflow. */
export interface CompleteWorkflowWorkItemRequest {
  completionToken: string;
  instance: WorkflowInstance | undefined;
  runtimeStatus: OrchestrationStatus;
  customStatus: StringValue | undefined;
  newHistory: HistoryEvent[];
  newTasks: HistoryEvent[];
  newTimers: HistoryEvent[];
  newMessages: WorkflowMessage[];
  numEventsProcessed: Int32Value | undefined;
}
export interface CompleteWorkflowWorkItemRequestInit {
  completionToken?: string | undefined;
  instance?: WorkflowInstanceInit | undefined;
  runtimeStatus?: OrchestrationStatus | undefined;
  customStatus?: StringValueInit | undefined;
  newHistory?: readonly HistoryEventInit[] | undefined;
  newTasks?: readonly HistoryEventInit[] | undefined;
  newTimers?: readonly HistoryEventInit[] | undefined;
  newMessages?: readonly WorkflowMessageInit[] | undefined;
  numEventsProcessed?: Int32ValueInit | undefined;
}

function readCompleteWorkflowWorkItemRequest(
  r: Reader,
  end: number,
  m: CompleteWorkflowWorkItemRequest = {
    completionToken: "",
    instance: undefined,
    runtimeStatus: 0,
    customStatus: undefined,
    newHistory: [],
    newTasks: [],
    newTimers: [],
    newMessages: [],
    numEventsProcessed: undefined,
  },
): CompleteWorkflowWorkItemRequest {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.completionToken = r.string();
        break;
      case 18: {
        const e = r.enter();
        m.instance = WorkflowInstance.read(r, e, m.instance);
        r.leave(e);
        break;
      }
      case 24:
        m.runtimeStatus = r.int32();
        break;
      case 34: {
        const e = r.enter();
        m.customStatus = StringValue.read(r, e, m.customStatus);
        r.leave(e);
        break;
      }
      case 42: {
        const e = r.enter();
        m.newHistory.push(HistoryEvent.read(r, e));
        r.leave(e);
        break;
      }
      case 50: {
        const e = r.enter();
        m.newTasks.push(HistoryEvent.read(r, e));
        r.leave(e);
        break;
      }
      case 58: {
        const e = r.enter();
        m.newTimers.push(HistoryEvent.read(r, e));
        r.leave(e);
        break;
      }
      case 66: {
        const e = r.enter();
        m.newMessages.push(readWorkflowMessage(r, e));
        r.leave(e);
        break;
      }
      case 74: {
        const e = r.enter();
        m.numEventsProcessed = Int32Value.read(r, e, m.numEventsProcessed);
        r.leave(e);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeCompleteWorkflowWorkItemRequest(w: Writer, m: CompleteWorkflowWorkItemRequestInit): void {
  const v0 = m.numEventsProcessed;
  if (v0 !== undefined) {
    const s = w.written;
    Int32Value.write(w, v0);
    w.delimit(s, 74);
  }
  const v1 = m.newMessages;
  if (v1 !== undefined && v1.length > 0) {
    for (let i = v1.length - 1; i >= 0; i--) {
      const s = w.written;
      writeWorkflowMessage(w, v1[i]!);
      w.delimit(s, 66);
    }
  }
  const v2 = m.newTimers;
  if (v2 !== undefined && v2.length > 0) {
    for (let i = v2.length - 1; i >= 0; i--) {
      const s = w.written;
      HistoryEvent.write(w, v2[i]!);
      w.delimit(s, 58);
    }
  }
  const v3 = m.newTasks;
  if (v3 !== undefined && v3.length > 0) {
    for (let i = v3.length - 1; i >= 0; i--) {
      const s = w.written;
      HistoryEvent.write(w, v3[i]!);
      w.delimit(s, 50);
    }
  }
  const v4 = m.newHistory;
  if (v4 !== undefined && v4.length > 0) {
    for (let i = v4.length - 1; i >= 0; i--) {
      const s = w.written;
      HistoryEvent.write(w, v4[i]!);
      w.delimit(s, 42);
    }
  }
  const v5 = m.customStatus;
  if (v5 !== undefined) {
    const s = w.written;
    StringValue.write(w, v5);
    w.delimit(s, 34);
  }
  const v6 = m.runtimeStatus;
  if (v6) {
    w.int32(v6);
    w.uint32(24);
  }
  const v7 = m.instance;
  if (v7 !== undefined) {
    const s = w.written;
    WorkflowInstance.write(w, v7);
    w.delimit(s, 18);
  }
  const v8 = m.completionToken;
  if (v8) {
    w.string(v8);
    w.uint32(10);
  }
}

export const CompleteWorkflowWorkItemRequest = /* @__PURE__ */ new MessageCodec<CompleteWorkflowWorkItemRequest, CompleteWorkflowWorkItemRequestInit>(
  "durabletask.protos.backend.v1.CompleteWorkflowWorkItemRequest",
  readCompleteWorkflowWorkItemRequest,
  writeCompleteWorkflowWorkItemRequest,
);

export interface CompleteWorkflowWorkItemResponse {}
export interface CompleteWorkflowWorkItemResponseInit {}

function readCompleteWorkflowWorkItemResponse(
  r: Reader,
  end: number,
  m: CompleteWorkflowWorkItemResponse = {},
): CompleteWorkflowWorkItemResponse {
  while (r.pos < end) r.skip(r.tag());
  return m;
}

function writeCompleteWorkflowWorkItemResponse(_w: Writer, _m: CompleteWorkflowWorkItemResponseInit): void {
}

export const CompleteWorkflowWorkItemResponse = /* @__PURE__ */ new MessageCodec<CompleteWorkflowWorkItemResponse, CompleteWorkflowWorkItemResponseInit>(
  "durabletask.protos.backend.v1.CompleteWorkflowWorkItemResponse",
  readCompleteWorkflowWorkItemResponse,
  writeCompleteWorkflowWorkItemResponse,
);

/** An event on its way to another workflow. */
export interface WorkflowMessage {
  instance: WorkflowInstance | undefined;
  event: HistoryEvent | undefined;
}
export interface WorkflowMessageInit {
  instance?: WorkflowInstanceInit | undefined;
  event?: HistoryEventInit | undefined;
}

function readWorkflowMessage(
  r: Reader,
  end: number,
  m: WorkflowMessage = {
    instance: undefined,
    event: undefined,
  },
): WorkflowMessage {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const e = r.enter();
        m.instance = WorkflowInstance.read(r, e, m.instance);
        r.leave(e);
        break;
      }
      case 18: {
        const e = r.enter();
        m.event = HistoryEvent.read(r, e, m.event);
        r.leave(e);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeWorkflowMessage(w: Writer, m: WorkflowMessageInit): void {
  const v0 = m.event;
  if (v0 !== undefined) {
    const s = w.written;
    HistoryEvent.write(w, v0);
    w.delimit(s, 18);
  }
  const v1 = m.instance;
  if (v1 !== undefined) {
    const s = w.written;
    WorkflowInstance.write(w, v1);
    w.delimit(s, 10);
  }
}

export const WorkflowMessage = /* @__PURE__ */ new MessageCodec<WorkflowMessage, WorkflowMessageInit>(
  "durabletask.protos.backend.v1.WorkflowMessage",
  readWorkflowMessage,
  writeWorkflowMessage,
);

/** Everything that is stored of one workflow. */
export interface BackendWorkflowState {
  inbox: HistoryEvent[];
  history: HistoryEvent[];
  customStatus: StringValue | undefined;
  generation: bigint;
}
export interface BackendWorkflowStateInit {
  inbox?: readonly HistoryEventInit[] | undefined;
  history?: readonly HistoryEventInit[] | undefined;
  customStatus?: StringValueInit | undefined;
  generation?: bigint | undefined;
}

function readBackendWorkflowState(
  r: Reader,
  end: number,
  m: BackendWorkflowState = {
    inbox: [],
    history: [],
    customStatus: undefined,
    generation: 0n,
  },
): BackendWorkflowState {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const e = r.enter();
        m.inbox.push(HistoryEvent.read(r, e));
        r.leave(e);
        break;
      }
      case 18: {
        const e = r.enter();
        m.history.push(HistoryEvent.read(r, e));
        r.leave(e);
        break;
      }
      case 26: {
        const e = r.enter();
        m.customStatus = StringValue.read(r, e, m.customStatus);
        r.leave(e);
        break;
      }
      case 32:
        m.generation = r.uint64();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeBackendWorkflowState(w: Writer, m: BackendWorkflowStateInit): void {
  const v0 = m.generation;
  if (v0) {
    w.uint64(v0);
    w.uint32(32);
  }
  const v1 = m.customStatus;
  if (v1 !== undefined) {
    const s = w.written;
    StringValue.write(w, v1);
    w.delimit(s, 26);
  }
  const v2 = m.history;
  if (v2 !== undefined && v2.length > 0) {
    for (let i = v2.length - 1; i >= 0; i--) {
      const s = w.written;
      HistoryEvent.write(w, v2[i]!);
      w.delimit(s, 18);
    }
  }
  const v3 = m.inbox;
  if (v3 !== undefined && v3.length > 0) {
    for (let i = v3.length - 1; i >= 0; i--) {
      const s = w.written;
      HistoryEvent.write(w, v3[i]!);
      w.delimit(s, 10);
    }
  }
}

export const BackendWorkflowState = /* @__PURE__ */ new MessageCodec<BackendWorkflowState, BackendWorkflowStateInit>(
  "durabletask.protos.backend.v1.BackendWorkflowState",
  readBackendWorkflowState,
  writeBackendWorkflowState,
);

/** What an activity actor is called with. */
export interface ActivityInvocation {
  historyEvent: HistoryEvent | undefined;
  propagatedHistory: PropagatedHistory | undefined;
}
export interface ActivityInvocationInit {
  historyEvent?: HistoryEventInit | undefined;
  propagatedHistory?: PropagatedHistoryInit | undefined;
}

function readActivityInvocation(
  r: Reader,
  end: number,
  m: ActivityInvocation = {
    historyEvent: undefined,
    propagatedHistory: undefined,
  },
): ActivityInvocation {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const e = r.enter();
        m.historyEvent = HistoryEvent.read(r, e, m.historyEvent);
        r.leave(e);
        break;
      }
      case 18: {
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

function writeActivityInvocation(w: Writer, m: ActivityInvocationInit): void {
  const v0 = m.propagatedHistory;
  if (v0 !== undefined) {
    const s = w.written;
    PropagatedHistory.write(w, v0);
    w.delimit(s, 18);
  }
  const v1 = m.historyEvent;
  if (v1 !== undefined) {
    const s = w.written;
    HistoryEvent.write(w, v1);
    w.delimit(s, 10);
  }
}

export const ActivityInvocation = /* @__PURE__ */ new MessageCodec<ActivityInvocation, ActivityInvocationInit>(
  "durabletask.protos.backend.v1.ActivityInvocation",
  readActivityInvocation,
  writeActivityInvocation,
);

/** The first event of a workflow, and what to do when the instance exists. */
export interface CreateWorkflowInstanceRequest {
  startEvent: HistoryEvent | undefined;
  propagatedHistory: PropagatedHistory | undefined;
}
export interface CreateWorkflowInstanceRequestInit {
  startEvent?: HistoryEventInit | undefined;
  propagatedHistory?: PropagatedHistoryInit | undefined;
}

function readCreateWorkflowInstanceRequest(
  r: Reader,
  end: number,
  m: CreateWorkflowInstanceRequest = {
    startEvent: undefined,
    propagatedHistory: undefined,
  },
): CreateWorkflowInstanceRequest {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const e = r.enter();
        m.startEvent = HistoryEvent.read(r, e, m.startEvent);
        r.leave(e);
        break;
      }
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

function writeCreateWorkflowInstanceRequest(w: Writer, m: CreateWorkflowInstanceRequestInit): void {
  const v0 = m.propagatedHistory;
  if (v0 !== undefined) {
    const s = w.written;
    PropagatedHistory.write(w, v0);
    w.delimit(s, 26);
  }
  const v1 = m.startEvent;
  if (v1 !== undefined) {
    const s = w.written;
    HistoryEvent.write(w, v1);
    w.delimit(s, 10);
  }
}

export const CreateWorkflowInstanceRequest = /* @__PURE__ */ new MessageCodec<CreateWorkflowInstanceRequest, CreateWorkflowInstanceRequestInit>(
  "durabletask.protos.backend.v1.CreateWorkflowInstanceRequest",
  readCreateWorkflowInstanceRequest,
  writeCreateWorkflowInstanceRequest,
);

/** What is told of a workflow without its history. */
export interface WorkflowMetadata {
  instanceId: string;
  name: string;
  runtimeStatus: OrchestrationStatus;
  createdAt: Timestamp | undefined;
  lastUpdatedAt: Timestamp | undefined;
  input: StringValue | undefined;
  output: StringValue | undefined;
  customStatus: StringValue | undefined;
  failureDetails: TaskFailureDetails | undefined;
  completedAt: Timestamp | undefined;
  parentInstanceId: string;
  version: StringValue | undefined;
  parentAppId: StringValue | undefined;
  startedAt: Timestamp | undefined;
}
export interface WorkflowMetadataInit {
  instanceId?: string | undefined;
  name?: string | undefined;
  runtimeStatus?: OrchestrationStatus | undefined;
  createdAt?: TimestampInit | undefined;
  lastUpdatedAt?: TimestampInit | undefined;
  input?: StringValueInit | undefined;
  output?: StringValueInit | undefined;
  customStatus?: StringValueInit | undefined;
  failureDetails?: TaskFailureDetailsInit | undefined;
  completedAt?: TimestampInit | undefined;
  parentInstanceId?: string | undefined;
  version?: StringValueInit | undefined;
  parentAppId?: StringValueInit | undefined;
  startedAt?: TimestampInit | undefined;
}

function readWorkflowMetadata(
  r: Reader,
  end: number,
  m: WorkflowMetadata = {
    instanceId: "",
    name: "",
    runtimeStatus: 0,
    createdAt: undefined,
    lastUpdatedAt: undefined,
    input: undefined,
    output: undefined,
    customStatus: undefined,
    failureDetails: undefined,
    completedAt: undefined,
    parentInstanceId: "",
    version: undefined,
    parentAppId: undefined,
    startedAt: undefined,
  },
): WorkflowMetadata {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.instanceId = r.string();
        break;
      case 18:
        m.name = r.string();
        break;
      case 24:
        m.runtimeStatus = r.int32();
        break;
      case 34: {
        const e = r.enter();
        m.createdAt = Timestamp.read(r, e, m.createdAt);
        r.leave(e);
        break;
      }
      case 42: {
        const e = r.enter();
        m.lastUpdatedAt = Timestamp.read(r, e, m.lastUpdatedAt);
        r.leave(e);
        break;
      }
      case 50: {
        const e = r.enter();
        m.input = StringValue.read(r, e, m.input);
        r.leave(e);
        break;
      }
      case 58: {
        const e = r.enter();
        m.output = StringValue.read(r, e, m.output);
        r.leave(e);
        break;
      }
      case 66: {
        const e = r.enter();
        m.customStatus = StringValue.read(r, e, m.customStatus);
        r.leave(e);
        break;
      }
      case 74: {
        const e = r.enter();
        m.failureDetails = TaskFailureDetails.read(r, e, m.failureDetails);
        r.leave(e);
        break;
      }
      case 82: {
        const e = r.enter();
        m.completedAt = Timestamp.read(r, e, m.completedAt);
        r.leave(e);
        break;
      }
      case 90:
        m.parentInstanceId = r.string();
        break;
      case 98: {
        const e = r.enter();
        m.version = StringValue.read(r, e, m.version);
        r.leave(e);
        break;
      }
      case 106: {
        const e = r.enter();
        m.parentAppId = StringValue.read(r, e, m.parentAppId);
        r.leave(e);
        break;
      }
      case 114: {
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

function writeWorkflowMetadata(w: Writer, m: WorkflowMetadataInit): void {
  const v0 = m.startedAt;
  if (v0 !== undefined) {
    const s = w.written;
    Timestamp.write(w, v0);
    w.delimit(s, 114);
  }
  const v1 = m.parentAppId;
  if (v1 !== undefined) {
    const s = w.written;
    StringValue.write(w, v1);
    w.delimit(s, 106);
  }
  const v2 = m.version;
  if (v2 !== undefined) {
    const s = w.written;
    StringValue.write(w, v2);
    w.delimit(s, 98);
  }
  const v3 = m.parentInstanceId;
  if (v3) {
    w.string(v3);
    w.uint32(90);
  }
  const v4 = m.completedAt;
  if (v4 !== undefined) {
    const s = w.written;
    Timestamp.write(w, v4);
    w.delimit(s, 82);
  }
  const v5 = m.failureDetails;
  if (v5 !== undefined) {
    const s = w.written;
    TaskFailureDetails.write(w, v5);
    w.delimit(s, 74);
  }
  const v6 = m.customStatus;
  if (v6 !== undefined) {
    const s = w.written;
    StringValue.write(w, v6);
    w.delimit(s, 66);
  }
  const v7 = m.output;
  if (v7 !== undefined) {
    const s = w.written;
    StringValue.write(w, v7);
    w.delimit(s, 58);
  }
  const v8 = m.input;
  if (v8 !== undefined) {
    const s = w.written;
    StringValue.write(w, v8);
    w.delimit(s, 50);
  }
  const v9 = m.lastUpdatedAt;
  if (v9 !== undefined) {
    const s = w.written;
    Timestamp.write(w, v9);
    w.delimit(s, 42);
  }
  const v10 = m.createdAt;
  if (v10 !== undefined) {
    const s = w.written;
    Timestamp.write(w, v10);
    w.delimit(s, 34);
  }
  const v11 = m.runtimeStatus;
  if (v11) {
    w.int32(v11);
    w.uint32(24);
  }
  const v12 = m.name;
  if (v12) {
    w.string(v12);
    w.uint32(18);
  }
  const v13 = m.instanceId;
  if (v13) {
    w.string(v13);
    w.uint32(10);
  }
}

export const WorkflowMetadata = /* @__PURE__ */ new MessageCodec<WorkflowMetadata, WorkflowMetadataInit>(
  "durabletask.protos.backend.v1.WorkflowMetadata",
  readWorkflowMetadata,
  writeWorkflowMetadata,
);

/** How many inbox and history entries are stored, and in which generation. */
export interface BackendWorkflowStateMetadata {
  inboxLength: bigint;
  historyLength: bigint;
  generation: bigint;
  signatureLength: bigint;
  signingCertificateLength: bigint;
  externalSigningCertificateLength: bigint;
}
export interface BackendWorkflowStateMetadataInit {
  inboxLength?: bigint | undefined;
  historyLength?: bigint | undefined;
  generation?: bigint | undefined;
  signatureLength?: bigint | undefined;
  signingCertificateLength?: bigint | undefined;
  externalSigningCertificateLength?: bigint | undefined;
}

function readBackendWorkflowStateMetadata(
  r: Reader,
  end: number,
  m: BackendWorkflowStateMetadata = {
    inboxLength: 0n,
    historyLength: 0n,
    generation: 0n,
    signatureLength: 0n,
    signingCertificateLength: 0n,
    externalSigningCertificateLength: 0n,
  },
): BackendWorkflowStateMetadata {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 8:
        m.inboxLength = r.uint64();
        break;
      case 16:
        m.historyLength = r.uint64();
        break;
      case 24:
        m.generation = r.uint64();
        break;
      case 32:
        m.signatureLength = r.uint64();
        break;
      case 40:
        m.signingCertificateLength = r.uint64();
        break;
      case 48:
        m.externalSigningCertificateLength = r.uint64();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeBackendWorkflowStateMetadata(w: Writer, m: BackendWorkflowStateMetadataInit): void {
  const v0 = m.externalSigningCertificateLength;
  if (v0) {
    w.uint64(v0);
    w.uint32(48);
  }
  const v1 = m.signingCertificateLength;
  if (v1) {
    w.uint64(v1);
    w.uint32(40);
  }
  const v2 = m.signatureLength;
  if (v2) {
    w.uint64(v2);
    w.uint32(32);
  }
  const v3 = m.generation;
  if (v3) {
    w.uint64(v3);
    w.uint32(24);
  }
  const v4 = m.historyLength;
  if (v4) {
    w.uint64(v4);
    w.uint32(16);
  }
  const v5 = m.inboxLength;
  if (v5) {
    w.uint64(v5);
    w.uint32(8);
  }
}

export const BackendWorkflowStateMetadata = /* @__PURE__ */ new MessageCodec<BackendWorkflowStateMetadata, BackendWorkflowStateMetadataInit>(
  "durabletask.protos.backend.v1.BackendWorkflowStateMetadata",
  readBackendWorkflowStateMetadata,
  writeBackendWorkflowStateMetadata,
);

/** A certificate chain that signed parts of the history. */
export interface SigningCertificate {
  certificate: Buffer;
}
export interface SigningCertificateInit {
  certificate?: Uint8Array | undefined;
}

function readSigningCertificate(
  r: Reader,
  end: number,
  m: SigningCertificate = {
    certificate: noBytes,
  },
): SigningCertificate {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.certificate = r.bytes();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeSigningCertificate(w: Writer, m: SigningCertificateInit): void {
  const v0 = m.certificate;
  if (v0 !== undefined && v0.length > 0) {
    w.bytes(v0);
    w.uint32(10);
  }
}

export const SigningCertificate = /* @__PURE__ */ new MessageCodec<SigningCertificate, SigningCertificateInit>(
  "durabletask.protos.backend.v1.SigningCertificate",
  readSigningCertificate,
  writeSigningCertificate,
);

/** A signature over a run of history events. */
export interface HistorySignature {
  startEventIndex: bigint;
  eventCount: bigint;
  previousSignatureDigest: Buffer | undefined;
  eventsDigest: Buffer;
  certificateIndex: bigint;
  signature: Buffer;
}
export interface HistorySignatureInit {
  startEventIndex?: bigint | undefined;
  eventCount?: bigint | undefined;
  previousSignatureDigest?: Uint8Array | undefined;
  eventsDigest?: Uint8Array | undefined;
  certificateIndex?: bigint | undefined;
  signature?: Uint8Array | undefined;
}

function readHistorySignature(
  r: Reader,
  end: number,
  m: HistorySignature = {
    startEventIndex: 0n,
    eventCount: 0n,
    previousSignatureDigest: undefined,
    eventsDigest: noBytes,
    certificateIndex: 0n,
    signature: noBytes,
  },
): HistorySignature {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 8:
        m.startEventIndex = r.uint64();
        break;
      case 16:
        m.eventCount = r.uint64();
        break;
      case 26:
        m.previousSignatureDigest = r.bytes();
        break;
      case 34:
        m.eventsDigest = r.bytes();
        break;
      case 40:
        m.certificateIndex = r.uint64();
        break;
      case 50:
        m.signature = r.bytes();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeHistorySignature(w: Writer, m: HistorySignatureInit): void {
  const v0 = m.signature;
  if (v0 !== undefined && v0.length > 0) {
    w.bytes(v0);
    w.uint32(50);
  }
  const v1 = m.certificateIndex;
  if (v1) {
    w.uint64(v1);
    w.uint32(40);
  }
  const v2 = m.eventsDigest;
  if (v2 !== undefined && v2.length > 0) {
    w.bytes(v2);
    w.uint32(34);
  }
  const v3 = m.previousSignatureDigest;
  if (v3 !== undefined) {
    w.bytes(v3);
    w.uint32(26);
  }
  const v4 = m.eventCount;
  if (v4) {
    w.uint64(v4);
    w.uint32(16);
  }
  const v5 = m.startEventIndex;
  if (v5) {
    w.uint64(v5);
    w.uint32(8);
  }
}

export const HistorySignature = /* @__PURE__ */ new MessageCodec<HistorySignature, HistorySignatureInit>(
  "durabletask.protos.backend.v1.HistorySignature",
  readHistorySignature,
  writeHistorySignature,
);

/** A timer that survives restarts, because a reminder carries it. */
export interface DurableTimer {
  timerEvent: HistoryEvent | undefined;
  generation: bigint;
}
export interface DurableTimerInit {
  timerEvent?: HistoryEventInit | undefined;
  generation?: bigint | undefined;
}

function readDurableTimer(
  r: Reader,
  end: number,
  m: DurableTimer = {
    timerEvent: undefined,
    generation: 0n,
  },
): DurableTimer {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const e = r.enter();
        m.timerEvent = HistoryEvent.read(r, e, m.timerEvent);
        r.leave(e);
        break;
      }
      case 16:
        m.generation = r.uint64();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeDurableTimer(w: Writer, m: DurableTimerInit): void {
  const v0 = m.generation;
  if (v0) {
    w.uint64(v0);
    w.uint32(16);
  }
  const v1 = m.timerEvent;
  if (v1 !== undefined) {
    const s = w.written;
    HistoryEvent.write(w, v1);
    w.delimit(s, 10);
  }
}

export const DurableTimer = /* @__PURE__ */ new MessageCodec<DurableTimer, DurableTimerInit>(
  "durabletask.protos.backend.v1.DurableTimer",
  readDurableTimer,
  writeDurableTimer,
);
