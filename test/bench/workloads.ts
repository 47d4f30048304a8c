/** What is measured: each workload says which processes it needs and which request it repeats. */
import { Client, credentials, Metadata } from "@grpc/grpc-js";
import {
  GetStateRequest,
  SaveStateRequest,
} from "../../src/kit/proto/dapr/proto/runtime/v1/state.ts";
import type { StateCall } from "./drivers.ts";
import type { GrpcRequest, HttpRequest, LoadRequest } from "./load.ts";
import { key, value } from "./state-fixture.ts";
import {
  bus,
  type Running,
  type Store,
  startInvoke,
  startPublish,
  startState,
  store,
  topic,
} from "./topology.ts";

export interface Workload {
  readonly name: string;
  start(programs: string): Promise<Running>;
  request(running: Running): LoadRequest;
}

const connections = 32;

type Http = Pick<HttpRequest, "method" | "path" | "body">;

const getState: Http = { method: "GET", path: `/v1.0/state/${store}/${key}` };
const setState: Http = {
  method: "POST",
  path: `/v1.0/state/${store}`,
  body: `[{"key":"${key}","value":${value}}]`,
};

const service = "/dapr.proto.runtime.v1.Dapr";
const getStateMessage = GetStateRequest.encode({ storeName: store, key });
const saveStateMessage = SaveStateRequest.encode({
  storeName: store,
  states: [{ key, value: Buffer.from(value) }],
});

/** Connections × calls in flight on each. */
const shapes = [
  [4, 8],
  [32, 1],
] as const;

/** A call of the state API over HTTP. */
export const stateRequest = (call: StateCall, port: number): HttpRequest => ({
  kind: "http",
  port,
  connections,
  ...(call === "get" ? getState : setState),
});

function httpState(call: StateCall, kind: Store): Workload {
  return {
    name: `http state ${call} ${kind}`,
    start: (programs) => startState(programs, kind, call),
    request: ({ sidecar }) => stateRequest(call, sidecar.httpPort),
  };
}

function grpcState(kind: Store, method: "GetState" | "SaveState", message: Uint8Array): Workload[] {
  return shapes.map(([conns, streams]) => ({
    name: `grpc ${method} ${kind} ${conns}x${streams}`,
    start: (programs) => startState(programs, kind, method === "GetState" ? "get" : "set"),
    request: ({ sidecar }) => ({
      kind: "grpc",
      port: sidecar.grpcPort,
      path: `${service}/${method}`,
      message,
      connections: conns,
      streams,
    }),
  }));
}

function httpInvoke(method: "GET" | "POST", withMtls: boolean): Workload {
  return {
    name: `http invoke ${method.toLowerCase()} ${withMtls ? "mtls" : "plain"}`,
    start: (programs) => startInvoke(programs, "http", withMtls),
    request: ({ sidecar, calleeId }) => ({
      kind: "http",
      port: sidecar.httpPort,
      connections,
      method,
      path: `/v1.0/invoke/${calleeId}/method/echo`,
      ...(method === "POST" ? { body: value } : {}),
    }),
  };
}

/** A method that Dapr does not know, passed on to the app of the callee as it is. */
function grpcProxy(withMtls: boolean): Workload[] {
  return shapes.map(([conns, streams]) => ({
    name: `grpc proxy ${withMtls ? "mtls" : "plain"} ${conns}x${streams}`,
    start: (programs) => startInvoke(programs, "grpc", withMtls),
    request: ({ sidecar, calleeId }) => ({
      kind: "grpc",
      port: sidecar.grpcPort,
      path: "/bench.Echo/Unary",
      message: Buffer.from(value),
      metadata: { "dapr-app-id": calleeId },
      connections: conns,
      streams,
    }),
  }));
}

/** Publishes an event, which the sidecar delivers to its app. */
const httpPublish = (kind: "memory" | "redis"): Workload => ({
  name: `http publish and deliver ${kind}`,
  start: (programs) => startPublish(programs, kind),
  request: ({ sidecar }) => ({
    kind: "http",
    port: sidecar.httpPort,
    connections,
    method: "POST",
    path: `/v1.0/publish/${bus}/${topic}`,
    body: value,
  }),
});

export const workloads: readonly Workload[] = [
  httpState("get", "memory"),
  httpState("set", "memory"),
  httpState("get", "redis"),
  httpState("set", "redis"),
  ...grpcState("memory", "GetState", getStateMessage),
  ...grpcState("memory", "SaveState", saveStateMessage),
  ...grpcState("redis", "GetState", getStateMessage),
  ...grpcState("redis", "SaveState", saveStateMessage),
  ...(["postgresql", "mysql"] as const).flatMap((database) => [
    httpState("get", database),
    httpState("set", database),
    ...grpcState(database, "GetState", getStateMessage),
    ...grpcState(database, "SaveState", saveStateMessage),
  ]),
  httpPublish("memory"),
  httpPublish("redis"),
  httpInvoke("GET", false),
  httpInvoke("GET", true),
  httpInvoke("POST", false),
  httpInvoke("POST", true),
  ...grpcProxy(false),
  ...grpcProxy(true),
];

/** Sends the request once and throws unless it succeeds: load on something broken measures nothing. */
export async function checkOnce(request: LoadRequest): Promise<void> {
  if (request.kind === "grpc") return checkGrpc(request);
  const answer = await fetch(`http://127.0.0.1:${request.port}${request.path}`, {
    method: request.method,
    ...(request.body === undefined
      ? {}
      : { body: request.body, headers: { "content-type": "application/json" } }),
  });
  const text = await answer.text();
  if (!answer.ok || (text !== "" && text.length < value.length)) {
    throw new Error(`${request.method} ${request.path}: ${answer.status} ${text}`);
  }
}

function checkGrpc(request: GrpcRequest): Promise<void> {
  const client = new Client(`127.0.0.1:${request.port}`, credentials.createInsecure());
  const metadata = new Metadata();
  for (const [name, text] of Object.entries(request.metadata ?? {})) metadata.set(name, text);
  const bytes = (buffer: Buffer): Buffer => buffer;
  const options = { deadline: new Date(Date.now() + 10_000) };
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest(
      request.path,
      bytes,
      bytes,
      Buffer.from(request.message),
      metadata,
      options,
      (error) => {
        client.close();
        if (error) reject(error);
        else resolve();
      },
    );
  });
}
