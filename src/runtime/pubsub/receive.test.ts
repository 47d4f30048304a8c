import { describe, expect, it } from "vitest";
import type { ReceivedMessage } from "../../components/pubsub/contract.ts";
import { isExpired, messageMetadata, readEvent, wantsRaw } from "./receive.ts";
import { parseRfc3339 } from "./rfc3339.ts";

const random = { number: () => 0, bytes: (n: number) => Buffer.alloc(n), uuid: () => "uuid" };

const message = (
  data: string,
  metadata: Readonly<Record<string, string>> = {},
): ReceivedMessage => ({
  topic: "t",
  data: Buffer.from(data),
  contentType: undefined,
  metadata: new Map(Object.entries(metadata)),
});

const read = (received: ReceivedMessage, raw = false) =>
  readEvent(received, messageMetadata(received, "bus"), "bus", raw, random);

describe("readEvent", () => {
  it("hands the bytes on as they came", () => {
    const received = message('{"id":"1","n":1.0}');
    const { event, body } = read(received);
    expect(body).toBe(received.data);
    expect(event.get("n")).toBe(1);
  });

  it("takes traces from the metadata where the event has none; a parent is the id too", () => {
    const trace = (event: object, metadata: Record<string, string>) => {
      const found = read(message(JSON.stringify(event), metadata)).event;
      return ["traceid", "traceparent", "tracestate"].map((name) => found.get(name));
    };
    const metadata = { traceid: "x", traceparent: "y", tracestate: "z" };
    expect(trace({}, metadata)).toEqual(["y", "y", "z"]);
    expect(trace({}, { traceid: "x" })).toEqual(["x", undefined, undefined]);
    expect(trace({ traceid: "own" }, metadata)).toEqual(["y", "y", "z"]);
    const own = { traceid: "a", traceparent: "b", tracestate: "" };
    expect(trace(own, metadata)).toEqual(["a", "b", ""]);
  });

  it("wraps raw bytes", () => {
    const { event, body } = read(message("raw", { traceid: "" }), true);
    expect(Object.fromEntries(event)).toEqual({
      id: "uuid",
      specversion: "1.0",
      datacontenttype: "application/octet-stream",
      source: "Dapr",
      type: "com.dapr.event.sent",
      topic: "t",
      pubsubname: "bus",
      data_base64: "cmF3",
      traceid: "",
    });
    expect(JSON.parse(Buffer.from(body).toString())).toEqual(Object.fromEntries(event));
  });

  it("reads attributes of binary events from the metadata", () => {
    const { event, binary } = read(
      message("bytes", { "content-type": "application/octet-stream", CE_Type: "x", ce_ext: "y" }),
    );
    expect([event.get("type"), event.get("ext")]).toEqual(["x", "y"]);
    expect(Buffer.from(binary ?? []).toString()).toBe("bytes");
  });

  it.each(["[1]", '"x"', "1", "no json", '{"n":1e400}', '{"a":1} x', "\ufeff{}"])(
    "refuses %s",
    (text) => {
      expect(() => read(message(text))).toThrow();
    },
  );

  it("takes null for an event without attributes", () => {
    expect(read(message("null")).event.size).toBe(0);
  });
});

describe("wantsRaw", () => {
  it("knows Go's words for booleans only", () => {
    expect(wantsRaw(new Map([["rawPayload", "T"]]))).toBe(true);
    expect(wantsRaw(new Map())).toBe(false);
    expect(() => wantsRaw(new Map([["rawPayload", "yes"]]))).toThrow("'yes'");
  });
});

describe("isExpired", () => {
  const at = (text: unknown) => new Map([["expiration", text as string]]);
  it("compares with the present", () => {
    const now = Date.UTC(2026, 0, 1);
    expect(isExpired(at("2025-12-31T23:59:59Z"), now)).toBe(true);
    expect(isExpired(at("2026-01-01T01:00:00+01:00"), now)).toBe(true);
    expect(isExpired(at("2026-01-01T00:00:01Z"), now)).toBe(false);
    expect(isExpired(at("never"), now)).toBe(false);
    expect(isExpired(at(5), now)).toBe(false);
  });

  it.each(["2026-02-30T00:00:00Z", "2026-01-01", "2026-01-01T00:00:00", "2026-01-01 00:00:00Z"])(
    "knows that %s is no time",
    (text) => expect(parseRfc3339(text)).toBeUndefined(),
  );
});
