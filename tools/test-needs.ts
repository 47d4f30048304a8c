/** Installs what the tests need beyond npm packages: Debian packages where that is allowed, and a Python environment. */
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { root, runStep } from "./run-step.ts";

/** Program on the PATH -> Debian package that brings it. */
const systemPrograms: Readonly<Record<string, string>> = {
  "redis-server": "redis-server",
  openssl: "openssl",
  psql: "postgresql",
  mariadbd: "mariadb-server",
  etcd: "etcd-server",
  mvn: "maven",
  mosquitto: "mosquitto",
  "rabbitmq-server": "rabbitmq-server",
  "nats-server": "nats-server",
};

const venv = join(root, ".venv");

const isOnPath = (program: string): boolean =>
  (process.env.PATH ?? "").split(delimiter).some((folder) => existsSync(join(folder, program)));

/** @returns what is still missing, as sentences; tests that need it are skipped */
export async function installTestNeeds(): Promise<readonly string[]> {
  return [
    ...(await installSystemPrograms()),
    ...(await installPython()),
    ...(await installKafka()),
  ];
}

async function installSystemPrograms(): Promise<string[]> {
  const missing = (): string[] => Object.keys(systemPrograms).filter((name) => !isOnPath(name));
  if (missing().length > 0 && process.getuid?.() === 0 && isOnPath("apt-get")) {
    const packages = missing().map((name) => systemPrograms[name] ?? name);
    const env = { DEBIAN_FRONTEND: "noninteractive" };
    for (const command of [
      ["apt-get", "update", "-q"],
      ["apt-get", "install", "-q", "-y", "--no-install-recommends", ...packages],
    ]) {
      const { ok, output } = await runStep({
        name: command.slice(0, 2).join(" "),
        command,
        limitSeconds: 240,
        env,
      });
      if (!ok) console.log(output.slice(-2000));
    }
  }
  return missing().map(
    (name) => `${name} is not installed (Debian package ${systemPrograms[name]})`,
  );
}

/** What the virtual environment holds: of SDKs, and of servers that are written in Python. */
const pythonPackages = [
  "test/conformance/requirements.txt",
  "test/integration/servers/requirements.txt",
];

/** A virtual environment that is made anew when a list of its packages changed. */
async function installPython(): Promise<string[]> {
  const lists = pythonPackages.map((file) => join(root, file));
  const digest = createHash("sha256")
    .update(lists.map((file) => readFileSync(file, "utf8")).join(""))
    .digest("hex");
  const stamp = join(venv, ".requirements");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === digest) return [];
  const pip = join(venv, "bin/pip");
  for (const command of [
    ["python3", "-m", "venv", "--clear", venv],
    [
      pip,
      "install",
      "-q",
      "--disable-pip-version-check",
      "--only-binary=:all:",
      ...lists.flatMap((file) => ["-r", file]),
    ],
  ]) {
    const { ok, output } = await runStep({ name: "python", command, limitSeconds: 240 });
    if (!ok) return [`no Python environment in .venv: ${output.trim().split("\n").at(-1)}`];
  }
  writeFileSync(stamp, digest);
  return [];
}

/** The jars of Apache Kafka from Maven Central, fetched anew when the file that names them changed. */
async function installKafka(): Promise<string[]> {
  const project = join(root, "test/integration/servers/kafka-jars.xml");
  const digest = createHash("sha256").update(readFileSync(project)).digest("hex");
  const folder = join(root, ".cache/kafka");
  const stamp = join(folder, ".complete");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === digest) return [];
  const fetch = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies";
  const { ok, output } = await runStep({
    name: "kafka",
    command: [
      ...["mvn", "-q", "-B", "-f", project, fetch],
      ...["-DincludeScope=runtime", `-DoutputDirectory=${folder}`],
    ],
    limitSeconds: 240,
  });
  if (!ok) return [`no Apache Kafka in .cache/kafka: ${output.trim().split("\n").at(-1)}`];
  writeFileSync(stamp, digest);
  return [];
}
