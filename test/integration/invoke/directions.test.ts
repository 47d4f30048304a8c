/** Two of ours, in every direction: apps of all protocols call each other over HTTP, InvokeService and proxied calls. */
import { createServer, type RequestListener } from "node:http";
import { createServer as createH2cServer } from "node:http2";
import { createServer as createHttpsServer } from "node:https";
import type { AddressInfo, Server } from "node:net";
import { join } from "node:path";
import { expect, test } from "vitest";
import {
  InvokeRequest,
  InvokeResponse,
} from "../../../src/kit/proto/dapr/proto/common/v1/common.ts";
import { InvokeServiceRequest } from "../../../src/kit/proto/dapr/proto/runtime/v1/invoke.ts";
import { call, grpcCall, runtimeService } from "../api/calls.ts";
import { launchDaprd, launchSentry, Scratch, type Sidecar } from "../launch.ts";
import { authority, type Issued } from "./endpoint-certificates.ts";
import { RawCallee } from "./raw-peer.ts";

const protocols = ["http", "https", "h2c", "grpc", "grpcs"] as const;
type Protocol = (typeof protocols)[number];
const isGrpc = (protocol: Protocol): boolean => protocol.startsWith("grpc");
const post = 3;

/** Every app answers with its protocol, the method and the body. */
const listenerOf =
  (protocol: Protocol): RequestListener =>
  (request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => {
      body += chunk.toString();
    });
    request.on("end", () => response.end(`${protocol} ${request.url?.slice(1)} ${body}`));
  };

async function grpcApp(protocol: Protocol, own: Issued, stack: AsyncDisposableStack) {
  const tls = { key: own.key, cert: own.cert, requestCert: false };
  const app = stack.use(await RawCallee.start(protocol === "grpcs" ? tls : undefined));
  app.onCall = async (incoming) => {
    await incoming.halfClosed;
    const path = String(incoming.headers[":path"]);
    const [message = Buffer.alloc(0)] = incoming.messages;
    if (path === "/shop.Orders/Place") {
      incoming.answer(Buffer.from(`${protocol} ${path} ${message}`));
    } else if (path.endsWith("/OnInvoke")) {
      const { method, data } = InvokeRequest.decode(message);
      const value = Buffer.from(`${protocol} ${method} ${data?.value}`);
      incoming.answer(InvokeResponse.encode({ contentType: "text/plain", data: { value } }));
    } else {
      incoming.refuse(12, "unknown method");
    }
  };
  return app.port;
}

async function startApp(protocol: Protocol, own: Issued, stack: AsyncDisposableStack) {
  if (isGrpc(protocol)) return grpcApp(protocol, own, stack);
  const listener = listenerOf(protocol);
  let server: Server;
  if (protocol === "https") server = createHttpsServer({ key: own.key, cert: own.cert }, listener);
  else if (protocol === "http") server = createServer(listener);
  else server = createH2cServer(listener as unknown as Parameters<typeof createH2cServer>[0]);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  stack.defer(() => void server.close());
  return (server.address() as AddressInfo).port;
}

const byHttp = async (from: Sidecar, to: Protocol): Promise<string> => {
  const path = `/v1.0/invoke/${to}/method/a/b`;
  const { status, text } = await call({ port: from.httpPort, path, method: "POST", body: "x" });
  return `${status} ${text}`;
};

async function byInvokeService(from: Sidecar, to: Protocol): Promise<string> {
  const request = InvokeServiceRequest.encode({
    id: to,
    message: {
      method: "a/b",
      data: { value: Buffer.from("y") },
      contentType: "text/plain",
      httpExtension: { verb: post },
    },
  });
  const path = `${runtimeService}/InvokeService`;
  const { error, bytes } = await grpcCall(from.grpcPort, path, Buffer.from(request));
  return error ? error.message : `${InvokeResponse.decode(bytes).data?.value}`;
}

async function byProxy(from: Sidecar, to: Protocol): Promise<string> {
  const metadata = { "dapr-app-id": to };
  const message = Buffer.from("z");
  const sent = await grpcCall(from.grpcPort, "/shop.Orders/Place", message, metadata);
  return sent.error ? sent.error.message : `${sent.bytes}`;
}

/** What a sidecar gets of all apps, and what it should get. */
async function callAll(from: Sidecar): Promise<[string[], string[]]> {
  const got: string[] = [];
  const expected: string[] = [];
  for (const to of protocols) {
    got.push(await byHttp(from, to), await byInvokeService(from, to));
    expected.push(`200 ${to} a/b x`, `${to} a/b y`);
    if (!isGrpc(to)) continue;
    got.push(await byProxy(from, to));
    expected.push(`${to} /shop.Orders/Place z`);
  }
  return [got, expected];
}

test.each(["clear text", "mTLS"])(
  "apps of all protocols call each other, %s",
  {
    timeout: 240_000,
  },
  async (mode) => {
    await using stack = new AsyncDisposableStack();
    const scratch = stack.use(new Scratch());
    const own = authority(scratch, "app");
    const sentry = mode === "mTLS" ? stack.use(await launchSentry()) : undefined;
    const config = `apiVersion: dapr.io/v1alpha1
kind: Configuration
metadata: {name: c}
spec:
  nameResolution:
    component: sqlite
    configuration:
      connectionString: ${JSON.stringify(join(scratch.path, "names.db"))}
      timeout: 30s
      busyTimeout: 30s
      updateInterval: 100s
`;
    const launch = async (protocol: Protocol): Promise<Sidecar> => {
      const appPort = await startApp(protocol, own, stack);
      const secure = sentry === undefined ? {} : { sentry };
      return stack.use(
        await launchDaprd({ appId: protocol, appPort, appProtocol: protocol, config, ...secure }),
      );
    };
    // One after the other: together they are slow to start on a busy machine.
    const sidecars: Sidecar[] = [];
    for (const protocol of protocols) sidecars.push(await launch(protocol));
    for (const sidecar of sidecars) {
      const [got, expected] = await callAll(sidecar);
      expect(got).toEqual(expected);
    }
  },
);
