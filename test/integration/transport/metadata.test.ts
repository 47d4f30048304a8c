/**
 * Metadata in both directions, over every pair.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Metadata } from "../../../src/kit/rpc/metadata.ts";
import { code } from "../../../src/kit/rpc/status.ts";
import type { IncomingCall } from "../../../src/kit/rpc/transport.ts";
import { method } from "./echo-service.ts";
import {
  type DisposableClient,
  outcome,
  pairs,
  type RunningServer,
  startClient,
  startServer,
} from "./pairs.ts";

const everyByte = Buffer.from(Array.from({ length: 256 }, (_, i) => i));

describe.each(pairs)("$server server, $client client", { timeout: 10_000 }, (pair) => {
  // @grpc/grpc-js joins repeated ASCII values with a comma when it receives them.
  const joins = pair.server === "grpcjs" || pair.client === "grpcjs";
  let server: RunningServer;
  let client: DisposableClient;
  let seen: IncomingCall | undefined;

  beforeAll(async () => {
    server = await startServer(pair.server);
    server.transport.unary("/tricorne.test.Echo/Look", (message, call) => {
      seen = call;
      return message;
    });
    client = await startClient(pair.client, server.target, { userAgent: "suite/1.2" });
  });

  afterAll(async () => {
    await client.close();
    await server.transport.close(0);
  });

  it.each([
    ["x-plain", "value"],
    ["x-empty", ""],
    ["x-inner", "two words, a comma; and = more"],
    ["x-quotes", '"quoted" \\ %41 ~'],
    ["x-long", "v".repeat(20_000)],
    ["x-dots.and_lines-", "1"],
  ])("brings %s back in headers and trailers", async (key, value) => {
    const reply = await client.unary(method.metadata, Buffer.from("m"), {
      metadata: Metadata.from({ [key]: value }),
    });
    expect(reply.headers.getAll(key)).toEqual([value]);
    expect(reply.trailers.getAll(`trailer-${key}`)).toEqual([value]);
  });

  it("writes keys in lower case", async () => {
    const reply = await client.unary(method.metadata, Buffer.alloc(0), {
      metadata: Metadata.from({ "X-Upper": "Value" }),
    });
    expect(reply.headers.get("x-upper")).toBe("Value");
  });

  it.skipIf(joins)("keeps repeated values apart and in order", async () => {
    const values = ["b", "a", "b", "", "a, b"];
    const reply = await client.unary(method.metadata, Buffer.alloc(0), {
      metadata: Metadata.from({ "x-many": values }),
    });
    expect(reply.headers.getAll("x-many")).toEqual(values);
    expect(reply.trailers.getAll("trailer-x-many")).toEqual(values);
  });

  it.skipIf(joins)("keeps repeated values of fields that HTTP has once", async () => {
    await client.unary("/tricorne.test.Echo/Look", Buffer.alloc(0), {
      metadata: Metadata.from({ authorization: ["one", "two"], "x-after": "3" }),
    });
    expect(seen?.metadata.getAll("authorization")).toEqual(["one", "two"]);
    expect(seen?.metadata.get("x-after")).toBe("3");
  });

  it("carries binary values", async () => {
    const metadata = new Metadata();
    metadata.addBinary("x-data-bin", everyByte);
    metadata.addBinary("x-none-bin", Buffer.alloc(0));
    metadata.addBinary("x-twice-bin", Buffer.from("first"));
    metadata.addBinary("x-twice-bin", Buffer.from([0xff]));
    const reply = await client.unary(method.metadata, Buffer.alloc(0), { metadata });
    expect(reply.headers.getBinary("x-data-bin")).toEqual(everyByte);
    expect(reply.trailers.getBinary("trailer-x-data-bin")).toEqual(everyByte);
    expect(reply.headers.getBinary("x-none-bin")).toEqual(Buffer.alloc(0));
    const twice = reply.headers.getAll("x-twice-bin").map((text) => Buffer.from(text, "base64"));
    expect(twice).toEqual([Buffer.from("first"), Buffer.from([0xff])]);
  });

  it("carries many keys", async () => {
    const metadata = new Metadata();
    // node:http2's default of 128 cannot be changed through @grpc/grpc-js.
    const keys = joins ? 100 : 250;
    for (let i = 0; i < keys; i++) metadata.add(`x-key-${i}`, `value ${i}`);
    const reply = await client.unary(method.metadata, Buffer.alloc(0), { metadata });
    for (let i = 0; i < keys; i++) expect(reply.headers.get(`x-key-${i}`)).toBe(`value ${i}`);
  });

  it("changes from call to call on one connection", async () => {
    for (let i = 0; i < 100; i++) {
      const value = String(i).repeat((i % 7) + 1);
      const reply = await client.unary(method.metadata, Buffer.alloc(0), {
        metadata: Metadata.from({ "x-number": value, [`x-own-${i}`]: "own" }),
      });
      expect(reply.headers.get("x-number")).toBe(value);
      expect(reply.headers.get(`x-own-${i}`)).toBe("own");
      expect(reply.headers.has(`x-own-${i - 1}`)).toBe(false);
    }
  });

  it("hides what the transport owns and keeps the user agent", async () => {
    await client.unary("/tricorne.test.Echo/Look", Buffer.alloc(0), {
      timeoutMs: 5000,
      metadata: Metadata.from({
        "grpc-timeout": "1n",
        "grpc-encoding": "zip",
        "content-type": "text/plain",
        te: "gzip",
        connection: "close",
        "user-agent": "spoofed",
        "x-kept": "yes",
      }),
    });
    const metadata = seen?.metadata ?? new Metadata();
    for (const key of [
      ":path",
      "te",
      "content-type",
      "grpc-timeout",
      "grpc-encoding",
      "connection",
    ]) {
      expect(metadata.getAll(key)).toEqual([]);
    }
    expect(metadata.get("x-kept")).toBe("yes");
    expect(metadata.getAll("user-agent").length).toBe(1);
    expect(metadata.get("user-agent")).toMatch(/^suite\/1\.2/);
    expect(seen?.path).toBe("/tricorne.test.Echo/Look");
    expect(seen?.peer.address).toMatch(/127\.0\.0\.1$/);
    expect(seen?.peer.port).toBeGreaterThan(0);
    expect(seen?.peer.identity).toBeNull();
  });

  it("leaves out what cannot be written, without harm to the call", async () => {
    const metadata = Metadata.from({ "x-good": "1", "x-bad": "line\r\nbreak", "x bad": "2" });
    const reply = await client
      .unary(method.metadata, Buffer.from("m"), { metadata })
      .catch((error: unknown) => error as { code: number });
    // Refusing the call is fine too; a broken connection or a smuggled header is not.
    if ("headers" in reply) {
      expect(reply.headers.get("x-good")).toBe("1");
      expect([...reply.headers].some(([, value]) => value === "break")).toBe(false);
    }
    const next = await client.unary(method.unary, Buffer.from("next"));
    expect(next.message.toString()).toBe("next");
  });

  it.each([12_000, 200_000])("refuses %i bytes where 8 KiB are allowed", async (bytes) => {
    await using small = await startServer(pair.server, { maxMetadataBytes: 8192 });
    await using other = await startClient(pair.client, small.target);
    await other.unary(method.unary, Buffer.alloc(1));
    const metadata = Metadata.from({ "x-big": "b".repeat(bytes) });
    const failed = await other
      .unary(method.unary, Buffer.alloc(1), { metadata, timeoutMs: 5000 })
      .then(
        () => undefined,
        (error: { code: number }) => error.code,
      );
    expect(failed).toBeDefined();
    expect(failed).not.toBe(code.deadlineExceeded);
    const next = await other.unary(method.unary, Buffer.from("next"));
    expect(next.message.toString()).toBe("next");
  });

  it("gives headers before the first message of a stream", async () => {
    const order: string[] = [];
    const call = client.open(method.bidi);
    const status = new Promise((resolve) => call.onStatus(resolve));
    call.onHeaders(() => order.push("headers"));
    call.onMessage(() => {
      order.push("message");
      call.halfClose();
    });
    call.send(Buffer.from("m"));
    await status;
    expect(order).toEqual(["headers", "message"]);
  });

  it("sends headers of a stream whose handler has no message yet", async () => {
    const call = client.open(method.metadata, { metadata: Metadata.from({ "x-a": "1" }) });
    const done = outcome(call);
    call.send(Buffer.from("m"));
    call.halfClose();
    const { headers, status } = await done;
    expect(headers?.get("x-a")).toBe("1");
    expect(status.trailers.get("trailer-x-a")).toBe("1");
    expect(status.trailers.has("x-a")).toBe(false);
  });
});
