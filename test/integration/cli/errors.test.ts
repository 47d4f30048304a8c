/** What commands answer to bad usage and to things that are not there: in this process, since nothing is to be started. */
import { createServer } from "node:net";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { tricorne as program } from "../../../src/cli/tricorne.ts";
import type { LineSink, Platform } from "../../../src/kit/lifecycle/platform.ts";
import { systemClock } from "../../../src/kit/time/clock.ts";
import { freePort, Scratch } from "../launch.ts";

vi.setConfig({ testTimeout: 120_000 });

let scratch: Scratch;
beforeEach(() => {
  scratch = new Scratch();
});
afterEach(() => scratch[Symbol.dispose]());

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function run(...argv: string[]): Promise<Outcome> {
  const written = { stdout: "", stderr: "" };
  const sink: LineSink = { isTerminal: false, write() {}, writeLater() {}, flush() {} };
  const platform: Platform = {
    clock: systemClock,
    random: {
      number: () => Math.random(),
      bytes: (length) => Buffer.alloc(length),
      uuid: () => "",
    },
    env: new Map([["HOME", scratch.folder("home")]]),
    hostname: "test",
    pid: process.pid,
    uid: 0,
    cwd: scratch.path,
    stdout: sink,
  };
  const code = await program.run(argv, platform, {
    onSignal() {},
    stdout(text) {
      written.stdout += text;
    },
    stderr(text) {
      written.stderr += text;
    },
    openLog: () => sink,
    exit(status) {
      throw new Error(`exit ${status}`);
    },
    raise() {},
  });
  return { code, ...written };
}

describe("tricorne", () => {
  it.each<[string[], number, string]>([
    [["runn"], 2, 'tricorne: unknown command "runn"; did you mean "run"?\n'],
    [
      ["run", "--appid", "x"],
      2,
      'tricorne run: unknown flag: --appid; did you mean "--app-id"?\nRun "tricorne run --help" for the usage.\n',
    ],
    [["run", "-p", "many"], 2, 'invalid argument "many" for "--app-port" flag'],
    [["list", "-o", "xml"], 2, 'invalid argument "xml" for "--output": json or yaml\n'],
    [["run", "-k", "-f", "."], 1, "❌  tricorne run does not deploy to Kubernetes\n"],
    [["run", "--resources-path", "nowhere"], 1, "/nowhere: no such file or directory\n"],
    [["run", "-a", "with.dots", "--", "true"], 1, "❌  parameter app-id cannot contain dots\n"],
    [["run", "--max-body-size", "much"], 1, "❌  invalid value for 'max-body-size' option: "],
    [["run", "--log-level", "loud"], 1, "❌  invalid value for --log-level: loud\n"],
    [["stop"], 1, "❌  no app id was given\n"],
    [["stop", "nobody"], 1, "❌  failed to stop app id nobody: couldn't find app id nobody\n"],
    [["invoke", "-a", "nobody", "-m", "x"], 1, "❌  app ID nobody not found\n"],
    [["invoke", "-a", "nobody"], 1, "❌  --method is required\n"],
    [["invoke", "-a", "b", "-m", "x", "-v", "G T"], 1, '❌  "G T" is no HTTP verb\n'],
    [["publish", "-i", "x", "-p", "y"], 1, "❌  --topic is required\n"],
    [["publish", "-i", "x", "-p", "y", "-t", "z", "-m", "{"], 1, "❌  --metadata is not JSON: "],
    [
      ["publish", "-i", "x", "-p", "y", "-t", "z", "-f", "nowhere.json"],
      1,
      "❌  error reading payload from nowhere.json: ",
    ],
  ])("%j ends with %d", async (argv, code, text) => {
    const outcome = await run(...argv);
    expect({ code: outcome.code, stderr: outcome.stderr }).toEqual({
      code,
      stderr: expect.stringContaining(text),
    });
  });

  it("says that the embedded components have no place", async () => {
    scratch.write("file", "");
    const { code, stderr } = await run("run", "--runtime-path", "file", "--", "true");
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining("❌  the embedded components cannot be written: "),
    ]);
  });

  it("names a port that somebody else has", async () => {
    const port = await freePort();
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
    try {
      const { code, stderr } = await run("run", "-G", `${port}`, "--", "true");
      expect([code, stderr]).toEqual([
        1,
        `❌  invalid configuration for GRPCPort. Port ${port} is not available\n`,
      ]);
    } finally {
      server.close();
    }
  });

  it("prints versions and help", async () => {
    const text = /^CLI version: \S+ \nRuntime version: 1\.18\.\d+\n$/;
    for (const argv of [["version"], ["--version"]]) {
      expect((await run(...argv)).stdout).toMatch(text);
    }
    const asJson = JSON.parse((await run("version", "-o", "json")).stdout);
    expect(Object.keys(asJson)).toEqual(["Cli version", "Runtime version"]);
    for (const name of ["run", "list", "stop", "invoke", "publish", "version"]) {
      const help = await run(name, "--help");
      expect(help.code).toBe(0);
      expect(help.stdout).toContain(`Usage:\n  tricorne ${name} `);
      expect(help.stdout).toContain(`Examples:\n  # `);
      expect((await run("help", name)).stdout).toBe(help.stdout);
    }
    expect((await run("run", "--help")).stdout).toContain("  -p, --app-port int ");
  });

  it("says as JSON what is wrong when it was asked to", async () => {
    const { stderr } = await run("stop", "nobody", "--log-as-json");
    expect(JSON.parse(stderr)).toEqual({
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      status: "failure",
      msg: "failed to stop app id nobody: couldn't find app id nobody",
    });
  });
});

describe("a template that is wrong", () => {
  const app = (id: string, more = ""): string => `- {appID: ${id}, appDirPath: ${id}${more}}\n`;

  it.each<[string, string, string]>([
    [
      "types.yaml",
      "version: 1\napps:\n- appDirPath: a\n  appPort: 'x'\n",
      "❌  types.yaml:4: apps[0].appPort must be an integer, without quotes\n",
    ],
    ["missing.yaml", `version: 1\napps:\n${app("a")}${app("b")}`, "❌  apps[1].appDirPath: "],
    ["dapr.json", "{}", "❌  a template is a .yaml or .yml file or a folder, not "],
  ])("%s is refused before anything starts", async (file, text, message) => {
    scratch.write(file, text);
    scratch.folder("a");
    scratch.folder("c");
    const outcome = await run("run", "-f", file);
    expect(outcome).toEqual({ code: 1, stdout: "", stderr: expect.stringContaining(message) });
  });

  it("that gives a port twice is refused too", async () => {
    const port = await freePort();
    const more = (key: string): string => `, ${key}: ${port}`;
    const apps = app("a", more("metricsPort")) + app("c", more("daprHTTPPort"));
    scratch.write("ports.yaml", `version: 1\napps:\n${apps}`);
    scratch.folder("a");
    scratch.folder("c");
    expect((await run("run", "-f", "ports.yaml")).stderr).toBe(
      `❌  invalid configuration for HTTPPort. Port ${port} is not available; it is the MetricsPort of app "a" already\n`,
    );
  });

  it.each([
    ["nowhere.yaml", "❌  the template .*/nowhere.yaml does not exist\n"],
    ["a", "❌  there is no dapr.yaml in .*/a\n"],
  ])("%s is not there", async (file, message) => {
    scratch.folder("a");
    const { code, stderr } = await run("run", "-f", file);
    expect([code, stderr]).toEqual([1, expect.stringMatching(message)]);
  });
});
