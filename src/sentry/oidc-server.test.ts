import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { request as plainRequest } from "node:http";
import { request as tlsRequest } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "node:tls";
import { describe, expect, it } from "vitest";
import { HealthRegistry } from "../kit/lifecycle/health.ts";
import type { Logger } from "../kit/logging/logger.ts";
import { systemClock } from "../kit/time/clock.ts";
import { ManualClock } from "../kit/time/manual-clock.ts";
import { type OidcServerOptions, startOidcServer } from "./oidc-server.ts";

const jwks = '{"keys":[{"kid":"a"}]}';
const never = new AbortController().signal;
function recorder(): Logger & { lines: string[] } {
  const lines: string[] = [];
  const log = (message: string): void => void lines.push(message);
  return { lines, isEnabled: () => true, debug: log, info: log, warn: log, error: log, fatal: log };
}
const oidc = {
  isEnabled: true,
  listenAddress: "127.0.0.1",
  port: 0,
  tls: undefined,
  jwksUri: "",
  pathPrefix: "",
  allowedHosts: [],
};
const options = (
  change: Partial<OidcServerOptions["oidc"]> = {},
  more: Partial<OidcServerOptions> = {},
): OidcServerOptions => ({
  oidc: { ...oidc, ...change },
  issuer: "",
  algorithm: "RS256",
  jwks,
  health: new HealthRegistry().target("x"),
  logger: recorder(),
  clock: systemClock,
  ...more,
});

interface Answer {
  status: number;
  headers: Record<string, unknown>;
  body: string;
}
function ask(
  port: number,
  path: string,
  {
    method = "GET",
    headers = {},
    tls = false,
  }: { method?: string; headers?: Record<string, string>; tls?: boolean } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const make = tls ? tlsRequest : plainRequest;
    const request = make(
      { host: "127.0.0.1", port, path, method, headers, agent: false, rejectUnauthorized: false },
      (response) => {
        let body = "";
        response.on("data", (chunk) => (body += chunk));
        response.on("end", () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body }),
        );
      },
    );
    request.on("error", reject);
    request.end();
  });
}
const wellKnown = "/.well-known/openid-configuration";

describe("OIDC server", () => {
  it("serves the discovery document and the keys", async () => {
    const given = options();
    await using server = await startOidcServer(given, never);
    const host = `127.0.0.1:${server.port}`;
    const found = await ask(server.port, wellKnown);
    expect(found.status).toBe(200);
    expect(found.headers["content-type"]).toBe("application/json");
    expect(found.headers["cache-control"]).toBe("public, max-age=3600");
    expect(JSON.parse(found.body)).toEqual({
      issuer: `http://${host}`,
      jwks_uri: `http://${host}/jwks.json`,
      response_types_supported: ["id_token"],
      subject_types_supported: ["public"],
      id_token_signing_alg_values_supported: ["RS256"],
      scopes_supported: ["openid"],
      claims_supported: ["sub", "iss", "aud", "exp", "iat", "nbf", "use"],
    });
    const keys = await ask(server.port, "/jwks.json?x=1");
    expect(keys.body).toBe(jwks);
    expect(keys.headers["content-type"]).toBe("application/json");
    expect(keys.headers["cache-control"]).toBe("public, max-age=3600");
    expect((given.logger as ReturnType<typeof recorder>).lines).toEqual([
      "Starting OIDC HTTP server on port 0",
      `Starting OIDC HTTP server (insecure) on 127.0.0.1:${server.port}`,
    ]);
  });

  it.each([
    ["POST", "/jwks.json", 405, "Method not allowed\n"],
    ["HEAD", wellKnown, 405, ""],
    ["GET", "/", 404, "404 page not found\n"],
    ["GET", "/jwks.json/", 404, "404 page not found\n"],
  ])("answers %s %s with %d", async (method, path, status, body) => {
    await using server = await startOidcServer(options(), never);
    const answer = await ask(server.port, path, { method });
    expect([answer.status, answer.body]).toEqual([status, body]);
  });

  it("serves only below its prefix", async () => {
    const given = options({ pathPrefix: "/a/b" }, { issuer: "https://issuer.example/tenant" });
    await using server = await startOidcServer(given, never);
    expect((await ask(server.port, "/jwks.json")).status).toBe(404);
    expect((await ask(server.port, "/a/b/jwks.json")).status).toBe(200);
    expect(JSON.parse((await ask(server.port, `/a/b${wellKnown}`)).body)).toMatchObject({
      issuer: "https://issuer.example/tenant",
      jwks_uri: "https://issuer.example/a/b/jwks.json",
    });
    expect((given.logger as ReturnType<typeof recorder>).lines).toContain(
      'Using path prefix "/a/b" for OIDC HTTP endpoints',
    );
  });

  it("names another key address when it is told one", async () => {
    await using server = await startOidcServer(options({ jwksUri: "https://k/x" }), never);
    expect(JSON.parse((await ask(server.port, wellKnown)).body).jwks_uri).toBe("https://k/x");
  });

  it("says that there are no keys", async () => {
    await using server = await startOidcServer(options({}, { jwks: undefined }), never);
    expect((await ask(server.port, "/jwks.json")).body).toBe("JWKS not available\n");
    const found = await ask(server.port, wellKnown);
    expect([found.status, found.body]).toEqual([404, "OIDC configuration not available\n"]);
  });

  it.each([
    [["issuer.example"], { host: "issuer.example" }, 200],
    [["issuer.example"], { host: "issuer.example:8443" }, 200],
    [["issuer.example:8443"], { host: "issuer.example:8443" }, 200],
    [["issuer.example:8443"], { host: "issuer.example" }, 403],
    [["issuer.example"], { host: "evil.example" }, 403],
    [["issuer.example"], { host: "issuer.example.evil" }, 403],
    [["issuer.example"], { host: "evil.example", "x-forwarded-host": "issuer.example" }, 200],
    [["issuer.example"], { host: "issuer.example", "x-forwarded-host": "evil.example" }, 403],
    [["a", "*"], { host: "evil.example" }, 200],
    [["::1"], { host: "[::1]:1" }, 200],
  ])("with hosts %j answers %j with %d", async (allowedHosts, headers, status) => {
    await using server = await startOidcServer(options({ allowedHosts }), never);
    const answer = await ask(server.port, "/jwks.json", { headers: headers as never });
    expect(answer.status).toBe(status);
    if (status === 403) expect(answer.body).toBe("Forbidden: unauthorized domain\n");
  });

  it.each([
    [[], "http://a"],
    [["*"], "http://a"],
    [["b"], "http://b"],
  ])("with hosts %j believes a forwarded host as far as %s", async (allowedHosts, issuer) => {
    await using server = await startOidcServer(options({ allowedHosts }), never);
    const headers = { host: "a", "x-forwarded-host": "b" };
    expect(JSON.parse((await ask(server.port, wellKnown, { headers })).body).issuer).toBe(issuer);
  });

  it("waits for its TLS files and speaks TLS 1.2 or later", async () => {
    const folder = mkdtempSync(join(tmpdir(), "oidc-"));
    const tls = { certificateFile: join(folder, "c"), keyFile: join(folder, "k") };
    const clock = new ManualClock();
    const starting = startOidcServer(options({ tls }, { clock }), never);
    await clock.advance(5000);
    execFileSync(
      "openssl",
      [
        "req",
        "-x509",
        "-nodes",
        "-newkey",
        "rsa:2048",
        "-keyout",
        tls.keyFile,
        "-out",
        tls.certificateFile,
        "-subj",
        "/CN=x",
      ],
      { stdio: "ignore" },
    );
    await clock.advance(5000);
    await using server = await starting;
    const answer = await ask(server.port, wellKnown, { tls: true });
    expect(JSON.parse(answer.body).issuer).toBe(`https://127.0.0.1:${server.port}`);
    const old = new Promise((resolve, reject) => {
      const { port } = server;
      const socket = connect(
        {
          host: "127.0.0.1",
          port,
          rejectUnauthorized: false,
          minVersion: "TLSv1.1",
          maxVersion: "TLSv1.1",
          ciphers: "DEFAULT@SECLEVEL=0",
        },
        () => resolve(socket.getProtocol()),
      );
      socket.on("error", reject);
    });
    await expect(old).rejects.toThrow();
    rmSync(folder, { recursive: true });
  });

  it("stops waiting when asked to", async () => {
    const stopping = new AbortController();
    const tls = { certificateFile: "/no/c", keyFile: "/no/k" };
    const starting = startOidcServer(
      options({ tls }, { clock: new ManualClock() }),
      stopping.signal,
    );
    stopping.abort(new Error("stop"));
    await expect(starting).rejects.toThrow("stop");
  });

  it("says that its port is taken", async () => {
    await using server = await startOidcServer(options(), never);
    await expect(startOidcServer(options({ port: server.port }), never)).rejects.toThrow(
      "failed to start OIDC HTTP server: failed to listen on",
    );
  });
});
