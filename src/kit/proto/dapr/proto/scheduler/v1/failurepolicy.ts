// Generated from proto/dapr/proto/scheduler/v1/failurepolicy.proto by tools/generate-proto.ts. Do not edit.
import { Duration, type DurationInit } from "../../../../google/protobuf/duration.ts";
import { MessageCodec, type Reader, type Writer } from "../../../../wire.ts";

export interface FailurePolicy {
  drop: FailurePolicyDrop | undefined;
  constant: FailurePolicyConstant | undefined;
}
export interface FailurePolicyInit {
  drop?: FailurePolicyDropInit | undefined;
  constant?: FailurePolicyConstantInit | undefined;
}

function readFailurePolicy(
  r: Reader,
  end: number,
  m: FailurePolicy = {
    drop: undefined,
    constant: undefined,
  },
): FailurePolicy {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const e = r.enter();
        m.drop = readFailurePolicyDrop(r, e, m.drop);
        r.leave(e);
        m.constant = undefined;
        break;
      }
      case 18: {
        const e = r.enter();
        m.constant = readFailurePolicyConstant(r, e, m.constant);
        r.leave(e);
        m.drop = undefined;
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeFailurePolicy(w: Writer, m: FailurePolicyInit): void {
  const v0 = m.constant;
  if (v0 !== undefined) {
    const s = w.written;
    writeFailurePolicyConstant(w, v0);
    w.delimit(s, 18);
  }
  const v1 = m.drop;
  if (v1 !== undefined) {
    const s = w.written;
    writeFailurePolicyDrop(w, v1);
    w.delimit(s, 10);
  }
}

export const FailurePolicy = /* @__PURE__ */ new MessageCodec<FailurePolicy, FailurePolicyInit>(
  "dapr.proto.scheduler.v1.FailurePolicy",
  readFailurePolicy,
  writeFailurePolicy,
);

/** Nothing. */
export interface FailurePolicyDrop {}
export interface FailurePolicyDropInit {}

function readFailurePolicyDrop(
  r: Reader,
  end: number,
  m: FailurePolicyDrop = {},
): FailurePolicyDrop {
  while (r.pos < end) r.skip(r.tag());
  return m;
}

function writeFailurePolicyDrop(_w: Writer, _m: FailurePolicyDropInit): void {
}

export const FailurePolicyDrop = /* @__PURE__ */ new MessageCodec<FailurePolicyDrop, FailurePolicyDropInit>(
  "dapr.proto.scheduler.v1.FailurePolicyDrop",
  readFailurePolicyDrop,
  writeFailurePolicyDrop,
);

/** Another attempt after each interval. */
export interface FailurePolicyConstant {
  interval: Duration | undefined;
  maxRetries: number | undefined;
}
export interface FailurePolicyConstantInit {
  interval?: DurationInit | undefined;
  maxRetries?: number | undefined;
}

function readFailurePolicyConstant(
  r: Reader,
  end: number,
  m: FailurePolicyConstant = {
    interval: undefined,
    maxRetries: undefined,
  },
): FailurePolicyConstant {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const e = r.enter();
        m.interval = Duration.read(r, e, m.interval);
        r.leave(e);
        break;
      }
      case 16:
        m.maxRetries = r.uint32();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeFailurePolicyConstant(w: Writer, m: FailurePolicyConstantInit): void {
  const v0 = m.maxRetries;
  if (v0 !== undefined) {
    w.uint32(v0 >>> 0);
    w.uint32(16);
  }
  const v1 = m.interval;
  if (v1 !== undefined) {
    const s = w.written;
    Duration.write(w, v1);
    w.delimit(s, 10);
  }
}

export const FailurePolicyConstant = /* @__PURE__ */ new MessageCodec<FailurePolicyConstant, FailurePolicyConstantInit>(
  "dapr.proto.scheduler.v1.FailurePolicyConstant",
  readFailurePolicyConstant,
  writeFailurePolicyConstant,
);
