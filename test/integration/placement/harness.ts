/** Placement servers as processes, and sidecars that report to them. */
import { join } from "node:path";
import {
  Host,
  type HostInit,
  HostOperation,
  PlacementOrder,
  PlacementService,
} from "../../../src/kit/proto/dapr/proto/placement/v1/placement.ts";
import { selectTransport } from "../../../src/kit/rpc/select.ts";
import { codeName, type RpcStatus } from "../../../src/kit/rpc/status.ts";
import type { ClientTransport, OutgoingCall } from "../../../src/kit/rpc/transport.ts";
import { freePorts, Launched, root, Scratch, type Sentry, statusOf } from "../launch.ts";

export interface PlacementServer extends AsyncDisposable {
  readonly id: string;
  readonly process: Launched;
  readonly port: number;
  readonly healthPort: number;
  readonly metricsPort: number;
  /** What `/placement/state` shows. */
  state(): Promise<unknown>;
  /** Kills it, and starts it again on its ports. */
  restart(): Promise<void>;
}

export interface ClusterOptions {
  readonly flags?: readonly string[];
  readonly sentry?: Sentry;
}

/** Starts so many servers that elect one of them. They are healthy, led or not. */
export async function launchPlacements(
  count: number,
  { flags = [], sentry }: ClusterOptions = {},
): Promise<PlacementServer[] & AsyncDisposable> {
  await using stack = new AsyncDisposableStack();
  const scratch = stack.use(new Scratch());
  const tls =
    sentry === undefined
      ? []
      : [
          "--tls-enabled",
          ...["--sentry-address", sentry.address],
          ...["--trust-anchors-file", scratch.write("ca.crt", sentry.trustAnchors)],
        ];
  const peers = await freePorts(count);
  const cluster = peers.map((port, i) => `p${i}=127.0.0.1:${port}`).join(",");
  const servers = await Promise.all(
    peers.map((_, i) => launchOne(`p${i}`, ["--initial-cluster", cluster, ...tls, ...flags])),
  );
  for (const server of servers) stack.use(server);
  const owned = stack.move();
  return Object.assign(servers, { [Symbol.asyncDispose]: () => owned.disposeAsync() });
}

async function launchOne(id: string, more: readonly string[]): Promise<PlacementServer> {
  const [port = 0, healthPort = 0, metricsPort = 0] = await freePorts(3);
  const flags = [
    ...["--id", id, "--port", `${port}`, "--listen-address", "127.0.0.1"],
    ...["--healthz-port", `${healthPort}`, "--metrics-port", `${metricsPort}`],
    ...["--metadata-enabled", ...more],
  ];
  const launch = async (): Promise<Launched> => {
    const started = new Launched(join(root, "bin/placement"), flags);
    try {
      const isHealthy = async () => (await statusOf(healthPort, "/healthz")) === 200;
      await started.waitUntil("healthz", isHealthy, 60_000);
    } catch (error) {
      await started.stop();
      throw error;
    }
    return started;
  };
  let process = await launch();
  return {
    id,
    port,
    healthPort,
    metricsPort,
    get process() {
      return process;
    },
    async state() {
      return await (await fetch(`http://127.0.0.1:${healthPort}/placement/state`)).json();
    },
    async restart() {
      process.signal("SIGKILL");
      await process.exited;
      process = await launch();
    },
    async [Symbol.asyncDispose]() {
      process.signal("SIGCONT");
      await process.stop();
    },
  };
}

/** A stream to placement that confirms what it is told, unless it is mute. */
export class Reporter implements AsyncDisposable {
  readonly #client: ClientTransport;
  readonly #call: OutgoingCall;
  readonly #host: HostInit;
  readonly orders: PlacementOrder[] = [];
  readonly ended: Promise<string>;
  isMute = false;

  private constructor(client: ClientTransport, host: HostInit) {
    this.#client = client;
    this.#host = { namespace: "default", id: "app", ...host };
    this.#call = client.open(PlacementService.methods.reportDaprStatus.path);
    this.ended = new Promise((resolve) => {
      this.#call.onStatus(({ code, message }: RpcStatus) => {
        resolve(`${codeName(code)}: ${message}`);
      });
    });
    this.#call.onMessage((message) => this.#take(PlacementOrder.decode(message)));
    this.report(...(host.entities ?? []));
  }

  static async open(port: number, host: HostInit): Promise<Reporter> {
    const transport = await selectTransport(undefined);
    const client = transport.createClient({
      target: { host: "127.0.0.1", port },
      maxMessageBytes: 2 ** 26,
    });
    return new Reporter(client, host);
  }

  report(...entities: string[]): void {
    this.#send({ ...this.#host, entities, operation: HostOperation.REPORT });
  }

  halfClose(): void {
    this.#call.halfClose();
  }

  /** `lock 1`, `update 1`, ... */
  get told(): string[] {
    return this.orders.map(({ operation, version }) => `${operation} ${version}`);
  }

  /** Hosts of a type in the last table. */
  hostsOf(type: string): string[] {
    const { tables } = this.orders.findLast(({ operation }) => operation === "update") ?? {};
    return [...(tables?.entries.get(type)?.loadMap.keys() ?? [])].sort();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#call.cancel();
    await this.#client.close();
  }

  #take(order: PlacementOrder): void {
    this.orders.push(order);
    if (this.isMute) return;
    const operation = { lock: 2, update: 3, unlock: 4 }[order.operation] ?? 0;
    const { id, namespace } = this.#host;
    this.#send({ id, namespace, operation, version: order.version });
  }

  #send(host: HostInit): void {
    this.#call.send(Host.encode(host));
  }
}
