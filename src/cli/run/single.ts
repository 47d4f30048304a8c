/**
 * `tricorne run` of one app.
 * @see spec 08 §11.2
 */
import type { AppProcess } from "../app-process.ts";
import type { CommandContext } from "../command.ts";
import type { EmbeddedSidecar } from "../embedded-sidecar.ts";
import type { RuntimeFolder } from "../runtime-folder.ts";
import { whenAborted } from "../when-aborted.ts";
import { LocalRun } from "./local-run.ts";
import type { AppPlan } from "./plan.ts";

/** @param stop aborted by a signal @returns the exit code */
export async function runSingle(
  context: CommandContext,
  runtime: RuntimeFolder,
  plan: AppPlan,
  stop: AbortController,
): Promise<number> {
  const { platform, control, status } = context;
  const stopApp = (appId: string): Promise<boolean> => {
    if (appId === plan.appId) stop.abort();
    return Promise.resolve(appId === plan.appId);
  };
  await using run = await LocalRun.start(
    { platform, control, status, runtime, templatePath: "", templateName: "" },
    [plan],
    stopApp,
  );
  if (plan.command.length === 0) control.stdout("WARNING: no application command found.\n");
  const ports = `HTTP Port: ${plan.httpPort}. gRPC Port: ${plan.grpcPort}`;
  status.info(`Starting Dapr with id ${plan.appId}. ${ports}`);
  const sidecar = run.startSidecar(plan, platform.stdout);
  const { signal } = stop;
  if (plan.appPort === 0 && !(await isUp(context, plan, sidecar, signal))) return 1;
  let app: AppProcess | undefined;
  try {
    if (plan.command.length > 0 && !signal.aborted) app = await run.startApp(plan);
  } catch (error) {
    status.failure((error as Error).message);
    await sidecar.stop();
    status.success("Start App failed, try to stop Dapr successfully");
    return 1;
  }
  const running = new Running(context, sidecar, app);
  const isServing = await Promise.race([sidecar.serving, running.over(signal)]);
  if (isServing === true && !signal.aborted) {
    const facts = { appPid: app?.pid ?? 0, appLogPath: "", daprdLogPath: "" };
    await run.announce(plan, sidecar, facts);
    if (running.isOver) return await running.end();
    const what = app === undefined ? "Dapr logs" : "Both Dapr and your app logs";
    status.success(`You're up and running! ${what} will appear here.\n`);
    await running.over(signal);
  }
  run.withdraw(plan);
  return await running.end();
}

/** The app may call the sidecar as soon as it starts, since nothing waits for the app. */
async function isUp(
  { status }: CommandContext,
  plan: AppPlan,
  sidecar: EmbeddedSidecar,
  signal: AbortSignal,
): Promise<boolean> {
  const places =
    plan.socketFolder === ""
      ? [`HTTP port ${plan.httpPort}`, `GRPC port ${plan.grpcPort}`]
      : ["http", "grpc"].map(
          (name) =>
            `${name.toUpperCase()} socket ${plan.socketFolder}/dapr-${plan.appId}-${name}.socket`,
        );
  for (const place of places) status.info(`Checking if Dapr sidecar is listening on ${place}`);
  const isServing = await Promise.race([sidecar.serving, whenAborted(signal)]);
  if (isServing === false) {
    const failure = (await sidecar.ended) ?? "it was shut down while it started";
    status.failure(`The daprd process exited with error code: ${failure}`);
    return false;
  }
  if (!signal.aborted) status.info("Dapr sidecar is up and running.");
  return true;
}

/** Both halves, and what has become of them. */
class Running {
  readonly #context: CommandContext;
  readonly #sidecar: EmbeddedSidecar;
  readonly #app: AppProcess | undefined;
  readonly #ends: Promise<void>[] = [];
  #sidecarEnd: { readonly failure: string | undefined } | undefined;
  #appEnd: { readonly failure: string | undefined } | undefined;
  /** What ends now was told to. */
  #isEnding = false;

  constructor(context: CommandContext, sidecar: EmbeddedSidecar, app: AppProcess | undefined) {
    this.#context = context;
    this.#sidecar = sidecar;
    this.#app = app;
    this.#ends.push(sidecar.ended.then((failure) => this.#onSidecarEnd(failure)));
    if (app) this.#ends.push(app.failure.then((failure) => this.#onAppEnd(failure)));
  }

  get isOver(): boolean {
    return this.#sidecarEnd !== undefined || this.#appEnd !== undefined;
  }

  /** Resolves when either half has ended, or the run is to stop. */
  async over(signal: AbortSignal): Promise<void> {
    await Promise.race([...this.#ends, whenAborted(signal)]);
  }

  #onSidecarEnd(failure: string | undefined): void {
    this.#sidecarEnd = { failure };
    if (this.#isEnding) return;
    const { status } = this.#context;
    if (failure === undefined) status.success("Exited Dapr successfully");
    else status.failure(`The daprd process exited with error code: ${failure}`);
  }

  #onAppEnd(failure: string | undefined): void {
    this.#appEnd = { failure };
    if (this.#isEnding) return;
    const { status } = this.#context;
    if (failure === undefined) status.success("Exited App successfully");
    else status.failure(`The App process exited with error code: ${failure}`);
  }

  /** The app first: it may need its sidecar to finish. @returns the exit code */
  async end(): Promise<number> {
    const { status, control, platform } = this.#context;
    const [sidecarEnd, appEnd] = [this.#sidecarEnd, this.#appEnd];
    this.#isEnding = true;
    // After the ^C that a terminal shows.
    if (platform.stdout.isTerminal) control.stdout("\n");
    status.info("terminated signal received: shutting down");
    // Children of an app may outlive it.
    await this.#app?.[Symbol.asyncDispose]();
    if (this.#app !== undefined && appEnd === undefined) status.success("Exited App successfully");
    if (appEnd?.failure !== undefined) status.failure(`Error exiting App: ${appEnd.failure}`);
    const failure = sidecarEnd === undefined ? await this.#sidecar.stop() : sidecarEnd.failure;
    if (failure !== undefined) status.failure(`Error exiting Dapr: ${failure}`);
    else if (sidecarEnd === undefined) status.success("Exited Dapr successfully");
    return failure === undefined && appEnd?.failure === undefined ? 0 : 1;
  }
}
