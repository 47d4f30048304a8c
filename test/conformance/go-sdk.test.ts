/** The official Go SDK (github.com/dapr/go-sdk) against our sidecars; the tests themselves are in `go/`. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { root } from "../integration/launch.ts";
import { build, describeClientProgram, hasTool } from "./client-program.ts";
import { startEventsOfEach } from "./events.ts";

const folder = join(import.meta.dirname, "go");
const program = join(root, ".cache/conformance/go-client");

describeClientProgram(
  {
    title: "Go SDK",
    language: "go",
    sources: [join(folder, "main.go"), join(folder, "events.go")],
    testName: /^\t\{"([^"]+)",/gm,
    async prepare() {
      mkdirSync(join(root, ".cache/conformance"), { recursive: true });
      await build(folder, "go", ["build", "-o", program, "."], { GOFLAGS: "-mod=readonly" });
      return [program];
    },
    start: async (running) => ({
      ...(await startEventsOfEach("go", running)),
      // Sidecars of apps are still starting.
      DAPR_CLIENT_TIMEOUT_SECONDS: "60",
    }),
  },
  await hasTool("go", "version"),
);
