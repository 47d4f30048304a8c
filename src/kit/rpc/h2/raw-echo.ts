/**
 * Answers every request with 200 and a short text, without gRPC: a plain HTTP/2 responder for conformance tests of
 * the connection itself (h2spec).
 */
import { h2Code } from "./frames.ts";
import { areTrailers } from "./request-head.ts";
import type { AcceptStream, ServerConnection } from "./server-connection.ts";
import { Stream } from "./stream.ts";

const text = Buffer.from("a plain answer");

class RawStream extends Stream {
  declare readonly connection: ServerConnection;
  protected override isFlowing = true;

  constructor(connection: ServerConnection, id: number, contentLength: number) {
    super(connection, id, 0);
    this.contentLength = contentLength;
    connection.running++;
    connection.streams.add(this);
  }

  protected override read(): void {
    // The body is not looked at.
  }

  protected deliver(): void {}

  protected deliverEnd(): void {
    const { encoder } = this.connection;
    encoder.begin();
    encoder.indexed(8);
    encoder.literal("content-type", "text/plain");
    this.connection.writeBlock(this.id, false);
    this.pushRaw(text);
    this.endWrites();
    this.connection.running--;
    this.connection.completed();
  }

  protected refuse(): void {
    this.connection.resetStream(this, h2Code.internalError);
  }

  aborted(): void {
    this.connection.running--;
  }

  protected writeEnd(): void {
    this.connection.writeEmptyEnd(this.id);
  }

  protected drained(): void {}

  trailingBlock(endStream: boolean): void {
    if (endStream && areTrailers(this.connection.decoder.fields)) this.remoteEnded();
    else this.connection.resetStream(this, h2Code.protocolError);
  }
}

/** Pass it to the server in place of the gRPC dispatcher. */
export const rawEcho: AcceptStream = (connection, id, head, endStream) => {
  const stream = new RawStream(connection, id, head.contentLength);
  if (endStream) stream.remoteEnded();
  return stream;
};
