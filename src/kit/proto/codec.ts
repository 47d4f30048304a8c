/**
 * What a generated message module exports beside its interface.
 *
 * Shapes: scalars and enums are always there after decode (proto3 defaults); sub-messages, `optional` scalars and oneof
 * members are undefined when absent; 64-bit integers are bigint; bytes are Buffers (views of the decoded buffer: copy what
 * must outlive it); repeated fields are arrays; maps are Map.
 */
export interface Codec<T, Init = Partial<T>> {
  /** Full name, for example `dapr.proto.runtime.v1.GetStateRequest`. */
  readonly typeName: string;
  /** Members that are absent or default are left out. */
  encode(message: Init): Buffer;
  /** @throws {Error} when the bytes are no such message. Unknown fields are skipped. */
  decode(bytes: Uint8Array): T;
}
