// Generated from proto/dapr/proto/internals/v1/jobs.proto by tools/generate-proto.ts. Do not edit.
import { Any, type AnyInit } from "../../../../google/protobuf/any.ts";
import { JobFailurePolicy, type JobFailurePolicyInit } from "../../common/v1/common.ts";
import { JobMetadata, type JobMetadataInit } from "../../scheduler/v1/scheduler.ts";
import { MessageCodec, type Reader, type Writer } from "../../../../wire.ts";
import { Value, type ValueInit } from "../../../../google/protobuf/struct.ts";

/** The body of a job for an HTTP app. */
export interface JobHTTPRequest {
  name: string;
  schedule: string | undefined;
  repeats: number | undefined;
  dueTime: string | undefined;
  ttl: string | undefined;
  data: Value | undefined;
  overwrite: boolean | undefined;
  failurePolicy: JobFailurePolicy | undefined;
}
export interface JobHTTPRequestInit {
  name?: string | undefined;
  schedule?: string | undefined;
  repeats?: number | undefined;
  dueTime?: string | undefined;
  ttl?: string | undefined;
  data?: ValueInit | undefined;
  overwrite?: boolean | undefined;
  failurePolicy?: JobFailurePolicyInit | undefined;
}

function readJobHTTPRequest(
  r: Reader,
  end: number,
  m: JobHTTPRequest = {
    name: "",
    schedule: undefined,
    repeats: undefined,
    dueTime: undefined,
    ttl: undefined,
    data: undefined,
    overwrite: undefined,
    failurePolicy: undefined,
  },
): JobHTTPRequest {
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
        m.data = Value.read(r, e, m.data);
        r.leave(e);
        break;
      }
      case 56:
        m.overwrite = r.bool();
        break;
      case 66: {
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

function writeJobHTTPRequest(w: Writer, m: JobHTTPRequestInit): void {
  const v0 = m.failurePolicy;
  if (v0 !== undefined) {
    const s = w.written;
    JobFailurePolicy.write(w, v0);
    w.delimit(s, 66);
  }
  const v1 = m.overwrite;
  if (v1 !== undefined) {
    w.bool(v1);
    w.uint32(56);
  }
  const v2 = m.data;
  if (v2 !== undefined) {
    const s = w.written;
    Value.write(w, v2);
    w.delimit(s, 50);
  }
  const v3 = m.ttl;
  if (v3 !== undefined) {
    w.string(v3);
    w.uint32(42);
  }
  const v4 = m.dueTime;
  if (v4 !== undefined) {
    w.string(v4);
    w.uint32(34);
  }
  const v5 = m.repeats;
  if (v5 !== undefined) {
    w.uint32(v5 >>> 0);
    w.uint32(24);
  }
  const v6 = m.schedule;
  if (v6 !== undefined) {
    w.string(v6);
    w.uint32(18);
  }
  const v7 = m.name;
  if (v7) {
    w.string(v7);
    w.uint32(10);
  }
}

export const JobHTTPRequest = /* @__PURE__ */ new MessageCodec<JobHTTPRequest, JobHTTPRequestInit>(
  "dapr.proto.internals.v1.JobHTTPRequest",
  readJobHTTPRequest,
  writeJobHTTPRequest,
);

/** A job that is due, for an actor or an app elsewhere. */
export interface JobEvent {
  key: string;
  name: string;
  metadata: JobMetadata | undefined;
  data: Any | undefined;
}
export interface JobEventInit {
  key?: string | undefined;
  name?: string | undefined;
  metadata?: JobMetadataInit | undefined;
  data?: AnyInit | undefined;
}

function readJobEvent(
  r: Reader,
  end: number,
  m: JobEvent = {
    key: "",
    name: "",
    metadata: undefined,
    data: undefined,
  },
): JobEvent {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.key = r.string();
        break;
      case 18:
        m.name = r.string();
        break;
      case 26: {
        const e = r.enter();
        m.metadata = JobMetadata.read(r, e, m.metadata);
        r.leave(e);
        break;
      }
      case 34: {
        const e = r.enter();
        m.data = Any.read(r, e, m.data);
        r.leave(e);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeJobEvent(w: Writer, m: JobEventInit): void {
  const v0 = m.data;
  if (v0 !== undefined) {
    const s = w.written;
    Any.write(w, v0);
    w.delimit(s, 34);
  }
  const v1 = m.metadata;
  if (v1 !== undefined) {
    const s = w.written;
    JobMetadata.write(w, v1);
    w.delimit(s, 26);
  }
  const v2 = m.name;
  if (v2) {
    w.string(v2);
    w.uint32(18);
  }
  const v3 = m.key;
  if (v3) {
    w.string(v3);
    w.uint32(10);
  }
}

export const JobEvent = /* @__PURE__ */ new MessageCodec<JobEvent, JobEventInit>(
  "dapr.proto.internals.v1.JobEvent",
  readJobEvent,
  writeJobEvent,
);
