import { createHmac, hkdfSync, randomBytes } from "node:crypto";
import { array, assert, asyncProperty, constantFrom, integer, oneof } from "fast-check";
import { describe, expect, it } from "vitest";
import {
  decryptDocument,
  type EncryptOptions,
  encryptDocument,
  type KeyWrapping,
} from "./document.ts";
import { segmentBytes, tagBytes } from "./segments.ts";

const options: EncryptOptions = {
  keyName: "key",
  algorithm: "A256KW",
  cipher: "",
  decryptionKeyName: "",
  omitsKeyName: false,
};

/** XOR: reversible, and not the key itself. */
const wrapping: KeyWrapping = async (key) => Buffer.from(key.map((byte) => byte ^ 0x5a));
const broken: KeyWrapping = async () => {
  throw new Error("no such key");
};

async function* inPieces(bytes: Buffer, sizes: readonly number[]): AsyncGenerator<Buffer> {
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const size = sizes[i % sizes.length] ?? bytes.length;
    yield Buffer.from(bytes.subarray(at, at + size));
    at += size;
  }
}

const whole = (bytes: Buffer): AsyncGenerator<Buffer> => inPieces(bytes, [bytes.length || 1]);

async function collect(pieces: Promise<AsyncGenerator<Buffer>>): Promise<Buffer[]> {
  const all: Buffer[] = [];
  for await (const piece of await pieces) all.push(piece);
  return all;
}

const encrypt = async (plaintext: Buffer, init: Partial<EncryptOptions> = {}): Promise<Buffer> =>
  Buffer.concat(
    await collect(
      encryptDocument({ ...options, ...init }, wrapping, randomBytes, whole(plaintext)),
    ),
  );

const decrypt = async (document: Buffer, keyName = "", unwrap = wrapping): Promise<Buffer> =>
  Buffer.concat(await collect(decryptDocument(keyName, unwrap, whole(document))));

const headerLength = (document: Buffer): number => {
  let end = -1;
  for (let line = 0; line < 3; line++) end = document.indexOf(0x0a, end + 1);
  return end + 1;
};

/** A header over a manifest that no encrypter writes, signed as it should be. */
function signed(manifest: string, fileKey = Buffer.alloc(32, 1)): Buffer {
  const text = `dapr.io/enc/v1\n${manifest}\n`;
  const key = Buffer.from(hkdfSync("sha256", fileKey, Buffer.alloc(0), "header", 32));
  return Buffer.from(`${text}${createHmac("sha256", key).update(text).digest("base64")}\n`);
}

const wrapped = Buffer.alloc(32, 1 ^ 0x5a).toString("base64");
const prefix = Buffer.alloc(7).toString("base64");

describe("an encrypted document", () => {
  it("comes back, however it is cut into pieces", async () => {
    const around = integer({ min: 0, max: 3 }).chain((k) =>
      integer({ min: Math.max(0, k * segmentBytes - 3), max: k * segmentBytes + 3 }),
    );
    const sizes = array(
      oneof(integer({ min: 1, max: 100 }), integer({ min: 30_000, max: 90_000 })),
      {
        minLength: 1,
        maxLength: 5,
      },
    );
    const cipher = constantFrom("aes-gcm", "CHACHA20-POLY1305");
    await assert(
      asyncProperty(around, sizes, sizes, cipher, async (length, inSizes, outSizes, name) => {
        const plaintext = randomBytes(length);
        const encryption = encryptDocument(
          { ...options, cipher: name },
          wrapping,
          randomBytes,
          inPieces(plaintext, inSizes),
        );
        const [header, ...segments] = await collect(encryption);
        expect(segments.map((piece) => piece.length)).toEqual(
          Array.from(
            { length: Math.ceil(length / segmentBytes) },
            (_, i) => Math.min(segmentBytes, length - i * segmentBytes) + tagBytes,
          ),
        );
        const document = Buffer.concat([header as Buffer, ...segments]);
        const opened = await collect(decryptDocument("", wrapping, inPieces(document, outSizes)));
        expect(Buffer.concat(opened).equals(plaintext)).toBe(true);
        expect(opened).toHaveLength(segments.length);
      }),
      { numRuns: 40 },
    );
  });

  it("has fresh keys and nonces each time", async () => {
    const documents = await Promise.all([1, 2, 3].map(() => encrypt(Buffer.from("same"))));
    expect(new Set(documents.map((document) => document.toString("hex"))).size).toBe(3);
  });

  it("names the key for decryption, another one, or none", async () => {
    const named = async (init: Partial<EncryptOptions>): Promise<unknown> =>
      JSON.parse((await encrypt(Buffer.alloc(0), init)).toString().split("\n")[1] ?? "").k;
    expect(await named({})).toBe("key");
    expect(await named({ decryptionKeyName: "other" })).toBe("other");
    expect(await named({ decryptionKeyName: "other", omitsKeyName: true })).toBeUndefined();
    expect(await named({ keyName: 'q"<ü\n' })).toBe('q"<ü\n');
    const anonymous = await encrypt(Buffer.from("x"), { omitsKeyName: true });
    await expect(decrypt(anonymous)).rejects.toThrow(
      "document's manifest does not contain a key name, and no key name was provided",
    );
    expect((await decrypt(anonymous, "key")).toString()).toBe("x");
  });

  it("is refused with options that do not exist, and when the key cannot be wrapped", async () => {
    const failure = (init: Partial<EncryptOptions>, wrap = wrapping): Promise<unknown> =>
      encryptDocument({ ...options, ...init }, wrap, randomBytes, whole(Buffer.alloc(1)));
    await expect(failure({ algorithm: "nope" })).rejects.toThrow(
      "option Algorithm is not valid: algorithm NOPE is not supported",
    );
    await expect(failure({ cipher: "rot13" })).rejects.toThrow(
      "option Cipher is not valid: cipher ROT13 is not supported",
    );
    await expect(failure({}, broken)).rejects.toThrow("failed to wrap the file key: no such key");
  });

  it("has a header of at most 64 KiB", async () => {
    const empty = (await encrypt(Buffer.alloc(0), { keyName: "k" })).length;
    const longest = "k".repeat(64 * 1024 - empty + 1);
    const document = await encrypt(Buffer.from("x"), { keyName: longest });
    expect(headerLength(document)).toBe(64 * 1024);
    expect((await decrypt(document)).toString()).toBe("x");
    await expect(encrypt(Buffer.alloc(0), { keyName: `${longest}k` })).rejects.toThrow(
      "failed to sign header: header is too long",
    );
    const longer = Buffer.from(`dapr.io/enc/v1\n${" ".repeat(64 * 1024)}{}\nAAAA\n`);
    await expect(decrypt(longer)).rejects.toThrow("invalid header: manifest not found");
  });
});

describe("a damaged document", () => {
  it("gives nothing of a segment that was changed", async () => {
    const plaintext = randomBytes(2 * segmentBytes + 10);
    const document = await encrypt(plaintext);
    const start = headerLength(document);
    await assert(
      asyncProperty(integer({ min: start, max: document.length - 1 }), async (at) => {
        const changed = Buffer.from(document);
        changed[at] = (changed[at] as number) ^ 1;
        const index = Math.floor((at - start) / (segmentBytes + tagBytes));
        const seen: Buffer[] = [];
        const failing = (async () => {
          for await (const piece of await decryptDocument("", wrapping, whole(changed))) {
            seen.push(piece);
          }
        })();
        await expect(failing).rejects.toThrow(
          `error processing segment ${index}: failed to decrypt segment`,
        );
        expect(Buffer.concat(seen).equals(plaintext.subarray(0, index * segmentBytes))).toBe(true);
      }),
      { numRuns: 40 },
    );
  });

  it("is noticed when segments are missing, swapped, repeated or added", async () => {
    const document = await encrypt(randomBytes(2 * segmentBytes + 10));
    const start = headerLength(document);
    const header = document.subarray(0, start);
    const full = segmentBytes + tagBytes;
    const [a, b, c] = [0, 1, 2].map((i) =>
      document.subarray(start + i * full, start + (i + 1) * full),
    ) as [Buffer, Buffer, Buffer];
    const cases: [number, Buffer[]][] = [
      [1, [a, b]],
      [0, [b, a, c]],
      [1, [a, c]],
      [1, [a, a, b, c]],
      [2, [a, b, c, c]],
      [2, [a, b, c.subarray(0, 5)]],
      [0, [a.subarray(0, 100)]],
    ];
    for (const [index, segments] of cases) {
      await expect(decrypt(Buffer.concat([header, ...segments]))).rejects.toThrow(
        `error processing segment ${index}: failed to decrypt segment`,
      );
    }
  });

  it("is refused for any change of its header", async () => {
    const document = await encrypt(Buffer.from("x"));
    const length = headerLength(document);
    for (let at = 0; at < length; at++) {
      const changed = Buffer.from(document);
      changed[at] = (changed[at] as number) ^ 4;
      const texts =
        /^(invalid header: |failed to (validate the document's|decode header's) signature|document's manifest does)/;
      await expect(decrypt(changed)).rejects.toThrow(texts);
    }
    for (let at = 0; at < length; at++) {
      await expect(decrypt(document.subarray(0, at))).rejects.toThrow(
        /^invalid header: (scheme name|manifest|message authentication code) not found$/,
      );
    }
  });

  it("is refused for a manifest that says something else", async () => {
    const good = { k: "key", kw: 1, wfk: wrapped, cph: 1, np: prefix };
    expect(await decrypt(signed(JSON.stringify(good)))).toHaveLength(0);
    expect(await decrypt(signed(JSON.stringify({ ...good, more: [1] })))).toHaveLength(0);
    const wrong = [
      "null",
      "[]",
      "{",
      ...[
        { kw: 0 },
        { kw: 6 },
        { kw: 1.5 },
        { kw: "1" },
        { cph: 3 },
        { cph: null },
        { np: "AAAA" },
        { np: "AAAAAAAAAA" },
        { wfk: "" },
        { wfk: "*" },
        { wfk: 5 },
        { k: 5 },
      ].map((part) => JSON.stringify({ ...good, ...part })),
    ];
    for (const manifest of wrong) {
      await expect(decrypt(signed(manifest))).rejects.toThrow("invalid header: invalid manifest");
    }
    const [scheme, manifest] = signed(JSON.stringify(good)).toString().split("\n");
    const unsigned = (mac: string): Promise<Buffer> =>
      decrypt(Buffer.from(`${scheme}\n${manifest}\n${mac}\n`));
    await expect(unsigned("AA*A")).rejects.toThrow(
      "failed to decode header's signature: illegal base64 data at input byte 2",
    );
    await expect(unsigned("AAAA")).rejects.toThrow("failed to validate the document's signature");
  });
});

describe("a file key that cannot be unwrapped", () => {
  it("shows as a wrong signature only", async () => {
    const document = await encrypt(Buffer.from("x"));
    const short: KeyWrapping = async () => Buffer.alloc(16);
    const other: KeyWrapping = async () => Buffer.alloc(32, 9);
    for (const unwrap of [broken, short, other]) {
      await expect(decrypt(document, "", unwrap)).rejects.toThrow(
        /^failed to validate the document's signature$/,
      );
    }
  });

  it("cannot be guessed by who signs with zeros", async () => {
    const manifest = JSON.stringify({ k: "key", kw: 1, wfk: wrapped, cph: 1, np: prefix });
    const forged = signed(manifest, Buffer.alloc(32));
    await expect(decrypt(forged, "", broken)).rejects.toThrow(
      "failed to validate the document's signature",
    );
  });
});
