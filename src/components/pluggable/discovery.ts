/**
 * Finds components that run as processes of their own behind Unix sockets of one folder.
 * @see spec 04 §9
 */
import { type Dirent, promises as files } from "node:fs";
import { join } from "node:path";
import { errorText } from "../../kit/errors/api-error.ts";
import type { Logger } from "../../kit/logging/logger.ts";
import {
  ServerReflectionRequest,
  ServerReflectionResponse,
  ServerReflectionService,
} from "../../kit/proto/grpc/reflection/v1alpha/reflection.ts";
import { h2Transport } from "../../kit/rpc/h2/transport.ts";
import { code, codeName } from "../../kit/rpc/status.ts";
import type { ClientTransport } from "../../kit/rpc/transport.ts";
import type { Clock } from "../../kit/time/clock.ts";

/** A socket and what is served behind it. */
export interface PluggableSocket {
  /** The file's name without its last extension; part of the component type. */
  readonly name: string;
  readonly path: string;
  /** Full names, such as `dapr.proto.components.v1.StateStore`. */
  readonly services: ReadonlySet<string>;
}

/** ms for one socket to say what it serves; the reference waits for ever. */
const askLimitMs = 10_000;
const maxMessageBytes = 4 * 1024 * 1024;

/**
 * Asks every socket of the folder what it serves. A folder that is not there holds none.
 * @throws {Error} one of them does not answer: then none is to be used
 */
export async function discoverPluggable(
  folder: string,
  logger: Logger,
  clock: Clock,
): Promise<readonly PluggableSocket[]> {
  const found = await socketsIn(folder, logger);
  return await Promise.all(
    found.map(async ({ name, path }) => ({ name, path, services: await servicesOf(path, clock) })),
  );
}

async function socketsIn(folder: string, logger: Logger) {
  let entries: readonly Dirent[];
  try {
    entries = await files.readdir(folder, { withFileTypes: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
  const sockets: { readonly name: string; readonly path: string }[] = [];
  for (const entry of [...entries].sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (entry.isDirectory()) continue;
    const path = join(folder, entry.name);
    if (!entry.isSocket() && !(await leadsToSocket(path))) {
      logger.warn(`could not use socket for file ${path}`);
      continue;
    }
    const dot = entry.name.lastIndexOf(".");
    sockets.push({ name: dot < 0 ? entry.name : entry.name.slice(0, dot), path });
  }
  return sockets;
}

/** A link may lead nowhere. */
async function leadsToSocket(path: string): Promise<boolean> {
  try {
    return (await files.stat(path)).isSocket();
  } catch {
    return false;
  }
}

async function servicesOf(path: string, clock: Clock): Promise<ReadonlySet<string>> {
  const client = h2Transport.createClient({
    target: { path },
    maxMessageBytes,
    connectTimeoutMs: askLimitMs,
  });
  try {
    return new Set(await listServices(client, clock));
  } catch (error) {
    throw new Error(`could not ask ${path} what it serves: ${errorText(error)}`, { cause: error });
  } finally {
    await client.close();
  }
}

function listServices(client: ClientTransport, clock: Clock): Promise<readonly string[]> {
  return new Promise((resolve, reject) => {
    const call = client.open(ServerReflectionService.methods.serverReflectionInfo.path);
    const limit = clock.timer(askLimitMs, () => {
      reject(new Error("no answer in time"));
      call.cancel();
    });
    let names: readonly string[] | undefined;
    call.onMessage((message) => {
      const { listServicesResponse, errorResponse } = ServerReflectionResponse.decode(message);
      if (errorResponse !== undefined) reject(new Error(errorResponse.errorMessage));
      names = listServicesResponse?.service.map(({ name }) => name) ?? [];
      call.halfClose();
      resolve(names);
    });
    call.onStatus((status) => {
      limit[Symbol.dispose]();
      if (names !== undefined) return;
      const isOk = status.code === code.ok;
      reject(
        new Error(
          isOk
            ? "it ended without an answer"
            : `rpc error: code = ${codeName(status.code)} desc = ${status.message}`,
        ),
      );
    });
    call.send(ServerReflectionRequest.encode({ listServices: "*" }));
  });
}
