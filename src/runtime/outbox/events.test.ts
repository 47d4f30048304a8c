import { randomBytes, randomUUID } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { StateValue } from "../../components/state/contract.ts";
import { quoteJson } from "../../kit/json/encode.ts";
import { parseJson } from "../../kit/json/parse.ts";
import { type EventSource, eventsOf } from "./events.ts";
import type { EventOperation } from "./outbox.ts";

const source: EventSource = {
  appId: "app",
  pubsub: "bus",
  span: undefined,
  random: { number: Math.random, bytes: randomBytes, uuid: randomUUID },
  broker: {
    payload: (data, contentType) =>
      contentType === "application/octet-stream"
        ? ["data_base64", quoteJson(data.toString("base64"))]
        : ["data", quoteJson(data.toString())],
    time: () => "2026-01-01T00:00:00Z",
    trace: () => ({ parent: "00-trace", state: "k=v" }),
  },
};

const json = (value: string | number): StateValue => ({ kind: "json", value });

function upsert(
  key: string,
  value: StateValue,
  metadata: Record<string, string> = {},
  contentType?: string,
): EventOperation {
  const request = { key, value, etag: undefined, concurrency: "", consistency: "" };
  return {
    kind: "upsert",
    request: { ...request, metadata: new Map(Object.entries(metadata)) },
    contentType,
  };
}

const remove = (key: string): EventOperation => ({
  kind: "delete",
  request: { key, etag: undefined, concurrency: "", consistency: "", metadata: new Map() },
});

const transaction = (...operations: EventOperation[]) => {
  const { operations: written, events } = eventsOf(operations, source);
  return { written, events: events.map((event) => JSON.parse(event.toString())) };
};

describe("a transaction", () => {
  it("gets a marker behind it for each value that it writes", () => {
    const { written, events } = transaction(
      upsert("app||a", json("one")),
      remove("app||b"),
      upsert("app||c", json(2)),
    );
    const keys = written.map(({ request }) => request.key);
    expect(keys.slice(0, 3)).toEqual(["app||a", "app||b", "app||c"]);
    expect(keys.slice(3)).toEqual(events.map(({ id }) => id));
    expect(keys[3]).toMatch(/^outbox-[0-9a-f-]{36}$/);
    expect(keys[3]).not.toBe(keys[4]);
    expect(written[3]).toMatchObject({ kind: "upsert", request: { value: json("0") } });
    expect(events.map(({ data }) => data)).toEqual(["one", "2"]);
  });

  it("that only deletes publishes nothing", () => {
    expect(transaction(remove("a"))).toEqual({ written: [remove("a")], events: [] });
  });
});

describe("an event", () => {
  it("has its attributes in order, and no topic yet", () => {
    const [event] = eventsOf([upsert("k", json("v"))], source).events;
    const id = JSON.parse(String(event)).id;
    expect(String(event)).toBe(
      `{"data":"v","datacontenttype":"text/plain","id":"${id}","pubsubname":"bus","source":"app","specversion":"1.0",` +
        `"time":"2026-01-01T00:00:00Z","topic":"","traceid":"00-trace","traceparent":"","tracestate":"k=v","type":"com.dapr.event.sent"}`,
    );
  });

  it("takes over metadata as attributes, but for id and data", () => {
    const { events } = transaction(
      upsert("k", json("v"), { id: "i", data: "d", type: "t", "cloudevent.id": "c", own: "<1>" }),
    );
    expect(events[0]).toMatchObject({ data: "v", type: "t", "cloudevent.id": "c", own: "<1>" });
    expect(events[0].id).toMatch(/^outbox-/);
  });

  it.each<[StateValue, string | undefined, Record<string, string>, string, string]>([
    [json("text"), undefined, {}, "text", "text/plain"],
    [json("text"), "", {}, "text", "text/plain"],
    [json("text"), "application/json", {}, '"text"', "application/json"],
    [json("text"), undefined, { contentType: "Application/JSON" }, '"text"', "Application/JSON"],
    [json(1e6), "application/json; charset=utf-8", {}, "1e+06", "application/json; charset=utf-8"],
    [json(1), "text/xml", { contentType: "application/json" }, "1", "text/xml"],
    [{ kind: "bytes", bytes: Buffer.from('"raw"') }, undefined, {}, '"raw"', "text/plain"],
  ])("of %j as %s has the right data", (value, contentType, metadata, data, type) => {
    const { events } = transaction(upsert("k", value, metadata, contentType));
    expect(events[0]).toMatchObject({ data, datacontenttype: type });
  });

  it("is JSON with its own id and data, whatever the metadata", () => {
    const metadata = fc.dictionary(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }));
    fc.assert(
      fc.property(metadata, (given) => {
        const { operations, events } = eventsOf([upsert("k", json("v"), given)], source);
        const event = parseJson(events[0] as Buffer) as ReadonlyMap<string, unknown>;
        if (operations.length === 1) return given["outbox.projection"] !== undefined;
        return event.get("id") === operations[1]?.request.key && event.get("data") === "v";
      }),
    );
  });
});

describe("a projection", () => {
  const projected = { "outbox.projection": "true", own: "p" };

  it("is published in place of the value with its key, and not written", () => {
    const { written, events } = transaction(
      upsert("a", json("projected a"), projected, "text/xml"),
      upsert("a", json("stored a"), { own: "o" }, "application/json"),
      upsert("b", json("stored b")),
      upsert("b", json("projected b"), projected),
    );
    expect(written.slice(0, 2)).toMatchObject([
      { request: { key: "a", value: json("stored a") } },
      { request: { key: "b", value: json("stored b") } },
    ]);
    expect(written).toHaveLength(4);
    expect(events).toMatchObject([
      { data: "projected a", datacontenttype: "text/xml", own: "o" },
      { data: "projected b", datacontenttype: "text/plain" },
    ]);
    expect(events[1].own).toBeUndefined();
  });

  it("of nothing is nothing", () => {
    expect(transaction(upsert("a", json("v"), projected))).toEqual({ written: [], events: [] });
  });
});
