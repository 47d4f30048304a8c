import { tricorne } from "../cli/tricorne.ts";
import { runProgram } from "../kit/lifecycle/run-program.ts";

runProgram(tricorne);
