// Generated from proto/dapr/proto/scheduler/v1/scheduler.proto by tools/generate-proto.ts. Do not edit.
import { Any, type AnyInit } from "../../../../google/protobuf/any.ts";
import { JobFailurePolicy, type JobFailurePolicyInit } from "../../common/v1/common.ts";
import { MessageCodec, type Reader, type Writer } from "../../../../wire.ts";

/** Served by the scheduler. Sidecars keep one stream open to get what is due. */
export const SchedulerService = {
  name: "dapr.proto.scheduler.v1.Scheduler",
  methods: {
    scheduleJob: {
      path: "/dapr.proto.scheduler.v1.Scheduler/ScheduleJob",
      requestStream: false,
      responseStream: false,
    },
    getJob: {
      path: "/dapr.proto.scheduler.v1.Scheduler/GetJob",
      requestStream: false,
      responseStream: false,
    },
    deleteJob: {
      path: "/dapr.proto.scheduler.v1.Scheduler/DeleteJob",
      requestStream: false,
      responseStream: false,
    },
    watchJobs: {
      path: "/dapr.proto.scheduler.v1.Scheduler/WatchJobs",
      requestStream: true,
      responseStream: true,
    },
    listJobs: {
      path: "/dapr.proto.scheduler.v1.Scheduler/ListJobs",
      requestStream: false,
      responseStream: false,
    },
    watchHosts: {
      path: "/dapr.proto.scheduler.v1.Scheduler/WatchHosts",
      requestStream: false,
      responseStream: true,
    },
    deleteByMetadata: {
      path: "/dapr.proto.scheduler.v1.Scheduler/DeleteByMetadata",
      requestStream: false,
      responseStream: false,
    },
    deleteByNamePrefix: {
      path: "/dapr.proto.scheduler.v1.Scheduler/DeleteByNamePrefix",
      requestStream: false,
      responseStream: false,
    },
  },
} as const;

/** What a job is for. */
export const JobTargetType = {
  JOB_TARGET_TYPE_JOB: 0,
  JOB_TARGET_TYPE_ACTOR_REMINDER: 1,
} as const;
export type JobTargetType = number;

/** Whether the trigger worked. */
export const WatchJobsRequestResultStatus = {
  SUCCESS: 0,
  FAILED: 1,
} as const;
export type WatchJobsRequestResultStatus = number;

/** What is due when. */
export interface Job {
  schedule: string | undefined;
  repeats: number | undefined;
  dueTime: string | undefined;
  ttl: string | undefined;
  data: Any | undefined;
  failurePolicy: JobFailurePolicy | undefined;
}
export interface JobInit {
  schedule?: string | undefined;
  repeats?: number | undefined;
  dueTime?: string | undefined;
  ttl?: string | undefined;
  data?: AnyInit | undefined;
  failurePolicy?: JobFailurePolicyInit | undefined;
}

function readJob(
  r: Reader,
  end: number,
  m: Job = {
    schedule: undefined,
    repeats: undefined,
    dueTime: undefined,
    ttl: undefined,
    data: undefined,
    failurePolicy: undefined,
  },
): Job {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.schedule = r.string();
        break;
      case 16:
        m.repeats = r.uint32();
        break;
      case 26:
        m.dueTime = r.string();
        break;
      case 34:
        m.ttl = r.string();
        break;
      case 42: {
        const e = r.enter();
        m.data = Any.read(r, e, m.data);
        r.leave(e);
        break;
      }
      case 50: {
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

function writeJob(w: Writer, m: JobInit): void {
  const v0 = m.failurePolicy;
  if (v0 !== undefined) {
    const s = w.written;
    JobFailurePolicy.write(w, v0);
    w.delimit(s, 50);
  }
  const v1 = m.data;
  if (v1 !== undefined) {
    const s = w.written;
    Any.write(w, v1);
    w.delimit(s, 42);
  }
  const v2 = m.ttl;
  if (v2 !== undefined) {
    w.string(v2);
    w.uint32(34);
  }
  const v3 = m.dueTime;
  if (v3 !== undefined) {
    w.string(v3);
    w.uint32(26);
  }
  const v4 = m.repeats;
  if (v4 !== undefined) {
    w.uint32(v4 >>> 0);
    w.uint32(16);
  }
  const v5 = m.schedule;
  if (v5 !== undefined) {
    w.string(v5);
    w.uint32(10);
  }
}

export const Job = /* @__PURE__ */ new MessageCodec<Job, JobInit>(
  "dapr.proto.scheduler.v1.Job",
  readJob,
  writeJob,
);

/** The app gets it. */
export interface TargetJob {}
export interface TargetJobInit {}

function readTargetJob(
  r: Reader,
  end: number,
  m: TargetJob = {},
): TargetJob {
  while (r.pos < end) r.skip(r.tag());
  return m;
}

function writeTargetJob(_w: Writer, _m: TargetJobInit): void {
}

export const TargetJob = /* @__PURE__ */ new MessageCodec<TargetJob, TargetJobInit>(
  "dapr.proto.scheduler.v1.TargetJob",
  readTargetJob,
  writeTargetJob,
);

/** An actor gets it. */
export interface TargetActorReminder {
  id: string;
  type: string;
}
export interface TargetActorReminderInit {
  id?: string | undefined;
  type?: string | undefined;
}

function readTargetActorReminder(
  r: Reader,
  end: number,
  m: TargetActorReminder = {
    id: "",
    type: "",
  },
): TargetActorReminder {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.id = r.string();
        break;
      case 18:
        m.type = r.string();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeTargetActorReminder(w: Writer, m: TargetActorReminderInit): void {
  const v0 = m.type;
  if (v0) {
    w.string(v0);
    w.uint32(18);
  }
  const v1 = m.id;
  if (v1) {
    w.string(v1);
    w.uint32(10);
  }
}

export const TargetActorReminder = /* @__PURE__ */ new MessageCodec<TargetActorReminder, TargetActorReminderInit>(
  "dapr.proto.scheduler.v1.TargetActorReminder",
  readTargetActorReminder,
  writeTargetActorReminder,
);

/** App, actor or workflow activity. */
export interface JobTargetMetadata {
  job: TargetJob | undefined;
  actor: TargetActorReminder | undefined;
}
export interface JobTargetMetadataInit {
  job?: TargetJobInit | undefined;
  actor?: TargetActorReminderInit | undefined;
}

function readJobTargetMetadata(
  r: Reader,
  end: number,
  m: JobTargetMetadata = {
    job: undefined,
    actor: undefined,
  },
): JobTargetMetadata {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const e = r.enter();
        m.job = readTargetJob(r, e, m.job);
        r.leave(e);
        m.actor = undefined;
        break;
      }
      case 18: {
        const e = r.enter();
        m.actor = readTargetActorReminder(r, e, m.actor);
        r.leave(e);
        m.job = undefined;
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeJobTargetMetadata(w: Writer, m: JobTargetMetadataInit): void {
  const v0 = m.actor;
  if (v0 !== undefined) {
    const s = w.written;
    writeTargetActorReminder(w, v0);
    w.delimit(s, 18);
  }
  const v1 = m.job;
  if (v1 !== undefined) {
    const s = w.written;
    writeTargetJob(w, v1);
    w.delimit(s, 10);
  }
}

export const JobTargetMetadata = /* @__PURE__ */ new MessageCodec<JobTargetMetadata, JobTargetMetadataInit>(
  "dapr.proto.scheduler.v1.JobTargetMetadata",
  readJobTargetMetadata,
  writeJobTargetMetadata,
);

/** Whose job it is. */
export interface JobMetadata {
  appId: string;
  namespace: string;
  target: JobTargetMetadata | undefined;
  concurrencyKey: string | undefined;
}
export interface JobMetadataInit {
  appId?: string | undefined;
  namespace?: string | undefined;
  target?: JobTargetMetadataInit | undefined;
  concurrencyKey?: string | undefined;
}

function readJobMetadata(
  r: Reader,
  end: number,
  m: JobMetadata = {
    appId: "",
    namespace: "",
    target: undefined,
    concurrencyKey: undefined,
  },
): JobMetadata {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.appId = r.string();
        break;
      case 18:
        m.namespace = r.string();
        break;
      case 26: {
        const e = r.enter();
        m.target = readJobTargetMetadata(r, e, m.target);
        r.leave(e);
        break;
      }
      case 34:
        m.concurrencyKey = r.string();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeJobMetadata(w: Writer, m: JobMetadataInit): void {
  const v0 = m.concurrencyKey;
  if (v0 !== undefined) {
    w.string(v0);
    w.uint32(34);
  }
  const v1 = m.target;
  if (v1 !== undefined) {
    const s = w.written;
    writeJobTargetMetadata(w, v1);
    w.delimit(s, 26);
  }
  const v2 = m.namespace;
  if (v2) {
    w.string(v2);
    w.uint32(18);
  }
  const v3 = m.appId;
  if (v3) {
    w.string(v3);
    w.uint32(10);
  }
}

export const JobMetadata = /* @__PURE__ */ new MessageCodec<JobMetadata, JobMetadataInit>(
  "dapr.proto.scheduler.v1.JobMetadata",
  readJobMetadata,
  writeJobMetadata,
);

/** First what the sidecar takes, then the outcome of each trigger. */
export interface WatchJobsRequest {
  initial: WatchJobsRequestInitial | undefined;
  result: WatchJobsRequestResult | undefined;
}
export interface WatchJobsRequestInit {
  initial?: WatchJobsRequestInitialInit | undefined;
  result?: WatchJobsRequestResultInit | undefined;
}

function readWatchJobsRequest(
  r: Reader,
  end: number,
  m: WatchJobsRequest = {
    initial: undefined,
    result: undefined,
  },
): WatchJobsRequest {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const e = r.enter();
        m.initial = readWatchJobsRequestInitial(r, e, m.initial);
        r.leave(e);
        m.result = undefined;
        break;
      }
      case 18: {
        const e = r.enter();
        m.result = readWatchJobsRequestResult(r, e, m.result);
        r.leave(e);
        m.initial = undefined;
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeWatchJobsRequest(w: Writer, m: WatchJobsRequestInit): void {
  const v0 = m.result;
  if (v0 !== undefined) {
    const s = w.written;
    writeWatchJobsRequestResult(w, v0);
    w.delimit(s, 18);
  }
  const v1 = m.initial;
  if (v1 !== undefined) {
    const s = w.written;
    writeWatchJobsRequestInitial(w, v1);
    w.delimit(s, 10);
  }
}

export const WatchJobsRequest = /* @__PURE__ */ new MessageCodec<WatchJobsRequest, WatchJobsRequestInit>(
  "dapr.proto.scheduler.v1.WatchJobsRequest",
  readWatchJobsRequest,
  writeWatchJobsRequest,
);

export interface WatchJobsRequestInitial {
  appId: string;
  namespace: string;
  actorTypes: string[];
  acceptJobTypes: JobTargetType[];
  concurrencyLimits: ConcurrencyLimit[];
}
export interface WatchJobsRequestInitialInit {
  appId?: string | undefined;
  namespace?: string | undefined;
  actorTypes?: readonly string[] | undefined;
  acceptJobTypes?: readonly JobTargetType[] | undefined;
  concurrencyLimits?: readonly ConcurrencyLimitInit[] | undefined;
}

function readWatchJobsRequestInitial(
  r: Reader,
  end: number,
  m: WatchJobsRequestInitial = {
    appId: "",
    namespace: "",
    actorTypes: [],
    acceptJobTypes: [],
    concurrencyLimits: [],
  },
): WatchJobsRequestInitial {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.appId = r.string();
        break;
      case 18:
        m.namespace = r.string();
        break;
      case 26:
        m.actorTypes.push(r.string());
        break;
      case 32:
        m.acceptJobTypes.push(r.int32());
        break;
      case 34: {
        const e = r.enter();
        while (r.pos < e) m.acceptJobTypes.push(r.int32());
        r.leave(e);
        break;
      }
      case 42: {
        const e = r.enter();
        m.concurrencyLimits.push(readConcurrencyLimit(r, e));
        r.leave(e);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeWatchJobsRequestInitial(w: Writer, m: WatchJobsRequestInitialInit): void {
  const v0 = m.concurrencyLimits;
  if (v0 !== undefined && v0.length > 0) {
    for (let i = v0.length - 1; i >= 0; i--) {
      const s = w.written;
      writeConcurrencyLimit(w, v0[i]!);
      w.delimit(s, 42);
    }
  }
  const v1 = m.acceptJobTypes;
  if (v1 !== undefined && v1.length > 0) {
    const s = w.written;
    for (let i = v1.length - 1; i >= 0; i--) {
      w.int32(v1[i]!);
    }
    w.delimit(s, 34);
  }
  const v2 = m.actorTypes;
  if (v2 !== undefined && v2.length > 0) {
    for (let i = v2.length - 1; i >= 0; i--) {
      w.string(v2[i]!);
      w.uint32(26);
    }
  }
  const v3 = m.namespace;
  if (v3) {
    w.string(v3);
    w.uint32(18);
  }
  const v4 = m.appId;
  if (v4) {
    w.string(v4);
    w.uint32(10);
  }
}

export const WatchJobsRequestInitial = /* @__PURE__ */ new MessageCodec<WatchJobsRequestInitial, WatchJobsRequestInitialInit>(
  "dapr.proto.scheduler.v1.WatchJobsRequestInitial",
  readWatchJobsRequestInitial,
  writeWatchJobsRequestInitial,
);

/** How many triggers of a kind may be under way in all sidecars together. */
export interface ConcurrencyLimit {
  maxConcurrent: number;
  name: string | undefined;
  actor: ConcurrencyLimitActor | undefined;
}
export interface ConcurrencyLimitInit {
  maxConcurrent?: number | undefined;
  name?: string | undefined;
  actor?: ConcurrencyLimitActorInit | undefined;
}

function readConcurrencyLimit(
  r: Reader,
  end: number,
  m: ConcurrencyLimit = {
    maxConcurrent: 0,
    name: undefined,
    actor: undefined,
  },
): ConcurrencyLimit {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 8:
        m.maxConcurrent = r.int32();
        break;
      case 18:
        m.name = r.string();
        break;
      case 26: {
        const e = r.enter();
        m.actor = readConcurrencyLimitActor(r, e, m.actor);
        r.leave(e);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeConcurrencyLimit(w: Writer, m: ConcurrencyLimitInit): void {
  const v0 = m.actor;
  if (v0 !== undefined) {
    const s = w.written;
    writeConcurrencyLimitActor(w, v0);
    w.delimit(s, 26);
  }
  const v1 = m.name;
  if (v1 !== undefined) {
    w.string(v1);
    w.uint32(18);
  }
  const v2 = m.maxConcurrent;
  if (v2) {
    w.int32(v2);
    w.uint32(8);
  }
}

export const ConcurrencyLimit = /* @__PURE__ */ new MessageCodec<ConcurrencyLimit, ConcurrencyLimitInit>(
  "dapr.proto.scheduler.v1.ConcurrencyLimit",
  readConcurrencyLimit,
  writeConcurrencyLimit,
);

export interface ConcurrencyLimitActor {
  type: string;
}
export interface ConcurrencyLimitActorInit {
  type?: string | undefined;
}

function readConcurrencyLimitActor(
  r: Reader,
  end: number,
  m: ConcurrencyLimitActor = {
    type: "",
  },
): ConcurrencyLimitActor {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.type = r.string();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeConcurrencyLimitActor(w: Writer, m: ConcurrencyLimitActorInit): void {
  const v0 = m.type;
  if (v0) {
    w.string(v0);
    w.uint32(10);
  }
}

export const ConcurrencyLimitActor = /* @__PURE__ */ new MessageCodec<ConcurrencyLimitActor, ConcurrencyLimitActorInit>(
  "dapr.proto.scheduler.v1.ConcurrencyLimitActor",
  readConcurrencyLimitActor,
  writeConcurrencyLimitActor,
);

export interface WatchJobsRequestResult {
  id: bigint;
  status: WatchJobsRequestResultStatus;
}
export interface WatchJobsRequestResultInit {
  id?: bigint | undefined;
  status?: WatchJobsRequestResultStatus | undefined;
}

function readWatchJobsRequestResult(
  r: Reader,
  end: number,
  m: WatchJobsRequestResult = {
    id: 0n,
    status: 0,
  },
): WatchJobsRequestResult {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 8:
        m.id = r.uint64();
        break;
      case 16:
        m.status = r.int32();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeWatchJobsRequestResult(w: Writer, m: WatchJobsRequestResultInit): void {
  const v0 = m.status;
  if (v0) {
    w.int32(v0);
    w.uint32(16);
  }
  const v1 = m.id;
  if (v1) {
    w.uint64(v1);
    w.uint32(8);
  }
}

export const WatchJobsRequestResult = /* @__PURE__ */ new MessageCodec<WatchJobsRequestResult, WatchJobsRequestResultInit>(
  "dapr.proto.scheduler.v1.WatchJobsRequestResult",
  readWatchJobsRequestResult,
  writeWatchJobsRequestResult,
);

/** A job that is due. */
export interface WatchJobsResponse {
  name: string;
  id: bigint;
  data: Any | undefined;
  metadata: JobMetadata | undefined;
}
export interface WatchJobsResponseInit {
  name?: string | undefined;
  id?: bigint | undefined;
  data?: AnyInit | undefined;
  metadata?: JobMetadataInit | undefined;
}

function readWatchJobsResponse(
  r: Reader,
  end: number,
  m: WatchJobsResponse = {
    name: "",
    id: 0n,
    data: undefined,
    metadata: undefined,
  },
): WatchJobsResponse {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.name = r.string();
        break;
      case 16:
        m.id = r.uint64();
        break;
      case 26: {
        const e = r.enter();
        m.data = Any.read(r, e, m.data);
        r.leave(e);
        break;
      }
      case 34: {
        const e = r.enter();
        m.metadata = readJobMetadata(r, e, m.metadata);
        r.leave(e);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeWatchJobsResponse(w: Writer, m: WatchJobsResponseInit): void {
  const v0 = m.metadata;
  if (v0 !== undefined) {
    const s = w.written;
    writeJobMetadata(w, v0);
    w.delimit(s, 34);
  }
  const v1 = m.data;
  if (v1 !== undefined) {
    const s = w.written;
    Any.write(w, v1);
    w.delimit(s, 26);
  }
  const v2 = m.id;
  if (v2) {
    w.uint64(v2);
    w.uint32(16);
  }
  const v3 = m.name;
  if (v3) {
    w.string(v3);
    w.uint32(10);
  }
}

export const WatchJobsResponse = /* @__PURE__ */ new MessageCodec<WatchJobsResponse, WatchJobsResponseInit>(
  "dapr.proto.scheduler.v1.WatchJobsResponse",
  readWatchJobsResponse,
  writeWatchJobsResponse,
);

export interface ScheduleJobRequest {
  name: string;
  job: Job | undefined;
  metadata: JobMetadata | undefined;
  overwrite: boolean;
}
export interface ScheduleJobRequestInit {
  name?: string | undefined;
  job?: JobInit | undefined;
  metadata?: JobMetadataInit | undefined;
  overwrite?: boolean | undefined;
}

function readScheduleJobRequest(
  r: Reader,
  end: number,
  m: ScheduleJobRequest = {
    name: "",
    job: undefined,
    metadata: undefined,
    overwrite: false,
  },
): ScheduleJobRequest {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.name = r.string();
        break;
      case 18: {
        const e = r.enter();
        m.job = readJob(r, e, m.job);
        r.leave(e);
        break;
      }
      case 26: {
        const e = r.enter();
        m.metadata = readJobMetadata(r, e, m.metadata);
        r.leave(e);
        break;
      }
      case 32:
        m.overwrite = r.bool();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeScheduleJobRequest(w: Writer, m: ScheduleJobRequestInit): void {
  const v0 = m.overwrite;
  if (v0) {
    w.bool(v0);
    w.uint32(32);
  }
  const v1 = m.metadata;
  if (v1 !== undefined) {
    const s = w.written;
    writeJobMetadata(w, v1);
    w.delimit(s, 26);
  }
  const v2 = m.job;
  if (v2 !== undefined) {
    const s = w.written;
    writeJob(w, v2);
    w.delimit(s, 18);
  }
  const v3 = m.name;
  if (v3) {
    w.string(v3);
    w.uint32(10);
  }
}

export const ScheduleJobRequest = /* @__PURE__ */ new MessageCodec<ScheduleJobRequest, ScheduleJobRequestInit>(
  "dapr.proto.scheduler.v1.ScheduleJobRequest",
  readScheduleJobRequest,
  writeScheduleJobRequest,
);

export interface ScheduleJobResponse {}
export interface ScheduleJobResponseInit {}

function readScheduleJobResponse(
  r: Reader,
  end: number,
  m: ScheduleJobResponse = {},
): ScheduleJobResponse {
  while (r.pos < end) r.skip(r.tag());
  return m;
}

function writeScheduleJobResponse(_w: Writer, _m: ScheduleJobResponseInit): void {
}

export const ScheduleJobResponse = /* @__PURE__ */ new MessageCodec<ScheduleJobResponse, ScheduleJobResponseInit>(
  "dapr.proto.scheduler.v1.ScheduleJobResponse",
  readScheduleJobResponse,
  writeScheduleJobResponse,
);

export interface GetJobRequest {
  name: string;
  metadata: JobMetadata | undefined;
}
export interface GetJobRequestInit {
  name?: string | undefined;
  metadata?: JobMetadataInit | undefined;
}

function readGetJobRequest(
  r: Reader,
  end: number,
  m: GetJobRequest = {
    name: "",
    metadata: undefined,
  },
): GetJobRequest {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.name = r.string();
        break;
      case 18: {
        const e = r.enter();
        m.metadata = readJobMetadata(r, e, m.metadata);
        r.leave(e);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeGetJobRequest(w: Writer, m: GetJobRequestInit): void {
  const v0 = m.metadata;
  if (v0 !== undefined) {
    const s = w.written;
    writeJobMetadata(w, v0);
    w.delimit(s, 18);
  }
  const v1 = m.name;
  if (v1) {
    w.string(v1);
    w.uint32(10);
  }
}

export const GetJobRequest = /* @__PURE__ */ new MessageCodec<GetJobRequest, GetJobRequestInit>(
  "dapr.proto.scheduler.v1.GetJobRequest",
  readGetJobRequest,
  writeGetJobRequest,
);

export interface GetJobResponse {
  job: Job | undefined;
}
export interface GetJobResponseInit {
  job?: JobInit | undefined;
}

function readGetJobResponse(
  r: Reader,
  end: number,
  m: GetJobResponse = {
    job: undefined,
  },
): GetJobResponse {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const e = r.enter();
        m.job = readJob(r, e, m.job);
        r.leave(e);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeGetJobResponse(w: Writer, m: GetJobResponseInit): void {
  const v0 = m.job;
  if (v0 !== undefined) {
    const s = w.written;
    writeJob(w, v0);
    w.delimit(s, 10);
  }
}

export const GetJobResponse = /* @__PURE__ */ new MessageCodec<GetJobResponse, GetJobResponseInit>(
  "dapr.proto.scheduler.v1.GetJobResponse",
  readGetJobResponse,
  writeGetJobResponse,
);

export interface DeleteJobRequest {
  name: string;
  metadata: JobMetadata | undefined;
}
export interface DeleteJobRequestInit {
  name?: string | undefined;
  metadata?: JobMetadataInit | undefined;
}

function readDeleteJobRequest(
  r: Reader,
  end: number,
  m: DeleteJobRequest = {
    name: "",
    metadata: undefined,
  },
): DeleteJobRequest {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.name = r.string();
        break;
      case 18: {
        const e = r.enter();
        m.metadata = readJobMetadata(r, e, m.metadata);
        r.leave(e);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeDeleteJobRequest(w: Writer, m: DeleteJobRequestInit): void {
  const v0 = m.metadata;
  if (v0 !== undefined) {
    const s = w.written;
    writeJobMetadata(w, v0);
    w.delimit(s, 18);
  }
  const v1 = m.name;
  if (v1) {
    w.string(v1);
    w.uint32(10);
  }
}

export const DeleteJobRequest = /* @__PURE__ */ new MessageCodec<DeleteJobRequest, DeleteJobRequestInit>(
  "dapr.proto.scheduler.v1.DeleteJobRequest",
  readDeleteJobRequest,
  writeDeleteJobRequest,
);

export interface DeleteJobResponse {}
export interface DeleteJobResponseInit {}

function readDeleteJobResponse(
  r: Reader,
  end: number,
  m: DeleteJobResponse = {},
): DeleteJobResponse {
  while (r.pos < end) r.skip(r.tag());
  return m;
}

function writeDeleteJobResponse(_w: Writer, _m: DeleteJobResponseInit): void {
}

export const DeleteJobResponse = /* @__PURE__ */ new MessageCodec<DeleteJobResponse, DeleteJobResponseInit>(
  "dapr.proto.scheduler.v1.DeleteJobResponse",
  readDeleteJobResponse,
  writeDeleteJobResponse,
);

export interface NamedJob {
  name: string;
  metadata: JobMetadata | undefined;
  job: Job | undefined;
}
export interface NamedJobInit {
  name?: string | undefined;
  metadata?: JobMetadataInit | undefined;
  job?: JobInit | undefined;
}

function readNamedJob(
  r: Reader,
  end: number,
  m: NamedJob = {
    name: "",
    metadata: undefined,
    job: undefined,
  },
): NamedJob {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.name = r.string();
        break;
      case 18: {
        const e = r.enter();
        m.metadata = readJobMetadata(r, e, m.metadata);
        r.leave(e);
        break;
      }
      case 26: {
        const e = r.enter();
        m.job = readJob(r, e, m.job);
        r.leave(e);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeNamedJob(w: Writer, m: NamedJobInit): void {
  const v0 = m.job;
  if (v0 !== undefined) {
    const s = w.written;
    writeJob(w, v0);
    w.delimit(s, 26);
  }
  const v1 = m.metadata;
  if (v1 !== undefined) {
    const s = w.written;
    writeJobMetadata(w, v1);
    w.delimit(s, 18);
  }
  const v2 = m.name;
  if (v2) {
    w.string(v2);
    w.uint32(10);
  }
}

export const NamedJob = /* @__PURE__ */ new MessageCodec<NamedJob, NamedJobInit>(
  "dapr.proto.scheduler.v1.NamedJob",
  readNamedJob,
  writeNamedJob,
);

export interface ListJobsRequest {
  metadata: JobMetadata | undefined;
}
export interface ListJobsRequestInit {
  metadata?: JobMetadataInit | undefined;
}

function readListJobsRequest(
  r: Reader,
  end: number,
  m: ListJobsRequest = {
    metadata: undefined,
  },
): ListJobsRequest {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const e = r.enter();
        m.metadata = readJobMetadata(r, e, m.metadata);
        r.leave(e);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeListJobsRequest(w: Writer, m: ListJobsRequestInit): void {
  const v0 = m.metadata;
  if (v0 !== undefined) {
    const s = w.written;
    writeJobMetadata(w, v0);
    w.delimit(s, 10);
  }
}

export const ListJobsRequest = /* @__PURE__ */ new MessageCodec<ListJobsRequest, ListJobsRequestInit>(
  "dapr.proto.scheduler.v1.ListJobsRequest",
  readListJobsRequest,
  writeListJobsRequest,
);

export interface ListJobsResponse {
  jobs: NamedJob[];
}
export interface ListJobsResponseInit {
  jobs?: readonly NamedJobInit[] | undefined;
}

function readListJobsResponse(
  r: Reader,
  end: number,
  m: ListJobsResponse = {
    jobs: [],
  },
): ListJobsResponse {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const e = r.enter();
        m.jobs.push(readNamedJob(r, e));
        r.leave(e);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeListJobsResponse(w: Writer, m: ListJobsResponseInit): void {
  const v0 = m.jobs;
  if (v0 !== undefined && v0.length > 0) {
    for (let i = v0.length - 1; i >= 0; i--) {
      const s = w.written;
      writeNamedJob(w, v0[i]!);
      w.delimit(s, 10);
    }
  }
}

export const ListJobsResponse = /* @__PURE__ */ new MessageCodec<ListJobsResponse, ListJobsResponseInit>(
  "dapr.proto.scheduler.v1.ListJobsResponse",
  readListJobsResponse,
  writeListJobsResponse,
);

export interface WatchHostsRequest {}
export interface WatchHostsRequestInit {}

function readWatchHostsRequest(
  r: Reader,
  end: number,
  m: WatchHostsRequest = {},
): WatchHostsRequest {
  while (r.pos < end) r.skip(r.tag());
  return m;
}

function writeWatchHostsRequest(_w: Writer, _m: WatchHostsRequestInit): void {
}

export const WatchHostsRequest = /* @__PURE__ */ new MessageCodec<WatchHostsRequest, WatchHostsRequestInit>(
  "dapr.proto.scheduler.v1.WatchHostsRequest",
  readWatchHostsRequest,
  writeWatchHostsRequest,
);

/** All schedulers, whenever they change. */
export interface WatchHostsResponse {
  hosts: Host[];
}
export interface WatchHostsResponseInit {
  hosts?: readonly HostInit[] | undefined;
}

function readWatchHostsResponse(
  r: Reader,
  end: number,
  m: WatchHostsResponse = {
    hosts: [],
  },
): WatchHostsResponse {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const e = r.enter();
        m.hosts.push(readHost(r, e));
        r.leave(e);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeWatchHostsResponse(w: Writer, m: WatchHostsResponseInit): void {
  const v0 = m.hosts;
  if (v0 !== undefined && v0.length > 0) {
    for (let i = v0.length - 1; i >= 0; i--) {
      const s = w.written;
      writeHost(w, v0[i]!);
      w.delimit(s, 10);
    }
  }
}

export const WatchHostsResponse = /* @__PURE__ */ new MessageCodec<WatchHostsResponse, WatchHostsResponseInit>(
  "dapr.proto.scheduler.v1.WatchHostsResponse",
  readWatchHostsResponse,
  writeWatchHostsResponse,
);

export interface Host {
  address: string;
}
export interface HostInit {
  address?: string | undefined;
}

function readHost(
  r: Reader,
  end: number,
  m: Host = {
    address: "",
  },
): Host {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.address = r.string();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeHost(w: Writer, m: HostInit): void {
  const v0 = m.address;
  if (v0) {
    w.string(v0);
    w.uint32(10);
  }
}

export const Host = /* @__PURE__ */ new MessageCodec<Host, HostInit>(
  "dapr.proto.scheduler.v1.Host",
  readHost,
  writeHost,
);

/** Deletes the jobs of an app or of an actor type. */
export interface DeleteByMetadataRequest {
  metadata: JobMetadata | undefined;
  idPrefixMatch: boolean | undefined;
}
export interface DeleteByMetadataRequestInit {
  metadata?: JobMetadataInit | undefined;
  idPrefixMatch?: boolean | undefined;
}

function readDeleteByMetadataRequest(
  r: Reader,
  end: number,
  m: DeleteByMetadataRequest = {
    metadata: undefined,
    idPrefixMatch: undefined,
  },
): DeleteByMetadataRequest {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const e = r.enter();
        m.metadata = readJobMetadata(r, e, m.metadata);
        r.leave(e);
        break;
      }
      case 16:
        m.idPrefixMatch = r.bool();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeDeleteByMetadataRequest(w: Writer, m: DeleteByMetadataRequestInit): void {
  const v0 = m.idPrefixMatch;
  if (v0 !== undefined) {
    w.bool(v0);
    w.uint32(16);
  }
  const v1 = m.metadata;
  if (v1 !== undefined) {
    const s = w.written;
    writeJobMetadata(w, v1);
    w.delimit(s, 10);
  }
}

export const DeleteByMetadataRequest = /* @__PURE__ */ new MessageCodec<DeleteByMetadataRequest, DeleteByMetadataRequestInit>(
  "dapr.proto.scheduler.v1.DeleteByMetadataRequest",
  readDeleteByMetadataRequest,
  writeDeleteByMetadataRequest,
);

export interface DeleteByMetadataResponse {}
export interface DeleteByMetadataResponseInit {}

function readDeleteByMetadataResponse(
  r: Reader,
  end: number,
  m: DeleteByMetadataResponse = {},
): DeleteByMetadataResponse {
  while (r.pos < end) r.skip(r.tag());
  return m;
}

function writeDeleteByMetadataResponse(_w: Writer, _m: DeleteByMetadataResponseInit): void {
}

export const DeleteByMetadataResponse = /* @__PURE__ */ new MessageCodec<DeleteByMetadataResponse, DeleteByMetadataResponseInit>(
  "dapr.proto.scheduler.v1.DeleteByMetadataResponse",
  readDeleteByMetadataResponse,
  writeDeleteByMetadataResponse,
);

/** Deletes jobs whose names begin so. */
export interface DeleteByNamePrefixRequest {
  namePrefix: string;
  metadata: JobMetadata | undefined;
}
export interface DeleteByNamePrefixRequestInit {
  namePrefix?: string | undefined;
  metadata?: JobMetadataInit | undefined;
}

function readDeleteByNamePrefixRequest(
  r: Reader,
  end: number,
  m: DeleteByNamePrefixRequest = {
    namePrefix: "",
    metadata: undefined,
  },
): DeleteByNamePrefixRequest {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.namePrefix = r.string();
        break;
      case 18: {
        const e = r.enter();
        m.metadata = readJobMetadata(r, e, m.metadata);
        r.leave(e);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeDeleteByNamePrefixRequest(w: Writer, m: DeleteByNamePrefixRequestInit): void {
  const v0 = m.metadata;
  if (v0 !== undefined) {
    const s = w.written;
    writeJobMetadata(w, v0);
    w.delimit(s, 18);
  }
  const v1 = m.namePrefix;
  if (v1) {
    w.string(v1);
    w.uint32(10);
  }
}

export const DeleteByNamePrefixRequest = /* @__PURE__ */ new MessageCodec<DeleteByNamePrefixRequest, DeleteByNamePrefixRequestInit>(
  "dapr.proto.scheduler.v1.DeleteByNamePrefixRequest",
  readDeleteByNamePrefixRequest,
  writeDeleteByNamePrefixRequest,
);

export interface DeleteByNamePrefixResponse {}
export interface DeleteByNamePrefixResponseInit {}

function readDeleteByNamePrefixResponse(
  r: Reader,
  end: number,
  m: DeleteByNamePrefixResponse = {},
): DeleteByNamePrefixResponse {
  while (r.pos < end) r.skip(r.tag());
  return m;
}

function writeDeleteByNamePrefixResponse(_w: Writer, _m: DeleteByNamePrefixResponseInit): void {
}

export const DeleteByNamePrefixResponse = /* @__PURE__ */ new MessageCodec<DeleteByNamePrefixResponse, DeleteByNamePrefixResponseInit>(
  "dapr.proto.scheduler.v1.DeleteByNamePrefixResponse",
  readDeleteByNamePrefixResponse,
  writeDeleteByNamePrefixResponse,
);
