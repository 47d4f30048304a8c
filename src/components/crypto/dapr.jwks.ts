/**
 * crypto.dapr.jwks: the keys of a JSON Web Key set.
 * @see spec 01 §9.3, spec 04 §8.6
 */
import { errorText } from "../../kit/errors/api-error.ts";
import type { ComponentDefinition, PropertySchema } from "../contract.ts";
import type { LoadedKey } from "../shared/crypto-key.ts";
import { JwkSetSource } from "../shared/jwk-set-source.ts";
import { Properties } from "../shared/properties.ts";
import type { CryptoProvider } from "./contract.ts";
import { type KeySource, keyNotFound, LocalCrypto } from "./local-crypto.ts";

const properties: readonly PropertySchema[] = [
  {
    name: "jwks",
    kind: "secret",
    required: true,
    description:
      "The key set: JSON, base64 of it, the path of a file (read again when it changes), or an http(s) URL.",
  },
  {
    name: "requestTimeout",
    kind: "duration",
    default: "30s",
    description: "Time for one request to the URL.",
  },
  {
    name: "minRefreshInterval",
    kind: "duration",
    default: "10m",
    description: "Least time between two requests to the URL.",
  },
];

export const component = {
  type: "crypto.dapr.jwks",
  versions: ["v1"],
  summary: "Keys of a JSON Web Key set, by their `kid`.",
  provenAgainst: "the recordings of the original, and a key server of the tests",
  properties,
  create: async (context) => {
    if (context.properties.size === 0) throw new Error("empty metadata properties");
    const values = new Properties(context.properties, properties);
    const { platform, logger, signal } = context;
    const location = values.text("jwks");
    if (location === "") throw new Error("metadata property 'jwks' is required");
    const options = {
      location,
      requestTimeoutMs: atLeast(values.durationMs("requestTimeout"), 1000, 30_000),
      minRefreshMs: atLeast(values.durationMs("minRefreshInterval"), 1000, 600_000),
      cwd: platform.cwd,
      clock: platform.clock,
      logger,
    };
    try {
      return new LocalCrypto(new KeySet(await JwkSetSource.open(options, signal)));
    } catch (cause) {
      throw new Error(`failed to init cache: ${errorText(cause)}`, { cause });
    }
  },
} satisfies ComponentDefinition<CryptoProvider>;

/** Nothing sensible below `least`: the default counts. */
const atLeast = (value: number, least: number, fallback: number): number =>
  value < least ? fallback : value;

class KeySet implements KeySource {
  readonly #set: JwkSetSource;

  constructor(set: JwkSetSource) {
    this.#set = set;
  }

  async getKey(name: string): Promise<LoadedKey> {
    const key = this.#set.get(name);
    if (key === undefined) throw keyNotFound();
    return key;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#set[Symbol.asyncDispose]();
  }
}
