/**
 * Messages of dapr.proto.internals.v1.ServiceInvocation, written and read straight from flat metadata: the generated
 * codecs would build a map and a list object for every header of every call.
 * @see spec 02 §8.2, §8.3
 */
import { isUtf8 } from "node:buffer";
import { byteStringFromText } from "../../kit/http/byte-text.ts";
import { noBytes, Reader, Writer } from "../../kit/proto/wire.ts";
import type { InvokeHead, InvokeMetadata } from "../app/contract.ts";

export const callLocalPath = "/dapr.proto.internals.v1.ServiceInvocation/CallLocal";
export const callLocalStreamPath = "/dapr.proto.internals.v1.ServiceInvocation/CallLocalStream";

/** Bytes of a body in one message. Receivers may have a small message limit; the reference sends as much. */
export const maxPayloadBytes = 2048;

/** APIVersion.V1 */
export const specVersion = 1;

/** common.v1.InvokeRequest, without the data's value in streams. */
export interface PeerMessage {
  readonly method: string;
  readonly contentType: string;
  readonly typeUrl: string;
  /** undefined: no HTTP extension. */
  readonly verb: number | undefined;
  /** Byte string. */
  readonly query: string;
}

/** InternalInvokeRequest. */
export interface PeerRequest {
  readonly version: number;
  readonly metadata: string[];
  readonly message: PeerMessage | undefined;
  /** The data's value; always empty in streams. */
  readonly body: Buffer;
}

/** InternalInvokeResponse. */
export interface PeerResponse {
  /** undefined: no status, which is an error. */
  readonly head: InvokeHead | undefined;
  /** Whether there are headers or a message: only the first response of a stream may have them. */
  readonly isLeading: boolean;
  readonly body: Buffer;
}

/** StreamPayload. */
export interface Payload {
  /** A view of the decoded message. */
  readonly data: Buffer;
  readonly seq: number;
}

export interface Frame<Head> {
  readonly head: Head | undefined;
  readonly payload: Payload | undefined;
}

/** The peer broke the rules of the stream; the text is the reference's. */
export class ProtocolError extends Error {
  override readonly name = "ProtocolError";
}

/** Writes messages; the results stay valid. */
export class PeerWriter {
  readonly #writer = new Writer();

  /** @param payload undefined: the message has none */
  requestFrame(
    message: PeerMessage,
    metadata: InvokeMetadata,
    payload: Uint8Array | undefined,
  ): Buffer {
    const writer = this.#writer;
    writer.begin();
    if (payload !== undefined) writePayload(writer, payload, 0);
    const before = writer.written;
    writeRequest(writer, message, metadata, undefined);
    writer.delimit(before, 10);
    return writer.finish();
  }

  /** InternalInvokeRequest with the whole body, for CallLocal. */
  request(message: PeerMessage, metadata: InvokeMetadata, body: Uint8Array): Buffer {
    const writer = this.#writer;
    writer.begin();
    writeRequest(writer, message, metadata, body);
    return writer.finish();
  }

  /** @param payload undefined: the message has none */
  responseFrame(head: InvokeHead, payload: Uint8Array | undefined): Buffer {
    const writer = this.#writer;
    writer.begin();
    if (payload !== undefined) writePayload(writer, payload, 0);
    const before = writer.written;
    writeResponse(writer, head, undefined);
    writer.delimit(before, 10);
    return writer.finish();
  }

  /** InternalInvokeResponse with the whole body, for CallLocal. */
  response(head: InvokeHead, body: Uint8Array): Buffer {
    const writer = this.#writer;
    writer.begin();
    writeResponse(writer, head, body);
    return writer.finish();
  }

  /** A message after the first one, of either direction. */
  payloadFrame(data: Uint8Array, seq: number): Buffer {
    const writer = this.#writer;
    writer.begin();
    writePayload(writer, data, seq);
    return writer.finish();
  }
}

// The writer goes backwards: what stands first here comes last on the wire.

function writePayload(writer: Writer, data: Uint8Array, seq: number): void {
  const before = writer.written;
  if (seq !== 0) {
    writer.uint32(seq);
    writer.uint32(16);
  }
  if (data.length > 0) {
    writer.bytes(data);
    writer.uint32(10);
  }
  writer.delimit(before, 18);
}

function writeRequest(
  writer: Writer,
  message: PeerMessage,
  metadata: InvokeMetadata,
  body: Uint8Array | undefined,
): void {
  const before = writer.written;
  if (message.verb !== undefined) {
    const extension = writer.written;
    if (message.query !== "") {
      writeValue(writer, message.query);
      writer.uint32(18);
    }
    if (message.verb !== 0) {
      writer.uint32(message.verb);
      writer.uint32(8);
    }
    writer.delimit(extension, 34);
  }
  writeString(writer, message.contentType, 26);
  writeAny(writer, message.typeUrl, body, 18);
  writeString(writer, message.method, 10);
  writer.delimit(before, 26);
  writeMetadata(writer, metadata, 18);
  writer.uint32(specVersion);
  writer.uint32(8);
}

function writeResponse(writer: Writer, head: InvokeHead, body: Uint8Array | undefined): void {
  const before = writer.written;
  writeString(writer, head.contentType, 18);
  writeAny(writer, head.typeUrl, body, 10);
  writer.delimit(before, 34);
  writeMetadata(writer, head.trailers, 26);
  writeMetadata(writer, head.headers, 18);
  const status = writer.written;
  for (let i = head.details.length - 1; i >= 0; i--) {
    writer.bytes(head.details[i] as Uint8Array);
    writer.uint32(26);
  }
  writeString(writer, head.message, 18);
  if (head.status !== 0) {
    writer.int32(head.status);
    writer.uint32(8);
  }
  writer.delimit(status, 10);
}

function writeAny(
  writer: Writer,
  typeUrl: string,
  value: Uint8Array | undefined,
  tag: number,
): void {
  const before = writer.written;
  if (value !== undefined && value.length > 0) {
    writer.bytes(value);
    writer.uint32(18);
  }
  writeString(writer, typeUrl, 10);
  writer.delimit(before, tag);
}

function writeString(writer: Writer, value: string, tag: number): void {
  if (value === "") return;
  writer.string(value);
  writer.uint32(tag);
}

/** map<string, ListStringValue>: a repeated name becomes one entry, since of equal keys only the last would count. */
function writeMetadata(writer: Writer, metadata: InvokeMetadata, tag: number): void {
  for (let i = metadata.length - 2; i >= 0; i -= 2) {
    const name = metadata[i] as string;
    if (occursBefore(metadata, name, i)) continue;
    const before = writer.written;
    for (let j = metadata.length - 2; j >= i; j -= 2) {
      if (metadata[j] !== name) continue;
      writeValue(writer, metadata[j + 1] as string);
      writer.uint32(10);
    }
    writer.delimit(before, 18);
    writer.string(name);
    writer.uint32(10);
    writer.delimit(before, tag);
  }
}

function occursBefore(metadata: InvokeMetadata, name: string, end: number): boolean {
  for (let i = 0; i < end; i += 2) if (metadata[i] === name) return true;
  return false;
}

/** Values are bytes, one character each, as HTTP has them; protobuf strings are UTF-8. */
function writeValue(writer: Writer, value: string): void {
  if (!beyondAscii.test(value)) {
    writer.string(value);
    return;
  }
  const bytes = Buffer.from(value, "latin1");
  if (isUtf8(bytes)) writer.bytes(bytes);
  else writer.string(value);
}

const beyondAscii = /[^\t\x20-\x7e]/;
const breaksLines = /[\0\r\n]/;

/** @throws {Error} when the bytes are no such message */
export function readRequestFrame(bytes: Buffer): Frame<PeerRequest> {
  return readFrame(bytes, readRequest);
}

/** @throws {Error} when the bytes are no such message */
export function readResponseFrame(bytes: Buffer): Frame<PeerResponse> {
  return readFrame(bytes, readResponse);
}

/** @throws {Error} when the bytes are no InternalInvokeRequest */
export function readUnaryRequest(bytes: Buffer): PeerRequest {
  return readRequest(new Reader(bytes), bytes.length);
}

/** @throws {Error} when the bytes are no InternalInvokeResponse */
export function readUnaryResponse(bytes: Buffer): PeerResponse {
  return readResponse(new Reader(bytes), bytes.length);
}

function readFrame<Head>(
  bytes: Buffer,
  readHead: (reader: Reader, end: number) => Head,
): Frame<Head> {
  const reader = new Reader(bytes);
  let head: Head | undefined;
  let payload: Payload | undefined;
  while (reader.pos < bytes.length) {
    const tag = reader.tag();
    if (tag === 18) {
      payload = readPayload(reader);
    } else if (tag === 10) {
      const end = reader.enter();
      head = readHead(reader, end);
      reader.leave(end);
    } else {
      reader.skip(tag);
    }
  }
  return { head, payload };
}

function readPayload(reader: Reader): Payload {
  const end = reader.enter();
  let data = noBytes;
  let seq = 0;
  while (reader.pos < end) {
    const tag = reader.tag();
    if (tag === 10) data = reader.bytes();
    else if (tag === 16) seq = reader.uint32();
    else reader.skip(tag);
  }
  reader.leave(end);
  return { data, seq };
}

function readRequest(reader: Reader, end: number): PeerRequest {
  let version = 0;
  const metadata: string[] = [];
  const message: MessageFields = newMessage();
  let hasMessage = false;
  while (reader.pos < end) {
    const tag = reader.tag();
    if (tag === 8) version = reader.int32();
    else if (tag === 18) readEntry(reader, metadata);
    else if (tag === 26) {
      hasMessage = true;
      readMessage(reader, message);
    } else reader.skip(tag);
  }
  return { version, metadata, message: hasMessage ? message : undefined, body: message.body };
}

interface MessageFields {
  method: string;
  contentType: string;
  typeUrl: string;
  verb: number | undefined;
  query: string;
  body: Buffer;
}

const newMessage = (): MessageFields => ({
  method: "",
  contentType: "",
  typeUrl: "",
  verb: undefined,
  query: "",
  body: noBytes,
});

function readMessage(reader: Reader, message: MessageFields): void {
  const end = reader.enter();
  while (reader.pos < end) {
    const tag = reader.tag();
    if (tag === 10) message.method = reader.string();
    else if (tag === 18) readAny(reader, message);
    else if (tag === 26) message.contentType = singleLine(reader.string());
    else if (tag === 34) readExtension(reader, message);
    else reader.skip(tag);
  }
  reader.leave(end);
}

function readAny(reader: Reader, into: { typeUrl: string; body: Buffer }): void {
  const end = reader.enter();
  while (reader.pos < end) {
    const tag = reader.tag();
    if (tag === 10) into.typeUrl = reader.string();
    else if (tag === 18) into.body = reader.bytes();
    else reader.skip(tag);
  }
  reader.leave(end);
}

function readExtension(reader: Reader, message: MessageFields): void {
  const end = reader.enter();
  message.verb ??= 0;
  while (reader.pos < end) {
    const tag = reader.tag();
    if (tag === 8) message.verb = reader.int32();
    else if (tag === 18) message.query = byteStringFromText(reader.string());
    else reader.skip(tag);
  }
  reader.leave(end);
}

function readResponse(reader: Reader, end: number): PeerResponse {
  const head = {
    status: 0,
    message: "",
    details: [] as Uint8Array[],
    headers: [] as string[],
    trailers: [] as string[],
    contentType: "",
    typeUrl: "",
    body: noBytes,
  };
  let hasStatus = false;
  let hasMessage = false;
  while (reader.pos < end) {
    const tag = reader.tag();
    if (tag === 10) {
      hasStatus = true;
      readStatus(reader, head);
    } else if (tag === 18) readEntry(reader, head.headers);
    else if (tag === 26) readEntry(reader, head.trailers);
    else if (tag === 34) {
      hasMessage = true;
      const messageEnd = reader.enter();
      while (reader.pos < messageEnd) {
        const field = reader.tag();
        if (field === 10) readAny(reader, head);
        else if (field === 18) head.contentType = singleLine(reader.string());
        else reader.skip(field);
      }
      reader.leave(messageEnd);
    } else reader.skip(tag);
  }
  const isLeading = hasStatus || hasMessage || head.headers.length > 0;
  return { head: hasStatus ? head : undefined, isLeading, body: head.body };
}

function readStatus(
  reader: Reader,
  head: { status: number; message: string; details: Uint8Array[] },
): void {
  const end = reader.enter();
  while (reader.pos < end) {
    const tag = reader.tag();
    if (tag === 8) head.status = reader.int32();
    else if (tag === 18) head.message = reader.string();
    else if (tag === 26) head.details.push(Buffer.from(reader.bytes()));
    else reader.skip(tag);
  }
  reader.leave(end);
}

/** One map entry, appended once per value. Values that would break a header line are left out. */
function readEntry(reader: Reader, metadata: string[]): void {
  const end = reader.enter();
  let name = "";
  const first = metadata.length;
  while (reader.pos < end) {
    const tag = reader.tag();
    if (tag === 10) name = reader.string();
    else if (tag === 18) {
      const listEnd = reader.enter();
      while (reader.pos < listEnd) {
        const field = reader.tag();
        if (field === 10) {
          const value = headerValue(reader.string());
          if (value !== undefined) metadata.push("", value);
        } else reader.skip(field);
      }
      reader.leave(listEnd);
    } else reader.skip(tag);
  }
  reader.leave(end);
  for (let i = first; i < metadata.length; i += 2) metadata[i] = name;
}

function headerValue(text: string): string | undefined {
  if (!beyondAscii.test(text)) return text;
  if (breaksLines.test(text)) return undefined;
  return byteStringFromText(text);
}

/** A content type becomes a header line too. */
const singleLine = (text: string): string => headerValue(text) ?? "";
