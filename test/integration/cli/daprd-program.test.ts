/**
 * Our daprd below the reference's command line: started through a link in ~/.dapr/bin, found by its process name, its flags
 * read from the process list, its metadata read and written.
 * @see spec 08 §11.2, §11.4
 */
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { freePorts, Launched, root, Scratch, statusOf } from "../launch.ts";
import { listed, tricorne } from "./tricorne.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });
/** The machine may be busy. */
const limitMs = 60_000;

const onLinux = process.platform === "linux";

/** As the reference's command line does it: by name, then word by word. */
function processesNamed(name: string): { readonly pid: number; readonly words: string[] }[] {
  const found: { pid: number; words: string[] }[] = [];
  for (const pid of readdirSync("/proc").filter((entry) => /^\d+$/.test(entry))) {
    try {
      if (readFileSync(`/proc/${pid}/comm`, "utf8").trim().toLowerCase() !== name) continue;
      const words = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").slice(0, -1);
      found.push({ pid: Number(pid), words });
    } catch {
      // Ended meanwhile.
    }
  }
  return found;
}

/** `--flag value` pairs; a flag before another one has no value. */
function argumentsOf(words: readonly string[]): Record<string, string> {
  const found = new Map<string, string>();
  for (let i = 1; i < words.length; i++) {
    const [word = "", next = "--"] = [words[i], words[i + 1]];
    if (!word.startsWith("--")) continue;
    if (next.startsWith("--")) found.set(word, "");
    else {
      found.set(word, next);
      i++;
    }
  }
  return Object.fromEntries(found);
}

describe.skipIf(!onLinux)("daprd below the reference's command line", () => {
  let scratch: Scratch;
  let link: string;
  let daprd: Launched;
  let httpPort = 0;
  let grpcPort = 0;

  beforeAll(async () => {
    scratch = new Scratch();
    scratch.folder("home/.dapr/bin");
    link = join(scratch.path, "home/.dapr/bin/daprd");
    symlinkSync(join(root, "bin/daprd"), link);
    const components = scratch.folder("home/.dapr/components");
    const config = scratch.write(
      "home/.dapr/config.yaml",
      "apiVersion: dapr.io/v1alpha1\nkind: Configuration\nmetadata: {name: daprConfig}\nspec: {}\n",
    );
    const [http = 0, grpc = 0, internal = 0, metrics = 0] = await freePorts(4);
    [httpPort, grpcPort] = [http, grpc];
    const flags = [
      ...["--config", config, "--app-protocol", "http", "--log-level", "info"],
      ...["--app-max-concurrency", "-1", "--placement-host-address", "localhost:50005"],
      ...["--scheduler-host-address", "localhost:50006", "--resources-path", components],
      ...["--max-body-size", "4Mi", "--read-buffer-size", "4Ki", "--app-id", "from-a-link"],
      ...["--app-port", "0", "--dapr-http-port", `${http}`, "--dapr-grpc-port", `${grpc}`],
      ...["--dapr-internal-grpc-port", `${internal}`, "--metrics-port", `${metrics}`],
      ...["--profile-port", "-1", "--enable-api-logging"],
    ];
    daprd = new Launched(link, flags, {
      cwd: scratch.path,
      env: { HOME: join(scratch.path, "home"), DAPR_HOST_IP: "127.0.0.1" },
    });
    await daprd.waitUntil(
      "healthz",
      async () => (await statusOf(http, "/v1.0/healthz")) === 204,
      limitMs,
    );
  });

  afterAll(async () => {
    await daprd?.[Symbol.asyncDispose]();
    scratch[Symbol.dispose]();
  });

  it("answers --version by its link before anything is loaded", () => {
    const { stdout, stderr, status } = spawnSync(link, ["--version"], { encoding: "utf8" });
    expect({ stdout, stderr, status }).toEqual({
      stdout: expect.stringMatching(/^1\.18\.\d+\n$/),
      stderr: "",
      status: 0,
    });
  });

  it("is found by its name, with readable flags", () => {
    const mine = processesNamed("daprd").find(({ pid }) => pid === daprd.pid);
    expect(argumentsOf(mine?.words ?? [])).toMatchObject({
      "--app-id": "from-a-link",
      "--app-port": "0",
      "--app-max-concurrency": "-1",
      "--dapr-http-port": `${httpPort}`,
      "--dapr-grpc-port": `${grpcPort}`,
      "--max-body-size": "4Mi",
      "--read-buffer-size": "4Ki",
      "--profile-port": "-1",
      "--enable-api-logging": "",
    });
  });

  it("keeps what the command line tells it, and is listed with it", async () => {
    const url = `http://127.0.0.1:${httpPort}/v1.0/metadata`;
    for (const [key, value] of [
      ["cliPID", "0"],
      ["appPID", `${process.pid}`],
      ["appCommand", "node app.js --with flags"],
    ]) {
      const headers = { "content-type": "text/plain" };
      const answer = await fetch(`${url}/${key}`, { method: "PUT", body: value ?? "", headers });
      expect(answer.status).toBe(204);
    }
    expect(await (await fetch(url)).json()).toMatchObject({
      id: "from-a-link",
      extended: { appCommand: "node app.js --with flags", cliPID: "0" },
    });
    const mine = (await listed({ scratch })).find(({ daprdPid }) => daprdPid === daprd.pid);
    expect(mine).toMatchObject({
      appId: "from-a-link",
      httpPort,
      grpcPort,
      appPort: 0,
      command: "node app.js --with flags",
      cliPid: 0,
      appPid: process.pid,
      maxRequestBodySize: 4 * 2 ** 20,
      httpReadBufferSize: 4096,
    });
  });

  it("is stopped as a process of its own", async () => {
    const stop = await tricorne(["stop", "from-a-link"], { scratch });
    expect(stop.stdout).toBe("✅  app stopped successfully: from-a-link\n");
    expect(await daprd.exited).toEqual({ code: 0, signal: null });
    expect(daprd.stdout).toContain("Daprd shutdown gracefully");
  });
});
