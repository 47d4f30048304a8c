/** Bad input of every kind gets the documented error, and the sidecar goes on. @see spec 01 §2, §4, §5 */
import { connect } from "node:net";
import { Client, credentials, type ServiceError } from "@grpc/grpc-js";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { launchDaprd, root, runToEnd, Scratch, type Sidecar } from "../launch.ts";

const store = `apiVersion: dapr.io/v1alpha1
kind: Component
metadata:
  name: store
spec:
  type: state.in-memory
  version: v1
`;

let sidecar: Sidecar;

beforeAll(async () => {
  sidecar = await launchDaprd({ appId: "bad-input", resources: [store] });
});
afterAll(() => sidecar?.[Symbol.asyncDispose]());

interface Answer {
  readonly status: number;
  readonly errorCode: string | undefined;
  readonly text: string;
}

async function send(method: string, path: string, body?: string): Promise<Answer> {
  const answer = await fetch(`${sidecar.url}${path}`, {
    method,
    headers: { "content-type": "application/json" },
    ...(body === undefined ? {} : { body }),
  });
  const text = await answer.text();
  const errorCode = /"errorCode":"(\w+)"/.exec(text)?.[1];
  return { status: answer.status, errorCode, text };
}

/** What comes back for raw bytes on the HTTP port, until the connection ends or falls silent. */
function raw(port: number, bytes: string | Buffer): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    let text = "";
    socket.setTimeout(3_000, () => socket.destroy());
    socket.on("connect", () => socket.write(bytes));
    socket.on("data", (chunk) => {
      text += chunk.toString("latin1");
      if (text.includes("\r\n\r\n")) socket.end();
    });
    socket.on("error", () => {});
    socket.on("close", () => resolve(text));
  });
}

const save = "/v1.0/state/store";
const malformed = [400, "ERR_MALFORMED_REQUEST"] as const;

const cases: readonly (readonly [
  method: string,
  path: string,
  body: string | undefined,
  status: number,
  code: string,
])[] = [
  ["POST", save, "", ...malformed],
  ["POST", save, "{", ...malformed],
  ["POST", save, "[", ...malformed],
  ["POST", save, "nonsense", ...malformed],
  ["POST", save, "{}", ...malformed],
  ["POST", save, "[1]", ...malformed],
  ["POST", save, '["a"]', ...malformed],
  ["POST", save, '[{"value":1}]', ...malformed],
  ["POST", save, '[{"key":"","value":1}]', ...malformed],
  ["POST", save, '[{"key":5,"value":1}]', ...malformed],
  ["POST", save, '[{"key":"a","value":1,"etag":7}]', ...malformed],
  ["POST", save, '[{"key":"a||b","value":1}]', ...malformed],
  ["POST", save, `[${"[".repeat(50_000)}`, ...malformed],
  ["POST", "/v1.0/state/nope", '[{"key":"a","value":1}]', 400, "ERR_STATE_STORE_NOT_FOUND"],
  ["GET", "/v1.0/state/nope/a", undefined, 400, "ERR_STATE_STORE_NOT_FOUND"],
  ["POST", `${save}/bulk`, "", ...malformed],
  ["POST", `${save}/bulk`, "[]", ...malformed],
  ["POST", `${save}/transaction`, "{", ...malformed],
  ["GET", "/v1.0/secrets/nope/a", undefined, 500, "ERR_SECRET_STORES_NOT_CONFIGURED"],
];

describe("HTTP", () => {
  it.each(cases)("%s %s %j", async (method, path, body, status, code) => {
    const answer = await send(method, path, body);
    expect({ status: answer.status, code: answer.errorCode }).toEqual({ status, code });
  });

  it("a body over the limit is refused, one at the limit is not", async () => {
    const limit = 4 * 1024 * 1024;
    const frame = '[{"key":"big","value":""}]'.length;
    const body = (bytes: number): string =>
      `[{"key":"big","value":"${"x".repeat(bytes - frame)}"}]`;
    expect((await send("POST", save, body(limit))).status).toBe(204);
    const refused = await send("POST", save, body(limit + 1));
    expect(refused.status).toBe(400);
    expect(refused.text).toContain("stream too large");
  });

  it("headers over the limit get 431", async () => {
    const head = `GET /v1.0/healthz HTTP/1.1\r\nHost: a\r\nx-long: ${"x".repeat(20_000)}\r\n\r\n`;
    expect(await raw(sidecar.httpPort, head)).toMatch(/^HTTP\/1\.1 431 /);
  });

  const garbage: readonly (readonly [string, string | Buffer])[] = [
    ["no HTTP at all", "\x00\x01\x02\x03\r\n\r\n"],
    [
      "a bad content length",
      "POST /v1.0/state/store HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n",
    ],
    [
      "two content lengths",
      "POST /v1.0/state/store HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    ],
    [
      "length and chunks",
      "POST /v1.0/state/store HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ],
    [
      "a bad chunk",
      "POST /v1.0/state/store HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n\r\n",
    ],
    ["an HTTP/2 preface and noise", `PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n${"\xff".repeat(100)}`],
    ["a TLS hello", Buffer.from("16030100a5010000a10303", "hex")],
  ];
  it.each(garbage)("survives %s", async (_, bytes) => {
    await raw(sidecar.httpPort, bytes);
    expect((await send("GET", "/v1.0/healthz")).status).toBe(204);
  });
});

describe("gRPC", () => {
  const bytes = (buffer: Buffer): Buffer => buffer;

  function call(method: string, message: Buffer): Promise<ServiceError | null> {
    const client = new Client(`127.0.0.1:${sidecar.grpcPort}`, credentials.createInsecure(), {
      "grpc.max_send_message_length": -1,
    });
    return new Promise((resolve) => {
      const deadline = new Date(Date.now() + 10_000);
      client.makeUnaryRequest(method, bytes, bytes, message, { deadline }, (error) => {
        client.close();
        resolve(error);
      });
    });
  }

  const service = "/dapr.proto.runtime.v1.Dapr";
  const invalid = [
    Buffer.from([0x0a]),
    Buffer.from([0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f]),
    Buffer.from([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]),
    Buffer.from([0x0a, 0x02, 0xc3, 0x28]),
    Buffer.from([0x07]),
  ];

  it("refuses invalid protobuf and goes on", async () => {
    for (const message of invalid) {
      for (const method of ["GetState", "SaveState", "InvokeService", "ExecuteStateTransaction"]) {
        expect(
          (await call(`${service}/${method}`, message))?.code,
          `${method} ${message.toString("hex")}`,
        ).toBeGreaterThan(0);
      }
    }
    expect((await call(`${service}/GetMetadata`, Buffer.alloc(0)))?.code).toBeUndefined();
  });

  it("refuses a message over the limit", async () => {
    const error = await call(`${service}/SaveState`, Buffer.alloc(5 * 1024 * 1024));
    expect(error?.code).toBe(8);
  });

  it("takes other methods for calls to pass on, and misses the app to pass them to", async () => {
    expect((await call(`${service}/Nope`, Buffer.alloc(0)))?.code).toBe(2);
  });

  const noise: readonly (readonly [string, Buffer])[] = [
    ["HTTP/1.1", Buffer.from("GET / HTTP/1.1\r\nHost: a\r\n\r\n")],
    ["zeros", Buffer.alloc(4096)],
    [
      "a preface and a huge frame",
      Buffer.concat([
        Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
        Buffer.from("ffffff0000000000010000", "hex"),
      ]),
    ],
  ];
  it.each(noise)("survives %s on the port", async (_, data) => {
    await raw(sidecar.grpcPort, data);
    await raw(sidecar.internalPort, data);
    await raw(sidecar.metricsPort, data);
    expect((await call(`${service}/GetMetadata`, Buffer.alloc(0)))?.code).toBeUndefined();
  });
});

describe("resources", () => {
  const broken: readonly (readonly [string, string])[] = [
    ["no YAML", "\t: : [\n"],
    ["a list", "- a\n- b\n"],
    [
      "a component without a type",
      "apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata:\n  name: a\nspec: {}\n",
    ],
    ["an unknown kind", "apiVersion: dapr.io/v1alpha1\nkind: Moon\nmetadata:\n  name: a\n"],
    ["another file format", "\x00\x01\x02"],
    ["nothing", ""],
  ];
  it.each(broken)(
    "%s: ends with a message or goes on, and never crashes",
    async (_, text) => {
      using scratch = new Scratch();
      scratch.write("resources/0.yaml", text);
      const args = [
        "--app-id",
        "a",
        "--resources-path",
        `${scratch.path}/resources`,
        "--dapr-http-port",
        "0",
      ];
      const ports = ["--dapr-grpc-port", "0", "--metrics-port", "0", "--app-port", "1"];
      const program = await runToEnd(
        `${root}/bin/daprd`,
        [...args, ...ports, "--dapr-listen-addresses", "127.0.0.1"],
        { limitMs: 4_000 },
      );
      expect([0, 1, null]).toContain(program.exit?.code);
      expect(program.log).not.toMatch(/TypeError|ReferenceError|RangeError|\bat .*\.(ts|js):\d+/);
    },
    20_000,
  );
});
