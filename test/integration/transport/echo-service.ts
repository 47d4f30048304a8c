/**
 * The service behind all transport tests and real clients. Messages are plain bytes, so no client needs a schema.
 */
import { Metadata } from "../../../src/kit/rpc/metadata.ts";
import { code, RpcError } from "../../../src/kit/rpc/status.ts";
import type { IncomingCall, ServerTransport, StreamCall } from "../../../src/kit/rpc/transport.ts";

export const service = "tricorne.test.Echo";

export const method = {
  /** Gives the message back. */
  unary: `/${service}/Unary`,
  /** Same, after a turn of the loop. */
  unaryLater: `/${service}/UnaryLater`,
  /** Request `<count> <bytes>`: that many messages of that size; the first byte counts up. */
  serverStream: `/${service}/ServerStream`,
  /** Replies `<messages> <bytes>`. */
  clientStream: `/${service}/ClientStream`,
  /** Gives each message back at once. */
  bidi: `/${service}/Bidi`,
  /** Request `<code> <text>`: ends with that status, google.rpc.Status details and a trailer. */
  fail: `/${service}/Fail`,
  /** Streams one message, then ends like fail. */
  failLater: `/${service}/FailLater`,
  /** Ends at once, without messages: `x-code` in the metadata says how. */
  trailersOnly: `/${service}/TrailersOnly`,
  /** Metadata `x-*` comes back in the headers, and with the prefix `trailer-` in the trailers. */
  metadata: `/${service}/Metadata`,
  /** Never answers. */
  hang: `/${service}/Hang`,
  hangStream: `/${service}/HangStream`,
  /** Replies how many hanging calls were cancelled so far. */
  cancelled: `/${service}/Cancelled`,
  /** Replies the identity of the peer. */
  peer: `/${service}/Peer`,
  /** Replies timeoutMs. */
  timeout: `/${service}/Timeout`,
  /** Reads nothing before metadata `x-wait-ms` is over, then counts like clientStream. */
  slowRead: `/${service}/SlowRead`,
} as const;

export interface EchoState {
  /** Hanging calls that were cancelled. */
  cancelled: number;
  /** Hanging calls that run. */
  hanging: number;
}

/** `google.rpc.Status{code, message, details: [Any{type_url: "type.test/x", value: "detail"}]}`, serialised. */
export function statusDetails(grpcCode: number, message: string): Buffer {
  const text = Buffer.from(message);
  const url = Buffer.from("type.test/x");
  const value = Buffer.from("detail");
  const any = Buffer.concat([
    Buffer.from([0x0a, url.length]),
    url,
    Buffer.from([0x12, value.length]),
    value,
  ]);
  return Buffer.concat([
    Buffer.from([0x08, grpcCode, 0x12, text.length]),
    text,
    Buffer.from([0x1a, any.length]),
    any,
  ]);
}

function failure(request: Uint8Array): RpcError {
  const text = Buffer.from(request).toString();
  const space = text.indexOf(" ");
  const grpcCode = Number(text.slice(0, space));
  const message = text.slice(space + 1);
  return new RpcError(grpcCode, message, {
    details: statusDetails(grpcCode, message),
    trailers: Metadata.from({ "x-trailer": "after failure" }),
  });
}

function finishWith(call: StreamCall, error: RpcError): void {
  call.finish({
    code: error.code,
    message: error.desc,
    details: error.details,
    trailers: error.trailers,
  });
}

function custom(metadata: Metadata, prefix: string): Metadata {
  const picked = new Metadata();
  for (const [key, value] of metadata) if (key.startsWith("x-")) picked.add(prefix + key, value);
  return picked;
}

function hang(call: IncomingCall, state: EchoState, then = (): void => {}): void {
  state.hanging++;
  call.onCancel(() => {
    state.hanging--;
    state.cancelled++;
    then();
  });
}

function serveStream(call: StreamCall): void {
  call.onMessage((request) => {
    const [count = 0, bytes = 0] = request.toString().split(" ").map(Number);
    let sent = 0;
    const pump = (): void => {
      while (sent < count && !call.cancelled) {
        const message = Buffer.alloc(bytes, 0x61);
        if (bytes > 0) message[0] = sent % 256;
        sent++;
        if (!call.send(message)) return;
      }
      if (sent === count) call.finish({ trailers: Metadata.from({ "x-sent": String(sent) }) });
    };
    call.onDrain(pump);
    pump();
  });
}

function countMessages(call: StreamCall): void {
  let messages = 0;
  let bytes = 0;
  call.onMessage((message) => {
    messages++;
    bytes += message.length;
  });
  call.onHalfClose(() => {
    call.send(Buffer.from(`${messages} ${bytes}`));
    call.finish();
  });
}

export function addEchoService(server: ServerTransport): EchoState {
  const state: EchoState = { cancelled: 0, hanging: 0 };
  server.unary(method.unary, (message) => message);
  server.unary(method.unaryLater, async (message) => {
    const copy = Buffer.from(message);
    await new Promise((resolve) => setImmediate(resolve));
    return copy;
  });
  server.stream(method.serverStream, serveStream);
  server.stream(method.clientStream, countMessages);
  server.stream(method.bidi, (call) => {
    call.onMessage((message) => {
      if (!call.send(message)) call.pause();
    });
    call.onDrain(() => call.resume());
    call.onHalfClose(() => call.finish());
  });
  server.unary(method.fail, (message) => {
    throw failure(message);
  });
  server.stream(method.failLater, (call) => {
    call.onMessage((message) => {
      call.send(message);
      finishWith(call, failure(message));
    });
  });
  server.stream(method.trailersOnly, (call) => {
    const wanted = Number(call.metadata.get("x-code") ?? code.ok);
    call.finish({
      code: wanted,
      message: wanted === code.ok ? "" : "only trailers",
      trailers: Metadata.from({ "x-trailer": "only" }),
    });
  });
  server.unary(method.metadata, (message, call) => {
    call.sendHeaders(custom(call.metadata, ""));
    call.trailers = custom(call.metadata, "trailer-");
    return message;
  });
  server.unary(method.hang, (_message, call) => {
    return new Promise<Uint8Array>((_resolve, reject) => {
      hang(call, state, () => reject(new RpcError(code.canceled, "context canceled")));
    });
  });
  server.stream(method.hangStream, (call) => {
    hang(call, state);
    call.onMessage((message) => void call.send(message));
  });
  server.unary(method.cancelled, () => Buffer.from(String(state.cancelled)));
  server.unary(method.peer, (_message, call) => Buffer.from(String(call.peer.identity)));
  server.unary(method.timeout, (_message, call) => Buffer.from(String(call.timeoutMs)));
  server.stream(method.slowRead, (call) => {
    setTimeout(() => countMessages(call), Number(call.metadata.get("x-wait-ms")));
  });
  return state;
}
