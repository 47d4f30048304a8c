// Generated from proto/dapr/proto/operator/v1/operator.proto by tools/generate-proto.ts. Do not edit.
import { MessageCodec, type Reader, type Writer, noBytes } from "../../../../wire.ts";

/** Served by the operator. Lists come once, updates as streams; resources are JSON. */
export const OperatorService = {
  name: "dapr.proto.operator.v1.Operator",
  methods: {
    componentUpdate: {
      path: "/dapr.proto.operator.v1.Operator/ComponentUpdate",
      requestStream: false,
      responseStream: true,
    },
    listComponents: {
      path: "/dapr.proto.operator.v1.Operator/ListComponents",
      requestStream: false,
      responseStream: false,
    },
    getConfiguration: {
      path: "/dapr.proto.operator.v1.Operator/GetConfiguration",
      requestStream: false,
      responseStream: false,
    },
    listSubscriptions: {
      path: "/dapr.proto.operator.v1.Operator/ListSubscriptions",
      requestStream: false,
      responseStream: false,
    },
    getResiliency: {
      path: "/dapr.proto.operator.v1.Operator/GetResiliency",
      requestStream: false,
      responseStream: false,
    },
    listResiliency: {
      path: "/dapr.proto.operator.v1.Operator/ListResiliency",
      requestStream: false,
      responseStream: false,
    },
    listSubscriptionsV2: {
      path: "/dapr.proto.operator.v1.Operator/ListSubscriptionsV2",
      requestStream: false,
      responseStream: false,
    },
    subscriptionUpdate: {
      path: "/dapr.proto.operator.v1.Operator/SubscriptionUpdate",
      requestStream: false,
      responseStream: true,
    },
    listHTTPEndpoints: {
      path: "/dapr.proto.operator.v1.Operator/ListHTTPEndpoints",
      requestStream: false,
      responseStream: false,
    },
    hTTPEndpointUpdate: {
      path: "/dapr.proto.operator.v1.Operator/HTTPEndpointUpdate",
      requestStream: false,
      responseStream: true,
    },
    listMCPServers: {
      path: "/dapr.proto.operator.v1.Operator/ListMCPServers",
      requestStream: false,
      responseStream: false,
    },
    mCPServerUpdate: {
      path: "/dapr.proto.operator.v1.Operator/MCPServerUpdate",
      requestStream: false,
      responseStream: true,
    },
    configurationUpdate: {
      path: "/dapr.proto.operator.v1.Operator/ConfigurationUpdate",
      requestStream: false,
      responseStream: true,
    },
    resiliencyUpdate: {
      path: "/dapr.proto.operator.v1.Operator/ResiliencyUpdate",
      requestStream: false,
      responseStream: true,
    },
    listWorkflowAccessPolicy: {
      path: "/dapr.proto.operator.v1.Operator/ListWorkflowAccessPolicy",
      requestStream: false,
      responseStream: false,
    },
    workflowAccessPolicyUpdate: {
      path: "/dapr.proto.operator.v1.Operator/WorkflowAccessPolicyUpdate",
      requestStream: false,
      responseStream: true,
    },
  },
} as const;

/** What happened to a resource. */
export const ResourceEventType = {
  UNKNOWN: 0,
  CREATED: 1,
  UPDATED: 2,
  DELETED: 3,
} as const;
export type ResourceEventType = number;

export interface ListComponentsRequest {
  namespace: string;
}
export interface ListComponentsRequestInit {
  namespace?: string | undefined;
}

function readListComponentsRequest(
  r: Reader,
  end: number,
  m: ListComponentsRequest = {
    namespace: "",
  },
): ListComponentsRequest {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.namespace = r.string();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeListComponentsRequest(w: Writer, m: ListComponentsRequestInit): void {
  const v0 = m.namespace;
  if (v0) {
    w.string(v0);
    w.uint32(10);
  }
}

export const ListComponentsRequest = /* @__PURE__ */ new MessageCodec<ListComponentsRequest, ListComponentsRequestInit>(
  "dapr.proto.operator.v1.ListComponentsRequest",
  readListComponentsRequest,
  writeListComponentsRequest,
);

/** Opens the stream of component updates of one namespace. */
export interface ComponentUpdateRequest {
  namespace: string;
}
export interface ComponentUpdateRequestInit {
  namespace?: string | undefined;
}

function readComponentUpdateRequest(
  r: Reader,
  end: number,
  m: ComponentUpdateRequest = {
    namespace: "",
  },
): ComponentUpdateRequest {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.namespace = r.string();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeComponentUpdateRequest(w: Writer, m: ComponentUpdateRequestInit): void {
  const v0 = m.namespace;
  if (v0) {
    w.string(v0);
    w.uint32(10);
  }
}

export const ComponentUpdateRequest = /* @__PURE__ */ new MessageCodec<ComponentUpdateRequest, ComponentUpdateRequestInit>(
  "dapr.proto.operator.v1.ComponentUpdateRequest",
  readComponentUpdateRequest,
  writeComponentUpdateRequest,
);

/** A component, and what happened to it. */
export interface ComponentUpdateEvent {
  component: Buffer;
  type: ResourceEventType;
}
export interface ComponentUpdateEventInit {
  component?: Uint8Array | undefined;
  type?: ResourceEventType | undefined;
}

function readComponentUpdateEvent(
  r: Reader,
  end: number,
  m: ComponentUpdateEvent = {
    component: noBytes,
    type: 0,
  },
): ComponentUpdateEvent {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.component = r.bytes();
        break;
      case 16:
        m.type = r.int32();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeComponentUpdateEvent(w: Writer, m: ComponentUpdateEventInit): void {
  const v0 = m.type;
  if (v0) {
    w.int32(v0);
    w.uint32(16);
  }
  const v1 = m.component;
  if (v1 !== undefined && v1.length > 0) {
    w.bytes(v1);
    w.uint32(10);
  }
}

export const ComponentUpdateEvent = /* @__PURE__ */ new MessageCodec<ComponentUpdateEvent, ComponentUpdateEventInit>(
  "dapr.proto.operator.v1.ComponentUpdateEvent",
  readComponentUpdateEvent,
  writeComponentUpdateEvent,
);

/** Components, each as JSON. */
export interface ListComponentResponse {
  components: Buffer[];
}
export interface ListComponentResponseInit {
  components?: readonly Uint8Array[] | undefined;
}

function readListComponentResponse(
  r: Reader,
  end: number,
  m: ListComponentResponse = {
    components: [],
  },
): ListComponentResponse {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.components.push(r.bytes());
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeListComponentResponse(w: Writer, m: ListComponentResponseInit): void {
  const v0 = m.components;
  if (v0 !== undefined && v0.length > 0) {
    for (let i = v0.length - 1; i >= 0; i--) {
      w.bytes(v0[i]!);
      w.uint32(10);
    }
  }
}

export const ListComponentResponse = /* @__PURE__ */ new MessageCodec<ListComponentResponse, ListComponentResponseInit>(
  "dapr.proto.operator.v1.ListComponentResponse",
  readListComponentResponse,
  writeListComponentResponse,
);

export interface GetConfigurationRequest {
  name: string;
  namespace: string;
}
export interface GetConfigurationRequestInit {
  name?: string | undefined;
  namespace?: string | undefined;
}

function readGetConfigurationRequest(
  r: Reader,
  end: number,
  m: GetConfigurationRequest = {
    name: "",
    namespace: "",
  },
): GetConfigurationRequest {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.name = r.string();
        break;
      case 18:
        m.namespace = r.string();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeGetConfigurationRequest(w: Writer, m: GetConfigurationRequestInit): void {
  const v0 = m.namespace;
  if (v0) {
    w.string(v0);
    w.uint32(18);
  }
  const v1 = m.name;
  if (v1) {
    w.string(v1);
    w.uint32(10);
  }
}

export const GetConfigurationRequest = /* @__PURE__ */ new MessageCodec<GetConfigurationRequest, GetConfigurationRequestInit>(
  "dapr.proto.operator.v1.GetConfigurationRequest",
  readGetConfigurationRequest,
  writeGetConfigurationRequest,
);

/** A Configuration as JSON. */
export interface GetConfigurationResponse {
  configuration: Buffer;
}
export interface GetConfigurationResponseInit {
  configuration?: Uint8Array | undefined;
}

function readGetConfigurationResponse(
  r: Reader,
  end: number,
  m: GetConfigurationResponse = {
    configuration: noBytes,
  },
): GetConfigurationResponse {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.configuration = r.bytes();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeGetConfigurationResponse(w: Writer, m: GetConfigurationResponseInit): void {
  const v0 = m.configuration;
  if (v0 !== undefined && v0.length > 0) {
    w.bytes(v0);
    w.uint32(10);
  }
}

export const GetConfigurationResponse = /* @__PURE__ */ new MessageCodec<GetConfigurationResponse, GetConfigurationResponseInit>(
  "dapr.proto.operator.v1.GetConfigurationResponse",
  readGetConfigurationResponse,
  writeGetConfigurationResponse,
);

export interface ListSubscriptionsResponse {
  subscriptions: Buffer[];
}
export interface ListSubscriptionsResponseInit {
  subscriptions?: readonly Uint8Array[] | undefined;
}

function readListSubscriptionsResponse(
  r: Reader,
  end: number,
  m: ListSubscriptionsResponse = {
    subscriptions: [],
  },
): ListSubscriptionsResponse {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.subscriptions.push(r.bytes());
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeListSubscriptionsResponse(w: Writer, m: ListSubscriptionsResponseInit): void {
  const v0 = m.subscriptions;
  if (v0 !== undefined && v0.length > 0) {
    for (let i = v0.length - 1; i >= 0; i--) {
      w.bytes(v0[i]!);
      w.uint32(10);
    }
  }
}

export const ListSubscriptionsResponse = /* @__PURE__ */ new MessageCodec<ListSubscriptionsResponse, ListSubscriptionsResponseInit>(
  "dapr.proto.operator.v1.ListSubscriptionsResponse",
  readListSubscriptionsResponse,
  writeListSubscriptionsResponse,
);

export interface SubscriptionUpdateRequest {
  namespace: string;
}
export interface SubscriptionUpdateRequestInit {
  namespace?: string | undefined;
}

function readSubscriptionUpdateRequest(
  r: Reader,
  end: number,
  m: SubscriptionUpdateRequest = {
    namespace: "",
  },
): SubscriptionUpdateRequest {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.namespace = r.string();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeSubscriptionUpdateRequest(w: Writer, m: SubscriptionUpdateRequestInit): void {
  const v0 = m.namespace;
  if (v0) {
    w.string(v0);
    w.uint32(10);
  }
}

export const SubscriptionUpdateRequest = /* @__PURE__ */ new MessageCodec<SubscriptionUpdateRequest, SubscriptionUpdateRequestInit>(
  "dapr.proto.operator.v1.SubscriptionUpdateRequest",
  readSubscriptionUpdateRequest,
  writeSubscriptionUpdateRequest,
);

/** A subscription, and what happened to it. */
export interface SubscriptionUpdateEvent {
  subscription: Buffer;
  type: ResourceEventType;
}
export interface SubscriptionUpdateEventInit {
  subscription?: Uint8Array | undefined;
  type?: ResourceEventType | undefined;
}

function readSubscriptionUpdateEvent(
  r: Reader,
  end: number,
  m: SubscriptionUpdateEvent = {
    subscription: noBytes,
    type: 0,
  },
): SubscriptionUpdateEvent {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.subscription = r.bytes();
        break;
      case 16:
        m.type = r.int32();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeSubscriptionUpdateEvent(w: Writer, m: SubscriptionUpdateEventInit): void {
  const v0 = m.type;
  if (v0) {
    w.int32(v0);
    w.uint32(16);
  }
  const v1 = m.subscription;
  if (v1 !== undefined && v1.length > 0) {
    w.bytes(v1);
    w.uint32(10);
  }
}

export const SubscriptionUpdateEvent = /* @__PURE__ */ new MessageCodec<SubscriptionUpdateEvent, SubscriptionUpdateEventInit>(
  "dapr.proto.operator.v1.SubscriptionUpdateEvent",
  readSubscriptionUpdateEvent,
  writeSubscriptionUpdateEvent,
);

export interface GetResiliencyRequest {
  name: string;
  namespace: string;
}
export interface GetResiliencyRequestInit {
  name?: string | undefined;
  namespace?: string | undefined;
}

function readGetResiliencyRequest(
  r: Reader,
  end: number,
  m: GetResiliencyRequest = {
    name: "",
    namespace: "",
  },
): GetResiliencyRequest {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.name = r.string();
        break;
      case 18:
        m.namespace = r.string();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeGetResiliencyRequest(w: Writer, m: GetResiliencyRequestInit): void {
  const v0 = m.namespace;
  if (v0) {
    w.string(v0);
    w.uint32(18);
  }
  const v1 = m.name;
  if (v1) {
    w.string(v1);
    w.uint32(10);
  }
}

export const GetResiliencyRequest = /* @__PURE__ */ new MessageCodec<GetResiliencyRequest, GetResiliencyRequestInit>(
  "dapr.proto.operator.v1.GetResiliencyRequest",
  readGetResiliencyRequest,
  writeGetResiliencyRequest,
);

export interface GetResiliencyResponse {
  resiliency: Buffer;
}
export interface GetResiliencyResponseInit {
  resiliency?: Uint8Array | undefined;
}

function readGetResiliencyResponse(
  r: Reader,
  end: number,
  m: GetResiliencyResponse = {
    resiliency: noBytes,
  },
): GetResiliencyResponse {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.resiliency = r.bytes();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeGetResiliencyResponse(w: Writer, m: GetResiliencyResponseInit): void {
  const v0 = m.resiliency;
  if (v0 !== undefined && v0.length > 0) {
    w.bytes(v0);
    w.uint32(10);
  }
}

export const GetResiliencyResponse = /* @__PURE__ */ new MessageCodec<GetResiliencyResponse, GetResiliencyResponseInit>(
  "dapr.proto.operator.v1.GetResiliencyResponse",
  readGetResiliencyResponse,
  writeGetResiliencyResponse,
);

export interface ListResiliencyRequest {
  namespace: string;
}
export interface ListResiliencyRequestInit {
  namespace?: string | undefined;
}

function readListResiliencyRequest(
  r: Reader,
  end: number,
  m: ListResiliencyRequest = {
    namespace: "",
  },
): ListResiliencyRequest {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.namespace = r.string();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeListResiliencyRequest(w: Writer, m: ListResiliencyRequestInit): void {
  const v0 = m.namespace;
  if (v0) {
    w.string(v0);
    w.uint32(10);
  }
}

export const ListResiliencyRequest = /* @__PURE__ */ new MessageCodec<ListResiliencyRequest, ListResiliencyRequestInit>(
  "dapr.proto.operator.v1.ListResiliencyRequest",
  readListResiliencyRequest,
  writeListResiliencyRequest,
);

export interface ListResiliencyResponse {
  resiliencies: Buffer[];
}
export interface ListResiliencyResponseInit {
  resiliencies?: readonly Uint8Array[] | undefined;
}

function readListResiliencyResponse(
  r: Reader,
  end: number,
  m: ListResiliencyResponse = {
    resiliencies: [],
  },
): ListResiliencyResponse {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.resiliencies.push(r.bytes());
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeListResiliencyResponse(w: Writer, m: ListResiliencyResponseInit): void {
  const v0 = m.resiliencies;
  if (v0 !== undefined && v0.length > 0) {
    for (let i = v0.length - 1; i >= 0; i--) {
      w.bytes(v0[i]!);
      w.uint32(10);
    }
  }
}

export const ListResiliencyResponse = /* @__PURE__ */ new MessageCodec<ListResiliencyResponse, ListResiliencyResponseInit>(
  "dapr.proto.operator.v1.ListResiliencyResponse",
  readListResiliencyResponse,
  writeListResiliencyResponse,
);

export interface ListSubscriptionsRequest {
  namespace: string;
}
export interface ListSubscriptionsRequestInit {
  namespace?: string | undefined;
}

function readListSubscriptionsRequest(
  r: Reader,
  end: number,
  m: ListSubscriptionsRequest = {
    namespace: "",
  },
): ListSubscriptionsRequest {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 18:
        m.namespace = r.string();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeListSubscriptionsRequest(w: Writer, m: ListSubscriptionsRequestInit): void {
  const v0 = m.namespace;
  if (v0) {
    w.string(v0);
    w.uint32(18);
  }
}

export const ListSubscriptionsRequest = /* @__PURE__ */ new MessageCodec<ListSubscriptionsRequest, ListSubscriptionsRequestInit>(
  "dapr.proto.operator.v1.ListSubscriptionsRequest",
  readListSubscriptionsRequest,
  writeListSubscriptionsRequest,
);

export interface GetHTTPEndpointRequest {
  name: string;
  namespace: string;
}
export interface GetHTTPEndpointRequestInit {
  name?: string | undefined;
  namespace?: string | undefined;
}

function readGetHTTPEndpointRequest(
  r: Reader,
  end: number,
  m: GetHTTPEndpointRequest = {
    name: "",
    namespace: "",
  },
): GetHTTPEndpointRequest {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.name = r.string();
        break;
      case 18:
        m.namespace = r.string();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeGetHTTPEndpointRequest(w: Writer, m: GetHTTPEndpointRequestInit): void {
  const v0 = m.namespace;
  if (v0) {
    w.string(v0);
    w.uint32(18);
  }
  const v1 = m.name;
  if (v1) {
    w.string(v1);
    w.uint32(10);
  }
}

export const GetHTTPEndpointRequest = /* @__PURE__ */ new MessageCodec<GetHTTPEndpointRequest, GetHTTPEndpointRequestInit>(
  "dapr.proto.operator.v1.GetHTTPEndpointRequest",
  readGetHTTPEndpointRequest,
  writeGetHTTPEndpointRequest,
);

export interface GetHTTPEndpointResponse {
  httpEndpoint: Buffer;
}
export interface GetHTTPEndpointResponseInit {
  httpEndpoint?: Uint8Array | undefined;
}

function readGetHTTPEndpointResponse(
  r: Reader,
  end: number,
  m: GetHTTPEndpointResponse = {
    httpEndpoint: noBytes,
  },
): GetHTTPEndpointResponse {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.httpEndpoint = r.bytes();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeGetHTTPEndpointResponse(w: Writer, m: GetHTTPEndpointResponseInit): void {
  const v0 = m.httpEndpoint;
  if (v0 !== undefined && v0.length > 0) {
    w.bytes(v0);
    w.uint32(10);
  }
}

export const GetHTTPEndpointResponse = /* @__PURE__ */ new MessageCodec<GetHTTPEndpointResponse, GetHTTPEndpointResponseInit>(
  "dapr.proto.operator.v1.GetHTTPEndpointResponse",
  readGetHTTPEndpointResponse,
  writeGetHTTPEndpointResponse,
);

export interface ListHTTPEndpointsResponse {
  httpEndpoints: Buffer[];
}
export interface ListHTTPEndpointsResponseInit {
  httpEndpoints?: readonly Uint8Array[] | undefined;
}

function readListHTTPEndpointsResponse(
  r: Reader,
  end: number,
  m: ListHTTPEndpointsResponse = {
    httpEndpoints: [],
  },
): ListHTTPEndpointsResponse {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.httpEndpoints.push(r.bytes());
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeListHTTPEndpointsResponse(w: Writer, m: ListHTTPEndpointsResponseInit): void {
  const v0 = m.httpEndpoints;
  if (v0 !== undefined && v0.length > 0) {
    for (let i = v0.length - 1; i >= 0; i--) {
      w.bytes(v0[i]!);
      w.uint32(10);
    }
  }
}

export const ListHTTPEndpointsResponse = /* @__PURE__ */ new MessageCodec<ListHTTPEndpointsResponse, ListHTTPEndpointsResponseInit>(
  "dapr.proto.operator.v1.ListHTTPEndpointsResponse",
  readListHTTPEndpointsResponse,
  writeListHTTPEndpointsResponse,
);

export interface ListHTTPEndpointsRequest {
  namespace: string;
}
export interface ListHTTPEndpointsRequestInit {
  namespace?: string | undefined;
}

function readListHTTPEndpointsRequest(
  r: Reader,
  end: number,
  m: ListHTTPEndpointsRequest = {
    namespace: "",
  },
): ListHTTPEndpointsRequest {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.namespace = r.string();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeListHTTPEndpointsRequest(w: Writer, m: ListHTTPEndpointsRequestInit): void {
  const v0 = m.namespace;
  if (v0) {
    w.string(v0);
    w.uint32(10);
  }
}

export const ListHTTPEndpointsRequest = /* @__PURE__ */ new MessageCodec<ListHTTPEndpointsRequest, ListHTTPEndpointsRequestInit>(
  "dapr.proto.operator.v1.ListHTTPEndpointsRequest",
  readListHTTPEndpointsRequest,
  writeListHTTPEndpointsRequest,
);

export interface HTTPEndpointUpdateRequest {
  namespace: string;
}
export interface HTTPEndpointUpdateRequestInit {
  namespace?: string | undefined;
}

function readHTTPEndpointUpdateRequest(
  r: Reader,
  end: number,
  m: HTTPEndpointUpdateRequest = {
    namespace: "",
  },
): HTTPEndpointUpdateRequest {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.namespace = r.string();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeHTTPEndpointUpdateRequest(w: Writer, m: HTTPEndpointUpdateRequestInit): void {
  const v0 = m.namespace;
  if (v0) {
    w.string(v0);
    w.uint32(10);
  }
}

export const HTTPEndpointUpdateRequest = /* @__PURE__ */ new MessageCodec<HTTPEndpointUpdateRequest, HTTPEndpointUpdateRequestInit>(
  "dapr.proto.operator.v1.HTTPEndpointUpdateRequest",
  readHTTPEndpointUpdateRequest,
  writeHTTPEndpointUpdateRequest,
);

/** An HTTP endpoint; the type of event is not told. */
export interface HTTPEndpointUpdateEvent {
  httpEndpoints: Buffer;
  type: ResourceEventType;
}
export interface HTTPEndpointUpdateEventInit {
  httpEndpoints?: Uint8Array | undefined;
  type?: ResourceEventType | undefined;
}

function readHTTPEndpointUpdateEvent(
  r: Reader,
  end: number,
  m: HTTPEndpointUpdateEvent = {
    httpEndpoints: noBytes,
    type: 0,
  },
): HTTPEndpointUpdateEvent {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.httpEndpoints = r.bytes();
        break;
      case 16:
        m.type = r.int32();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeHTTPEndpointUpdateEvent(w: Writer, m: HTTPEndpointUpdateEventInit): void {
  const v0 = m.type;
  if (v0) {
    w.int32(v0);
    w.uint32(16);
  }
  const v1 = m.httpEndpoints;
  if (v1 !== undefined && v1.length > 0) {
    w.bytes(v1);
    w.uint32(10);
  }
}

export const HTTPEndpointUpdateEvent = /* @__PURE__ */ new MessageCodec<HTTPEndpointUpdateEvent, HTTPEndpointUpdateEventInit>(
  "dapr.proto.operator.v1.HTTPEndpointUpdateEvent",
  readHTTPEndpointUpdateEvent,
  writeHTTPEndpointUpdateEvent,
);

export interface ListMCPServersRequest {
  namespace: string;
}
export interface ListMCPServersRequestInit {
  namespace?: string | undefined;
}

function readListMCPServersRequest(
  r: Reader,
  end: number,
  m: ListMCPServersRequest = {
    namespace: "",
  },
): ListMCPServersRequest {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.namespace = r.string();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeListMCPServersRequest(w: Writer, m: ListMCPServersRequestInit): void {
  const v0 = m.namespace;
  if (v0) {
    w.string(v0);
    w.uint32(10);
  }
}

export const ListMCPServersRequest = /* @__PURE__ */ new MessageCodec<ListMCPServersRequest, ListMCPServersRequestInit>(
  "dapr.proto.operator.v1.ListMCPServersRequest",
  readListMCPServersRequest,
  writeListMCPServersRequest,
);

export interface ListMCPServersResponse {
  mcpServers: Buffer[];
}
export interface ListMCPServersResponseInit {
  mcpServers?: readonly Uint8Array[] | undefined;
}

function readListMCPServersResponse(
  r: Reader,
  end: number,
  m: ListMCPServersResponse = {
    mcpServers: [],
  },
): ListMCPServersResponse {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.mcpServers.push(r.bytes());
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeListMCPServersResponse(w: Writer, m: ListMCPServersResponseInit): void {
  const v0 = m.mcpServers;
  if (v0 !== undefined && v0.length > 0) {
    for (let i = v0.length - 1; i >= 0; i--) {
      w.bytes(v0[i]!);
      w.uint32(10);
    }
  }
}

export const ListMCPServersResponse = /* @__PURE__ */ new MessageCodec<ListMCPServersResponse, ListMCPServersResponseInit>(
  "dapr.proto.operator.v1.ListMCPServersResponse",
  readListMCPServersResponse,
  writeListMCPServersResponse,
);

export interface MCPServerUpdateRequest {
  namespace: string;
}
export interface MCPServerUpdateRequestInit {
  namespace?: string | undefined;
}

function readMCPServerUpdateRequest(
  r: Reader,
  end: number,
  m: MCPServerUpdateRequest = {
    namespace: "",
  },
): MCPServerUpdateRequest {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.namespace = r.string();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeMCPServerUpdateRequest(w: Writer, m: MCPServerUpdateRequestInit): void {
  const v0 = m.namespace;
  if (v0) {
    w.string(v0);
    w.uint32(10);
  }
}

export const MCPServerUpdateRequest = /* @__PURE__ */ new MessageCodec<MCPServerUpdateRequest, MCPServerUpdateRequestInit>(
  "dapr.proto.operator.v1.MCPServerUpdateRequest",
  readMCPServerUpdateRequest,
  writeMCPServerUpdateRequest,
);

export interface MCPServerUpdateEvent {
  mcpServer: Buffer;
  type: ResourceEventType;
}
export interface MCPServerUpdateEventInit {
  mcpServer?: Uint8Array | undefined;
  type?: ResourceEventType | undefined;
}

function readMCPServerUpdateEvent(
  r: Reader,
  end: number,
  m: MCPServerUpdateEvent = {
    mcpServer: noBytes,
    type: 0,
  },
): MCPServerUpdateEvent {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.mcpServer = r.bytes();
        break;
      case 16:
        m.type = r.int32();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeMCPServerUpdateEvent(w: Writer, m: MCPServerUpdateEventInit): void {
  const v0 = m.type;
  if (v0) {
    w.int32(v0);
    w.uint32(16);
  }
  const v1 = m.mcpServer;
  if (v1 !== undefined && v1.length > 0) {
    w.bytes(v1);
    w.uint32(10);
  }
}

export const MCPServerUpdateEvent = /* @__PURE__ */ new MessageCodec<MCPServerUpdateEvent, MCPServerUpdateEventInit>(
  "dapr.proto.operator.v1.MCPServerUpdateEvent",
  readMCPServerUpdateEvent,
  writeMCPServerUpdateEvent,
);

export interface ConfigurationUpdateRequest {
  namespace: string;
}
export interface ConfigurationUpdateRequestInit {
  namespace?: string | undefined;
}

function readConfigurationUpdateRequest(
  r: Reader,
  end: number,
  m: ConfigurationUpdateRequest = {
    namespace: "",
  },
): ConfigurationUpdateRequest {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.namespace = r.string();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeConfigurationUpdateRequest(w: Writer, m: ConfigurationUpdateRequestInit): void {
  const v0 = m.namespace;
  if (v0) {
    w.string(v0);
    w.uint32(10);
  }
}

export const ConfigurationUpdateRequest = /* @__PURE__ */ new MessageCodec<ConfigurationUpdateRequest, ConfigurationUpdateRequestInit>(
  "dapr.proto.operator.v1.ConfigurationUpdateRequest",
  readConfigurationUpdateRequest,
  writeConfigurationUpdateRequest,
);

export interface ConfigurationUpdateEvent {
  configuration: Buffer;
  type: ResourceEventType;
}
export interface ConfigurationUpdateEventInit {
  configuration?: Uint8Array | undefined;
  type?: ResourceEventType | undefined;
}

function readConfigurationUpdateEvent(
  r: Reader,
  end: number,
  m: ConfigurationUpdateEvent = {
    configuration: noBytes,
    type: 0,
  },
): ConfigurationUpdateEvent {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.configuration = r.bytes();
        break;
      case 16:
        m.type = r.int32();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeConfigurationUpdateEvent(w: Writer, m: ConfigurationUpdateEventInit): void {
  const v0 = m.type;
  if (v0) {
    w.int32(v0);
    w.uint32(16);
  }
  const v1 = m.configuration;
  if (v1 !== undefined && v1.length > 0) {
    w.bytes(v1);
    w.uint32(10);
  }
}

export const ConfigurationUpdateEvent = /* @__PURE__ */ new MessageCodec<ConfigurationUpdateEvent, ConfigurationUpdateEventInit>(
  "dapr.proto.operator.v1.ConfigurationUpdateEvent",
  readConfigurationUpdateEvent,
  writeConfigurationUpdateEvent,
);

export interface ResiliencyUpdateRequest {
  namespace: string;
}
export interface ResiliencyUpdateRequestInit {
  namespace?: string | undefined;
}

function readResiliencyUpdateRequest(
  r: Reader,
  end: number,
  m: ResiliencyUpdateRequest = {
    namespace: "",
  },
): ResiliencyUpdateRequest {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.namespace = r.string();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeResiliencyUpdateRequest(w: Writer, m: ResiliencyUpdateRequestInit): void {
  const v0 = m.namespace;
  if (v0) {
    w.string(v0);
    w.uint32(10);
  }
}

export const ResiliencyUpdateRequest = /* @__PURE__ */ new MessageCodec<ResiliencyUpdateRequest, ResiliencyUpdateRequestInit>(
  "dapr.proto.operator.v1.ResiliencyUpdateRequest",
  readResiliencyUpdateRequest,
  writeResiliencyUpdateRequest,
);

export interface ResiliencyUpdateEvent {
  resiliency: Buffer;
  type: ResourceEventType;
}
export interface ResiliencyUpdateEventInit {
  resiliency?: Uint8Array | undefined;
  type?: ResourceEventType | undefined;
}

function readResiliencyUpdateEvent(
  r: Reader,
  end: number,
  m: ResiliencyUpdateEvent = {
    resiliency: noBytes,
    type: 0,
  },
): ResiliencyUpdateEvent {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.resiliency = r.bytes();
        break;
      case 16:
        m.type = r.int32();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeResiliencyUpdateEvent(w: Writer, m: ResiliencyUpdateEventInit): void {
  const v0 = m.type;
  if (v0) {
    w.int32(v0);
    w.uint32(16);
  }
  const v1 = m.resiliency;
  if (v1 !== undefined && v1.length > 0) {
    w.bytes(v1);
    w.uint32(10);
  }
}

export const ResiliencyUpdateEvent = /* @__PURE__ */ new MessageCodec<ResiliencyUpdateEvent, ResiliencyUpdateEventInit>(
  "dapr.proto.operator.v1.ResiliencyUpdateEvent",
  readResiliencyUpdateEvent,
  writeResiliencyUpdateEvent,
);

export interface ListWorkflowAccessPolicyRequest {
  namespace: string;
}
export interface ListWorkflowAccessPolicyRequestInit {
  namespace?: string | undefined;
}

function readListWorkflowAccessPolicyRequest(
  r: Reader,
  end: number,
  m: ListWorkflowAccessPolicyRequest = {
    namespace: "",
  },
): ListWorkflowAccessPolicyRequest {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.namespace = r.string();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeListWorkflowAccessPolicyRequest(w: Writer, m: ListWorkflowAccessPolicyRequestInit): void {
  const v0 = m.namespace;
  if (v0) {
    w.string(v0);
    w.uint32(10);
  }
}

export const ListWorkflowAccessPolicyRequest = /* @__PURE__ */ new MessageCodec<ListWorkflowAccessPolicyRequest, ListWorkflowAccessPolicyRequestInit>(
  "dapr.proto.operator.v1.ListWorkflowAccessPolicyRequest",
  readListWorkflowAccessPolicyRequest,
  writeListWorkflowAccessPolicyRequest,
);

export interface ListWorkflowAccessPolicyResponse {
  policies: Buffer[];
}
export interface ListWorkflowAccessPolicyResponseInit {
  policies?: readonly Uint8Array[] | undefined;
}

function readListWorkflowAccessPolicyResponse(
  r: Reader,
  end: number,
  m: ListWorkflowAccessPolicyResponse = {
    policies: [],
  },
): ListWorkflowAccessPolicyResponse {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.policies.push(r.bytes());
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeListWorkflowAccessPolicyResponse(w: Writer, m: ListWorkflowAccessPolicyResponseInit): void {
  const v0 = m.policies;
  if (v0 !== undefined && v0.length > 0) {
    for (let i = v0.length - 1; i >= 0; i--) {
      w.bytes(v0[i]!);
      w.uint32(10);
    }
  }
}

export const ListWorkflowAccessPolicyResponse = /* @__PURE__ */ new MessageCodec<ListWorkflowAccessPolicyResponse, ListWorkflowAccessPolicyResponseInit>(
  "dapr.proto.operator.v1.ListWorkflowAccessPolicyResponse",
  readListWorkflowAccessPolicyResponse,
  writeListWorkflowAccessPolicyResponse,
);

export interface WorkflowAccessPolicyUpdateRequest {
  namespace: string;
}
export interface WorkflowAccessPolicyUpdateRequestInit {
  namespace?: string | undefined;
}

function readWorkflowAccessPolicyUpdateRequest(
  r: Reader,
  end: number,
  m: WorkflowAccessPolicyUpdateRequest = {
    namespace: "",
  },
): WorkflowAccessPolicyUpdateRequest {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.namespace = r.string();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeWorkflowAccessPolicyUpdateRequest(w: Writer, m: WorkflowAccessPolicyUpdateRequestInit): void {
  const v0 = m.namespace;
  if (v0) {
    w.string(v0);
    w.uint32(10);
  }
}

export const WorkflowAccessPolicyUpdateRequest = /* @__PURE__ */ new MessageCodec<WorkflowAccessPolicyUpdateRequest, WorkflowAccessPolicyUpdateRequestInit>(
  "dapr.proto.operator.v1.WorkflowAccessPolicyUpdateRequest",
  readWorkflowAccessPolicyUpdateRequest,
  writeWorkflowAccessPolicyUpdateRequest,
);

export interface WorkflowAccessPolicyUpdateEvent {
  policy: Buffer;
  type: ResourceEventType;
}
export interface WorkflowAccessPolicyUpdateEventInit {
  policy?: Uint8Array | undefined;
  type?: ResourceEventType | undefined;
}

function readWorkflowAccessPolicyUpdateEvent(
  r: Reader,
  end: number,
  m: WorkflowAccessPolicyUpdateEvent = {
    policy: noBytes,
    type: 0,
  },
): WorkflowAccessPolicyUpdateEvent {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.policy = r.bytes();
        break;
      case 16:
        m.type = r.int32();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeWorkflowAccessPolicyUpdateEvent(w: Writer, m: WorkflowAccessPolicyUpdateEventInit): void {
  const v0 = m.type;
  if (v0) {
    w.int32(v0);
    w.uint32(16);
  }
  const v1 = m.policy;
  if (v1 !== undefined && v1.length > 0) {
    w.bytes(v1);
    w.uint32(10);
  }
}

export const WorkflowAccessPolicyUpdateEvent = /* @__PURE__ */ new MessageCodec<WorkflowAccessPolicyUpdateEvent, WorkflowAccessPolicyUpdateEventInit>(
  "dapr.proto.operator.v1.WorkflowAccessPolicyUpdateEvent",
  readWorkflowAccessPolicyUpdateEvent,
  writeWorkflowAccessPolicyUpdateEvent,
);
