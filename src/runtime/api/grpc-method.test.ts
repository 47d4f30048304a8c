import { describe, expect, it } from "vitest";
import { simple } from "../../kit/errors/api-error.ts";
import {
  UnsubscribeConfigurationRequest as Ask,
  UnsubscribeConfigurationResponse as Say,
  type UnsubscribeConfigurationResponseInit as SayInit,
} from "../../kit/proto/dapr/proto/runtime/v1/configuration.ts";
import type { Finish, StreamCall } from "../../kit/rpc/transport.ts";
import { type ServerStream, serverStream } from "./grpc-method.ts";

/** A call as the transport shows it, driven by the test. */
class FakeCall {
  readonly sent: string[] = [];
  readonly aborting = new AbortController();
  readonly signal = this.aborting.signal;
  isFull = false;
  finished: Finish | undefined;
  message: (bytes: Buffer) => void = () => {};
  halfClose = (): void => {};
  drain = (): void => {};

  onMessage(callback: (bytes: Buffer) => void): void {
    this.message = callback;
  }

  onHalfClose(callback: () => void): void {
    this.halfClose = callback;
  }

  onDrain(callback: () => void): void {
    this.drain = callback;
  }

  send(bytes: Uint8Array): boolean {
    this.sent.push(Say.decode(bytes).message);
    return !this.isFull;
  }

  finish(status: Finish = {}): void {
    this.finished ??= status;
  }
}

function open(handle: (id: string, stream: ServerStream<SayInit>) => Promise<void>) {
  const call = new FakeCall();
  const stopping = new AbortController();
  serverStream({
    request: Ask,
    response: Say,
    handle: ({ id }, stream) => handle(id, stream),
  })(call as unknown as StreamCall, { span: undefined, stopping: stopping.signal });
  return { call, stopping };
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const asking = (id: string): Buffer => Ask.encode({ storeName: "s", id });

describe("a server stream", () => {
  it("answers one request with many messages, then OK", async () => {
    const { call } = open(async (id, stream) => {
      for (const part of ["1", "2"]) await stream.send({ message: id + part });
    });
    const bytes = asking("a");
    call.message(bytes);
    // The transport may use them again.
    bytes.fill(0);
    call.message(asking("ignored"));
    call.halfClose();
    await settle();
    expect(call.sent).toEqual(["a1", "a2"]);
    expect(call.finished).toEqual({});
  });

  it("ends with the error of its handler", async () => {
    const error = simple("no", {
      httpStatus: 400,
      grpcCode: 3,
      errorCode: "ERR",
      category: "common",
    });
    const { call } = open(() => Promise.reject(error));
    call.message(asking("a"));
    await settle();
    expect(call.finished).toMatchObject({ code: 3, message: "no" });
    const { call: other } = open(() => Promise.reject(new Error("bare")));
    other.message(asking("a"));
    await settle();
    expect(other.finished).toMatchObject({ code: 2, message: "bare" });
  });

  it("needs a request that can be read", () => {
    const { call } = open(() => Promise.resolve());
    call.halfClose();
    expect(call.finished?.code).toBe(13);
    const { call: other } = open(() => Promise.resolve());
    other.message(Buffer.from([0xff]));
    expect(other.finished?.code).toBe(13);
    expect(other.finished?.message).toMatch(/^grpc: error unmarshalling request: /);
  });

  it("waits for a client that reads slowly, until it leaves or the server stops", async () => {
    for (const end of ["drain", "cancel", "stop"] as const) {
      let hasSent = false;
      const { call, stopping } = open(async (id, stream) => {
        await stream.send({ message: id });
        hasSent = true;
        expect(stream.signal.aborted).toBe(end !== "drain");
      });
      call.isFull = true;
      call.message(asking("a"));
      await settle();
      expect(hasSent).toBe(false);
      if (end === "drain") call.drain();
      else if (end === "cancel") call.aborting.abort();
      else stopping.abort();
      await settle();
      expect(hasSent).toBe(true);
      expect(call.finished).toEqual({});
    }
  });

  it("wakes all that wait for a client that reads slowly", async () => {
    for (const end of ["drain", "cancel", "stop"] as const) {
      const done: string[] = [];
      const { call, stopping } = open(async (_id, stream) => {
        const send = async (message: string): Promise<void> => {
          await stream.send({ message });
          done.push(message);
        };
        await Promise.all(["1", "2", "3"].map(send));
      });
      call.isFull = true;
      call.message(asking("a"));
      await settle();
      expect(done).toEqual([]);
      if (end === "drain") call.drain();
      else if (end === "cancel") call.aborting.abort();
      else stopping.abort();
      await settle();
      expect(done).toEqual(["1", "2", "3"]);
      expect(call.finished).toEqual({});
    }
  });
});
