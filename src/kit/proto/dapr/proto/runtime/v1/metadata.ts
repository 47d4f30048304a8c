// Generated from proto/dapr/proto/runtime/v1/metadata.proto by tools/generate-proto.ts. Do not edit.
import { MessageCodec, type Reader, type Writer, readStringEntry, writeStringMap } from "../../../../wire.ts";

/** Where a subscription was declared. */
export const PubsubSubscriptionType = {
  UNKNOWN: 0,
  DECLARATIVE: 1,
  PROGRAMMATIC: 2,
  STREAMING: 3,
} as const;
export type PubsubSubscriptionType = number;

export interface GetMetadataRequest {}
export interface GetMetadataRequestInit {}

function readGetMetadataRequest(
  r: Reader,
  end: number,
  m: GetMetadataRequest = {},
): GetMetadataRequest {
  while (r.pos < end) r.skip(r.tag());
  return m;
}

function writeGetMetadataRequest(_w: Writer, _m: GetMetadataRequestInit): void {
}

export const GetMetadataRequest = /* @__PURE__ */ new MessageCodec<GetMetadataRequest, GetMetadataRequestInit>(
  "dapr.proto.runtime.v1.GetMetadataRequest",
  readGetMetadataRequest,
  writeGetMetadataRequest,
);

/** Everything that is loaded. */
export interface GetMetadataResponse {
  id: string;
  /** @deprecated */
  activeActorsCount: ActiveActorsCount[];
  registeredComponents: RegisteredComponents[];
  extendedMetadata: Map<string, string>;
  subscriptions: PubsubSubscription[];
  httpEndpoints: MetadataHTTPEndpoint[];
  appConnectionProperties: AppConnectionProperties | undefined;
  runtimeVersion: string;
  enabledFeatures: string[];
  actorRuntime: ActorRuntime | undefined;
  scheduler: MetadataScheduler | undefined;
  workflows: MetadataWorkflows | undefined;
  mcpServers: MetadataMCPServer[];
  workflowAccessPolicies: MetadataWorkflowAccessPolicy[];
  resiliencies: MetadataResiliency[];
}
export interface GetMetadataResponseInit {
  id?: string | undefined;
  activeActorsCount?: readonly ActiveActorsCountInit[] | undefined;
  registeredComponents?: readonly RegisteredComponentsInit[] | undefined;
  extendedMetadata?: ReadonlyMap<string, string> | undefined;
  subscriptions?: readonly PubsubSubscriptionInit[] | undefined;
  httpEndpoints?: readonly MetadataHTTPEndpointInit[] | undefined;
  appConnectionProperties?: AppConnectionPropertiesInit | undefined;
  runtimeVersion?: string | undefined;
  enabledFeatures?: readonly string[] | undefined;
  actorRuntime?: ActorRuntimeInit | undefined;
  scheduler?: MetadataSchedulerInit | undefined;
  workflows?: MetadataWorkflowsInit | undefined;
  mcpServers?: readonly MetadataMCPServerInit[] | undefined;
  workflowAccessPolicies?: readonly MetadataWorkflowAccessPolicyInit[] | undefined;
  resiliencies?: readonly MetadataResiliencyInit[] | undefined;
}

function readGetMetadataResponse(
  r: Reader,
  end: number,
  m: GetMetadataResponse = {
    id: "",
    activeActorsCount: [],
    registeredComponents: [],
    extendedMetadata: new Map(),
    subscriptions: [],
    httpEndpoints: [],
    appConnectionProperties: undefined,
    runtimeVersion: "",
    enabledFeatures: [],
    actorRuntime: undefined,
    scheduler: undefined,
    workflows: undefined,
    mcpServers: [],
    workflowAccessPolicies: [],
    resiliencies: [],
  },
): GetMetadataResponse {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.id = r.string();
        break;
      case 18: {
        const e = r.enter();
        m.activeActorsCount.push(readActiveActorsCount(r, e));
        r.leave(e);
        break;
      }
      case 26: {
        const e = r.enter();
        m.registeredComponents.push(readRegisteredComponents(r, e));
        r.leave(e);
        break;
      }
      case 34:
        readStringEntry(r, m.extendedMetadata);
        break;
      case 42: {
        const e = r.enter();
        m.subscriptions.push(readPubsubSubscription(r, e));
        r.leave(e);
        break;
      }
      case 50: {
        const e = r.enter();
        m.httpEndpoints.push(readMetadataHTTPEndpoint(r, e));
        r.leave(e);
        break;
      }
      case 58: {
        const e = r.enter();
        m.appConnectionProperties = readAppConnectionProperties(r, e, m.appConnectionProperties);
        r.leave(e);
        break;
      }
      case 66:
        m.runtimeVersion = r.string();
        break;
      case 74:
        m.enabledFeatures.push(r.string());
        break;
      case 82: {
        const e = r.enter();
        m.actorRuntime = readActorRuntime(r, e, m.actorRuntime);
        r.leave(e);
        break;
      }
      case 90: {
        const e = r.enter();
        m.scheduler = readMetadataScheduler(r, e, m.scheduler);
        r.leave(e);
        break;
      }
      case 98: {
        const e = r.enter();
        m.workflows = readMetadataWorkflows(r, e, m.workflows);
        r.leave(e);
        break;
      }
      case 106: {
        const e = r.enter();
        m.mcpServers.push(readMetadataMCPServer(r, e));
        r.leave(e);
        break;
      }
      case 114: {
        const e = r.enter();
        m.workflowAccessPolicies.push(readMetadataWorkflowAccessPolicy(r, e));
        r.leave(e);
        break;
      }
      case 122: {
        const e = r.enter();
        m.resiliencies.push(readMetadataResiliency(r, e));
        r.leave(e);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeGetMetadataResponse(w: Writer, m: GetMetadataResponseInit): void {
  const v0 = m.resiliencies;
  if (v0 !== undefined && v0.length > 0) {
    for (let i = v0.length - 1; i >= 0; i--) {
      const s = w.written;
      writeMetadataResiliency(w, v0[i]!);
      w.delimit(s, 122);
    }
  }
  const v1 = m.workflowAccessPolicies;
  if (v1 !== undefined && v1.length > 0) {
    for (let i = v1.length - 1; i >= 0; i--) {
      const s = w.written;
      writeMetadataWorkflowAccessPolicy(w, v1[i]!);
      w.delimit(s, 114);
    }
  }
  const v2 = m.mcpServers;
  if (v2 !== undefined && v2.length > 0) {
    for (let i = v2.length - 1; i >= 0; i--) {
      const s = w.written;
      writeMetadataMCPServer(w, v2[i]!);
      w.delimit(s, 106);
    }
  }
  const v3 = m.workflows;
  if (v3 !== undefined) {
    const s = w.written;
    writeMetadataWorkflows(w, v3);
    w.delimit(s, 98);
  }
  const v4 = m.scheduler;
  if (v4 !== undefined) {
    const s = w.written;
    writeMetadataScheduler(w, v4);
    w.delimit(s, 90);
  }
  const v5 = m.actorRuntime;
  if (v5 !== undefined) {
    const s = w.written;
    writeActorRuntime(w, v5);
    w.delimit(s, 82);
  }
  const v6 = m.enabledFeatures;
  if (v6 !== undefined && v6.length > 0) {
    for (let i = v6.length - 1; i >= 0; i--) {
      w.string(v6[i]!);
      w.uint32(74);
    }
  }
  const v7 = m.runtimeVersion;
  if (v7) {
    w.string(v7);
    w.uint32(66);
  }
  const v8 = m.appConnectionProperties;
  if (v8 !== undefined) {
    const s = w.written;
    writeAppConnectionProperties(w, v8);
    w.delimit(s, 58);
  }
  const v9 = m.httpEndpoints;
  if (v9 !== undefined && v9.length > 0) {
    for (let i = v9.length - 1; i >= 0; i--) {
      const s = w.written;
      writeMetadataHTTPEndpoint(w, v9[i]!);
      w.delimit(s, 50);
    }
  }
  const v10 = m.subscriptions;
  if (v10 !== undefined && v10.length > 0) {
    for (let i = v10.length - 1; i >= 0; i--) {
      const s = w.written;
      writePubsubSubscription(w, v10[i]!);
      w.delimit(s, 42);
    }
  }
  const v11 = m.extendedMetadata;
  if (v11 !== undefined && v11.size > 0) {
    writeStringMap(w, v11, 34);
  }
  const v12 = m.registeredComponents;
  if (v12 !== undefined && v12.length > 0) {
    for (let i = v12.length - 1; i >= 0; i--) {
      const s = w.written;
      writeRegisteredComponents(w, v12[i]!);
      w.delimit(s, 26);
    }
  }
  const v13 = m.activeActorsCount;
  if (v13 !== undefined && v13.length > 0) {
    for (let i = v13.length - 1; i >= 0; i--) {
      const s = w.written;
      writeActiveActorsCount(w, v13[i]!);
      w.delimit(s, 18);
    }
  }
  const v14 = m.id;
  if (v14) {
    w.string(v14);
    w.uint32(10);
  }
}

export const GetMetadataResponse = /* @__PURE__ */ new MessageCodec<GetMetadataResponse, GetMetadataResponseInit>(
  "dapr.proto.runtime.v1.GetMetadataResponse",
  readGetMetadataResponse,
  writeGetMetadataResponse,
);

/** Connected workflow workers. */
export interface MetadataWorkflows {
  connectedWorkers: number;
}
export interface MetadataWorkflowsInit {
  connectedWorkers?: number | undefined;
}

function readMetadataWorkflows(
  r: Reader,
  end: number,
  m: MetadataWorkflows = {
    connectedWorkers: 0,
  },
): MetadataWorkflows {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 8:
        m.connectedWorkers = r.int32();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeMetadataWorkflows(w: Writer, m: MetadataWorkflowsInit): void {
  const v0 = m.connectedWorkers;
  if (v0) {
    w.int32(v0);
    w.uint32(8);
  }
}

export const MetadataWorkflows = /* @__PURE__ */ new MessageCodec<MetadataWorkflows, MetadataWorkflowsInit>(
  "dapr.proto.runtime.v1.MetadataWorkflows",
  readMetadataWorkflows,
  writeMetadataWorkflows,
);

/** Schedulers that the sidecar is connected to. */
export interface MetadataScheduler {
  connectedAddresses: string[];
}
export interface MetadataSchedulerInit {
  connectedAddresses?: readonly string[] | undefined;
}

function readMetadataScheduler(
  r: Reader,
  end: number,
  m: MetadataScheduler = {
    connectedAddresses: [],
  },
): MetadataScheduler {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.connectedAddresses.push(r.string());
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeMetadataScheduler(w: Writer, m: MetadataSchedulerInit): void {
  const v0 = m.connectedAddresses;
  if (v0 !== undefined && v0.length > 0) {
    for (let i = v0.length - 1; i >= 0; i--) {
      w.string(v0[i]!);
      w.uint32(10);
    }
  }
}

export const MetadataScheduler = /* @__PURE__ */ new MessageCodec<MetadataScheduler, MetadataSchedulerInit>(
  "dapr.proto.runtime.v1.MetadataScheduler",
  readMetadataScheduler,
  writeMetadataScheduler,
);

/** Whether actors can be hosted, and which are active. */
export interface ActorRuntime {
  runtimeStatus: ActorRuntime_ActorRuntimeStatus;
  activeActors: ActiveActorsCount[];
  hostReady: boolean;
  placement: string;
}
export interface ActorRuntimeInit {
  runtimeStatus?: ActorRuntime_ActorRuntimeStatus | undefined;
  activeActors?: readonly ActiveActorsCountInit[] | undefined;
  hostReady?: boolean | undefined;
  placement?: string | undefined;
}

function readActorRuntime(
  r: Reader,
  end: number,
  m: ActorRuntime = {
    runtimeStatus: 0,
    activeActors: [],
    hostReady: false,
    placement: "",
  },
): ActorRuntime {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 8:
        m.runtimeStatus = r.int32();
        break;
      case 18: {
        const e = r.enter();
        m.activeActors.push(readActiveActorsCount(r, e));
        r.leave(e);
        break;
      }
      case 24:
        m.hostReady = r.bool();
        break;
      case 34:
        m.placement = r.string();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeActorRuntime(w: Writer, m: ActorRuntimeInit): void {
  const v0 = m.placement;
  if (v0) {
    w.string(v0);
    w.uint32(34);
  }
  const v1 = m.hostReady;
  if (v1) {
    w.bool(v1);
    w.uint32(24);
  }
  const v2 = m.activeActors;
  if (v2 !== undefined && v2.length > 0) {
    for (let i = v2.length - 1; i >= 0; i--) {
      const s = w.written;
      writeActiveActorsCount(w, v2[i]!);
      w.delimit(s, 18);
    }
  }
  const v3 = m.runtimeStatus;
  if (v3) {
    w.int32(v3);
    w.uint32(8);
  }
}

export const ActorRuntime = /* @__PURE__ */ new MessageCodec<ActorRuntime, ActorRuntimeInit>(
  "dapr.proto.runtime.v1.ActorRuntime",
  readActorRuntime,
  writeActorRuntime,
);

export const ActorRuntime_ActorRuntimeStatus = {
  INITIALIZING: 0,
  DISABLED: 1,
  RUNNING: 2,
} as const;
export type ActorRuntime_ActorRuntimeStatus = number;

/** Active actors of one type. */
export interface ActiveActorsCount {
  type: string;
  count: number;
}
export interface ActiveActorsCountInit {
  type?: string | undefined;
  count?: number | undefined;
}

function readActiveActorsCount(
  r: Reader,
  end: number,
  m: ActiveActorsCount = {
    type: "",
    count: 0,
  },
): ActiveActorsCount {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.type = r.string();
        break;
      case 16:
        m.count = r.int32();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeActiveActorsCount(w: Writer, m: ActiveActorsCountInit): void {
  const v0 = m.count;
  if (v0) {
    w.int32(v0);
    w.uint32(16);
  }
  const v1 = m.type;
  if (v1) {
    w.string(v1);
    w.uint32(10);
  }
}

export const ActiveActorsCount = /* @__PURE__ */ new MessageCodec<ActiveActorsCount, ActiveActorsCountInit>(
  "dapr.proto.runtime.v1.ActiveActorsCount",
  readActiveActorsCount,
  writeActiveActorsCount,
);

/** A component with its capabilities. */
export interface RegisteredComponents {
  name: string;
  type: string;
  version: string;
  capabilities: string[];
}
export interface RegisteredComponentsInit {
  name?: string | undefined;
  type?: string | undefined;
  version?: string | undefined;
  capabilities?: readonly string[] | undefined;
}

function readRegisteredComponents(
  r: Reader,
  end: number,
  m: RegisteredComponents = {
    name: "",
    type: "",
    version: "",
    capabilities: [],
  },
): RegisteredComponents {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.name = r.string();
        break;
      case 18:
        m.type = r.string();
        break;
      case 26:
        m.version = r.string();
        break;
      case 34:
        m.capabilities.push(r.string());
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeRegisteredComponents(w: Writer, m: RegisteredComponentsInit): void {
  const v0 = m.capabilities;
  if (v0 !== undefined && v0.length > 0) {
    for (let i = v0.length - 1; i >= 0; i--) {
      w.string(v0[i]!);
      w.uint32(34);
    }
  }
  const v1 = m.version;
  if (v1) {
    w.string(v1);
    w.uint32(26);
  }
  const v2 = m.type;
  if (v2) {
    w.string(v2);
    w.uint32(18);
  }
  const v3 = m.name;
  if (v3) {
    w.string(v3);
    w.uint32(10);
  }
}

export const RegisteredComponents = /* @__PURE__ */ new MessageCodec<RegisteredComponents, RegisteredComponentsInit>(
  "dapr.proto.runtime.v1.RegisteredComponents",
  readRegisteredComponents,
  writeRegisteredComponents,
);

export interface MetadataHTTPEndpoint {
  name: string;
}
export interface MetadataHTTPEndpointInit {
  name?: string | undefined;
}

function readMetadataHTTPEndpoint(
  r: Reader,
  end: number,
  m: MetadataHTTPEndpoint = {
    name: "",
  },
): MetadataHTTPEndpoint {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.name = r.string();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeMetadataHTTPEndpoint(w: Writer, m: MetadataHTTPEndpointInit): void {
  const v0 = m.name;
  if (v0) {
    w.string(v0);
    w.uint32(10);
  }
}

export const MetadataHTTPEndpoint = /* @__PURE__ */ new MessageCodec<MetadataHTTPEndpoint, MetadataHTTPEndpointInit>(
  "dapr.proto.runtime.v1.MetadataHTTPEndpoint",
  readMetadataHTTPEndpoint,
  writeMetadataHTTPEndpoint,
);

export interface MetadataMCPServer {
  name: string;
}
export interface MetadataMCPServerInit {
  name?: string | undefined;
}

function readMetadataMCPServer(
  r: Reader,
  end: number,
  m: MetadataMCPServer = {
    name: "",
  },
): MetadataMCPServer {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.name = r.string();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeMetadataMCPServer(w: Writer, m: MetadataMCPServerInit): void {
  const v0 = m.name;
  if (v0) {
    w.string(v0);
    w.uint32(10);
  }
}

export const MetadataMCPServer = /* @__PURE__ */ new MessageCodec<MetadataMCPServer, MetadataMCPServerInit>(
  "dapr.proto.runtime.v1.MetadataMCPServer",
  readMetadataMCPServer,
  writeMetadataMCPServer,
);

export interface MetadataWorkflowAccessPolicy {
  name: string;
}
export interface MetadataWorkflowAccessPolicyInit {
  name?: string | undefined;
}

function readMetadataWorkflowAccessPolicy(
  r: Reader,
  end: number,
  m: MetadataWorkflowAccessPolicy = {
    name: "",
  },
): MetadataWorkflowAccessPolicy {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.name = r.string();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeMetadataWorkflowAccessPolicy(w: Writer, m: MetadataWorkflowAccessPolicyInit): void {
  const v0 = m.name;
  if (v0) {
    w.string(v0);
    w.uint32(10);
  }
}

export const MetadataWorkflowAccessPolicy = /* @__PURE__ */ new MessageCodec<MetadataWorkflowAccessPolicy, MetadataWorkflowAccessPolicyInit>(
  "dapr.proto.runtime.v1.MetadataWorkflowAccessPolicy",
  readMetadataWorkflowAccessPolicy,
  writeMetadataWorkflowAccessPolicy,
);

export interface MetadataResiliency {
  name: string;
}
export interface MetadataResiliencyInit {
  name?: string | undefined;
}

function readMetadataResiliency(
  r: Reader,
  end: number,
  m: MetadataResiliency = {
    name: "",
  },
): MetadataResiliency {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.name = r.string();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeMetadataResiliency(w: Writer, m: MetadataResiliencyInit): void {
  const v0 = m.name;
  if (v0) {
    w.string(v0);
    w.uint32(10);
  }
}

export const MetadataResiliency = /* @__PURE__ */ new MessageCodec<MetadataResiliency, MetadataResiliencyInit>(
  "dapr.proto.runtime.v1.MetadataResiliency",
  readMetadataResiliency,
  writeMetadataResiliency,
);

/** How the sidecar reaches its app. */
export interface AppConnectionProperties {
  port: number;
  protocol: string;
  channelAddress: string;
  maxConcurrency: number;
  health: AppConnectionHealthProperties | undefined;
}
export interface AppConnectionPropertiesInit {
  port?: number | undefined;
  protocol?: string | undefined;
  channelAddress?: string | undefined;
  maxConcurrency?: number | undefined;
  health?: AppConnectionHealthPropertiesInit | undefined;
}

function readAppConnectionProperties(
  r: Reader,
  end: number,
  m: AppConnectionProperties = {
    port: 0,
    protocol: "",
    channelAddress: "",
    maxConcurrency: 0,
    health: undefined,
  },
): AppConnectionProperties {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 8:
        m.port = r.int32();
        break;
      case 18:
        m.protocol = r.string();
        break;
      case 26:
        m.channelAddress = r.string();
        break;
      case 32:
        m.maxConcurrency = r.int32();
        break;
      case 42: {
        const e = r.enter();
        m.health = readAppConnectionHealthProperties(r, e, m.health);
        r.leave(e);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeAppConnectionProperties(w: Writer, m: AppConnectionPropertiesInit): void {
  const v0 = m.health;
  if (v0 !== undefined) {
    const s = w.written;
    writeAppConnectionHealthProperties(w, v0);
    w.delimit(s, 42);
  }
  const v1 = m.maxConcurrency;
  if (v1) {
    w.int32(v1);
    w.uint32(32);
  }
  const v2 = m.channelAddress;
  if (v2) {
    w.string(v2);
    w.uint32(26);
  }
  const v3 = m.protocol;
  if (v3) {
    w.string(v3);
    w.uint32(18);
  }
  const v4 = m.port;
  if (v4) {
    w.int32(v4);
    w.uint32(8);
  }
}

export const AppConnectionProperties = /* @__PURE__ */ new MessageCodec<AppConnectionProperties, AppConnectionPropertiesInit>(
  "dapr.proto.runtime.v1.AppConnectionProperties",
  readAppConnectionProperties,
  writeAppConnectionProperties,
);

/** How the app's health is probed. */
export interface AppConnectionHealthProperties {
  healthCheckPath: string;
  healthProbeInterval: string;
  healthProbeTimeout: string;
  healthThreshold: number;
}
export interface AppConnectionHealthPropertiesInit {
  healthCheckPath?: string | undefined;
  healthProbeInterval?: string | undefined;
  healthProbeTimeout?: string | undefined;
  healthThreshold?: number | undefined;
}

function readAppConnectionHealthProperties(
  r: Reader,
  end: number,
  m: AppConnectionHealthProperties = {
    healthCheckPath: "",
    healthProbeInterval: "",
    healthProbeTimeout: "",
    healthThreshold: 0,
  },
): AppConnectionHealthProperties {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.healthCheckPath = r.string();
        break;
      case 18:
        m.healthProbeInterval = r.string();
        break;
      case 26:
        m.healthProbeTimeout = r.string();
        break;
      case 32:
        m.healthThreshold = r.int32();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeAppConnectionHealthProperties(w: Writer, m: AppConnectionHealthPropertiesInit): void {
  const v0 = m.healthThreshold;
  if (v0) {
    w.int32(v0);
    w.uint32(32);
  }
  const v1 = m.healthProbeTimeout;
  if (v1) {
    w.string(v1);
    w.uint32(26);
  }
  const v2 = m.healthProbeInterval;
  if (v2) {
    w.string(v2);
    w.uint32(18);
  }
  const v3 = m.healthCheckPath;
  if (v3) {
    w.string(v3);
    w.uint32(10);
  }
}

export const AppConnectionHealthProperties = /* @__PURE__ */ new MessageCodec<AppConnectionHealthProperties, AppConnectionHealthPropertiesInit>(
  "dapr.proto.runtime.v1.AppConnectionHealthProperties",
  readAppConnectionHealthProperties,
  writeAppConnectionHealthProperties,
);

/** A subscription with its rules. */
export interface PubsubSubscription {
  pubsubName: string;
  topic: string;
  metadata: Map<string, string>;
  rules: PubsubSubscriptionRules | undefined;
  deadLetterTopic: string;
  type: PubsubSubscriptionType;
}
export interface PubsubSubscriptionInit {
  pubsubName?: string | undefined;
  topic?: string | undefined;
  metadata?: ReadonlyMap<string, string> | undefined;
  rules?: PubsubSubscriptionRulesInit | undefined;
  deadLetterTopic?: string | undefined;
  type?: PubsubSubscriptionType | undefined;
}

function readPubsubSubscription(
  r: Reader,
  end: number,
  m: PubsubSubscription = {
    pubsubName: "",
    topic: "",
    metadata: new Map(),
    rules: undefined,
    deadLetterTopic: "",
    type: 0,
  },
): PubsubSubscription {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.pubsubName = r.string();
        break;
      case 18:
        m.topic = r.string();
        break;
      case 26:
        readStringEntry(r, m.metadata);
        break;
      case 34: {
        const e = r.enter();
        m.rules = readPubsubSubscriptionRules(r, e, m.rules);
        r.leave(e);
        break;
      }
      case 42:
        m.deadLetterTopic = r.string();
        break;
      case 48:
        m.type = r.int32();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writePubsubSubscription(w: Writer, m: PubsubSubscriptionInit): void {
  const v0 = m.type;
  if (v0) {
    w.int32(v0);
    w.uint32(48);
  }
  const v1 = m.deadLetterTopic;
  if (v1) {
    w.string(v1);
    w.uint32(42);
  }
  const v2 = m.rules;
  if (v2 !== undefined) {
    const s = w.written;
    writePubsubSubscriptionRules(w, v2);
    w.delimit(s, 34);
  }
  const v3 = m.metadata;
  if (v3 !== undefined && v3.size > 0) {
    writeStringMap(w, v3, 26);
  }
  const v4 = m.topic;
  if (v4) {
    w.string(v4);
    w.uint32(18);
  }
  const v5 = m.pubsubName;
  if (v5) {
    w.string(v5);
    w.uint32(10);
  }
}

export const PubsubSubscription = /* @__PURE__ */ new MessageCodec<PubsubSubscription, PubsubSubscriptionInit>(
  "dapr.proto.runtime.v1.PubsubSubscription",
  readPubsubSubscription,
  writePubsubSubscription,
);

export interface PubsubSubscriptionRules {
  rules: PubsubSubscriptionRule[];
}
export interface PubsubSubscriptionRulesInit {
  rules?: readonly PubsubSubscriptionRuleInit[] | undefined;
}

function readPubsubSubscriptionRules(
  r: Reader,
  end: number,
  m: PubsubSubscriptionRules = {
    rules: [],
  },
): PubsubSubscriptionRules {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const e = r.enter();
        m.rules.push(readPubsubSubscriptionRule(r, e));
        r.leave(e);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writePubsubSubscriptionRules(w: Writer, m: PubsubSubscriptionRulesInit): void {
  const v0 = m.rules;
  if (v0 !== undefined && v0.length > 0) {
    for (let i = v0.length - 1; i >= 0; i--) {
      const s = w.written;
      writePubsubSubscriptionRule(w, v0[i]!);
      w.delimit(s, 10);
    }
  }
}

export const PubsubSubscriptionRules = /* @__PURE__ */ new MessageCodec<PubsubSubscriptionRules, PubsubSubscriptionRulesInit>(
  "dapr.proto.runtime.v1.PubsubSubscriptionRules",
  readPubsubSubscriptionRules,
  writePubsubSubscriptionRules,
);

export interface PubsubSubscriptionRule {
  match: string;
  path: string;
}
export interface PubsubSubscriptionRuleInit {
  match?: string | undefined;
  path?: string | undefined;
}

function readPubsubSubscriptionRule(
  r: Reader,
  end: number,
  m: PubsubSubscriptionRule = {
    match: "",
    path: "",
  },
): PubsubSubscriptionRule {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.match = r.string();
        break;
      case 18:
        m.path = r.string();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writePubsubSubscriptionRule(w: Writer, m: PubsubSubscriptionRuleInit): void {
  const v0 = m.path;
  if (v0) {
    w.string(v0);
    w.uint32(18);
  }
  const v1 = m.match;
  if (v1) {
    w.string(v1);
    w.uint32(10);
  }
}

export const PubsubSubscriptionRule = /* @__PURE__ */ new MessageCodec<PubsubSubscriptionRule, PubsubSubscriptionRuleInit>(
  "dapr.proto.runtime.v1.PubsubSubscriptionRule",
  readPubsubSubscriptionRule,
  writePubsubSubscriptionRule,
);

/** Sets one of the extended values. */
export interface SetMetadataRequest {
  key: string;
  value: string;
}
export interface SetMetadataRequestInit {
  key?: string | undefined;
  value?: string | undefined;
}

function readSetMetadataRequest(
  r: Reader,
  end: number,
  m: SetMetadataRequest = {
    key: "",
    value: "",
  },
): SetMetadataRequest {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.key = r.string();
        break;
      case 18:
        m.value = r.string();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeSetMetadataRequest(w: Writer, m: SetMetadataRequestInit): void {
  const v0 = m.value;
  if (v0) {
    w.string(v0);
    w.uint32(18);
  }
  const v1 = m.key;
  if (v1) {
    w.string(v1);
    w.uint32(10);
  }
}

export const SetMetadataRequest = /* @__PURE__ */ new MessageCodec<SetMetadataRequest, SetMetadataRequestInit>(
  "dapr.proto.runtime.v1.SetMetadataRequest",
  readSetMetadataRequest,
  writeSetMetadataRequest,
);
