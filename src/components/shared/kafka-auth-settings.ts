/**
 * How a Kafka component shows who it is.
 * @see spec 03 §7.2
 */
import type { PropertySchema } from "../contract.ts";
import type { Properties } from "./properties.ts";

export interface KafkaTls {
  readonly skipVerify: boolean;
  /** PEM texts; empty: none. */
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

export interface KafkaOidc {
  readonly endpoint: string;
  readonly clientId: string;
  readonly scopes: readonly string[];
  readonly extensions: Readonly<Record<string, string>>;
  /** A secret, or the PEM key that signs assertions. */
  readonly proof:
    | { readonly secret: string }
    | { readonly key: string; readonly audience: string; readonly resource: string };
}

export type KafkaSasl =
  | {
      readonly mechanism: "PLAIN" | "SCRAM-SHA-256" | "SCRAM-SHA-512";
      readonly username: string;
      readonly password: string;
    }
  | { readonly mechanism: "OAUTHBEARER"; readonly oidc: KafkaOidc };

export interface KafkaAuth {
  readonly tls: KafkaTls | undefined;
  readonly sasl: KafkaSasl | undefined;
}

const text = (name: string, description: string): PropertySchema => ({
  name,
  kind: "string",
  description,
});
const secret = (name: string, description: string): PropertySchema => ({
  name,
  kind: "secret",
  description,
});

export const kafkaAuthProperties: readonly PropertySchema[] = [
  text(
    "authType",
    "`none`, `password`, `mtls`, `certificate`, `oidc` or `oidc_private_key_jwt`; all but none with TLS. `awsiam` is not supported.",
  ),
  text(
    "authRequired",
    "Of old, instead of authType: `true` for password or mtls, `false` for none.",
  ),
  text("saslUsername", "With authType password."),
  secret("saslPassword", "With authType password."),
  text("saslMechanism", "`SHA-256` or `SHA-512` for SCRAM; anything else is PLAIN."),
  text("oidcTokenEndpoint", "URL that gives out tokens."),
  text("oidcClientID", "Name of the client there."),
  secret("oidcClientSecret", "With authType oidc."),
  text("oidcScopes", "With commas; else openid."),
  text("oidcExtensions", "JSON object of texts that go to the broker with the token."),
  text("oidcClientAssertionCert", "PEM certificate, with authType oidc_private_key_jwt."),
  secret("oidcClientAssertionKey", "PEM key (RSA) that signs, with authType oidc_private_key_jwt."),
  text("oidcAudience", "Of the assertion; else the token endpoint."),
  text("oidcResource", "Resource that the token is for."),
  { name: "disableTls", kind: "bool", default: "false", description: "Whether there is no TLS." },
  {
    name: "skipVerify",
    kind: "bool",
    default: "false",
    description: "Whether the broker's certificate is not looked at.",
  },
  text("caCert", "PEM certificates of the authority."),
  text("clientCert", "PEM certificate of the client."),
  secret("clientKey", "PEM key of the client."),
];

/** @throws {Error} */
export function readKafkaAuth(values: Properties): KafkaAuth {
  const caCert = values.text("caCert");
  if (caCert !== "" && !isPem(caCert)) throw new Error("kafka error: invalid ca certificate");
  const type = readAuthType(values);
  switch (type) {
    case "none":
      return { tls: undefined, sasl: undefined };
    case "password":
      return { tls: readTls(values), sasl: readPassword(values) };
    case "mtls":
      return { tls: readMutualTls(values), sasl: undefined };
    case "certificate":
      if (caCert === "") {
        throw new Error("missing CA certificate property 'caCert' for authType 'certificate'");
      }
      return { tls: readTls(values), sasl: undefined };
    case "oidc":
    case "oidc_private_key_jwt":
      return {
        tls: readTls(values),
        sasl: { mechanism: "OAUTHBEARER", oidc: readOidc(values, type) },
      };
    case "awsiam":
      throw new Error("kafka error: authType 'awsiam' is not supported");
    default:
      throw new Error("kafka error: invalid value for 'authType' attribute");
  }
}

const isPem = (given: string): boolean =>
  /-----BEGIN [^-]+-----[\s\S]+-----END [^-]+-----/.test(given);

function readAuthType(values: Properties): string {
  const type = values.text("authType").toLowerCase();
  if (type !== "") return type;
  const required = values.text("authRequired");
  if (required === "") throw new Error("kafka error: 'authType' attribute was missing or empty");
  if (/^(?:0|f|F|false|FALSE|False)$/.test(required)) return "none";
  if (!/^(?:1|t|T|true|TRUE|True)$/.test(required)) {
    throw new Error("kafka error: invalid value for 'authRequired' attribute");
  }
  return values.text("saslPassword") === "" ? "mtls" : "password";
}

function readTls(values: Properties): KafkaTls | undefined {
  if (values.bool("disableTls")) return undefined;
  return { skipVerify: values.bool("skipVerify"), ca: values.text("caCert"), cert: "", key: "" };
}

function readMutualTls(values: Properties): KafkaTls {
  const [cert, key] = [values.text("clientCert"), values.text("clientKey")];
  if (cert !== "" && !isPem(cert)) throw new Error("kafka error: invalid client certificate");
  if (key !== "" && !isPem(key)) throw new Error("kafka error: invalid client key");
  if ((cert === "") !== (key === "")) {
    throw new Error("kafka error: clientKey or clientCert is missing");
  }
  const tls = readTls(values);
  if (tls === undefined) {
    throw new Error("kafka: cannot configure mTLS authentication when TLSDisable is 'true'");
  }
  if (cert === "") {
    throw new Error(
      "unable to load client certificate and key pair. Err: tls: failed to find any PEM data in certificate input",
    );
  }
  return { ...tls, cert, key };
}

function readPassword(values: Properties): KafkaSasl {
  const [username, password] = [values.text("saslUsername"), values.text("saslPassword")];
  if (username === "") {
    throw new Error("kafka error: missing SASL Username for authType 'password'");
  }
  if (password === "") {
    throw new Error("kafka error: missing SASL Password for authType 'password'");
  }
  const given = values.text("saslMechanism");
  const isScram = given === "SHA-256" || given === "SHA-512";
  return { mechanism: isScram ? `SCRAM-${given}` : "PLAIN", username, password };
}

function readOidc(values: Properties, type: "oidc" | "oidc_private_key_jwt"): KafkaOidc {
  const needed = (name: string, shown: string): string => {
    const value = values.text(name);
    if (value === "") throw new Error(`kafka error: missing OIDC ${shown} for authType '${type}'`);
    return value;
  };
  const endpoint = needed("oidcTokenEndpoint", "Token Endpoint");
  if (!URL.canParse(endpoint)) {
    throw new Error(`kafka error: invalid OIDC Token Endpoint for authType '${type}'`);
  }
  const clientId = needed("oidcClientID", "Client ID");
  const scopes = values.list("oidcScopes");
  const common = {
    endpoint,
    clientId,
    scopes: scopes.length === 0 ? ["openid"] : scopes,
  };
  if (type === "oidc") {
    const proof = { secret: needed("oidcClientSecret", "Client Secret") };
    return { ...common, proof, extensions: readExtensions(values, type) };
  }
  needed("oidcClientAssertionCert", "Client Assertion Cert");
  const proof = {
    key: needed("oidcClientAssertionKey", "Client Assertion Key"),
    audience: values.text("oidcAudience"),
    resource: values.text("oidcResource"),
  };
  return { ...common, proof, extensions: readExtensions(values, type) };
}

function readExtensions(values: Properties, type: string): Record<string, string> {
  const given = values.text("oidcExtensions");
  if (given === "") return {};
  let entries: [string, unknown][] = [];
  try {
    entries = Object.entries(JSON.parse(given) as Record<string, unknown>);
  } catch {
    // Refused below.
  }
  if (entries.length === 0 || entries.some(([, value]) => typeof value !== "string")) {
    throw new Error(`kafka error: improper OIDC Extensions format for authType '${type}'`);
  }
  return Object.fromEntries(entries) as Record<string, string>;
}
