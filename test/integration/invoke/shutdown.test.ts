/** A sidecar on either side that is told to stop while 200 calls are under way between the two: none of them fails. */
import { Agent, createServer, request as httpRequest, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { launchDaprd, type Sidecar } from "../launch.ts";

const count = 200;

/** Answers nothing until it is told to. */
async function holdingApp() {
  const held: ServerResponse[] = [];
  const server = createServer((request, response) => {
    if (request.url === "/hold") held.push(response);
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    held,
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}

const invoke = ({ httpPort: port }: Sidecar, agent: Agent): Promise<string> =>
  new Promise((resolve, reject) => {
    const path = "/v1.0/invoke/localhost/method/hold";
    const request = httpRequest({ port, path, agent }, (response) => {
      let text = `${response.statusCode} `;
      response.on("data", (chunk: Buffer) => {
        text += chunk.toString();
      });
      response.on("end", () => resolve(text));
    });
    request.on("error", reject);
    request.end();
  });

test.each(["caller", "callee"])("the %s stops", { timeout: 120_000 }, async (side) => {
  await using app = await holdingApp();
  const flags = ["--dapr-graceful-shutdown-seconds", "60"];
  const internal = ["--dapr-internal-grpc-listen-address", "127.0.0.1"];
  await using callee = await launchDaprd({
    appId: "localhost",
    appPort: app.port,
    flags: [...flags, ...internal],
  });
  await using caller = await launchDaprd({
    appId: "caller",
    flags,
    config: `apiVersion: dapr.io/v1alpha1
kind: Configuration
metadata: {name: c}
spec:
  nameResolution:
    component: nameformat
    configuration: {format: "{appid}:${callee.internalPort}"}
`,
  });
  const agent = new Agent({ keepAlive: true });
  const calls = Promise.all(Array.from({ length: count }, () => invoke(caller, agent)));
  await callee.process.waitUntil("all calls at the app", () => app.held.length === count);
  const stopped = side === "caller" ? caller : callee;
  stopped.process.signal("SIGTERM");
  await stopped.process.waitForLog("beginning shutdown");
  for (const response of app.held) response.end("late");
  expect(new Set(await calls)).toEqual(new Set(["200 late"]));
  expect(await stopped.process.exited).toEqual({ code: 0, signal: null });
  agent.destroy();
});
