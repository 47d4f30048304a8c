/**
 * middleware.http.oauth2: sends browsers to a provider to log in, and adds the token of their session to requests.
 * @see spec 04 §8.7
 */
import { timingSafeEqual } from "node:crypto";
import { errorText } from "../../kit/errors/api-error.ts";
import { decodePath } from "../../kit/http/url.ts";
import type { Random } from "../../kit/lifecycle/platform.ts";
import type { Logger } from "../../kit/logging/logger.ts";
import { goRegExp } from "../../kit/resources/go-reg-exp.ts";
import type { Clock } from "../../kit/time/clock.ts";
import type { ComponentDefinition, PropertySchema } from "../contract.ts";
import { Properties } from "../shared/properties.ts";
import { type Middleware, type MiddlewareExchange, refuse } from "./contract.ts";
import { TokenEndpoint } from "./token-endpoint.ts";

const text = (name: string, description: string): PropertySchema => ({
  name,
  kind: "string",
  description,
});

const properties: readonly PropertySchema[] = [
  text("clientID", "Name of the client."),
  { name: "clientSecret", kind: "secret", description: "Password of the client." },
  { name: "scopes", kind: "list", description: "What the token is asked for." },
  text("authURL", "Where users log in."),
  text("tokenURL", "Address of the token endpoint."),
  text("authHeaderName", "Header that the token is put into."),
  text("redirectURL", "Where the provider sends users back to; a path that this pipeline sees."),
  {
    name: "forceHTTPS",
    kind: "bool",
    default: "false",
    description: "Whether users are sent back by https, as behind a proxy that ends TLS.",
  },
  text("pathFilter", "Regular expression; requests whose path does not match pass."),
];

const cookieName = "_dapr_session";
/** ms without a request, after which a session ends. */
const sessionMs = 60 * 60_000;
/** Anybody can start one. */
const maxSessions = 10_000;

export const component = {
  type: "middleware.http.oauth2",
  versions: ["v1"],
  summary: "Lets users of a browser log in with an OAuth 2.0 provider, and sends their token on.",
  provenAgainst: "a stand-in provider written from RFC 6749",
  properties,
  async create({ properties: given, platform, logger }) {
    const values = new Properties(given, properties);
    for (const name of ["authURL", "tokenURL"]) {
      if (URL.parse(values.text(name)) === null) {
        throw new Error(`metadata property '${name}' must be a URL`);
      }
    }
    const filter = values.text("pathFilter");
    const { clock, random } = platform;
    return new AuthorizationCode({
      clientId: values.text("clientID"),
      scopes: values.list("scopes"),
      authUrl: values.text("authURL"),
      redirectUrl: values.text("redirectURL"),
      header: values.text("authHeaderName") || "Authorization",
      isHttps: values.bool("forceHTTPS"),
      filter: filter === "" ? undefined : goRegExp(filter),
      endpoint: new TokenEndpoint({
        tokenUrl: values.text("tokenURL"),
        clientId: values.text("clientID"),
        clientSecret: values.text("clientSecret"),
        authStyle: "auto",
        clock,
      }),
      sessions: new Sessions(clock, random),
      clock,
      random,
      logger,
    });
  },
} satisfies ComponentDefinition<Middleware>;

interface Session {
  /** Monotonic, ms. */
  seenAt: number;
  state: string;
  firstUrl: string;
  token: { readonly header: string; readonly endsAt: number | undefined } | undefined;
}

class Sessions {
  readonly #clock: Clock;
  readonly #random: Random;
  /** In the order of their last use. */
  readonly #byId = new Map<string, Session>();

  constructor(clock: Clock, random: Random) {
    this.#clock = clock;
    this.#random = random;
  }

  find(id: string | undefined): Session | undefined {
    const session = id === undefined ? undefined : this.#byId.get(id);
    if (id === undefined || session === undefined) return undefined;
    this.#byId.delete(id);
    const now = this.#clock.monotonic();
    if (now - session.seenAt > sessionMs) return undefined;
    session.seenAt = now;
    this.#byId.set(id, session);
    return session;
  }

  start(): { readonly id: string; readonly session: Session } {
    const id = this.#random.bytes(32).toString("base64url");
    const session = { seenAt: this.#clock.monotonic(), state: "", firstUrl: "", token: undefined };
    this.#byId.set(id, session);
    if (this.#byId.size > maxSessions) this.#byId.delete(this.#byId.keys().next().value ?? "");
    return { id, session };
  }
}

interface AuthorizationCodeInit {
  readonly clientId: string;
  readonly scopes: readonly string[];
  readonly authUrl: string;
  readonly redirectUrl: string;
  readonly header: string;
  readonly isHttps: boolean;
  readonly filter: RegExp | undefined;
  readonly endpoint: TokenEndpoint;
  readonly sessions: Sessions;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
}

class AuthorizationCode implements Middleware {
  readonly #init: AuthorizationCodeInit;

  constructor(init: AuthorizationCodeInit) {
    this.#init = init;
  }

  handle(exchange: MiddlewareExchange): boolean | Promise<boolean> {
    const { filter, sessions, clock, header } = this.#init;
    if (filter !== undefined && !filter.test(decodePath(exchange.path) ?? "")) return true;
    const session = sessions.find(cookieOf(exchange));
    const token = session?.token;
    if (token !== undefined && (token.endsAt ?? Infinity) > clock.monotonic()) {
      exchange.headers.set(header, token.header);
      return true;
    }
    const query = new URLSearchParams(exchange.query);
    const state = query.get("state") ?? "";
    if (state === "") return this.#logIn(exchange, session);
    return this.#comeBack(exchange, session, state, query.get("code") ?? "");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#init.endpoint[Symbol.asyncDispose]();
  }

  #logIn(exchange: MiddlewareExchange, known: Session | undefined): false {
    const { clientId, scopes, authUrl, redirectUrl, isHttps, sessions, random } = this.#init;
    let session = known;
    if (session === undefined) {
      const started = sessions.start();
      session = started.session;
      const secure = isHttps || exchange.scheme === "https" ? "; Secure" : "";
      exchange.answerHeaders.add(
        "Set-Cookie",
        `${cookieName}=${started.id}; Path=/; HttpOnly; SameSite=Lax${secure}`,
      );
    }
    session.token = undefined;
    session.state = random.uuid();
    const scheme = isHttps ? "https" : exchange.scheme;
    const query = exchange.query === "" ? "" : `?${exchange.query}`;
    session.firstUrl = `${scheme}://${exchange.host}${exchange.path}${query}`;
    const parameters = new URLSearchParams({ client_id: clientId });
    if (redirectUrl !== "") parameters.set("redirect_uri", redirectUrl);
    parameters.set("response_type", "code");
    if (scopes.length > 0) parameters.set("scope", scopes.join(" "));
    parameters.set("state", session.state);
    return redirect(exchange, `${authUrl}${authUrl.includes("?") ? "&" : "?"}${parameters}`);
  }

  async #comeBack(
    exchange: MiddlewareExchange,
    session: Session | undefined,
    state: string,
    code: string,
  ): Promise<boolean> {
    if (session === undefined || session.state === "") {
      this.#init.logger.error("Value state or redirect_url not found in the session");
      return refuse(exchange, 500, "Internal Server Error");
    }
    if (!isSame(state, session.state)) return refuse(exchange, 400, "invalid state");
    if (code === "") return refuse(exchange, 400, "code not found");
    const { redirectUrl, endpoint, logger } = this.#init;
    try {
      const asked = { code, state, redirectUrl };
      session.token = await endpoint.forCode(asked, exchange.signal);
    } catch (error) {
      logger.error(`Failed to exchange token: ${errorText(error)}`);
      return refuse(exchange, 500, "Internal Server Error");
    }
    session.state = "";
    return redirect(exchange, session.firstUrl);
  }
}

function redirect(exchange: MiddlewareExchange, location: string): false {
  exchange.answerHeaders.set("Location", location);
  exchange.respond(302, "", "");
  return false;
}

function isSame(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

function cookieOf({ headers }: MiddlewareExchange): string | undefined {
  for (const line of headers.all("cookie")) {
    for (const pair of line.split(";")) {
      const equals = pair.indexOf("=");
      if (equals > 0 && pair.slice(0, equals).trim() === cookieName) {
        return pair.slice(equals + 1).trim();
      }
    }
  }
  return undefined;
}
