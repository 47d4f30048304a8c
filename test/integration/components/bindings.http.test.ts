/**
 * bindings.http against servers that answer oddly, over TLS and through a proxy.
 * @see spec 03 §9
 */
import {
  createServer,
  type IncomingMessage,
  request as passOn,
  type RequestListener,
  type Server,
  type ServerResponse,
} from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { TLSSocket } from "node:tls";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Binding, BindingError } from "../../../src/components/bindings/contract.ts";
import { component } from "../../../src/components/bindings/http.ts";
import {
  InvokeBindingRequest,
  InvokeBindingResponse,
} from "../../../src/kit/proto/dapr/proto/runtime/v1/binding.ts";
import { call, grpcCall, runtimeService } from "../api/calls.ts";
import { launchDaprd, runToEnd, Scratch } from "../launch.ts";
import { dataText, invoke } from "./bindings-context.ts";
import { createComponent } from "./secret-context.ts";

const scratch = new Scratch();
const servers: Server[] = [];

async function listen(server: Server): Promise<string> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const serve = async (listener: RequestListener): Promise<string> =>
  `http://${await listen(createServer(listener))}`;

const open = (
  url: string,
  properties: Readonly<Record<string, string>> = {},
  env: ReadonlyMap<string, string> = new Map(),
): Promise<Binding> => createComponent<Binding>(component, { url, ...properties }, env);

/** What an operation failed with. */
const failureOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

/** Answers with what it was asked. */
const echo = (request: IncomingMessage, response: ServerResponse): void => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    const { method, url, headers } = request;
    response.end(JSON.stringify({ method, url, headers, body: String(Buffer.concat(chunks)) }));
  });
};

const echoed = async (
  work: ReturnType<typeof invoke>,
): Promise<{ method: string; url: string; headers: Record<string, string>; body: string }> =>
  JSON.parse(dataText(await work) ?? "");

afterAll(() => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
  scratch[Symbol.dispose]();
});

describe("bindings.http", () => {
  let url: string;
  beforeAll(async () => {
    url = await serve((request, response) => {
      const path = request.url ?? "";
      const redirect = /^\/to\/(\d+)\/(.*)$/.exec(path);
      const status = /^\/status\/(\d+)$/.exec(path);
      if (redirect !== null) {
        response.writeHead(Number(redirect[1]), { location: `/${redirect[2]}` }).end("moved");
      } else if (path === "/loop") {
        response.writeHead(302, { location: "/loop" }).end();
      } else if (status !== null) {
        response.writeHead(Number(status[1]), { "x-own": ["a", "b"] }).end("body");
      } else if (path === "/cut") {
        response.writeHead(200, { "content-length": "100" });
        response.write("only this", () => response.destroy());
      } else if (path === "/long") {
        response.end("x".repeat(5000));
      } else if (path !== "/never") {
        echo(request, response);
      }
    });
  });

  it.each([
    [301, "GET", ""],
    [302, "GET", ""],
    [303, "GET", ""],
    [307, "POST", "data"],
    [308, "POST", "data"],
  ])("follows a redirect with %i as %s", async (status, method, body) => {
    await using binding = await open(url);
    const metadata = { path: `/to/${status}/target`, Authorization: "token" };
    const seen = await echoed(invoke(binding, { operation: "post", data: "data", metadata }));
    expect(seen).toMatchObject({ method, url: "/target", body });
    expect(seen.headers.authorization).toBe("token");
  });

  it("takes no credentials to another host, and gives up after 10 redirects", async () => {
    const away = await serve((_request, response) => {
      response.writeHead(307, { location: `${url}/target` }).end();
    });
    await using binding = await open(away);
    const metadata = { Authorization: "token", Cookie: "a=1", "X-Other": "stays" };
    const { headers } = await echoed(invoke(binding, { operation: "get", metadata }));
    expect(headers).toMatchObject({ "x-other": "stays" });
    expect(headers).not.toHaveProperty("authorization");
    expect(headers).not.toHaveProperty("cookie");
    await using looping = await open(`${url}/loop`);
    await expect(invoke(looping, { operation: "get" })).rejects.toThrow(
      "stopped after 10 redirects",
    );
  });

  it("refuses what is not 2xx unless it is told not to, and tells the metadata of both", async () => {
    await using binding = await open(url);
    const metadata = { path: "status/418" };
    const error = await failureOf(invoke(binding, { operation: "get", metadata }));
    expect(error).toBeInstanceOf(BindingError);
    const { message, metadata: told } = error as BindingError;
    expect(message).toBe("received status code 418");
    expect(told.get("statusCode")).toBe("418");
    expect(told.get("status")).toBe("418 I'm a Teapot");
    expect(told.get("X-Own")).toBe("a, b");
    const lenient = { ...metadata, errorIfNot2XX: "false" };
    const answer = await invoke(binding, { operation: "get", metadata: lenient });
    expect(dataText(answer)).toBe("body");
    expect(answer?.metadata?.get("statusCode")).toBe("418");
    await using never = await open(url, { errorIfNot2XX: "false" });
    expect(dataText(await invoke(never, { operation: "get", metadata }))).toBe("body");
    const strict = { ...metadata, errorIfNot2XX: "true" };
    await expect(invoke(never, { operation: "get", metadata: strict })).rejects.toThrow("418");
  });

  it("cuts off what is too long, and refuses what was cut off on its way", async () => {
    await using binding = await open(url, { maxResponseBodySize: "1Ki" });
    const long = await invoke(binding, { operation: "get", metadata: { path: "long" } });
    expect(long?.data).toHaveLength(1024);
    const cut = invoke(binding, { operation: "get", metadata: { path: "cut" } });
    await expect(cut).rejects.toThrow("EOF");
    await using endless = await open(url, { maxResponseBodySize: "0" });
    const all = await invoke(endless, { operation: "get", metadata: { path: "long" } });
    expect(all?.data).toHaveLength(5000);
  });

  it("waits no longer than it is told to", async () => {
    await using binding = await open(`${url}/never`, { responseTimeout: "100ms" });
    await expect(invoke(binding, { operation: "get" })).rejects.toThrow("deadline exceeded");
    const signal = AbortSignal.timeout(100);
    await using patient = await open(`${url}/never`);
    await expect(invoke(patient, { operation: "get", signal })).rejects.toThrow();
  });

  it("goes through the proxy that the environment names, but not to itself", async () => {
    const asked: string[] = [];
    const proxy = await serve((request, response) => {
      asked.push(request.url ?? "");
      const target = new URL(request.url ?? "");
      passOn(`${url}${target.pathname}`, { method: request.method }, (answer) =>
        answer.pipe(response),
      ).end();
    });
    const env = new Map([["HTTP_PROXY", proxy]]);
    await using binding = await open("http://example.invalid", {}, env);
    const seen = await echoed(invoke(binding, { operation: "get", metadata: { path: "a" } }));
    expect(seen.url).toBe("/a");
    expect(asked).toEqual(["http://example.invalid/a"]);
    await using local = await open(url, {}, env);
    await invoke(local, { operation: "get" });
    expect(asked).toHaveLength(1);
  });

  it("shows its certificate, and checks the server's", async () => {
    const make = async (name: string): Promise<readonly [cert: string, key: string]> => {
      const [cert, key] = [join(scratch.path, `${name}.pem`), join(scratch.path, `${name}.key`)];
      const made = await runToEnd("openssl", [
        ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"],
        ...["-nodes", "-keyout", key, "-out", cert, "-subj", `/CN=${name}`, "-days", "2"],
        ...["-addext", "subjectAltName=IP:127.0.0.1"],
      ]);
      expect(made.exit?.code, made.log).toBe(0);
      return [cert, key];
    };
    const [serverCert, serverKey] = await make("server");
    const [clientCert, clientKey] = await make("client");
    const server = createTlsServer(
      {
        cert: scratch.read("server.pem"),
        key: scratch.read("server.key"),
        ca: scratch.read("client.pem"),
        requestCert: true,
        rejectUnauthorized: true,
      },
      (request, response) => {
        response.end((request.socket as TLSSocket).getPeerCertificate().subject.CN);
      },
    );
    const address = `https://${await listen(server)}`;
    expect(serverKey).not.toBe("");
    const paths = { MTLSRootCA: serverCert, MTLSClientCert: clientCert, MTLSClientKey: clientKey };
    const texts = {
      MTLSRootCA: scratch.read("server.pem"),
      MTLSClientCert: scratch.read("client.pem"),
      MTLSClientKey: scratch.read("client.key"),
    };
    for (const properties of [paths, texts]) {
      await using binding = await open(address, properties);
      expect(dataText(await invoke(binding, { operation: "get" }))).toBe("client");
    }
    await using anonymous = await open(address, { MTLSRootCA: serverCert });
    await expect(invoke(anonymous, { operation: "get" })).rejects.toThrow();
    const { MTLSRootCA: _left, ...untrusting } = paths;
    await using careful = await open(address, untrusting);
    await expect(invoke(careful, { operation: "get" })).rejects.toThrow(/certificate/);
  });

  it("tells metadata as headers of the sidecar's answer, over HTTP and gRPC", async () => {
    await using sidecar = await launchDaprd({
      appId: "caller",
      resources: [
        `apiVersion: dapr.io/v1alpha1
kind: Component
metadata: {name: web}
spec:
  type: bindings.http
  version: v1
  metadata:
  - {name: url, value: "${url}"}
`,
      ],
    });
    const overHttp = (path: string) =>
      call({
        port: sidecar.httpPort,
        method: "POST",
        path: "/v1.0/bindings/web",
        body: JSON.stringify({ operation: "get", metadata: { path } }),
      });
    const overGrpc = (path: string) =>
      grpcCall(
        sidecar.grpcPort,
        `${runtimeService}/InvokeBinding`,
        Buffer.from(
          InvokeBindingRequest.encode({
            name: "web",
            operation: "get",
            data: Buffer.alloc(0),
            metadata: new Map([["path", path]]),
          }),
        ),
      );
    const good = await overHttp("status/201");
    expect(good).toMatchObject({ status: 200, text: "body" });
    expect(good.headers).toMatchObject({
      "metadata.statuscode": "201",
      "metadata.status": "201 Created",
      "metadata.x-own": "a, b",
    });
    const bad = await overHttp("status/503");
    expect(bad.status).toBe(500);
    expect(JSON.parse(bad.text)).toEqual({
      errorCode: "ERR_INVOKE_OUTPUT_BINDING",
      message: "error invoking output binding web: received status code 503",
    });
    expect(bad.headers).toMatchObject({ "metadata.statuscode": "503", "metadata.x-own": "a, b" });
    const { error, bytes } = await overGrpc("status/201");
    expect(error).toBeNull();
    const response = InvokeBindingResponse.decode(bytes);
    expect(Buffer.from(response.data ?? []).toString()).toBe("body");
    expect(response.metadata?.get("statusCode")).toBe("201");
    const refused = await overGrpc("status/503");
    expect(refused.error?.details).toBe(
      "error invoking output binding web: received status code 503",
    );
  });
});
