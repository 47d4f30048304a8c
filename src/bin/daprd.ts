import { runProgram } from "../kit/lifecycle/run-program.ts";
import { daprd } from "../runtime/daprd.ts";

runProgram(daprd);
