/** One HTTP POST, for exporters: no redirects, no pipelines, little memory. */
import type { ClientRequest, IncomingMessage, RequestOptions } from "node:http";

export interface PostRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  readonly signal: AbortSignal;
}

export interface PostReply {
  readonly status: number;
  /** The first 64 KiB. */
  readonly body: Buffer;
  /** The `Retry-After` header, or "". */
  readonly retryAfter: string;
}

/** @throws {Error} when there is no answer */
export type HttpPost = (request: PostRequest) => Promise<PostReply>;

/** What is kept of an answer; exporters only look at error texts. */
const maxReplyBytes = 64 * 1024;

type Connect = (
  url: URL,
  options: RequestOptions,
  onResponse: (response: IncomingMessage) => void,
) => ClientRequest;

/** Posts with node's own client, which is loaded on first use. */
export const postWithNode: HttpPost = async (request) => {
  const url = new URL(request.url);
  const module = url.protocol === "https:" ? await import("node:https") : await import("node:http");
  request.signal.throwIfAborted();
  return new Promise((resolve, reject) => post(module.request, url, request, resolve, reject));
};

function post(
  connect: Connect,
  url: URL,
  { headers, body, signal }: PostRequest,
  resolve: (reply: PostReply) => void,
  reject: (error: Error) => void,
): void {
  const call = connect(
    url,
    { method: "POST", headers: { ...headers, "content-length": String(body.length) } },
    (response) => {
      const chunks: Buffer[] = [];
      let length = 0;
      const finish = (): void => {
        signal.removeEventListener("abort", onAbort);
        resolve({
          status: response.statusCode ?? 0,
          body: Buffer.concat(chunks).subarray(0, maxReplyBytes),
          retryAfter: response.headers["retry-after"] ?? "",
        });
      };
      response.on("data", (chunk: Buffer) => {
        chunks.push(chunk);
        length += chunk.length;
        if (length < maxReplyBytes) return;
        finish();
        response.destroy();
      });
      response.on("end", finish);
      response.on("error", reject);
    },
  );
  const onAbort = (): void => {
    call.destroy(signal.reason instanceof Error ? signal.reason : new Error(String(signal.reason)));
  };
  signal.addEventListener("abort", onAbort, { once: true });
  call.on("error", (error) => {
    signal.removeEventListener("abort", onAbort);
    reject(error);
  });
  call.end(body);
}
