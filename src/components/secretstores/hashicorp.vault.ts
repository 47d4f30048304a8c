/**
 * secretstores.hashicorp.vault: the key/value engine, version 2, of a Vault server.
 * @see spec 04 §8.4
 * Source: https://developer.hashicorp.com/vault/api-docs/secret/kv/kv-v2
 */
import { STATUS_CODES } from "node:http";
import { errorText } from "../../kit/errors/api-error.ts";
import type { ComponentContext, ComponentDefinition, PropertySchema } from "../contract.ts";
import { mapBounded } from "../shared/bounded.ts";
import { type HttpAnswer, HttpCalls } from "../shared/http-calls.ts";
import { Properties } from "../shared/properties.ts";
import { TokenFile } from "../shared/token-file.ts";
import { listedKeys, secretStrings, secretText } from "../shared/vault-answers.ts";
import { readAuthorities } from "../shared/vault-certificates.ts";
import type { SecretData, SecretStore } from "./contract.ts";

const properties: readonly PropertySchema[] = [
  {
    name: "vaultAddr",
    kind: "string",
    default: "https://127.0.0.1:8200",
    description: "Address of the server.",
  },
  {
    name: "vaultToken",
    kind: "secret",
    description: "Token; either this or vaultTokenMountPath is needed.",
  },
  {
    name: "vaultTokenMountPath",
    kind: "string",
    description: "File with the token; read again every 10 s and when the token is refused.",
  },
  {
    name: "enginePath",
    kind: "string",
    default: "secret",
    description: "Where the engine is mounted.",
  },
  {
    name: "vaultKVPrefix",
    kind: "string",
    default: "dapr",
    description: "Folder of the secrets in the engine.",
  },
  {
    name: "vaultKVUsePrefix",
    kind: "bool",
    default: "true",
    description: "Whether the secrets are in that folder; false: at the root of the engine.",
  },
  {
    name: "vaultValueType",
    kind: "string",
    default: "map",
    description:
      "`map`: a secret has several keys with strings; `text`: its value is the JSON text of all of them.",
  },
  {
    name: "caPem",
    kind: "string",
    description: "PEM of the authorities; without any of the three: those of the system.",
  },
  { name: "caPath", kind: "string", description: "Folder with PEM files of the authorities." },
  { name: "caCert", kind: "string", description: "PEM file of the authorities." },
  {
    name: "skipVerify",
    kind: "string",
    default: "false",
    description: "`true`, exactly so written: accept any certificate.",
  },
  {
    name: "tlsServerName",
    kind: "string",
    description: "Name that the certificate must be for, instead of the host of the address.",
  },
];

const timeoutMs = 30_000;
/** The largest request that a server takes by default, and more than one secret has. */
const maxAnswerBytes = 32 * 2 ** 20;
const tokenAgeMs = 10_000;
const connections = 16;
/** Requests of one bulk read that are under way. */
const bulkWidth = 8;

export const component = {
  type: "secretstores.hashicorp.vault",
  versions: ["v1"],
  summary: "Secrets in HashiCorp Vault, key/value engine version 2.",
  provenAgainst:
    "a stand-in written from Vault's public API documentation, with TLS; no real Vault",
  properties,
  create: async (context) => {
    const values = new Properties(context.properties, properties);
    const settings = readSettings(values, context);
    const skipVerify = values.text("skipVerify") === "true";
    if (skipVerify) {
      context.logger.info(
        "hashicorp vault: you are using 'skipVerify' to skip server config verify which is unsafe!",
      );
    }
    // A missing token file is said now, and not with the first request.
    await settings.token(false);
    const serverName = values.text("tlsServerName");
    const calls = new HttpCalls({
      tls: skipVerify
        ? { skipVerify }
        : {
            ca: await authorities(values, settings.address),
            ...(serverName === "" ? {} : { serverName }),
          },
      timeoutMs,
      maxAnswerBytes,
      maxRedirects: 3,
      connections,
      clock: context.platform.clock,
    });
    return new VaultStore(settings, calls);
  },
} satisfies ComponentDefinition<SecretStore>;

interface Settings {
  /** Without a slash at the end. */
  readonly address: string;
  readonly engine: string;
  /** "" or with a slash at the end. */
  readonly prefix: string;
  readonly isText: boolean;
  /** @param isRefused the last one was not accepted; undefined: there is no other one */
  token(isRefused: boolean): Promise<string | undefined>;
}

function readSettings(values: Properties, context: ComponentContext): Settings {
  const address = values.text("vaultAddr") || "https://127.0.0.1:8200";
  const { protocol } = URL.parse(address) ?? { protocol: "" };
  if (protocol !== "http:" && protocol !== "https:") {
    throw new Error(`vault init error, invalid address ${address}`);
  }
  const valueType = values.text("vaultValueType") || "map";
  if (valueType !== "map" && valueType !== "text") {
    throw new Error(
      `vault init error, invalid value type ${valueType}, accepted values are map or text`,
    );
  }
  const prefix = values.bool("vaultKVUsePrefix") ? values.text("vaultKVPrefix") || "dapr" : "";
  return {
    address: address.replace(/\/+$/, ""),
    engine: encodePath(values.text("enginePath") || "secret"),
    prefix: prefix === "" ? "" : `${encodePath(prefix)}/`,
    isText: valueType === "text",
    token: tokenSource(values, context),
  };
}

function tokenSource(values: Properties, { platform }: ComponentContext): Settings["token"] {
  const token = values.text("vaultToken");
  const path = values.text("vaultTokenMountPath");
  if (token === "" && path === "") throw new Error("token mount path and token not set");
  if (token !== "" && path !== "") throw new Error("token mount path and token both set");
  if (token !== "") return async (isRefused) => (isRefused ? undefined : token);
  const file = new TokenFile(path, platform.clock, tokenAgeMs);
  let last: string | undefined;
  return async (isRefused) => {
    if (isRefused) file.forget();
    let current: string;
    try {
      current = await file.read();
    } catch (cause) {
      throw new Error(
        `couldn't read vault token from mount path ${path} err: ${errorText(cause)}`,
        { cause },
      );
    }
    if (isRefused && current === last) return undefined;
    last = current;
    return current;
  };
}

async function authorities(
  values: Properties,
  address: string,
): Promise<readonly string[] | undefined> {
  const sources = {
    pem: values.text("caPem"),
    folder: values.text("caPath"),
    file: values.text("caCert"),
  };
  const hasNone = sources.pem + sources.folder + sources.file === "";
  if (hasNone && address.startsWith("http:")) return undefined;
  try {
    return await readAuthorities(sources);
  } catch (cause) {
    throw new Error(`couldn't create client using config: ${errorText(cause)}`, { cause });
  }
}

class VaultStore implements SecretStore {
  readonly features: SecretStore["features"];
  readonly #settings: Settings;
  readonly #calls: HttpCalls;

  constructor(settings: Settings, calls: HttpCalls) {
    this.#settings = settings;
    this.#calls = calls;
    this.features = settings.isText ? [] : ["MULTIPLE_KEY_VALUES_PER_SECRET"];
  }

  async get(
    name: string,
    metadata: ReadonlyMap<string, string>,
    signal?: AbortSignal,
  ): Promise<SecretData | undefined> {
    return await this.#read(name, versionOf(metadata), signal);
  }

  /** All secrets under the prefix, by their paths below it; without those that have no such version. */
  async bulkGet(
    metadata: ReadonlyMap<string, string>,
    signal?: AbortSignal,
  ): Promise<ReadonlyMap<string, SecretData>> {
    const version = versionOf(metadata);
    const names = await this.#names(signal);
    const read = await mapBounded(names, bulkWidth, async (name) => {
      try {
        return (await this.#read(name, version, signal)) ?? new Map<string, string>();
      } catch (error) {
        if (error instanceof NotFoundError) return undefined;
        throw error;
      }
    });
    const secrets = new Map<string, SecretData>();
    for (const [index, data] of read.entries()) {
      if (data !== undefined) secrets.set(names[index] as string, data);
    }
    return secrets;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#calls[Symbol.asyncDispose]();
  }

  async #read(
    name: string,
    version: string,
    signal: AbortSignal | undefined,
  ): Promise<SecretData | undefined> {
    if (climbs(name)) throw new NotFoundError(name);
    const { engine, prefix, isText } = this.#settings;
    const path = `${engine}/data/${prefix}${encodePath(name)}`;
    const { status, body } = await this.#call(
      "GET",
      `${path}?version=${encodeURIComponent(version)}`,
      signal,
    );
    if (status === 404) throw new NotFoundError(name);
    if (status !== 200) {
      throw new Error(`couldn't get successful response, status code ${status}, body ${body}`);
    }
    return isText ? new Map([[name, secretText(body)]]) : secretStrings(body);
  }

  /** Folder level by folder level. */
  async #names(signal: AbortSignal | undefined): Promise<string[]> {
    const names: string[] = [];
    let folders = [""];
    while (folders.length > 0) {
      const lists = await mapBounded(folders, bulkWidth, (folder) => this.#list(folder, signal));
      const entries = lists.flatMap((keys, i) => keys.map((key) => (folders[i] as string) + key));
      names.push(...entries.filter((entry) => !entry.endsWith("/")));
      folders = entries.filter((entry) => entry.endsWith("/"));
    }
    return names;
  }

  async #list(folder: string, signal: AbortSignal | undefined): Promise<readonly string[]> {
    const { engine, prefix } = this.#settings;
    const path = `${engine}/metadata/${prefix}${encodePath(folder)}`;
    const { status, body } = await this.#call("LIST", path, signal);
    // A folder vanishes with its last secret, also while it is being listed.
    if (status === 404 && folder !== "") return [];
    if (status !== 200) {
      throw new Error(
        `list keys couldn't get successful response, status code: ${status}, status: ${status} ${STATUS_CODES[status] ?? ""}, response ${body}`,
      );
    }
    return listedKeys(body);
  }

  /** A token that is refused is read again from its file, once. */
  async #call(method: string, path: string, signal: AbortSignal | undefined): Promise<HttpAnswer> {
    const { address, token } = this.#settings;
    const send = async (value: string): Promise<HttpAnswer> => {
      try {
        return await this.#calls.call({
          method,
          url: `${address}/v1/${path}`,
          headers: { "x-vault-token": value, "x-vault-request": "true" },
          signal,
        });
      } catch (cause) {
        throw new Error(`couldn't get secret: ${errorText(cause)}`, { cause });
      }
    };
    const answer = await send((await token(false)) ?? "");
    if (answer.status !== 403) return answer;
    const renewed = await token(true);
    return renewed === undefined ? answer : await send(renewed);
  }
}

class NotFoundError extends Error {
  constructor(name: string) {
    super(`getSecret ${name} failed secret key or version not exist`);
  }
}

/** 0 is the latest. */
const versionOf = (metadata: ReadonlyMap<string, string>): string =>
  metadata.get("version_id") ?? "0";

const encodePath = (path: string): string => path.split("/").map(encodeURIComponent).join("/");

/** Names must not lead out of the prefix, nor around the scopes. */
const climbs = (name: string): boolean =>
  name.split("/").some((part) => part === "." || part === "..");
