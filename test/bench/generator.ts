/**
 * The load generator for machines without wrk and h2load; a process of its own, so that its CPU time is not measured.
 * One JSON argument: a LoadRequest with `seconds`, a gRPC message in base64. Prints a LoadResult.
 */
import { connect } from "node:net";
import { http2Transport } from "../../src/kit/rpc/http2/transport.ts";
import { Metadata } from "../../src/kit/rpc/metadata.ts";
import type { GrpcRequest, HttpRequest, LoadResult } from "./load.ts";

/** Counts times in steps of 10 µs, up to a second. */
class Histogram {
  readonly #counts = new Uint32Array(100_000);
  total = 0;

  add(ms: number): void {
    const index = Math.min(this.#counts.length - 1, Math.round(ms * 100));
    this.#counts[index] = (this.#counts[index] ?? 0) + 1;
    this.total++;
  }

  /** ms below which that share of the times is. */
  at(share: number): number {
    let left = this.total * share;
    for (const [index, count] of this.#counts.entries()) {
      left -= count;
      if (left <= 0) return index / 100;
    }
    return Number.NaN;
  }
}

interface Run {
  readonly times: Histogram;
  errors: number;
  /** performance.now() at which no more requests are sent. */
  readonly end: number;
}

const headEnd = Buffer.from("\r\n\r\n");

/** One keep-alive connection with one request in flight. */
function httpConnection(request: HttpRequest, run: Run): Promise<void> {
  const body = request.body ?? "";
  const bytes = Buffer.from(
    `${request.method} ${request.path} HTTP/1.1\r\nhost: 127.0.0.1\r\n` +
      (body === ""
        ? ""
        : `content-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n`) +
      `\r\n${body}`,
  );
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port: request.port, noDelay: true });
    let sentAt = 0;
    let held: Buffer = Buffer.alloc(0);
    const send = (): void => {
      sentAt = performance.now();
      if (sentAt >= run.end) socket.destroy();
      else socket.write(bytes);
    };
    const onData = (chunk: Buffer): void => {
      held = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
      const end = held.indexOf(headEnd);
      if (end < 0) return;
      const head = held.toString("latin1", 0, end);
      const length = Number(/content-length: *(\d+)/i.exec(head)?.[1] ?? 0);
      if (held.length < end + 4 + length) return;
      held = held.subarray(end + 4 + length);
      if (head[9] !== "2") run.errors++;
      run.times.add(performance.now() - sentAt);
      send();
    };
    socket.on("connect", send);
    socket.on("data", onData);
    socket.on("error", () => run.errors++);
    socket.on("close", () => resolve());
  });
}

async function grpcConnection(request: GrpcRequest, message: Buffer, run: Run): Promise<void> {
  const client = http2Transport.createClient({
    target: { host: "127.0.0.1", port: request.port },
    maxMessageBytes: 4 << 20,
  });
  await client.connect();
  const metadata = Metadata.from(request.metadata ?? {});
  const stream = async (): Promise<void> => {
    for (let sentAt = performance.now(); sentAt < run.end; sentAt = performance.now()) {
      try {
        await client.unary(request.path, message, { metadata });
      } catch {
        run.errors++;
      }
      run.times.add(performance.now() - sentAt);
    }
  };
  await Promise.all(Array.from({ length: request.streams }, stream));
  await client.close();
}

const { seconds, ...request } = JSON.parse(process.argv[2] ?? "{}") as (
  | HttpRequest
  | (Omit<GrpcRequest, "message"> & { message: string })
) & { seconds: number };
const started = performance.now();
const run: Run = { times: new Histogram(), errors: 0, end: started + seconds * 1000 };
await Promise.all(
  Array.from({ length: request.connections }, () =>
    request.kind === "http"
      ? httpConnection(request, run)
      : grpcConnection(
          { ...request, message: new Uint8Array() },
          Buffer.from(request.message, "base64"),
          run,
        ),
  ),
);
const result: LoadResult = {
  requests: run.times.total - run.errors,
  counted: run.times.total,
  errors: run.errors,
  seconds: (performance.now() - started) / 1000,
  p50Ms: run.times.at(0.5),
  p99Ms: run.times.at(0.99),
};
console.log(JSON.stringify(result));
