/**
 * Certificates for the tests, made with the openssl program.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SecureContextOptions } from "node:tls";
import type { TlsOptions } from "../../../src/kit/rpc/transport.ts";
import { decodeAnchors } from "../../../src/kit/security/trust-anchors.ts";
import { verifyPeer } from "../../../src/kit/security/verify.ts";

export interface Leaf {
  readonly key: string;
  readonly cert: string;
}

const settings = `
[req]
distinguished_name = name
prompt = no
[name]
O = tricorne test
[ca]
default_ca = here
[here]
dir = .
database = index.txt
new_certs_dir = .
rand_serial = yes
default_md = sha256
policy = any
[any]
organizationName = optional
[root]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign
`;

/** One authority in a directory of its own. */
export class TestAuthority implements Disposable {
  readonly #directory: string;
  readonly root: string;
  #count = 0;

  constructor() {
    this.#directory = mkdtempSync(join(tmpdir(), "tricorne-ca-"));
    writeFileSync(join(this.#directory, "ca.cnf"), settings);
    writeFileSync(join(this.#directory, "index.txt"), "");
    writeFileSync(join(this.#directory, "index.txt.attr"), "unique_subject = no\n");
    this.#key("root.key");
    this.#openssl(
      ..."req -x509 -new -key root.key -config ca.cnf -extensions root -days 2 -out root.crt".split(
        " ",
      ),
    );
    this.root = this.#read("root.crt");
  }

  #openssl(...args: string[]): void {
    execFileSync("openssl", args, { cwd: this.#directory, stdio: ["ignore", "pipe", "pipe"] });
  }

  #key(file: string): void {
    this.#openssl(
      ..."genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out".split(" "),
      file,
    );
  }

  #read(file: string): string {
    return readFileSync(join(this.#directory, file), "utf8");
  }

  /** @param validity openssl's dates, by default around now */
  issue(identity: string, validity?: { readonly from: string; readonly to: string }): Leaf {
    const name = `leaf${++this.#count}`;
    mkdirSync(join(this.#directory, "out"), { recursive: true });
    const extensions = `[leaf]\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=serverAuth,clientAuth\nsubjectAltName=critical,URI:${identity}\n`;
    writeFileSync(join(this.#directory, `${name}.ext`), extensions);
    this.#key(`${name}.key`);
    this.#openssl(
      ..."req -new -config ca.cnf -key".split(" "),
      `${name}.key`,
      "-out",
      `${name}.csr`,
    );
    const dates =
      validity === undefined
        ? ["-days", "1"]
        : ["-startdate", validity.from, "-enddate", validity.to];
    this.#openssl(
      ..."ca -batch -config ca.cnf -cert root.crt -keyfile root.key -extensions leaf -notext".split(
        " ",
      ),
      ...["-extfile", `${name}.ext`, "-in", `${name}.csr`, "-out", `${name}.crt`],
      ...dates,
    );
    return { key: this.#read(`${name}.key`), cert: this.#read(`${name}.crt`) };
  }

  [Symbol.dispose](): void {
    rmSync(this.#directory, { recursive: true, force: true });
  }
}

/** Takes every identity that the roots vouch for, or only one. */
export function verify(roots: string, wanted?: string): TlsOptions["verifyPeer"] {
  const anchors = decodeAnchors(roots);
  return (chain) =>
    verifyPeer(chain, anchors, Date.now(), (id) => {
      if (wanted !== undefined && id.toString() !== wanted) {
        throw new Error(`unexpected SPIFFE ID: ${JSON.stringify(id.toString())}`);
      }
    }).toString();
}

export function material(leaf: Leaf | undefined, ...roots: string[]): SecureContextOptions {
  return leaf === undefined ? { ca: roots } : { key: leaf.key, cert: leaf.cert, ca: roots };
}

export function mutualTls(leaf: Leaf | undefined, root: string, wanted?: string): TlsOptions {
  const options = material(leaf, root);
  return { context: () => options, requestPeerCertificate: true, verifyPeer: verify(root, wanted) };
}
