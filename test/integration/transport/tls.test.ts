/**
 * Mutual TLS over every pair: who gets in, who does not, and rotation without restart.
 * @see spec 02 §8.1
 */
import { createServer } from "node:net";
import { type ConnectionOptions, connect as connectTls } from "node:tls";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { code, type RpcError } from "../../../src/kit/rpc/status.ts";
import type { TlsOptions } from "../../../src/kit/rpc/transport.ts";
import { type Leaf, material, mutualTls, TestAuthority, verify } from "./certificates.ts";
import { method } from "./echo-service.ts";
import {
  type DisposableClient,
  mebibyte,
  names,
  outcome,
  pairs,
  pattern,
  type RunningServer,
  startClient,
  startServer,
  until,
} from "./pairs.ts";

const idA = "spiffe://public/ns/default/a";
const idB = "spiffe://public/ns/default/b";

let authority: TestAuthority;
let foreign: TestAuthority;
let serverLeaf: Leaf;
let clientLeaf: Leaf;
let expiredServer: Leaf;
let expiredClient: Leaf;
let futureClient: Leaf;
let foreignServer: Leaf;
let foreignClient: Leaf;

beforeAll(() => {
  authority = new TestAuthority();
  foreign = new TestAuthority();
  serverLeaf = authority.issue(idB);
  clientLeaf = authority.issue(idA);
  const past = { from: "20200101000000Z", to: "20210101000000Z" };
  expiredServer = authority.issue(idB, past);
  expiredClient = authority.issue(idA, past);
  futureClient = authority.issue(idA, { from: "21000101000000Z", to: "21010101000000Z" });
  foreignServer = foreign.issue(idB);
  foreignClient = foreign.issue(idA);
});

afterAll(() => {
  authority[Symbol.dispose]();
  foreign[Symbol.dispose]();
});

const bothRoots = (): string => `${authority.root}\n${foreign.root}`;

async function failure(client: DisposableClient): Promise<RpcError> {
  return client.unary(method.peer, Buffer.alloc(0), { timeoutMs: 5000 }).then(
    (reply) => {
      throw new Error(`it got in as ${reply.message.toString()}`);
    },
    (error: RpcError) => error,
  );
}

async function getsIn(server: RunningServer, name: (typeof names)[number]): Promise<void> {
  const tls = mutualTls(clientLeaf, authority.root, idB);
  await using client = await startClient(name, server.target, { tls });
  const reply = await client.unary(method.peer, Buffer.alloc(0));
  expect(reply.message.toString()).toBe(idA);
}

describe.each(pairs)("$server server, $client client", { timeout: 10_000 }, (pair) => {
  let server: RunningServer;

  beforeAll(async () => {
    server = await startServer(pair.server, { tls: mutualTls(serverLeaf, authority.root) });
  });

  afterAll(() => server.transport.close(0));

  it("proves both identities, dialling an address without a server name", async () => {
    await getsIn(server, pair.client);
  });

  it("carries large messages and streams", async () => {
    const tls = mutualTls(clientLeaf, authority.root, idB);
    await using client = await startClient(pair.client, server.target, { tls });
    await client.connect();
    const message = pattern(4 * mebibyte);
    expect((await client.unary(method.unary, message)).message.equals(message)).toBe(true);
    const call = client.open(method.serverStream);
    const done = outcome(call);
    call.send(Buffer.from("50 100000"));
    call.halfClose();
    expect((await done).messages.length).toBe(50);
  });

  it.each<[string, () => Leaf | undefined]>([
    ["without a certificate", () => undefined],
    ["with an expired certificate", () => expiredClient],
    ["with a certificate from the future", () => futureClient],
    ["with a certificate of a foreign authority", () => foreignClient],
  ])("turns away a client %s", async (_name, leaf) => {
    const before = server.errors.length;
    const tls = mutualTls(leaf(), authority.root, idB);
    await using client = await startClient(pair.client, server.target, { tls });
    expect((await failure(client)).code).toBe(code.unavailable);
    await until(() => server.errors.length > before, "the server tells of it");
    await getsIn(server, pair.client);
  });

  it("turns away a client whose identity is refused", async () => {
    await using strict = await startServer(pair.server, {
      tls: mutualTls(serverLeaf, authority.root, "spiffe://public/ns/default/somebody"),
    });
    const tls = mutualTls(clientLeaf, authority.root, idB);
    await using client = await startClient(pair.client, strict.target, { tls });
    expect((await failure(client)).code).toBe(code.unavailable);
    await until(
      () => strict.errors.some((error) => error.message.includes(`unexpected SPIFFE ID: "${idA}"`)),
      "the server tells of it",
    );
  });

  it("turns away a client without TLS", async () => {
    await using client = await startClient(pair.client, server.target);
    expect((await failure(client)).code).toBe(code.unavailable);
    await getsIn(server, pair.client);
  });

  it.each<[string, () => TlsOptions, string | undefined]>([
    [
      "with another identity",
      () => mutualTls(serverLeaf, authority.root),
      `unexpected SPIFFE ID: "${idB}"`,
    ],
    ["with an expired certificate", () => mutualTls(expiredServer, authority.root), undefined],
    ["of a foreign authority", () => mutualTls(foreignServer, authority.root), undefined],
  ])("does not talk to a server %s", async (_name, serverTls, text) => {
    await using other = await startServer(pair.server, { tls: serverTls() });
    const wanted = text === undefined ? idB : "spiffe://public/ns/default/wanted";
    const tls = mutualTls(clientLeaf, authority.root, wanted);
    await using client = await startClient(pair.client, other.target, { tls });
    const error = await failure(client);
    expect(error.code).toBe(code.unavailable);
    if (text !== undefined) expect(error.desc.replaceAll("\\", "")).toContain(text);
  });

  it("does not talk to a server without TLS", async () => {
    await using plain = await startServer(pair.server);
    const tls = mutualTls(clientLeaf, authority.root, idB);
    await using client = await startClient(pair.client, plain.target, {
      tls,
      connectTimeoutMs: 1500,
    });
    expect((await failure(client)).code).toBe(code.unavailable);
  });

  it("serves one-sided TLS when no client certificate is asked for", async () => {
    const options = material(serverLeaf, authority.root);
    await using open = await startServer(pair.server, {
      tls: {
        context: () => options,
        requestPeerCertificate: false,
        verifyPeer: verify(bothRoots()),
      },
    });
    const tls = mutualTls(undefined, authority.root, idB);
    await using client = await startClient(pair.client, open.target, { tls });
    const reply = await client.unary(method.peer, Buffer.alloc(0));
    expect(reply.message.toString()).toBe("null");
  });

  it("uses new material for the next connection and keeps the running one", async () => {
    let serverMaterial = material(serverLeaf, authority.root);
    let clientMaterial = material(clientLeaf, authority.root);
    await using rotating = await startServer(pair.server, {
      tls: {
        context: () => serverMaterial,
        requestPeerCertificate: true,
        verifyPeer: verify(bothRoots()),
      },
    });
    const clientTls: TlsOptions = {
      context: () => clientMaterial,
      requestPeerCertificate: false,
      verifyPeer: verify(bothRoots()),
    };
    await using first = await startClient(pair.client, rotating.target, { tls: clientTls });
    const peer = async (client: DisposableClient): Promise<string> =>
      (await client.unary(method.peer, Buffer.alloc(0))).message.toString();
    expect(await peer(first)).toBe(idA);

    const idC = "spiffe://elsewhere/ns/default/c";
    serverMaterial = material(foreignServer, foreign.root);
    clientMaterial = material(foreign.issue(idC), foreign.root);
    expect(await peer(first)).toBe(idA);
    await using second = await startClient(pair.client, rotating.target, { tls: clientTls });
    expect(await peer(second)).toBe(idC);

    clientMaterial = material(clientLeaf, authority.root);
    await using third = await startClient(pair.client, rotating.target, { tls: clientTls });
    expect(await peer(third)).toBe(idA);
    expect(await peer(second)).toBe(idC);
  });

  it("reports material that cannot be used and recovers", async () => {
    let serverMaterial = material(serverLeaf, authority.root);
    await using rotating = await startServer(pair.server, {
      tls: {
        context: () => serverMaterial,
        requestPeerCertificate: true,
        verifyPeer: verify(bothRoots()),
      },
    });
    await getsIn(rotating, pair.client);
    serverMaterial = { key: "no key", cert: "no certificate", ca: [authority.root] };
    const tls = mutualTls(clientLeaf, authority.root, idB);
    await using client = await startClient(pair.client, rotating.target, { tls });
    expect((await failure(client)).code).toBe(code.unavailable);
    await until(() => rotating.errors.length > 0, "the server tells of it");
    serverMaterial = material(serverLeaf, authority.root);
    await getsIn(rotating, pair.client);
  });
});

describe.each(names)("%s server and TLS alone", { timeout: 10_000 }, (name) => {
  const port = (server: RunningServer): number => (server.target as { port: number }).port;

  const handshake = (server: RunningServer, options: ConnectionOptions): Promise<string> =>
    new Promise((resolve) => {
      const socket = connectTls({
        ...material(clientLeaf, authority.root),
        host: "127.0.0.1",
        port: port(server),
        checkServerIdentity: () => undefined,
        ALPNProtocols: ["h2"],
        ...options,
      });
      let got = "";
      let secured = false;
      socket.on("secureConnect", () => {
        secured = true;
      });
      socket.on("data", (chunk) => {
        got += chunk.toString("latin1");
        // The server's SETTINGS.
        resolve(`h2 ${socket.getProtocol()}`);
        socket.destroy();
      });
      socket.on("error", () => {});
      socket.on("close", () => resolve(secured && got !== "" ? "data" : "closed"));
      socket.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0", "latin1");
    });

  it("takes TLS 1.2 and 1.3 with h2, and nothing less", async () => {
    await using server = await startServer(name, { tls: mutualTls(serverLeaf, authority.root) });
    expect(await handshake(server, {})).toBe("h2 TLSv1.3");
    expect(await handshake(server, { maxVersion: "TLSv1.2" })).toBe("h2 TLSv1.2");
    const old = { minVersion: "TLSv1", maxVersion: "TLSv1.1", ciphers: "ALL@SECLEVEL=0" } as const;
    expect(await handshake(server, old)).toBe("closed");
    const weak = { maxVersion: "TLSv1.2", ciphers: "ECDHE-ECDSA-AES128-SHA" } as const;
    expect(await handshake(server, weak)).toBe("closed");
    expect(await handshake(server, { ALPNProtocols: ["http/1.1"] })).toBe("closed");
  });

  it("does not resume sessions", async () => {
    await using server = await startServer(name, { tls: mutualTls(serverLeaf, authority.root) });
    for (const maxVersion of ["TLSv1.2", "TLSv1.3"] as const) {
      const reused: boolean[] = [];
      let session: Buffer | undefined;
      for (let i = 0; i < 2; i++) {
        await new Promise<void>((resolve) => {
          const socket = connectTls({
            ...material(clientLeaf, authority.root),
            host: "127.0.0.1",
            port: port(server),
            checkServerIdentity: () => undefined,
            ALPNProtocols: ["h2"],
            maxVersion,
            ...(session === undefined ? {} : { session }),
          });
          socket.on("session", (ticket) => {
            session = ticket;
          });
          socket.on("data", () => {
            reused.push(socket.isSessionReused());
            session ??= socket.getSession();
            setTimeout(() => socket.destroy(), 20);
          });
          socket.on("error", () => {});
          socket.on("close", () => resolve());
          socket.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0", "latin1");
        });
      }
      expect(reused.length).toBeGreaterThanOrEqual(2);
      expect(reused.every((value) => !value)).toBe(true);
    }
  });

  it("closes although a handshake never goes on", async () => {
    const server = await startServer(name, { tls: mutualTls(serverLeaf, authority.root) });
    const { connect } = await import("node:net");
    const socket = connect(port(server), "127.0.0.1");
    socket.on("error", () => {});
    await new Promise((resolve) => socket.once("connect", resolve));
    await new Promise((resolve) => setTimeout(resolve, 20));
    await server.transport.close(100);
    const closed = new Promise((resolve) => socket.once("close", resolve));
    socket.resume();
    await closed;
  });

  it("listens on a socket that somebody bound before", async () => {
    const bound = createServer();
    await new Promise<void>((resolve) => bound.listen(0, "127.0.0.1", () => resolve()));
    const { port: reserved } = bound.address() as { port: number };
    await using server = await startServer(
      name,
      { tls: mutualTls(serverLeaf, authority.root) },
      { server: bound },
    );
    expect(port(server)).toBe(reserved);
    await getsIn(server, name);
  });
});
