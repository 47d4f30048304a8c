/** API token, app token, allow and deny lists, CORS and the public port, over HTTP and gRPC. @see spec 01 §2.3, §2.6 to §2.8 */
import {
  Client,
  credentials,
  Metadata,
  Server,
  ServerCredentials,
  type ServiceError,
} from "@grpc/grpc-js";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ErrorInfo } from "../../../src/kit/proto/google/rpc/error_details.ts";
import { Status } from "../../../src/kit/proto/google/rpc/status.ts";
import { freePort, launchDaprd, type Sidecar } from "../launch.ts";
import {
  type Answer,
  type Call,
  call,
  grpcCall,
  runtimeService,
  startApp,
  store,
} from "./calls.ts";

const token = "the-token";
const withToken = { "dapr-api-token": token };
const reflection = "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo";

/** The ErrorInfo of a gRPC failure. */
function infoOf(error: ServiceError | null): ErrorInfo {
  const [bytes] = error?.metadata.get("grpc-status-details-bin") ?? [];
  const [detail] = Status.decode(bytes as Buffer).details;
  return ErrorInfo.decode(detail?.value ?? Buffer.alloc(0));
}

const raw = (bytes: Buffer): Buffer => bytes;

/** Opens a stream of raw bytes and waits for its end. */
function streamError(
  port: number,
  path: string,
  metadata: Readonly<Record<string, string>> = {},
): Promise<ServiceError | undefined> {
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
  const sent = new Metadata();
  for (const [name, value] of Object.entries(metadata)) sent.set(name, value);
  return new Promise((resolve) => {
    const stream = client.makeBidiStreamRequest(path, raw, raw, sent);
    let failure: ServiceError | undefined;
    stream.on("data", () => {});
    stream.on("error", (error: ServiceError) => {
      failure = error;
    });
    stream.on("status", () => {
      client.close();
      setImmediate(() => resolve(failure));
    });
    stream.end(Buffer.alloc(0));
  });
}

describe("with a token, origins and a public port", () => {
  let sidecar: Sidecar;
  let publicPort: number;
  let app: Awaited<ReturnType<typeof startApp>>;
  /** What the app saw last. */
  let seen: Readonly<Record<string, string | string[] | undefined>> = {};
  beforeAll(async () => {
    app = await startApp((request, response) => {
      seen = request.headers;
      response.end("from the app");
    });
    publicPort = await freePort();
    sidecar = await launchDaprd({
      appId: "guarded",
      appPort: app.port,
      resources: [store],
      env: { DAPR_API_TOKEN: token, APP_API_TOKEN: "of-the-app" },
      flags: [
        ["--allowed-origins", "https://a.example, https://*.B.example"],
        ["--dapr-public-port", `${publicPort}`],
        ["--dapr-public-listen-address", "127.0.0.1"],
      ].flat(),
    });
  });
  afterAll(async () => {
    expect(sidecar.process.log).not.toContain(token);
    await sidecar[Symbol.asyncDispose]();
    await app[Symbol.asyncDispose]();
  });
  const ask = (options: Call): Promise<Answer> => call({ port: sidecar.httpPort, ...options });

  it.each([
    ["GET", "/v1.0/healthz", 204],
    ["GET", "/v1.0/healthz/outbound", 204],
    ["GET", "//v1.0/healthz/", 204],
    ["POST", "/v1.0/healthz", 401],
    ["HEAD", "/v1.0/healthz", 401],
    ["OPTIONS", "/v1.0/healthz", 401],
    ["GET", "/v1.0/healthz/x", 401],
    ["GET", "/v1.0/state/store/a", 401],
    ["GET", "/v1.0/metadata", 401],
    ["POST", "/v1.0/shutdown", 401],
    ["GET", "/v1.0/invoke/guarded/method/x", 401],
    ["GET", "/anything", 401],
    ["OPTIONS", "/v1.0/state/store", 401],
  ])("without the token %s %s is %i", async (method, path, status) => {
    const answer = await ask({ method, path });
    expect(answer.status).toBe(status);
    if (status !== 401 || method === "HEAD") return;
    expect(answer.text).toBe("invalid api token\n");
    expect(answer.headers).toMatchObject({
      "content-type": "text/plain; charset=utf-8",
      "x-content-type-options": "nosniff",
      vary: "Origin",
    });
  });

  it.each([
    ["none", "", 401],
    ["a part", "the-toke", 401],
    ["more", "the-token2", 401],
    ["another case", "The-Token", 401],
    ["a thousand characters", "x".repeat(1000), 401],
    ["the right one", token, 204],
  ])("a token of %s", async (_name, presented, status) => {
    const headers = { "dapr-api-token": presented };
    expect((await ask({ path: "/v1.0/state/store/none", headers })).status).toBe(status);
    const bearer = { authorization: `Bearer ${token}` };
    const other = await ask({ path: "/v1.0/state/store/none", headers: bearer });
    expect(other.status).toBe(401);
    const { error } = await grpcCall(
      sidecar.grpcPort,
      `${runtimeService}/GetMetadata`,
      Buffer.alloc(0),
      { "dapr-api-token": presented },
    );
    expect(error?.code ?? 0).toBe(status === 401 ? 16 : 0);
  });

  it("the app gets its own token and not that of the API", async () => {
    const path = "/v1.0/invoke/guarded/method/x";
    expect((await ask({ path, headers: withToken })).text).toBe("from the app");
    expect(seen["dapr-api-token"]).toBe("of-the-app");
    expect(JSON.stringify(seen)).not.toContain(token);
    const long = { method: "POST", path, body: "x".repeat(100_000), headers: withToken };
    expect((await ask(long)).text).toBe("from the app");
    expect(JSON.stringify(seen)).not.toContain(token);
  });

  it.each([
    ["a method", `${runtimeService}/GetMetadata`],
    ["reflection", reflection],
    ["a proxied call", "/some.Service/Method"],
    ["an unknown method of ours", `${runtimeService}/Nothing`],
  ])("gRPC: %s needs the token", async (_name, path) => {
    for (const metadata of [{}, { "dapr-api-token": "x" }, { "dapr-app-id": "guarded" }]) {
      const isMissing = !("dapr-api-token" in metadata);
      const unary = await grpcCall(sidecar.grpcPort, path, Buffer.alloc(0), metadata);
      const stream = await streamError(sidecar.grpcPort, path, metadata);
      for (const error of [unary.error, stream ?? null]) {
        expect([error?.code, error?.details]).toEqual([16, "Unauthorized"]);
        const { reason, domain, metadata: values } = infoOf(error);
        expect([reason, domain, values.get("http.code")]).toEqual([
          "Unauthorized",
          "dapr.io",
          "401",
        ]);
        expect(values.get("http.error_message")).toBe(
          isMissing
            ? "missing api token in request metadata"
            : "authentication error: api token mismatch",
        );
      }
    }
    const { error } = await grpcCall(sidecar.grpcPort, path, Buffer.alloc(0), withToken);
    expect(error?.code).not.toBe(16);
  });

  const preflight = (origin: string | undefined, method: string, headers?: string) => ({
    method: "OPTIONS",
    path: "/v1.0/state/store",
    headers: {
      ...(origin === undefined ? {} : { origin }),
      "access-control-request-method": method,
      ...(headers === undefined ? {} : { "access-control-request-headers": headers }),
    },
  });
  const vary = "Origin, Access-Control-Request-Method, Access-Control-Request-Headers";
  it.each([
    ["https://a.example", "post", "x-one,DAPR-app-ID", "https://a.example"],
    ["https://x.b.example", "DELETE", undefined, "https://x.b.example"],
    ["HTTPS://A.EXAMPLE", "GET", undefined, "HTTPS://A.EXAMPLE"],
    ["https://c.example", "GET", undefined, undefined],
    ["https://a.example.evil", "GET", undefined, undefined],
    ["https://a.example", "CONNECT", undefined, undefined],
    [undefined, "GET", undefined, undefined],
    ["null", "GET", undefined, undefined],
  ])("a preflight of %s for %s needs no token", async (origin, method, names, allowed) => {
    const { status, text, headers } = await ask(preflight(origin, method, names));
    expect([status, text, headers.vary]).toEqual([200, "", vary]);
    expect(headers["access-control-allow-origin"]).toBe(allowed);
    const isAllowed = allowed !== undefined;
    expect(headers["access-control-allow-methods"]).toBe(
      isAllowed ? method.toUpperCase() : undefined,
    );
    expect(headers["access-control-allow-headers"]).toBe(names && "X-One, Dapr-App-Id");
    expect(headers["access-control-max-age"]).toBeUndefined();
    expect(headers["access-control-allow-credentials"]).toBeUndefined();
  });

  it("other answers name the origin when it is allowed", async () => {
    const path = "/v1.0/state/store/none";
    const good = await ask({ path, headers: { ...withToken, origin: "https://a.example" } });
    expect(good.headers["access-control-allow-origin"]).toBe("https://a.example");
    const bad = await ask({ path, headers: { ...withToken, origin: "https://e.example" } });
    expect([bad.status, bad.headers.vary]).toEqual([204, "Origin"]);
    expect(bad.headers["access-control-allow-origin"]).toBeUndefined();
  });

  it("the public port asks for no token, and has no more than it must", async () => {
    const open = (options: Call): Promise<Answer> => call({ port: publicPort, ...options });
    expect((await open({ path: "/v1.0/healthz" })).status).toBe(204);
    const metadata = await open({
      path: "/v1.0/metadata",
      headers: { origin: "https://a.example" },
    });
    expect([metadata.status, metadata.headers.vary]).toEqual([200, undefined]);
    for (const path of ["/v1.0/state/store/a", "/v1.0/invoke/guarded/method/x", "/x"]) {
      const answer = await open({ path, headers: { "dapr-app-id": "guarded" } });
      expect([answer.status, answer.text]).toEqual([404, "404 page not found\n"]);
      expect(answer.headers).toMatchObject({
        "content-type": "text/plain; charset=utf-8",
        "x-content-type-options": "nosniff",
      });
    }
    for (const method of ["POST", "OPTIONS", "DELETE"]) {
      const answer = await open({ method, path: "/v1.0/healthz" });
      expect([answer.status, answer.text, answer.headers.allow]).toEqual([405, "", "GET"]);
    }
    expect((await open({ method: "POST", path: "/v1.0/shutdown" })).status).toBe(404);
    const label = { method: "PUT", path: "/v1.0/metadata/label", body: "x" };
    expect((await open(label)).status).toBe(204);
  });
});

describe("with allow and deny lists", () => {
  let sidecar: Sidecar;
  const rule = (name: string, version: string, protocol: string): string =>
    `{name: ${name}, version: ${version}, protocol: ${protocol}}`;
  beforeAll(async () => {
    sidecar = await launchDaprd({
      appId: "listed",
      resources: [store],
      env: { DAPR_API_TOKEN: token },
      config: `apiVersion: dapr.io/v1alpha1
kind: Configuration
metadata: {name: lists}
spec:
  api:
    allowed:
      - ${rule("state", "v1", "HTTP")}
      - ${rule("metadata", "v1.0", "http")}
      - ${rule("secrets", "v1", "http")}
      - ${rule("state", "v1", "grpc")}
      - ${rule("metadata", "v1", "GRPC")}
      - ${rule("secrets", "v1", "grpc")}
    denied:
      - ${rule("secrets", "v1.0", "http")}
      - ${rule("secrets", "v1", "grpc")}
`,
    });
  });
  afterAll(() => sidecar[Symbol.asyncDispose]());
  const status = async (path: string, method = "GET"): Promise<string> => {
    const answer = await call({ port: sidecar.httpPort, path, method, headers: withToken });
    return `${answer.status} ${answer.text.trim()}`;
  };

  it("HTTP: only what is allowed and not denied exists", async () => {
    expect(await status("/v1.0/state/store/none")).toBe("204 ");
    expect(await status("/v1.0/metadata")).toMatch(/^200 \{/);
    expect(await status("/v1.0/healthz")).toBe("204 ");
    for (const path of ["/v1.0/secrets/s/k", "/v1.0/secrets/s/bulk", "/v1.0/invoke/a/method/b"]) {
      expect(await status(path)).toBe("404 404 page not found");
    }
    expect(await status("/v1.0/shutdown", "POST")).toBe("404 404 page not found");
    expect(await status("/v1.0/state/store", "GET")).toBe("405 ");
    expect(await status("/v1.0-alpha1/state/store/query", "POST")).toBe("404 404 page not found");
  });

  it("gRPC: only methods of allowed rules are served, before the token is asked for", async () => {
    const outcome = async (method: string): Promise<number> =>
      (await grpcCall(sidecar.grpcPort, `${runtimeService}/${method}`)).error?.code ?? 0;
    expect(await outcome("GetState")).toBe(16);
    for (const method of ["GetSecret", "GetMetadata", "Shutdown", "QueryStateAlpha1", "Unknown"]) {
      const { error } = await grpcCall(sidecar.grpcPort, `${runtimeService}/${method}`);
      expect([error?.code, error?.details], method).toEqual([12, "Not Implemented"]);
      const { reason, domain, metadata } = infoOf(error);
      expect([reason, domain, [...metadata]]).toEqual([
        "Not Implemented",
        "dapr.io",
        [
          ["http.code", "501"],
          ["http.error_message", "requested endpoint is not available"],
        ],
      ]);
    }
    const other = await grpcCall(sidecar.grpcPort, "/other.Service/M", Buffer.alloc(0), withToken);
    expect(other.error?.code).toBe(2);
    expect(sidecar.process.log).toContain("Enabled API access list on gRPC server");
  });
});

describe("a gRPC app", () => {
  it("gets its own token with proxied and invoked calls, and never that of the API", async () => {
    const seen: Metadata[] = [];
    const app = new Server();
    const path = "/app.Service/Method";
    const definition = {
      path,
      requestStream: false,
      responseStream: false,
      requestSerialize: raw,
      requestDeserialize: raw,
      responseSerialize: raw,
      responseDeserialize: raw,
    };
    const invoked = "/dapr.proto.runtime.v1.AppCallback/OnInvoke";
    const answer = (
      { metadata }: { metadata: Metadata },
      callback: (error: null, bytes: Buffer) => void,
    ): void => {
      seen.push(metadata);
      callback(null, Buffer.alloc(0));
    };
    app.addService(
      { method: definition, onInvoke: { ...definition, path: invoked } },
      { method: answer, onInvoke: answer },
    );
    const appPort = await new Promise<number>((resolve, reject) => {
      app.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) =>
        error ? reject(error) : resolve(port),
      );
    });
    try {
      await using sidecar = await launchDaprd({
        appId: "grpcapp",
        appPort,
        appProtocol: "grpc",
        env: { DAPR_API_TOKEN: token, APP_API_TOKEN: "of-the-app" },
      });
      const metadata = { ...withToken, "dapr-app-id": "grpcapp" };
      const proxied = await grpcCall(sidecar.grpcPort, path, Buffer.alloc(0), metadata);
      expect(proxied.error).toBeNull();
      const http = { port: sidecar.httpPort, path: "/v1.0/invoke/grpcapp/method/x" };
      expect((await call({ ...http, headers: withToken })).status).toBe(200);
      expect(seen).toHaveLength(2);
      for (const received of seen) {
        expect(JSON.stringify(received.getMap())).not.toContain(token);
        expect(received.get("dapr-api-token")).toEqual(["of-the-app"]);
      }
    } finally {
      app.forceShutdown();
    }
  });
});
