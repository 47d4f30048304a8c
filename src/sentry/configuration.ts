/**
 * The part of a Configuration that sentry reads: `spec.mtls`.
 * @see spec 07 §2.2
 */
import { readFile, stat } from "node:fs/promises";
import { readConfigurationDocument } from "../kit/resources/yaml-library.ts";
import type { YamlMap, YamlValue } from "../kit/resources/yaml-value.ts";
import { parseDuration } from "../kit/time/duration.ts";
import { SentryError } from "./options.ts";

export interface ValidatorConfiguration {
  readonly name: "jwks";
  readonly options: ReadonlyMap<string, string>;
}

export interface SentryConfiguration {
  readonly workloadTtlMs: number;
  readonly clockSkewMs: number;
  /** Empty: the mode's own validator. */
  readonly tokenValidators: readonly ValidatorConfiguration[];
}

const day = 24 * 3_600_000;
const quarter = 15 * 60_000;

/** @throws {SentryError} `loading default config. couldn't find config name "...": ...` */
export async function loadConfiguration(
  path: string,
  env: ReadonlyMap<string, string>,
): Promise<SentryConfiguration> {
  try {
    return readConfiguration(await readText(path), env);
  } catch (error) {
    throw new SentryError(
      `loading default config. couldn't find config name ${JSON.stringify(path)}: ${(error as Error).message}`,
      { cause: error },
    );
  }
}

async function readText(path: string): Promise<string> {
  try {
    await stat(path);
    return await readFile(path, "utf8");
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new Error(code === "ENOENT" ? `stat ${path}: no such file or directory` : message);
  }
}

/** @throws {Error} */
export function readConfiguration(
  text: string,
  env: ReadonlyMap<string, string>,
): SentryConfiguration {
  const document = readConfigurationDocument(text);
  if (document.errors.length > 0) throw new Error(document.errors[0]);
  const mtls = member(member(expand(document.value, env), "spec"), "mtls");
  return {
    workloadTtlMs: duration(mtls, "workloadCertTTL", "WorkloadCertTTL", day),
    clockSkewMs: duration(mtls, "allowedClockSkew", "AllowedClockSkew", quarter),
    tokenValidators: validators(mtls),
  };
}

/** `$VAR` and `${VAR}` in values; the text itself is parsed first, so that no variable changes its structure. */
function expand(value: YamlValue, env: ReadonlyMap<string, string>): YamlValue {
  if (typeof value === "string") {
    return value.replace(
      /\$(?:\{([^{}]*)\}|([A-Za-z_][A-Za-z0-9_]*|[0-9*#$@!?-])|\{)/g,
      (_all, braced?: string, bare?: string) => env.get(braced ?? bare ?? "") ?? "",
    );
  }
  if (Array.isArray(value)) return value.map((item: YamlValue) => expand(item, env));
  if (value instanceof Map) {
    return new Map([...(value as YamlMap)].map(([key, item]) => [key, expand(item, env)]));
  }
  return value;
}

function member(value: YamlValue | undefined, key: string): YamlValue | undefined {
  if (value === undefined || value === null) return undefined;
  if (!(value instanceof Map)) {
    throw new Error(
      `error unmarshaling JSON: while decoding JSON: json: cannot unmarshal into Go struct field .${key}`,
    );
  }
  return (value as YamlMap).get(key);
}

function text(value: YamlValue | undefined, field: string): string {
  if (value === undefined || value === null) return "";
  if (typeof value === "string") return value;
  throw new Error(
    `error unmarshaling JSON: while decoding JSON: json: cannot unmarshal ${typeof value === "boolean" ? "bool" : typeof value === "object" ? "object" : "number"} into Go struct field ${field} of type string`,
  );
}

function duration(
  mtls: YamlValue | undefined,
  key: string,
  name: string,
  otherwise: number,
): number {
  const value = text(member(mtls, key), `MTLSSpec.spec.mtls.${key}`);
  if (value === "") return otherwise;
  try {
    return parseDuration(value);
  } catch (error) {
    throw new Error(`error parsing ${name} duration: ${(error as Error).message}`);
  }
}

function validators(mtls: YamlValue | undefined): ValidatorConfiguration[] {
  const list = member(mtls, "tokenValidators") ?? [];
  if (!Array.isArray(list)) {
    throw new Error(
      "error unmarshaling JSON: while decoding JSON: json: cannot unmarshal into Go struct field MTLSSpec.spec.mtls.tokenValidators",
    );
  }
  return list.map((item: YamlValue) => {
    const name = text(member(item, "name"), "ValidatorSpec.name");
    const lower = name.toLowerCase();
    if (lower === "kubernetes" || lower === "insecure") {
      throw new Error(
        "invalid token validator: the built-in 'kubernetes' and 'insecure' validators cannot be configured manually",
      );
    }
    if (lower !== "jwks") {
      throw new Error(`invalid token validator name: '${name}'; supported values: 'jwks'`);
    }
    const options = member(item, "options");
    if (options !== undefined && options !== null && !(options instanceof Map)) {
      throw new Error("invalid options of token validator 'jwks'");
    }
    return {
      name: "jwks",
      options: new Map(
        [...((options ?? new Map()) as YamlMap)].map(([key, value]) => [
          key,
          text(value, `ValidatorSpec.options.${key}`),
        ]),
      ),
    };
  });
}
