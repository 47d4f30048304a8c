import { describe, expect, it } from "vitest";
import type { Logger } from "../../kit/logging/logger.ts";
import type { YamlMap } from "../../kit/resources/yaml.ts";
import { readResourceDocument } from "../../kit/resources/yaml-library.ts";
import { notFoundText } from "./category.ts";
import { decodeConfiguration, expandEnvironment } from "./configuration.ts";
import { decodeComponent, decodeHttpEndpoint } from "./documents.ts";
import { decodeSubscription } from "./subscription-document.ts";
import { unquote } from "./unquote.ts";
import { fillTemplates, resolveValues, type ValueContext } from "./values.ts";

const parse = (text: string): YamlMap => readResourceDocument(text).value as YamlMap;

const component = (metadata: string, rest = ""): string =>
  `apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata: {name: c}\n${rest}\nspec:\n  type: state.x\n  version: v1\n  metadata:\n${metadata}`;

describe("decodeComponent", () => {
  const values: [string, string | undefined][] = [
    ['value: "abc"', "abc"],
    ["value: 6379", "6379"],
    ["value: 1.50", "1.5"],
    ["value: on", "true"],
    ["value: {b: 1, a: x}", '{"a":"x","b":1}'],
    ["value: [1, 2]", "[1,2]"],
    ['value: ""', ""],
    ["value: 1e-7", "1e-7"],
    ["value: {a: <b>&}", '{"a":"\\u003cb\\u003e\\u0026"}'],
    ["value: [\n1,\n2\n]", "[1,2]"],
    ["value: 1000000.0", "1000000"],
    ["value:", undefined],
    ["value: null", undefined],
  ];
  for (const [text, expected] of values) {
    it(text, () => {
      const decoded = decodeComponent(parse(component(`  - name: p\n    ${text}`)));
      expect(decoded.metadata[0]?.value).toBe(expected);
    });
  }

  it("matches field names in any case and stringifies scalars", () => {
    const decoded = decodeComponent(
      parse(
        "metadata: {NAME: 123}\nSpec: {Type: state.x, VERSION: 1, IgnoreErrors: true, initTimeout: 2s}",
      ),
    );
    expect(decoded).toMatchObject({
      name: "123",
      type: "state.x",
      version: "1",
      ignoreErrors: true,
      initTimeoutMs: 2000,
    });
  });

  const refused = [
    "metadata: {name: a/b}",
    "metadata: {name: 'a%b'}",
    "metadata: {name: ..}",
    "metadata: {name: c}\nscopes: [1]",
    'metadata: {name: c}\nspec: {ignoreErrors: "true"}',
    "metadata: {name: [x]}",
    "metadata: {name: c}\nspec: {metadata: {a: 1}}",
  ];
  for (const text of refused) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      expect(() => decodeComponent(parse(text))).toThrow();
    });
  }

  it("takes nothing in a list for a pair without a name", () => {
    const { metadata } = decodeComponent(parse("metadata: {name: c}\nspec: {metadata: [null]}"));
    expect(metadata).toMatchObject([{ name: "", value: undefined, envRef: "" }]);
  });

  it("writes fractions with an exponent where a text is wanted", () => {
    const decoded = decodeComponent(
      parse("metadata: {name: 1.5}\nspec: {version: 2500000.0, type: 0.00001}"),
    );
    expect(decoded).toMatchObject({ name: "1.5", version: "2.5e+06", type: "1e-05" });
  });

  it("takes the last one of names that differ in case, in the order of their bytes", () => {
    const decoded = decodeComponent(
      parse("metadata: {name: a, NAME: b}\nspec: {Type: c, TYPE: d}"),
    );
    expect(decoded).toMatchObject({ name: "a", type: "c" });
  });

  it("tells everything that is wrong with a name", () => {
    expect(() => decodeComponent(parse("metadata: {name: '%/'}"))).toThrow(
      `invalid name "%/" for "Component": may not contain '/'; may not contain '%'`,
    );
  });

  it("takes numbers for scopes of subscriptions only", () => {
    const subscription = "metadata: {name: s}\nscopes: [1, true, x]\nauth: none of its fields";
    expect(decodeSubscription(parse(subscription), "v2alpha1").scopes).toEqual(["1", "true", "x"]);
  });

  it("reads endpoints with their TLS material", () => {
    const decoded = decodeHttpEndpoint(
      parse(
        "metadata: {name: e}\nspec: {baseURL: http://x, headers: [{name: h, envRef: V}], clientTLS: {rootCA: {value: PEM}}}",
      ),
    );
    expect(decoded.baseUrl).toBe("http://x");
    expect(decoded.headers[0]?.envRef).toBe("V");
    expect(decoded.tls.rootCA?.value).toBe("PEM");
  });
});

describe("unquote", () => {
  const cases: [string, string][] = [
    ['"abc"', "abc"],
    ['"a', '"a'],
    ["abc", "abc"],
    ['""', ""],
    ['"\\u0041"', "A"],
    ['"a\\tb\\"c\\\\"', 'a\tb"c\\'],
    ['"\\xc3\\xa4\\101"', "äA"],
    ['"a"b"', '"a"b"'],
    ['"\\d"', '"\\d"'],
    ['"\\ud800"', '"\\ud800"'],
    ['"a\nb"', '"a\nb"'],
    ["`a\\n`", "a\\n"],
    ["`a`b`", "`a`b`"],
    ["'x'", "x"],
    ["'xy'", "'xy'"],
    ["'\\''", "'"],
    ['"', '"'],
  ];
  for (const [text, expected] of cases) it(text, () => expect(unquote(text)).toBe(expected));
});

const silent = new Proxy({} as Logger, { get: () => () => true });

function context(overrides: Partial<ValueContext> = {}): ValueContext {
  return {
    kind: "Component",
    resourceName: "c",
    resourceNamespace: "",
    secretStore: "vault",
    appId: "shop",
    namespace: "prod",
    env: new Map([
      ["PLAIN", "p"],
      ["DAPR_API_TOKEN", "t"],
      ["APP_API_TOKEN", "t"],
    ]),
    random: { number: () => 0, bytes: (n) => Buffer.alloc(n), uuid: () => "uuid" },
    logger: silent,
    readSecret: async (_store, name) =>
      name === "s"
        ? new Map([
            ["k", '"v"'],
            ["s", "own"],
          ])
        : new Map(),
    ...overrides,
  };
}

const source = (init: object) => ({
  name: "p",
  value: undefined,
  secretKeyRef: undefined,
  envRef: "",
  ...init,
});

describe("resolveValues", () => {
  const cases: [string, object, string][] = [
    ["an environment variable", { envRef: "PLAIN" }, "p"],
    ["a forbidden variable", { envRef: "DAPR_API_TOKEN" }, ""],
    ["a forbidden variable in another case", { envRef: "app_api_token" }, ""],
    ["a value beats the environment", { value: "", envRef: "PLAIN" }, ""],
    ["a secret's key, unquoted", { secretKeyRef: { name: "s", key: "k" } }, "v"],
    ["a secret without key", { secretKeyRef: { name: "s", key: "" } }, "own"],
    [
      "a secret without that key",
      { value: "kept", secretKeyRef: { name: "s", key: "no" } },
      "kept",
    ],
    [
      "the environment beats a secret",
      { envRef: "PLAIN", secretKeyRef: { name: "s", key: "k" } },
      "p",
    ],
    ["templates", { value: "{appID} {namespace} {uuid}" }, "shop prod.shop uuid"],
  ];
  for (const [title, init, expected] of cases) {
    it(title, async () => {
      const { plain } = await resolveValues([source(init)], context());
      expect(fillTemplates(plain, context()).get("p")).toBe(expected);
    });
  }

  it("takes variables of DAPR_ENV_KEYS only, where that is given", async () => {
    const env = new Map([
      ["DAPR_ENV_KEYS", "ONE TWO"],
      ["ONE", "1"],
      ["one", "small"],
      ["THREE", "3"],
    ]);
    const sources = ["ONE", "one", "THREE", "a b"].map((envRef) =>
      source({ name: envRef, envRef }),
    );
    const { plain } = await resolveValues(sources, context({ env }));
    expect([...plain.values()]).toEqual(["1", "small", "", ""]);
  });

  it("looks up nothing behind a secret whose store is missing", async () => {
    const values = [
      source({ name: "a", envRef: "PLAIN" }),
      source({ name: "b", value: "kept", secretKeyRef: { name: "s", key: "k" } }),
      source({ name: "c", envRef: "PLAIN" }),
    ];
    const { plain, secretNames } = await resolveValues(
      values,
      context({ readSecret: async () => undefined }),
    );
    expect([...plain.values()]).toEqual(["p", "kept", ""]);
    expect([...secretNames]).toEqual([["b", "s"]]);
  });

  it("says which store is missing", async () => {
    const values = await resolveValues(
      [source({ secretKeyRef: { name: "s", key: "k" } })],
      context({ readSecret: async () => undefined }),
    );
    expect(values.missingStore).toBe("vault");
  });

  it("refuses {podName} without POD_NAME", () => {
    expect(() => fillTemplates(new Map([["p", "{podName}"]]), context())).toThrow(
      "property p refers to {podName} but podName is not set",
    );
  });
});

describe("Configuration", () => {
  it("expands variables over the whole text", () => {
    const env = new Map([["A", "1"]]);
    expect(expandEnvironment("$A ${A} $B ${B}. $$ $5 $- a$ ${}", env)).toBe("1 1  .    a$ ");
  });

  it("defaults to metrics on, access allowed and both default features", () => {
    const configuration = decodeConfiguration(new Map());
    expect(configuration.metrics.isEnabled).toBe(true);
    expect(configuration.accessControl.defaultAction).toBe("allow");
    expect([...configuration.features]).toEqual(["HotReload", "WorkflowsRemoteActivityReminder"]);
  });

  it("lets metrics win over metric, and a feature be turned off", () => {
    const configuration = decodeConfiguration(
      parse(
        "spec: {metric: {enabled: false, recordErrorCodes: true}, metrics: {enabled: true}, features: [{name: HotReload, enabled: false}, {name: X, enabled: true}]}",
      ),
    );
    expect(configuration.metrics).toMatchObject({ isEnabled: true, recordsErrorCodes: true });
    expect([...configuration.features]).toEqual(["X", "WorkflowsRemoteActivityReminder"]);
  });

  const refused = [
    "spec: {secrets: {scopes: [{storeName: a}, {storeName: a}]}}",
    "spec: {secrets: {scopes: [{storeName: a, defaultAccess: maybe}]}}",
    "spec: {tracing: [1]}",
    "spec: {features: {}}",
    "spec: {metric: {enabled: maybe}}",
  ];
  for (const text of refused) {
    it(`refuses ${text}`, () => {
      expect(() => decodeConfiguration(parse(text))).toThrow("error loading configuration: ");
    });
  }
});

describe("notFoundText", () => {
  const own = new Map([
    ["state", { name: "state", label: "state store", install: () => expect.fail() }],
  ]);
  it.each([
    ["state.x", "v2", "couldn't find state store state.x/v2"],
    ["bindings.x", "v1", "couldn't find binding c (bindings.x/v1)"],
    [
      "middleware.http.x",
      "v1",
      "process component c error: HTTP middleware middleware.http.x/v1 has not been registered",
    ],
    ["State.x", "v1", undefined],
    ["state", "v1", undefined],
    ["workflow.x", "v1", undefined],
    ["", "", undefined],
  ])("%s/%s", (type, version, text) => {
    expect(notFoundText({ name: "c", type, version }, own)).toBe(text);
  });
});
