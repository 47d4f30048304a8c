// Generated from proto/google/protobuf/any.proto by tools/generate-proto.ts. Do not edit.
import { MessageCodec, type Reader, type Writer, noBytes } from "../../wire.ts";

/** The serialised message, and a URL whose last part is its full name. */
export interface Any {
  typeUrl: string;
  value: Buffer;
}
export interface AnyInit {
  typeUrl?: string | undefined;
  value?: Uint8Array | undefined;
}

function readAny(
  r: Reader,
  end: number,
  m: Any = {
    typeUrl: "",
    value: noBytes,
  },
): Any {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.typeUrl = r.string();
        break;
      case 18:
        m.value = r.bytes();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeAny(w: Writer, m: AnyInit): void {
  const v0 = m.value;
  if (v0 !== undefined && v0.length > 0) {
    w.bytes(v0);
    w.uint32(18);
  }
  const v1 = m.typeUrl;
  if (v1) {
    w.string(v1);
    w.uint32(10);
  }
}

export const Any = /* @__PURE__ */ new MessageCodec<Any, AnyInit>(
  "google.protobuf.Any",
  readAny,
  writeAny,
);
