/**
 * Tells the app what changed: one call for each key.
 * @see spec 01 §7
 */
import type { ConfigurationEvent } from "../../components/configuration/contract.ts";
import { errorText } from "../../kit/errors/api-error.ts";
import type { Logger } from "../../kit/logging/logger.ts";
import type { Clock } from "../../kit/time/clock.ts";
import {
  type AppChannel,
  type InvokeCall,
  type InvokeRequest,
  verbNumber,
} from "../app/contract.ts";
import { eventJson } from "./json.ts";

/** An app that takes longer is given up on; what it does with the call meanwhile is its business. */
const answerLimitMs = 60_000;

export interface DeliveryContext {
  readonly app: AppChannel;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Never throws: the app's errors are logged. */
export async function deliver(
  store: string,
  event: ConfigurationEvent,
  { app, clock, logger }: DeliveryContext,
  signal: AbortSignal,
): Promise<void> {
  const body = Buffer.from(eventJson(event));
  for (const key of event.items.keys()) {
    if (signal.aborted) return;
    try {
      using deadline = clock.deadline(answerLimitMs, signal);
      await post(app, `configuration/${store}/${app.isHttp ? pathOf(key) : key}`, body, deadline);
    } catch (error) {
      if (signal.aborted) return;
      logger.error(`error sending configuration item to the app: ${errorText(error)}`);
    }
  }
}

/** @throws {Error} when there was no answer, or another one than 200 (OK of gRPC apps) */
function post(
  app: AppChannel,
  method: string,
  body: Uint8Array,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let call: InvokeCall | undefined;
    const onAbort = (): void => {
      call?.abort();
      reject(signal.reason);
    };
    const end = (error: Error | undefined): void => {
      signal.removeEventListener("abort", onAbort);
      if (error === undefined) resolve();
      else reject(error);
    };
    let refusal: Error | undefined;
    const expected = app.isHttp ? 200 : 0;
    signal.addEventListener("abort", onAbort, { once: true });
    call = app.invoke(request(method, body), {
      onHead({ status }) {
        if (status === expected) return;
        refusal = new Error(`error sending configuration item to application, status ${status}`);
      },
      onData: () => true,
      onEnd: () => end(refusal),
      onError: end,
      onDrain() {},
    });
  });
}

const request = (method: string, body: Uint8Array): InvokeRequest => ({
  method,
  verb: verbNumber("POST"),
  query: "",
  contentType: "application/json",
  typeUrl: "",
  metadata: [],
  body,
  contentLength: body.length,
  trace: undefined,
});

const bare = /%(?:24|26|2B|2C|2F|3A|3B|3D|40)/g;
const dots = /(?:^|\/)\.{1,2}(?:\/|$)/;

/**
 * A key within a path. Whoever writes into the store names keys: they must not lead to another path of the app, so a key
 * with `..` in it is one segment.
 */
export function pathOf(key: string): string {
  const escaped = encodeURIComponent(key.toWellFormed());
  if (dots.test(key)) return escaped.replaceAll(".", "%2E");
  return escaped.replace(bare, decodeURIComponent);
}
