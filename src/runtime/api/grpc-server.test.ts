import { expect, test } from "vitest";
import { h2Transport } from "../../kit/rpc/h2/transport.ts";
import { code } from "../../kit/rpc/status.ts";
import { systemClock } from "../../kit/time/clock.ts";
import type { Tracer } from "../../kit/tracing/trace.ts";
import { GrpcApi } from "./grpc-server.ts";

test("calls in flight over the limit end with ResourceExhausted at once", async () => {
  const hits: string[] = [];
  const waiting: (() => void)[] = [];
  const api = new GrpcApi({
    methods: [
      {
        kind: "unary",
        path: "/dapr.proto.runtime.v1.Dapr/Wait",
        group: "test",
        version: "v1",
        handle: (message) =>
          new Promise((resolve) => {
            const copy = Buffer.from(message);
            waiting.push(() => resolve(copy));
          }),
      },
    ],
    fallback: (call) => call.onHalfClose(() => call.finish()),
    isAllowed: undefined,
    checkToken: undefined,
    tracer: { enabled: false } as Tracer,
    clock: systemClock,
    metrics: undefined,
    apiLog: undefined,
    onError: () => {},
    maxInFlight: 3,
    onLimit: (limit) => hits.push(limit),
  });
  const limits = { maxMessageBytes: 1 << 20, maxMetadataBytes: 65_536 };
  const server = h2Transport.createServer(limits);
  api.register(server);
  const target = await server.listen({ host: "127.0.0.1", port: 0 });
  const client = h2Transport.createClient({ ...limits, target });
  const wait = () => client.unary("/dapr.proto.runtime.v1.Dapr/Wait", Buffer.from("x"));
  try {
    const streams = [client.open("/a.B/Stream"), client.open("/a.B/Stream")];
    const ended = streams.map(
      (stream) =>
        new Promise<number>((resolve) => stream.onStatus((status) => resolve(status.code))),
    );
    const calls = [wait()];
    await expect.poll(() => waiting).toHaveLength(1);
    await expect(wait()).rejects.toMatchObject({
      code: code.resourceExhausted,
      desc: "too many calls in flight",
    });
    const proxied = client.open("/a.B/Stream");
    expect(await new Promise((resolve) => proxied.onStatus((status) => resolve(status.code)))).toBe(
      code.resourceExhausted,
    );
    expect(hits).toEqual(["in-flight", "in-flight"]);

    // Room comes back from ended streams and calls, and from those that the client gives up.
    streams[0]?.halfClose();
    streams[1]?.cancel();
    expect(await Promise.all(ended)).toEqual([code.ok, code.canceled]);
    waiting[0]?.();
    expect((await calls[0])?.message.toString()).toBe("x");
    const again = [wait(), wait(), wait()];
    await expect.poll(() => waiting).toHaveLength(4);
    for (const answer of waiting) answer();
    expect(await Promise.all(again)).toHaveLength(3);
    expect(hits).toHaveLength(2);
  } finally {
    await client.close();
    await server.close(0);
  }
});
