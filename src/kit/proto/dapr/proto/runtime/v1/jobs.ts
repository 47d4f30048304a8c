// Generated from proto/dapr/proto/runtime/v1/jobs.proto by tools/generate-proto.ts. Do not edit.
import { Any, type AnyInit } from "../../../../google/protobuf/any.ts";
import { JobFailurePolicy, type JobFailurePolicyInit } from "../../common/v1/common.ts";
import { MessageCodec, type Reader, type Writer } from "../../../../wire.ts";

/** What is due when, and what to hand over. */
export interface Job {
  name: string;
  schedule: string | undefined;
  repeats: number | undefined;
  dueTime: string | undefined;
  ttl: string | undefined;
  data: Any | undefined;
  failurePolicy: JobFailurePolicy | undefined;
}
export interface JobInit {
  name?: string | undefined;
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
    name: "",
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
        m.name = r.string();
        break;
      case 18:
        m.schedule = r.string();
        break;
      case 24:
        m.repeats = r.uint32();
        break;
      case 34:
        m.dueTime = r.string();
        break;
      case 42:
        m.ttl = r.string();
        break;
      case 50: {
        const e = r.enter();
        m.data = Any.read(r, e, m.data);
        r.leave(e);
        break;
      }
      case 58: {
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
    w.delimit(s, 58);
  }
  const v1 = m.data;
  if (v1 !== undefined) {
    const s = w.written;
    Any.write(w, v1);
    w.delimit(s, 50);
  }
  const v2 = m.ttl;
  if (v2 !== undefined) {
    w.string(v2);
    w.uint32(42);
  }
  const v3 = m.dueTime;
  if (v3 !== undefined) {
    w.string(v3);
    w.uint32(34);
  }
  const v4 = m.repeats;
  if (v4 !== undefined) {
    w.uint32(v4 >>> 0);
    w.uint32(24);
  }
  const v5 = m.schedule;
  if (v5 !== undefined) {
    w.string(v5);
    w.uint32(18);
  }
  const v6 = m.name;
  if (v6) {
    w.string(v6);
    w.uint32(10);
  }
}

export const Job = /* @__PURE__ */ new MessageCodec<Job, JobInit>(
  "dapr.proto.runtime.v1.Job",
  readJob,
  writeJob,
);

/** Creates a job; with overwrite it replaces one of the same name. */
export interface ScheduleJobRequest {
  job: Job | undefined;
  overwrite: boolean;
}
export interface ScheduleJobRequestInit {
  job?: JobInit | undefined;
  overwrite?: boolean | undefined;
}

function readScheduleJobRequest(
  r: Reader,
  end: number,
  m: ScheduleJobRequest = {
    job: undefined,
    overwrite: false,
  },
): ScheduleJobRequest {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const e = r.enter();
        m.job = readJob(r, e, m.job);
        r.leave(e);
        break;
      }
      case 16:
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
    w.uint32(16);
  }
  const v1 = m.job;
  if (v1 !== undefined) {
    const s = w.written;
    writeJob(w, v1);
    w.delimit(s, 10);
  }
}

export const ScheduleJobRequest = /* @__PURE__ */ new MessageCodec<ScheduleJobRequest, ScheduleJobRequestInit>(
  "dapr.proto.runtime.v1.ScheduleJobRequest",
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
  "dapr.proto.runtime.v1.ScheduleJobResponse",
  readScheduleJobResponse,
  writeScheduleJobResponse,
);

export interface GetJobRequest {
  name: string;
}
export interface GetJobRequestInit {
  name?: string | undefined;
}

function readGetJobRequest(
  r: Reader,
  end: number,
  m: GetJobRequest = {
    name: "",
  },
): GetJobRequest {
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

function writeGetJobRequest(w: Writer, m: GetJobRequestInit): void {
  const v0 = m.name;
  if (v0) {
    w.string(v0);
    w.uint32(10);
  }
}

export const GetJobRequest = /* @__PURE__ */ new MessageCodec<GetJobRequest, GetJobRequestInit>(
  "dapr.proto.runtime.v1.GetJobRequest",
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
  "dapr.proto.runtime.v1.GetJobResponse",
  readGetJobResponse,
  writeGetJobResponse,
);

export interface DeleteJobRequest {
  name: string;
}
export interface DeleteJobRequestInit {
  name?: string | undefined;
}

function readDeleteJobRequest(
  r: Reader,
  end: number,
  m: DeleteJobRequest = {
    name: "",
  },
): DeleteJobRequest {
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

function writeDeleteJobRequest(w: Writer, m: DeleteJobRequestInit): void {
  const v0 = m.name;
  if (v0) {
    w.string(v0);
    w.uint32(10);
  }
}

export const DeleteJobRequest = /* @__PURE__ */ new MessageCodec<DeleteJobRequest, DeleteJobRequestInit>(
  "dapr.proto.runtime.v1.DeleteJobRequest",
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
  "dapr.proto.runtime.v1.DeleteJobResponse",
  readDeleteJobResponse,
  writeDeleteJobResponse,
);

/** Deletes the app's jobs whose names begin so. */
export interface DeleteJobsByPrefixRequestAlpha1 {
  namePrefix: string | undefined;
}
export interface DeleteJobsByPrefixRequestAlpha1Init {
  namePrefix?: string | undefined;
}

function readDeleteJobsByPrefixRequestAlpha1(
  r: Reader,
  end: number,
  m: DeleteJobsByPrefixRequestAlpha1 = {
    namePrefix: undefined,
  },
): DeleteJobsByPrefixRequestAlpha1 {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.namePrefix = r.string();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeDeleteJobsByPrefixRequestAlpha1(w: Writer, m: DeleteJobsByPrefixRequestAlpha1Init): void {
  const v0 = m.namePrefix;
  if (v0 !== undefined) {
    w.string(v0);
    w.uint32(10);
  }
}

export const DeleteJobsByPrefixRequestAlpha1 = /* @__PURE__ */ new MessageCodec<DeleteJobsByPrefixRequestAlpha1, DeleteJobsByPrefixRequestAlpha1Init>(
  "dapr.proto.runtime.v1.DeleteJobsByPrefixRequestAlpha1",
  readDeleteJobsByPrefixRequestAlpha1,
  writeDeleteJobsByPrefixRequestAlpha1,
);

export interface DeleteJobsByPrefixResponseAlpha1 {}
export interface DeleteJobsByPrefixResponseAlpha1Init {}

function readDeleteJobsByPrefixResponseAlpha1(
  r: Reader,
  end: number,
  m: DeleteJobsByPrefixResponseAlpha1 = {},
): DeleteJobsByPrefixResponseAlpha1 {
  while (r.pos < end) r.skip(r.tag());
  return m;
}

function writeDeleteJobsByPrefixResponseAlpha1(_w: Writer, _m: DeleteJobsByPrefixResponseAlpha1Init): void {
}

export const DeleteJobsByPrefixResponseAlpha1 = /* @__PURE__ */ new MessageCodec<DeleteJobsByPrefixResponseAlpha1, DeleteJobsByPrefixResponseAlpha1Init>(
  "dapr.proto.runtime.v1.DeleteJobsByPrefixResponseAlpha1",
  readDeleteJobsByPrefixResponseAlpha1,
  writeDeleteJobsByPrefixResponseAlpha1,
);

/** Deletes the app's jobs whose names begin so; without prefix, all of them. */
export interface DeleteJobsByPrefixRequest {
  namePrefix: string | undefined;
}
export interface DeleteJobsByPrefixRequestInit {
  namePrefix?: string | undefined;
}

function readDeleteJobsByPrefixRequest(
  r: Reader,
  end: number,
  m: DeleteJobsByPrefixRequest = {
    namePrefix: undefined,
  },
): DeleteJobsByPrefixRequest {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.namePrefix = r.string();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeDeleteJobsByPrefixRequest(w: Writer, m: DeleteJobsByPrefixRequestInit): void {
  const v0 = m.namePrefix;
  if (v0 !== undefined) {
    w.string(v0);
    w.uint32(10);
  }
}

export const DeleteJobsByPrefixRequest = /* @__PURE__ */ new MessageCodec<DeleteJobsByPrefixRequest, DeleteJobsByPrefixRequestInit>(
  "dapr.proto.runtime.v1.DeleteJobsByPrefixRequest",
  readDeleteJobsByPrefixRequest,
  writeDeleteJobsByPrefixRequest,
);

export interface DeleteJobsByPrefixResponse {}
export interface DeleteJobsByPrefixResponseInit {}

function readDeleteJobsByPrefixResponse(
  r: Reader,
  end: number,
  m: DeleteJobsByPrefixResponse = {},
): DeleteJobsByPrefixResponse {
  while (r.pos < end) r.skip(r.tag());
  return m;
}

function writeDeleteJobsByPrefixResponse(_w: Writer, _m: DeleteJobsByPrefixResponseInit): void {
}

export const DeleteJobsByPrefixResponse = /* @__PURE__ */ new MessageCodec<DeleteJobsByPrefixResponse, DeleteJobsByPrefixResponseInit>(
  "dapr.proto.runtime.v1.DeleteJobsByPrefixResponse",
  readDeleteJobsByPrefixResponse,
  writeDeleteJobsByPrefixResponse,
);

export interface ListJobsRequestAlpha1 {}
export interface ListJobsRequestAlpha1Init {}

function readListJobsRequestAlpha1(
  r: Reader,
  end: number,
  m: ListJobsRequestAlpha1 = {},
): ListJobsRequestAlpha1 {
  while (r.pos < end) r.skip(r.tag());
  return m;
}

function writeListJobsRequestAlpha1(_w: Writer, _m: ListJobsRequestAlpha1Init): void {
}

export const ListJobsRequestAlpha1 = /* @__PURE__ */ new MessageCodec<ListJobsRequestAlpha1, ListJobsRequestAlpha1Init>(
  "dapr.proto.runtime.v1.ListJobsRequestAlpha1",
  readListJobsRequestAlpha1,
  writeListJobsRequestAlpha1,
);

export interface ListJobsResponseAlpha1 {
  jobs: Job[];
}
export interface ListJobsResponseAlpha1Init {
  jobs?: readonly JobInit[] | undefined;
}

function readListJobsResponseAlpha1(
  r: Reader,
  end: number,
  m: ListJobsResponseAlpha1 = {
    jobs: [],
  },
): ListJobsResponseAlpha1 {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const e = r.enter();
        m.jobs.push(readJob(r, e));
        r.leave(e);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeListJobsResponseAlpha1(w: Writer, m: ListJobsResponseAlpha1Init): void {
  const v0 = m.jobs;
  if (v0 !== undefined && v0.length > 0) {
    for (let i = v0.length - 1; i >= 0; i--) {
      const s = w.written;
      writeJob(w, v0[i]!);
      w.delimit(s, 10);
    }
  }
}

export const ListJobsResponseAlpha1 = /* @__PURE__ */ new MessageCodec<ListJobsResponseAlpha1, ListJobsResponseAlpha1Init>(
  "dapr.proto.runtime.v1.ListJobsResponseAlpha1",
  readListJobsResponseAlpha1,
  writeListJobsResponseAlpha1,
);

/** Asks for all jobs of the app. */
export interface ListJobsRequest {}
export interface ListJobsRequestInit {}

function readListJobsRequest(
  r: Reader,
  end: number,
  m: ListJobsRequest = {},
): ListJobsRequest {
  while (r.pos < end) r.skip(r.tag());
  return m;
}

function writeListJobsRequest(_w: Writer, _m: ListJobsRequestInit): void {
}

export const ListJobsRequest = /* @__PURE__ */ new MessageCodec<ListJobsRequest, ListJobsRequestInit>(
  "dapr.proto.runtime.v1.ListJobsRequest",
  readListJobsRequest,
  writeListJobsRequest,
);

export interface ListJobsResponse {
  jobs: Job[];
}
export interface ListJobsResponseInit {
  jobs?: readonly JobInit[] | undefined;
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
        m.jobs.push(readJob(r, e));
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
      writeJob(w, v0[i]!);
      w.delimit(s, 10);
    }
  }
}

export const ListJobsResponse = /* @__PURE__ */ new MessageCodec<ListJobsResponse, ListJobsResponseInit>(
  "dapr.proto.runtime.v1.ListJobsResponse",
  readListJobsResponse,
  writeListJobsResponse,
);
