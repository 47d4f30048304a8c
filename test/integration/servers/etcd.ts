/**
 * etcd on loopback ports: Debian's `etcd`, or whatever is on the PATH.
 */
import { freePorts, Launched, runToEnd, Scratch, statusOf } from "../launch.ts";
import { type RestartableServer, restartable } from "./restartable.ts";

/** Whether etcd can be started here; tests without it say so and are skipped. */
export async function hasEtcd(): Promise<boolean> {
  return (await runToEnd("etcd", ["--version"])).exit?.code === 0;
}

export interface EtcdOptions {
  readonly flags?: readonly string[];
  /** Files for TLS towards clients, who must show a certificate of the same authority. */
  readonly tls?: { readonly ca: string; readonly cert: string; readonly key: string };
}

/** Starts an empty etcd and waits until it is healthy. */
export async function launchEtcd(options: EtcdOptions = {}): Promise<RestartableServer> {
  const scratch = new Scratch();
  const [port = 0, peerPort = 0, healthPort = 0] = await freePorts(3);
  const { tls } = options;
  const clientUrl = `${tls ? "https" : "http"}://127.0.0.1:${port}`;
  const peerUrl = `http://127.0.0.1:${peerPort}`;
  const flags = [
    ["--name", "test"],
    ["--data-dir", scratch.folder("data")],
    ["--listen-client-urls", clientUrl],
    ["--advertise-client-urls", clientUrl],
    ["--listen-peer-urls", peerUrl],
    ["--initial-advertise-peer-urls", peerUrl],
    ["--initial-cluster", `test=${peerUrl}`],
    ["--listen-metrics-urls", `http://127.0.0.1:${healthPort}`],
    ["--log-level", "error"],
    tls === undefined
      ? []
      : [
          ["--cert-file", tls.cert],
          ["--key-file", tls.key],
          ["--trusted-ca-file", tls.ca],
          ["--client-cert-auth"],
        ].flat(),
    options.flags ?? [],
  ].flat();
  const launch = async (): Promise<Launched> => {
    const process = new Launched("etcd", flags, { stopLimitMs: 3000 });
    try {
      const isHealthy = async (): Promise<boolean> =>
        (await statusOf(healthPort, "/health")) === 200;
      await process.waitUntil("health", isHealthy);
    } catch (error) {
      await process.stop();
      throw error;
    }
    return process;
  };
  return await restartable({ port, scratch, launch });
}
