import fc from "fast-check";
import { expect, test } from "vitest";
import { feedResult, ResponseParser } from "./h1-response.ts";

interface Outcome {
  readonly result: number;
  readonly status?: number;
  readonly headers?: readonly string[];
  readonly body: string;
  readonly error?: string | undefined;
  readonly surplus: number;
  readonly isPersistent: boolean;
}

/** Feeds a response in pieces. */
function parse(pieces: readonly Buffer[], options: { head?: boolean; max?: number } = {}): Outcome {
  let status: number | undefined;
  let fields: readonly string[] | undefined;
  let body = "";
  const parser = new ResponseParser(
    {
      head(code, headers) {
        status = code;
        fields = headers;
      },
      body(chunk) {
        body += chunk.toString("latin1");
        return true;
      },
    },
    options.max ?? 4096,
  );
  parser.start(options.head === true);
  let result: number = feedResult.more;
  let surplus = 0;
  for (const piece of pieces) {
    if (result !== feedResult.more) surplus += piece.length;
    else {
      // The read buffer is reused in production; so it is here.
      const buffer = Buffer.from(piece);
      result = parser.feed(buffer, 0, buffer.length);
      if (result === feedResult.complete) surplus += parser.restEnd - parser.position;
      buffer.fill(0x21);
    }
  }
  return {
    result,
    ...(status === undefined ? {} : { status, headers: fields as readonly string[] }),
    body,
    error: parser.error?.message,
    surplus,
    isPersistent: parser.isPersistent,
  };
}

const whole = (text: string, options = {}): Outcome =>
  parse([Buffer.from(text, "latin1")], options);

const ok = "HTTP/1.1 200 OK\r\n";
const chunked = `${ok}Transfer-Encoding: chunked\r\n\r\n`;

// Text, then status, body and whether the connection can be kept.
const valid: readonly [string, number, string, boolean][] = [
  [`${ok}Content-Length: 2\r\n\r\nok`, 200, "ok", true],
  [`${ok}content-LENGTH:2 \r\ncontent-length: 2\r\n\r\nok`, 200, "ok", true],
  ["HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n", 200, "", true],
  ["HTTP/1.1 200 \r\nContent-Length: 0\r\n\r\n", 200, "", true],
  ["HTTP/1.1  404  Not Found\r\nContent-Length: 0\r\n\r\n", 404, "", true],
  [`${ok}Content-Length: 2\r\nConnection: close\r\n\r\nok`, 200, "ok", false],
  [`${ok}Content-Length: 2\r\nConnection: Foo, CLOSE\r\n\r\nok`, 200, "ok", false],
  ["HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", 200, "ok", false],
  ["HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 2\r\n\r\nok", 200, "ok", true],
  ["HTTP/1.1 204 No Content\r\n\r\n", 204, "", true],
  ["HTTP/1.1 304 Not Modified\r\nContent-Length: 10\r\n\r\n", 304, "", true],
  ["HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n", 101, "", false],
  [`HTTP/1.1 100 Continue\r\n\r\n${ok}Content-Length: 1\r\n\r\nx`, 200, "x", true],
  [`HTTP/1.1 103 Early\r\nLink: a\r\n\r\nHTTP/1.1 102 P\r\n\r\n${chunked}0\r\n\r\n`, 200, "", true],
  [`${chunked}3\r\nabc\r\nA\r\n0123456789\r\n0\r\n\r\n`, 200, "abc0123456789", true],
  [
    `${chunked}3;name=value\r\nabc\r\n3 ; q="\r"\r\n`.replace('\r"', 'x"') +
      "def\r\n0;last\r\nX-T: 1\r\n\r\n",
    200,
    "abcdef",
    true,
  ],
  [`${chunked}0003\r\nabc\r\n000\r\n\r\n`, 200, "abc", true],
  [`${chunked}3 \t\r\nabc\r\n0 \r\n\r\n`, 200, "abc", true],
  ["HTTP/1.1 200 OK\nContent-Length: 2\n\nok", 200, "ok", true],
];

test.each(valid)("reads %j, cut anywhere", (text, status, body, isPersistent) => {
  const expected = whole(text);
  expect(expected).toMatchObject({
    result: feedResult.complete,
    status,
    body,
    isPersistent,
    surplus: 0,
  });
  const bytes = Buffer.from(text, "latin1");
  for (let i = 0; i <= bytes.length; i++) {
    const cut = parse([bytes.subarray(0, i), bytes.subarray(i)]);
    expect(cut).toEqual(expected);
  }
  expect(parse([...bytes].map((byte) => Buffer.from([byte])))).toEqual(expected);
});

test("a body without length lasts until the connection ends", () => {
  expect(whole(`${ok}\r\nany`)).toMatchObject({
    result: feedResult.more,
    body: "any",
    isPersistent: false,
  });
});

test("a HEAD answer has no body whatever it says", () => {
  const answer = whole(`${ok}Content-Length: 10\r\n\r\n`, { head: true });
  expect(answer).toMatchObject({ result: feedResult.complete, surplus: 0, isPersistent: true });
  expect(whole(chunked, { head: true })).toMatchObject({ result: feedResult.complete });
});

test("surplus bytes are told", () => {
  expect(whole(`${ok}Content-Length: 1\r\n\r\nxHTTP/1.1`).surplus).toBe(8);
  expect(whole(`${chunked}0\r\n\r\nx`).surplus).toBe(1);
  expect(whole("HTTP/1.1 204 No\r\nContent-Length: 4\r\n\r\nabcd").surplus).toBe(4);
});

const line = "malformed MIME header line: ";
test.each([
  ["not http at all\r\n\r\n", 'malformed HTTP status code "http"'],
  ["garbage\r\n\r\n", 'malformed HTTP response "garbage"'],
  ["\r\n\r\n", 'malformed HTTP response ""'],
  ["HTTP/x 200 OK\r\n\r\n", 'malformed HTTP version "HTTP/x"'],
  ["HTTP/2.0 200 OK\r\n\r\n", 'malformed HTTP version "HTTP/2.0"'],
  ["http/1.1 200 OK\r\n\r\n", 'malformed HTTP version "http/1.1"'],
  ["HTTP/1.1 2000 OK\r\n\r\n", 'malformed HTTP status code "2000"'],
  ["HTTP/1.1 099 OK\r\n\r\n", 'malformed HTTP status code "099"'],
  ["HTTP/1.1 +20 OK\r\n\r\n", 'malformed HTTP status code "+20"'],
  ["HTTP/1.1 200OK\r\n\r\n", 'malformed HTTP status code "200OK"'],
  [`${ok}foo\r\n\r\n`, 'malformed MIME header: missing colon: "foo"'],
  [`${ok}foo : x\r\n\r\n`, `${line}"foo : x"`],
  [`${ok}fo@o: x\r\n\r\n`, `${line}"fo@o: x"`],
  [`${ok}: x\r\n\r\n`, `${line}": x"`],
  [`${ok}foo: x\x01\r\n\r\n`, `${line}"foo: x\\x01"`],
  [`${ok}foo: x\ry\r\n\r\n`, `${line}"foo: x\\ry"`],
  [`${ok}foo: x\0\r\n\r\n`, `${line}"foo: x\\x00"`],
  [`${ok}foo: x\r\n y: z\r\n\r\n`, `${line}" y: z"`],
  [`${ok} foo: x\r\n\r\n`, 'malformed MIME header initial line: " foo: x"'],
  [
    `${ok}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n`,
    "http: message cannot contain both Transfer-Encoding and Content-Length",
  ],
  [
    `${ok}Content-Length: 3\r\nContent-Length: 4\r\n\r\n`,
    'http: message cannot contain multiple Content-Length headers; got ["3" "4"]',
  ],
  [`${ok}Content-Length: 3, 3\r\n\r\n`, 'bad Content-Length "3, 3"'],
  [`${ok}Content-Length: -3\r\n\r\n`, 'bad Content-Length "-3"'],
  [`${ok}Content-Length: +3\r\n\r\n`, 'bad Content-Length "+3"'],
  [`${ok}Content-Length: 0x3\r\n\r\n`, 'bad Content-Length "0x3"'],
  [
    `${ok}Content-Length: 99999999999999999999\r\n\r\n`,
    'bad Content-Length "99999999999999999999"',
  ],
  [`${ok}Content-Length:\r\n\r\n`, 'invalid empty Content-Length ""'],
  [
    `${ok}Transfer-Encoding: gzip, chunked\r\n\r\n`,
    'unsupported transfer encoding: "gzip, chunked"',
  ],
  [`${ok}Transfer-Encoding: xchunked\r\n\r\n`, 'unsupported transfer encoding: "xchunked"'],
  [
    `${ok}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n`,
    'too many transfer encodings: ["chunked" "chunked"]',
  ],
  [
    "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
    'unsupported transfer encoding: "chunked"',
  ],
])("refuses the head %j", (text, error) => {
  expect(whole(text)).toMatchObject({ result: feedResult.failed, error, body: "" });
  const bytes = Buffer.from(text, "latin1");
  for (let i = 0; i <= bytes.length; i++) {
    expect(parse([bytes.subarray(0, i), bytes.subarray(i)]).error).toBe(error);
  }
});

test.each([
  ["3\r\nabcX0\r\n", "malformed chunked encoding"],
  ["3\r\nabc\rX", "malformed chunked encoding"],
  ["3\nabc\r\n", "invalid byte in chunk length"],
  ["3;x\nabc\r\n", "chunked line ends with bare LF"],
  ["3\rX", "invalid CR in chunked line"],
  ["x\r\n", "invalid byte in chunk length"],
  ["\r\n", "invalid byte in chunk length"],
  ["-1\r\n", "invalid byte in chunk length"],
  ["3 x\r\n", "invalid byte in chunk length"],
  ["0x3\r\n", "invalid byte in chunk length"],
  ["ffffffffffffff\r\n", "http chunk length too large"],
  ["0\r\nX: y\n\n", "malformed chunked encoding"],
  ["0\r\nX: \ry\r\n\r\n", "malformed chunked encoding"],
  [`0\r\nX: ${"y".repeat(5000)}\r\n\r\n`, "http: suspiciously long trailer after chunked body"],
  [`1;${"x".repeat(17_000)}\r\n`, "chunked encoding contains too much non-data"],
  [
    "1;xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\r\na\r\n".repeat(2000),
    "chunked encoding contains too much non-data",
  ],
])("refuses the chunks %j", (text, error) => {
  expect(whole(chunked + text)).toMatchObject({ result: feedResult.failed, error });
});

test("heads have a limit, swallowed ones included", () => {
  const error = "net/http: server response headers exceeded 100 bytes; aborted";
  const head = `${ok}Content-Length: 0\r\nX: `;
  const fill = (length: number): string => `${head}${"x".repeat(length - head.length - 4)}\r\n\r\n`;
  expect(whole(fill(100), { max: 100 }).result).toBe(feedResult.complete);
  expect(whole(fill(101), { max: 100 }).error).toBe(error);
  expect(whole(fill(101).slice(0, 101), { max: 100 }).error).toBe(error);
  expect(whole("HTTP/1.1 100 C\r\n\r\n".repeat(6), { max: 100 }).error).toBe(error);
  expect(whole("x".repeat(101), { max: 100 }).error).toBe(error);
});

test("a pause stops behind the bytes that were handed over", () => {
  const seen: string[] = [];
  const sink = { head: () => {}, body: (chunk: Buffer) => seen.push(chunk.toString()) < 0 };
  const parser = new ResponseParser(sink, 4096);
  parser.start(false);
  const bytes = Buffer.from(`${chunked}1\r\na\r\n1\r\nb\r\n0\r\n\r\n`);
  expect(parser.feed(bytes, 0, bytes.length)).toBe(feedResult.paused);
  expect(seen).toEqual(["a"]);
  expect(parser.feed(parser.rest, parser.position, parser.restEnd)).toBe(feedResult.paused);
  expect(seen).toEqual(["a", "b"]);
  expect(parser.feed(parser.rest, parser.position, parser.restEnd)).toBe(feedResult.complete);
});

test("mutated responses never throw, and give the same in any pieces", () => {
  const seeds = valid.map(([text]) => Buffer.from(text, "latin1"));
  const mutation = fc.tuple(
    fc.nat(seeds.length - 1),
    fc.array(
      fc.tuple(
        fc.nat(200),
        fc.oneof(fc.constantFrom(...Buffer.from("\r\n :;0aA,\0")), fc.nat(255)),
      ),
      { maxLength: 4 },
    ),
    fc.array(fc.nat(120), { maxLength: 6 }),
  );
  fc.assert(
    fc.property(mutation, ([seed, edits, cuts]) => {
      const bytes = Buffer.from(seeds[seed] as Buffer);
      for (const [at, byte] of edits) bytes[at % bytes.length] = byte;
      const pieces: Buffer[] = [];
      let rest = bytes;
      for (const cut of cuts) {
        pieces.push(rest.subarray(0, cut));
        rest = rest.subarray(cut);
      }
      pieces.push(rest);
      const expected = parse([bytes]);
      const actual = parse(pieces);
      expect({ ...actual, surplus: 0 }).toEqual({ ...expected, surplus: 0 });
      if (expected.result === feedResult.complete) expect(actual.surplus).toBe(expected.surplus);
    }),
    { numRuns: 3000 },
  );
});
