/** Opens connections for the client, with Go's texts for what can go wrong. */
import { connect, isIPv6, type Socket } from "node:net";
import type { Clock } from "../../time/clock.ts";
import { code, RpcError } from "../status.ts";
import type { DialTarget, TlsOptions } from "../transport.ts";
import { type Contexts, connectTls } from "./tls.ts";

const reasons = new Map<string, string>([
  ["ECONNREFUSED", "connect: connection refused"],
  ["ECONNRESET", "connect: connection reset by peer"],
  ["EHOSTUNREACH", "connect: no route to host"],
  ["ENETUNREACH", "connect: network is unreachable"],
  ["ETIMEDOUT", "connect: connection timed out"],
  ["EADDRNOTAVAIL", "connect: cannot assign requested address"],
  ["EACCES", "connect: permission denied"],
  ["ENOENT", "connect: no such file or directory"],
]);

/** `host:port`, with brackets around IPv6 literals. */
export function hostPort(host: string, port: number): string {
  return isIPv6(host) ? `[${host}]:${port}` : `${host}:${port}`;
}

/** Unavailable with the text of Go's connection errors. */
export function connectionError(desc: string): RpcError {
  return new RpcError(code.unavailable, `connection error: desc = ${JSON.stringify(desc)}`);
}

function dialText(target: DialTarget, error: NodeJS.ErrnoException): string {
  const first =
    error instanceof AggregateError && error.errors.length > 0
      ? (error.errors[0] as NodeJS.ErrnoException)
      : error;
  const { code: errno = "" } = first;
  if ("path" in target) {
    return `dial unix ${target.path}: ${reasons.get(errno) ?? first.message}`;
  }
  if (errno === "ENOTFOUND" || errno === "EAI_AGAIN") {
    return `dial tcp: lookup ${target.host}: no such host`;
  }
  const { address = target.host, port = target.port } = first as {
    address?: string;
    port?: number;
  };
  return `dial tcp ${hostPort(address, port)}: ${reasons.get(errno) ?? first.message}`;
}

export interface DialOptions {
  readonly target: DialTarget;
  readonly tls: { readonly options: TlsOptions; readonly contexts: Contexts } | null;
  readonly timeoutMs: number;
  readonly clock: Clock;
}

/** A dial under way. */
export interface Dialling {
  /** Gives up; done is not called any more. */
  abort(): void;
}

/**
 * TCP (or Unix socket), then TLS.
 * @param done called once, never before dial returns
 */
export function dial(
  options: DialOptions,
  done: (error: RpcError | null, socket: Socket | null) => void,
): Dialling {
  const { target, tls } = options;
  let isDone = false;
  let isConnected = false;
  const raw = "path" in target ? connect(target.path) : connect(target.port, target.host);
  const finish = (error: RpcError | null, socket: Socket | null): void => {
    if (isDone) return;
    isDone = true;
    timer[Symbol.dispose]();
    if (error !== null) raw.destroy();
    done(error, socket);
  };
  const timer = options.clock.timer(options.timeoutMs, () => {
    const name =
      "path" in target ? `unix ${target.path}` : `tcp ${hostPort(target.host, target.port)}`;
    finish(
      connectionError(
        isConnected
          ? "transport: authentication handshake failed: context deadline exceeded"
          : `transport: Error while dialing: dial ${name}: i/o timeout`,
      ),
      null,
    );
  });
  const onError = (error: Error): void => {
    finish(connectionError(`transport: Error while dialing: ${dialText(target, error)}`), null);
  };
  raw.once("error", onError);
  raw.once("connect", () => {
    isConnected = true;
    raw.setNoDelay(true);
    raw.off("error", onError);
    if (tls === null) {
      finish(null, raw);
      return;
    }
    connectTls(raw, tls.contexts, tls.options, (error, result) => {
      if (isDone) result?.socket.destroy();
      else if (error === null && result !== null) finish(null, result.socket);
      else {
        const text = error?.message ?? "EOF";
        finish(connectionError(`transport: authentication handshake failed: ${text}`), null);
      }
    });
  });
  return {
    abort: () => {
      isDone = true;
      timer[Symbol.dispose]();
      raw.destroy();
    },
  };
}
