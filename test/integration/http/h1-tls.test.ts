import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server, type ServerOptions } from "node:https";
import { createServer as createTcpServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TLSSocket } from "node:tls";
import { afterAll, expect, test } from "vitest";
import type { HttpClientOptions } from "../../../src/kit/http/client.ts";
import { H1Client } from "../../../src/kit/http/h1-client.ts";
import { systemClock } from "../../../src/kit/time/clock.ts";
import { brief, journal, rawServer } from "./call.ts";

const folder = mkdtempSync(join(tmpdir(), "h1-tls-"));
const file = (name: string): string => join(folder, name);
const pem = (name: string): string => readFileSync(file(name), "utf8");
const openssl = (...args: string[]): void => {
  execFileSync("openssl", args, { stdio: "ignore" });
};

function authority(name: string): void {
  openssl(
    "req",
    "-x509",
    "-newkey",
    "ec",
    "-pkeyopt",
    "ec_paramgen_curve:prime256v1",
    "-nodes",
    "-days",
    "1",
    "-subj",
    `/CN=${name}`,
    "-keyout",
    file(`${name}.key`),
    "-out",
    file(`${name}.crt`),
  );
}

function leaf(name: string, issuer: string, altName: string): void {
  openssl(
    "req",
    "-newkey",
    "ec",
    "-pkeyopt",
    "ec_paramgen_curve:prime256v1",
    "-nodes",
    "-subj",
    `/CN=${name}`,
    "-keyout",
    file(`${name}.key`),
    "-out",
    file(`${name}.csr`),
  );
  writeFileSync(file("ext"), `subjectAltName=${altName}\n`);
  openssl(
    "x509",
    "-req",
    "-days",
    "1",
    "-in",
    file(`${name}.csr`),
    "-CA",
    file(`${issuer}.crt`),
    "-CAkey",
    file(`${issuer}.key`),
    "-CAcreateserial",
    "-extfile",
    file("ext"),
    "-out",
    file(`${name}.crt`),
  );
}

authority("ca");
authority("other");
leaf("address", "ca", "IP:127.0.0.1,DNS:localhost");
leaf("name", "ca", "DNS:app.test");
leaf("client", "ca", "DNS:client");
afterAll(() => rmSync(folder, { recursive: true }));

async function serve(
  options: ServerOptions,
): Promise<{ server: Server; port: number } & AsyncDisposable> {
  const server = createServer(options, (incoming, outgoing) => {
    incoming.pipe(outgoing);
    outgoing.setHeader(
      "x-client",
      (incoming.socket as TLSSocket).getPeerCertificate().subject?.CN ?? "",
    );
  });
  server.listen(0);
  await once(server, "listening");
  return {
    server,
    port: (server.address() as { port: number }).port,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const connect = (port: number, tls: HttpClientOptions["tls"], host = "127.0.0.1"): H1Client =>
  new H1Client({
    host,
    port,
    protocol: "https",
    maxHeaderBytes: 4096,
    clock: systemClock,
    ...(tls === undefined ? {} : { tls }),
  });
const post = { method: "POST", body: Buffer.from("secret") } as const;
const untrusted = "tls: failed to verify certificate: x509: ";

test("the app channel takes any certificate", async () => {
  await using app = await serve({ key: pem("name.key"), cert: pem("name.crt") });
  await using client = connect(app.port, { context: {}, verify: false });
  expect(await brief(client, post)).toBe("200 secret");
  expect(await brief(client, post)).toBe("200 secret");
  expect(client.idleCount).toBe(1);
  expect(await brief(client, { method: "POST", body: Buffer.alloc(300_000, "x") })).toBe(
    `200 ${"x".repeat(300_000)}`,
  );
});

test("endpoints are verified against their authority and name", async () => {
  await using app = await serve({ key: pem("address.key"), cert: pem("address.crt") });
  const ca = { ca: pem("ca.crt") };
  await using good = connect(app.port, { context: ca, verify: true });
  expect(await brief(good, post)).toBe("200 secret");
  await using named = connect(app.port, { context: ca, verify: true }, "localhost");
  expect(await brief(named, post)).toBe("200 secret");
  await using byDefault = connect(app.port, undefined);
  expect(await brief(byDefault)).toBe(`${untrusted}certificate signed by unknown authority`);
  await using other = connect(app.port, { context: { ca: pem("other.crt") }, verify: true });
  expect(await brief(other)).toBe(`${untrusted}certificate signed by unknown authority`);
  await using wrong = connect(app.port, { context: ca, verify: true, serverName: "app.test" });
  expect(await brief(wrong)).toBe(`${untrusted}certificate is valid for localhost, not app.test`);
});

test("a certificate for another name is refused", async () => {
  await using app = await serve({ key: pem("name.key"), cert: pem("name.crt") });
  const ca = { ca: pem("ca.crt") };
  await using client = connect(app.port, { context: ca, verify: true });
  expect(await brief(client)).toBe(
    `${untrusted}cannot validate certificate for 127.0.0.1 because it doesn't contain any IP SANs`,
  );
  await using named = connect(app.port, { context: ca, verify: true, serverName: "app.test" });
  expect(await brief(named, post)).toBe("200 secret");
});

test("a client certificate is shown", async () => {
  await using app = await serve({
    key: pem("address.key"),
    cert: pem("address.crt"),
    ca: pem("ca.crt"),
    requestCert: true,
    rejectUnauthorized: true,
  });
  const ca = { ca: pem("ca.crt") };
  await using client = connect(app.port, {
    context: { ...ca, key: pem("client.key"), cert: pem("client.crt") },
    verify: true,
  });
  expect(await brief(client, post)).toBe("200 secret");
  await using stranger = connect(app.port, { context: ca, verify: true });
  expect(await brief(stranger)).toMatch(/^(remote error: tls: |read tcp |EOF)/);
});

test("TLS 1.1 is refused", async () => {
  await using app = await serve({
    key: pem("name.key"),
    cert: pem("name.crt"),
    minVersion: "TLSv1",
    maxVersion: "TLSv1.1",
    ciphers: "ALL:@SECLEVEL=0",
  });
  await using client = connect(app.port, { context: {}, verify: false });
  expect(await brief(client)).not.toContain("200");
});

test("peers that do not speak TLS are told apart", async () => {
  await using plain = await rawServer((socket) =>
    socket.once("data", () => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n")),
  );
  await using client = connect(plain.port, { context: {}, verify: false });
  expect(await brief(client)).toBe("http: server gave HTTP response to HTTPS client");
  await using silent = await rawServer((socket) => socket.once("data", () => socket.end()));
  await using other = connect(silent.port, { context: {}, verify: false });
  expect(await brief(other)).toBe("EOF");
  await using nobody = connect(1, { context: {}, verify: false });
  expect(await brief(nobody)).toBe("dial tcp 127.0.0.1:1: connect: connection refused");
});

test("back-pressure and ends pass through TLS", async () => {
  const size = 8 * 1024 * 1024;
  const server = createServer({ key: pem("name.key"), cert: pem("name.crt") }, (_, outgoing) => {
    outgoing.write(Buffer.alloc(size), () => outgoing.socket?.end());
  });
  server.listen(0);
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  await using client = connect(port, { context: {}, verify: false });
  let bytes = 0;
  const { handler, events, until } = journal((chunk) => {
    bytes += chunk.length;
    setImmediate(() => sent.resume());
    return false;
  });
  const sent = client.send({ method: "GET", path: "/", headers: [], body: null }, handler);
  await until("end");
  expect(events.at(-1)).toBe("end false");
  expect(bytes).toBe(size);
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

test("a handshake that stands still has a limit", async () => {
  const server = createTcpServer(() => {});
  server.listen(0);
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  await using client = new H1Client({
    host: "127.0.0.1",
    port,
    protocol: "https",
    maxHeaderBytes: 4096,
    clock: systemClock,
    connectTimeoutMs: 100,
  });
  expect(await brief(client)).toBe(`dial tcp 127.0.0.1:${port}: i/o timeout`);
  server.close();
});
