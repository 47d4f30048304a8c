import type { Msg } from "@nats-io/transport-node";
import { expect, it } from "vitest";
import { nakText, pauseMs, readDelivery } from "./nats-delivery.ts";

const read = (reply: string) => {
  const found = readDelivery({ reply } as Msg);
  return found && [found.attempt, found.sequence];
};

it("reads attempt and sequence of either form", () => {
  expect(read("$JS.ACK.stream.consumer.3.17.9.1700000000.0")).toEqual([3, 17]);
  expect(read("$JS.ACK.hub.account.stream.consumer.2.18.9.1700000000.0.x")).toEqual([2, 18]);
  expect(read("_INBOX.x")).toBeUndefined();
  expect(read("$JS.ACK.a.b.c.d.e.f.g")).toBeUndefined();
  expect(readDelivery({} as Msg)).toBeUndefined();
});

it("waits longer each time, unless something else is said", () => {
  const pauses = [1, 2, 3, 7, 60].map((attempt) => pauseMs({}, attempt));
  expect(pauses).toEqual([500, 1_000, 2_000, 30_000, 30_000]);
  expect(pauseMs({ ack_wait: 7e9, backoff: [1e9] }, 3)).toBe(7_000);
  const backoff = [1e9, 5e9];
  expect([1, 2, 3].map((attempt) => pauseMs({ backoff }, attempt))).toEqual([1_000, 5_000, 5_000]);
});

it("asks for another delivery, at once or later", () => {
  expect(nakText(0)).toBe("-NAK");
  expect(nakText(1.5)).toBe('-NAK {"delay":1500000}');
});
