/**
 * The errors of publishing.
 * @see spec 03 §2.7
 */
import { type ApiError, type ErrorDetail, errorText } from "../../kit/errors/api-error.ts";
import { defineError, info } from "../../kit/errors/define-error.ts";
import { code } from "../../kit/rpc/status.ts";

type Metadata = ReadonlyMap<string, string> | undefined;

const category = "pubsub";
const form = "detailed";

/** The details that nearly all share: what it is about, then why. */
const details = (reason: string): readonly ErrorDetail[] => [
  {
    type: "ResourceInfo",
    resourceType: "pubsub",
    resourceName: "{pubsub}",
    owner: "",
    description: "{message}",
  },
  info(reason),
];

export const unknownPubsub = defineError({
  code: "ERR_PUBSUB_NOT_FOUND",
  category,
  form,
  http: 404,
  grpc: code.invalidArgument,
  message: "pubsub {pubsub} is not found",
  details: [info("DAPR_PUBSUB_NOT_FOUND")],
  when: "No pub/sub component has this name. Over HTTP the detail shows the request's metadata.",
  remedy: "Correct the name, or add the component.",
});

export const pubsubNotFound = (pubsub: string, metadata: Metadata): ApiError =>
  unknownPubsub({ pubsub }, undefined, { httpMetadata: metadata });

export const namelessPubsub = defineError({
  code: "ERR_PUBSUB_EMPTY",
  category,
  form,
  http: 404,
  grpc: code.invalidArgument,
  message: "pubsub name is empty",
  more: ["pubsub"],
  details: details("DAPR_PUBSUB_NAME_EMPTY"),
  when: "The call names no pub/sub component; gRPC only.",
  remedy: "Send `pubsub_name`.",
});

export const nameEmpty = (metadata: Metadata): ApiError =>
  namelessPubsub({ pubsub: "" }, undefined, { metadata });

export const namelessTopic = defineError({
  code: "ERR_TOPIC_NAME_EMPTY",
  category,
  form,
  http: 404,
  grpc: code.invalidArgument,
  message: "topic is empty in pubsub {pubsub}",
  more: ["pubsub"],
  details: details("DAPR_PUBSUB_TOPIC_NAME_EMPTY"),
  when: "The call names no topic.",
  remedy: "Send `topic`.",
});

export const topicEmpty = (pubsub: string, metadata: Metadata): ApiError =>
  namelessTopic({ pubsub }, undefined, { metadata });

export const malformedMetadata = defineError({
  code: "ERR_PUBSUB_REQUEST_METADATA",
  category,
  form,
  http: 400,
  grpc: code.invalidArgument,
  message: "failed deserializing metadata. Error: {text}",
  more: ["pubsub"],
  details: details("DAPR_PUBSUB_METADATA_DESERIALIZATION"),
  when: "A value of the request's metadata is malformed, such as a `rawPayload` that is no boolean.",
  remedy: "Correct it.",
});

/** The text names what is wrong with the request's metadata. */
export const badMetadata = (pubsub: string, text: string, metadata: Metadata): ApiError =>
  malformedMetadata({ pubsub, text }, undefined, { metadata });

const about = (appId: string, cause: unknown): Metadata =>
  new Map([
    ["appID", appId],
    ["error", errorText(cause)],
  ]);

export const noCloudEvent = defineError({
  code: "ERR_PUBSUB_CLOUD_EVENTS_SER",
  category,
  form,
  http: 500,
  grpc: code.invalidArgument,
  message: "cannot create cloudevent",
  more: ["pubsub"],
  details: details("DAPR_PUBSUB_CLOUD_EVENT_CREATION"),
  when: "The body cannot become a CloudEvent; the detail `error` says why.",
  remedy: "Correct the body or its content type.",
});

export const eventNotCreated = (pubsub: string, appId: string, cause: unknown): ApiError =>
  noCloudEvent({ pubsub }, cause, { metadata: about(appId, cause) });

export const noEnvelope = defineError({
  code: "ERR_PUBSUB_EVENTS_SER",
  category,
  form,
  http: 400,
  grpc: code.invalidArgument,
  message: "error when marshalling cloud event envelope for topic {topic} pubsub {pubsub}: {cause}",
  more: ["pubsub"],
  details: details("DAPR_PUBSUB_MARSHAL_ENVELOPE"),
  when: "An entry of a bulk publish cannot become a CloudEvent.",
  remedy: "Correct the entry.",
});

export const entryNotConverted = (
  pubsub: string,
  topic: string,
  appId: string,
  cause: unknown,
): ApiError => noEnvelope({ pubsub, topic }, cause, { metadata: about(appId, cause) });

export const badEntryId = defineError({
  code: "ERR_PUBSUB_EVENTS_SER",
  category,
  form,
  http: 400,
  grpc: code.invalidArgument,
  message: "error marshaling events to bytes for topic {topic} pubsub {pubsub}. error: {error}",
  more: ["pubsub"],
  details: details("DAPR_PUBSUB_MARSHAL_EVENTS"),
  when: "An entry of a bulk publish has no `entryId`, or that of another.",
  remedy: "Give each entry an id of its own.",
});

export function entryIdInvalid(pubsub: string, topic: string, appId: string): ApiError {
  const error = "entryId is duplicated or not present for entry";
  return badEntryId({ pubsub, topic, error }, undefined, { metadata: about(appId, error) });
}

export const badBulkBody = defineError({
  code: "ERR_PUBSUB_EVENTS_SER",
  category,
  form,
  http: 400,
  grpc: code.invalidArgument,
  message: "error when unmarshaling the request for topic {topic} pubsub {pubsub}: {cause}",
  more: ["pubsub"],
  details: details("DAPR_PUBSUB_UNMARSHAL_EVENTS"),
  when: "The body of a bulk publish is no list of entries, or too large; HTTP only.",
  remedy: "Correct the body.",
});

export const bulkBodyUnreadable = (
  pubsub: string,
  topic: string,
  appId: string,
  cause: unknown,
): ApiError => badBulkBody({ pubsub, topic }, cause, { metadata: new Map([["appID", appId]]) });

const withTopic = (topic: string, error: string): Metadata =>
  new Map([
    ["topic", topic],
    ["error", error],
  ]);

export const topicForbidden = defineError({
  code: "ERR_PUBSUB_FORBIDDEN",
  category,
  form,
  http: 403,
  grpc: code.permissionDenied,
  message: "topic {topic} is not allowed for app id {app}",
  more: ["pubsub"],
  details: details("DAPR_PUBSUB_FORBIDDEN"),
  when: "The component's scopes do not let this app publish to the topic.",
  remedy: "Change `publishingScopes`, `allowedTopics` or `protectedTopics`.",
});

export function forbidden(pubsub: string, topic: string, app: string): ApiError {
  const parameters = { pubsub, topic, app };
  const { message } = topicForbidden(parameters);
  return topicForbidden(parameters, undefined, { metadata: withTopic(topic, message) });
}

export const notPublished = defineError({
  code: "ERR_PUBSUB_PUBLISH_MESSAGE",
  category,
  form,
  http: 500,
  grpc: code.internal,
  message: "error when publishing to topic {topic} in pubsub {pubsub}: {cause}",
  more: ["pubsub"],
  details: details("DAPR_PUBSUB_PUBLISH_MESSAGE"),
  when: "The broker said no, or the body could not be read.",
  remedy: "See the cause.",
});

/** The broker said no, or the body could not be read. */
export const publishFailed = (pubsub: string, topic: string, cause: unknown): ApiError =>
  notPublished({ pubsub, topic }, cause, { metadata: withTopic(topic, errorText(cause)) });
