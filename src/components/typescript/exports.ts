/**
 * What a component file of a user may import, as `tricorne/components`: the contracts of all categories, the errors with a
 * meaning of their own, and the decoder of properties.
 * @see docs/own-components.md
 */
export type {
  Binding,
  BindingEvent,
  BindingHandler,
  BindingRequest,
  BindingResponse,
} from "../bindings/contract.ts";
export { BindingError } from "../bindings/contract.ts";
export type * from "../configuration/contract.ts";
export type {
  ComponentContext,
  ComponentDefinition,
  PropertySchema,
  RunningComponent,
} from "../contract.ts";
export type * from "../conversation/contract.ts";
export type * from "../crypto/contract.ts";
export type * from "../lock/contract.ts";
export type * from "../middleware/contract.ts";
export type {
  BrokerSubscription,
  BulkMessageHandler,
  BulkPublishEntry,
  BulkPublishFailure,
  BulkSubscribeRequest,
  MessageHandler,
  MessageMetadata,
  PublishRequest,
  PubSub,
  PubSubFeature,
  ReceivedMessage,
  SubscribeRequest,
} from "../pubsub/contract.ts";
export type { SecretData, SecretStore } from "../secretstores/contract.ts";
export { Properties } from "../shared/properties.ts";
export type {
  BulkGetItem,
  DeleteRequest,
  GetRequest,
  GetResponse,
  QueryFilter,
  QueryRequest,
  QueryResponse,
  SetRequest,
  StateFeature,
  StateMetadata,
  StateStore,
  StateValue,
  TransactionOperation,
} from "../state/contract.ts";
export { BulkStoreError, EtagInvalidError, EtagMismatchError } from "../state/contract.ts";
