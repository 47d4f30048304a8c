// Generated from proto/opentelemetry/proto/resource/v1/resource.proto by tools/generate-proto.ts. Do not edit.
import { KeyValue, type KeyValueInit } from "../../common/v1/common.ts";
import { MessageCodec, type Reader, type Writer } from "../../../../wire.ts";

/** What the telemetry is about: this process. */
export interface Resource {
  attributes: KeyValue[];
  droppedAttributesCount: number;
}
export interface ResourceInit {
  attributes?: readonly KeyValueInit[] | undefined;
  droppedAttributesCount?: number | undefined;
}

function readResource(
  r: Reader,
  end: number,
  m: Resource = {
    attributes: [],
    droppedAttributesCount: 0,
  },
): Resource {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const e = r.enter();
        m.attributes.push(KeyValue.read(r, e));
        r.leave(e);
        break;
      }
      case 16:
        m.droppedAttributesCount = r.uint32();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeResource(w: Writer, m: ResourceInit): void {
  const v0 = m.droppedAttributesCount;
  if (v0) {
    w.uint32(v0 >>> 0);
    w.uint32(16);
  }
  const v1 = m.attributes;
  if (v1 !== undefined && v1.length > 0) {
    for (let i = v1.length - 1; i >= 0; i--) {
      const s = w.written;
      KeyValue.write(w, v1[i]!);
      w.delimit(s, 10);
    }
  }
}

export const Resource = /* @__PURE__ */ new MessageCodec<Resource, ResourceInit>(
  "opentelemetry.proto.resource.v1.Resource",
  readResource,
  writeResource,
);
