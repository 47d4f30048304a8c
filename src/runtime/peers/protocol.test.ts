import { describe, expect, test } from "vitest";
import {
  InternalInvokeRequest,
  InternalInvokeRequestStream,
  InternalInvokeResponse,
  InternalInvokeResponseStream,
} from "../../kit/proto/dapr/proto/internals/v1/service_invocation.ts";
import type { InvokeHead } from "../app/contract.ts";
import {
  PeerWriter,
  readRequestFrame,
  readResponseFrame,
  readUnaryRequest,
  readUnaryResponse,
} from "./protocol.ts";

const writer = new PeerWriter();

/** One length-delimited field, as the encoding guide has it. */
const field = (number: number, value: string | Buffer): Buffer => {
  const bytes = typeof value === "string" ? Buffer.from(value) : value;
  if (bytes.length > 127) throw new RangeError("one length byte is enough here");
  return Buffer.concat([Buffer.from([(number << 3) | 2, bytes.length]), bytes]);
};
const varint = (number: number, value: number): Buffer => Buffer.from([number << 3, value]);
const join = (...parts: Buffer[]): Buffer => Buffer.concat(parts);
const list = (...values: string[]): Buffer => join(...values.map((value) => field(1, value)));
const entry = (key: string, ...values: string[]): Buffer =>
  join(field(1, key), field(2, list(...values)));

const message = { method: "m", contentType: "a/b", typeUrl: "", verb: 3, query: "q=1" };
const messageBytes = join(
  field(1, "m"),
  field(2, Buffer.alloc(0)),
  field(3, "a/b"),
  field(4, join(varint(1, 3), field(2, "q=1"))),
);

const head: InvokeHead = {
  status: 5,
  message: "no",
  details: [Buffer.from([0x0a, 1, 0x74])],
  headers: ["x-a", "1", "x-b", "2", "x-a", "3"],
  trailers: ["x-t", "t"],
  contentType: "c/d",
  typeUrl: "u",
};
const headBytes = join(
  field(1, join(varint(1, 5), field(2, "no"), field(3, Buffer.from([0x0a, 1, 0x74])))),
  field(2, entry("x-a", "1", "3")),
  field(2, entry("x-b", "2")),
  field(3, entry("x-t", "t")),
  field(4, join(field(1, field(1, "u")), field(2, "c/d"))),
);

describe("bytes on the wire", () => {
  test("leading request with payload", () => {
    const bytes = writer.requestFrame(message, ["A", "1", "A", "2"], Buffer.from("body"));
    const request = join(varint(1, 1), field(2, entry("A", "1", "2")), field(3, messageBytes));
    expect(bytes).toEqual(join(field(1, request), field(2, field(1, "body"))));
  });

  test("leading request without payload and without extension", () => {
    const bytes = writer.requestFrame({ ...message, verb: undefined }, ["A", "1"], undefined);
    const bare = join(field(1, "m"), field(2, Buffer.alloc(0)), field(3, "a/b"));
    expect(bytes).toEqual(field(1, join(varint(1, 1), field(2, entry("A", "1")), field(3, bare))));
  });

  test.each([
    ["first", 0, field(2, field(1, "x"))],
    ["second", 1, field(2, join(field(1, "x"), varint(2, 1)))],
    ["129th", 128, field(2, join(field(1, "x"), Buffer.from([0x10, 0x80, 0x01])))],
  ])("%s payload", (_name, seq, bytes) => {
    expect(writer.payloadFrame(Buffer.from("x"), seq)).toEqual(bytes);
  });

  test("empty payload", () => {
    expect(writer.payloadFrame(Buffer.alloc(0), 0)).toEqual(field(2, Buffer.alloc(0)));
  });

  test("leading response", () => {
    expect(writer.responseFrame(head, Buffer.from("z"))).toEqual(
      join(field(1, headBytes), field(2, field(1, "z"))),
    );
    expect(writer.responseFrame(head, undefined)).toEqual(field(1, headBytes));
  });

  test("a status of 0 is present", () => {
    const ok = { ...head, status: 0, message: "", details: [], headers: [], trailers: [] };
    const bytes = writer.responseFrame({ ...ok, contentType: "", typeUrl: "" }, undefined);
    expect(bytes).toEqual(
      field(1, join(field(1, Buffer.alloc(0)), field(4, field(1, Buffer.alloc(0))))),
    );
    expect(readResponseFrame(bytes).head?.head?.status).toBe(0);
  });

  test("unary messages carry the body in the data", () => {
    const request = InternalInvokeRequest.decode(
      writer.request(message, ["A", "1"], Buffer.from("whole")),
    );
    expect(request.message?.data?.value.toString()).toBe("whole");
    const response = InternalInvokeResponse.decode(writer.response(head, Buffer.from("all")));
    expect(response.message?.data).toEqual({ typeUrl: "u", value: Buffer.from("all") });
  });
});

describe("agreement with the generated codecs", () => {
  test("requests", () => {
    const bytes = writer.requestFrame(message, ["A", "1", "b", "2", "A", "3"], Buffer.from("x"));
    const decoded = InternalInvokeRequestStream.decode(bytes);
    expect(decoded.request?.ver).toBe(1);
    expect([...(decoded.request?.metadata ?? [])]).toEqual([
      ["A", { values: ["1", "3"] }],
      ["b", { values: ["2"] }],
    ]);
    expect(decoded.payload).toEqual({ data: Buffer.from("x"), seq: 0n });
    expect(readRequestFrame(InternalInvokeRequestStream.encode(decoded))).toEqual({
      head: {
        version: 1,
        metadata: ["A", "1", "A", "3", "b", "2"],
        message: { ...message, body: Buffer.alloc(0) },
        body: Buffer.alloc(0),
      },
      payload: { data: Buffer.from("x"), seq: 0 },
    });
  });

  test("responses", () => {
    const decoded = InternalInvokeResponseStream.decode(writer.responseFrame(head, undefined));
    const again = readResponseFrame(InternalInvokeResponseStream.encode(decoded));
    expect(again.payload).toBeUndefined();
    expect(again.head?.head).toMatchObject({
      ...head,
      headers: ["x-a", "1", "x-a", "3", "x-b", "2"],
    });
  });
});

describe("values that HTTP has and protobuf has not", () => {
  test("bytes beyond ASCII are UTF-8 on the wire and bytes again behind it", () => {
    const value = Buffer.from("café").toString("latin1");
    const bytes = writer.requestFrame(message, ["X", value], undefined);
    const decoded = InternalInvokeRequestStream.decode(bytes);
    expect(decoded.request?.metadata.get("X")?.values).toEqual(["café"]);
    expect(readRequestFrame(bytes).head?.metadata).toEqual(["X", value]);
  });

  test("bytes that are no UTF-8 do not break the message", () => {
    const bytes = writer.requestFrame(message, ["X", "\xff", "Y", "1"], undefined);
    expect(readRequestFrame(bytes).head?.metadata.slice(2)).toEqual(["Y", "1"]);
  });

  test.each(["a\r\nb: c", "a\nb", "a\0b"])("%j does not become a header", (value) => {
    const bytes = InternalInvokeRequestStream.encode({
      request: {
        ver: 1,
        metadata: new Map([["X", { values: [value, "good"] }]]),
        message: { contentType: value },
      },
    });
    const { head: request } = readRequestFrame(bytes);
    expect(request?.metadata).toEqual(["X", "good"]);
    expect(request?.message?.contentType).toBe("");
  });
});

describe("what is there and what is not", () => {
  test("no status", () => {
    const bytes = InternalInvokeResponseStream.encode({ response: { message: {} } });
    expect(readResponseFrame(bytes).head).toMatchObject({ head: undefined, isLeading: true });
  });

  test("an empty response is no leading one", () => {
    const bytes = InternalInvokeResponseStream.encode({ response: {}, payload: { seq: 1n } });
    expect(readResponseFrame(bytes).head?.isLeading).toBe(false);
  });

  test("no message", () => {
    expect(readUnaryRequest(InternalInvokeRequest.encode({ ver: 1 })).message).toBeUndefined();
  });

  test("an extension without verb and query", () => {
    const bytes = InternalInvokeRequest.encode({ message: { httpExtension: {} } });
    expect(readUnaryRequest(bytes).message?.verb).toBe(0);
  });
});

describe("bytes that are no message", () => {
  const whole = writer.requestFrame(message, ["A", "1"], Buffer.from("body"));
  const bad: [string, Buffer][] = [
    ["wire type 7", Buffer.from([0x0f])],
    ["field 0", Buffer.from([0x02, 0x00])],
    ["length beyond the end", Buffer.from([0x0a, 0x05, 0x00])],
    ["nested beyond its end", Buffer.from([0x12, 0x02, 0x0a, 0x05])],
    ["method not UTF-8", field(1, field(3, field(1, Buffer.from([0xff]))))],
    ["endless varint", Buffer.alloc(11, 0xff)],
  ];
  test.each(bad)("%s", (_name, bytes) => {
    expect(() => readRequestFrame(bytes)).toThrow();
  });

  test("every proper prefix is read or refused, nothing else", () => {
    for (let end = 0; end < whole.length; end++) {
      try {
        readRequestFrame(whole.subarray(0, end));
      } catch (error) {
        expect(error).toBeInstanceOf(Error);
      }
    }
    expect(() => readUnaryResponse(Buffer.from([0x12, 0x7f]))).toThrow();
  });

  test("unknown fields are skipped", () => {
    const bytes = join(whole, field(15, "new"), varint(14, 1));
    expect(readRequestFrame(bytes)).toEqual(readRequestFrame(whole));
  });
});
