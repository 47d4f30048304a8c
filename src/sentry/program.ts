/**
 * The program `sentry`.
 * @see spec 07 §2.1
 */
import type { Program } from "../kit/lifecycle/run-program.ts";
import { serviceProgram } from "../kit/lifecycle/service-program.ts";
import { sentryFlags } from "./flags.ts";
import { sentryOptions } from "./options.ts";
import { startSentry } from "./sentry.ts";

/** @param home the user's home directory, shown in the usage */
export const sentryProgram = (home: string): Program =>
  serviceProgram({
    name: "sentry",
    title: "Sentry certificate authority",
    farewell: "Sentry shut down gracefully",
    flags: sentryFlags(home),
    singleDash: true,
    start: ({ flags, platform, logging, signal }) =>
      startSentry(sentryOptions(flags, platform.env), platform, logging, { signal }),
  });
