/**
 * Asks an OAuth 2.0 token endpoint for tokens.
 */
import {
  type AuthorizationServer,
  allowInsecureRequests,
  authorizationCodeGrantRequest,
  type Client,
  type ClientAuth,
  ClientSecretBasic,
  ClientSecretPost,
  type CustomFetchOptions,
  clientCredentialsGrantRequest,
  customFetch,
  nopkce,
  processAuthorizationCodeResponse,
  processClientCredentialsResponse,
  type TokenEndpointResponse,
  validateAuthResponse,
} from "oauth4webapi";
import type { Clock } from "../../kit/time/clock.ts";
import { HttpCalls } from "../shared/http-calls.ts";

/** How the client says who it is. */
export type AuthStyle = "auto" | "params" | "header";

export interface TokenEndpointOptions {
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly authStyle: AuthStyle;
  readonly clock: Clock;
}

export interface Token {
  /** `Bearer abc` */
  readonly header: string;
  /** Monotonic, ms; undefined: it does not end. */
  readonly endsAt: number | undefined;
}

const callTimeoutMs = 10_000;
const maxAnswerBytes = 2 ** 20;
/** A token is not used any more when it ends so soon. ms */
const marginMs = 10_000;

export class TokenEndpoint implements AsyncDisposable {
  readonly #options: TokenEndpointOptions;
  readonly #calls: HttpCalls;
  readonly #server: AuthorizationServer;
  readonly #client: Client;
  #isHeader: boolean;
  #isKnown: boolean;

  constructor(options: TokenEndpointOptions) {
    const { tokenUrl, clientId, clock, authStyle } = options;
    this.#options = options;
    this.#server = { issuer: new URL(tokenUrl).origin, token_endpoint: tokenUrl };
    this.#client = { client_id: clientId };
    this.#isHeader = authStyle !== "params";
    this.#isKnown = authStyle !== "auto";
    this.#calls = new HttpCalls({
      timeoutMs: callTimeoutMs,
      maxAnswerBytes,
      connections: 4,
      clock,
    });
  }

  /** @throws {Error} when no token is given */
  async forClient(parameters: URLSearchParams, signal?: AbortSignal): Promise<Token> {
    return await this.#ask(async (auth) => {
      const options = this.#requestOptions(signal);
      const response = await clientCredentialsGrantRequest(
        this.#server,
        this.#client,
        auth,
        parameters,
        options,
      );
      return await processClientCredentialsResponse(this.#server, this.#client, response);
    });
  }

  /** @throws {Error} when no token is given */
  async forCode(
    { code, state, redirectUrl }: { code: string; state: string; redirectUrl: string },
    signal?: AbortSignal,
  ): Promise<Token> {
    return await this.#ask(async (auth) => {
      const parameters = validateAuthResponse(
        this.#server,
        this.#client,
        new URLSearchParams({ code, state }),
        state,
      );
      const response = await authorizationCodeGrantRequest(
        this.#server,
        this.#client,
        auth,
        parameters,
        redirectUrl,
        nopkce,
        this.#requestOptions(signal),
      );
      return await processAuthorizationCodeResponse(this.#server, this.#client, response);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#calls[Symbol.asyncDispose]();
  }

  /** Where the style is not known, the header is tried first, then the body. */
  async #ask(request: (auth: ClientAuth) => Promise<TokenEndpointResponse>): Promise<Token> {
    const askedAt = this.#options.clock.monotonic();
    let response: TokenEndpointResponse;
    try {
      response = await request(this.#auth());
    } catch (error) {
      if (this.#isKnown) throw error;
      this.#isHeader = false;
      try {
        response = await request(this.#auth());
      } catch {
        this.#isHeader = true;
        throw error;
      }
    }
    this.#isKnown = true;
    const { token_type: type, access_token: token, expires_in: seconds } = response;
    const word = type === "bearer" ? "Bearer" : type;
    const endsAt = seconds === undefined ? undefined : askedAt + seconds * 1000 - marginMs;
    return { header: `${word} ${token}`, endsAt };
  }

  #auth(): ClientAuth {
    const { clientSecret } = this.#options;
    return this.#isHeader ? ClientSecretBasic(clientSecret) : ClientSecretPost(clientSecret);
  }

  #requestOptions(signal: AbortSignal | undefined) {
    return {
      // A token endpoint beside the sidecar may speak plain HTTP.
      [allowInsecureRequests]: true,
      ...(signal !== undefined && { signal }),
      [customFetch]: (url: string, options: CustomFetchOptions<"POST", URLSearchParams>) =>
        this.#fetch(url, options),
    };
  }

  async #fetch(
    url: string,
    { method, headers, body, signal }: CustomFetchOptions<"POST", URLSearchParams>,
  ): Promise<Response> {
    const answer = await this.#calls.call({
      method,
      url,
      headers: { ...headers, "content-type": "application/x-www-form-urlencoded;charset=UTF-8" },
      body: body.toString(),
      signal,
    });
    return new Response(withoutIdToken(answer.body), {
      status: answer.status,
      headers: { "content-type": String(answer.headers["content-type"] ?? "") },
    });
  }
}

/** An identity token is of no use here, and its issuer, which would have to be checked, is not known. */
function withoutIdToken(body: Buffer): string {
  const text = body.toString("utf8");
  try {
    const value = JSON.parse(text) as Record<string, unknown>;
    delete value.id_token;
    return JSON.stringify(value);
  } catch {
    return text;
  }
}
