/** Calls of the API of a sidecar on this machine. */
import { request } from "node:http";
import { join } from "node:path";
import type { Clock } from "../kit/time/clock.ts";

export interface SidecarAddress {
  readonly appId: string;
  readonly httpPort: number;
  /** "" with ports. */
  readonly socketFolder: string;
  /** Default: loopback. */
  readonly host?: string;
  /** "" without one. */
  readonly token: string;
}

export interface SidecarCall {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer;
  readonly limitMs: number;
}

export interface SidecarAnswer {
  readonly status: number;
  /** `404 Not Found` */
  readonly statusText: string;
  readonly body: Buffer;
}

/** Larger answers are cut off with an error. */
const maxAnswerBytes = 64 * 2 ** 20;

/** @throws {Error} when the sidecar cannot be reached or does not answer in time */
export function callSidecar(
  address: SidecarAddress,
  { method, path, headers = {}, body, limitMs }: SidecarCall,
  clock: Clock,
): Promise<SidecarAnswer> {
  const target =
    address.socketFolder === ""
      ? { host: address.host ?? "127.0.0.1", port: address.httpPort }
      : { socketPath: join(address.socketFolder, `dapr-${address.appId}-http.socket`) };
  const token = address.token === "" ? {} : { "dapr-api-token": address.token };
  return new Promise((resolve, reject) => {
    const call = request(
      {
        ...target,
        method,
        path,
        agent: false,
        headers: {
          ...headers,
          ...token,
          host: `127.0.0.1:${address.httpPort}`,
          "content-length": String(body?.length ?? 0),
        },
      },
      (answer) => {
        const chunks: Buffer[] = [];
        let size = 0;
        answer.on("data", (chunk: Buffer) => {
          size += chunk.length;
          if (size > maxAnswerBytes) call.destroy(new Error("the answer is too large"));
          else chunks.push(chunk);
        });
        answer.on("error", reject);
        answer.on("end", () => {
          timer[Symbol.dispose]();
          const status = answer.statusCode ?? 0;
          const statusText = `${status} ${answer.statusMessage ?? ""}`.trimEnd();
          resolve({ status, statusText, body: Buffer.concat(chunks) });
        });
      },
    );
    const timer = clock.timer(limitMs, () =>
      call.destroy(new Error(`no answer within ${limitMs / 1000} s`)),
    );
    call.on("error", (error) => {
      timer[Symbol.dispose]();
      reject(error);
    });
    call.end(body);
  });
}
