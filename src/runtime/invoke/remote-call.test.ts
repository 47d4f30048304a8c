import { beforeEach, describe, expect, test } from "vitest";
import type { NameResolver } from "../../components/nameresolution/contract.ts";
import { RpcError } from "../../kit/rpc/status.ts";
import { ManualClock } from "../../kit/time/manual-clock.ts";
import type { InvokeCall, InvokeHandler, InvokeRequest } from "../app/contract.ts";
import type { PeerTarget } from "../peers/client.ts";
import { RemoteCall } from "./remote-call.ts";
import { Addresses } from "./resolve.ts";
import { builtInWaits } from "./retry.ts";

class Attempt implements InvokeCall {
  readonly handler: InvokeHandler;
  readonly target: PeerTarget;
  readonly written: string[] = [];
  isEnded = false;
  isAborted = false;
  failure: Error | undefined;
  constructor(target: PeerTarget, handler: InvokeHandler) {
    this.target = target;
    this.handler = handler;
  }
  write(chunk: Uint8Array): boolean {
    this.written.push(Buffer.from(chunk).toString());
    return true;
  }
  endBody(): void {
    this.isEnded = true;
  }
  failBody(error: Error): void {
    this.failure = error;
  }
  resume(): void {}
  abort(): void {
    this.isAborted = true;
  }
}

const lines: string[] = [];
const log = (text: string): void => void lines.push(text);
const logger = {
  isEnabled: () => true,
  debug: log,
  info: log,
  warn: log,
  error: log,
  fatal: log,
};

let clock: ManualClock;
let attempts: Attempt[];
let discarded: number;
let outcome: string[];
let resolved: () => Promise<readonly string[]> | readonly string[];
let lookups: number;

const handler: InvokeHandler = {
  onHead: (head) => void outcome.push(`head ${head.status}`),
  onData: () => true,
  onEnd: () => void outcome.push("end"),
  onError: (error) => void outcome.push(error.message),
  onDrain: () => void outcome.push("drain"),
};

function start(body: InvokeRequest["body"] = null): RemoteCall {
  const request: InvokeRequest = {
    method: "m",
    verb: 1,
    query: "",
    contentType: "",
    typeUrl: "",
    metadata: [],
    body,
    contentLength: undefined,
    trace: undefined,
  };
  const peers = {
    invoke(target: PeerTarget, _request: unknown, _metadata: unknown, to: InvokeHandler) {
      const attempt = new Attempt(target, to);
      attempts.push(attempt);
      return attempt;
    },
    discard: () => void discarded++,
  };
  const resolver: NameResolver = {
    isMultiAddress: false,
    resolve() {
      lookups++;
      return resolved();
    },
    async [Symbol.asyncDispose]() {},
  };
  const random = { number: () => 0, bytes: () => Buffer.alloc(0), uuid: () => "" };
  const call = new RemoteCall(
    { peers, clock, logger, metrics: undefined, retries: builtInWaits },
    { appId: "b", namespace: "default", targetId: "b" },
    request,
    ["A", "1"],
    handler,
  );
  call.start(new Addresses(resolver, () => 1, { clock, random }));
  return call;
}

const unavailable = (): RpcError => new RpcError(14, "gone");
const failLast = (error: Error): void => attempts.at(-1)?.handler.onError(error);
const head = {
  status: 200,
  message: "",
  details: [],
  headers: [],
  trailers: [],
  contentType: "",
  typeUrl: "",
};

beforeEach(() => {
  clock = new ManualClock();
  attempts = [];
  discarded = 0;
  outcome = [];
  lookups = 0;
  lines.length = 0;
  resolved = () => ["10.0.0.2:1"];
});

describe("built-in retries", () => {
  test.each([14, 16])(
    "code %d: three more tries, a second apart, to the same address",
    async (code) => {
      start();
      for (let retry = 1; retry <= 3; retry++) {
        failLast(new RpcError(code, "gone"));
        await clock.advance(999);
        expect(attempts).toHaveLength(retry);
        await clock.advance(1);
        expect(attempts).toHaveLength(retry + 1);
        expect(discarded).toBe(retry);
      }
      expect(outcome).toEqual([]);
      failLast(new RpcError(code, "gone"));
      expect(outcome[0]).toMatch(
        /^failed to invoke target b after 3 retries. Error: rpc error: code = /,
      );
      expect(lookups).toBe(1);
      expect(lines).toEqual([
        "Error processing operation DaprBuiltInServiceRetries. Retrying in 1s…",
      ]);
      await clock.advance(5000);
      expect(attempts).toHaveLength(4);
    },
  );

  test.each([0, 1, 2, 3, 4, 5, 7, 8, 12, 13])("code %d is final", async (code) => {
    start();
    failLast(new RpcError(code, "x"));
    await clock.advance(5000);
    expect(attempts).toHaveLength(1);
    expect(outcome).toHaveLength(1);
    expect(outcome[0]).not.toContain("retries");
  });

  test("an error without a code is final", () => {
    start();
    failLast(new Error("EOF"));
    expect(outcome).toEqual(["EOF"]);
  });

  test("a later answer counts", async () => {
    start(Buffer.from("again"));
    failLast(unavailable());
    await clock.advance(1000);
    attempts[1]?.handler.onHead(head);
    attempts[1]?.handler.onEnd();
    expect(outcome).toEqual(["head 200", "end"]);
    expect(lines.at(-1)).toBe(
      "Recovered processing operation DaprBuiltInServiceRetries after 2 attempts",
    );
  });

  test("streamed bodies are not repeated", async () => {
    start("stream");
    failLast(unavailable());
    await clock.advance(5000);
    expect(attempts).toHaveLength(1);
    expect(outcome).toEqual(["rpc error: code = Unavailable desc = gone"]);
  });

  test("a caller that leaves ends the waiting", async () => {
    const call = start();
    failLast(unavailable());
    call.abort();
    await clock.advance(5000);
    expect(attempts).toHaveLength(1);
    expect(outcome).toEqual([]);
    expect(clock.pending).toBe(0);
  });
});

describe("while the address is looked up", () => {
  test("a streamed body waits", async () => {
    let answer: (addresses: string[]) => void = () => {};
    resolved = () =>
      new Promise((resolve) => {
        answer = resolve;
      });
    const call = start("stream");
    expect(call.write(Buffer.from("a"))).toBe(false);
    call.write(Buffer.from("b"));
    answer(["10.0.0.3:2"]);
    await clock.advance(0);
    expect(attempts[0]?.target.address).toBe("10.0.0.3:2");
    expect(attempts[0]?.written).toEqual(["a", "b"]);
    expect(outcome).toEqual(["drain"]);
    call.endBody();
    expect(attempts[0]?.isEnded).toBe(true);
  });

  test("a miss is the resolver's text", async () => {
    resolved = () => Promise.reject(new Error("couldn't find service: b"));
    start();
    await clock.advance(0);
    expect(outcome).toEqual(["couldn't find service: b"]);
  });

  test("a resolver that throws is heard", () => {
    resolved = () => {
      throw new Error("no");
    };
    start();
    expect(outcome).toEqual(["no"]);
  });

  test("an empty address is asked for again, five times", async () => {
    resolved = () => [""];
    start();
    await clock.advance(600);
    expect(lookups).toBe(6);
    expect(outcome).toEqual(["resolver returned empty address for app id default/b"]);
  });

  test("a caller that left is not called", async () => {
    resolved = () => Promise.resolve(["10.0.0.2:1"]);
    const call = start();
    call.abort();
    await clock.advance(0);
    expect(attempts).toHaveLength(0);
  });
});
