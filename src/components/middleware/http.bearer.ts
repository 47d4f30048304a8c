/**
 * middleware.http.bearer
 * @see spec 04 §8.7
 */
import {
  createLocalJWKSet,
  decodeProtectedHeader,
  errors,
  type JSONWebKeySet,
  jwtVerify,
} from "jose";
import { errorText } from "../../kit/errors/api-error.ts";
import type { Logger } from "../../kit/logging/logger.ts";
import type { Clock } from "../../kit/time/clock.ts";
import type { ComponentDefinition, PropertySchema } from "../contract.ts";
import { HttpCalls } from "../shared/http-calls.ts";
import { Properties } from "../shared/properties.ts";
import { type Middleware, type MiddlewareExchange, refuse } from "./contract.ts";

const properties: readonly PropertySchema[] = [
  {
    name: "issuer",
    aliases: ["issuerURL"],
    kind: "string",
    required: true,
    description: "Who must have issued a token; OpenID Connect discovery starts there.",
  },
  {
    name: "audience",
    aliases: ["clientID"],
    kind: "string",
    required: true,
    description: "Whom a token must be meant for.",
  },
  {
    name: "jwksURL",
    kind: "string",
    description:
      "Address of the issuer's keys; without it the issuer's discovery document tells it.",
  },
];

const callTimeoutMs = 10_000;
const maxAnswerBytes = 2 ** 20;
const refreshMs = 10 * 60_000;
const skewSeconds = 300;
const shortestToken = 10;

export const component = {
  type: "middleware.http.bearer",
  versions: ["v1"],
  summary: "Lets requests pass that carry a JSON Web Token of an OpenID Connect provider.",
  provenAgainst: "a stand-in provider written from OpenID Connect Discovery",
  properties,
  async create({ properties: given, platform, logger, signal }) {
    const values = new Properties(given, properties);
    const [issuer, audience] = ["issuer", "audience"].map((name) => {
      const value = values.text(name);
      if (value === "") throw new Error(`metadata property '${name}' is required`);
      return value;
    }) as [string, string];
    const { clock } = platform;
    const calls = new HttpCalls({
      timeoutMs: callTimeoutMs,
      maxAnswerBytes,
      maxRedirects: 5,
      connections: 2,
      clock,
    });
    try {
      const url = values.text("jwksURL") || (await discover(calls, issuer, signal));
      const keys = new IssuerKeys(calls, url, clock, logger);
      await keys.load(signal);
      return new Bearer({ issuer, audience, keys, calls, clock });
    } catch (error) {
      await calls[Symbol.asyncDispose]();
      throw error;
    }
  },
} satisfies ComponentDefinition<Middleware>;

/** @throws {Error} */
async function readJson(calls: HttpCalls, url: string, signal?: AbortSignal): Promise<unknown> {
  const answer = await calls.call({
    method: "GET",
    url,
    headers: { Accept: "application/json" },
    signal,
  });
  if (answer.status !== 200) throw new Error(`Get ${JSON.stringify(url)}: status ${answer.status}`);
  return JSON.parse(answer.body.toString("utf8"));
}

/** @returns where the issuer's keys are. @throws {Error} */
async function discover(calls: HttpCalls, issuer: string, signal: AbortSignal): Promise<string> {
  const url = `${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`;
  const document = (await readJson(calls, url, signal)) as Record<string, unknown> | null;
  if (document?.issuer !== issuer) {
    throw new Error(
      `the issuer found in the OpenID Configuration document does not match: expected ${JSON.stringify(issuer)}`,
    );
  }
  const found = document.jwks_uri;
  if (typeof found !== "string" || found === "") {
    throw new Error("the OpenID Configuration document has no 'jwks_uri'");
  }
  return found;
}

type FindKey = ReturnType<typeof createLocalJWKSet>;

/** The keys of the issuer, asked for again at most every ten minutes. */
class IssuerKeys {
  readonly #calls: HttpCalls;
  readonly #url: string;
  readonly #clock: Clock;
  readonly #logger: Logger;
  #find: FindKey | undefined;
  #loadedAt = 0;
  #loading: Promise<void> | undefined;

  constructor(calls: HttpCalls, url: string, clock: Clock, logger: Logger) {
    this.#calls = calls;
    this.#url = url;
    this.#clock = clock;
    this.#logger = logger;
  }

  /** @throws {Error} when the keys cannot be read */
  async load(signal?: AbortSignal): Promise<void> {
    const set = (await readJson(this.#calls, this.#url, signal)) as JSONWebKeySet;
    this.#find = createLocalJWKSet(set);
    this.#loadedAt = this.#clock.monotonic();
  }

  get isOld(): boolean {
    return this.#clock.monotonic() - this.#loadedAt >= refreshMs;
  }

  /** One request at a time, whoever asks. @throws {Error} */
  refresh(): Promise<void> {
    this.#loading ??= this.load().finally(() => {
      this.#loading = undefined;
    });
    return this.#loading;
  }

  /** The keys at hand; new ones are fetched beside the request. */
  current(): FindKey {
    if (this.isOld) {
      this.refresh().catch((error: unknown) => {
        // The next try is another ten minutes away; the keys at hand stay.
        this.#loadedAt = this.#clock.monotonic();
        this.#logger.error(`failed to refresh the keys of the issuer: ${errorText(error)}`);
      });
    }
    return this.#find as FindKey;
  }
}

interface BearerInit {
  readonly issuer: string;
  readonly audience: string;
  readonly keys: IssuerKeys;
  readonly calls: HttpCalls;
  readonly clock: Clock;
}

class Bearer implements Middleware {
  readonly #init: BearerInit;

  constructor(init: BearerInit) {
    this.#init = init;
  }

  async handle(exchange: MiddlewareExchange): Promise<boolean> {
    const token = tokenOf(exchange.headers.get("authorization"));
    if (token === undefined || !hasKeyId(token)) return refuse(exchange, 401, "Unauthorized");
    const { keys } = this.#init;
    const wasOld = keys.isOld;
    try {
      await this.#verify(token, keys.current());
      return true;
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey && wasOld)) {
        return refuse(exchange, 401, "Unauthorized");
      }
    }
    return await this.#verifyWithNewKeys(exchange, token);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#init.calls[Symbol.asyncDispose]();
  }

  /** The issuer may have a key now that it did not have before. */
  async #verifyWithNewKeys(exchange: MiddlewareExchange, token: string): Promise<boolean> {
    const { keys } = this.#init;
    try {
      await keys.refresh();
    } catch {
      return refuse(exchange, 500, "Internal Server Error");
    }
    try {
      await this.#verify(token, keys.current());
      return true;
    } catch {
      return refuse(exchange, 401, "Unauthorized");
    }
  }

  /** @throws {Error} */
  async #verify(token: string, find: FindKey): Promise<void> {
    const { issuer, audience, clock } = this.#init;
    const now = clock.now();
    const { payload } = await jwtVerify(token, find, {
      issuer,
      audience,
      clockTolerance: skewSeconds,
      currentDate: new Date(now),
    });
    if (payload.iat !== undefined && payload.iat > now / 1000 + skewSeconds) {
      throw new Error("the token was issued in the future");
    }
  }
}

function tokenOf(authorization: string | undefined): string | undefined {
  const token = /^bearer (.*)$/i.exec(authorization ?? "")?.[1]?.trim();
  return token !== undefined && token.length >= shortestToken ? token : undefined;
}

/** A key is chosen by its id alone. */
function hasKeyId(token: string): boolean {
  try {
    return typeof decodeProtectedHeader(token).kid === "string";
  } catch {
    return false;
  }
}
