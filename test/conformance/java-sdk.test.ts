/** The official Java SDK (Maven io.dapr:dapr-sdk) against our sidecars; the tests themselves are in `java/`. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { root } from "../integration/launch.ts";
import { build, describeClientProgram, hasTool } from "./client-program.ts";
import { startEventsOfEach } from "./events.ts";

const folder = join(import.meta.dirname, "java");
const cache = join(root, ".cache/conformance/java");

/** Copies the SDK's jars into the cache, anew when pom.xml changed. @returns the class path */
async function jars(): Promise<string> {
  const lib = join(cache, "lib");
  const stamp = join(cache, "pom.xml");
  const pom = readFileSync(join(folder, "pom.xml"), "utf8");
  if (!existsSync(stamp) || readFileSync(stamp, "utf8") !== pom) {
    mkdirSync(lib, { recursive: true });
    const goal = ["dependency:copy-dependencies", `-DoutputDirectory=${lib}`];
    await build(folder, "mvn", ["-q", "-B", ...goal]);
    writeFileSync(stamp, pom);
  }
  return readdirSync(lib)
    .map((jar) => join(lib, jar))
    .join(delimiter);
}

describeClientProgram(
  {
    title: "Java SDK",
    language: "java",
    sources: [join(folder, "Client.java"), join(folder, "Events.java")],
    testName: /^ {4}(?:tests\.)?test\("([^"]+)",/gm,
    async prepare() {
      const classes = join(cache, "classes");
      const path = [await jars(), classes].join(delimiter);
      mkdirSync(classes, { recursive: true });
      await build(folder, "javac", [
        "-nowarn",
        "-d",
        classes,
        "-cp",
        path,
        "Client.java",
        "Events.java",
        "Bed.java",
      ]);
      return ["java", "-cp", path, "Client"];
    },
    start: (running) => startEventsOfEach("java", running),
  },
  (await hasTool("javac", "-version")) && (await hasTool("mvn", "-v")),
);
