/**
 * Bodies that are longer than memory should be, callers that leave, and the internal port as another sidecar sees it.
 */
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer, request as httpRequest, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  InternalInvokeRequest,
  InternalInvokeRequestStream,
  InternalInvokeResponse,
  InternalInvokeResponseStream,
} from "../../../src/kit/proto/dapr/proto/internals/v1/service_invocation.ts";
import { selectTransport } from "../../../src/kit/rpc/select.ts";
import type { RpcStatus } from "../../../src/kit/rpc/status.ts";
import type { ClientTransport } from "../../../src/kit/rpc/transport.ts";
import { launchDaprd, type Sidecar } from "../launch.ts";

const chunk = Buffer.alloc(64 * 1024, "x");
const chunks = 1024;
/** What a process may grow while 64 MiB pass through it. */
const growthLimitMiB = 60;

const flags = ["--dapr-internal-grpc-listen-address", "127.0.0.1", "--max-body-size", "128Mi"];
const run = randomBytes(4).toString("hex");
let app: Server;
let caller: Sidecar;
let callee: Sidecar;
let internal: ClientTransport;
/** Requests that the app saw breaking off. */
let broken = 0;

function serve(request: IncomingMessage, response: import("node:http").ServerResponse): void {
  response.on("close", () => {
    if (!response.writableFinished) broken++;
  });
  if (request.url === "/up") {
    let length = 0;
    request.on("data", (data: Buffer) => {
      length += data.length;
    });
    request.on("end", () => response.end(String(length)));
  } else if (request.url === "/down") {
    let left = chunks;
    const push = (): void => {
      while (left-- > 0) {
        if (!response.write(chunk)) {
          response.once("drain", push);
          return;
        }
      }
      response.end();
    };
    push();
  } else if (request.url === "/hang") request.resume();
  else {
    const parts: Buffer[] = [];
    request.on("data", (data: Buffer) => parts.push(data));
    request.on("end", () => {
      response.setHeader("x-length", request.headers["content-length"] ?? "none");
      response.end(`${request.method} ${request.url} ${Buffer.concat(parts)}`);
    });
  }
}

beforeAll(async () => {
  app = createServer(serve);
  await new Promise<void>((resolve) => app.listen(0, "127.0.0.1", resolve));
  const appPort = (app.address() as AddressInfo).port;
  [caller, callee] = await Promise.all([
    launchDaprd({ appId: `caller-${run}`, appPort, flags }),
    launchDaprd({ appId: `callee-${run}`, appPort, flags }),
  ]);
  const transport = await selectTransport(process.env.TRICORNE_GRPC_TRANSPORT);
  internal = transport.createClient({
    target: { host: "127.0.0.1", port: callee.internalPort },
    maxMessageBytes: 4 * 1024 * 1024,
  });
});

afterAll(async () => {
  await internal?.close();
  await Promise.all([caller, callee].map((one) => one?.[Symbol.asyncDispose]()));
  app?.closeAllConnections();
  app?.close();
});

const invokePath = (target: string, method: string): string =>
  `/v1.0/invoke/${target}-${run}/method/${method}`;

const rssMiB = ({ process }: Sidecar): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${process.pid}/status`, "utf8"))?.[1]) / 1024;

/** How much either sidecar grew at most while work ran. */
async function growth(work: () => Promise<unknown>): Promise<number> {
  const before = [rssMiB(caller), rssMiB(callee)] as const;
  let most = 0;
  const timer = setInterval(() => {
    most = Math.max(most, rssMiB(caller) - before[0], rssMiB(callee) - before[1]);
  }, 20);
  await work();
  clearInterval(timer);
  return most;
}

function upload(target: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      { port: caller.httpPort, method: "POST", path: invokePath(target, "up"), agent: false },
      (answer) => {
        let text = "";
        answer.on("data", (data) => {
          text += data;
        });
        answer.on("end", () => resolve(`${answer.statusCode} ${text}`));
      },
    );
    request.on("error", reject);
    let left = chunks;
    const push = (): void => {
      while (left-- > 0) {
        if (!request.write(chunk)) {
          request.once("drain", push);
          return;
        }
      }
      request.end();
    };
    push();
  });
}

/** Reads slowly at first, so that everything on the way fills up. */
function download(target: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      { port: caller.httpPort, path: invokePath(target, "down"), agent: false },
      (answer) => {
        let length = 0;
        answer.pause();
        setTimeout(() => answer.resume(), 300);
        answer.on("data", (data: Buffer) => {
          length += data.length;
        });
        answer.on("end", () => resolve(length));
      },
    );
    request.on("error", reject);
    request.end();
  });
}

describe.each(["caller", "callee"])("towards %s", (target) => {
  test("a long answer passes without piling up", async () => {
    let length = 0;
    const most = await growth(async () => {
      length = await download(target);
    });
    expect(length).toBe(chunks * chunk.length);
    expect(most).toBeLessThan(growthLimitMiB);
  });

  test("a long upload passes without piling up", async () => {
    let answer = "";
    const most = await growth(async () => {
      answer = await upload(target);
    });
    expect(answer).toBe(`200 ${chunks * chunk.length}`);
    expect(most).toBeLessThan(growthLimitMiB);
  });

  test("a caller that leaves takes the app's request with it", async () => {
    const before = broken;
    const request = httpRequest({
      port: caller.httpPort,
      path: invokePath(target, "hang"),
      agent: false,
    });
    request.on("error", () => {});
    request.end();
    await new Promise<void>((resolve) => app.once("request", () => resolve()));
    request.destroy();
    await caller.process.waitUntil("the app lost its caller", () => broken === before + 1);
  });
});

describe("the internal port", () => {
  const service = "/dapr.proto.internals.v1.ServiceInvocation/";
  const message = { method: "echo", contentType: "text/plain", httpExtension: { verb: 3 } };

  const stream = (
    frames: readonly Buffer[],
  ): Promise<{ answers: InternalInvokeResponseStream[]; status: RpcStatus }> =>
    new Promise((resolve) => {
      const answers: InternalInvokeResponseStream[] = [];
      const call = internal.open(`${service}CallLocalStream`);
      call.onMessage((bytes) =>
        answers.push(InternalInvokeResponseStream.decode(Buffer.from(bytes))),
      );
      call.onStatus((status) => resolve({ answers, status }));
      for (const frame of frames) call.send(frame);
      call.halfClose();
    });

  const leading = (metadata: Record<string, string>): Buffer =>
    InternalInvokeRequestStream.encode({
      request: {
        ver: 1,
        metadata: new Map(
          Object.entries(metadata).map(([key, value]) => [key, { values: [value] }]),
        ),
        message,
      },
    });
  const payload = (text: string, seq: bigint): Buffer =>
    InternalInvokeRequestStream.encode({ payload: { data: Buffer.from(text), seq } });

  test("CallLocalStream in the reference's manner", async () => {
    const { answers, status } = await stream([
      leading({ "Content-Length": "6" }),
      payload("one", 0n),
      payload("two", 1n),
    ]);
    expect(status.code).toBe(0);
    const [first] = answers;
    expect(first?.response?.status?.code).toBe(200);
    expect(first?.response?.headers.get("X-Length")?.values).toEqual(["6"]);
    const text = answers.map(({ payload: part }) => part?.data.toString() ?? "").join("");
    expect(text).toBe("POST /echo onetwo");
    expect(answers.flatMap(({ payload: part }) => part?.seq ?? [])).toEqual(
      answers.flatMap(({ payload: part }, i) => (part === undefined ? [] : [BigInt(i)])),
    );
  });

  test("without a length the app gets chunks", async () => {
    const { answers } = await stream([leading({ A: "1" }), payload("x", 0n)]);
    expect(answers[0]?.response?.headers.get("X-Length")?.values).toEqual(["none"]);
  });

  test("fewer bytes than declared are an error", async () => {
    const { status } = await stream([leading({ "Content-Length": "6" }), payload("one", 0n)]);
    expect(status).toMatchObject({ code: 13 });
    expect(status.message).toContain("ContentLength=6 with Body length 3");
  });

  test("more bytes than declared do not become a request", async () => {
    const { status } = await stream([
      leading({ "Content-Length": "1" }),
      payload("one", 0n),
      payload("GET /smuggled HTTP/1.1\r\n\r\n", 1n),
    ]);
    expect(status.code).toBe(13);
  });

  test("CallLocal answers in one piece, also without metadata", async () => {
    const reply = await internal.unary(
      `${service}CallLocal`,
      InternalInvokeRequest.encode({
        ver: 1,
        message: { ...message, data: { value: Buffer.from("whole") } },
      }),
    );
    const { status, message: answer } = InternalInvokeResponse.decode(reply.message);
    expect(status?.code).toBe(200);
    expect(answer?.data?.value.toString()).toBe("POST /echo whole");
  });

  test("CallLocal without a message", async () => {
    const call = internal.unary(`${service}CallLocal`, InternalInvokeRequest.encode({ ver: 1 }));
    await expect(call).rejects.toMatchObject({
      code: 3,
      desc: "parsing InternalInvokeRequest error: field Message is nil",
    });
  });
});
