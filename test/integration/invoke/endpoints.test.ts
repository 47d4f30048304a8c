/**
 * HTTPEndpoint resources and URL targets over TLS, through a sidecar: spec 02 §12, §3.7.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { createServer as createPlainServer, request as httpRequest, type Server } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { TLSSocket } from "node:tls";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { freePort, launchDaprd, Scratch, type Sidecar } from "../launch.ts";
import { authority, type Issued, issue } from "./endpoint-certificates.ts";

let scratch: Scratch;
let root: Issued;
let server: Issued;
let client: Issued;
let stranger: Issued;
let secure: Server;
let plain: Server;
let sidecar: Sidecar;
let openssl: ChildProcess;
let shown = "";
/** What an event stream sends when the test says so. */
let push: ((text: string) => void) | undefined;
const stack = new AsyncDisposableStack();

const port = (one: Server): number => (one.address() as AddressInfo).port;

const pem = (text: string, indent: string): string =>
  `|\n${text.trimEnd().replace(/^/gm, `${indent}  `)}`;

/** @param more further members of spec */
const endpoint = (name: string, baseUrl: string, more = ""): string => `apiVersion: dapr.io/v1alpha1
kind: HTTPEndpoint
metadata:
  name: ${name}
spec:
  baseUrl: ${baseUrl}
${more}`;

const tls = (ca: Issued, own?: Issued, renegotiation = ""): string => `  clientTLS:
    rootCA:
      value: ${pem(ca.cert, "      ")}
${
  own === undefined
    ? ""
    : `    certificate:
      value: ${pem(own.cert, "      ")}
    privateKey:
      secretKeyRef:
        name: clientKey
        key: clientKey
`
}${renegotiation === "" ? "" : `    renegotiation: ${renegotiation}\n`}`;

beforeAll(async () => {
  scratch = stack.use(new Scratch());
  root = authority(scratch, "root");
  server = issue(scratch, root, "server");
  client = issue(scratch, root, "client");
  stranger = authority(scratch, "stranger");
  secure = createServer(
    {
      key: server.key,
      cert: server.cert,
      ca: root.cert,
      requestCert: true,
      rejectUnauthorized: false,
    },
    (request, response) => {
      const socket = request.socket as TLSSocket;
      const peer = socket.getPeerCertificate().subject?.CN ?? "nobody";
      response.setHeader("x-peer", String(peer));
      if (request.url === "/base/events") {
        response.writeHead(200, { "content-type": "text/event-stream" });
        push = (text) => void response.write(text);
        response.flushHeaders();
      } else if (request.url === "/base/moved") {
        response.writeHead(302, { location: "/base/there" }).end();
      } else response.end(`${request.method} ${request.url} ${request.headers["x-secret"] ?? ""}`);
    },
  );
  plain = createPlainServer((request, response) => {
    if (request.url === "/moved") response.writeHead(302, { location: "/there" });
    response.end(`${request.url} ${JSON.stringify(request.headers["dapr-api-token"] ?? "none")}`);
  });
  for (const one of [secure, plain]) {
    await new Promise<void>((resolve) => one.listen(0, "127.0.0.1", resolve));
    stack.defer(() => {
      one.closeAllConnections();
      one.close();
    });
  }
  const renegotiatingPort = await startOpenssl();
  const base = `https://127.0.0.1:${port(secure)}/base`;
  const again = `https://127.0.0.1:${renegotiatingPort}`;
  const auth = "auth:\n  secretStore: secrets\n";
  const headers = `  headers:
  - name: X-Secret
    secretKeyRef:
      name: word
      key: word
`;
  const secrets = scratch.write(
    "secrets.json",
    JSON.stringify({ clientKey: client.key, word: "open sesame" }),
  );
  sidecar = stack.use(
    await launchDaprd({
      appId: "endpoints",
      resources: [
        `apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata: {name: secrets}\nspec:\n  type: secretstores.local.file\n  version: v1\n  metadata:\n  - {name: secretsFile, value: ${secrets}}\n`,
        endpoint("trusted", base, tls(root, client) + headers + auth),
        endpoint("anonymous", base, tls(root)),
        endpoint("distrusted", base, tls(stranger)),
        endpoint("unknown-roots", base),
        endpoint("never", again, tls(root)),
        endpoint("freely", again, tls(root, undefined, "FreelyAsClient")),
      ],
    }),
  );
}, 60_000);

afterAll(async () => {
  openssl?.kill("SIGKILL");
  await stack.disposeAsync();
});

/** A server that starts a renegotiation, which Node.js cannot: the test answers by hand. */
async function startOpenssl(): Promise<number> {
  const chosen = await freePort();
  const key = scratch.write("s.key", server.key);
  const cert = scratch.write("s.crt", server.cert);
  openssl = spawn("openssl", [
    ...["s_server", "-accept", `127.0.0.1:${chosen}`, "-tls1_2", "-key", key, "-cert", cert],
  ]);
  openssl.stdout?.on("data", (chunk: Buffer) => {
    shown += chunk.toString();
  });
  await vi.waitUntil(() => shown.includes("ACCEPT"), { timeout: 20_000 });
  return chosen;
}

interface Answer {
  readonly status: number;
  readonly peer: string;
  readonly text: string;
}

function call(path: string, onData?: (text: string) => void, accept = "*/*"): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      { port: sidecar.httpPort, path: `/v1.0/invoke/${path}`, headers: { accept }, agent: false },
      (response) => {
        let text = "";
        response.on("data", (chunk: Buffer) => {
          text += chunk.toString();
          onData?.(text);
          if (onData !== undefined && text.includes("last")) request.destroy();
        });
        const peer = String(response.headers["x-peer"] ?? "");
        response.on("close", () => resolve({ status: response.statusCode ?? 0, peer, text }));
      },
    );
    request.on("error", reject);
    request.end();
  });
}

test("the client's certificate and headers come from secrets", async () => {
  const answer = await call("trusted/method/a?b=1");
  expect(answer).toEqual({ status: 200, peer: "client", text: "GET /base/a?b=1 open sesame" });
  expect(await call("anonymous/method/a")).toMatchObject({ peer: "nobody", text: "GET /base/a " });
});

test("a server must be known by the root of its endpoint, or by the machine", async () => {
  for (const name of ["distrusted", "unknown-roots"]) {
    const { status, text } = await call(`${name}/method/a`);
    expect(status).toBe(500);
    expect(text).toContain("tls: failed to verify certificate: x509: ");
  }
  const { status, text } = await call(`https://127.0.0.1:${port(secure)}/method/a`);
  expect([status, text.includes("x509: ")]).toEqual([500, true]);
});

test("endpoints follow redirects, URL targets do not", async () => {
  expect((await call("trusted/method/moved")).text).toBe("GET /base/there open sesame");
  const url = `http://127.0.0.1:${port(plain)}`;
  expect((await call(`${url}/method/moved`)).status).toBe(302);
  expect((await call(`${encodeURIComponent(url)}/method/x`)).text).toBe('/x "none"');
});

test("events of an endpoint come one by one", async () => {
  let seen = "";
  const stream = call(
    "trusted/method/events",
    (text) => {
      seen = text;
    },
    "text/event-stream",
  );
  await expect.poll(() => push !== undefined, { timeout: 10_000 }).toBe(true);
  for (const text of ["data: first\n\n", "data: second\n\n"]) {
    push?.(text);
    await expect.poll(() => seen, { timeout: 10_000 }).toContain(text);
  }
  push?.("data: last\n\n");
  expect((await stream).status).toBe(200);
});

test("a server that negotiates anew is only followed where the endpoint allows it", async () => {
  const ask = async (name: string): Promise<Answer> => {
    const before = shown.length;
    const answer = call(`${name}/method/again`);
    /** What openssl has said since this request reached it. */
    const since = (): string => shown.slice(before).split("GET /again")[1] ?? "";
    await expect.poll(since, { timeout: 20_000 }).toContain("\r\n\r\n");
    openssl.stdin?.write("r\n");
    // Either the handshake goes through, or the client gives the connection up.
    await expect.poll(since, { timeout: 20_000 }).toMatch(/Read BLOCK|ERROR/);
    if (since().includes("ERROR")) return await answer;
    openssl.stdin?.write("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nnew!\n");
    return await answer;
  };
  expect(await ask("freely")).toMatchObject({ status: 200, text: "new!" });
  const refused = await ask("never");
  expect(refused.status).toBe(500);
  expect(refused.text).toContain("ERR_DIRECT_INVOKE");
});
