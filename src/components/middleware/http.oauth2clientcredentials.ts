/**
 * middleware.http.oauth2clientcredentials
 * @see spec 04 §8.7
 */
import { errorText } from "../../kit/errors/api-error.ts";
import type { Logger } from "../../kit/logging/logger.ts";
import { goRegExp } from "../../kit/resources/go-reg-exp.ts";
import type { Clock } from "../../kit/time/clock.ts";
import type { ComponentDefinition, PropertySchema } from "../contract.ts";
import { Properties } from "../shared/properties.ts";
import type { Middleware, MiddlewareExchange } from "./contract.ts";
import { type AuthStyle, type Token, TokenEndpoint } from "./token-endpoint.ts";

const required = (name: string, kind: PropertySchema["kind"], description: string) => ({
  name,
  kind,
  required: true,
  description,
});

const properties: readonly PropertySchema[] = [
  required("headerName", "string", "Header that the token is added to."),
  required("clientID", "string", "Name of the client."),
  required("clientSecret", "secret", "Password of the client."),
  required("scopes", "list", "What the token is asked for."),
  required("tokenURL", "string", "Address of the token endpoint."),
  {
    name: "endpointParamsQuery",
    kind: "string",
    description: "Further parameters of the request, as in a query: `audience=x&resource=y`.",
  },
  {
    name: "authStyle",
    kind: "int",
    default: "0",
    description: "How the client says who it is: 0 finds it out, 1 in the body, 2 in a header.",
  },
  {
    name: "pathFilter",
    kind: "string",
    description: "Regular expression; requests whose path does not match pass without a token.",
  },
];

const styles: readonly AuthStyle[] = ["auto", "params", "header"];

export const component = {
  type: "middleware.http.oauth2clientcredentials",
  versions: ["v1"],
  summary: "Adds a token to requests that an OAuth 2.0 provider gives to the sidecar itself.",
  provenAgainst: "a stand-in provider written from RFC 6749",
  properties,
  async create({ properties: given, platform, logger }) {
    const values = new Properties(given, properties);
    let faults = "";
    for (const { name } of properties.filter((property) => property.required)) {
      if (values.text(name) === "") faults += `Parameter '${name}' needs to be set. `;
    }
    const style = styles[values.integer("authStyle")];
    if (style === undefined) {
      faults += `Parameter 'authStyle' can only have the values 0,1,2. Received: '${values.text("authStyle")}'. `;
    }
    if (faults !== "" || style === undefined) throw new Error(`metadata errors: ${faults}`);
    const parameters = new URLSearchParams(values.text("endpointParamsQuery"));
    parameters.set("scope", values.list("scopes").join(" "));
    const filter = values.text("pathFilter");
    const { clock } = platform;
    return new ClientCredentials({
      header: values.text("headerName"),
      parameters,
      filter: filter === "" ? undefined : goRegExp(filter),
      endpoint: new TokenEndpoint({
        tokenUrl: checkedUrl(values.text("tokenURL")),
        clientId: values.text("clientID"),
        clientSecret: values.text("clientSecret"),
        authStyle: style,
        clock,
      }),
      clock,
      logger,
    });
  },
} satisfies ComponentDefinition<Middleware>;

/** @throws {Error} */
function checkedUrl(text: string): string {
  if (!/^https?:\/\//.test(text) || URL.parse(text) === null) {
    throw new Error(`metadata errors: Parameter 'tokenURL' is no URL. `);
  }
  return text;
}

interface ClientCredentialsInit {
  readonly header: string;
  readonly parameters: URLSearchParams;
  readonly filter: RegExp | undefined;
  readonly endpoint: TokenEndpoint;
  readonly clock: Clock;
  readonly logger: Logger;
}

class ClientCredentials implements Middleware {
  readonly #init: ClientCredentialsInit;
  #token: Token | undefined;
  #asking: Promise<Token> | undefined;

  constructor(init: ClientCredentialsInit) {
    this.#init = init;
  }

  async handle(exchange: MiddlewareExchange): Promise<boolean> {
    const { filter, header, logger } = this.#init;
    if (filter !== undefined && !filter.test(exchange.path)) return true;
    let token: Token;
    try {
      token = await this.#current();
    } catch (error) {
      logger.error(`Error acquiring token: ${errorText(error)}`);
      exchange.respond(200, "", "");
      return false;
    }
    exchange.headers.add(header, token.header);
    return true;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#init.endpoint[Symbol.asyncDispose]();
  }

  /** One request for all that wait. @throws {Error} */
  async #current(): Promise<Token> {
    const { clock, endpoint, parameters } = this.#init;
    const token = this.#token;
    if (token !== undefined && (token.endsAt ?? Infinity) > clock.monotonic()) return token;
    this.#asking ??= endpoint.forClient(parameters).finally(() => {
      this.#asking = undefined;
    });
    this.#token = await this.#asking;
    return this.#token;
  }
}
