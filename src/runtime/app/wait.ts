/**
 * Waiting until the app listens.
 * @see spec 02 §11.2, spec 08 §5.2
 */
import { connect as connectTcp } from "node:net";
import { connect as connectTls } from "node:tls";
import type { Logger } from "../../kit/logging/logger.ts";
import type { Clock } from "../../kit/time/clock.ts";

const attemptTimeoutMs = 500;
const pauseMs = 100;
const attemptsPerLine = 100;

export interface AppAddress {
  /** http, https, h2c, grpc or grpcs. */
  readonly protocol: string;
  /** `--app-channel-address`. */
  readonly host: string;
  readonly port: number;
}

/** Tries to connect once; never rejects. */
export type Attempt = (
  address: AppAddress,
  timeoutMs: number,
  clock: Clock,
  signal: AbortSignal,
) => Promise<boolean>;

/** @throws signal.reason when the wait is given up */
export async function waitForApp(
  address: AppAddress,
  options: { readonly clock: Clock; readonly logger: Logger; readonly attempt?: Attempt },
  signal: AbortSignal,
): Promise<void> {
  const { clock, logger, attempt = connectOnce } = options;
  const { protocol, port } = address;
  logger.info(
    `application protocol: ${protocol}. waiting on port ${port}.  This will block until the app is listening on that port.`,
  );
  for (let tries = 1; ; tries++) {
    signal.throwIfAborted();
    if (await attempt(address, attemptTimeoutMs, clock, signal)) break;
    if (tries % attemptsPerLine === 0) {
      logger.info(`waiting for application to listen on port ${port}`);
    }
    await clock.sleep(pauseMs, signal);
  }
  logger.info(`application discovered on port ${port}`);
}

/** A TCP connection, for TLS protocols with a handshake that trusts anybody. */
export const connectOnce: Attempt = ({ protocol, host, port }, timeoutMs, clock, signal) =>
  new Promise((resolve) => {
    const isTls = protocol === "https" || protocol === "grpcs";
    const socket = isTls
      ? connectTls({ host, port, rejectUnauthorized: false })
      : connectTcp({ host, port });
    const finish = (isThere: boolean): void => {
      timer[Symbol.dispose]();
      signal.removeEventListener("abort", onAbort);
      socket.destroy();
      resolve(isThere);
    };
    const onAbort = (): void => finish(false);
    const timer = clock.timer(timeoutMs, () => finish(false));
    signal.addEventListener("abort", onAbort, { once: true });
    socket.once(isTls ? "secureConnect" : "connect", () => finish(true));
    socket.on("error", () => finish(false));
  });
