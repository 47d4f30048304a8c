/** Writes the frames of a connection into its slab and sees to it that they leave in time. */
import type { Socket } from "node:net";
import type { Clock } from "../../time/clock.ts";
import { flag, frameHeaderBytes, frameType, initialWindow, maxFrameBytes } from "./frames.ts";
import { HpackEncoder } from "./hpack-encoder.ts";
import { type Budget, connectionWindow, controlBudget } from "./limits.ts";
import { Output, type Slabs } from "./output.ts";
import type { TimerWheel } from "./timer-wheel.ts";
import type { TurnEnd } from "./turn-end.ts";

/** What all connections of one transport share. */
export interface Shared {
  readonly clock: Clock;
  readonly slabs: Slabs;
  readonly wheel: TimerWheel;
  readonly turnEnd: TurnEnd;
}

/** A stream that sends data. */
export interface Sender {
  readonly id: number;
  sendWindow: number;
  /** Copies the next bytes of the queue into the connection's slab. */
  copyQueued(bytes: number): void;
}

export abstract class FrameWriter {
  readonly socket: Socket;
  readonly shared: Shared;
  readonly out: Output;
  readonly encoder = new HpackEncoder();
  /** What we may still send on the whole connection. */
  sendWindow = initialWindow;
  /** Headers or data were sent since the owner looked; the owner resets it. */
  protected hasSent = false;
  /** Frames that cost us work and the peer little. */
  protected readonly control: Budget;
  /** Input is being handled; its end flushes. */
  protected isReading = false;
  #isFlushDue = false;

  constructor(socket: Socket, shared: Shared) {
    this.socket = socket;
    this.shared = shared;
    this.out = new Output(socket, shared.slabs);
    this.control = controlBudget(shared.clock);
  }

  /** Flushes at the end of the input chunk or of this loop turn. */
  flushSoon(): void {
    if (this.isReading || this.#isFlushDue) return;
    this.#isFlushDue = true;
    this.shared.turnEnd.add(this);
  }

  /** Called at the end of the loop turn. */
  turnEnded(): void {
    this.#isFlushDue = false;
    this.beforeFlush();
    this.out.flush();
  }

  /** The last moment to add frames to this write. */
  protected beforeFlush(): void {}

  /** One whole message in one DATA frame; the caller has checked the windows. */
  writeMessage(stream: Sender, message: Uint8Array, flags: number): void {
    const { out } = this;
    const { length } = message;
    out.reserve(frameHeaderBytes + 5 + length);
    out.header(length + 5, frameType.data, flags, stream.id);
    const { slab } = out;
    slab[out.at++] = 0;
    out.uint32(length);
    out.bytes(message, 0, length);
    this.hasSent = true;
    stream.sendWindow -= length + 5;
    this.sendWindow -= length + 5;
    this.control.earn(4);
    this.flushSoon();
  }

  /** A DATA frame with bytes of the stream's queue. */
  writeData(stream: Sender, bytes: number): void {
    const { out } = this;
    out.reserve(frameHeaderBytes + bytes);
    out.header(bytes, frameType.data, 0, stream.id);
    stream.copyQueued(bytes);
    this.hasSent = true;
    stream.sendWindow -= bytes;
    this.sendWindow -= bytes;
    this.control.earn(4);
    this.flushSoon();
  }

  /** An empty DATA frame that ends our side. */
  writeEmptyEnd(id: number): void {
    this.out.reserve(frameHeaderBytes);
    this.out.header(0, frameType.data, flag.endStream, id);
    this.flushSoon();
  }

  /** Sends the encoder's block. */
  writeBlock(id: number, endStream: boolean): void {
    this.hasSent = true;
    this.out.block(id, this.encoder.block, this.encoder.length, endStream, maxFrameBytes);
    this.flushSoon();
  }

  writeReset(id: number, code: number): void {
    this.out.reserve(frameHeaderBytes + 4);
    this.out.header(4, frameType.rstStream, 0, id);
    this.out.uint32(code);
    this.flushSoon();
  }

  windowUpdate(id: number, bytes: number): void {
    this.out.reserve(frameHeaderBytes + 4);
    this.out.header(4, frameType.windowUpdate, 0, id);
    this.out.uint32(bytes);
    this.flushSoon();
  }

  writePing(payload: Buffer): void {
    this.out.reserve(frameHeaderBytes + 8);
    this.out.header(8, frameType.ping, 0, 0);
    this.out.bytes(payload, 0, 8);
    this.flushSoon();
  }

  writeGoaway(lastStreamId: number, code: number, debug: string): void {
    const text = Buffer.from(debug);
    this.out.reserve(frameHeaderBytes + 8 + text.length);
    this.out.header(8 + text.length, frameType.goaway, 0, 0);
    this.out.uint32(lastStreamId);
    this.out.uint32(code);
    this.out.bytes(text, 0, text.length);
    this.flushSoon();
  }

  /** Our settings and the connection window, right at the start. */
  protected writeSettings(pairs: readonly (readonly [id: number, value: number])[]): void {
    this.out.reserve(frameHeaderBytes + pairs.length * 6);
    this.out.header(pairs.length * 6, frameType.settings, 0, 0);
    for (const [id, value] of pairs) {
      this.out.slab[this.out.at++] = id >>> 8;
      this.out.slab[this.out.at++] = id;
      this.out.uint32(value);
    }
    this.windowUpdate(0, connectionWindow - initialWindow);
    this.out.flush();
  }
}
