// Generated from proto/google/protobuf/duration.proto by tools/generate-proto.ts. Do not edit.
import { MessageCodec, type Reader, type Writer } from "../../wire.ts";

/** Seconds and nanoseconds of one sign. */
export interface Duration {
  seconds: bigint;
  nanos: number;
}
export interface DurationInit {
  seconds?: bigint | undefined;
  nanos?: number | undefined;
}

function readDuration(
  r: Reader,
  end: number,
  m: Duration = {
    seconds: 0n,
    nanos: 0,
  },
): Duration {
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

function writeDuration(w: Writer, m: DurationInit): void {
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

export const Duration = /* @__PURE__ */ new MessageCodec<Duration, DurationInit>(
  "google.protobuf.Duration",
  readDuration,
  writeDuration,
);
