/** Cryptography over gRPC: large streams, slow and vanishing clients, and what is refused. */
import { createHash, randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SubtleSignRequest } from "../../../src/kit/proto/dapr/proto/runtime/v1/crypto.ts";
import { code } from "../../../src/kit/rpc/status.ts";
import { rssMiB } from "../../bench/process-stat.ts";
import {
  CryptoStream,
  run,
  type Surroundings,
  service,
  startCrypto,
  symmetricKey,
} from "./calls.ts";

const mebibyte = 1024 * 1024;
const segment = 65536;
let around: Surroundings;

beforeAll(async () => {
  around = await startCrypto({ flags: ["--log-level", "debug", "--enable-api-logging"] });
});

afterAll(async () => {
  await around?.[Symbol.asyncDispose]();
});

const encryption = (): CryptoStream => new CryptoStream(around.client, "Encrypt");
const decryption = (): CryptoStream => new CryptoStream(around.client, "Decrypt");

describe("streams", () => {
  it("come back, one message for the header and one for each segment", async () => {
    const plaintext = randomBytes(2 * segment + 5);
    const stream = encryption();
    stream.options({});
    for (let at = 0; at < plaintext.length; at += 50_000) {
      stream.data(plaintext.subarray(at, at + 50_000));
    }
    expect((await stream.finish()).code).toBe(0);
    expect(stream.received[0]?.toString()).toMatch(/^dapr\.io\/enc\/v1\n\{.*\}\n.*\n$/);
    expect(stream.received.slice(1).map((piece) => piece.length)).toEqual([65552, 65552, 21]);
    expect(stream.sequence).toEqual([0n, 1n, 2n, 3n]);
    const back = decryption();
    back.options({ keyName: "" });
    back.data(Buffer.concat(stream.received));
    expect((await back.finish()).code).toBe(0);
    expect(back.received.map((piece) => piece.length)).toEqual([65536, 65536, 5]);
    expect(Buffer.concat(back.received).equals(plaintext)).toBe(true);
  });

  it.each(["http2", "grpcjs"])("come back over the transport %s", async (transport) => {
    await using own = await startCrypto({ env: { TRICORNE_GRPC_TRANSPORT: transport } });
    const plaintext = randomBytes(10 * mebibyte);
    const forward = new CryptoStream(own.client, "Encrypt");
    forward.options({});
    for (let at = 0; at < plaintext.length; at += mebibyte) {
      if (!forward.data(plaintext.subarray(at, at + mebibyte))) await forward.drained();
    }
    expect((await forward.finish()).code).toBe(0);
    const back = new CryptoStream(own.client, "Decrypt");
    back.options({});
    for (const piece of forward.received) if (!back.data(piece)) await back.drained();
    expect((await back.finish()).code).toBe(0);
    expect(Buffer.concat(back.received).equals(plaintext)).toBe(true);
  });

  it("of 300 MB pass through both ways with flat memory", { timeout: 180_000 }, async () => {
    const total = 300;
    const { pid } = around.sidecar.process;
    const chunk = randomBytes(mebibyte);
    const rest = rssMiB(pid);
    // Copies wait for the collector, up to some 64 MiB: that much comes with the first hundred megabytes, and no more later.
    const most = { early: 0, late: 0 };
    const seen = createHash("sha256");
    const expected = createHash("sha256");
    const forward = encryption();
    const back = decryption();
    forward.options({});
    back.options({});
    forward.onData = (data) => {
      if (back.data(data)) return true;
      void back.drained().then(() => forward.call.resume());
      return false;
    };
    back.onData = (data) => {
      seen.update(data);
      return true;
    };
    for (let n = 0; n < total; n++) {
      chunk.writeUInt32BE(n, 0);
      expected.update(chunk);
      if (!forward.data(chunk)) await forward.drained();
      const part = n < total / 3 ? "early" : "late";
      if (n % 5 === 0) most[part] = Math.max(most[part], rssMiB(pid));
    }
    expect((await forward.finish()).code).toBe(0);
    expect((await back.finish()).code).toBe(0);
    expect(seen.digest("hex")).toBe(expected.digest("hex"));
    expect(back.sequence).toHaveLength((total * mebibyte) / segment);
    // What is kept of each piece would be 200 more.
    expect(most.late - most.early).toBeLessThan(80);
    expect(most.late - rest).toBeLessThan(150);
  });

  it("stop at the client when nobody reads the answers", { timeout: 60_000 }, async () => {
    const stream = encryption();
    stream.onData = () => false;
    stream.options({});
    const chunk = Buffer.alloc(256 * 1024);
    let sent = 0;
    const isStuck = async (): Promise<boolean> => {
      const late = new Promise<boolean>((resolve) => setTimeout(() => resolve(true), 1500));
      return await Promise.race([stream.drained().then(() => false), late]);
    };
    while (stream.data(chunk) || !(await isStuck())) {
      sent += chunk.length;
      expect(sent).toBeLessThan(16 * mebibyte);
    }
    stream.call.cancel();
    expect((await stream.ended).code).toBe(code.canceled);
  });

  it("leave nothing behind when clients go away in the middle", { timeout: 60_000 }, async () => {
    const own = await startCrypto();
    const { pid } = own.sidecar.process;
    const abandon = async (): Promise<void> => {
      const stream = new CryptoStream(own.client, "Encrypt");
      stream.options({});
      stream.data(randomBytes(3 * segment));
      const first = new Promise<void>((resolve) => {
        stream.onData = () => {
          resolve();
          return true;
        };
      });
      await first;
      stream.call.cancel();
      await stream.ended;
    };
    const abandonMany = async (tens: number): Promise<void> => {
      for (let n = 0; n < tens; n++) await Promise.all(Array.from({ length: 10 }, abandon));
    };
    await abandonMany(10);
    const before = rssMiB(pid);
    // Each holds 200 KiB of messages and two buffers of 64 KiB: 190 MiB, if they stayed.
    await abandonMany(60);
    expect(rssMiB(pid) - before).toBeLessThan(80);
    expect((await run(own.client, "Encrypt", Buffer.from("x"))).length).toBeGreaterThan(100);
    const startedAt = performance.now();
    await own[Symbol.asyncDispose]();
    // A stop waits for running calls: none is left.
    expect(performance.now() - startedAt).toBeLessThan(5000);
    expect(own.sidecar.process.exit?.code).toBe(0);
  });

  it("end with an error when the sidecar stops, not as if they were complete", async () => {
    const own = await startCrypto();
    const stream = new CryptoStream(own.client, "Encrypt");
    stream.options({});
    stream.data(randomBytes(3 * segment));
    await expect.poll(() => stream.received.length).toBe(3);
    own.sidecar.process.signal("SIGTERM");
    expect(await stream.ended).toMatchObject({
      code: code.internal,
      message: "failed to perform operation: context canceled",
    });
    expect((await own.sidecar.process.exited).code).toBe(0);
    await own[Symbol.asyncDispose]();
  });
});

describe("refused are", () => {
  const outcome = async (
    kind: "Encrypt" | "Decrypt",
    act: (stream: CryptoStream) => void,
  ): Promise<string> => {
    const stream = new CryptoStream(around.client, kind);
    act(stream);
    const { code: status, message } = await stream.finish();
    return `${status} ${message}`;
  };
  const invalid = code.invalidArgument;
  const internal = code.internal;

  it("streams without a first message in time", { timeout: 15_000 }, async () => {
    const { code: status, message } = await encryption().ended;
    expect(`${status} ${message}`).toBe(
      `${invalid} invalid request: error waiting for first message: context deadline exceeded`,
    );
  });

  it("first messages that lack something, in this order", async () => {
    const text = "invalid request: ";
    expect(await outcome("Encrypt", () => {})).toBe(
      `${internal} failed to perform operation: error receiving the first message: EOF`,
    );
    expect(await outcome("Decrypt", (s) => s.data(Buffer.from("x")))).toBe(
      `${invalid} ${text}first message does not contain the required options`,
    );
    const none = { componentName: "nope", keyName: "", keyWrapAlgorithm: "" };
    expect(await outcome("Encrypt", (s) => s.options(none))).toBe(
      `${invalid} ${text}missing property 'keyName' in the options message`,
    );
    expect(await outcome("Encrypt", (s) => s.options({ ...none, keyName: "sym" }))).toBe(
      `${invalid} ${text}missing property 'keyWrapAlgorithm' in the options message`,
    );
    expect(await outcome("Decrypt", (s) => s.options(none))).toBe(
      `${invalid} crypto provider nope not found`,
    );
    expect(await outcome("Decrypt", (s) => s.options({ componentName: "" }))).toBe(
      `${invalid} ${text}missing component name`,
    );
    expect(await outcome("Encrypt", (s) => s.call.send(Buffer.from([0xff])))).toMatch(
      new RegExp(`^${internal} grpc: error unmarshalling request: `),
    );
  });

  it("gaps and repetitions, and documents that were changed", async () => {
    const failed = `${internal} failed to perform operation: `;
    const numbered = (...numbers: bigint[]): Promise<string> =>
      outcome("Encrypt", (s) => {
        s.options({});
        for (const n of numbers) s.data(Buffer.from("x"), n);
      });
    expect(await numbered(1n)).toBe(`${failed}invalid sequence number received: 1 (expected: 0)`);
    expect(await numbered(0n, 1n, 3n)).toBe(
      `${failed}invalid sequence number received: 3 (expected: 2)`,
    );
    const document = await run(around.client, "Encrypt", randomBytes(segment + 1));
    document[document.length - 1] = (document.at(-1) as number) ^ 1;
    const stream = decryption();
    stream.options({});
    stream.data(document);
    expect(await stream.finish()).toMatchObject({
      code: internal,
      message: "failed to perform operation: error processing segment 1: failed to decrypt segment",
    });
    expect(stream.received.map((piece) => piece.length)).toEqual([segment]);
  });

  it("all subtle operations", async () => {
    const ask = (name: string, message: Uint8Array): Promise<unknown> =>
      around.client.unary(`${service}Subtle${name}Alpha1`, message);
    for (const name of ["GetKey", "Encrypt", "Decrypt", "WrapKey", "UnwrapKey", "Sign", "Verify"]) {
      await expect(
        ask(name, SubtleSignRequest.encode({ componentName: "cry" })),
      ).rejects.toMatchObject({
        code: code.unimplemented,
        desc: "this API is currently not implemented",
      });
      await expect(ask(name, Buffer.from([0xff]))).rejects.toMatchObject({ code: internal });
    }
  });
});

it("operations are counted, and keys are not logged", async () => {
  const { sidecar, client } = around;
  await run(client, "Encrypt", Buffer.from("x"));
  const failing = encryption();
  failing.options({ keyName: "none" });
  await failing.finish();
  const metrics = await sidecar.metrics();
  for (const success of ["true", "false"]) {
    expect(metrics).toMatch(
      new RegExp(
        `dapr_component_crypto_count\\{app_id="crypto",component="cry",namespace="",operation="crypto_op",success="${success}"\\} [1-9]`,
      ),
    );
  }
  expect(sidecar.process.log).toContain("EncryptAlpha1");
  expect(sidecar.process.log).not.toContain(symmetricKey.slice(0, 12));
});
