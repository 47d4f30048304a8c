/**
 * How a client says who it is to the Kubernetes API.
 * Source: https://kubernetes.io/docs/reference/access-authn-authz/authentication/
 */
import { execFile } from "node:child_process";
import { errorText } from "../../kit/errors/api-error.ts";
import { asString } from "../../kit/json/decode.ts";
import { parseJson } from "../../kit/json/parse.ts";
import { isJsonObject } from "../../kit/json/value.ts";
import type { Clock } from "../../kit/time/clock.ts";
import { TokenFile } from "./token-file.ts";

export interface KubernetesCredentials {
  /** Value of the Authorization header; undefined: none. @throws {Error} */
  authorization(signal?: AbortSignal): Promise<string | undefined>;
  /** They were refused: the next ones are fetched anew. @returns whether there may be others */
  refused(): boolean;
}

/** As long as client-go keeps a token file. */
const tokenAgeMs = 60_000;
const execTimeoutMs = 60_000;
const maxExecBytes = 2 ** 20;

export const fixedCredentials = (authorization: string | undefined): KubernetesCredentials => ({
  authorization: async () => authorization,
  refused: () => false,
});

export function fileCredentials(path: string, clock: Clock): KubernetesCredentials {
  const file = new TokenFile(path, clock, tokenAgeMs);
  return {
    authorization: async () => `Bearer ${await file.read()}`,
    refused: () => {
      file.forget();
      return true;
    },
  };
}

export interface ExecPlugin {
  readonly command: string;
  readonly args: readonly string[];
  /** Beside the environment of the process. */
  readonly env: ReadonlyMap<string, string>;
  /** `client.authentication.k8s.io/v1` */
  readonly apiVersion: string;
  readonly cwd: string;
}

/** A program that prints an ExecCredential with a token; it runs again when that expires or is refused. */
export function execCredentials(plugin: ExecPlugin, clock: Clock): KubernetesCredentials {
  let current: Promise<ExecToken> | undefined;
  return {
    async authorization() {
      const known = await current?.catch(() => undefined);
      if (known === undefined || clock.now() >= known.expiresAt) {
        current = runPlugin(plugin);
      }
      return `Bearer ${(await (current as Promise<ExecToken>)).token}`;
    },
    refused: () => {
      current = undefined;
      return true;
    },
  };
}

interface ExecToken {
  readonly token: string;
  /** ms since 1970; Infinity: does not expire. */
  readonly expiresAt: number;
}

async function runPlugin(plugin: ExecPlugin): Promise<ExecToken> {
  const { command, args, env, apiVersion, cwd } = plugin;
  const request = {
    apiVersion,
    kind: "ExecCredential",
    spec: { interactive: false },
  };
  const output = await new Promise<Buffer>((resolve, reject) => {
    execFile(
      command,
      [...args],
      {
        cwd,
        env: { ...Object.fromEntries(env), KUBERNETES_EXEC_INFO: JSON.stringify(request) },
        encoding: "buffer",
        timeout: execTimeoutMs,
        maxBuffer: maxExecBytes,
      },
      (error, stdout) => {
        // What it printed may hold the token, and its error text the arguments: neither is passed on.
        if (error === null) resolve(stdout);
        else reject(new Error(`getting credentials: exec: ${execFailure(command, error)}`));
      },
    );
  });
  try {
    return readExecCredential(output, apiVersion);
  } catch (cause) {
    throw new Error(`getting credentials: exec: ${command}: ${errorText(cause)}`, { cause });
  }
}

function execFailure(command: string, error: Error & { code?: unknown; killed?: boolean }): string {
  if (error.code === "ENOENT") return `executable ${command} not found`;
  if (error.killed === true) return `executable ${command} did not end in time`;
  return `executable ${command} failed with exit code ${String(error.code)}`;
}

function readExecCredential(output: Buffer, apiVersion: string): ExecToken {
  const root = parseJson(output);
  if (!isJsonObject(root)) throw new Error("the output is no ExecCredential");
  const version = asString(root.get("apiVersion"), "apiVersion");
  if (version !== apiVersion) {
    throw new Error(`plugin returned version ${version} instead of ${apiVersion}`);
  }
  const status = root.get("status");
  if (!isJsonObject(status)) throw new Error("the output has no status");
  const token = asString(status.get("token"), "token");
  if (token === "") {
    throw new Error("the plugin gave no token; client certificates from plugins are not supported");
  }
  const expiry = asString(status.get("expirationTimestamp"), "expirationTimestamp");
  const expiresAt = expiry === "" ? Number.POSITIVE_INFINITY : Date.parse(expiry);
  if (Number.isNaN(expiresAt)) throw new Error(`expirationTimestamp ${expiry} is no time`);
  return { token, expiresAt };
}
