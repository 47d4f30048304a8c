/**
 * google.rpc.Status, of which only the details matter here: the code and the message travel beside it.
 * Fields: code 1, message 2, details 3 (repeated Any).
 */
import { Reader, Writer } from "../../kit/proto/wire.ts";

/** @returns the Any messages; none when the bytes are no status, which is what an app may send */
export function splitDetails(status: Uint8Array | undefined): Uint8Array[] {
  if (status === undefined) return [];
  const details: Uint8Array[] = [];
  try {
    const reader = new Reader(Buffer.from(status));
    while (reader.pos < reader.buffer.length) {
      const tag = reader.tag();
      if (tag === 26) details.push(reader.bytes());
      else reader.skip(tag);
    }
  } catch {
    return [];
  }
  return details;
}

/** @returns undefined without details: such a status needs no more than code and message */
export function joinDetails(
  code: number,
  message: string,
  details: readonly Uint8Array[],
): Buffer | undefined {
  if (details.length === 0) return undefined;
  const writer = new Writer();
  for (let i = details.length - 1; i >= 0; i--) {
    writer.bytes(details[i] as Uint8Array);
    writer.uint32(26);
  }
  if (message !== "") {
    writer.string(message);
    writer.uint32(18);
  }
  writer.int32(code);
  writer.uint32(8);
  return writer.finish();
}
