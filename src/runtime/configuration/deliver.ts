/**
 * Tells the app what changed: one call for each key.
 * @see spec 01 §7
 */
import type { ConfigurationEvent } from "../../components/configuration/contract.ts";
import { errorText } from "../../kit/errors/api-error.ts";
import type { Logger } from "../../kit/logging/logger.ts";
import type { Clock } from "../../kit/time/clock.ts";
import { callApp } from "../app/call.ts";
import type { AppChannel } from "../app/contract.ts";
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
async function post(
  app: AppChannel,
  path: string,
  body: Uint8Array,
  signal: AbortSignal,
): Promise<void> {
  const { status } = await callApp(
    app,
    { verb: "POST", path, contentType: "application/json", metadata: [], body, trace: undefined },
    signal,
  );
  if (status !== (app.isHttp ? 200 : 0)) {
    throw new Error(`error sending configuration item to application, status ${status}`);
  }
}

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
