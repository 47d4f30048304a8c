/** The message types that may stand in a google.protobuf.Any in JSON. */
import type { Codec } from "./codec.ts";
import { Any } from "./google/protobuf/any.ts";
import { Duration } from "./google/protobuf/duration.ts";
import { Empty } from "./google/protobuf/empty.ts";
import { ListValue, Struct, Value } from "./google/protobuf/struct.ts";
import { Timestamp } from "./google/protobuf/timestamp.ts";
import {
  BoolValue,
  BytesValue,
  DoubleValue,
  FloatValue,
  Int32Value,
  Int64Value,
  StringValue,
  UInt32Value,
  UInt64Value,
} from "./google/protobuf/wrappers.ts";
import {
  BadRequest,
  DebugInfo,
  ErrorInfo,
  Help,
  LocalizedMessage,
  PreconditionFailure,
  QuotaFailure,
  RequestInfo,
  ResourceInfo,
  RetryInfo,
} from "./google/rpc/error_details.ts";
import { Status } from "./google/rpc/status.ts";

/** A codec whose message type is only known at run time. */
// biome-ignore lint/suspicious/noExplicitAny: messages of all types are in one list
export type SomeCodec = Codec<any, any>;

/** Error details and well-known types. */
export const knownTypes: readonly SomeCodec[] = [
  ...[ErrorInfo, BadRequest, ResourceInfo, Help, RetryInfo, DebugInfo, QuotaFailure],
  ...[PreconditionFailure, RequestInfo, LocalizedMessage, Status],
  ...[Any, Empty, Duration, Timestamp, Struct, Value, ListValue],
  ...[StringValue, BytesValue, BoolValue, DoubleValue, FloatValue],
  ...[Int32Value, Int64Value, UInt32Value, UInt64Value],
];

/** The name after the last slash of `type.googleapis.com/google.rpc.ErrorInfo`. */
export const typeOfUrl = (url: string): string => url.slice(url.lastIndexOf("/") + 1);
