import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadConfiguration, readConfiguration } from "./configuration.ts";
import { SentryError } from "./options.ts";

const env = new Map([
  ["TTL", "2h"],
  ["SOURCE", '{"keys": []}'],
  ["BREAK", 'x"\nname: other'],
]);
const read = (mtls: string) =>
  readConfiguration(
    `apiVersion: dapr.io/v1alpha1\nkind: Configuration\nspec:\n  mtls:\n${mtls.replace(/^/gm, "    ")}`,
    env,
  );
const defaults = { workloadTtlMs: 86_400_000, clockSkewMs: 900_000, tokenValidators: [] };

describe("sentry's configuration", () => {
  it.each(["", "\n", "---\n", "kind: Configuration\n", "spec:\n", "spec:\n  mtls:\n"])(
    "has defaults for %j",
    (text) => {
      expect(readConfiguration(text, env)).toEqual(defaults);
    },
  );

  it("reads lifetimes and ignores what flags decide", () => {
    const all = `workloadCertTTL: "30s"\nallowedClockSkew: 0s\ncontrolPlaneTrustDomain: x\nsentryAddress: y`;
    expect(read(all)).toEqual({ ...defaults, workloadTtlMs: 30_000, clockSkewMs: 0 });
  });

  it("puts variables into values, never into structure", () => {
    expect(read("workloadCertTTL: $TTL").workloadTtlMs).toBe(7_200_000);
    expect(read("workloadCertTTL: ${TTL}").workloadTtlMs).toBe(7_200_000);
    expect(read("workloadCertTTL: $UNSET").workloadTtlMs).toBe(86_400_000);
    const [validator] = read(
      "tokenValidators:\n- name: JWKS\n  options:\n    source: $SOURCE\n    caCertificate: $BREAK",
    ).tokenValidators;
    expect(validator?.name).toBe("jwks");
    expect([...(validator?.options ?? [])]).toEqual([
      ["source", '{"keys": []}'],
      ["caCertificate", 'x"\nname: other'],
    ]);
  });

  it.each([
    [
      "workloadCertTTL: soon",
      'error parsing WorkloadCertTTL duration: time: invalid duration "soon"',
    ],
    ["workloadCertTTL: '1'", "error parsing WorkloadCertTTL duration: time: missing unit"],
    ["allowedClockSkew: 1x", "error parsing AllowedClockSkew duration: time: unknown unit"],
    ["workloadCertTTL: 24", "cannot unmarshal number into Go struct field"],
    ["workloadCertTTL: [1]", "cannot unmarshal object into Go struct field"],
    ["tokenValidators: x", "cannot unmarshal into Go struct field"],
    ["tokenValidators: [x]", "cannot unmarshal into Go struct field"],
    [
      "tokenValidators:\n- name: ldap",
      "invalid token validator name: 'ldap'; supported values: 'jwks'",
    ],
    [
      "tokenValidators:\n- options: {}",
      "invalid token validator name: ''; supported values: 'jwks'",
    ],
    ["tokenValidators:\n- name: jwks\n  options: [a]", "invalid options of token validator 'jwks'"],
    [
      "tokenValidators:\n- name: Kubernetes",
      "invalid token validator: the built-in 'kubernetes' and 'insecure' validators cannot be configured manually",
    ],
    [
      "tokenValidators:\n- name: insecure",
      "invalid token validator: the built-in 'kubernetes' and 'insecure' validators cannot be configured manually",
    ],
    ["a: b: c", "yaml: line 5: "],
  ])("refuses %j", (mtls, reason) => {
    expect(() => read(mtls)).toThrow(reason);
  });

  it.each(["x", "[1]", "spec: x", "spec:\n  mtls: x"])("refuses the document %j", (text) => {
    expect(() => readConfiguration(text, env)).toThrow("cannot unmarshal");
  });

  it("names the file that it cannot use", async () => {
    const folder = await mkdtemp(join(tmpdir(), "config-"));
    const file = join(folder, "c.yaml");
    const failure = async (): Promise<string> => {
      const error = await loadConfiguration(file, env).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(SentryError);
      return (error as Error).message;
    };
    expect(await failure()).toBe(
      `loading default config. couldn't find config name "${file}": stat ${file}: no such file or directory`,
    );
    await writeFile(file, "spec:\n  mtls:\n    tokenValidators:\n    - name: insecure\n");
    expect(await failure()).toBe(
      `loading default config. couldn't find config name "${file}": invalid token validator: the built-in 'kubernetes' and 'insecure' validators cannot be configured manually`,
    );
    await writeFile(file, "");
    expect(await loadConfiguration(file, env)).toEqual(defaults);
    await rm(folder, { recursive: true });
  });
});
