/**
 * Encrypted documents of the scheme `dapr.io/enc/v1`: made and read as streams.
 * @see spec 01 §9.2
 */
import {
  decodeSignature,
  encodeHeader,
  fileKeyBytes,
  type Header,
  HeaderReader,
  isSignatureOf,
  noncePrefixBytes,
  parseAlgorithm,
  parseCipher,
  payloadKey,
  type WrapAlgorithm,
} from "./manifest.ts";
import { opening, Segmenter, sealing, segmentBytes, tagBytes } from "./segments.ts";

export interface EncryptOptions {
  readonly keyName: string;
  /** As the caller wrote it. */
  readonly algorithm: string;
  /** As the caller wrote it; "" is the default. */
  readonly cipher: string;
  /** "": that of the key. */
  readonly decryptionKeyName: string;
  readonly omitsKeyName: boolean;
}

/** Wraps or unwraps a file key with a key of the provider. */
export type KeyWrapping = (
  key: Uint8Array,
  algorithm: WrapAlgorithm,
  keyName: string,
) => Promise<Buffer>;

export type Chunks = AsyncIterable<Uint8Array>;

/** The loop of the process gets a turn after so many segments that needed no waiting. */
const segmentsPerTurn = 16;

/**
 * @param random bytes that nobody can foresee
 * @returns header first, then one piece per segment; nothing is read before the first piece behind the header is asked for
 * @throws {Error} options, wrapping; errors of the payload come out of the pieces
 */
export async function encryptDocument(
  options: EncryptOptions,
  wrap: KeyWrapping,
  random: (length: number) => Buffer,
  input: Chunks,
): Promise<AsyncGenerator<Buffer, void, void>> {
  const algorithm = parseAlgorithm(options.algorithm);
  const cipher = parseCipher(options.cipher);
  const fileKey = random(fileKeyBytes);
  try {
    const wrappedFileKey = await wrap(fileKey, algorithm, options.keyName).catch((cause: Error) => {
      throw new Error(`failed to wrap the file key: ${cause.message}`, { cause });
    });
    const noncePrefix = random(noncePrefixBytes);
    const name = options.omitsKeyName ? "" : options.decryptionKeyName || options.keyName;
    const manifest = { keyName: name, algorithm, wrappedFileKey, cipher, noncePrefix };
    const header = encodeHeader(manifest, fileKey);
    const key = payloadKey(fileKey, noncePrefix);
    const segmenter = new Segmenter(segmentBytes, sealing(cipher, key, noncePrefix));
    return pieces(header, segmenter, key, input);
  } finally {
    fileKey.fill(0);
  }
}

/**
 * @param keyName "": that of the document
 * @returns one piece per segment
 * @throws {Error} the header; errors of the payload come out of the pieces
 */
export async function decryptDocument(
  keyName: string,
  unwrap: KeyWrapping,
  input: Chunks,
): Promise<AsyncGenerator<Buffer, void, void>> {
  const chunks = input[Symbol.asyncIterator]();
  const { header, rest } = await readHeader(chunks);
  const { manifest } = header;
  const name = keyName || manifest.keyName;
  if (name === "") {
    throw new Error(
      "document's manifest does not contain a key name, and no key name was provided",
    );
  }
  const signature = decodeSignature(header.signature);
  const fileKey = await unwrapFileKey(header, name, unwrap);
  try {
    const isSigned = isSignatureOf(signature, header, fileKey.bytes);
    if (!isSigned || !fileKey.isKnown) {
      throw new Error("failed to validate the document's signature");
    }
    const key = payloadKey(fileKey.bytes, manifest.noncePrefix);
    const step = opening(manifest.cipher, key, manifest.noncePrefix);
    const segmenter = new Segmenter(segmentBytes + tagBytes, step);
    return pieces(undefined, segmenter, key, following(rest, chunks));
  } finally {
    fileKey.bytes.fill(0);
  }
}

async function readHeader(
  chunks: AsyncIterator<Uint8Array>,
): Promise<{ readonly header: Header; readonly rest: Uint8Array }> {
  const reader = new HeaderReader();
  for (;;) {
    const next = await chunks.next();
    if (next.done) return reader.end();
    const found = reader.push(next.value);
    if (found !== undefined) return found;
  }
}

/**
 * A key that cannot be unwrapped is all zeros, so that what went wrong shows neither in the answer nor in its time. It
 * never counts as right: who knows that key could sign with it.
 */
async function unwrapFileKey(
  { manifest }: Header,
  keyName: string,
  unwrap: KeyWrapping,
): Promise<{ readonly bytes: Buffer; readonly isKnown: boolean }> {
  try {
    const bytes = await unwrap(manifest.wrappedFileKey, manifest.algorithm, keyName);
    if (bytes.length === fileKeyBytes) return { bytes, isKnown: true };
  } catch {
    // As said above.
  }
  return { bytes: Buffer.alloc(fileKeyBytes), isKnown: false };
}

async function* following(rest: Uint8Array, chunks: AsyncIterator<Uint8Array>): Chunks {
  if (rest.length > 0) yield rest;
  for (let next = await chunks.next(); !next.done; next = await chunks.next()) yield next.value;
}

/** @param key forgotten when the pieces are no longer wanted */
async function* pieces(
  header: Buffer | undefined,
  segmenter: Segmenter,
  key: Buffer,
  input: Chunks,
): AsyncGenerator<Buffer, void, void> {
  let inTurn = 0;
  try {
    if (header !== undefined) yield header;
    for await (const chunk of input) {
      for (const segment of segmenter.push(chunk)) {
        yield segment;
        inTurn = (inTurn + 1) % segmentsPerTurn;
        if (inTurn === 0) await new Promise((resolve) => setImmediate(resolve));
      }
    }
    const last = segmenter.end();
    if (last !== undefined) yield last;
  } finally {
    segmenter.clear();
    key.fill(0);
  }
}
