/** What a Pulsar broker is shown: a token that is given, or one of an OAuth2 server for the credentials of a client. */
import type { Clock } from "../../kit/time/clock.ts";
import { type HttpAnswer, HttpCalls } from "./http-calls.ts";
import type { PulsarCredentials } from "./pulsar-connection.ts";

export interface OAuth2Settings {
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly scopes: readonly string[];
  readonly audiences: readonly string[];
  /** PEM of the authority, or "". */
  readonly caPem: string;
}

export type ClosableCredentials = PulsarCredentials & AsyncDisposable;

export const givenToken = (token: string): ClosableCredentials => ({
  token: async () => token,
  [Symbol.asyncDispose]: async () => {},
});

const timeoutMs = 10_000;
const maxAnswerBytes = 1024 * 1024;
/** A token is not used in the last seconds of its life. */
const marginMs = 10_000;
const defaultLifeMs = 3_600_000;

export class OAuth2Credentials implements ClosableCredentials {
  readonly #settings: OAuth2Settings;
  readonly #clock: Clock;
  readonly #calls: HttpCalls;
  #token = "";
  /** Clock.monotonic() */
  #until = 0;

  constructor(settings: OAuth2Settings, clock: Clock) {
    this.#settings = settings;
    this.#clock = clock;
    this.#calls = new HttpCalls({
      timeoutMs,
      maxAnswerBytes,
      connections: 1,
      clock,
      ...(settings.caPem === "" ? {} : { tls: { ca: settings.caPem } }),
    });
  }

  async token(signal: AbortSignal): Promise<string> {
    const now = this.#clock.monotonic();
    if (now < this.#until) return this.#token;
    let answer = await this.#ask(true, signal);
    // Some servers want the credentials in the body.
    if (answer.status === 400 || answer.status === 401) answer = await this.#ask(false, signal);
    if (answer.status !== 200) {
      throw new Error(`error fetching oauth2 token: status ${answer.status}`);
    }
    const { access_token, expires_in } = readAnswer(answer);
    const lifeMs = Number(expires_in) > 0 ? Number(expires_in) * 1000 : defaultLifeMs;
    this.#token = access_token;
    this.#until = now + Math.max(lifeMs - marginMs, 0);
    return access_token;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#calls[Symbol.asyncDispose]();
  }

  #ask(inHeader: boolean, signal: AbortSignal): Promise<HttpAnswer> {
    const { tokenUrl, clientId, clientSecret, scopes, audiences } = this.#settings;
    const form = new URLSearchParams({ grant_type: "client_credentials" });
    if (scopes.length > 0) form.set("scope", scopes.join(" "));
    for (const audience of audiences) form.append("audience", audience);
    if (!inHeader) {
      form.set("client_id", clientId);
      form.set("client_secret", clientSecret);
    }
    const pair = [clientId, clientSecret].map(encodeURIComponent).join(":");
    return this.#calls.call({
      method: "POST",
      url: tokenUrl,
      headers: {
        "content-type": "application/x-www-form-urlencoded",
        accept: "application/json",
        ...(inHeader ? { authorization: `Basic ${Buffer.from(pair).toString("base64")}` } : {}),
      },
      body: form.toString(),
      signal,
    });
  }
}

function readAnswer({ body }: HttpAnswer): { access_token: string; expires_in?: unknown } {
  let value: { readonly access_token?: unknown; readonly expires_in?: unknown } | null = null;
  try {
    value = JSON.parse(body.toString());
  } catch {
    // As if it said nothing; the text may hold a secret.
  }
  if (typeof value?.access_token !== "string" || value.access_token === "") {
    throw new Error("error fetching oauth2 token: the answer has no access_token");
  }
  return { access_token: value.access_token, expires_in: value.expires_in };
}
