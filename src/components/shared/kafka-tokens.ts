/**
 * Tokens for SASL OAUTHBEARER from an OIDC provider, fetched anew before they expire.
 * @see spec 03 §7.2
 */
import { createPrivateKey, type KeyObject } from "node:crypto";
import { errorText } from "../../kit/errors/api-error.ts";
import type { Platform } from "../../kit/lifecycle/platform.ts";
import { HttpCalls } from "./http-calls.ts";
import type { KafkaOidc, KafkaTls } from "./kafka-auth-settings.ts";

const timeoutMs = 30_000;
/** A token is not used any more so long before its end. */
const marginMs = 10_000;
const maxAnswerBytes = 1_048_576;
const assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

export class KafkaTokens implements AsyncDisposable {
  readonly #oidc: KafkaOidc;
  readonly #platform: Platform;
  readonly #calls: HttpCalls;
  readonly #key: KeyObject | undefined;
  #token = "";
  /** Clock.monotonic() */
  #until = Number.NEGATIVE_INFINITY;
  #fetching: Promise<string> | undefined;

  /** @throws {Error} when the key cannot be read */
  constructor(oidc: KafkaOidc, tls: KafkaTls | undefined, platform: Platform) {
    this.#oidc = oidc;
    this.#platform = platform;
    this.#key = "key" in oidc.proof ? readKey(oidc.proof.key) : undefined;
    this.#calls = new HttpCalls({
      tls: {
        ...(tls?.ca ? { ca: tls.ca } : {}),
        skipVerify: tls?.skipVerify ?? false,
      },
      timeoutMs,
      maxAnswerBytes,
      connections: 1,
      clock: platform.clock,
    });
  }

  /** @throws {Error} without anything secret */
  token(): Promise<string> {
    if (this.#platform.clock.monotonic() < this.#until) return Promise.resolve(this.#token);
    this.#fetching ??= this.#fetch().finally(() => {
      this.#fetching = undefined;
    });
    return this.#fetching;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#calls[Symbol.asyncDispose]();
  }

  async #fetch(): Promise<string> {
    const { clientId, proof } = this.#oidc;
    const form = new URLSearchParams({ grant_type: "client_credentials" });
    form.set("scope", this.#oidc.scopes.join(" "));
    if ("secret" in proof) {
      const basic = [clientId, proof.secret].map(encodeURIComponent).join(":");
      const authorization = `Basic ${Buffer.from(basic).toString("base64")}`;
      const first = await this.#ask(form, { authorization });
      if (first.status !== 400 && first.status !== 401) return this.#accept(first);
      // Providers that look for it in the form only.
      form.set("client_id", clientId);
      form.set("client_secret", proof.secret);
      return this.#accept(await this.#ask(form, {}));
    }
    form.set("client_id", clientId);
    form.set("client_assertion_type", assertionType);
    form.set("client_assertion", await this.#assertion(proof.audience || this.#oidc.endpoint));
    if (proof.audience !== "") form.set("audience", proof.audience);
    if (proof.resource !== "") form.set("resource", proof.resource);
    return this.#accept(await this.#ask(form, {}));
  }

  #ask(form: URLSearchParams, headers: Record<string, string>) {
    return this.#calls.call({
      method: "POST",
      url: this.#oidc.endpoint,
      headers: {
        ...headers,
        "content-type": "application/x-www-form-urlencoded",
        accept: "application/json",
      },
      body: form.toString(),
    });
  }

  #accept({ status, body }: { readonly status: number; readonly body: Buffer }): string {
    if (status < 200 || status >= 300) throw new Error(`token endpoint returned ${status}`);
    let answer: { access_token?: unknown; expires_in?: unknown } | null;
    try {
      answer = JSON.parse(body.toString()) as typeof answer;
    } catch (cause) {
      throw new Error("the token endpoint's answer is no JSON", { cause });
    }
    const token = answer?.access_token;
    if (typeof token !== "string" || token === "") throw new Error("no access_token in response");
    const seconds = Number(answer?.expires_in ?? 0);
    this.#token = token;
    this.#until = this.#platform.clock.monotonic() + (seconds > 0 ? seconds * 1000 - marginMs : 0);
    return token;
  }

  async #assertion(audience: string): Promise<string> {
    const { SignJWT } = await import("jose");
    const { clock, random } = this.#platform;
    const seconds = Math.floor(clock.now() / 1000);
    const { clientId } = this.#oidc;
    return await new SignJWT()
      .setProtectedHeader({ alg: "RS256", typ: "JWT" })
      .setIssuer(clientId)
      .setSubject(clientId)
      .setAudience([audience])
      .setIssuedAt(seconds)
      .setNotBefore(seconds)
      .setExpirationTime(seconds + 60)
      .setJti(random.uuid())
      .sign(this.#key as KeyObject);
  }
}

function readKey(pem: string): KeyObject {
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch (cause) {
    throw new Error(`kafka error: unable to parse private key: ${errorText(cause)}`, { cause });
  }
  if (key.asymmetricKeyType !== "rsa") throw new Error("kafka error: key is not RSA private key");
  return key;
}
