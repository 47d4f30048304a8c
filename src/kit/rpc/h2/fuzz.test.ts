/** Differential tests against node:http2, and mutated input. */
import { type ClientHttp2Session, connect as connectHttp2 } from "node:http2";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ServerTransport } from "../transport.ts";
import { flag, frameType, preface } from "./frames.ts";
import {
  frameBytes,
  framed,
  requestFields,
  socketPair,
  TestPeer,
  testServer,
  turns,
} from "./test-peer.ts";
import { h2Transport } from "./transport.ts";

/** Headers whose values use both forms of strings, repeat, and thrash the table. */
const name = fc.stringMatching(/^x-[a-c0-9]{1,4}$/);
const value = fc.oneof(
  fc.stringMatching(/^[!-~]([ -~]{0,60}[!-~])?$/),
  fc.constantFrom("again", "k".repeat(900), "\u00e9\u00fc"),
);

describe("node:http2 as client", () => {
  let server: ServerTransport;
  let session: ClientHttp2Session;
  let seen: string[] = [];

  beforeAll(async () => {
    server = h2Transport.createServer({ maxMessageBytes: 1 << 20, maxMetadataBytes: 65536 });
    server.unary("/t.T/Echo", (message, call) => {
      seen = call.metadata.entries;
      call.trailers = call.metadata;
      return message;
    });
    const { port } = await server.listen({ host: "127.0.0.1", port: 0 });
    session = connectHttp2(`http://127.0.0.1:${port}`);
  });

  afterAll(async () => {
    session.close();
    await server.close(100);
  });

  it("is understood, and understands us", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(name, value, { maxKeys: 10 }),
        fc.uint8Array({ maxLength: 40_000, size: "max" }),
        async (headers, body) => {
          const stream = session.request({
            ":method": "POST",
            ":path": "/t.T/Echo",
            te: "trailers",
            "content-type": "application/grpc",
            ...headers,
          });
          const parts: Buffer[] = [];
          let trailers: Record<string, unknown> = {};
          stream.on("data", (part: Buffer) => parts.push(part));
          stream.on("trailers", (fields) => {
            trailers = fields;
          });
          stream.end(framed(body));
          await new Promise((resolve, reject) => {
            stream.on("close", resolve);
            stream.on("error", reject);
          });
          expect(Buffer.concat(parts).equals(framed(body))).toBe(true);
          expect(trailers).toMatchObject({ "grpc-status": "0", ...headers });
          const got: Record<string, string> = {};
          for (let i = 0; i < seen.length; i += 2) got[seen[i] as string] = seen[i + 1] as string;
          expect(got).toEqual({ ...headers });
        },
      ),
      { numRuns: 150 },
    );
  });
});

describe("mutated sessions", () => {
  const block = new TestPeer(socketPair()[0]).block([...requestFields, ["k", "value"]]);
  const session = Buffer.concat([
    preface,
    frameBytes(frameType.settings, 0, 0, Buffer.from([0, 4, 0, 0, 1, 0])),
    frameBytes(frameType.windowUpdate, 0, 0, Buffer.from([0, 0, 1, 0])),
    ...[1, 3, 5].flatMap((id) => [
      frameBytes(frameType.headers, flag.endHeaders, id, block),
      frameBytes(frameType.data, flag.endStream, id, framed("some message")),
      frameBytes(frameType.ping, 0, 0, Buffer.from("12345678")),
    ]),
  ]);

  const mutation = fc.record({
    at: fc.integer({ min: 0, max: session.length - 1 }),
    kind: fc.constantFrom("flip", "insert", "remove", "repeat"),
    byte: fc.integer({ min: 0, max: 255 }),
    length: fc.integer({ min: 1, max: 12 }),
  });

  function mutate(
    mutations: readonly { at: number; kind: string; byte: number; length: number }[],
  ) {
    const bytes = [...session];
    for (const { at, kind, byte, length } of mutations) {
      if (kind === "flip") bytes[at % bytes.length] = byte;
      else if (kind === "insert") bytes.splice(at, 0, byte);
      else if (kind === "remove") bytes.splice(at, length);
      else bytes.splice(at, 0, ...bytes.slice(at, at + length));
    }
    return Buffer.from(bytes);
  }

  it("are answered or refused, in any pieces, and harm nobody else", async () => {
    const { server, connect, errors } = await testServer({ maxMessageBytes: 1000 });
    server.unary("/t.T/Echo", (message) => Buffer.from(message));
    const bystander = connect();
    let id = 1;
    await fc.assert(
      fc.asyncProperty(
        fc.array(mutation, { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 1, max: 200 }),
        async (mutations, piece) => {
          const bytes = mutate(mutations);
          const [whole, pieces] = [connect(null), connect(null)];
          whole.socket.write(bytes);
          for (let at = 0; at < bytes.length; at += piece) {
            pieces.socket.write(bytes.subarray(at, at + piece));
          }
          await turns(4 + Math.ceil(bytes.length / piece / 8));
          // The same bytes mean the same, however they are cut.
          const outcome = (peer: TestPeer) =>
            [1, 3, 5].map((stream) => [peer.status(stream), peer.reset(stream)]);
          expect(outcome(pieces)).toEqual(outcome(whole));
          expect(pieces.goaway).toBe(whole.goaway);
          whole.socket.destroy();
          pieces.socket.destroy();
          bystander.request(id, "fine");
          await turns(2);
          expect(bystander.data(id)).toEqual(framed("fine"));
          id += 2;
        },
      ),
      { numRuns: 400 },
    );
    expect(errors).toEqual([]);
  });
});
