/** The suite of the kind over the crypto providers that need no server but our own, and what is special to each. */
import { mkdirSync, renameSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, describe, expect, it } from "vitest";
import { component as jwks } from "../../../src/components/crypto/dapr.jwks.ts";
import { component as localstorage } from "../../../src/components/crypto/dapr.localstorage.ts";
import { type Clock, systemClock } from "../../../src/kit/time/clock.ts";
import { Scratch } from "../launch.ts";
import { cryptoConformance, type Jwk, sampleKeys } from "./conformance/crypto.ts";
import { openCryptoProvider } from "./crypto-context.ts";
import { RecordedLog } from "./state-context.ts";

type Keys = Readonly<Record<string, Jwk>>;

const scratch = new Scratch();
afterAll(() => scratch[Symbol.dispose]());

const setOf = (keys: Keys): string =>
  JSON.stringify({ keys: Object.entries(keys).map(([kid, jwk]) => ({ ...jwk, kid })) });

/** A server of key sets. */
class KeyServer implements AsyncDisposable {
  requests = 0;
  status = 200;
  body = setOf(sampleKeys);
  headers: Record<string, string> = {};
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((_, response) => {
      this.requests++;
      response.writeHead(this.status, this.headers).end(this.body);
    });
  }

  static async start(): Promise<KeyServer> {
    const server = new KeyServer();
    await new Promise<void>((resolve) => server.#server.listen(0, "127.0.0.1", resolve));
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/keys`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

const writeKeys = (keys: Keys): void => {
  for (const [name, jwk] of Object.entries(keys)) {
    scratch.write(`folder/${name}.json`, JSON.stringify(jwk));
  }
};

cryptoConformance({
  name: "dapr.localstorage",
  isAvailable: true,
  nameOf: (key) => `${key}.json`,
  missing: /failed to load key '.*': open .*: no such file or directory$/,
  async open(keys) {
    writeKeys(keys);
    return await openCryptoProvider(localstorage, { path: `${scratch.path}/folder` });
  },
  close: async () => {},
  replace: async (keys) => writeKeys(keys),
});

const fixedSet = (name: string, encode: (json: string) => string): void =>
  cryptoConformance({
    name: `dapr.jwks (${name})`,
    isAvailable: true,
    missing: /key not found$/,
    open: (keys) => openCryptoProvider(jwks, { jwks: encode(setOf(keys)) }),
    close: async () => {},
  });

fixedSet("JSON", (json) => json);
fixedSet("base64", (json) => Buffer.from(json).toString("base64"));

/** As Kubernetes and careful editors do it. */
const replaceFile = (text: string): void => {
  renameSync(scratch.write("sets/new", text), `${scratch.path}/sets/keys`);
};

cryptoConformance({
  name: "dapr.jwks (file)",
  isAvailable: true,
  missing: /key not found$/,
  async open(keys) {
    mkdirSync(`${scratch.path}/sets`, { recursive: true });
    replaceFile(setOf(keys));
    return await openCryptoProvider(jwks, { jwks: `${scratch.path}/sets/keys` });
  },
  close: async () => {},
  replace: async (keys) => replaceFile(setOf(keys)),
});

let shared: KeyServer | undefined;
cryptoConformance({
  name: "dapr.jwks (URL)",
  isAvailable: true,
  missing: /key not found$/,
  async open(keys) {
    shared ??= await KeyServer.start();
    shared.body = setOf(keys);
    return await openCryptoProvider(jwks, { jwks: shared.url });
  },
  close: async () => await shared?.[Symbol.asyncDispose](),
});

describe("crypto.dapr.localstorage", () => {
  const open = (properties: Record<string, string>): Promise<unknown> =>
    openCryptoProvider(localstorage, properties);

  it("needs an existing folder", async () => {
    const file = scratch.write("file", "x");
    const failed = "failed to load metadata: ";
    await expect(open({})).rejects.toThrow(`${failed}metadata property 'path' is required`);
    await expect(open({ path: "/nowhere" })).rejects.toThrow(
      `${failed}could not stat path '/nowhere': stat /nowhere: no such file or directory`,
    );
    await expect(open({ path: file })).rejects.toThrow(
      `${failed}path '${file}' is not a directory`,
    );
  });

  it("does not read what is no file", async () => {
    scratch.folder("folder/deeper");
    const provider = await openCryptoProvider(localstorage, { path: `${scratch.path}/folder` });
    const wrap = (keyName: string): Promise<unknown> =>
      provider.wrapKey({ algorithm: "A256KW", keyName, data: Buffer.alloc(32) });
    await expect(wrap("deeper")).rejects.toThrow(/read .*deeper: is a directory$/);
    await expect(wrap("deeper/none")).rejects.toThrow(/no such file or directory$/);
  });
});

describe("crypto.dapr.jwks", () => {
  it("needs a place of keys", async () => {
    const open = (properties: Record<string, string>): Promise<unknown> =>
      openCryptoProvider(jwks, properties);
    await expect(open({})).rejects.toThrow(/^empty metadata properties$/);
    await expect(open({ jwks: "" })).rejects.toThrow("metadata property 'jwks' is required");
    const nowhere =
      "failed to init cache: failed to parse property 'location': not a URL, path to local file, or JSON value (optionally base64-encoded)";
    for (const text of ["nowhere", "/nowhere", "AAAA", "ftp://a/b"]) {
      await expect(open({ jwks: text })).rejects.toThrow(nowhere);
    }
    const bad = '{"keys":[{"kty":"oct","k":"SECRET*SECRET"}]}';
    const message = await open({ jwks: bad }).catch((error: Error) => error.message);
    expect(message).toMatch(/^failed to init cache: .*must be base64url$/);
    expect(message).not.toContain("SECRET");
  });

  it("needs an answer when it starts", async () => {
    await using server = await KeyServer.start();
    const open = (timeout = "5s"): Promise<unknown> =>
      openCryptoProvider(jwks, { jwks: server.url, requestTimeout: timeout });
    server.status = 500;
    await expect(open()).rejects.toThrow("failed to init cache: unexpected status 500");
    server.status = 200;
    server.body = "<html>";
    await expect(open()).rejects.toThrow("failed to init cache: ");
    server.body = " ".repeat(5 * 1024 * 1024);
    await expect(open()).rejects.toThrow("failed to init cache: ");
    const { url } = server;
    await server[Symbol.asyncDispose]();
    await expect(openCryptoProvider(jwks, { jwks: url })).rejects.toThrow("connection refused");
  });

  it("asks again when the time has come, not for unknown keys, and keeps keys in an outage", async () => {
    await using server = await KeyServer.start();
    server.headers = { "cache-control": "public, max-age=3600" };
    const timers: [ms: number, callback: () => void][] = [];
    const clock: Clock = {
      ...systemClock,
      timer(ms, callback) {
        const entry: [number, () => void] = [ms, callback];
        timers.push(entry);
        return { [Symbol.dispose]: () => void timers.splice(timers.indexOf(entry), 1) };
      },
    };
    const logger = new RecordedLog();
    await using provider = await openCryptoProvider(jwks, { jwks: server.url }, { clock, logger });
    const has = (keyName: string): Promise<boolean> =>
      provider.publicKey(keyName).then(
        () => true,
        () => false,
      );
    expect(await has("rsa")).toBe(true);
    expect(await has("later")).toBe(false);
    expect(server.requests).toBe(1);
    expect(timers.map(([ms]) => ms)).toEqual([3_600_000]);
    const pass = (): void => timers.splice(0, 1)[0]?.[1]();
    server.body = setOf({ later: sampleKeys.rsa as Jwk });
    server.headers = {};
    pass();
    await expect.poll(() => has("later")).toBe(true);
    expect(await has("rsa")).toBe(false);
    expect(timers.map(([ms]) => ms)).toEqual([600_000]);
    server.status = 503;
    pass();
    await expect.poll(() => timers.length).toBe(1);
    expect(await has("later")).toBe(true);
    expect(logger.lines.join()).toContain("unexpected status 503");
    await provider[Symbol.asyncDispose]();
    expect(timers).toHaveLength(0);
  });

  it("keeps its keys while the file is broken or gone", async () => {
    const path = scratch.write("broken/keys", setOf(sampleKeys));
    const logger = new RecordedLog();
    await using provider = await openCryptoProvider(jwks, { jwks: path }, { logger });
    scratch.write("broken/keys", "{");
    await expect.poll(() => logger.lines.join(), { timeout: 5000 }).toContain("Failed to reload");
    expect((await provider.publicKey("rsa")).type).toBe("public");
    renameSync(path, `${path}-away`);
    await expect
      .poll(() => logger.lines.join(), { timeout: 5000 })
      .toContain("no such file or directory");
    expect((await provider.publicKey("rsa")).type).toBe("public");
  });
});
