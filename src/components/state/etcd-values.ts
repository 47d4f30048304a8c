/**
 * Values in etcd: as they are (version 1), or with the time of the write and the TTL (version 2).
 * @see spec 04 §8.1
 */
import { encodeJson } from "../../kit/json/encode.ts";
import { StateValue as StoredValue } from "../../kit/proto/etcd/state.ts";
import { expiryMetadata } from "../shared/state-requests.ts";
import type { GetResponse, StateValue } from "./contract.ts";

export interface EtcdFormat {
  /** @param now ms since 1970 @param ttl seconds; undefined: none */
  encode(value: StateValue, now: number, ttl: number | undefined): Uint8Array;
  /** @throws {Error} when the bytes have another format */
  decode(stored: Buffer): Pick<GetResponse, "data" | "metadata">;
}

const bytesOf = (value: StateValue): Uint8Array =>
  value.kind === "json" ? Buffer.from(encodeJson(value.value)) : value.bytes;

export const plainFormat: EtcdFormat = {
  encode: (value) => bytesOf(value),
  // A copy: the buffer is that of the whole answer.
  decode: (stored) => ({ data: Buffer.from(stored), metadata: undefined }),
};

/** Latest and earliest time that a Date holds, in ms. */
const furthestMs = 8.64e15;

export const timedFormat: EtcdFormat = {
  encode(value, now, ttl) {
    const seconds = Math.floor(now / 1000);
    const nanos = Math.round((now - seconds * 1000) * 1e6);
    return StoredValue.encode({
      data: bytesOf(value),
      ts: { seconds: BigInt(seconds), nanos },
      ttl: { seconds: BigInt(ttl ?? 0), nanos: 0 },
    });
  },
  decode(stored) {
    const { data, ts, ttl } = StoredValue.decode(stored);
    const copy = Buffer.from(data);
    if (ttl === undefined) return { data: copy, metadata: undefined };
    const nanos = (ts?.nanos ?? 0) + ttl.nanos;
    const ms = Number((ts?.seconds ?? 0n) + ttl.seconds) * 1000 + nanos / 1e6;
    const metadata = Math.abs(ms) <= furthestMs ? expiryMetadata(ms) : undefined;
    return { data: copy, metadata };
  },
};
