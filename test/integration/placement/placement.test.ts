import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { freePort, launchSentry, root, runToEnd } from "../launch.ts";
import { launchPlacements, type PlacementServer, Reporter } from "./harness.ts";

/** Long, for machines that are busy; nothing waits longer than it must. */
const patient = { timeout: 40_000, interval: 50 };
const program = join(root, "bin/placement");

const leads = async (server: PlacementServer): Promise<boolean> =>
  server.process.exit === undefined && (await server.state()) !== null;

async function leadersOf(servers: readonly PlacementServer[]): Promise<PlacementServer[]> {
  const are = await Promise.all(servers.map(leads));
  return servers.filter((_, i) => are[i]);
}

async function leaderOf(servers: readonly PlacementServer[]): Promise<PlacementServer> {
  await expect.poll(async () => (await leadersOf(servers)).length, patient).toBe(1);
  const [leader] = await leadersOf(servers);
  if (leader === undefined) throw new Error("nobody leads");
  return leader;
}

describe("the program placement", () => {
  it("serves until it is told to stop, and says so", async () => {
    await using servers = await launchPlacements(1);
    const [server] = servers as unknown as [PlacementServer];
    await using reporter = await Reporter.open(server.port, { name: "h:1", entities: ["t"] });
    await expect.poll(() => reporter.told, patient).toEqual(["lock 1", "update 1", "unlock 1"]);
    const { process } = server;
    expect(process.log).toMatch(
      /level=info msg="Starting Dapr Placement Service -- version 1\.18\.3 -- commit .*scope=dapr\.placement/,
    );
    for (const line of [
      "Log level set to: info",
      `Placement service started on port ${server.port}`,
      `Running Placement gRPC server on 127.0.0.1:${server.port}`,
      "Node id=p0 is waiting for leadership",
      "Node id=p0 has acquired leadership",
      "Received status report connection from new namespace=default id=app host=h:1",
    ]) {
      expect(process.log).toContain(`msg="${line}"`);
    }
    const { code } = await process.stop();
    expect(code).toBe(0);
    expect(await reporter.ended).toBe("Unknown: cancelling context, received signal terminated");
    expect(process.stdout.trimEnd().split("\n").at(-1)).toContain(
      "Placement service shut down gracefully",
    );
  });

  it.each<[string, readonly string[], number, string]>([
    [
      "an id that is not in the cluster",
      ["--id", "x"],
      1,
      "address for node x not found in raft peers [{dapr-placement-0 127.0.0.1:8201}]",
    ],
    [
      "an id twice, passing over what is no server",
      ["--initial-cluster", "a=1:1,b,c=1=2,a=2:2"],
      1,
      "found duplicate ID in configuration: a",
    ],
    [
      "a keepalive that is too short",
      ["--keepalive-time", "999ms"],
      1,
      "invalid value for keepalive-time: value should be between 1s and 10s, got 999ms",
    ],
    [
      "a keepalive that is too long",
      ["--keepalive-timeout", "11s"],
      1,
      "invalid value for keepalive-timeout: value should be between 1s and 10s, got 11s",
    ],
    ["a bad metrics port", ["--metrics-port", "x"], 1, "failed to parse metrics port: "],
    ["a bad level", ["--log-level", "x"], 1, "invalid value for --log-level: x"],
    [
      "TLS without anchors",
      ["--tls-enabled", "--trust-anchors-file", ""],
      1,
      "trust anchors are required",
    ],
    ["an unknown flag", ["--nope"], 2, "unknown flag: --nope"],
  ])("ends with %s", async (_name, flags, status, text) => {
    const ports = ["--healthz-port", `${await freePort()}`, "--port", `${await freePort()}`];
    const metrics = flags.includes("--metrics-port")
      ? []
      : ["--metrics-port", `${await freePort()}`];
    const { exit, log } = await runToEnd(program, [...ports, ...metrics, ...flags]);
    expect(log).toContain(text);
    expect(exit?.code).toBe(status);
  });
});

describe("placement", () => {
  it("forgets a sidecar that is connected and does not answer pings", async () => {
    const flags = ["--keepalive-time", "1s", "--keepalive-timeout", "1s"];
    await using servers = await launchPlacements(1, { flags });
    const [server] = servers as unknown as [PlacementServer];
    await using wire = await Wire.to(server.port);
    await using stays = await Reporter.open(server.port, { name: "stays:1", entities: ["t"] });
    await using lost = await Reporter.open(wire.port, { name: "lost:1", entities: ["t"] });
    await expect.poll(() => stays.hostsOf("t"), patient).toEqual(["lost:1", "stays:1"]);
    await expect.poll(() => lost.told.at(-1), patient).toBe(stays.told.at(-1));
    wire.freeze();
    await expect.poll(() => stays.hostsOf("t"), patient).toEqual(["stays:1"]);
  });

  it("ends the stream of a sidecar that may not say what it says, or has said all", async () => {
    await using servers = await launchPlacements(1);
    const [server] = servers as unknown as [PlacementServer];
    await using bad = await Reporter.open(server.port, { name: "h:1", id: "", entities: ["t"] });
    expect(await bad.ended).toBe("InvalidArgument: host ID and namespace must be provided");
    await using good = await Reporter.open(server.port, { name: "h:1", entities: ["t"] });
    await expect.poll(() => good.told.at(-1), patient).toBe("unlock 1");
    good.report("t", "dapr.internal.default.other.workflow");
    expect(await good.ended).toBe(
      "PermissionDenied: entity dapr.internal.default.other.workflow is not allowed for app ID app in namespace default",
    );
    await using done = await Reporter.open(server.port, { name: "h:1", entities: ["t"] });
    await expect.poll(() => done.told.at(-1), patient).toBe("unlock 1");
    done.halfClose();
    expect(await done.ended).toBe("OK: ");
    expect(await server.state()).toEqual({});
  });

  it("has the table again when it was started anew", async () => {
    await using servers = await launchPlacements(1);
    const [server] = servers as unknown as [PlacementServer];
    await using before = await Reporter.open(server.port, { name: "h:1", entities: ["t"] });
    await expect.poll(() => before.told.at(-1), patient).toBe("unlock 1");
    await server.restart();
    expect(await before.ended).toMatch(/^Unavailable: /);
    expect(await server.state()).toEqual({});
    await using after = await Reporter.open(server.port, { name: "h:1", entities: ["t"] });
    await expect.poll(() => after.told.at(-1), patient).toBe("unlock 1");
  });
});

describe.each([
  ["in plain", false],
  ["with certificates", true],
])("three servers %s", (_name, isSecure) => {
  it("have one leader, and another one when it is gone or was asleep", {
    timeout: 180_000,
  }, async () => {
    await using stack = new AsyncDisposableStack();
    const sentry = isSecure ? stack.use(await launchSentry()) : undefined;
    await using servers = await launchPlacements(3, sentry && { sentry });
    const first = await leaderOf(servers);
    const [follower] = servers.filter((server) => server !== first) as [PlacementServer];
    if (!isSecure) {
      await using refused = await Reporter.open(follower.port, { name: "h:1", entities: ["t"] });
      expect(await refused.ended).toBe(
        `FailedPrecondition: node id=${follower.id} is not a leader. Only the leader can serve requests`,
      );
    }
    await first.restart();
    const second = await leaderOf(servers);

    second.process.signal("SIGSTOP");
    const awake = servers.filter((server) => server !== second);
    await leaderOf(awake);
    second.process.signal("SIGCONT");
    expect((await second.process.exited).code).toBe(1);
    expect(second.process.log).toContain('msg="lost leadership"');
    expect((await leadersOf(awake)).length).toBe(1);
  });
});

/** What is between a client and a server, and may go dead without either being told. */
class Wire implements AsyncDisposable {
  readonly port: number;
  readonly #server;
  readonly #sockets: readonly Socket[];

  private constructor(server: ReturnType<typeof createServer>, sockets: readonly Socket[]) {
    this.#server = server;
    this.#sockets = sockets;
    this.port = (server.address() as AddressInfo).port;
  }

  static async to(port: number): Promise<Wire> {
    const sockets: Socket[] = [];
    const server = createServer((near) => {
      const far = connect(port, "127.0.0.1");
      sockets.push(near, far);
      for (const [from, to] of [
        [near, far],
        [far, near],
      ] as const) {
        from.pipe(to);
        from.on("error", () => to.destroy());
      }
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return new Wire(server, sockets);
  }

  freeze(): void {
    for (const socket of this.#sockets) socket.unpipe().pause();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
