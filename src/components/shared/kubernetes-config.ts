/**
 * Where the Kubernetes API is and how to log in: the service account of a pod, else a kubeconfig file.
 * @see spec 04 §8.4, spec 07 §1.4
 * Source: https://kubernetes.io/docs/tasks/run-application/access-api-from-pod/ and
 * https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/
 */
import { readFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import type { Platform } from "../../kit/lifecycle/platform.ts";
import { scalarToString, type YamlMap, type YamlValue } from "../../kit/resources/yaml.ts";
import { readConfigurationDocument } from "../../kit/resources/yaml-library.ts";
import type { ClientTls } from "./http-calls.ts";
import {
  execCredentials,
  fileCredentials,
  fixedCredentials,
  type KubernetesCredentials,
} from "./kubernetes-credentials.ts";

export interface KubernetesConfig {
  /** Absolute URL without a slash at the end. */
  readonly server: string;
  readonly tls: ClientTls;
  readonly credentials: KubernetesCredentials;
}

export interface KubernetesConfigOptions {
  /** "": KUBECONFIG, else `~/.kube/config`. */
  readonly kubeconfigPath: string;
  readonly platform: Platform;
  /** Where a pod finds its token and the authority. */
  readonly serviceAccountFolder?: string;
}

const podFolder = "/var/run/secrets/kubernetes.io/serviceaccount";

/** @throws {Error} when there is neither */
export async function loadKubernetesConfig(
  options: KubernetesConfigOptions,
): Promise<KubernetesConfig> {
  const inCluster = await inClusterConfig(options);
  if (inCluster !== undefined) return inCluster;
  const { kubeconfigPath, platform } = options;
  const { env, cwd } = platform;
  const home = env.get("HOME") ?? "";
  const standard = home === "" ? "" : join(home, ".kube", "config");
  const path = kubeconfigPath || env.get("KUBECONFIG") || standard;
  if (path === "") throw invalid("no configuration has been provided");
  return await readKubeconfig(resolve(cwd, path), platform);
}

/** undefined: this is no pod, or it has no service account. */
async function inClusterConfig({
  platform,
  serviceAccountFolder = podFolder,
}: KubernetesConfigOptions): Promise<KubernetesConfig | undefined> {
  const host = platform.env.get("KUBERNETES_SERVICE_HOST") ?? "";
  const port = platform.env.get("KUBERNETES_SERVICE_PORT") ?? "";
  if (host === "" || port === "") return undefined;
  const credentials = fileCredentials(join(serviceAccountFolder, "token"), platform.clock);
  try {
    await credentials.authorization();
  } catch {
    return undefined;
  }
  let ca: string | undefined;
  try {
    ca = await readFile(join(serviceAccountFolder, "ca.crt"), "utf8");
  } catch {
    // The authorities of the system it is, then.
  }
  const shown = host.includes(":") ? `[${host}]` : host;
  return { server: `https://${shown}:${port}`, tls: { ca }, credentials };
}

async function readKubeconfig(path: string, platform: Platform): Promise<KubernetesConfig> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const why = code === "ENOENT" ? "no such file or directory" : (cause as Error).message;
    throw new Error(`${code === "ENOENT" ? "stat" : "open"} ${path}: ${why}`, { cause });
  }
  const { value, errors } = readConfigurationDocument(text);
  if (errors.length > 0 || !(value instanceof Map)) {
    throw new Error(`error loading config file "${path}": ${errors[0] ?? "it is no mapping"}`);
  }
  return await new Kubeconfig(value as YamlMap, dirname(path), platform).current();
}

class Kubeconfig {
  readonly #root: YamlMap;
  readonly #folder: string;
  readonly #platform: Platform;

  constructor(root: YamlMap, folder: string, platform: Platform) {
    this.#root = root;
    this.#folder = folder;
    this.#platform = platform;
  }

  async current(): Promise<KubernetesConfig> {
    const name = text(this.#root, "current-context");
    const context = this.#named("contexts", "context", name);
    if (context === undefined) {
      throw invalid(name === "" ? "no current context is set" : `context "${name}" does not exist`);
    }
    const clusterName = text(context, "cluster");
    const cluster = this.#named("clusters", "cluster", clusterName);
    if (cluster === undefined) throw invalid(`cluster "${clusterName}" does not exist`);
    const userName = text(context, "user");
    const user = this.#named("users", "user", userName);
    if (user === undefined && userName !== "") throw invalid(`user "${userName}" does not exist`);
    return {
      server: this.#server(cluster, clusterName),
      tls: await this.#tls(cluster, user ?? new Map()),
      credentials: this.#credentials(user ?? new Map()),
    };
  }

  #named(list: string, kind: string, name: string): YamlMap | undefined {
    const items = this.#root.get(list);
    if (!Array.isArray(items)) return undefined;
    for (const item of items as readonly YamlValue[]) {
      if (!(item instanceof Map) || text(item as YamlMap, "name") !== name) continue;
      const found = (item as YamlMap).get(kind);
      return found instanceof Map ? (found as YamlMap) : new Map();
    }
    return undefined;
  }

  #server(cluster: YamlMap, name: string): string {
    if (text(cluster, "proxy-url") !== "") throw invalid("proxy-url is not supported");
    const server = text(cluster, "server");
    if (server === "") throw invalid(`no server found for cluster "${name}"`);
    const url = URL.parse(server);
    if (url === null || !/^https?:$/.test(url.protocol)) {
      throw invalid(`server "${server}" of cluster "${name}" is no address`);
    }
    return server.replace(/\/+$/, "");
  }

  async #tls(cluster: YamlMap, user: YamlMap): Promise<ClientTls> {
    const serverName = text(cluster, "tls-server-name");
    return {
      ca: await this.#material(cluster, "certificate-authority"),
      cert: await this.#material(user, "client-certificate"),
      key: await this.#material(user, "client-key"),
      serverName: serverName === "" ? undefined : serverName,
      skipVerify: cluster.get("insecure-skip-tls-verify") === true,
    };
  }

  /** `NAME-data` in base64, else the file `NAME`. */
  async #material(map: YamlMap, name: string): Promise<string | undefined> {
    const data = text(map, `${name}-data`);
    if (data !== "") return Buffer.from(data, "base64").toString("utf8");
    const file = text(map, name);
    if (file === "") return undefined;
    try {
      return await readFile(resolve(this.#folder, file), "utf8");
    } catch (cause) {
      throw invalid(`unable to read ${name} ${file}: ${(cause as Error).message}`);
    }
  }

  #credentials(user: YamlMap): KubernetesCredentials {
    const { clock } = this.#platform;
    const file = text(user, "tokenFile");
    if (file !== "") return fileCredentials(resolve(this.#folder, file), clock);
    const token = text(user, "token");
    if (token !== "") return fixedCredentials(`Bearer ${token}`);
    const name = text(user, "username");
    if (name !== "") {
      const pair = Buffer.from(`${name}:${text(user, "password")}`).toString("base64");
      return fixedCredentials(`Basic ${pair}`);
    }
    if (user.get("auth-provider") instanceof Map) {
      throw invalid("auth-provider is not supported; use an exec plugin");
    }
    const exec = user.get("exec");
    return exec instanceof Map ? this.#exec(exec as YamlMap) : fixedCredentials(undefined);
  }

  #exec(exec: YamlMap): KubernetesCredentials {
    const command = text(exec, "command");
    if (command === "") throw invalid("exec plugin: command must be specified");
    const env = new Map(this.#platform.env);
    const variables = exec.get("env");
    for (const item of Array.isArray(variables) ? (variables as readonly YamlValue[]) : []) {
      if (item instanceof Map)
        env.set(text(item as YamlMap, "name"), text(item as YamlMap, "value"));
    }
    const args = exec.get("args");
    return execCredentials(
      {
        // A path is relative to the file; a bare name is looked up in PATH.
        command: command.includes("/") ? resolve(this.#folder, command) : command,
        args: Array.isArray(args)
          ? (args as readonly YamlValue[]).map((item) => scalarToString(item) ?? "")
          : [],
        env,
        apiVersion: text(exec, "apiVersion"),
        cwd: this.#platform.cwd,
      },
      this.#platform.clock,
    );
  }
}

const text = (map: YamlMap, name: string): string => scalarToString(map.get(name)) ?? "";

const invalid = (why: string): Error => new Error(`invalid configuration: ${why}`);
