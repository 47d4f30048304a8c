/** Where the APIs listen, who may call them, and what they log about it. @see spec 01 §2.1, §2.6 to §2.9, §3 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { compressionAlgorithms } from "@grpc/grpc-js";
import { describe, expect, it } from "vitest";
import {
  GetStateRequest,
  GetStateResponse,
  SaveStateRequest,
} from "../../../src/kit/proto/dapr/proto/runtime/v1/state.ts";
import { freePorts, Launched, launchDaprd, root, Scratch, statusOf } from "../launch.ts";
import { call, grpcCall, RawConnection, runtimeService, startApp, store } from "./calls.ts";

const healthz = "/v1.0/healthz";

describe("listeners", () => {
  it("serve every given address, and no other", async () => {
    const flags = ["--dapr-listen-addresses", "127.0.0.1,127.0.0.2,[::1]"];
    await using sidecar = await launchDaprd({ appId: "many-addresses", flags });
    for (const host of ["127.0.0.1", "127.0.0.2", "::1"]) {
      expect(await statusOf(sidecar.httpPort, healthz, host), host).toBe(204);
    }
    expect(await statusOf(sidecar.httpPort, healthz, "127.0.0.3")).toBe(0);
    expect(sidecar.process.log).toContain(
      `HTTP server listening on TCP address: 127.0.0.2:${sidecar.httpPort}`,
    );
    expect((await grpcCall(sidecar.grpcPort, `${runtimeService}/GetMetadata`)).error).toBeNull();
  });

  it("on Unix sockets leave TCP alone and remove their files", async () => {
    using folder = new Scratch();
    const flags = ["--unix-domain-socket", folder.path];
    await using sidecar = await launchDaprd({
      appId: "unix",
      resources: [store],
      flags,
      readyStatus: 0,
    });
    const http = join(folder.path, "dapr-unix-http.socket");
    const grpc = join(folder.path, "dapr-unix-grpc.socket");
    await sidecar.process.waitForLog("dapr initialized");
    expect((await call({ socketPath: http, path: healthz })).status).toBe(204);
    expect(existsSync(grpc)).toBe(true);
    expect(await statusOf(sidecar.httpPort, healthz)).toBe(0);
    expect(sidecar.process.log).toContain(`HTTP server listening on UNIX socket: ${http}`);
    expect(sidecar.process.log).toContain("API gRPC server is running on a Unix Domain Socket");
    expect((await sidecar.process.stop()).code).toBe(0);
    expect([existsSync(http), existsSync(grpc)]).toEqual([false, false]);
  });

  it("do not take over the socket file of another", async () => {
    using folder = new Scratch();
    const stale = folder.write("dapr-stale-http.socket", "");
    const flags = ["--unix-domain-socket", folder.path];
    await using sidecar = await launchDaprd({ appId: "stale", flags, readyStatus: 0 });
    expect((await sidecar.process.exited).code).toBe(1);
    expect(sidecar.process.log).toContain(
      `Fatal error from runtime: failed to start HTTP server: listen unix ${stale}: bind: address already in use`,
    );
    expect(existsSync(stale)).toBe(true);
    expect(existsSync(join(folder.path, "dapr-stale-grpc.socket"))).toBe(false);
  });

  it("wait for a port that is just being given up", async () => {
    const [port = 0] = await freePorts(1);
    const app = await startApp((_, response) => response.end(), port);
    const flags = ["--dapr-http-port", `${port}`];
    await using sidecar = await launchDaprd({ appId: "patient", flags, readyStatus: 0 });
    await sidecar.process.waitForLog("API gRPC server is running");
    await app[Symbol.asyncDispose]();
    await sidecar.process.waitForLog(`HTTP server is running on port ${port}`);
    expect(await statusOf(port, healthz)).toBe(204);
  });
});

describe("the API token", () => {
  it("guards both APIs and stays with the sidecar", async () => {
    const seen: (string | undefined)[] = [];
    await using app = await startApp((request, response) => {
      seen.push(request.headers["dapr-api-token"] as string | undefined);
      response.end();
    });
    const env = { DAPR_API_TOKEN: "s3cret", APP_API_TOKEN: "for-app" };
    const tokens = { appId: "token", appPort: app.port, resources: [store], env };
    await using sidecar = await launchDaprd(tokens);
    const get = (headers: Record<string, string | string[]>) =>
      call({ port: sidecar.httpPort, path: "/v1.0/invoke/token/method/x", headers });
    const refused: Record<string, string | string[]>[] = [
      {},
      { "dapr-api-token": "" },
      { "dapr-api-token": "s3cre" },
      { "dapr-api-token": "s3cret2" },
      { "dapr-api-token": ["wrong", "s3cret"] },
      { authorization: "s3cret" },
    ];
    seen.length = 0;
    for (const headers of refused) {
      const answer = await get(headers);
      expect([answer.status, answer.text], JSON.stringify(headers)).toEqual([
        401,
        "invalid api token\n",
      ]);
    }
    expect(seen).toEqual([]);
    expect((await get({ "dapr-api-token": "s3cret" })).status).toBe(200);
    expect(seen).toEqual(["for-app"]);
    // Paths that only look like the health path.
    for (const path of [
      "/v1.0/healthz/../metadata",
      "/v1.0/healthz%2F..%2Fmetadata",
      "/v1.0/metadata/healthz",
    ]) {
      expect((await call({ port: sidecar.httpPort, path })).status, path).toBe(401);
    }
    for (const path of [healthz, "//v1.0/healthz/", "/v1.0/healthz/outbound"]) {
      expect((await call({ port: sidecar.httpPort, path })).status, path).toBe(204);
    }
    const method = `${runtimeService}/GetMetadata`;
    const { error } = await grpcCall(sidecar.grpcPort, method);
    expect([error?.code, error?.details]).toEqual([16, "Unauthorized"]);
    const other = await grpcCall(sidecar.grpcPort, "/some.Service/Method", Buffer.alloc(0), {
      "dapr-api-token": "no",
      "dapr-app-id": "token",
    });
    expect(other.error?.code).toBe(16);
    const allowed = await grpcCall(sidecar.grpcPort, method, Buffer.alloc(0), {
      "dapr-api-token": "s3cret",
    });
    expect(allowed.error).toBeNull();
    expect(sidecar.process.log).not.toContain("s3cret");
    expect(sidecar.process.log).not.toContain("for-app");
  });
});

describe("CORS for listed origins", () => {
  it("allows those only", async () => {
    const flags = ["--allowed-origins", "https://a.example, https://*.b.example"];
    await using sidecar = await launchDaprd({ appId: "cors", flags });
    const allowed = async (origin: string): Promise<string | undefined> => {
      const headers = { origin };
      const { headers: answer } = await call({ port: sidecar.httpPort, path: healthz, headers });
      expect(answer.vary).toBe("Origin");
      return answer["access-control-allow-origin"];
    };
    expect(await allowed("https://a.example")).toBe("https://a.example");
    expect(await allowed("HTTPS://A.example")).toBe("HTTPS://A.example");
    expect(await allowed("https://x.b.example")).toBe("https://x.b.example");
    for (const origin of [
      "https://b.example",
      "http://a.example",
      "https://a.example.evil",
      "null",
    ]) {
      expect(await allowed(origin), origin).toBeUndefined();
    }
  });
});

describe("the API log", () => {
  const config = (logging: string): string =>
    `apiVersion: dapr.io/v1alpha1\nkind: Configuration\nmetadata: {name: c}\nspec:\n  logging: {apiLogging: ${logging}}\n`;

  it("as JSON, with names for paths and without health checks, whatever the level", async () => {
    const flags = ["--log-as-json", "--log-level", "error"];
    await using sidecar = await launchDaprd({
      appId: "api-log",
      resources: [store],
      config: config("{enabled: true, obfuscateURLs: true, omitHealthChecks: true}"),
      flags,
    });
    await call({
      port: sidecar.httpPort,
      path: "/v1.0/state/store/private",
      headers: { "user-agent": "me <x>" },
    });
    await call({ port: sidecar.httpPort, path: "/v1.0/invoke/api-log/method/private" });
    await grpcCall(sidecar.grpcPort, `${runtimeService}/GetMetadata`);
    await sidecar.process.waitForLog("gRPC API Called");
    const lines = sidecar.process.stdout.trimEnd().split("\n");
    const [http, invoke, grpc] = lines.map((line) => JSON.parse(line));
    expect(lines).toHaveLength(3);
    expect(invoke.method).toBe("InvokeService/api-log");
    expect(http).toMatchObject({
      app_id: "api-log",
      code: 204,
      level: "info",
      method: "GetState",
      msg: "HTTP API Called",
      scope: "dapr.runtime.http-info",
      size: 0,
      type: "log",
      useragent: "me <x>",
    });
    expect(lines[0]).toContain("me \\u003cx\\u003e");
    expect(Object.keys(http)).toEqual(Object.keys(http).sort());
    expect(grpc).toMatchObject({
      code: 0,
      method: "/dapr.proto.runtime.v1.Dapr/GetMetadata",
      msg: "gRPC API Called",
      scope: "dapr.runtime.grpc.api-info",
    });
    expect(sidecar.process.log).not.toContain("private");
  });

  it("is turned off by the flag", async () => {
    await using sidecar = await launchDaprd({
      appId: "api-log",
      config: config("{enabled: true}"),
      flags: ["--enable-api-logging=false"],
    });
    await call({ port: sidecar.httpPort, path: "/v1.0/metadata" });
    expect((await sidecar.process.stop()).code).toBe(0);
    expect(sidecar.process.log).not.toContain("API Called");
  });

  it("keeps what callers send on one line", async () => {
    await using sidecar = await launchDaprd({ appId: "api-log", flags: ["--enable-api-logging"] });
    using connection = new RawConnection(sidecar.httpPort);
    connection.write(
      `GET /v1.0/x%0Alevel=fatal?token=q HTTP/1.1\r\nHost: a\r\nUser-Agent: a" level=fatal \x85\r\n\r\n`,
    );
    await connection.until(() => connection.text.includes("\r\n\r\n"));
    await sidecar.process.waitForLog("x\\nlevel=fatal");
    const line = sidecar.process.stdout.split("\n").find((text) => text.includes("x\\nlevel"));
    expect(line).toMatch(/ level=info msg="HTTP API Called" app_id=api-log code=404 duration=\d+ /);
    expect(line).toContain('useragent="a\\" level=fatal ');
    expect(line).not.toContain("token=q");
  });
});

describe("a log file", () => {
  it("takes the lines in place of standard output", async () => {
    using folder = new Scratch();
    const file = join(folder.path, "d.log");
    const flags = ["--log-file", file];
    await using sidecar = await launchDaprd({ appId: "log-file", flags });
    await sidecar.process.stop();
    expect(sidecar.process.stdout).toBe("");
    expect(folder.read("d.log")).toMatch(/msg="Daprd shutdown gracefully" app_id=log-file /);
  });
});

describe("the gRPC server", () => {
  it("takes compressed messages", async () => {
    await using sidecar = await launchDaprd({ appId: "gzip", resources: [store] });
    const value = Buffer.alloc(100_000, "z");
    const save = Buffer.from(
      SaveStateRequest.encode({
        storeName: "store",
        states: [{ key: "k", value }],
      }),
    );
    const method = `${runtimeService}/SaveState`;
    const send = (algorithm: compressionAlgorithms) =>
      grpcCall(
        sidecar.grpcPort,
        method,
        save,
        {},
        {
          "grpc.default_compression_algorithm": algorithm,
        },
      );
    expect((await send(compressionAlgorithms.gzip)).error).toBeNull();
    expect((await send(compressionAlgorithms.deflate)).error?.code).toBe(12);
    const get = GetStateRequest.encode({ storeName: "store", key: "k" });
    const { bytes } = await grpcCall(
      sidecar.grpcPort,
      `${runtimeService}/GetState`,
      Buffer.from(get),
    );
    expect(Buffer.from(GetStateResponse.decode(bytes).data).equals(value)).toBe(true);
  });

  it("counts a message after decompression against the limit, and takes one of exactly the limit", async () => {
    const limit = 50_000;
    const flags = ["--max-body-size", `${limit}`];
    await using sidecar = await launchDaprd({ appId: "limit", resources: [store], flags });
    const save = (bytes: number): Buffer => {
      const frame = (value: number): Buffer =>
        Buffer.from(
          SaveStateRequest.encode({
            storeName: "store",
            states: [{ key: "k", value: Buffer.alloc(value, "z") }],
          }),
        );
      return frame(bytes - (frame(bytes - 100).length - (bytes - 100)));
    };
    const method = `${runtimeService}/SaveState`;
    expect(save(limit)).toHaveLength(limit);
    expect((await grpcCall(sidecar.grpcPort, method, save(limit))).error).toBeNull();
    expect((await grpcCall(sidecar.grpcPort, method, save(limit + 1))).error?.code).toBe(8);
    const gzip = { "grpc.default_compression_algorithm": compressionAlgorithms.gzip };
    expect((await grpcCall(sidecar.grpcPort, method, save(limit + 1), {}, gzip)).error?.code).toBe(
      8,
    );
    expect((await grpcCall(sidecar.grpcPort, method, save(limit), {}, gzip)).error).toBeNull();
  });
});

describe("metrics", () => {
  it("have process families; without verbs, and off", async () => {
    const metrics = (text: string): string =>
      `apiVersion: dapr.io/v1alpha1\nkind: Configuration\nmetadata: {name: c}\nspec:\n  metrics: ${text}\n`;
    await using sidecar = await launchDaprd({
      appId: "metrics",
      resources: [store],
      config: metrics("{enabled: true, http: {excludeVerbs: true, increasedCardinality: false}}"),
    });
    await call({ port: sidecar.httpPort, path: "/v1.0/state/store/a" });
    const text = await sidecar.metrics();
    expect(text).toMatch(/^process_resident_memory_bytes [\d.e+]+$/m);
    expect(text).toMatch(/^go_goroutines \d+$/m);
    expect(text).toContain(
      'dapr_http_server_request_count{app_id="metrics",method="",path="",status="204"}',
    );
    expect(text).not.toContain("dapr_http_server_response_count");
    const page = await fetch(`http://127.0.0.1:${sidecar.metricsPort}/any/path`);
    expect(page.headers.get("content-type")).toBe(
      "text/plain; version=0.0.4; charset=utf-8; escaping=underscores",
    );
    await using off = await launchDaprd({ appId: "off", config: metrics("{enabled: false}") });
    expect(await off.metrics()).not.toContain("dapr_");
  });
});

describe("--wait", () => {
  it("says when the sidecar may be used", async () => {
    await using sidecar = await launchDaprd({ appId: "waited" });
    await using wait = new Launched(join(root, "bin/daprd"), [
      "--wait",
      "--dapr-http-port",
      `${sidecar.httpPort}`,
    ]);
    expect((await wait.exited).code).toBe(0);
    expect(wait.stderr).toMatch(
      new RegExp(
        `^Waiting for Dapr to be outbound ready \\(timeout: 60 seconds\\): url=http://localhost:${sidecar.httpPort}/v1\\.0/healthz/outbound\\n`,
      ),
    );
    expect(wait.stderr).toContain("Dapr is outbound ready!");
  });
});
