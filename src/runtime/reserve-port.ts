/**
 * Binds the internal gRPC port before components start, so that none of their connections takes it.
 * @see spec 08 §2.6, §5.1 step 7
 */
import { createServer, type Server } from "node:net";
import { listenTcp } from "../kit/http/listen-tcp.ts";
import type { Logger } from "../kit/logging/logger.ts";
import { bindError } from "./listen.ts";

export interface ReservedPort {
  readonly port: number;
  /** undefined: it could not be bound yet. Accepts nothing before a server takes it over. */
  readonly socket: Server | undefined;
}

/**
 * @param preferred tried first; without a fixed port any free one will do after it
 */
export async function reservePort(
  host: string,
  preferred: { readonly port: number; readonly isFixed: boolean },
  logger: Logger,
): Promise<ReservedPort> {
  try {
    return await bind(host, preferred.port);
  } catch (error) {
    if (!preferred.isFixed) return await bind(host, 0);
    const reason = bindError({ host, port: preferred.port }, error as Error);
    logger.warn(
      `could not reserve internal gRPC port before component initialization; it will be bound when the internal gRPC server starts: ${reason}`,
    );
    return { port: preferred.port, socket: undefined };
  }
}

function bind(host: string, port: number): Promise<ReservedPort> {
  return new Promise((resolve, reject) => {
    const socket = createServer();
    socket.once("error", reject);
    socket.once("listening", () => {
      socket.removeListener("error", reject);
      const address = socket.address();
      resolve({ port: typeof address === "object" ? (address?.port ?? port) : port, socket });
    });
    listenTcp(socket, host.replace(/^\[|\]$/g, ""), port);
  });
}
