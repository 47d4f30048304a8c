/** The hand-written Kubernetes manifest: it parses, its flags exist, and its parts fit together. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseAllDocuments, parse as parseYaml } from "yaml";

const root = join(import.meta.dirname, "../..");
const manifest = readFileSync(join(root, "deploy/kubernetes/sidecar-manual.yaml"), "utf8");

interface Env {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: { readonly secretKeyRef?: { readonly name: string; readonly key: string } };
}

interface Container {
  readonly name: string;
  readonly image: string;
  readonly args?: readonly string[];
  readonly env?: readonly Env[];
  readonly ports?: readonly { readonly name: string; readonly containerPort: number }[];
  readonly readinessProbe?: { readonly httpGet: { readonly port: string } };
  readonly livenessProbe?: { readonly tcpSocket: { readonly port: string } };
  readonly securityContext?: unknown;
  readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string }[];
}

interface Resource {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly data?: Readonly<Record<string, string>>;
  readonly stringData?: Readonly<Record<string, string>>;
  readonly spec?: {
    readonly template?: {
      readonly metadata: { readonly annotations?: Readonly<Record<string, string>> };
      readonly spec: {
        readonly containers: readonly Container[];
        readonly securityContext: { readonly runAsNonRoot: boolean };
        readonly volumes?: readonly {
          readonly name: string;
          readonly configMap?: { readonly name: string };
        }[];
      };
    };
  };
}

interface ComponentResource {
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly type: string;
    readonly metadata?: readonly { readonly secretKeyRef?: { readonly name: string } }[];
  };
  readonly auth?: { readonly secretStore: string };
}

const documents = parseAllDocuments(manifest);
const resources = documents.map((d) => d.toJS() as Resource);
const find = (kind: string, name: string): Resource => {
  const found = resources.find((r) => r.kind === kind && r.metadata.name === name);
  if (!found) throw new Error(`no ${kind} ${name}`);
  return found;
};
const pod = find("Deployment", "orders").spec?.template;
const daprd = pod?.spec.containers.find((c) => c.name === "daprd") as Container;
const flagNames = (daprd.args ?? []).filter((a) => a.startsWith("--"));
const flagValue = (flag: string): string | undefined =>
  daprd.args?.[daprd.args.indexOf(`--${flag}`) + 1];

describe("deploy/kubernetes/sidecar-manual.yaml", () => {
  it("parses, in one namespace", () => {
    expect(documents.flatMap((d) => d.errors)).toEqual([]);
    for (const { kind, metadata } of resources) {
      expect(kind === "Namespace" ? metadata.name : metadata.namespace).toBe("tricorne-demo");
    }
  });

  it("gives daprd flags that exist, with values of their type", () => {
    const known: { name: string; type: string; deprecated?: string }[] = JSON.parse(
      readFileSync(join(root, "test/golden/flags.json"), "utf8"),
    ).programs.daprd;
    expect(daprd.args?.[0]).toBe("/daprd");
    for (const word of flagNames) {
      const flag = known.find((f) => `--${f.name}` === word);
      expect(flag, word).toBeDefined();
      expect(flag?.deprecated, word).toBeUndefined();
      const next = flagValue(word.slice(2)) ?? "";
      expect(
        flag?.type === "bool" ? next === "" || next.startsWith("--") : !next.startsWith("--"),
        word,
      ).toBe(true);
    }
  });

  it("names the ports that the flags open, and probes those", () => {
    const ports = new Map(daprd.ports?.map((p) => [p.name, p.containerPort]));
    const flags = {
      "dapr-http": "dapr-http-port",
      "dapr-grpc": "dapr-grpc-port",
      "dapr-internal": "dapr-internal-grpc-port",
      "dapr-public": "dapr-public-port",
      "dapr-metrics": "metrics-port",
    };
    expect([...ports.keys()].sort()).toEqual(Object.keys(flags).sort());
    for (const [name, flag] of Object.entries(flags))
      expect(`${ports.get(name)}`).toBe(flagValue(flag));
    expect(ports.has(daprd.readinessProbe?.httpGet.port ?? "")).toBe(true);
    expect(ports.has(daprd.livenessProbe?.tcpSocket.port ?? "")).toBe(true);
    expect(pod?.metadata.annotations?.["prometheus.io/port"]).toBe(flagValue("metrics-port"));
  });

  it("mounts the resources where daprd looks for them", () => {
    const mount = daprd.volumeMounts?.find((m) => m.mountPath === flagValue("resources-path"));
    const volume = pod?.spec.volumes?.find((v) => v.name === mount?.name);
    expect(find("ConfigMap", volume?.configMap?.name ?? "").data).toBeDefined();
  });

  it("takes every secret from a store that is there, and every variable from a secret that is there", () => {
    const components = Object.values(find("ConfigMap", "orders-resources").data ?? {}).map(
      (text) => parseYaml(text) as ComponentResource,
    );
    const environment = new Set(daprd.env?.map((e) => e.name));
    const references = components.flatMap((c) =>
      (c.spec.metadata ?? []).flatMap((m) => (m.secretKeyRef ? [{ c, ref: m.secretKeyRef }] : [])),
    );
    expect(references.length).toBeGreaterThan(0);
    for (const { c, ref } of references) {
      const store = components.find((other) => other.metadata.name === c.auth?.secretStore);
      expect(store?.spec.type).toBe("secretstores.local.env");
      expect(environment.has(ref.name)).toBe(true);
    }
    for (const container of resources.flatMap((r) => r.spec?.template?.spec.containers ?? [])) {
      for (const { valueFrom } of container.env ?? []) {
        const ref = valueFrom?.secretKeyRef;
        if (ref) expect(find("Secret", ref.name).stringData).toHaveProperty(ref.key);
      }
    }
  });

  it("pins images and gives no container more than it needs", () => {
    for (const { spec } of resources.flatMap((r) => r.spec?.template ?? [])) {
      expect(spec.securityContext.runAsNonRoot).toBe(true);
      for (const { image, securityContext } of spec.containers) {
        expect(image).toMatch(/:\d+\.\d+/);
        expect(securityContext).toEqual({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ["ALL"] },
        });
      }
    }
  });

  it("names the image that the Dockerfile's example builds, at this version", () => {
    const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    expect(daprd.image).toBe(`tricorne:${version}`);
    expect(readFileSync(join(root, "deploy/Dockerfile"), "utf8")).toContain(`-t ${daprd.image} `);
  });
});
