import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkX509, loadX509, writeSecret } from "./credentials.ts";
import { SentryError } from "./options.ts";

const folder = mkdtempSync(join(tmpdir(), "credentials-"));
afterAll(() => rmSync(folder, { recursive: true }));
const openssl = (...args: string[]): void =>
  void execFileSync("openssl", args, { cwd: folder, stdio: "ignore" });
const text = (name: string): string => readFileSync(join(folder, name), "utf8");
const write = (name: string, content: string): void => writeFileSync(join(folder, name), content);

/** Authorities as people make them: with OpenSSL, RSA and elliptic curves. */
function makeAuthorities(): void {
  write("ca.ext", "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\n");
  write("leaf.ext", "basicConstraints=CA:FALSE\n");
  const root = (name: string, ...key: string[]): void =>
    openssl(
      ...["req", "-x509", "-nodes", "-newkey", ...key, "-keyout", `${name}.key`],
      ...["-out", `${name}.crt`, "-days", "30", "-subj", `/O=${name}`],
    );
  const issue = (name: string, by: string, key: string[], ext = "ca.ext", days = "20"): void => {
    openssl(
      "req",
      "-nodes",
      "-newkey",
      ...key,
      "-keyout",
      `${name}.key`,
      "-subj",
      `/O=${name}`,
      "-out",
      `${name}.csr`,
    );
    openssl(
      ...["x509", "-req", "-in", `${name}.csr`, "-CA", `${by}.crt`, "-CAkey", `${by}.key`],
      ...["-CAcreateserial", "-days", days, "-extfile", ext, "-out", `${name}.crt`],
    );
  };
  const ec = ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"];
  root("root", "rsa:2048");
  root("other", ...ec);
  issue("middle", "root", ec);
  issue("issuer", "middle", ec);
  issue("leaf", "root", ["ed25519"], "leaf.ext");
  openssl("ec", "-in", "issuer.key", "-out", "issuer.sec1");
  openssl("ecparam", "-name", "prime256v1", "-genkey", "-out", "parameters.key");
  openssl("rsa", "-in", "root.key", "-traditional", "-out", "root.pkcs1");
  openssl(
    "rsa",
    "-in",
    "root.key",
    "-traditional",
    "-aes128",
    "-passout",
    "pass:x",
    "-out",
    "locked",
  );
}

// Certificates are valid from the second in which OpenSSL makes them.
const now = Date.now() + 60_000;
const day = 24 * 3_600_000;
const bundle = (change: { ca?: string; certificate?: string; key?: string } = {}, at = now) =>
  checkX509(
    {
      ca: text("root.crt"),
      certificate: text("issuer.crt") + text("middle.crt"),
      key: text("issuer.key"),
      ...change,
    },
    at,
  );

describe("credentials of one's own", () => {
  beforeAll(makeAuthorities);

  it("may be a chain of any length below one of several roots", () => {
    const credentials = bundle({ ca: text("other.crt") + text("root.crt") });
    expect(credentials.anchors.length).toBe(2);
    expect(credentials.chain.length).toBe(2);
    expect(credentials.issuer.key.asymmetricKeyType).toBe("ec");
  });

  it("lose comments and a root at the end of the chain", () => {
    const certificate = `# mine\n${text("issuer.crt")}# theirs\n${text("middle.crt")}${text("root.crt")}`;
    expect(bundle({ certificate, ca: `# roots\n${text("root.crt")}` }).chain.length).toBe(2);
  });

  it("may be one self-signed certificate, which is then not sent along", () => {
    const credentials = bundle({ certificate: text("root.crt"), key: text("root.key") });
    expect(credentials.chain).toEqual([]);
  });

  it("may have keys in the older forms", () => {
    expect(bundle({ key: text("issuer.sec1") }).issuer.key.asymmetricKeyType).toBe("ec");
    const rsa = bundle({ certificate: text("root.crt"), key: text("root.pkcs1") });
    expect(rsa.issuer.key.asymmetricKeyType).toBe("rsa");
  });

  it.each<[string, () => Parameters<typeof bundle>[0], string]>([
    ["no root", () => ({ ca: "" }), "failed to parse trust anchors: no certificates found"],
    [
      "an anchor that somebody else signed",
      () => ({ ca: text("root.crt") + text("middle.crt") }),
      "certificate in trust anchor is not self-signed",
    ],
    ["no issuer", () => ({ certificate: "x" }), "failed to parse issuer certificate chain"],
    [
      "a chain in the wrong order",
      () => ({ certificate: text("middle.crt") + text("issuer.crt") }),
      "certificate chain is not valid",
    ],
    [
      "a chain of strangers",
      () => ({ certificate: text("issuer.crt") + text("other.crt") }),
      "certificate chain is not valid",
    ],
    [
      "another's key",
      () => ({ key: text("middle.key") }),
      "issuer key does not match issuer certificate",
    ],
    [
      "another root",
      () => ({ ca: text("other.crt") }),
      "issuer chain does not belong to trust anchors: x509: certificate signed by unknown authority",
    ],
    [
      "a missing link",
      () => ({ certificate: text("issuer.crt") }),
      "issuer chain does not belong to trust anchors",
    ],
    ["no key", () => ({ key: "" }), "failed to parse private key: no PEM block found"],
    [
      "a certificate as key",
      () => ({ key: text("root.crt") }),
      "failed to parse private key: unsupported block type CERTIFICATE",
    ],
    [
      "a broken key",
      () => ({ key: "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n" }),
      "failed to parse private key: not a valid key",
    ],
    ["a locked key", () => ({ key: text("locked") }), "failed to parse private key"],
    [
      "a broken certificate",
      () => ({ ca: "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n" }),
      "failed to parse trust anchors: asn1",
    ],
  ])("are refused with %s", (_name, change, reason) => {
    expect(() => bundle(change())).toThrow(SentryError);
    expect(() => bundle(change())).toThrow(reason);
  });

  it("are refused once they have expired", () => {
    expect(() => bundle({}, now + 25 * day)).toThrow(
      "issuer chain does not belong to trust anchors: x509: certificate has expired",
    );
  });

  it("count as absent when one of the files is missing", async () => {
    const files = {
      directory: folder,
      caFile: join(folder, "root.crt"),
      certificateFile: join(folder, "root.crt"),
      keyFile: join(folder, "root.key"),
      jwtKeyFile: "",
      jwksFile: "",
    };
    expect(await loadX509(files, now)).toBeDefined();
    for (const missing of ["caFile", "certificateFile", "keyFile"]) {
      expect(await loadX509({ ...files, [missing]: join(folder, "no") }, now)).toBeUndefined();
    }
    await expect(loadX509({ ...files, keyFile: folder }, now)).rejects.toThrow("failed to read");
  });
});

describe("secret files", () => {
  it("are replaced as a whole and readable by their owner only", async () => {
    const path = join(folder, "secret");
    writeFileSync(path, "old");
    chmodSync(path, 0o644);
    await writeSecret(path, "new");
    expect(readFileSync(path, "utf8")).toBe("new");
    expect(statSync(path).mode & 0o777).toBe(0o600);
    writeFileSync(`${path}.new`, "left over");
    await writeSecret(path, "again");
    expect(readFileSync(path, "utf8")).toBe("again");
    await expect(writeSecret(join(folder, "no", "x"), "y")).rejects.toThrow("failed to write");
  });
});
