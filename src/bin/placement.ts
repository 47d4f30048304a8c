import { runProgram } from "../kit/lifecycle/run-program.ts";
import { placementProgram } from "../placement/program.ts";

const env = Object.entries(process.env).map(([name, value]) => [name, value ?? ""] as const);
runProgram(placementProgram(new Map(env)));
