/** Runs daprd in this process. */
import { runProgram } from "../kit/lifecycle/run-program.ts";
import { daprd } from "./daprd.ts";

runProgram(daprd);
