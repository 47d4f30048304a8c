/**
 * The official Python SDK (PyPI dapr) against our sidecars. The tests themselves are in `python/client.py`; this file
 * starts what they need and shows each as a test. The SDK lives in `.venv`, which `npm test` makes.
 */
import { existsSync, readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  freePort,
  Launched,
  root,
  runToEnd,
  Scratch,
  type Sidecar,
} from "../integration/launch.ts";
import { callerResources, launchQuietly, secret, stores, uniqueId } from "./environment.ts";

const python = join(root, ".venv/bin/python");
const folder = join(import.meta.dirname, "python");
const hasPython = existsSync(python);

interface PythonResult {
  readonly name: string;
  readonly error: string | null;
}

/** Answers with what it got. */
function startHttpApp(): Promise<Server> {
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => {
      body += chunk.toString();
    });
    request.on("end", () => {
      response.writeHead(200, { "content-type": "application/json" });
      response.end(JSON.stringify({ method: request.method, url: request.url, body }));
    });
  });
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server)));
}

const running = new AsyncDisposableStack();
const results = new Map<string, PythonResult>();
let output = "";

async function startService(): Promise<Sidecar> {
  const appPort = await freePort();
  running.use(
    new Launched(python, [join(folder, "service.py"), `${appPort}`], {
      env: { PYTHONUNBUFFERED: "1" },
    }),
  );
  const appId = uniqueId("py-service");
  const sidecar = await launchQuietly({ appId, appPort, appProtocol: "grpc" });
  running.use(sidecar);
  serviceIds.grpc = appId;
  return sidecar;
}

const serviceIds = { grpc: "", http: "" };

async function startHttpService(): Promise<void> {
  const app = await startHttpApp();
  running.defer(() => {
    app.close();
    app.closeAllConnections();
  });
  serviceIds.http = uniqueId("py-http");
  const { port } = app.address() as AddressInfo;
  running.use(await launchQuietly({ appId: serviceIds.http, appPort: port }));
}

async function runClient(): Promise<void> {
  const scratch = new Scratch();
  running.defer(() => scratch[Symbol.dispose]());
  const secretsFile = scratch.write(
    "secrets.json",
    JSON.stringify({ [secret.name]: secret.value }),
  );
  const callerId = uniqueId("py-caller");
  const caller = await launchQuietly({
    appId: callerId,
    resources: callerResources(scratch.path, secretsFile),
  });
  running.use(caller);
  const client = await runToEnd(python, [join(folder, "client.py")], {
    limitMs: 90_000,
    env: {
      DAPR_GRPC_PORT: `${caller.grpcPort}`,
      DAPR_HTTP_PORT: `${caller.httpPort}`,
      DAPR_RUNTIME_HOST: "127.0.0.1",
      STORES: stores.join(","),
      CALLER_ID: callerId,
      SERVICE_ID: serviceIds.grpc,
      HTTP_SERVICE_ID: serviceIds.http,
      SECRET_NAME: secret.name,
      SECRET_VALUE: secret.value,
    },
  });
  output = client.log;
  for (const line of client.stdout.split("\n").filter((l) => l.startsWith("{"))) {
    const result: PythonResult = JSON.parse(line);
    results.set(result.name, result);
  }
}

describe("Python SDK", () => {
  const names = [
    ...readFileSync(join(folder, "client.py"), "utf8").matchAll(/^def (test_\w+)/gm),
  ].map((m) => m[1] ?? "");

  beforeAll(async () => {
    if (!hasPython) return;
    await startService();
    await startHttpService();
    await runClient();
  });
  afterAll(() => running.disposeAsync());

  it.skipIf(!hasPython).each(names)("%s", (name) => {
    const result = results.get(name);
    if (!result) throw new Error(`did not run:\n${output}`);
    expect(result.error ?? "").toBe("");
  });
});
