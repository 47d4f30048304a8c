/** Nothing that was accepted is lost, whoever is killed meanwhile: the sidecar, the app, or the broker. */
import { existsSync, readFileSync } from "node:fs";
import { Agent } from "node:http";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { call } from "../api/calls.ts";
import { freePort, Launched, launchDaprd, Scratch, type Sidecar } from "../launch.ts";
import { brokers, type RunningBroker } from "../pubsub/brokers.ts";
import { component, subscription } from "../pubsub/surroundings.ts";
import { numbers } from "./pubsub-context.ts";

const count = 10_000;

/** Writes down what it was given, and only then says that it has it. */
const appProgram = `
const { createServer } = require("node:http");
const { appendFileSync } = require("node:fs");
createServer((request, response) => {
  const chunks = [];
  request.on("data", (chunk) => chunks.push(chunk));
  request.on("end", () => {
    if (request.url === "/orders") {
      appendFileSync(process.argv[2], JSON.parse(Buffer.concat(chunks)).data + "\\n");
    } else response.statusCode = 404;
    response.end();
  });
}).listen(Number(process.argv[3]), "127.0.0.1", () => console.log("listening"));
`;

/** App and sidecar of one kind of broker, and what the app has written down. */
class Run implements AsyncDisposable {
  readonly #scratch = new Scratch();
  readonly #file = join(this.#scratch.path, "received");
  readonly #program = this.#scratch.write("app.cjs", appProgram);
  readonly #resources: readonly string[];
  #appPort = 0;
  #app: Launched | undefined;
  #sidecar: Sidecar | undefined;

  constructor(type: string, { properties }: RunningBroker) {
    this.#resources = [component("bus", type, properties), subscription("orders")];
  }

  async start(): Promise<void> {
    this.#appPort = await freePort();
    await this.launchApp();
    await this.launchSidecar();
  }

  async launchApp(): Promise<void> {
    const app = new Launched(process.execPath, [this.#program, this.#file, `${this.#appPort}`]);
    this.#app = app;
    await app.waitForLog("listening");
  }

  async launchSidecar(): Promise<void> {
    this.#sidecar = await launchDaprd({
      appId: "loss",
      appPort: this.#appPort,
      resources: this.#resources,
      flags: ["--log-level", "fatal"],
    });
  }

  async killApp(): Promise<void> {
    this.#app?.signal("SIGKILL");
    await this.#app?.exited;
  }

  async killSidecar(): Promise<void> {
    this.#sidecar?.process.signal("SIGKILL");
    await this.#sidecar?.process.exited;
    await this.#sidecar?.[Symbol.asyncDispose]();
  }

  get httpPort(): number {
    return this.#sidecar?.httpPort ?? 0;
  }

  get received(): string[] {
    return existsSync(this.#file)
      ? readFileSync(this.#file, "utf8").split("\n").filter(Boolean)
      : [];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#sidecar?.[Symbol.asyncDispose]();
    await this.#app?.stop();
    this.#scratch[Symbol.dispose]();
  }
}

/** Waits for what may take long on a busy machine. */
async function until(what: string, isDone: () => boolean): Promise<void> {
  await expect.poll(isDone, { timeout: 90_000, interval: 50, message: what }).toBe(true);
}

describe.each(brokers)("10,000 messages over $type", ({ type, isAvailable, launch }) => {
  const title = "all arrive, though sidecar, app and broker are killed";
  it.skipIf(!isAvailable)(title, { timeout: 300_000 }, async () => {
    await using broker = await launch();
    await using run = new Run(type, broker);
    await run.start();
    using agent = new KeepAlive();
    // A queue exists from the moment of the subscription on.
    await expect
      .poll(async () => (await isAccepted(run, "first", agent)) && run.received.length > 0, {
        timeout: 90_000,
        interval: 50,
      })
      .toBe(true);

    const left = numbers(count).values();
    let accepted = 0;
    const send = async (): Promise<void> => {
      for (const body of left) {
        // Whoever gets no answer asks again: what was accepted may then come twice.
        while (!(await isAccepted(run, body, agent))) {
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
        accepted++;
      }
    };
    const sending = Promise.all(Array.from({ length: 16 }, send));
    await until("some", () => run.received.length > 1_500);
    await run.killSidecar();
    await run.launchSidecar();

    await until("more", () => run.received.length > 4_000);
    await run.killApp();
    const before = accepted;
    await until("publishes meanwhile", () => accepted > before + 100 || accepted === count);
    await run.launchApp();

    await until("most", () => run.received.length > 6_500);
    await broker.killAndRestart();

    await sending;
    expect(accepted).toBe(count);
    const all = new Set(numbers(count));
    await until("all", () => new Set(run.received).isSupersetOf(all));
    // Some come twice: what was in flight, and what was published twice. Nothing goes round for ever.
    expect(run.received.length).toBeLessThan(count * 3);
  });
});

class KeepAlive extends Agent implements Disposable {
  constructor() {
    super({ keepAlive: true });
  }

  [Symbol.dispose](): void {
    this.destroy();
  }
}

async function isAccepted({ httpPort }: Run, body: string, agent: Agent): Promise<boolean> {
  const headers = { "content-type": "text/plain" };
  const path = "/v1.0/publish/bus/orders";
  try {
    const answer = await call({ port: httpPort, method: "POST", path, headers, body, agent });
    return answer.status === 204;
  } catch {
    return false;
  }
}
