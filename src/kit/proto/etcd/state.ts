// Generated from proto/etcd/state.proto by tools/generate-proto.ts. Do not edit.
import { Duration, type DurationInit } from "../google/protobuf/duration.ts";
import { MessageCodec, type Reader, type Writer, noBytes } from "../wire.ts";
import { Timestamp, type TimestampInit } from "../google/protobuf/timestamp.ts";

export interface StateValue {
  data: Buffer;
  /** When it was written. */
  ts: Timestamp | undefined;
  /** Always written; zero without a TTL. */
  ttl: Duration | undefined;
}
export interface StateValueInit {
  data?: Uint8Array | undefined;
  ts?: TimestampInit | undefined;
  ttl?: DurationInit | undefined;
}

function readStateValue(
  r: Reader,
  end: number,
  m: StateValue = {
    data: noBytes,
    ts: undefined,
    ttl: undefined,
  },
): StateValue {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.data = r.bytes();
        break;
      case 18: {
        const e = r.enter();
        m.ts = Timestamp.read(r, e, m.ts);
        r.leave(e);
        break;
      }
      case 26: {
        const e = r.enter();
        m.ttl = Duration.read(r, e, m.ttl);
        r.leave(e);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeStateValue(w: Writer, m: StateValueInit): void {
  const v0 = m.ttl;
  if (v0 !== undefined) {
    const s = w.written;
    Duration.write(w, v0);
    w.delimit(s, 26);
  }
  const v1 = m.ts;
  if (v1 !== undefined) {
    const s = w.written;
    Timestamp.write(w, v1);
    w.delimit(s, 18);
  }
  const v2 = m.data;
  if (v2 !== undefined && v2.length > 0) {
    w.bytes(v2);
    w.uint32(10);
  }
}

export const StateValue = /* @__PURE__ */ new MessageCodec<StateValue, StateValueInit>(
  "tricorne.components.etcd.StateValue",
  readStateValue,
  writeStateValue,
);
