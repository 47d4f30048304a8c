/**
 * Fills the compile cache of the bundle: starts what was built, uses it a little, and stops it, which writes the cache.
 * Part of building the image.
 */
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

const root = join(import.meta.dirname, "..");
const limitMs = 20_000;

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });

const statusOf = (url: string, init?: RequestInit): Promise<number> =>
  fetch(url, init).then(
    (answer) => answer.status,
    () => 0,
  );

/** Starts a program, waits for its health, runs `use` and stops it. */
async function runOnce(
  name: string,
  args: readonly string[],
  health: string,
  use: () => Promise<unknown>,
): Promise<void> {
  const child = spawn(join(root, "bin", name), args, { stdio: ["ignore", "ignore", "inherit"] });
  const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
  const started = performance.now();
  let status = 0;
  while (status < 200 || status > 299) {
    if (child.exitCode !== null || performance.now() - started > limitMs) break;
    await pause(20);
    status = await statusOf(health);
  }
  await use();
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), limitMs);
  const code = await ended;
  clearTimeout(timer);
  if (code !== 0) throw new Error(`${name} ended with ${code}`);
}

const folder = mkdtempSync(join(tmpdir(), "tricorne-warm-"));
try {
  writeFileSync(
    join(folder, "store.yaml"),
    "apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata:\n  name: s\nspec:\n  type: state.in-memory\n  version: v1\n",
  );
  writeFileSync(
    join(folder, "sentry.yml.txt"),
    "apiVersion: dapr.io/v1alpha1\nkind: Configuration\nmetadata:\n  name: daprsystem\n",
  );
  const [http, grpc, internal, metrics] = [
    await freePort(),
    await freePort(),
    await freePort(),
    await freePort(),
  ];
  const daprd = ["--app-id", "warm", "--log-level", "error", "--resources-path", folder]
    .concat([
      "--dapr-http-port",
      `${http}`,
      "--dapr-grpc-port",
      `${grpc}`,
      "--metrics-port",
      `${metrics}`,
    ])
    .concat(["--dapr-internal-grpc-port", `${internal}`, "--dapr-listen-addresses", "127.0.0.1"]);
  const url = `http://127.0.0.1:${http}/v1.0`;
  await runOnce("daprd", daprd, `${url}/healthz`, async () => {
    await statusOf(`${url}/state/s`, { method: "POST", body: '[{"key":"a","value":1}]' });
    await statusOf(`${url}/state/s/a`);
    await statusOf(`http://127.0.0.1:${metrics}/`);
  });
  const [port, health, serviceMetrics] = [await freePort(), await freePort(), await freePort()];
  const sentry = [
    "--port",
    `${port}`,
    "--healthz-port",
    `${health}`,
    "--metrics-port",
    `${serviceMetrics}`,
  ]
    .concat(["--log-level", "error", "--issuer-credentials", join(folder, "credentials")])
    .concat(["--config", join(folder, "sentry.yml.txt")]);
  mkdirSync(join(folder, "credentials"));
  await runOnce("sentry", sentry, `http://127.0.0.1:${health}/healthz`, async () => {});
  const placement = ["--log-level", "error", "--port", `${port}`]
    .concat(["--healthz-port", `${health}`, "--metrics-port", `${serviceMetrics}`])
    .concat(["--listen-address", "127.0.0.1"]);
  await runOnce("placement", placement, `http://127.0.0.1:${health}/healthz`, async () => {});
} finally {
  rmSync(folder, { recursive: true, force: true });
}
