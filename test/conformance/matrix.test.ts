/** README.md beside this file: each title in its table is a test, and each version is the one that is installed. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

const read = (path: string): string => readFileSync(join(import.meta.dirname, path), "utf8");

const rows = (heading: string): string[][] =>
  (read("README.md").split(`${heading} |`)[1]?.split("\n\n")[0] ?? "")
    .split("\n")
    .slice(2)
    .map((line) => line.split("|").map((cell) => cell.trim()))
    .map((cells) => cells.slice(1, -1));

const sources = [
  { sdk: "JavaScript", files: ["js-sdk.test.ts", "js-events.test.ts"] },
  { sdk: "Go", files: ["go/main.go", "go/events.go"] },
  { sdk: "Python", files: ["python/client.py", "python/events.py"] },
  { sdk: "Java", files: ["java/Client.java", "java/Events.java"] },
];

it.each(sources.map(({ sdk, files }, index) => ({ sdk, files, column: index + 1 })))(
  "names tests of $sdk that are there",
  ({ sdk, files, column }) => {
    const text = files.map(read).join("\n");
    const cells = rows("| Feature").map((cells) => cells[column] ?? "");
    expect(cells.length).toBeGreaterThan(20);
    const titles = cells.filter((cell) => cell !== "–").map((cell) => cell.replaceAll("`", ""));
    const isThere = (title: string): boolean =>
      text.includes(sdk === "Python" ? `def ${title}(` : `"${title}"`);
    expect(titles.filter((title) => !isThere(title))).toEqual([]);
  },
);

it("names the versions that are installed", () => {
  const versions = rows("| SDK").map(([, version = ""]) => version);
  const installed: { version: string } = JSON.parse(
    read("../../node_modules/@dapr/dapr/package.json"),
  );
  expect(versions).toEqual([
    installed.version,
    /go-sdk v(\S+)/.exec(read("go/go.mod"))?.[1],
    /^dapr==(\S+)$/m.exec(read("requirements.txt"))?.[1],
    /dapr-sdk<\/artifactId>\s*<version>([^<]+)/.exec(read("java/pom.xml"))?.[1],
  ]);
});
