/**
 * The app behind the second sidecar, cheap on purpose because it shares the machine: `app.ts http|grpc PORT TEXT`.
 * Over HTTP every request gets TEXT; over gRPC every unary message comes back.
 */
import { createServer, type Socket } from "node:net";
import { http2Transport } from "../../src/kit/rpc/http2/transport.ts";

const [protocol, port = "0", text = ""] = process.argv.slice(2);
const headEnd = Buffer.from("\r\n\r\n");
const answer = Buffer.from(
  `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${text.length}\r\n\r\n${text}`,
);

/** Takes whole requests from what has arrived. @returns what is left */
function takeRequests(socket: Socket, input: Buffer): Buffer {
  let held = input;
  for (let end = held.indexOf(headEnd); end >= 0; end = held.indexOf(headEnd)) {
    const head = held.toString("latin1", 0, end).toLowerCase();
    const at = head.indexOf("\r\ncontent-length:");
    const length = at < 0 ? 0 : Number.parseInt(head.slice(at + 17), 10);
    if (head.includes("\r\ntransfer-encoding:"))
      throw new Error("a chunked request in a benchmark");
    if (held.length < end + 4 + length) break;
    held = held.subarray(end + 4 + length);
    socket.write(answer);
  }
  return held;
}

if (protocol === "grpc") {
  const server = http2Transport.createServer({
    maxMessageBytes: 4 << 20,
    maxMetadataBytes: 1 << 16,
  });
  server.fallback((call) => {
    call.onMessage((message) => call.send(message));
    call.onHalfClose(() => call.finish());
  });
  await server.listen({ host: "127.0.0.1", port: Number(port) });
  console.log("listening");
} else {
  const server = createServer({ noDelay: true }, (socket) => {
    let held: Buffer = Buffer.alloc(0);
    socket.on("error", () => {});
    socket.on("data", (chunk: Buffer) => {
      held = takeRequests(socket, held.length === 0 ? chunk : Buffer.concat([held, chunk]));
    });
  });
  server.listen({ port: Number(port), host: "127.0.0.1" }, () => console.log("listening"));
}
