/** What a test leaves behind in memory. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

/** MiB of the heap that are in use after everything else was collected. */
export function heapMiB(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed / 2 ** 20;
}

/** MiB of buffers outside of the heap that are in use after everything else was collected. */
export function bufferMiB(): number {
  collectGarbage();
  return process.memoryUsage().arrayBuffers / 2 ** 20;
}
