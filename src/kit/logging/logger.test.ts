import { describe, expect, it } from "vitest";
import { systemClock } from "../time/clock.ts";
import { type Level, Logging } from "./logger.ts";

function capture(
  options: { json?: boolean; level?: Level; appId?: string; isTerminal?: boolean } = {},
) {
  const lines: string[] = [];
  const { appId, isTerminal = false, json = false, level = "info" } = options;
  const logging = new Logging({
    level,
    json,
    sink: {
      isTerminal,
      write: (line) => void lines.push(line),
      writeLater: (line) => void lines.push(line),
      flush() {},
    },
    clock: { ...systemClock, now: () => Date.UTC(2025, 0, 2, 3, 4, 5, 120), monotonic: () => 0 },
    hostname: "host1",
    version: "1.18.3",
    ...(appId === undefined ? {} : { appId }),
  });
  return { logging, lines };
}

describe("Logging", () => {
  it("writes the reference's text layout", () => {
    const { logging, lines } = capture({ appId: "myapp" });
    logging.logger("dapr.runtime").info("app id: myapp");
    expect(lines[0]).toMatch(
      /^time="2025-01-02T\S+" level=info msg="app id: myapp" app_id=myapp instance=host1 scope=dapr\.runtime type=log ver=1\.18\.3\n$/,
    );
    expect(lines[0]).toContain(":05.12");
  });

  const quoting: [string, string][] = [
    ["bare/word-1.2_@^+", "msg=bare/word-1.2_@^+ "],
    ['say "hi"', 'msg="say \\"hi\\"" '],
    ["two\nlines", 'msg="two\\nlines" '],
    ["back\\slash", 'msg="back\\\\slash" '],
    ["Größe…", 'msg="Größe…" '],
    ["bell\x07\x01", 'msg="bell\\a\\x01" '],
    ["€ \u0085\u2028", 'msg="€ \\u0085\\u2028" '],
    ["", " level=info instance="],
  ];
  for (const [message, expected] of quoting) {
    it(`quotes ${JSON.stringify(message)}`, () => {
      const { logging, lines } = capture();
      logging.logger("s").info(message);
      expect(lines[0]).toContain(expected);
    });
  }

  it("writes JSON with sorted keys and escaped markup", () => {
    const { logging, lines } = capture({ json: true, appId: "a" });
    logging.logger("s").warn("<x> & y", { code: 7 });
    const keys = [...(lines[0] as string).matchAll(/"(\w+)":/g)].map((match) => match[1]);
    expect(keys).toEqual([
      "app_id",
      "code",
      "instance",
      "level",
      "msg",
      "scope",
      "time",
      "type",
      "ver",
    ]);
    expect(lines[0]).toContain('"level":"warning","msg":"\\u003cx\\u003e \\u0026 y"');
  });

  it("keeps to the level, but for loggers that always speak", () => {
    const { logging, lines } = capture({ level: "error" });
    logging.logger("quiet").info("no");
    logging.logger("api", { alwaysInfo: true }).info("yes");
    logging.logger("plain", { plain: true }).info("yes");
    expect(lines.map((line) => /scope=(\w+)/.exec(line)?.[1])).toEqual(["api", "plain"]);
    logging.setLevel("debug");
    logging.logger("quiet").debug("now");
    expect(lines).toHaveLength(3);
  });

  it("colours and pads on a terminal", () => {
    const { logging, lines } = capture({ isTerminal: true });
    logging.logger("s").error("x");
    expect(lines[0]).toContain("\x1b[31mERRO\x1b[0m[0000] x");
  });
});
