/**
 * Stands in for an OpenID Connect provider: discovery, keys, and a token endpoint.
 * Source of the formats: OpenID Connect Discovery 1.0, RFC 6749 §4.1.3, §4.4.2, RFC 7517
 */
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type CryptoKey, exportJWK, generateKeyPair, type JWTPayload, SignJWT } from "jose";

export interface AskedToken {
  readonly parameters: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
}

export class OauthStandIn implements AsyncDisposable {
  readonly asked: AskedToken[] = [];
  keyRequests = 0;
  /** Seconds that a token counts. */
  expiresIn: number | undefined = 3600;
  /** What the discovery document says instead of the own address. */
  issuerSaid: string | undefined;
  /** Refuses clients that name themselves in a header. */
  takesOnlyBody = false;
  isBroken = false;
  #keys = new Map<string, { readonly privateKey: CryptoKey; readonly publicKey: CryptoKey }>();
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(): Promise<OauthStandIn> {
    const server = createServer();
    const provider = new OauthStandIn(server);
    await provider.addKey("first");
    server.on("request", (request, response) => {
      let text = "";
      request.setEncoding("utf8");
      request.on("data", (chunk: string) => {
        text += chunk;
      });
      request.on("end", () => {
        provider.#answer(request.url ?? "", request.headers, text).then(([status, body]) => {
          response.writeHead(status, { "content-type": "application/json" });
          response.end(JSON.stringify(body));
        }, response.destroy);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return provider;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async addKey(kid: string): Promise<void> {
    this.#keys.set(kid, await generateKeyPair("RS256"));
  }

  /** A token signed by the key of that id. */
  async sign(claims: JWTPayload, kid = "first", header: Record<string, string> = { kid }) {
    const key = this.#keys.get(kid)?.privateKey as CryptoKey;
    return await new SignJWT(claims).setProtectedHeader({ alg: "RS256", ...header }).sign(key);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(
    path: string,
    headers: IncomingHttpHeaders,
    body: string,
  ): Promise<[status: number, body: unknown]> {
    if (this.isBroken) return [500, {}];
    if (path === "/.well-known/openid-configuration") {
      const issuer = this.issuerSaid ?? this.url;
      return [200, { issuer, jwks_uri: `${this.url}/keys` }];
    }
    if (path === "/keys") {
      this.keyRequests++;
      const keys = [...this.#keys].map(async ([kid, { publicKey }]) => ({
        ...(await exportJWK(publicKey)),
        kid,
        alg: "RS256",
      }));
      return [200, { keys: await Promise.all(keys) }];
    }
    if (path !== "/token") return [404, {}];
    const parameters = new URLSearchParams(body);
    this.asked.push({ parameters, headers });
    const isInHeader = headers.authorization !== undefined;
    if (this.takesOnlyBody && isInHeader) return [401, { error: "invalid_client" }];
    if (parameters.get("code") === "wrong") return [400, { error: "invalid_grant" }];
    return [
      200,
      {
        access_token: `token${this.asked.length}`,
        token_type: "Bearer",
        id_token: "of.no.use",
        ...(this.expiresIn !== undefined && { expires_in: this.expiresIn }),
      },
    ];
  }
}
