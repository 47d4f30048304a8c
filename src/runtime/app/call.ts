/**
 * Calls of the app that are answered as a whole: subscriptions, events, probes.
 * @see spec 02 §11
 */

import type { SpanContext } from "../../kit/tracing/trace.ts";
import {
  type AppChannel,
  type InvokeCall,
  type InvokeMetadata,
  type InvokeRequest,
  verbNumber,
} from "./contract.ts";

export interface AppRequest {
  readonly verb: "GET" | "POST" | "OPTIONS";
  /** Without leading slash. */
  readonly path: string;
  readonly contentType: string;
  /** name0, value0, ... */
  readonly metadata: InvokeMetadata;
  readonly body: Uint8Array;
  /** undefined: the metadata's own trace headers pass. */
  readonly trace: SpanContext | undefined;
}

export interface AppAnswer {
  /** Of HTTP apps; gRPC apps answer with their code. */
  readonly status: number;
  readonly contentType: string;
  readonly headers: InvokeMetadata;
  readonly body: Buffer;
}

/** Answers of apps that are longer are cut off with an error. */
const answerLimit = 4 * 1024 * 1024;

/** @throws {Error} there was no answer, it was too long, or the signal was aborted */
export function callApp(
  app: AppChannel,
  request: AppRequest,
  signal?: AbortSignal,
): Promise<AppAnswer> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason);
      return;
    }
    let call: InvokeCall | undefined;
    let head = { status: 0, contentType: "", headers: [] as InvokeMetadata };
    const chunks: Buffer[] = [];
    let length = 0;
    const onAbort = (): void => {
      call?.abort();
      reject(signal?.reason);
    };
    const settle = (finish: () => void): void => {
      signal?.removeEventListener("abort", onAbort);
      finish();
    };
    signal?.addEventListener("abort", onAbort, { once: true });
    call = app.invoke(invokeRequest(request), {
      onHead({ status, contentType, headers }) {
        head = { status, contentType, headers };
      },
      onData(chunk) {
        length += chunk.length;
        if (length > answerLimit) {
          call?.abort();
          settle(() => reject(new Error(`the app's answer is longer than ${answerLimit} bytes`)));
          return true;
        }
        chunks.push(Buffer.from(chunk));
        return true;
      },
      onEnd: () => settle(() => resolve({ ...head, body: Buffer.concat(chunks, length) })),
      onError: (error) => settle(() => reject(error)),
      onDrain() {},
    });
  });
}

const invokeRequest = (request: AppRequest): InvokeRequest => ({
  method: request.path,
  verb: verbNumber(request.verb),
  query: "",
  contentType: request.contentType,
  typeUrl: "",
  metadata: request.metadata,
  body: request.body,
  contentLength: request.body.length,
  trace: request.trace,
});
