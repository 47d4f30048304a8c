// Generated from proto/dapr/proto/internals/v1/apiversion.proto by tools/generate-proto.ts. Do not edit.

/** There is one. */
export const APIVersion = {
  APIVERSION_UNSPECIFIED: 0,
  V1: 1,
} as const;
export type APIVersion = number;
