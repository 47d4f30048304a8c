// Generated from proto/google/protobuf/timestamp.proto by tools/generate-proto.ts. Do not edit.
import { MessageCodec, type Reader, type Writer } from "../../wire.ts";

/** Since 1970-01-01T00:00:00Z; nanoseconds count forward. */
export interface Timestamp {
  seconds: bigint;
  nanos: number;
}
export interface TimestampInit {
  seconds?: bigint | undefined;
  nanos?: number | undefined;
}

function readTimestamp(
  r: Reader,
  end: number,
  m: Timestamp = {
    seconds: 0n,
    nanos: 0,
  },
): Timestamp {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 8:
        m.seconds = r.int64();
        break;
      case 16:
        m.nanos = r.int32();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeTimestamp(w: Writer, m: TimestampInit): void {
  const v0 = m.nanos;
  if (v0) {
    w.int32(v0);
    w.uint32(16);
  }
  const v1 = m.seconds;
  if (v1) {
    w.uint64(v1);
    w.uint32(8);
  }
}

export const Timestamp = /* @__PURE__ */ new MessageCodec<Timestamp, TimestampInit>(
  "google.protobuf.Timestamp",
  readTimestamp,
  writeTimestamp,
);
