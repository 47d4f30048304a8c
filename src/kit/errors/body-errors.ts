/**
 * Errors that several building blocks answer with.
 * @see spec 01 §2.5
 */
import { code } from "../rpc/status.ts";
import { type ApiError, errorText, simple } from "./api-error.ts";

export const bodyUnreadable = (cause: unknown): ApiError =>
  simple(`failed to read request body: ${errorText(cause)}`, {
    httpStatus: 400,
    grpcCode: code.invalidArgument,
    errorCode: "ERR_BODY_READ",
    category: "common",
    cause,
  });

/** A body that is no message in proto3 JSON. */
export const bodyMalformed = (cause: unknown): ApiError =>
  simple(`failed deserializing HTTP body: proto: ${errorText(cause)}`, {
    httpStatus: 400,
    grpcCode: code.invalidArgument,
    errorCode: "ERR_MALFORMED_REQUEST",
    category: "common",
    cause,
  });
