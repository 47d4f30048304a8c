/**
 * The program `placement`.
 * @see spec 05 §7.1
 */
import type { Program } from "../kit/lifecycle/run-program.ts";
import { serviceProgram } from "../kit/lifecycle/service-program.ts";
import { placementFlags } from "./flags.ts";
import { placementOptions } from "./options.ts";
import { startPlacement } from "./placement.ts";

/** @param env parts of it are defaults of flags */
export const placementProgram = (env: ReadonlyMap<string, string>): Program =>
  serviceProgram({
    name: "placement",
    title: "Placement Service",
    farewell: "Placement service shut down gracefully",
    flags: placementFlags(env),
    singleDash: true,
    start: ({ flags, platform, logging, signal }) =>
      startPlacement(placementOptions(flags, platform.env), { platform, logging, signal }),
  });
