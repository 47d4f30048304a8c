import { beforeEach, describe, expect, test } from "vitest";
import type { HttpClient, HttpClientOptions, HttpRequest } from "../../kit/http/client.ts";
import { ManualClock } from "../../kit/time/manual-clock.ts";
import type { AppChannel, InvokeHandler, InvokeRequest } from "../app/contract.ts";
import { HeaderNames } from "../app/headers.ts";
import { Endpoints, type HttpEndpoint } from "./endpoints.ts";

interface Made {
  readonly options: HttpClientOptions;
  readonly requests: HttpRequest[];
  isClosed: boolean;
}

let made: Made[];
let endpoints: Endpoints;

function createClient(options: HttpClientOptions): HttpClient {
  const one: Made = { options, requests: [], isClosed: false };
  made.push(one);
  return {
    send(request) {
      one.requests.push(request);
      return { write: () => true, endBody() {}, resume() {}, abort() {} };
    },
    async [Symbol.asyncDispose]() {
      one.isClosed = true;
    },
  };
}

const request: InvokeRequest = {
  method: "m",
  verb: 1,
  query: "q=1",
  contentType: "",
  typeUrl: "",
  metadata: ["X-Static", "mine", "X-Own", "o"],
  body: null,
  contentLength: undefined,
  trace: undefined,
};

const ignore: InvokeHandler = {
  onHead() {},
  onData: () => true,
  onEnd() {},
  onError() {},
  onDrain() {},
};

const endpoint = (baseUrl: string, extra: Partial<HttpEndpoint> = {}): HttpEndpoint => ({
  name: "ep",
  baseUrl,
  headers: [],
  tls: { rootCA: "", certificate: "", privateKey: "" },
  ...extra,
});

const call = (channel: AppChannel | undefined): HttpRequest | undefined => {
  channel?.invoke(request, ignore);
  return made.at(-1)?.requests.at(-1);
};

beforeEach(() => {
  made = [];
  endpoints = new Endpoints({
    createClient,
    names: new HeaderNames(),
    clock: new ManualClock(),
    maxHeaderBytes: 4096,
    createConcurrency: () => undefined,
    metrics: undefined,
  });
});

test("an endpoint's headers overwrite the caller's", () => {
  endpoints.set(endpoint("http://h:8080/base/", { headers: [["x-static", "one"]] }));
  expect(call(endpoints.find("ep"))).toMatchObject({
    path: "/base/m?q=1",
    headers: ["X-Own", "o", "x-static", "one"],
  });
  expect(made[0]?.options).toMatchObject({ host: "h", port: 8080, protocol: "http" });
});

test("setting again replaces, removing removes", () => {
  endpoints.set(endpoint("http://h:1"));
  endpoints.set(endpoint("http://h:2"));
  expect(made[0]?.isClosed).toBe(true);
  expect(endpoints.names).toEqual(["ep"]);
  endpoints.remove("ep");
  expect(made[1]?.isClosed).toBe(true);
  expect(endpoints.find("ep")).toBeUndefined();
});

describe("URLs", () => {
  test("are targets of their own and share a client per origin", () => {
    expect(call(endpoints.find("http://h:1/base"))?.path).toBe("/base/m?q=1");
    expect(endpoints.find("http://h:1/base")).toBe(endpoints.find("http://h:1/base"));
    endpoints.find("http://h:1/other");
    endpoints.find("http://h:2");
    expect(made.map(({ options }) => options.port)).toEqual([1, 2]);
  });

  test("with credentials send them, and do not show them", () => {
    const errors: string[] = [];
    const channel = endpoints.find("http://user:p%40ss@h:1");
    expect(call(channel)?.headers).toContain(`Basic ${btoa("user:p@ss")}`);
    channel?.invoke(
      { ...request, method: "%zz" },
      {
        ...ignore,
        onError: (error) => void errors.push(error.message),
      },
    );
    expect(errors).toEqual(['parse "http://h:1/%zz?q=1": invalid URL escape "%zz"']);
  });

  test("are forgotten when there are too many", () => {
    const first = endpoints.find("http://h:1/0");
    for (let i = 1; i <= 200; i++) endpoints.find(`http://h:1/${i}`);
    expect(endpoints.find("http://h:1/0")).not.toBe(first);
  });

  test.each(["http://", "https://:1", "http://["])("%s is refused", (url) => {
    expect(() => endpoints.find(url)).toThrow(`parse "${url}": invalid URL`);
  });

  test("apps are not URLs", () => {
    expect(endpoints.find("app")).toBeUndefined();
    expect(endpoints.find("ftp://h")).toBeUndefined();
  });
});

describe("TLS", () => {
  test("is verified, with the system's roots", () => {
    endpoints.set(endpoint("https://h"));
    expect(made[0]?.options).toMatchObject({
      host: "h",
      port: 443,
      protocol: "https",
      tls: { verify: true, serverName: "h", context: { minVersion: "TLSv1.2" } },
    });
  });

  test.each(["nonsense", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"])(
    "a root certificate %j is refused",
    (rootCA) => {
      const tls = { rootCA, certificate: "", privateKey: "" };
      expect(() => endpoints.set(endpoint("https://h", { tls }))).toThrow(
        "failed to add root cert to cert pool for http endpoint ep",
      );
    },
  );

  test("a client certificate that is none is refused", () => {
    const tls = { rootCA: "", certificate: "x", privateKey: "y" };
    expect(() => endpoints.set(endpoint("https://h", { tls }))).toThrow(
      "failed to load client certificate for http endpoint ep: ",
    );
  });
});

test("disposing closes all clients", async () => {
  endpoints.set(endpoint("http://h:1"));
  endpoints.find("http://h:2");
  await endpoints[Symbol.asyncDispose]();
  expect(made.every(({ isClosed }) => isClosed)).toBe(true);
});
