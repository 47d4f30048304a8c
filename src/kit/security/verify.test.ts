import { generateKeyPairSync, type KeyObject, randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { createAuthority, createWorkloadCertificate, type Signer } from "./authority.ts";
import {
  boolean,
  context,
  type DerValue,
  encodeDer,
  integer,
  octetString,
  oid,
  sequence,
} from "./der.ts";
import { anyId, appIn } from "./spiffe.ts";
import { verifyPeer } from "./verify.ts";
import {
  type Certificate,
  createCertificate,
  emptyName,
  extensions,
  keyUsage,
  organization,
  parseCertificate,
} from "./x509.ts";

const random = { bytes: (length: number) => randomBytes(length) };
const now = Date.UTC(2026, 10, 22);
const hour = 3_600_000;
const life = { notBefore: now - hour, notAfter: now + hour };
const names = { root: "td", issuer: "spiffe://td/ns/default/dapr-sentry" };
const { root, issuer } = createAuthority(names, life, random);
const id = "spiffe://public/ns/shop/cart";

function leaf(
  options: Partial<Parameters<typeof createWorkloadCertificate>[0]> = {},
  signer: Signer = issuer,
): Buffer {
  return createWorkloadCertificate(
    {
      publicKey: generateKeyPairSync("ed25519").publicKey,
      altNames: { dns: [], uris: [id] },
      ...life,
      ...options,
    },
    signer,
    random,
  );
}

/** A certificate with any extensions. */
function special(
  list: readonly DerValue[],
  signer: Signer = issuer,
  subject: Buffer = emptyName,
  pair: { publicKey: KeyObject; privateKey: KeyObject } = generateKeyPairSync("ed25519"),
  validity: { notBefore: number; notAfter: number } = life,
): { certificate: Certificate; key: KeyObject } {
  const der = createCertificate(
    {
      subject,
      issuer: signer.certificate.subject,
      ...validity,
      serial: randomBytes(16),
      publicKey: pair.publicKey,
      extensions: list,
    },
    signer.key,
  );
  return { certificate: parseCertificate(der), key: pair.privateKey };
}
const san = extensions.altNames({ dns: [], uris: [id] });
const check = (chain: readonly Buffer[], anchors = [root], at = now, matcher = anyId) =>
  verifyPeer(chain, anchors, at, matcher).toString();
const issuerDer = issuer.certificate.der;

/** An authority below another. */
const below = (signer: Signer, name: string, list: readonly DerValue[], validity = life): Signer =>
  special(list, signer, organization(name), generateKeyPairSync("ed25519"), validity);
const asCa = [extensions.keyUsage(keyUsage.keyCertSign), extensions.authority()];
const pathLength = (length: number): DerValue =>
  sequence(
    oid("2.5.29.19"),
    boolean(true),
    octetString(encodeDer(sequence(boolean(true), integer(Buffer.of(length))))),
  );

describe("peer verification", () => {
  it("accepts a leaf whose issuer is presented and chains to an anchor", () => {
    expect(check([leaf(), issuerDer])).toBe(id);
    expect(check([leaf(), issuerDer, root.der])).toBe(id);
  });

  it("accepts a leaf directly below an anchor, and one of several anchors", () => {
    expect(check([leaf()], [issuer.certificate])).toBe(id);
    const other = createAuthority(names, life, random);
    expect(check([leaf(), issuerDer], [other.root, root])).toBe(id);
  });

  it("finds its way over several intermediates in any order", () => {
    const first = below(issuer, "first", asCa);
    const second = below(first, "second", asCa);
    const chain = [leaf({}, second), issuerDer, second.certificate.der, first.certificate.der];
    expect(check(chain)).toBe(id);
  });

  it("tells two issuers of one name apart by their keys", () => {
    const twin = createAuthority(names, life, random);
    expect(check([leaf(), twin.issuer.certificate.der, issuerDer], [twin.root, root])).toBe(id);
    expect(() => check([leaf(), twin.issuer.certificate.der], [twin.root])).toThrow(
      "x509: certificate signed by unknown authority",
    );
  });

  it("asks who it is after the chain was proven", () => {
    const matcher = appIn({ namespace: "shop", appId: "other" });
    expect(() => check([leaf(), issuerDer], [root], now, matcher)).toThrow(
      'unexpected SPIFFE ID: "spiffe://public/ns/shop/cart"',
    );
    expect(() => check([leaf()], [root], now, matcher)).toThrow("unknown authority");
  });

  const unknown =
    "x509svid: could not verify leaf certificate: x509: certificate signed by unknown authority";
  const stranger = createAuthority(names, life, random);
  it.each<[string, () => readonly Buffer[], string]>([
    ["no certificate", () => [], "x509svid: empty certificates chain"],
    ["bytes", () => [Buffer.from("x")], "x509svid: could not parse certificate: asn1"],
    ["bytes behind", () => [leaf(), Buffer.of(1)], "x509svid: could not parse certificate: asn1"],
    ["no issuer", () => [leaf()], unknown],
    [
      "another authority",
      () => [leaf({}, stranger.issuer), stranger.issuer.certificate.der],
      unknown,
    ],
    [
      "its own root",
      () => [leaf({}, stranger.issuer), stranger.issuer.certificate.der, stranger.root.der],
      unknown,
    ],
    [
      "too many certificates",
      () => [leaf(), ...Array(16).fill(issuerDer)],
      "x509svid: too many certificates",
    ],
    [
      "no URI",
      () => [leaf({ altNames: { dns: ["a.example"], uris: [] } }), issuerDer],
      "x509svid: could not get leaf SPIFFE ID: certificate contains no URI SAN",
    ],
    [
      "no alternative names",
      () => [special([extensions.keyUsage(1)]).certificate.der, issuerDer],
      "x509svid: could not get leaf SPIFFE ID: certificate contains no URI SAN",
    ],
    [
      "two URIs",
      () => [leaf({ altNames: { dns: [], uris: [id, id] } }), issuerDer],
      "x509svid: could not get leaf SPIFFE ID: certificate contains more than one URI SAN",
    ],
    [
      "a URI that is no SPIFFE id",
      () => [leaf({ altNames: { dns: [], uris: ["https://a.example"] } }), issuerDer],
      "x509svid: could not get leaf SPIFFE ID: scheme is missing or invalid",
    ],
    [
      "an authority as leaf",
      () => [special([...asCa, san]).certificate.der, issuerDer],
      "x509svid: leaf certificate with CA flag set to true",
    ],
    [
      "certificate signing",
      () => [special([extensions.keyUsage(keyUsage.keyCertSign), san]).certificate.der, issuerDer],
      "x509svid: leaf certificate with KeyCertSign key usage",
    ],
    [
      "list signing",
      () => [special([extensions.keyUsage(keyUsage.crlSign), san]).certificate.der, issuerDer],
      "x509svid: leaf certificate with KeyCrlSign key usage",
    ],
    [
      "a critical extension that nobody knows",
      () => [
        special([san, sequence(oid("1.2.3.4"), boolean(true), octetString(Buffer.of(5, 0)))])
          .certificate.der,
        issuerDer,
      ],
      "x509svid: could not verify leaf certificate: x509: unhandled critical extension",
    ],
    [
      "a leaf as issuer",
      () => {
        const fake = below(issuer, "fake", [extensions.keyUsage(keyUsage.digitalSignature)]);
        return [leaf({}, fake), fake.certificate.der, issuerDer];
      },
      unknown,
    ],
    [
      "an authority that may not sign",
      () => {
        const fake = below(issuer, "fake", [
          extensions.keyUsage(keyUsage.digitalSignature),
          extensions.authority(),
        ]);
        return [leaf({}, fake), fake.certificate.der, issuerDer];
      },
      unknown,
    ],
    [
      "an authority below its path length",
      () => {
        const short = below(issuer, "short", [
          extensions.keyUsage(keyUsage.keyCertSign),
          pathLength(0),
        ]);
        const deep = below(short, "deep", asCa);
        return [leaf({}, deep), deep.certificate.der, short.certificate.der, issuerDer];
      },
      unknown,
    ],
    [
      "an authority that has expired",
      () => {
        const old = below(issuer, "old", asCa, { notBefore: now - 2 * hour, notAfter: now - hour });
        return [leaf({}, old), old.certificate.der, issuerDer];
      },
      "x509svid: could not verify leaf certificate: x509: certificate has expired or is not yet valid",
    ],
  ])("refuses %s", (_name, chain, reason) => {
    expect(() => check(chain())).toThrow(reason);
  });

  it("accepts an authority within its path length", () => {
    const short = below(issuer, "short", [
      extensions.keyUsage(keyUsage.keyCertSign),
      pathLength(0),
    ]);
    expect(check([leaf({}, short), short.certificate.der, issuerDer])).toBe(id);
  });

  /** Limits on DNS names (2) or URIs (6), permitted (0) or excluded (1). */
  const limits = (which: 0 | 1, kind: 1 | 2 | 6, ...domains: string[]): DerValue =>
    sequence(
      oid("2.5.29.30"),
      boolean(true),
      octetString(
        encodeDer(
          sequence(
            context(
              which,
              domains.map((domain) => sequence(context(kind, Buffer.from(domain)))),
            ),
          ),
        ),
      ),
    );
  it.each<[0 | 1, 2 | 6, string[], string, boolean]>([
    [0, 6, ["public"], "spiffe://public/ns/a/b", true],
    [0, 6, ["other", "public"], "spiffe://public/ns/a/b", true],
    [0, 6, ["other"], "spiffe://public/ns/a/b", false],
    [0, 6, ["corp.example"], "spiffe://a.corp.example/ns/a/b", true],
    [0, 6, [".corp.example"], "spiffe://a.corp.example/ns/a/b", true],
    [0, 6, [".corp.example"], "spiffe://corp.example/ns/a/b", false],
    [0, 6, ["corp.example"], "spiffe://evilcorp.example/ns/a/b", false],
    [1, 6, ["public"], "spiffe://public/ns/a/b", false],
    [1, 6, ["public"], "spiffe://public2/ns/a/b", true],
    [0, 2, ["svc"], "spiffe://public/ns/a/b", true],
    [1, 6, [""], "spiffe://public/ns/a/b", false],
  ])("keeps to name constraints: %d %d %j for %s: %s", (which, kind, domains, uri, isGood) => {
    const limited = below(issuer, "limited", [...asCa, limits(which, kind, ...domains)]);
    const chain = [
      leaf({ altNames: { dns: ["a.default.svc"], uris: [uri] } }, limited),
      limited.certificate.der,
      issuerDer,
    ];
    if (isGood) expect(check(chain)).toBe(uri);
    else expect(() => check(chain)).toThrow("is not authorized to sign for this name");
  });

  it("does not believe an authority with limits on names that nobody compares", () => {
    const limited = below(issuer, "limited", [...asCa, limits(0, 1, "a@b.example")]);
    expect(() => check([leaf({}, limited), limited.certificate.der, issuerDer])).toThrow(
      "x509: unhandled critical extension",
    );
  });

  it("looks at the given time, the last second included", () => {
    const chain = [leaf(), issuerDer];
    expect(check(chain, [root], life.notBefore)).toBe(id);
    expect(check(chain, [root], life.notAfter)).toBe(id);
    expect(() => check(chain, [root], life.notAfter + 1)).toThrow(
      "x509: certificate has expired or is not yet valid: current time 2026-11-22T01:00:00Z is after 2026-11-22T01:00:00Z",
    );
    expect(() => check(chain, [root], life.notBefore - 1)).toThrow("is before");
  });

  it("does not believe a changed certificate", () => {
    const good = leaf();
    for (const at of [good.length - 1, good.indexOf("cart") + 1, 60]) {
      const bad = Buffer.from(good);
      bad.writeUInt8((bad[at] as number) ^ 1, at);
      expect(() => check([bad, issuerDer])).toThrow();
    }
  });

  it("ends soon where issuers go in circles", () => {
    const pair = generateKeyPairSync("ed25519");
    const name = organization("loop");
    const first = special(asCa, issuer, name, pair);
    const signer = { certificate: first.certificate, key: pair.privateKey };
    const loops = Array.from(
      { length: 14 },
      () => special(asCa, signer, name, pair).certificate.der,
    );
    const start = performance.now();
    expect(() => check([leaf({}, signer), ...loops])).toThrow("unknown authority");
    expect(performance.now() - start).toBeLessThan(2000);
  });
});
