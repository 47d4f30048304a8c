/** The payload of SETTINGS frames (RFC 9113 §6.5). */
import { ConnectionError, flag, h2Code, largestWindow, maxFrameBytes, setting } from "./frames.ts";

function check(id: number, value: number): void {
  if (id === setting.enablePush && value > 1) {
    throw new ConnectionError(h2Code.protocolError, "ENABLE_PUSH");
  }
  if (id === setting.initialWindowSize && value > largestWindow) {
    throw new ConnectionError(h2Code.flowControlError, "INITIAL_WINDOW_SIZE");
  }
  // Its value does not matter otherwise: we never send more than the smallest legal limit.
  if (id === setting.maxFrameSize && (value < maxFrameBytes || value >= 2 ** 24)) {
    throw new ConnectionError(h2Code.protocolError, "MAX_FRAME_SIZE");
  }
}

/**
 * Reads and checks a SETTINGS frame.
 * @returns pairs of number and value in wire order, or null for an acknowledgement
 * @throws {ConnectionError}
 */
export function readSettings(
  flags: number,
  streamId: number,
  source: Buffer,
  start: number,
  end: number,
): [id: number, value: number][] | null {
  if (streamId !== 0) throw new ConnectionError(h2Code.protocolError, "SETTINGS on a stream");
  const length = end - start;
  if ((flags & flag.ack) !== 0) {
    if (length !== 0) throw new ConnectionError(h2Code.frameSizeError, "SETTINGS");
    return null;
  }
  if (length % 6 !== 0) throw new ConnectionError(h2Code.frameSizeError, "SETTINGS");
  const settings: [number, number][] = [];
  for (let at = start; at < end; at += 6) {
    const id = source.readUInt16BE(at);
    const value = source.readUInt32BE(at + 2);
    check(id, value);
    settings.push([id, value]);
  }
  return settings;
}
