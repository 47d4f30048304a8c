/**
 * The official Python SDK (PyPI dapr) against our sidecars; the tests themselves are in `python/client.py` and `events.py`. The SDK lives
 * in `.venv`, which `npm test` makes.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { freePort, Launched, root } from "../integration/launch.ts";
import { describeClientProgram } from "./client-program.ts";
import { launchQuietly, uniqueId } from "./environment.ts";
import { startEventsOfEach } from "./events.ts";

const python = join(root, ".venv/bin/python");
const folder = join(import.meta.dirname, "python");

describeClientProgram(
  {
    title: "Python SDK",
    language: "py",
    sources: [join(folder, "client.py"), join(folder, "events.py")],
    testName: /^def (test_\w+)/gm,
    prepare: async () => [python, join(folder, "client.py")],
    /** A gRPC service of the SDK behind a sidecar of its own. */
    async start(running) {
      const appPort = await freePort();
      const env = { PYTHONUNBUFFERED: "1" };
      running.use(new Launched(python, [join(folder, "service.py"), `${appPort}`], { env }));
      const appId = uniqueId("py-service");
      running.use(await launchQuietly({ appId, appPort, appProtocol: "grpc" }));
      // The gRPC app finds handlers by the names of functions.
      const events = await startEventsOfEach("py", running, (name) => name);
      return {
        ...events,
        SERVICE_ID: appId,
        DAPR_RUNTIME_HOST: "127.0.0.1",
        PYTHONDONTWRITEBYTECODE: "1",
      };
    },
  },
  existsSync(python),
);
