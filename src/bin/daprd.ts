import { writeSync } from "node:fs";
import { argv } from "node:process";
import { runtimeVersion } from "../kit/version.ts";

// The reference's command line asks for the version at every command: nothing else is loaded for that.
if (argv.length === 3 && argv[2] === "--version") writeSync(1, `${runtimeVersion}\n`);
else void import("../runtime/main.ts");
