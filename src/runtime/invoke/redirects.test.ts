import { beforeEach, describe, expect, test } from "vitest";
import type { HttpCall, HttpClient, HttpHandler, HttpRequest } from "../../kit/http/client.ts";
import { RedirectingClient } from "./redirects.ts";

interface Sent {
  readonly origin: string;
  readonly request: HttpRequest;
  readonly handler: HttpHandler;
  isAborted: boolean;
}

let sent: Sent[];
let heard: string[];

const clientAt = (origin: string): HttpClient => ({
  send(request, handler) {
    const one: Sent = { origin, request, handler, isAborted: false };
    sent.push(one);
    const call: HttpCall = {
      write: () => true,
      endBody() {},
      resume() {},
      abort() {
        one.isAborted = true;
      },
    };
    return call;
  },
  async [Symbol.asyncDispose]() {},
});

const caller: HttpHandler = {
  onHead: (status) => void heard.push(String(status)),
  onData: () => true,
  onEnd: () => void heard.push("end"),
  onError: (error) => void heard.push(error.message),
};

function send(method = "POST", headers: string[] = []): void {
  const client = new RedirectingClient({
    client: clientAt("http://a:1"),
    origin: "http://a:1",
    ownHeaders: new Set(["x-secret"]),
    clientFor: (url) => clientAt(url.origin),
  });
  client.send({ method, path: "/x?y=1", headers, body: Buffer.from("b") }, caller);
}

const answer = (status: number, location?: string): void =>
  sent.at(-1)?.handler.onHead(status, location === undefined ? [] : ["Location", location]);

beforeEach(() => {
  sent = [];
  heard = [];
});

test.each([301, 302, 303])("%d becomes a GET without a body", (status) => {
  send("POST", ["Content-Type", "a/b", "X-Keep", "1", "x-secret", "s"]);
  answer(status, "/target?z=2");
  expect(sent[0]?.isAborted).toBe(true);
  expect(sent[1]).toMatchObject({
    origin: "http://a:1",
    request: {
      method: "GET",
      path: "/target?z=2",
      headers: ["X-Keep", "1", "x-secret", "s"],
      body: null,
    },
  });
  answer(200);
  expect(heard).toEqual(["200"]);
});

test("HEAD stays HEAD", () => {
  send("HEAD");
  answer(302, "/t");
  expect(sent[1]?.request.method).toBe("HEAD");
});

test.each([200, 300, 304, 307, 308, 404])("%d is passed on", (status) => {
  send();
  answer(status, "/t");
  expect(heard).toEqual([String(status)]);
  expect(sent).toHaveLength(1);
});

test("without a place to go it is passed on", () => {
  send();
  answer(302);
  expect(heard).toEqual(["302"]);
});

test("another origin is not told what was meant for the first", () => {
  send("GET", ["Authorization", "t", "Cookie", "c", "X-Secret", "s", "X-Keep", "1"]);
  answer(302, "https://b:2/t");
  expect(sent[1]).toMatchObject({
    origin: "https://b:2",
    request: { path: "/t", headers: ["X-Keep", "1"] },
  });
});

test("ten are followed, not more", () => {
  send();
  for (let i = 0; i < 11; i++) answer(302, `/${i}`);
  expect(sent).toHaveLength(11);
  expect(heard).toEqual(["stopped after 10 redirects"]);
});

describe("places that are none", () => {
  test.each(["http://", "ftp://h/x", "javascript:alert(1)", "http://[::"])("%s", (location) => {
    send();
    answer(302, location);
    expect(heard).toEqual([`failed to parse Location header ${JSON.stringify(location)}`]);
  });
});
