/**
 * What all apps of one `tricorne run` share: the guard of their processes, sentry, the registration, and how parts are started.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Readable } from "node:stream";
import type { LineSink, Platform } from "../../kit/lifecycle/platform.ts";
import type { ProcessControl } from "../../kit/lifecycle/run-program.ts";
import { Logging } from "../../kit/logging/logger.ts";
import { runtimeVersion } from "../../kit/version.ts";
import { appEnvironment } from "../app-environment.ts";
import { type AppProcess, startApp } from "../app-process.ts";
import { CommandError } from "../command.ts";
import { type ControlSocket, listenForControl } from "../control-socket.ts";
import { prepareFolder } from "../defaults.ts";
import { type EmbeddedSidecar, startEmbedded } from "../embedded-sidecar.ts";
import { startLocalSentry } from "../local-sentry.ts";
import { ProcessGuard } from "../process-guard.ts";
import { Registration, registryFolder } from "../registry.ts";
import type { RuntimeFolder } from "../runtime-folder.ts";
import { callSidecar } from "../sidecar-calls.ts";
import type { Status } from "../status.ts";
import type { AppPlan } from "./plan.ts";

export interface LocalRunOptions {
  readonly platform: Platform;
  readonly control: ProcessControl;
  readonly status: Status;
  readonly runtime: RuntimeFolder;
  /** Absolute; "" without one. */
  readonly templatePath: string;
  readonly templateName: string;
}

/** What is told to whoever lists apps. */
export interface AppFacts {
  readonly appPid: number;
  readonly appLogPath: string;
  readonly daprdLogPath: string;
}

/** Where the output of an app goes; undefined: where this process writes. */
export type TakeOutput = (stream: Readable, name: "stdout" | "stderr") => void;

const metadataAttempts = 5;
const metadataPauseMs = 200;
const metadataLimitMs = 5000;
/** The reference's sentry of a developer's machine. */
const sentryAddress = "localhost:50001";

export class LocalRun implements AsyncDisposable {
  readonly #options: LocalRunOptions;
  readonly #guard = new ProcessGuard();
  readonly #stack = new AsyncDisposableStack();
  readonly #stop = new AbortController();
  #registration: Registration | undefined;
  /** Present once a sentry of ours runs. */
  #sentry: { readonly address: string; readonly trustAnchors: string } | undefined;

  private constructor(options: LocalRunOptions) {
    this.#options = options;
    this.#stack.use(this.#guard);
  }

  /** @param stopApp of `tricorne stop`; false: there is no such app */
  static async start(
    options: LocalRunOptions,
    plans: readonly AppPlan[],
    stopApp: (appId: string) => Promise<boolean>,
  ): Promise<LocalRun> {
    const run = new LocalRun(options);
    try {
      if (plans.some(({ isMtlsWanted }) => isMtlsWanted)) await run.#startSentry();
      await run.#register(stopApp);
    } catch (error) {
      await run[Symbol.asyncDispose]();
      throw error;
    }
    return run;
  }

  /** A certificate authority of somebody else is used where its root is known. */
  async #startSentry(): Promise<void> {
    const { platform, runtime, status } = this.#options;
    if (platform.env.get("DAPR_TRUST_ANCHORS")) return;
    const folder = await prepareFolder(runtime.own);
    const logging = new Logging({
      level: "error",
      json: status.isJson,
      sink: platform.stdout,
      clock: platform.clock,
      hostname: platform.hostname,
      version: runtimeVersion,
    });
    const sentry = this.#stack.use(
      await startLocalSentry(folder, platform, logging, this.#stop.signal),
    );
    const address = `127.0.0.1:${sentry.ports.grpc}`;
    status.info(`mTLS is on: sentry listens on ${address}`);
    this.#sentry = {
      address,
      trustAnchors: readFileSync(join(folder.credentials, "ca.crt"), "utf8"),
    };
  }

  /** Without a folder that can be written to, apps run all the same, but are not listed. */
  async #register(stopApp: (appId: string) => Promise<boolean>): Promise<void> {
    const { platform, runtime, status, templatePath, templateName } = this.#options;
    const folder = registryFolder(runtime.own);
    const base = { folder, platform, templatePath, templateName };
    try {
      this.#registration = this.#stack.use(new Registration(base));
    } catch (error) {
      status.warning(`"tricorne list" will not show these apps: ${(error as Error).message}`);
      return;
    }
    let socket: ControlSocket;
    try {
      socket = await listenForControl(join(folder, `${platform.pid}.sock`), stopApp);
    } catch (error) {
      status.warning(`"tricorne stop" cannot stop single apps: ${(error as Error).message}`);
      return;
    }
    this.#stack.use(socket);
    this.#registration = new Registration({ ...base, controlPath: socket.path });
  }

  /** @throws {CommandError} for flags that cannot be understood */
  startSidecar(plan: AppPlan, sink: LineSink): EmbeddedSidecar {
    const { platform, control } = this.#options;
    const env = new Map(platform.env);
    if (!env.get("DAPR_HOST_IP")) env.set("DAPR_HOST_IP", "127.0.0.1");
    const argv = [...plan.argv];
    if (plan.isMtlsWanted) {
      argv.push("--enable-mtls", `--sentry-address=${this.#sentry?.address ?? sentryAddress}`);
      if (this.#sentry !== undefined) env.set("DAPR_TRUST_ANCHORS", this.#sentry.trustAnchors);
    }
    try {
      return startEmbedded({
        argv,
        resources: plan.resources,
        cwd: plan.folder,
        env,
        platform,
        sink,
        openLog: (path) => control.openLog(path),
      });
    } catch (error) {
      throw new CommandError((error as Error).message, { cause: error });
    }
  }

  /** @throws {Error} when the command cannot be started */
  async startApp(plan: AppPlan, onOutput?: TakeOutput): Promise<AppProcess> {
    const { platform } = this.#options;
    return await startApp(
      plan.command,
      appEnvironment(plan, new Map([...platform.env, ...plan.env])),
      platform.clock,
      {
        cwd: plan.folder,
        guard: this.#guard,
        ...(onOutput === undefined ? {} : { onOutput }),
      },
    );
  }

  /** Tells the sidecar, for other tools, and the registry, for ours. */
  async announce(plan: AppPlan, sidecar: EmbeddedSidecar, facts: AppFacts): Promise<void> {
    const { platform, templatePath, templateName } = this.#options;
    const { api } = sidecar.options;
    const command = plan.command.join(" ");
    this.#registration?.set({
      appId: plan.appId,
      httpPort: plan.httpPort,
      grpcPort: plan.grpcPort,
      appPort: plan.appPort,
      metricsEnabled: plan.isMetricsEnabled,
      socketFolder: plan.socketFolder,
      command,
      created: platform.clock.now(),
      maxRequestBodySize: api.maxBodyBytes,
      httpReadBufferSize: api.readBufferBytes,
      ...facts,
    });
    const attributes: [string, string][] = [["cliPID", String(platform.pid)]];
    if (facts.appPid > 0) attributes.push(["appPID", String(facts.appPid)]);
    if (command !== "") attributes.push(["appCommand", command]);
    if (templatePath !== "") attributes.push(["runTemplatePath", templatePath]);
    if (templateName !== "") attributes.push(["runTemplateName", templateName]);
    if (facts.appLogPath !== "") attributes.push(["appLogPath", facts.appLogPath]);
    if (facts.daprdLogPath !== "") attributes.push(["daprdLogPath", facts.daprdLogPath]);
    await this.#putAll(plan, sidecar, attributes);
    // A sidecar that takes its place knows nothing of them.
    sidecar.onRestart(() => void this.#putAll(plan, sidecar, attributes));
  }

  async #putAll(
    plan: AppPlan,
    sidecar: EmbeddedSidecar,
    attributes: readonly (readonly [key: string, value: string])[],
  ): Promise<void> {
    for (const [key, value] of attributes) {
      const complaint = await this.#putMetadata(plan, sidecar, key, value);
      if (complaint === undefined) continue;
      this.#options.status.warning(`Could not update sidecar metadata for ${key}: ${complaint}`);
      return;
    }
  }

  async #putMetadata(
    plan: AppPlan,
    { options }: EmbeddedSidecar,
    key: string,
    value: string,
  ): Promise<string | undefined> {
    const { clock } = this.#options.platform;
    const [host = "127.0.0.1"] = options.api.listenAddresses;
    const address = {
      appId: plan.appId,
      httpPort: plan.httpPort,
      socketFolder: plan.socketFolder,
      host: host === "0.0.0.0" ? "127.0.0.1" : host.replace(/^\[(.*)\]$/, "$1"),
      token: options.api.token,
    };
    const call = {
      method: "PUT",
      path: `/v1.0/metadata/${key}`,
      headers: { "content-type": "text/plain" },
      body: Buffer.from(value),
      limitMs: metadataLimitMs,
    };
    for (let attempt = 1; ; attempt++) {
      try {
        const { status, statusText } = await callSidecar(address, call, clock);
        return status === 204 ? undefined : statusText;
      } catch (error) {
        if (attempt === metadataAttempts) return (error as Error).message;
      }
      await clock.sleep(metadataPauseMs);
    }
  }

  /** The app is not listed any more. */
  withdraw(plan: AppPlan): void {
    this.#registration?.delete(plan.appId);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#stack.disposeAsync();
  }
}
