// Generated from proto/dapr/proto/internals/v1/status.proto by tools/generate-proto.ts. Do not edit.
import { Any, type AnyInit } from "../../../../google/protobuf/any.ts";
import { MessageCodec, type Reader, type Writer } from "../../../../wire.ts";

/** An HTTP status or a gRPC code, as the app's protocol has it, with its details. */
export interface Status {
  code: number;
  message: string;
  details: Any[];
}
export interface StatusInit {
  code?: number | undefined;
  message?: string | undefined;
  details?: readonly AnyInit[] | undefined;
}

function readStatus(
  r: Reader,
  end: number,
  m: Status = {
    code: 0,
    message: "",
    details: [],
  },
): Status {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 8:
        m.code = r.int32();
        break;
      case 18:
        m.message = r.string();
        break;
      case 26: {
        const e = r.enter();
        m.details.push(Any.read(r, e));
        r.leave(e);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeStatus(w: Writer, m: StatusInit): void {
  const v0 = m.details;
  if (v0 !== undefined && v0.length > 0) {
    for (let i = v0.length - 1; i >= 0; i--) {
      const s = w.written;
      Any.write(w, v0[i]!);
      w.delimit(s, 26);
    }
  }
  const v1 = m.message;
  if (v1) {
    w.string(v1);
    w.uint32(18);
  }
  const v2 = m.code;
  if (v2) {
    w.int32(v2);
    w.uint32(8);
  }
}

export const Status = /* @__PURE__ */ new MessageCodec<Status, StatusInit>(
  "dapr.proto.internals.v1.Status",
  readStatus,
  writeStatus,
);
