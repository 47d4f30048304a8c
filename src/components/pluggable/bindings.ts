/**
 * A binding that runs as a process of its own: input, output, or both behind one socket.
 * @see spec 04 §9
 */

import { errorText } from "../../kit/errors/api-error.ts";
import type { Logger } from "../../kit/logging/logger.ts";
import {
  InputBindingInitRequest,
  InputBindingInitResponse,
  InputBindingService,
  InvokeRequest,
  InvokeResponse,
  ListOperationsRequest,
  ListOperationsResponse,
  OutputBindingInitRequest,
  OutputBindingInitResponse,
  OutputBindingService,
  ReadRequest,
  ReadResponse,
} from "../../kit/proto/dapr/proto/components/v1/bindings.ts";
import type {
  Binding,
  BindingHandler,
  BindingRequest,
  BindingResponse,
} from "../bindings/contract.ts";
import type { ComponentContext } from "../contract.ts";
import { type PluggableConnection, startPluggable } from "./connection.ts";
import { EventStream } from "./stream.ts";

const input = InputBindingService.methods;
const output = OutputBindingService.methods;
const initInput = {
  path: input.init.path,
  request: InputBindingInitRequest,
  response: InputBindingInitResponse,
};
const initOutput = {
  path: output.init.path,
  request: OutputBindingInitRequest,
  response: OutputBindingInitResponse,
};
const listOperations = {
  path: output.listOperations.path,
  request: ListOperationsRequest,
  response: ListOperationsResponse,
};
const invoke = { path: output.invoke.path, request: InvokeRequest, response: InvokeResponse };

/** Events of one binding in the app's hands at once; the reference sets no limit. */
const maxInHand = 100;

/** Which halves the socket serves. */
export interface BindingHalves {
  readonly hasInput: boolean;
  readonly hasOutput: boolean;
}

export const openBinding = (
  socketPath: string,
  { hasInput, hasOutput }: BindingHalves,
  context: ComponentContext,
): Promise<Binding> =>
  startPluggable(socketPath, context, async ({ connection, properties, signal }) => {
    const { logger } = context;
    const metadata = { properties };
    if (hasInput) await connection.call(initInput, { metadata }, { signal });
    let operations: readonly string[] | undefined;
    if (hasOutput) {
      await connection.call(initOutput, { metadata }, { signal });
      ({ operations } = await connection.call(listOperations, {}, { signal }));
    }
    const close = (): Promise<void> => connection.close();
    return {
      ...(hasInput ? { read: reader(connection, logger) } : {}),
      ...(operations === undefined ? {} : { operations, invoke: invoker(connection) }),
      [Symbol.asyncDispose]: close,
    };
  });

const invoker =
  (connection: PluggableConnection) =>
  async (request: BindingRequest, signal?: AbortSignal): Promise<BindingResponse> => {
    const { data, metadata } = await connection.call(invoke, request, { signal });
    return { data, metadata };
  };

const reader =
  (connection: PluggableConnection, logger: Logger) =>
  async (handler: BindingHandler, signal: AbortSignal): Promise<void> => {
    signal.throwIfAborted();
    const stream = new EventStream({
      call: connection.open(input.read.path),
      concurrency: maxInHand,
      handle: (bytes) => answerOf(handler, ReadResponse.decode(bytes)),
      onFailure: (text) => logger.error(`failed to receive binding message: ${text}`),
    });
    const leave = (): void => {
      stream[Symbol.asyncDispose]().catch((error: unknown) => logger.warn(errorText(error)));
    };
    signal.addEventListener("abort", leave, { once: true });
  };

async function answerOf(
  handler: BindingHandler,
  { data, metadata, messageId }: ReadResponse,
): Promise<Uint8Array> {
  try {
    const responseData = await handler({ data, metadata });
    return ReadRequest.encode({ messageId, responseData });
  } catch (error) {
    return ReadRequest.encode({ messageId, responseError: { message: errorText(error) } });
  }
}
