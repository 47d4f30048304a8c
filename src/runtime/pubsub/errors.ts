/**
 * The errors of publishing.
 * @see spec 03 §2.7
 */
import {
  type ApiError,
  detailed,
  type ErrorDetail,
  errorDomain,
  errorText,
} from "../../kit/errors/api-error.ts";
import { code, type GrpcCode } from "../../kit/rpc/status.ts";

type Metadata = ReadonlyMap<string, string> | undefined;

const info = (reason: string, metadata: Metadata): ErrorDetail => ({
  type: "ErrorInfo",
  reason,
  domain: errorDomain,
  metadata,
});

interface Shape {
  readonly httpStatus: number;
  readonly grpcCode: GrpcCode;
  readonly errorCode: string;
  readonly reason: string;
}

/** The form that nearly all share: what it is about, then why. */
function failure(
  message: string,
  shape: Shape,
  pubsub: string,
  metadata: Metadata,
  cause?: unknown,
): ApiError {
  const { reason, ...rest } = shape;
  const resource: ErrorDetail = {
    type: "ResourceInfo",
    resourceType: "pubsub",
    resourceName: pubsub,
    owner: "",
    description: message,
  };
  return detailed(message, {
    ...rest,
    category: "pubsub",
    details: [resource, info(reason, metadata)],
    cause,
  });
}

/** Over HTTP the detail shows the request's metadata, over gRPC nothing. */
export const pubsubNotFound = (pubsub: string, metadata: Metadata): ApiError =>
  detailed(`pubsub ${pubsub} is not found`, {
    httpStatus: 404,
    grpcCode: code.invalidArgument,
    errorCode: "ERR_PUBSUB_NOT_FOUND",
    category: "pubsub",
    details: [info("DAPR_PUBSUB_NOT_FOUND", undefined)],
    httpDetails: [info("DAPR_PUBSUB_NOT_FOUND", metadata)],
  });

export const nameEmpty = (metadata: Metadata): ApiError =>
  failure(
    "pubsub name is empty",
    {
      httpStatus: 404,
      grpcCode: code.invalidArgument,
      errorCode: "ERR_PUBSUB_EMPTY",
      reason: "DAPR_PUBSUB_NAME_EMPTY",
    },
    "",
    metadata,
  );

export const topicEmpty = (pubsub: string, metadata: Metadata): ApiError =>
  failure(
    `topic is empty in pubsub ${pubsub}`,
    {
      httpStatus: 404,
      grpcCode: code.invalidArgument,
      errorCode: "ERR_TOPIC_NAME_EMPTY",
      reason: "DAPR_PUBSUB_TOPIC_NAME_EMPTY",
    },
    pubsub,
    metadata,
  );

/** The text names what is wrong with the request's metadata. */
export const badMetadata = (pubsub: string, text: string, metadata: Metadata): ApiError =>
  failure(
    `failed deserializing metadata. Error: ${text}`,
    {
      httpStatus: 400,
      grpcCode: code.invalidArgument,
      errorCode: "ERR_PUBSUB_REQUEST_METADATA",
      reason: "DAPR_PUBSUB_METADATA_DESERIALIZATION",
    },
    pubsub,
    metadata,
  );

const about = (appId: string, cause: unknown): Metadata =>
  new Map([
    ["appID", appId],
    ["error", errorText(cause)],
  ]);

export const eventNotCreated = (pubsub: string, appId: string, cause: unknown): ApiError =>
  failure(
    "cannot create cloudevent",
    {
      httpStatus: 500,
      grpcCode: code.invalidArgument,
      errorCode: "ERR_PUBSUB_CLOUD_EVENTS_SER",
      reason: "DAPR_PUBSUB_CLOUD_EVENT_CREATION",
    },
    pubsub,
    about(appId, cause),
    cause,
  );

const unusable = {
  httpStatus: 400,
  grpcCode: code.invalidArgument,
  errorCode: "ERR_PUBSUB_EVENTS_SER",
};

export const entryNotConverted = (
  pubsub: string,
  topic: string,
  appId: string,
  cause: unknown,
): ApiError =>
  failure(
    `error when marshalling cloud event envelope for topic ${topic} pubsub ${pubsub}: ${errorText(cause)}`,
    { ...unusable, reason: "DAPR_PUBSUB_MARSHAL_ENVELOPE" },
    pubsub,
    about(appId, cause),
    cause,
  );

export function entryIdInvalid(pubsub: string, topic: string, appId: string): ApiError {
  const cause = "entryId is duplicated or not present for entry";
  return failure(
    `error marshaling events to bytes for topic ${topic} pubsub ${pubsub}. error: ${cause}`,
    { ...unusable, reason: "DAPR_PUBSUB_MARSHAL_EVENTS" },
    pubsub,
    about(appId, cause),
  );
}

export const bulkBodyUnreadable = (
  pubsub: string,
  topic: string,
  appId: string,
  cause: unknown,
): ApiError =>
  failure(
    `error when unmarshaling the request for topic ${topic} pubsub ${pubsub}: ${errorText(cause)}`,
    { ...unusable, reason: "DAPR_PUBSUB_UNMARSHAL_EVENTS" },
    pubsub,
    new Map([["appID", appId]]),
    cause,
  );

const withTopic = (topic: string, error: string): Metadata =>
  new Map([
    ["topic", topic],
    ["error", error],
  ]);

export function forbidden(pubsub: string, topic: string, appId: string): ApiError {
  const message = `topic ${topic} is not allowed for app id ${appId}`;
  return failure(
    message,
    {
      httpStatus: 403,
      grpcCode: code.permissionDenied,
      errorCode: "ERR_PUBSUB_FORBIDDEN",
      reason: "DAPR_PUBSUB_FORBIDDEN",
    },
    pubsub,
    withTopic(topic, message),
  );
}

/** The broker said no, or the body could not be read. */
export const publishFailed = (pubsub: string, topic: string, cause: unknown): ApiError =>
  failure(
    `error when publishing to topic ${topic} in pubsub ${pubsub}: ${errorText(cause)}`,
    {
      httpStatus: 500,
      grpcCode: code.internal,
      errorCode: "ERR_PUBSUB_PUBLISH_MESSAGE",
      reason: "DAPR_PUBSUB_PUBLISH_MESSAGE",
    },
    pubsub,
    withTopic(topic, errorText(cause)),
    cause,
  );
