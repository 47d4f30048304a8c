import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createEvent, type EventOrigin, mediaType, timeToLive } from "./cloud-event.ts";

const origin: EventOrigin = {
  appId: "app",
  pubsubName: "bus",
  topic: "orders",
  traceParent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
  traceState: "a=b",
  now: Date.UTC(2026, 0, 2, 3, 4, 5),
  time: "2026-01-02T03:04:05Z",
  newId: () => "new-id",
};

const create = (
  data: string | Buffer,
  contentType: string,
  metadata: Readonly<Record<string, string>> = {},
  writesExpiration = true,
): string =>
  createEvent(
    Buffer.from(data),
    contentType,
    new Map(Object.entries(metadata)),
    origin,
    writesExpiration,
  ).toString("utf8");

describe("an envelope", () => {
  it("has its members in ascending order", () => {
    expect(create("<hi>", "text/plain")).toBe(
      '{"data":"\\u003chi\\u003e","datacontenttype":"text/plain","id":"new-id","pubsubname":"bus",' +
        '"source":"app","specversion":"1.0","time":"2026-01-02T03:04:05Z","topic":"orders",' +
        `"traceid":"${origin.traceParent}","traceparent":"${origin.traceParent}","tracestate":"a=b",` +
        '"type":"com.dapr.event.sent"}',
    );
  });

  it.each([
    ['{"b":1.50,"a":[1e3,12345678901234567890]}', '{"a":[1e3,12345678901234567890],"b":1.50}'],
    ['"text"', '"text"'],
    ["null", "null"],
    ['{"a":1} trailing', '{"a":1}'],
    ['{"broken":', '"{\\"broken\\":"'],
    ["", '""'],
  ])("keeps the JSON of %s", (body, data) => {
    expect(create(body, "application/json; charset=utf-8")).toContain(`{"data":${data},`);
  });

  it.each([
    ["application/octet-stream", Buffer.from([0, 255]), '"data_base64":"AP8="'],
    ["application/cloudevents+protobuf", Buffer.from("x"), '"data_base64":"eA=="'],
    ["application/x-protobuf", Buffer.from("no message"), '"data":"no message"'],
    ["application/vnd.acme+json", Buffer.from("{}"), '"data":"{}"'],
    ["", Buffer.from("x"), '"data":"x","datacontenttype":"text/plain"'],
  ])("carries %s", (contentType, body, part) => {
    expect(create(body, contentType)).toContain(part);
  });

  it("takes the seven overrides, whatever their case, and no others", () => {
    const event = JSON.parse(
      create("x", "text/plain", {
        "CloudEvent.ID": "1",
        "cloudevent.source": "src",
        "cloudevent.type": "t",
        "cloudevent.subject": "s",
        "cloudevent.traceid": "id",
        "cloudevent.tracestate": "state",
        "cloudevent.topic": "elsewhere",
        "cloudevent.__proto__": "x",
      }),
    );
    expect(event).toMatchObject({
      id: "1",
      source: "src",
      type: "t",
      subject: "s",
      traceid: "id",
      traceparent: "id",
      tracestate: "state",
      topic: "orders",
    });
  });

  it("prefers the trace parent to the trace id", () => {
    const overrides = { "cloudevent.traceid": "id", "cloudevent.traceparent": "parent" };
    expect(JSON.parse(create("x", "text/plain", overrides))).toMatchObject({
      traceid: "parent",
      traceparent: "parent",
    });
  });

  it("says when it expires, unless the broker sees to that", () => {
    const metadata = { ttlInSeconds: "60" };
    expect(create("x", "text/plain", metadata)).toContain('"expiration":"2026-01-02T03:05:05Z"');
    expect(create("x", "text/plain", metadata, false)).not.toContain("expiration");
  });

  it("says when it expires however late that is", () => {
    const late = create("x", "text/plain", { ttlInSeconds: "9007199254740991" });
    expect(late).toContain('"expiration":"2318-');
  });

  it("is JSON with the text of any body in it", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const event = JSON.parse(create(text, "text/plain"));
        expect(event.data).toBe(text.toWellFormed());
      }),
    );
  });
});

describe("an event of the app", () => {
  const type = "application/cloudevents+json";

  it("is completed where something is missing", () => {
    expect(JSON.parse(create('{"data":1}', type))).toEqual({
      data: 1,
      pubsubname: "bus",
      source: "Dapr",
      specversion: "1.0",
      time: origin.time,
      topic: "orders",
      traceid: origin.traceParent,
      traceparent: origin.traceParent,
      tracestate: "a=b",
      type: "com.dapr.event.sent",
    });
  });

  it("keeps what it says, but for topic and pubsub", () => {
    const event = create('{"id":"1","topic":"x","traceid":"","type":null,"n":1.0}', type);
    expect(event).toContain('"n":1.0');
    expect(JSON.parse(event)).toMatchObject({ id: "1", topic: "orders", traceid: "" });
    expect(JSON.parse(event)).not.toHaveProperty("traceparent");
    expect(JSON.parse(event).type).toBe("com.dapr.event.sent");
  });

  it.each([
    ["[1]", "json: cannot unmarshal array into Go value of type map[string]interface {}"],
    ['"x"', "json: cannot unmarshal string into Go value of type map[string]interface {}"],
    ["1.5", "json: cannot unmarshal number into Go value of type map[string]interface {}"],
    ["null", "json: cannot unmarshal null into Go value of type map[string]interface {}"],
    ["", "EOF"],
    ['{"id":', "unexpected EOF"],
  ])("is refused as %s", (body, text) => {
    expect(() => create(body, type)).toThrow(text);
  });
});

describe("timeToLive", () => {
  it.each<[string, number | undefined]>([
    ["5", 5000],
    ["1m", 60_000],
    ["250ms", 250],
    ["0", 0],
    ["-5m", 0],
    ["-5", undefined],
    ["+60", 60_000],
    // 292 years, which is as long as the reference can say.
    ["9223372036854775807", 9_223_372_036_854],
    ["9223372036854775808", undefined],
    ["2562048h", undefined],
    ["1.5", undefined],
    ["soon", undefined],
    ["", undefined],
  ])("reads %j", (text, ms) => {
    expect(timeToLive(new Map([["ttlInSeconds", text]]))).toBe(ms);
  });

  it("prefers ttl, and compares names without case", () => {
    expect(
      timeToLive(
        new Map([
          ["TTLINSECONDS", "5"],
          ["TTL", "1s"],
        ]),
      ),
    ).toBe(1000);
  });
});

it("takes the media type out of a content type", () => {
  expect(mediaType(" Application/JSON ; charset=x")).toBe("application/json");
});
