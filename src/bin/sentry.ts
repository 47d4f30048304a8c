import { homedir } from "node:os";
import { runProgram } from "../kit/lifecycle/run-program.ts";
import { sentryProgram } from "../sentry/program.ts";

runProgram(sentryProgram(homedir()));
