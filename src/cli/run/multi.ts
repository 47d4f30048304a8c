/**
 * `tricorne run -f`: several apps and their sidecars.
 * @see spec 08 §11.3
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { LineSink } from "../../kit/lifecycle/platform.ts";
import type { AppProcess } from "../app-process.ts";
import type { CommandContext } from "../command.ts";
import type { EmbeddedSidecar } from "../embedded-sidecar.ts";
import type { RuntimeFolder } from "../runtime-folder.ts";
import { whenAborted } from "../when-aborted.ts";
import { eachLine, lineOutput, lineSink, logFileName } from "./app-output.ts";
import { LocalRun } from "./local-run.ts";
import type { AppPlan } from "./plan.ts";

export interface MultiOptions {
  readonly runtime: RuntimeFolder;
  /** Absolute; "" when it came from standard input. */
  readonly templatePath: string;
  readonly templateName: string;
  readonly plans: readonly AppPlan[];
}

/** @param stop aborted by a signal @returns the exit code: 1 if anything had failed */
export async function runMulti(
  context: CommandContext,
  options: MultiOptions,
  stop: AbortController,
): Promise<number> {
  const { platform, control, status } = context;
  const apps: AppRun[] = [];
  const stopApp = async (appId: string): Promise<boolean> => {
    const app = apps.find(({ plan }) => plan.appId === appId);
    await app?.end();
    return app !== undefined;
  };
  await using run = await LocalRun.start(
    { platform, control, status, ...options },
    options.plans,
    stopApp,
  );
  for (const [index, plan] of options.plans.entries()) {
    status.info(`Validating config and starting app ${JSON.stringify(plan.appId)}`);
    apps.push(new AppRun(context, run, plan, index));
  }
  let hasStartFailed = false;
  const { signal } = stop;
  await Promise.race([Promise.all(apps.map(start)), whenAborted(signal)]);
  if (!signal.aborted) {
    await Promise.race([Promise.all(apps.map((app) => app.sidecarEnded)), whenAborted(signal)]);
  }
  if (signal.aborted && !hasStartFailed) {
    // After the ^C that a terminal shows.
    if (platform.stdout.isTerminal) control.stdout("\n");
    status.info(
      "Received signal to stop Dapr and app processes. Shutting down Dapr and app processes.",
    );
  }
  await Promise.all(apps.map((app) => app.end()));
  return hasStartFailed || apps.some(({ hasFailed }) => hasFailed) ? 1 : 0;

  async function start(app: AppRun): Promise<void> {
    try {
      await app.start();
    } catch (error) {
      if (signal.aborted) return;
      hasStartFailed = true;
      const { appId } = app.plan;
      status.failure(
        `Error starting Dapr and app (${JSON.stringify(appId)}): ${(error as Error).message}`,
      );
      stop.abort();
    }
  }
}

/** One app with its sidecar. */
class AppRun {
  readonly plan: AppPlan;
  readonly #context: CommandContext;
  readonly #run: LocalRun;
  readonly #index: number;
  readonly #sidecarEnd = Promise.withResolvers<void>();
  #sidecar: EmbeddedSidecar | undefined;
  #app: AppProcess | undefined;
  #isEnding = false;
  #ending: Promise<void> | undefined;
  hasFailed = false;

  constructor(context: CommandContext, run: LocalRun, plan: AppPlan, index: number) {
    this.#context = context;
    this.#run = run;
    this.plan = plan;
    this.#index = index;
  }

  get sidecarEnded(): Promise<void> {
    return this.#sidecarEnd.promise;
  }

  /** Resolves when both run. @throws {Error} when one of them cannot be started */
  async start(): Promise<void> {
    const { plan } = this;
    const { status } = this.#context;
    const files = this.#openLogs();
    const sidecar = this.#run.startSidecar(
      plan,
      lineSink(this.#output("DAPRD", plan.logs?.daprd ?? "console", files.daprd)),
    );
    this.#sidecar = sidecar;
    void sidecar.ended.then((failure) => this.#onSidecarEnd(failure));
    // With a port, the sidecar waits for the app; without one, the app may count on the sidecar.
    if (plan.appPort > 0) await this.#startApp(files.app);
    if (!(await sidecar.serving)) {
      throw new Error((await sidecar.ended) ?? "the sidecar was shut down while it started");
    }
    if (this.#isEnding) return;
    if (plan.appPort === 0) await this.#startApp(files.app);
    status.success(
      `Started Dapr with app id ${JSON.stringify(plan.appId)}. HTTP Port: ${plan.httpPort}. gRPC Port: ${plan.grpcPort}`,
    );
    if (files.folder !== "") status.info(`Writing log files to directory : ${files.folder}`);
    await this.#run.announce(plan, sidecar, {
      appPid: this.#app?.pid ?? 0,
      appLogPath: files.appPath,
      daprdLogPath: files.daprdPath,
    });
  }

  #openLogs(): LogFiles {
    const { logs, folder: appFolder, appId, command } = this.plan;
    const { control, platform } = this.#context;
    const folder = join(appFolder, ".dapr", "logs");
    const open = (what: "app" | "daprd"): { path: string; sink: LineSink | undefined } => {
      if (logs === undefined || logs[what] === "console") return { path: "", sink: undefined };
      if (what === "app" && command.length === 0) return { path: "", sink: undefined };
      mkdirSync(folder, { recursive: true });
      const path = join(folder, logFileName(appId, what, platform.clock.now()));
      return { path, sink: control.openLog(path) };
    };
    const [app, daprd] = [open("app"), open("daprd")];
    return {
      folder: app.sink || daprd.sink ? folder : "",
      app: app.sink,
      appPath: app.path,
      daprd: daprd.sink,
      daprdPath: daprd.path,
    };
  }

  #output(
    word: "APP" | "DAPRD",
    destination: "console" | "file" | "fileAndConsole",
    file?: LineSink,
  ) {
    const { control, platform } = this.#context;
    return {
      destination,
      prefix: `== ${word} - ${this.plan.appId} ==`,
      index: this.#index,
      control,
      isTerminal: platform.stdout.isTerminal,
      file,
    };
  }

  async #startApp(file: LineSink | undefined): Promise<void> {
    const { plan } = this;
    const { status } = this.#context;
    if (this.#isEnding) return;
    if (plan.command.length === 0) {
      status.warning(`No application command found for app ${JSON.stringify(plan.appId)}`);
      return;
    }
    const take = lineOutput(this.#output("APP", plan.logs?.app ?? "console", file));
    const app = await this.#run.startApp(plan, (stream) => eachLine(stream, take));
    this.#app = app;
    // The end may have come while it was started.
    if (this.#isEnding) await app[Symbol.asyncDispose]();
    void app.failure.then((failure) => this.#onAppEnd(failure));
  }

  #onAppEnd(failure: string | undefined): void {
    if (this.#isEnding) return;
    const { status } = this.#context;
    const who = `(${JSON.stringify(this.plan.appId)})`;
    if (failure === undefined) status.success(`Exited App successfully ${who}`);
    else {
      this.hasFailed = true;
      status.failure(`The App process exited with error code: ${failure} ${who}`);
    }
  }

  #onSidecarEnd(failure: string | undefined): void {
    this.#sidecarEnd.resolve();
    this.#run.withdraw(this.plan);
    if (failure !== undefined) this.hasFailed = true;
    if (this.#isEnding) return;
    const { status } = this.#context;
    const who = `(${JSON.stringify(this.plan.appId)})`;
    if (failure === undefined) status.success(`Exited Dapr successfully ${who}`);
    else status.failure(`The daprd process exited with error code: ${failure} ${who}`);
  }

  /** Ends both: the app first, which may need its sidecar to finish. */
  end(): Promise<void> {
    this.#ending ??= this.#end();
    return this.#ending;
  }

  async #end(): Promise<void> {
    this.#isEnding = true;
    await this.#app?.[Symbol.asyncDispose]();
    const failure = await this.#sidecar?.stop();
    this.#sidecarEnd.resolve();
    if (failure !== undefined) this.hasFailed = true;
  }
}

interface LogFiles {
  /** "": there are none. */
  readonly folder: string;
  readonly app: LineSink | undefined;
  readonly appPath: string;
  readonly daprd: LineSink | undefined;
  readonly daprdPath: string;
}
