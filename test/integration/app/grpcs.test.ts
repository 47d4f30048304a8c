/** An app that speaks gRPC over TLS, with a certificate that nobody knows. */
import { request as httpRequest } from "node:http";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  InvokeRequest,
  InvokeResponse,
} from "../../../src/kit/proto/dapr/proto/common/v1/common.ts";
import { authority } from "../invoke/endpoint-certificates.ts";
import { type RawCall, RawCallee } from "../invoke/raw-peer.ts";
import { launchDaprd, Scratch, type Sidecar } from "../launch.ts";

const stack = new AsyncDisposableStack();
let app: RawCallee;
let sidecar: Sidecar;

beforeAll(async () => {
  const own = authority(stack.use(new Scratch()), "app");
  app = stack.use(await RawCallee.start({ key: own.key, cert: own.cert, requestCert: false }));
  app.onCall = (call) => void answer(call);
  sidecar = stack.use(
    await launchDaprd({ appId: "secure", appPort: app.port, appProtocol: "grpcs" }),
  );
}, 60_000);

afterAll(() => stack.disposeAsync());

/** Echoes what it is invoked with; knows nothing else. */
async function answer(call: RawCall): Promise<void> {
  await call.halfClosed;
  if (call.headers[":path"] !== "/dapr.proto.runtime.v1.AppCallback/OnInvoke") {
    call.refuse(12, "unknown method");
    return;
  }
  const { method, data } = InvokeRequest.decode(call.messages[0] ?? Buffer.alloc(0));
  call.answer(
    InvokeResponse.encode({
      contentType: "text/plain",
      data: { value: Buffer.from(`${method}: ${data?.value}`) },
    }),
  );
}

test("is invoked over TLS, as method OnInvoke", async () => {
  const body = await new Promise<string>((resolve, reject) => {
    const path = "/v1.0/invoke/secure/method/a/b";
    const request = httpRequest({ port: sidecar.httpPort, path, method: "POST" }, (response) => {
      let text = `${response.statusCode} `;
      response.on("data", (chunk: Buffer) => {
        text += chunk.toString();
      });
      response.on("end", () => resolve(text));
    });
    request.on("error", reject);
    request.end("hello");
  });
  expect(body).toBe("200 a/b: hello");
  const invoked = app.calls.find(({ headers }) => String(headers[":path"]).endsWith("OnInvoke"));
  expect(invoked?.headers[":scheme"]).toBe("https");
  expect(sidecar.process.log).toContain("application protocol: grpcs.");
});
