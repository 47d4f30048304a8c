import { generateKeyPairSync, randomBytes } from "node:crypto";
import { connect as connectPlain } from "node:net";
import { connect, type SecureContextOptions } from "node:tls";
import { afterEach, describe, expect, it } from "vitest";
import { createAuthority, createWorkloadCertificate } from "../../security/authority.ts";
import { encodePem } from "../../security/pem.ts";
import { anyId } from "../../security/spiffe.ts";
import { verifyPeer } from "../../security/verify.ts";
import { parseCertificate } from "../../security/x509.ts";
import { code, RpcError } from "../status.ts";
import type { ServerOptions, TlsOptions } from "../transport.ts";
import { h2Transport } from "./transport.ts";

const random = { bytes: (length: number) => randomBytes(length) };
const hour = 3_600_000;
const now = Date.now();
const life = { notBefore: now - hour, notAfter: now + hour };
const authority = createAuthority(
  { root: "td", issuer: "spiffe://td/ns/default/sentry" },
  life,
  random,
);
const foreign = createAuthority(
  { root: "other", issuer: "spiffe://other/ns/x/sentry" },
  life,
  random,
);

function material(app: string, validity = life, { issuer } = authority): SecureContextOptions {
  const pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const der = createWorkloadCertificate(
    {
      publicKey: pair.publicKey,
      altNames: { dns: [], uris: [`spiffe://public/ns/default/${app}`] },
      ...validity,
    },
    issuer,
    random,
  );
  return {
    key: pair.privateKey.export({ type: "pkcs8", format: "pem" }) as string,
    cert: encodePem("CERTIFICATE", der) + encodePem("CERTIFICATE", issuer.certificate.der),
  };
}

function options(context: () => SecureContextOptions): TlsOptions {
  return {
    context,
    requestPeerCertificate: true,
    verifyPeer: (chain) =>
      verifyPeer(chain, [parseCertificate(authority.root.der)], Date.now(), anyId).toString(),
  };
}

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

async function start(tls: TlsOptions, extra: Partial<ServerOptions> = {}) {
  const errors: Error[] = [];
  let calls = 0;
  const server = h2Transport.createServer({
    maxMessageBytes: 1 << 20,
    maxMetadataBytes: 65536,
    tls,
    onError: (error) => errors.push(error),
    ...extra,
  });
  server.unary("/t.T/Who", (_message, call) => {
    calls++;
    return Buffer.from(call.peer.identity ?? "nobody");
  });
  const { port } = await server.listen({ host: "127.0.0.1", port: 0 });
  open.push(() => server.close(0));
  return { port, errors, calls: () => calls };
}

function dial(port: number, tls?: TlsOptions) {
  const client = h2Transport.createClient({
    target: { host: "127.0.0.1", port },
    maxMessageBytes: 1 << 20,
    tls,
    connectTimeoutMs: 2000,
  });
  open.push(() => client.close());
  return async (): Promise<string> => {
    const reply = await client.unary("/t.T/Who", Buffer.alloc(0));
    return reply.message.toString();
  };
}

async function failure(call: () => Promise<string>): Promise<RpcError> {
  const error = await call().then(
    (text) => new Error(`answered ${text}`),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(RpcError);
  return error as RpcError;
}

describe("mutual TLS", () => {
  it("proves both identities when dialling an IP", async () => {
    const server = await start(options(() => material("server")));
    expect(
      await dial(
        server.port,
        options(() => material("caller")),
      )(),
    ).toBe("spiffe://public/ns/default/caller");
  });

  it("hands verifyPeer the whole chain, leaf first", async () => {
    const server = await start(options(() => material("server")));
    const seen: number[] = [];
    const tls = options(() => material("caller"));
    await dial(server.port, {
      ...tls,
      verifyPeer: (chain) => {
        seen.push(chain.length);
        expect(chain[1]).toEqual(Buffer.from(authority.issuer.certificate.der));
        return tls.verifyPeer(chain);
      },
    })();
    expect(seen).toEqual([2]);
  });

  it("reads the material anew at each handshake", async () => {
    let current = material("one");
    const server = await start(options(() => material("server")));
    const tls = options(() => current);
    expect(await dial(server.port, tls)()).toBe("spiffe://public/ns/default/one");
    current = material("two");
    expect(await dial(server.port, tls)()).toBe("spiffe://public/ns/default/two");
  });

  it.each([
    ["expired", () => material("bad", { notBefore: now - 2 * hour, notAfter: now - hour })],
    ["not yet valid", () => material("bad", { notBefore: now + hour, notAfter: now + 2 * hour })],
    ["of a foreign authority", () => material("bad", life, foreign)],
  ])("a server that is %s is refused with the reason", async (_name, context) => {
    const server = await start(options(context));
    const error = await failure(
      dial(
        server.port,
        options(() => material("caller")),
      ),
    );
    expect(error.code).toBe(code.unavailable);
    expect(error.desc).toContain(
      'connection error: desc = "transport: authentication handshake failed: x509svid: could not verify',
    );
    expect(server.calls()).toBe(0);
  });

  it.each([
    ["expired", () => material("bad", { notBefore: now - 2 * hour, notAfter: now - hour })],
    ["of a foreign authority", () => material("bad", life, foreign)],
    ["missing", () => ({})],
  ])("a client certificate that is %s never reaches a handler", async (_name, context) => {
    const server = await start(options(() => material("server")));
    const error = await failure(dial(server.port, options(context)));
    expect(error.code).toBe(code.unavailable);
    expect(server.calls()).toBe(0);
    expect(server.errors).toHaveLength(1);
  });

  it("lets anybody in when no certificate is asked for", async () => {
    const tls = { ...options(() => material("server")), requestPeerCertificate: false };
    const server = await start(tls);
    expect(
      await dial(
        server.port,
        options(() => ({})),
      )(),
    ).toBe("nobody");
  });

  it("drops plaintext clients", async () => {
    const server = await start(options(() => material("server")));
    const error = await failure(dial(server.port));
    expect(error.code).toBe(code.unavailable);
    expect(error.desc).toContain("error reading server preface");
    expect(server.calls()).toBe(0);
  });

  it("is not understood by plaintext servers", async () => {
    const server = h2Transport.createServer({ maxMessageBytes: 1, maxMetadataBytes: 65536 });
    const { port } = await server.listen({ host: "127.0.0.1", port: 0 });
    open.push(() => server.close(0));
    const error = await failure(
      dial(
        port,
        options(() => material("caller")),
      ),
    );
    expect(error.code).toBe(code.unavailable);
    expect(error.desc).toContain("authentication handshake failed");
  });

  it("refuses old versions and other protocols, and resumes no session", async () => {
    const server = await start(options(() => material("server")));
    let session: Buffer | undefined;
    const attempt = (extra: object): Promise<string> =>
      new Promise((resolve) => {
        const socket = connect({
          port: server.port,
          host: "127.0.0.1",
          rejectUnauthorized: false,
          ...material("caller"),
          ALPNProtocols: ["h2"],
          ...extra,
        });
        socket.on("session", (ticket) => {
          session = ticket;
        });
        socket.on("data", () => {
          resolve(socket.isSessionReused() ? "resumed" : "open");
          session ??= socket.getSession();
          socket.destroy();
        });
        socket.on("error", () => resolve("refused"));
        socket.on("close", () => resolve("refused"));
      });
    for (const version of ["TLSv1.2", "TLSv1.3"]) {
      session = undefined;
      expect(await attempt({ maxVersion: version, minVersion: version })).toBe("open");
      expect(await attempt({ maxVersion: version, minVersion: version, session })).toBe("open");
    }
    expect(await attempt({ minVersion: "TLSv1.1", maxVersion: "TLSv1.1" })).toBe("refused");
    expect(await attempt({ ALPNProtocols: ["http/1.1"] })).toBe("refused");
    expect(await attempt({ ALPNProtocols: undefined })).toBe("refused");
  });

  it("reports material that makes no context", async () => {
    const server = await start(options(() => ({ key: "nonsense", cert: "nonsense" })));
    const error = await failure(
      dial(
        server.port,
        options(() => material("caller")),
      ),
    );
    expect(error.code).toBe(code.unavailable);
    expect(server.errors).toHaveLength(1);
    const bad = await failure(
      dial(
        server.port,
        options(() => ({ key: "x", cert: "y" })),
      ),
    );
    expect(bad.code).toBe(code.unavailable);
  });

  it("does not keep a socket whose handshake never ends after close", async () => {
    const server = await start(options(() => material("server")));
    const socket = connectPlain(server.port, "127.0.0.1");
    await new Promise((resolve) => socket.once("connect", resolve));
    const closed = new Promise((resolve) => socket.once("close", resolve));
    socket.on("error", () => {});
    for (const close of open.splice(0)) await close();
    await closed;
  });
});
