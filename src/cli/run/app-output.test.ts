import { Readable } from "node:stream";
import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import type { LineSink } from "../../kit/lifecycle/platform.ts";
import { eachLine, lineOutput, lineSink, logFileName } from "./app-output.ts";

async function linesOf(chunks: readonly Buffer[]): Promise<string[]> {
  const stream = Readable.from(chunks, { objectMode: false });
  const lines: string[] = [];
  eachLine(stream, (more) => lines.push(...more));
  await new Promise((resolve) => stream.once("close", resolve));
  return lines;
}

describe("eachLine", () => {
  it("puts lines together however they arrive", async () => {
    const text = fc.array(fc.stringMatching(/^[a-zé€😀 ]{0,20}$/u), { maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(text, fc.array(fc.nat(40), { maxLength: 20 }), async (lines, cuts) => {
        const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(""));
        const chunks: Buffer[] = [];
        let from = 0;
        for (const cut of cuts) {
          chunks.push(bytes.subarray(from, from + cut));
          from += cut;
        }
        chunks.push(bytes.subarray(from));
        const filled = chunks.filter((chunk) => chunk.length > 0);
        expect(await linesOf(filled)).toEqual(lines);
      }),
      { numRuns: 100 },
    );
  });

  it("hands on what has no line feed at the end, and takes CR LF", async () => {
    expect(await linesOf([Buffer.from("a\r\nb")])).toEqual(["a", "b"]);
  });

  it("cuts lines that never end", async () => {
    const lines = await linesOf([Buffer.alloc(150_000, "x")]);
    expect(lines.map(({ length }) => length)).toEqual([65_536, 65_536, 18_928]);
  });
});

function collect() {
  const written = { console: "", file: "" };
  const file: LineSink = {
    isTerminal: false,
    write: (text) => {
      written.file += text;
    },
    writeLater: () => {},
    flush: () => {},
  };
  const control = {
    stdout: (text: string) => {
      written.console += text;
    },
  };
  return { written, file, control };
}

describe("output of an app", () => {
  it.each([
    ["console", "== APP - a == \u001b[31mred\u001b[0m\n", ""],
    ["file", "", "red\n"],
    ["fileAndConsole", "== APP - a == \u001b[31mred\u001b[0m\n", "red\n"],
  ] as const)("goes to %s, without colours in files", (destination, console, inFile) => {
    const { written, file, control } = collect();
    const take = lineOutput({
      destination,
      prefix: "== APP - a ==",
      index: 0,
      control,
      isTerminal: false,
      file: destination === "console" ? undefined : file,
    });
    take(["\u001b[31mred\u001b[0m"]);
    expect(written).toEqual({ console, file: inFile });
  });

  it("has a coloured prefix in a terminal, another one for each app", () => {
    vi.stubEnv("FORCE_COLOR", "1");
    const prefixes = [0, 1].map((index) => {
      const { written, control } = collect();
      const options = { prefix: "==", index, control, isTerminal: true, file: undefined };
      lineSink({ destination: "console", ...options }).write("one\ntwo\n");
      return written.console;
    });
    vi.unstubAllEnvs();
    expect(prefixes[0]).toBe("\u001b[36m==\u001b[39m one\n\u001b[36m==\u001b[39m two\n");
    expect(prefixes[1]).not.toBe(prefixes[0]);
  });

  it("has file names with the local time", () => {
    const time = new Date(2026, 1, 3, 4, 5, 6).getTime();
    expect(logFileName("shop", "daprd", time)).toBe("shop_daprd_20260203040506.log");
  });
});
