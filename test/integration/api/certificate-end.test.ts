import { expect, test } from "vitest";
import { h2Transport } from "../../../src/kit/rpc/h2/transport.ts";
import { code } from "../../../src/kit/rpc/status.ts";
import type { X509Svid } from "../../../src/kit/security/svid.ts";
import { ManualClock } from "../../../src/kit/time/manual-clock.ts";
import { endConnectionsWithCertificate } from "../../../src/runtime/servers.ts";

const limits = { maxMessageBytes: 1 << 20, maxMetadataBytes: 65536 };
const svid = (notAfter: number): X509Svid => ({ notAfter }) as X509Svid;

test("connections end with the certificate they were opened with", async () => {
  const clock = new ManualClock();
  const server = h2Transport.createServer(limits);
  const peers = new Set<number>();
  server.unary("/t.T/Peer", (_message, call) => {
    peers.add(call.peer.port);
    return Buffer.alloc(0);
  });
  server.stream("/t.T/Stream", (call) => {
    call.onMessage((message) => void call.send(Buffer.from(message)));
    call.onHalfClose(() => call.finish());
  });
  const target = await server.listen({ host: "127.0.0.1", port: 0 });
  const client = h2Transport.createClient({ ...limits, target });
  let rotate: (renewed: X509Svid) => void = () => {};
  const identity = {
    x509: svid(clock.now() + 1000),
    onRotate(callback: (renewed: X509Svid) => void) {
      rotate = callback;
      return { [Symbol.dispose]() {} };
    },
  };
  using _ending = endConnectionsWithCertificate(server, identity, clock);
  try {
    const stream = client.open("/t.T/Stream");
    const status = new Promise<number>((resolve) => {
      stream.onStatus((ended) => resolve(ended.code));
    });
    let echoed: (text: string) => void = () => {};
    stream.onMessage((message) => echoed(message.toString()));
    const echo = (text: string): Promise<string> =>
      new Promise((resolve) => {
        echoed = resolve;
        stream.send(Buffer.from(text));
      });
    expect(await echo("before")).toBe("before");
    await client.unary("/t.T/Peer", Buffer.alloc(0));
    expect(peers.size).toBe(1);

    rotate(svid(clock.now() + 5000));
    // The running stream goes on, new calls take a new connection.
    expect(await echo("after")).toBe("after");
    await expect
      .poll(async () => {
        await client.unary("/t.T/Peer", Buffer.alloc(0));
        return peers.size;
      })
      .toBe(2);
    expect(await echo("still")).toBe("still");

    await clock.advance(1000);
    expect(await status).not.toBe(code.ok);
    await client.unary("/t.T/Peer", Buffer.alloc(0));
    expect(peers.size).toBe(2);
  } finally {
    await client.close();
    await server.close(0);
  }
});
