// Generated from proto/dapr/proto/runtime/v1/invoke.proto by tools/generate-proto.ts. Do not edit.
import { InvokeRequest, type InvokeRequestInit } from "../../common/v1/common.ts";
import { MessageCodec, type Reader, type Writer } from "../../../../wire.ts";

/** A call of another app's method. */
export interface InvokeServiceRequest {
  id: string;
  message: InvokeRequest | undefined;
}
export interface InvokeServiceRequestInit {
  id?: string | undefined;
  message?: InvokeRequestInit | undefined;
}

function readInvokeServiceRequest(
  r: Reader,
  end: number,
  m: InvokeServiceRequest = {
    id: "",
    message: undefined,
  },
): InvokeServiceRequest {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.id = r.string();
        break;
      case 26: {
        const e = r.enter();
        m.message = InvokeRequest.read(r, e, m.message);
        r.leave(e);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeInvokeServiceRequest(w: Writer, m: InvokeServiceRequestInit): void {
  const v0 = m.message;
  if (v0 !== undefined) {
    const s = w.written;
    InvokeRequest.write(w, v0);
    w.delimit(s, 26);
  }
  const v1 = m.id;
  if (v1) {
    w.string(v1);
    w.uint32(10);
  }
}

export const InvokeServiceRequest = /* @__PURE__ */ new MessageCodec<InvokeServiceRequest, InvokeServiceRequestInit>(
  "dapr.proto.runtime.v1.InvokeServiceRequest",
  readInvokeServiceRequest,
  writeInvokeServiceRequest,
);
