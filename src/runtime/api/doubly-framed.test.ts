import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { singlyFramed } from "./doubly-framed.ts";

const read = (text: string): string => singlyFramed(Buffer.from(text, "latin1")).toString("latin1");

describe("a request with a length and chunks", () => {
  it("keeps the chunks and ends the connection", () => {
    const body = "5\r\nhello\r\n0\r\n\r\n";
    expect(
      read(
        `POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\nTransfer-Encoding: chunked\r\nConnection: keep-alive\r\nX: \xe9\r\n\r\n${body}`,
      ),
    ).toBe(
      `POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nX: \xe9\r\nConnection: close\r\n\r\n${body}`,
    );
  });

  it.each([
    "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello",
    "POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "POST /a HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n",
    "POST /a HTTP/1.0\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
    "POST /a HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
    "POST /a HTTP/1.1\r\nContent-Length: 1, 1\r\nTransfer-Encoding: chunked\r\n\r\n",
    "POST /a HTTP/1.1\r\nContent-Length: -1\r\nTransfer-Encoding: chunked\r\n\r\n",
    "POST /a HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
    "POST /a HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
    "POST /a HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding:\r\n chunked\r\n\r\n",
    "POST /a HTTP/1.1\r\nContent-Length : 1\r\nTransfer-Encoding: chunked\r\n\r\n",
    "POST /a HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\nUpgrade: h2c\r\n\r\n",
  ])("leaves what is in doubt, or in order, as it is: %j", (text) => {
    expect(read(text)).toBe(text);
  });

  it("changes nothing behind the head, whatever the bytes", () => {
    const head = "POST /a HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n";
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const out = singlyFramed(Buffer.concat([Buffer.from(head), bytes]));
        const end = out.indexOf("\r\n\r\n") + 4;
        expect(out.subarray(end).equals(Buffer.from(bytes))).toBe(true);
        expect(singlyFramed(Buffer.from(bytes)).equals(Buffer.from(bytes))).toBe(true);
      }),
    );
  });
});
