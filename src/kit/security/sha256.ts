/**
 * SHA-256 of short texts without node:crypto, whose loading costs a sidecar 20 ms and 12 MiB at start. Not for secrets:
 * it makes no promise about timing.
 * Source: FIPS 180-4 §6.2.
 */

/** First 32 bits of the fractional parts of the cube roots of the first 64 primes. */
const rounds = fractions(64, 3);
/** Of the square roots of the first 8 primes. */
const initial = fractions(8, 2);
const blockBytes = 64;

export function sha256(text: string): Buffer {
  const message = Buffer.from(text);
  const padded = Buffer.alloc(Math.ceil((message.length + 9) / blockBytes) * blockBytes);
  message.copy(padded);
  padded[message.length] = 0x80;
  padded.writeUInt32BE(Math.floor(message.length / 2 ** 29), padded.length - 8);
  padded.writeUInt32BE((message.length << 3) >>> 0, padded.length - 4);
  const state = Uint32Array.from(initial);
  for (let at = 0; at < padded.length; at += blockBytes) compress(state, padded, at);
  const digest = Buffer.alloc(32);
  for (let i = 0; i < state.length; i++) digest.writeUInt32BE(state[i] as number, i * 4);
  return digest;
}

function compress(state: Uint32Array, bytes: Buffer, at: number): void {
  const w = new Uint32Array(64);
  for (let i = 0; i < 16; i++) w[i] = bytes.readUInt32BE(at + i * 4);
  for (let i = 16; i < 64; i++) {
    const a = w[i - 15] as number;
    const b = w[i - 2] as number;
    const s0 = rotate(a, 7) ^ rotate(a, 18) ^ (a >>> 3);
    const s1 = rotate(b, 17) ^ rotate(b, 19) ^ (b >>> 10);
    w[i] = (w[i - 16] as number) + s0 + (w[i - 7] as number) + s1;
  }
  let [a, b, c, d, e, f, g, h] = state as unknown as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  for (let i = 0; i < 64; i++) {
    const s1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + (rounds[i] as number) + (w[i] as number)) | 0;
    const s0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    [h, g, f, e, d, c, b, a] = [g, f, e, (d + t1) | 0, c, b, a, (t1 + t2) | 0];
  }
  [a, b, c, d, e, f, g, h].forEach((word, i) => {
    state[i] = (state[i] as number) + word;
  });
}

const rotate = (word: number, bits: number): number => (word >>> bits) | (word << (32 - bits));

function fractions(count: number, root: 2 | 3): Uint32Array {
  const words = new Uint32Array(count);
  for (let candidate = 2, found = 0; found < count; candidate++) {
    let isPrime = true;
    for (let divisor = 2; divisor * divisor <= candidate; divisor++) {
      if (candidate % divisor === 0) isPrime = false;
    }
    if (!isPrime) continue;
    const value = root === 2 ? Math.sqrt(candidate) : Math.cbrt(candidate);
    words[found++] = Math.floor((value - Math.floor(value)) * 2 ** 32);
  }
  return words;
}
