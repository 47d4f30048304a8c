// Generated from proto/google/protobuf/empty.proto by tools/generate-proto.ts. Do not edit.
import { MessageCodec, type Reader, type Writer } from "../../wire.ts";

/** For calls without request or response. */
export interface Empty {}
export interface EmptyInit {}

function readEmpty(
  r: Reader,
  end: number,
  m: Empty = {},
): Empty {
  while (r.pos < end) r.skip(r.tag());
  return m;
}

function writeEmpty(_w: Writer, _m: EmptyInit): void {
}

export const Empty = /* @__PURE__ */ new MessageCodec<Empty, EmptyInit>(
  "google.protobuf.Empty",
  readEmpty,
  writeEmpty,
);
