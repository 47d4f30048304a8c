/** The certificate authority of a developer's machine, in this process. */
import { parseFlags } from "../kit/flags/flags.ts";
import type { Platform } from "../kit/lifecycle/platform.ts";
import type { Logging } from "../kit/logging/logger.ts";
import { sentryFlags } from "../sentry/flags.ts";
import { sentryOptions } from "../sentry/options.ts";
import { startSentry } from "../sentry/sentry.ts";
import type { LocalFolder } from "./defaults.ts";

export async function startLocalSentry(
  folder: LocalFolder,
  platform: Platform,
  logging: Logging,
  signal: AbortSignal,
) {
  const argv = [
    "--listen-address=127.0.0.1",
    "--port=0",
    "--healthz-port=0",
    "--enable-metrics=false",
    `--issuer-credentials=${folder.credentials}`,
    `--config=${folder.sentryConfig}`,
  ];
  const options = sentryOptions(
    parseFlags(sentryFlags(""), argv, { singleDash: true }),
    platform.env,
  );
  return await startSentry(options, platform, logging, { signal });
}
