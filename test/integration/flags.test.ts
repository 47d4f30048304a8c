/** The command lines of the programs against the recorded ones of the reference. @see spec 08 §2 */
import { spawnSync } from "node:child_process";
import { readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { root, Scratch } from "./launch.ts";

interface RecordedFlag {
  readonly name: string;
  readonly type: "string" | "bool" | "int" | "uint" | "duration" | "strings";
  readonly default: string | number | boolean | readonly string[];
  readonly hidden?: boolean;
  readonly deprecated?: string;
}

const recorded: { programs: Record<string, readonly RecordedFlag[]> } = JSON.parse(
  readFileSync(join(root, "test/golden/flags.json"), "utf8"),
);

function run(program: string, args: readonly string[], env: Record<string, string> = {}) {
  const { status, stdout, stderr } = spawnSync(join(root, "bin", program), args, {
    encoding: "utf8",
    timeout: 20_000,
    env: { PATH: process.env.PATH ?? "", HOME: process.env.HOME ?? "", ...env },
  });
  return { status, stdout, stderr };
}

/** A value that the flag takes. */
const validValue: Record<RecordedFlag["type"], string> = {
  string: "text",
  bool: "false",
  int: "7",
  uint: "7",
  duration: "7s",
  strings: "one,two",
};

/** Values that the flag refuses, with the beginning of the reason. */
const badValues: Record<RecordedFlag["type"], readonly (readonly [string, string])[]> = {
  string: [],
  strings: [],
  bool: [["maybe", "strconv.ParseBool"]],
  int: [
    ["x", "strconv.ParseInt"],
    ["1.5", "strconv.ParseInt"],
    ["99999999999999999999", "strconv.ParseInt"],
    ["", "strconv.ParseInt"],
  ],
  uint: [["-1", "strconv.ParseUint"]],
  duration: [
    ["7", "time: missing unit in duration"],
    ["x", "time: invalid duration"],
    ["7 s", "time: unknown unit"],
  ],
};

interface HelpRow {
  readonly name: string;
  readonly type: string;
  readonly default: string | undefined;
}

function helpRows(text: string): HelpRow[] {
  return text.split("\n").flatMap((line) => {
    const match =
      /^ {2}(?:-\w, | {4})--([\w-]+)(?: (\w+))?(?: {2,}|$)(.*?)(?: \(default (.*)\))?$/.exec(line);
    return match ? [{ name: match[1] ?? "", type: match[2] ?? "bool", default: match[4] }] : [];
  });
}

/** What the help says after a flag: nothing for values that are empty or zero. */
function shownDefault({ type, default: value }: RecordedFlag): string | undefined {
  if (Array.isArray(value) || value === "" || value === 0 || value === false || value === "0s") {
    return undefined;
  }
  if (type !== "string") return String(value);
  return JSON.stringify(value).replace("<home>", process.env.HOME ?? "");
}

for (const program of ["daprd", "sentry", "placement"]) {
  const flags = recorded.programs[program] ?? [];
  const visible = flags.filter((f) => !f.hidden && !f.deprecated);

  describe(program, () => {
    it.each(["--help", "-h", "-help"])(
      "%s prints the usage to standard error and exits with 0",
      (word) => {
        const { status, stdout, stderr } = run(program, [word]);
        expect({ status, stdout }).toEqual({ status: 0, stdout: "" });
        expect(stderr).toMatch(/^Usage of /);
      },
    );

    it("lists every flag with its type and default, in alphabetical order", () => {
      const rows = helpRows(run(program, ["--help"]).stderr).filter((r) => r.name !== "help");
      expect(rows).toEqual(
        visible
          .toSorted((a, b) => (a.name < b.name ? -1 : 1))
          .map((f) => ({ name: f.name, type: f.type, default: shownDefault(f) })),
      );
    });

    it("takes every flag, hidden and deprecated ones too, in both forms", () => {
      const args = flags.flatMap((f) =>
        f.type === "bool"
          ? [`--${f.name}`, `--${f.name}=t`]
          : [`--${f.name}`, validValue[f.type], `--${f.name}=${validValue[f.type]}`],
      );
      const { status, stderr } = run(program, [...args, "--no-such-flag"]);
      expect(status).toBe(2);
      expect(stderr.trimEnd().split("\n").at(-1)).toBe("unknown flag: --no-such-flag");
    });

    it("refuses values that do not fit", () => {
      const failures = flags.flatMap((flag) =>
        (badValues[flag.type] ?? []).slice(0, 1).flatMap(([value, reason]) => {
          const { status, stderr } = run(program, [`--${flag.name}=${value}`]);
          const last = stderr.trimEnd().split("\n").at(-1) ?? "";
          const start = `invalid argument "${value}" for "--${flag.name}" flag: ${reason}`;
          return status === 2 && last.startsWith(start) && stderr.includes("Usage of ")
            ? []
            : [{ flag: flag.name, status, last }];
        }),
      );
      expect(failures).toEqual([]);
    }, 60_000);

    it("refuses an unknown flag with usage and exit status 2", () => {
      for (const word of ["--nonsense", "--nonsense=1", "-nonsense"]) {
        const { status, stdout, stderr } = run(program, [word]);
        expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
        expect(stderr).toContain("Usage of ");
        expect(stderr.trimEnd().split("\n").at(-1)).toBe("unknown flag: --nonsense");
      }
    });

    it("works with an empty environment", () => {
      const { status, stderr } = spawnSync(join(root, "bin", program), ["--help"], {
        encoding: "utf8",
        env: {},
      });
      expect({ status, usage: stderr.startsWith("Usage of ") }).toEqual({ status: 0, usage: true });
    });

    it("works through a link from elsewhere", () => {
      using scratch = new Scratch();
      const link = join(scratch.path, program);
      symlinkSync(join(root, "bin", program), link);
      const { status, stderr } = spawnSync(link, ["--help"], { encoding: "utf8", cwd: "/" });
      expect({ status, usage: stderr.startsWith("Usage of ") }).toEqual({ status: 0, usage: true });
    });
  });
}

describe("values of every type", () => {
  const examples: Partial<Record<RecordedFlag["type"], string>> = {
    bool: "enable-metrics",
    int: "app-max-concurrency",
    uint: "scheduler-job-streams",
    duration: "actors-disseminate-timeout",
  };
  for (const [type, name] of Object.entries(examples)) {
    for (const [value, reason] of badValues[type as RecordedFlag["type"]]) {
      it(`--${name}=${JSON.stringify(value)} is refused`, () => {
        const { status, stderr } = run("daprd", [`--${name}=${value}`]);
        expect(status).toBe(2);
        expect(stderr).toContain(`invalid argument "${value}" for "--${name}" flag: ${reason}`);
      });
    }
  }

  it("a negative number of two digits needs the form with =", () => {
    const separate = run("daprd", ["--app-max-concurrency", "-10", "--version"]);
    expect(separate.status).toBe(2);
    expect(separate.stderr).toContain('invalid argument "--10" for "--app-max-concurrency" flag');
    expect(run("daprd", ["--app-max-concurrency=-10", "--version"]).status).toBe(0);
    expect(run("daprd", ["--app-max-concurrency", "-1", "--version"]).status).toBe(0);
  });

  it("a flag at the end without its value is refused", () => {
    const { status, stderr } = run("daprd", ["--app-id"]);
    expect(status).toBe(2);
    expect(stderr).toContain("flag needs an argument: --app-id");
  });

  it("a boolean does not take the next word, and further words are ignored", () => {
    expect(run("daprd", ["--enable-metrics", "maybe", "--version", "surplus"]).status).toBe(0);
  });
});

describe("daprd", () => {
  it("says its version and nothing else", () => {
    const { status, stdout, stderr } = run("daprd", ["--version"]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it("says how it was built", () => {
    const { status, stdout } = run("daprd", ["--build-info"]);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^Version: .*\nGit Commit: .*\nGit Version: .*\n$/);
  });

  const deprecated = (recorded.programs.daprd ?? []).filter((f) => f.deprecated);
  it.each(deprecated.map((f) => [f.name, f] as const))("warns about --%s", (name, flag) => {
    const value = flag.type === "bool" ? "" : `=${validValue[flag.type]}`;
    const { stderr } = run("daprd", [`--${name}${value}`, "--version"]);
    expect(stderr).toContain(`Flag --${name} has been deprecated, ${flag.deprecated}`);
  });

  const fatal: readonly (readonly [readonly string[], string])[] = [
    [[], "parameter app-id cannot be empty"],
    [["--app-id", "a.b"], "parameter app-id cannot contain dots"],
    [["--app-id", "a", "--mode", "moon"], "invalid mode: moon"],
    [["--app-id", "a", "--app-port", "x"], "error parsing app-port: "],
    [["--app-id", "a", "--dapr-http-port", "x"], "error parsing dapr-http-port flag: "],
    [["--app-id", "a", "--dapr-grpc-port", "x"], "error parsing dapr-grpc-port flag: "],
    [["--app-id", "a", "--app-protocol", "smtp"], "invalid value for 'app-protocol': smtp"],
    [["--app-id", "a", "--log-level", "loud"], "invalid value for --log-level: loud"],
    [["--app-id", "a", "--max-body-size", "big"], "invalid value for 'max-body-size' option: "],
    [["--app-id", "a", "--metrics-port", "x"], "failed to parse metrics port: "],
    [
      ["--app-id", "a", "--disable-init-endpoints", "all"],
      "invalid value for 'disable-init-endpoints': all",
    ],
    [["--app-id", "a", "--enable-mtls"], "trust anchors are required"],
    [
      ["--app-id", "a", "--app-port", "3500", "--dapr-http-port", "3500"],
      "the 'dapr-http-port' argument value 3500 conflicts with 'app-port'",
    ],
    [
      ["--app-id", "a", "--app-health-probe-timeout", "9000"],
      "value for 'health-probe-timeout' must be smaller than 'health-probe-interval'",
    ],
  ];
  it.each(fatal)("%j ends with status 1 and says why", (args, text) => {
    const { status, stdout, stderr } = run("daprd", args);
    expect(status).toBe(1);
    expect(stdout + stderr).toContain(text);
  });
});

describe("sentry", () => {
  const fatal: readonly (readonly [readonly string[], string])[] = [
    [["--mode", "moon"], "invalid mode: moon"],
    [["--log-level", "loud"], "invalid value for --log-level: loud"],
    [["--config", "/no/such/file"], `couldn't find config name`],
    [["--jwt-issuer", "x"], "jwt-issuer cannot be set when jwt-enabled is false"],
  ];
  it.each(fatal)("%j ends with status 1 and says why", (args, text) => {
    const { status, stdout, stderr } = run("sentry", args);
    expect(status).toBe(1);
    expect(stdout + stderr).toContain(text);
  });
});
