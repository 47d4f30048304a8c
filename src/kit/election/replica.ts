/**
 * An {@link Election} with a clock and a wire: asks the other replicas over gRPC and answers them.
 */
import type { Logger } from "../logging/logger.ts";
import { code, RpcError } from "../rpc/status.ts";
import type {
  ClientTransport,
  ServerTransport,
  TlsOptions,
  Transport,
  UnaryCall,
} from "../rpc/transport.ts";
import type { Clock } from "../time/clock.ts";
import { Election, type ElectionReply, type ElectionRequest } from "./election.ts";

const path = "/tricorne.election.v1.Election/Ask";
const promiseMs = 2000;
const tickMs = 500;
const maxMessageBytes = 4096;

export interface ReplicaOptions {
  readonly id: string;
  /** `host:port` of all replicas by id, this one too. */
  readonly addresses: ReadonlyMap<string, string>;
  readonly transport: Transport;
  readonly tls: {
    readonly server: TlsOptions | undefined;
    readonly client: TlsOptions | undefined;
    /** @throws {RpcError} the peer is no replica */
    check(call: UnaryCall): void;
  };
  readonly clock: Clock;
  readonly random: () => number;
  readonly logger: Logger;
  /** Called each time that it begins or ends to lead. */
  readonly onChange: (isLeader: boolean) => void;
  /** Ends the waiting for the own name. */
  readonly signal: AbortSignal;
  /** @returns IP address @throws {Error} */
  readonly resolve: (host: string) => Promise<string>;
}

export interface Replica extends AsyncDisposable {
  readonly isLeader: boolean;
}

/**
 * Resolves when it answers the others; alone it leads then.
 * @throws {Error} its own address is none of this machine; the signal's reason
 */
export async function startReplica(options: ReplicaOptions): Promise<Replica> {
  await using starting = new AsyncDisposableStack();
  const { id, addresses, transport, tls, clock } = options;
  const peers = [...addresses.keys()].filter((other) => other !== id);
  const election = new Election(
    { id, peers, promiseMs, tickMs, random: options.random },
    clock.monotonic(),
  );
  if (peers.length > 0) {
    const server = transport.createServer({
      maxMessageBytes,
      maxMetadataBytes: 16_384,
      tls: tls.server,
      onError: (error) => options.logger.debug(`election: ${error.message}`),
      clock,
    });
    starting.defer(() => server.close(0));
    serve(server, options, election);
    const { host, port } = splitAddress(addresses.get(id) as string);
    await server.listen({ host: await ownAddress(host, options), port });
  }
  const clients = peers.map((peer) => {
    const target = splitAddress(addresses.get(peer) as string);
    const client = transport.createClient({
      target,
      tls: tls.client,
      maxMessageBytes,
      connectTimeoutMs: tickMs * 2,
      clock,
    });
    starting.defer(() => client.close());
    return { peer, client };
  });
  const asking = new Asking(election, clients, options);
  starting.use(clock.interval(tickMs, () => asking.tick()));
  asking.tick();
  const started = starting.move();
  return {
    get isLeader() {
      return election.isLeader(clock.monotonic());
    },
    async [Symbol.asyncDispose]() {
      asking.stop();
      await started.disposeAsync();
    },
  };
}

interface Asked {
  readonly peer: string;
  readonly client: ClientTransport;
}

class Asking {
  readonly #election: Election;
  readonly #peers: readonly Asked[];
  readonly #options: ReplicaOptions;
  readonly #stopping = new AbortController();
  #wasLeader = false;

  constructor(election: Election, peers: readonly Asked[], options: ReplicaOptions) {
    this.#election = election;
    this.#peers = peers;
    this.#options = options;
  }

  tick(): void {
    this.#broadcast(this.#election.tick(this.#now));
    this.#notice();
  }

  stop(): void {
    this.#stopping.abort();
  }

  get #now(): number {
    return this.#options.clock.monotonic();
  }

  #broadcast(request: ElectionRequest | undefined): void {
    if (request === undefined) return;
    const message = Buffer.from(JSON.stringify(request));
    const askedAt = this.#now;
    for (const { peer, client } of this.#peers) {
      client.unary(path, message, { timeoutMs: promiseMs, signal: this.#stopping.signal }).then(
        (answer) => {
          if (this.#stopping.signal.aborted) return;
          const reply = readReply(answer.message);
          if (reply === undefined) return;
          this.#broadcast(this.#election.hear(peer, request, askedAt, reply, this.#now));
          this.#notice();
        },
        (error: Error) => this.#options.logger.debug(`election: ${peer}: ${error.message}`),
      );
    }
  }

  #notice(): void {
    const isLeader = this.#election.isLeader(this.#now);
    if (isLeader === this.#wasLeader || this.#stopping.signal.aborted) return;
    this.#wasLeader = isLeader;
    this.#options.onChange(isLeader);
  }
}

function serve(server: ServerTransport, { tls, clock }: ReplicaOptions, election: Election): void {
  server.unary(path, (message, call) => {
    tls.check(call);
    const request = readRequest(message);
    if (request === undefined) throw new RpcError(code.invalidArgument, "not a request");
    return Buffer.from(JSON.stringify(election.answer(request, clock.monotonic())));
  });
}

/** The name of a pod is known to DNS a while after the pod runs. */
async function ownAddress(host: string, options: ReplicaOptions): Promise<string> {
  const { resolve, clock, signal, logger } = options;
  for (let tries = 1; ; tries++) {
    try {
      return await resolve(host);
    } catch (error) {
      if (tries === 240) throw error;
      logger.debug(`waiting for the address of ${host}: ${(error as Error).message}`);
      await clock.sleep(500, signal);
    }
  }
}

/** @param address `host:port`, IPv6 hosts in brackets */
function splitAddress(address: string): { readonly host: string; readonly port: number } {
  const at = address.lastIndexOf(":");
  const host = address.slice(0, at).replace(/^\[(.*)\]$/, "$1");
  return { host, port: Number(address.slice(at + 1)) };
}

function parse(message: Buffer): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(message.toString());
    return typeof value === "object" && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

const kinds: readonly unknown[] = [
  "probe",
  "vote",
  "heartbeat",
] satisfies ElectionRequest["kind"][];

function readRequest(message: Buffer): ElectionRequest | undefined {
  const { kind, term, from } = parse(message) ?? {};
  if (!kinds.includes(kind) || !isTerm(term) || typeof from !== "string") return undefined;
  return { kind: kind as ElectionRequest["kind"], term, from };
}

function readReply(message: Buffer): ElectionReply | undefined {
  const { term, isYes } = parse(message) ?? {};
  return isTerm(term) && typeof isYes === "boolean" ? { term, isYes } : undefined;
}

const isTerm = (value: unknown): value is number => Number.isSafeInteger(value);
