/**
 * Encryption and decryption as gRPC streams. Loaded on first use.
 * @see spec 01 §9.1
 */
import type { StreamPayload } from "../../kit/proto/dapr/proto/common/v1/common.ts";
import {
  DecryptRequest,
  DecryptResponse,
  EncryptRequest,
  EncryptResponse,
} from "../../kit/proto/dapr/proto/runtime/v1/crypto.ts";
import { RpcError } from "../../kit/rpc/status.ts";
import { CanceledError, type Clock } from "../../kit/time/clock.ts";
import { bidiStream, type RequestStream } from "../api/bidi-stream.ts";
import type { ServerStream, StreamMethod } from "../api/grpc-method.ts";
import type { CryptoBlock, Output } from "./crypto.ts";
import type { Chunks } from "./document.ts";
import * as errors from "./errors.ts";

const firstMessageMs = 5000;

/** What both kinds of requests are. */
interface CryptoMessage<Options> {
  readonly options?: Options | undefined;
  readonly payload?: StreamPayload | undefined;
}

interface CryptoAnswer {
  readonly payload: { readonly data: Buffer; readonly seq: bigint };
}

export const encryptStream = (block: CryptoBlock): StreamMethod["handle"] =>
  bidiStream({
    request: EncryptRequest,
    response: EncryptResponse,
    async handle(requests, stream) {
      const { options, input } = await leading(requests, block.clock, stream.signal);
      const { keyName, keyWrapAlgorithm } = options;
      if (keyName === "") throw missing("keyName");
      if (keyWrapAlgorithm === "") throw missing("keyWrapAlgorithm");
      const provider = block.provider(options.componentName);
      const encryption = {
        keyName,
        algorithm: keyWrapAlgorithm,
        cipher: options.dataEncryptionCipher,
        decryptionKeyName: options.decryptionKeyName,
        omitsKeyName: options.omitDecryptionKeyName,
      };
      await send(stream, await block.encrypt(provider, encryption, input, stream.signal));
    },
  });

export const decryptStream = (block: CryptoBlock): StreamMethod["handle"] =>
  bidiStream({
    request: DecryptRequest,
    response: DecryptResponse,
    async handle(requests, stream) {
      const { options, input } = await leading(requests, block.clock, stream.signal);
      const provider = block.provider(options.componentName);
      await send(stream, await block.decrypt(provider, options.keyName, input, stream.signal));
    },
  });

const missing = (property: string): Error =>
  errors.badRequest({ why: `missing property '${property}' in the options message` });

/** The first message, which must come soon. @throws {ApiError} */
async function leading<Options>(
  requests: RequestStream<CryptoMessage<Options>>,
  clock: Clock,
  signal: AbortSignal,
): Promise<{ readonly options: Options; readonly input: Chunks }> {
  using deadline = clock.deadline(firstMessageMs, signal);
  const late = new Promise<never>((_, reject) => {
    const onAbort = (): void => reject(signal.aborted ? new CanceledError() : deadline.reason);
    if (deadline.aborted) onAbort();
    else deadline.addEventListener("abort", onAbort, { once: true });
  });
  let first: CryptoMessage<Options> | undefined;
  try {
    first = await Promise.race([requests.next(), late]);
  } catch (cause) {
    if (cause instanceof RpcError) throw cause;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw errors.badRequest({ why: `error waiting for first message: ${why}` });
  }
  if (first === undefined) {
    throw errors.operationFailed({}, "error receiving the first message: EOF");
  }
  if (first.options === undefined) {
    throw errors.badRequest({ why: "first message does not contain the required options" });
  }
  return { options: first.options, input: payloads(first.payload, requests) };
}

/** The bytes of the messages, whose numbers must have no gap. @throws {Error} */
async function* payloads(
  first: StreamPayload | undefined,
  requests: RequestStream<CryptoMessage<unknown>>,
): Chunks {
  let expected = 0n;
  let payload = first;
  for (;;) {
    if (payload !== undefined) {
      if (payload.seq !== expected) {
        throw new Error(`invalid sequence number received: ${payload.seq} (expected: ${expected})`);
      }
      expected++;
      yield payload.data;
    }
    const message = await requests.next();
    if (message === undefined) return;
    if (message.options !== undefined) throw new Error("options found in non-leading message");
    payload = message.payload;
  }
}

/** One message per piece, no faster than the client reads. @throws {ApiError} ERR_CRYPTO */
async function send(stream: ServerStream<CryptoAnswer>, output: Output): Promise<void> {
  let seq = 0n;
  try {
    for await (const data of output) {
      if (stream.signal.aborted) throw new CanceledError();
      await stream.send({ payload: { data, seq } });
      seq++;
    }
  } catch (cause) {
    if (cause instanceof RpcError) throw cause;
    throw errors.operationFailed({}, cause);
  }
}
