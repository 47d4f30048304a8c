import { describe, expect, it } from "vitest";
import { parseFlags } from "../kit/flags/flags.ts";
import { ServiceError } from "../kit/lifecycle/service-program.ts";
import { sentryFlags } from "./flags.ts";
import { sentryOptions, watchedDirectories } from "./options.ts";

const read = (argv: readonly string[], env: Record<string, string> = {}) =>
  sentryOptions(
    parseFlags(sentryFlags("/home/me"), argv, { singleDash: true }),
    new Map(Object.entries(env)),
  );
const required =
  " is required when OIDC HTTP server is enabled (unless oidc-server-tls-enabled is false)";

describe("sentry's options", () => {
  it("has the reference's defaults", () => {
    expect(read([])).toEqual({
      mode: "standalone",
      port: 50_001,
      listenAddress: "",
      config: "daprsystem",
      trustDomain: "localhost",
      namespace: "default",
      credentials: {
        directory: "/var/run/secrets/dapr.io/credentials",
        caFile: "/var/run/secrets/dapr.io/credentials/ca.crt",
        certificateFile: "/var/run/secrets/dapr.io/credentials/issuer.crt",
        keyFile: "/var/run/secrets/dapr.io/credentials/issuer.key",
        jwtKeyFile: "/var/run/secrets/dapr.io/credentials/jwt.key",
        jwksFile: "/var/run/secrets/dapr.io/credentials/jwks.json",
      },
      jwt: {
        isEnabled: false,
        issuer: "",
        signingAlgorithm: "RS256",
        keyId: "",
        ttlMs: 86_400_000,
      },
      oidc: {
        isEnabled: false,
        listenAddress: "localhost",
        port: 9080,
        tls: undefined,
        jwksUri: "",
        pathPrefix: "",
        allowedHosts: [],
      },
      healthzPort: 8080,
      metrics: { isEnabled: true, port: 9090 },
    });
  });

  it("takes absolute file names as they are, and JWT file names only if absolute", () => {
    const { credentials } = read([
      ...["--issuer-credentials", "/c/", "--issuer-ca-filename", "/x/root.pem"],
      ...["--issuer-key-filename", "k.pem", "--jwt-key-filename", "relative.key"],
      ...["--jwks-filename", "/y/set.json"],
    ]);
    expect(credentials).toEqual({
      directory: "/c",
      caFile: "/x/root.pem",
      certificateFile: "/c/issuer.crt",
      keyFile: "/c/k.pem",
      jwtKeyFile: "/c/jwt.key",
      jwksFile: "/y/set.json",
    });
  });

  it("watches each directory once, with those of the OIDC files", () => {
    const options = read([
      ...["--issuer-credentials", "/c", "--issuer-ca-filename", "/x/root.pem"],
      ...["--oidc-server-tls-cert-file", "/t/a", "--oidc-server-tls-key-file", "/c/b"],
    ]);
    expect(watchedDirectories(options)).toEqual(["/c", "/x", "/t"]);
  });

  it.each([
    ["", ""],
    ["/", ""],
    ["/a/b/", "/a/b"],
    ["a", "/a"],
  ])("reads path prefix %j as %j", (text, expected) => {
    expect(read(["--oidc-path-prefix", text]).oidc.pathPrefix).toBe(expected);
  });

  it("takes the namespace as it is set", () => {
    expect(read([], { NAMESPACE: "x" }).namespace).toBe("x");
    expect(read([], { NAMESPACE: "" }).namespace).toBe("");
  });

  it("uses TLS for OIDC when both files are given, even if it was turned off", () => {
    const files = ["--oidc-server-tls-cert-file", "/a", "--oidc-server-tls-key-file", "/b"];
    expect(read([...files, "--oidc-server-tls-enabled=false"]).oidc.tls).toEqual({
      certificateFile: "/a",
      keyFile: "/b",
    });
    expect(read(["--oidc-enabled", "--oidc-server-tls-enabled=false"]).oidc.tls).toBeUndefined();
  });

  it.each<[readonly string[], string]>([
    [["--mode", "x"], "Invalid options: invalid mode: x"],
    [["--jwt-issuer", "x"], "Invalid options: jwt-issuer cannot be set when jwt-enabled is false"],
    [["--oidc-enabled"], `Invalid options: oidc-server-tls-cert-file${required}`],
    [
      ["--oidc-enabled", "--oidc-server-tls-cert-file", "/a"],
      `Invalid options: oidc-server-tls-key-file${required}`,
    ],
    [
      ["--oidc-server-tls-cert-file", "/a"],
      "Invalid options: both OIDC TLS certificate and key must be provided if one is specified",
    ],
    [["--trust-domain", "A"], "Invalid options: invalid trust domain: trust domain characters"],
    [
      ["--metrics-port", "x"],
      'failed to parse metrics port: strconv.Atoi: parsing "x": invalid syntax',
    ],
    [["--mode", "kubernetes"], "'NAMESPACE' environment variable not set"],
  ])("refuses %j", (argv, expected) => {
    expect(() => read(argv)).toThrow(ServiceError);
    expect(() => read(argv)).toThrow(expected);
  });

  it("refuses an empty namespace in Kubernetes", () => {
    expect(() => read(["--mode", "kubernetes"], { NAMESPACE: "" })).toThrow(
      "'NAMESPACE' environment variable is empty",
    );
  });
});
