/**
 * Guests of the http-wasm ABI. Source: https://http-wasm.io/http-handler-abi/
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Middleware } from "../../../src/components/middleware/contract.ts";
import { component } from "../../../src/components/middleware/http.wasm.ts";
import { ManualClock } from "../../../src/kit/time/manual-clock.ts";
import { Scratch } from "../launch.ts";
import { createMiddleware, Passage } from "./middleware-context.ts";
import { RecordedLog } from "./state-context.ts";
import { assemble, type GuestFunction, op, signature } from "./wasm-assembler.ts";

/** Host functions in the order in which the guests here import them. */
const host = {
  enable_features: signature("i", "i"),
  get_config: signature("ii", "i"),
  log: signature("iii"),
  get_uri: signature("ii", "i"),
  set_uri: signature("ii"),
  get_header_values: signature("iiiii", "I"),
  set_header_value: signature("iiiii"),
  remove_header: signature("iii"),
  write_body: signature("iii"),
  set_status_code: signature("i"),
  set_method: signature("ii"),
  get_header_names: signature("iii", "I"),
  read_body: signature("iii", "I"),
} as const;
type HostName = keyof typeof host;
const names = Object.keys(host) as HostName[];
const call = (name: HostName): number[] => op.call(names.indexOf(name));

const texts = new Map([
  [0, "x-guest"],
  [16, "yes"],
  [32, "/changed?g=1"],
  [64, "from the guest"],
  [96, "PUT"],
  [112, "x-drop"],
]);
const requestKind = op.i32(0);
const answerKind = op.i32(1);
/** Two addresses with lengths. */
const header = [op.i32(0), op.i32(7), op.i32(16), op.i32(3)];

const handler = (code: readonly (readonly number[])[], next = 1n, locals = 0): GuestFunction => ({
  name: "handle_request",
  signature: signature("", "I"),
  locals,
  code: [...code, op.i64(next)],
});

const answerer = (code: readonly (readonly number[])[], locals = 0): GuestFunction => ({
  name: "handle_response",
  signature: signature("ii"),
  locals,
  code,
});

/** @param imported without `read_body`, bodies are not the guest's */
const guest = (
  functions: readonly GuestFunction[],
  imported: readonly HostName[] = names,
): Buffer =>
  assemble({
    imports: imported.map((name) => ({ name, signature: host[name] })),
    functions,
    data: texts,
  });

let scratch: Scratch;
let log: RecordedLog;
let count = 0;

beforeEach(() => {
  scratch = new Scratch();
  log = new RecordedLog();
});

afterEach(() => scratch[Symbol.dispose]());

const open = (
  bytes: Uint8Array,
  more: Readonly<Record<string, string>> = {},
  clock?: ManualClock,
): Promise<Middleware> => {
  const url = pathToFileURL(scratch.write(`guest${++count}.wasm`, bytes)).href;
  return createMiddleware(component, { url, ...more }, { log, ...(clock && { clock }) });
};

test("a guest changes method, path, headers and body of a request", async () => {
  const code = [
    ...[requestKind, ...header, call("set_header_value")],
    ...[requestKind, op.i32(112), op.i32(6), call("remove_header")],
    ...[op.i32(32), op.i32(12), call("set_uri")],
    ...[op.i32(96), op.i32(3), call("set_method")],
    ...[requestKind, op.i32(64), op.i32(4), call("write_body")],
    ...[requestKind, op.i32(68), op.i32(10), call("write_body")],
    ...[answerKind, ...header, call("set_header_value")],
  ];
  await using stage = await open(guest([handler(code)]));
  const passage = new Passage(stage);
  const { headers, text } = await passage.send(
    "/first",
    { "X-Drop": "1", "x-keep": "2" },
    { method: "POST", body: "old" },
  );
  const [seen] = passage.app.seen;
  expect([seen?.method, seen?.path, seen?.text]).toEqual(["PUT", "/changed?g=1", "from the guest"]);
  expect([passage.appSaw("x-guest"), passage.appSaw("x-drop"), passage.appSaw("x-keep")]).toEqual([
    ["yes"],
    [],
    ["2"],
  ]);
  expect([text, headers.get("x-guest")]).toEqual(["ok", "yes"]);
});

test("a guest answers itself", async () => {
  const code = [
    ...[op.i32(403), call("set_status_code")],
    ...[answerKind, ...header, call("set_header_value")],
    ...[answerKind, op.i32(64), op.i32(14), call("write_body")],
  ];
  await using stage = await open(guest([handler(code, 0n)]));
  const passage = new Passage(stage);
  const answer = await passage.send("/");
  expect([answer.status, answer.text, answer.headers.get("x-guest")]).toEqual([
    403,
    "from the guest",
    "yes",
  ]);
  expect(passage.app.seen).toEqual([]);
});

test("a guest reads what it is given: config, lists of headers, bodies in pieces", async () => {
  /** Logs what a call has written to 1024, by the length in its result. */
  const logged = (wide: boolean) => [
    op.set(0),
    ...[op.i32(0), op.i32(1024), op.get(0), op.wrap, call("log")],
    ...(wide ? [] : []),
  ];
  const extended = [0xad];
  const code = [
    ...[op.i32(1024), op.i32(64), call("get_config"), extended, ...logged(false)],
    ...[op.i32(1024), op.i32(64), call("get_uri"), extended, ...logged(false)],
    ...[requestKind, op.i32(1024), op.i32(64), call("get_header_names"), ...logged(true)],
    ...[requestKind, op.i32(0), op.i32(7), op.i32(1024), op.i32(64), call("get_header_values")],
    ...logged(true),
    ...[requestKind, op.i32(1024), op.i32(3), call("read_body"), ...logged(true)],
    ...[requestKind, op.i32(1024), op.i32(64), call("read_body"), ...logged(true)],
  ];
  await using stage = await open(guest([handler(code, 1n, 1)]), { guestConfig: "be kind" });
  const passage = new Passage(stage);
  await passage.send(
    "/p?q=1",
    { "X-Guest": "a", B: "c" },
    { method: "POST", body: ["sev", "en77"] },
  );
  expect(log.lines).toEqual(["be kind", "/p?q=1", "x-guest\0b\0", "a\0", "sev", "en77"]);
  expect(passage.app.seen[0]?.text).toBe("seven77");
});

test("bodies flow by a guest that does not read them", async () => {
  const unread = names.filter((name) => name !== "read_body");
  await using stage = await open(guest([handler([])], unread));
  const passage = new Passage(stage);
  passage.app.chunks = ["a", "b"];
  const { pieces } = await passage.send("/", {}, { method: "POST", body: ["x", "y"] });
  expect(pieces).toEqual(["a", "b"]);
  expect([passage.app.seen[0]?.body, passage.app.seen[0]?.text]).toEqual(["stream", "xy"]);
});

test("a guest that buffers changes the whole answer", async () => {
  const answer = answerer([
    ...[op.i32(201), call("set_status_code")],
    ...[answerKind, ...header, call("set_header_value")],
    ...[answerKind, op.i32(64), op.i32(14), call("write_body")],
  ]);
  const buffering = [op.i32(2), call("enable_features"), op.drop];
  await using stage = await open(guest([handler(buffering), answer]));
  const passage = new Passage(stage);
  const { status, text, headers } = await passage.send("/");
  expect([status, text, headers.get("x-guest")]).toEqual([201, "from the guest", "yes"]);
  expect(headers.get("content-type")).toBe("text/plain");
});

test("a guest that does not buffer is told after the answer", async () => {
  const answer = answerer([[...op.i32(0), ...op.i32(64), ...op.i32(14), ...call("log")]]);
  await using stage = await open(guest([handler([]), answer]));
  const passage = new Passage(stage);
  expect((await passage.send("/")).text).toBe("ok");
  await expect.poll(() => log.lines, { timeout: 20_000 }).toEqual(["from the guest"]);
});

test("a guest that never ends is ended, and another one takes its place", async () => {
  const spinning = guest([handler([op.spin])]);
  const clock = new ManualClock();
  await using stage = await open(spinning, {}, clock);
  const passage = new Passage(stage);
  const stuck = passage.send("/");
  await expect.poll(() => clock.pending, { timeout: 20_000 }).toBe(1);
  await clock.advance(5000);
  expect(await stuck).toMatchObject({ status: 500, text: "Internal Server Error" });
  expect(log.lines).toContain("the WebAssembly guest was ended after 5000 ms");
  const again = passage.send("/");
  // The start of the new guest has a timer of 30 s, its call one of 5 s.
  let isOver = false;
  void again.then(() => {
    isOver = true;
  });
  await expect
    .poll(
      async () => {
        await clock.advance(1000);
        return isOver;
      },
      { timeout: 20_000 },
    )
    .toBe(true);
  expect((await again).status).toBe(500);
});

test("a guest that traps answers with 500 and serves the next request", async () => {
  await using trapping = await open(guest([handler([op.unreachable])]));
  const passage = new Passage(trapping);
  expect((await passage.send("/")).status).toBe(500);
  expect((await passage.send("/")).status).toBe(500);
  const wild = [requestKind, op.i32(-8), op.i32(100), call("write_body")];
  await using reaching = await open(guest([handler(wild)]));
  const other = new Passage(reaching);
  expect((await other.send("/")).status).toBe(500);
  expect(other.log.lines).toEqual(["HTTP middleware failed: out of the guest's memory"]);
});

test("a guest is fetched over HTTP; what is none does not start", async () => {
  const bytes = guest([handler([])]);
  const server = createServer((request, response) => {
    response.writeHead(request.url === "/guest" ? 200 : 404);
    response.end(bytes);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    await using stage = await createMiddleware(component, { url: `${base}/guest` });
    expect((await new Passage(stage).send("/")).text).toBe("ok");
    await expect(createMiddleware(component, { url: `${base}/gone` })).rejects.toThrow(
      "received 404 status code",
    );
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
  await expect(open(Buffer.from("no guest"))).rejects.toThrow("wasm: ");
  await expect(open(guest([answerer([])]))).rejects.toThrow("does not export func[handle_request]");
  const unknown = { name: "nothing", signature: signature("") };
  const strange = assemble({ imports: [unknown], functions: [handler([])], data: texts });
  await expect(open(strange)).rejects.toThrow("http_handler.nothing, which is unknown");
  await expect(createMiddleware(component, { url: "oci://x" })).rejects.toThrow(
    "unsupported URL scheme: oci",
  );
  await expect(createMiddleware(component, {})).rejects.toThrow(
    "metadata property 'url' is required",
  );
});
