import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { buildAppPath } from "../../kit/http/url.ts";
import type { Logger } from "../../kit/logging/logger.ts";
import { Metrics } from "../../kit/metrics/metrics.ts";
import type { YamlMap } from "../../kit/resources/yaml.ts";
import { readConfigurationDocument } from "../../kit/resources/yaml-library.ts";
import type { IncomingCall } from "../../kit/rpc/transport.ts";
import { ManualClock } from "../../kit/time/manual-clock.ts";
import { type AppChannel, verbNumber } from "../app/contract.ts";
import { decodeConfiguration } from "../resources/configuration.ts";
import { AccessMetrics, type AccessRequest } from "./access-control.ts";
import { AccessPolicies, type AccessRules, readAccessRules } from "./access-policies.ts";
import { admit } from "./admission.ts";

function read(section: string, warnings: string[] = []): AccessRules {
  const document = readConfigurationDocument(`spec: {accessControl: ${section}}`);
  expect(document.errors).toEqual([]);
  const logger = { warn: (text: string) => warnings.push(text) } as unknown as Logger;
  return readAccessRules(decodeConfiguration(document.value as YamlMap).accessControl, logger);
}

const caller = "spiffe://public/ns/default/a";
const who = "appId: a, namespace: default, trustDomain: public";

const request = (extra: Partial<AccessRequest> = {}): AccessRequest => ({
  identity: caller,
  operation: "x",
  verb: "GET",
  isHttp: true,
  ...extra,
});

const isAllowed = (section: string, extra: Partial<AccessRequest> = {}): boolean =>
  new AccessPolicies(read(section), undefined).check(request(extra)) === undefined;

describe("the global default action", () => {
  const warning =
    "No global default action has been specified. Setting default global action as Deny";
  const policies = `policies: [{${who.replace("a,", "other,")}}]`;
  const cases: readonly (readonly [section: string, allows: boolean, warnings: string[]])[] = [
    ["null", true, []],
    ["{}", true, []],
    ["{trustDomain: x}", true, []],
    [`{${policies}}`, true, []],
    ["{defaultAction: null}", true, []],
    ["{defaultAction: allow}", true, []],
    ["{defaultAction: ALLOW}", true, []],
    ["{defaultAction: deny}", false, []],
    ["{defaultAction: alow}", false, []],
    ['{defaultAction: " allow"}', false, []],
    ['{defaultAction: ""}', false, [warning]],
    ['{defaultAction: "", policies: null}', false, [warning]],
    [`{defaultAction: "", ${policies}}`, false, [warning]],
    ['{defaultAction: "", policies: []}', true, []],
    ["{defaultAction: deny, policies: []}", false, []],
  ];
  test.each(cases)("%s", (section, allows, expected) => {
    const warnings: string[] = [];
    const rules = read(section, warnings);
    expect(new AccessPolicies(rules, undefined).check(request()) === undefined).toBe(allows);
    expect(warnings).toEqual(expected);
  });
});

describe("a policy must say whom it is about", () => {
  test.each([
    ["[{appId: caller, namespace: default}]", "[caller]", "[]", false],
    ["[{appId: caller, trustDomain: public}]", "[]", "[caller]", false],
    ['[{appId: "", namespace: n, trustDomain: t}]', "[]", "[]", true],
    ["[{appId: a}, {appId: b, trustDomain: t}, {}]", "[a ]", "[a b ]", true],
    ["[{}]", "[]", "[]", true],
  ])("%s", (policies, trustDomains, namespaces, isAppMissing) => {
    expect(() => read(`{policies: ${policies}}`)).toThrow(
      new Error(
        `invalid access control spec. missing trustdomain for apps: ${trustDomains}, missing namespace for apps: ${namespaces}, missing app name on at least one of the app policies: ${isAppMissing}`,
      ),
    );
  });

  test.each([
    "[]",
    "{policies: {}}",
    "{policies: [x]}",
    "{policies: [[]]}",
    "{policies: [{appId: [a]}]}",
    `{policies: [{${who}, operations: {}}]}`,
    `{policies: [{${who}, operations: [/a]}]}`,
    `{policies: [{${who}, operations: [{name: /a, httpVerb: GET}]}]}`,
    `{policies: [{${who}, operations: [{name: /a, httpVerb: [[GET]]}]}]}`,
    `{policies: [{${who}, operations: [{name: /a, action: {}}]}]}`,
    "{defaultAction: [deny]}",
  ])("%s is refused", (section) => {
    expect(() => read(section)).toThrow("error loading configuration: yaml: unmarshal errors:");
  });
});

describe("the policy of a caller", () => {
  const section = `{defaultAction: deny, policies: [{${who}, defaultAction: allow}]}`;
  test.each([
    [caller, true],
    ["spiffe://public/ns/default/a/more", true],
    ["spiffe://public/ns/default/A", false],
    ["spiffe://public/ns/default/ab", false],
    ["spiffe://public/ns/other/a", false],
    ["spiffe://other/ns/default/a", false],
    ["spiffe://public/ns/a/default", false],
    ["spiffe://public/default/a", false],
    ["", false],
    [null, false],
  ])("%s", (identity, allows) => {
    expect(isAllowed(section, { identity })).toBe(allows);
  });

  test("of several the last wins", () => {
    const both = (first: string, second: string): string =>
      `{defaultAction: deny, policies: [{${who}, defaultAction: ${first}}, {${who}, defaultAction: ${second}}]}`;
    expect(isAllowed(both("allow", "deny"))).toBe(false);
    expect(isAllowed(both("deny", "allow"))).toBe(true);
  });

  test("a malformed identity is told so, whatever the default", () => {
    const control = new AccessPolicies(read("{defaultAction: allow}"), undefined);
    const identity = "spiffe://public/ns/default";
    expect(control.check(request({ identity }))).toBe(`malformed SPIFFE ID: ${identity}`);
  });

  test("nobody is under the global default", () => {
    const open = `{defaultAction: allow, policies: [{${who}, defaultAction: deny}]}`;
    expect(isAllowed(open, { identity: null })).toBe(true);
    expect(isAllowed(open)).toBe(false);
  });
});

/** With the global default the other way round where the policy has one of its own. */
const policy = (global: string, own: string, operations: string): string =>
  `{defaultAction: ${global}, policies: [{${who}, ${own === "" ? "" : `defaultAction: ${own}, `}operations: [${operations}]}]}`;

describe("an operation", () => {
  const operation = (verbs: string, action: string, name = "/x"): string =>
    `{name: ${name}, httpVerb: ${verbs}, action: ${action}}`;
  type Case = readonly [section: string, extra: Partial<AccessRequest>, allows: boolean];
  const cases: readonly Case[] = [
    [policy("deny", "deny", operation("[GET]", "allow")), {}, true],
    [policy("deny", "deny", operation("[GET]", "ALLOW")), {}, true],
    [policy("deny", "deny", operation("[POST, GET]", "allow")), {}, true],
    [policy("deny", "deny", operation("[get]", "allow")), {}, false],
    [policy("deny", "deny", operation('["*"]', "allow")), { verb: "PATCH" }, true],
    [policy("allow", "allow", operation("[POST]", "deny")), {}, true],
    [policy("allow", "allow", operation("[GET]", "deny")), {}, false],
    [policy("deny", "allow", operation("[POST]", "deny")), {}, true],
    [policy("allow", "deny", operation("[POST]", "allow")), {}, false],
    [policy("allow", "deny", operation("[]", "allow")), {}, false],
    [policy("allow", "", operation("[POST]", "deny")), {}, true],
    [policy("deny", "", operation("[POST]", "allow")), {}, false],
    [policy("allow", "allow", "{name: /x, httpVerb: [GET]}"), {}, false],
    // Not found: the default.
    [policy("allow", "deny", operation("[GET]", "allow")), { operation: "y" }, false],
    [policy("deny", "allow", operation("[GET]", "deny")), { operation: "y" }, true],
    [policy("allow", "", operation("[GET]", "deny")), { operation: "y" }, true],
    // No verb: the policy's own default, and nothing said is a no.
    [policy("deny", "allow", operation('["*"]', "deny")), { verb: "NONE" }, true],
    [policy("allow", "deny", operation('["*"]', "allow")), { verb: "NONE" }, false],
    [policy("allow", "", operation('["*"]', "allow")), { verb: "NONE" }, false],
    [policy("allow", "", operation('["*"]', "deny")), { verb: "NONE", operation: "y" }, true],
    // Verbs do not count.
    [policy("deny", "deny", operation("[]", "allow")), { isHttp: false, verb: "NONE" }, true],
    [policy("allow", "allow", operation("[POST]", "deny")), { isHttp: false, verb: "NONE" }, false],
    [
      policy("deny", "deny", operation("[]", "allow", "/p.S/M")),
      { isHttp: false, verb: "NONE", operation: "/p.S/m" },
      false,
    ],
    [policy("deny", "deny", operation("[GET]", "allow", "/X")), {}, true],
    // Escapes that the app would decode.
    [policy("allow", "allow", operation("[GET]", "deny")), { operation: "%78" }, false],
    [policy("allow", "allow", operation("[GET]", "deny")), { operation: "a/%2e%2e/x" }, false],
    [policy("deny", "deny", operation("[GET]", "allow")), { operation: "x/%2E%2E/y" }, false],
    [policy("deny", "deny", operation("[GET]", "allow")), { operation: "x/a%20b" }, true],
    [policy("deny", "deny", operation("[GET]", "allow")), { operation: "x/%zz" }, true],
    [policy("deny", "deny", operation("[GET]", "allow")), { operation: "%78" }, false],
    [
      policy("allow", "allow", operation("[]", "deny")),
      { isHttp: false, verb: "NONE", operation: "%78" },
      true,
    ],
  ];
  test.each(cases)("%s for %j", (section, extra, allows) => {
    expect(isAllowed(section, extra)).toBe(allows);
  });
});

test("a denial says who wanted what", () => {
  const control = new AccessPolicies(read("{defaultAction: deny}"), undefined);
  expect(control.check(request({ operation: "m/n" }))).toBe(
    `access control policy has denied access to id: ${caller} operation: m/n verb: GET`,
  );
  expect(control.check(request({ identity: null }))).toBe(
    "access control policy has denied access to id:  operation: x verb: GET",
  );
});

describe("decisions are counted", () => {
  const lines = (section: string, requests: readonly AccessRequest[]): string[] => {
    const metrics = new Metrics();
    const control = new AccessPolicies(read(section), new AccessMetrics(metrics));
    for (const each of requests) control.check(each);
    return metrics
      .render()
      .split("\n")
      .filter((line) => line.startsWith("dapr_runtime_acl_"));
  };
  const labels = 'app_id="a",namespace="default",trustDomain="public"';
  const both = [request(), request(), request({ operation: "y" })];
  const operations = "{name: /x, httpVerb: [GET], action: allow}";

  test("for the policy's own default action, by caller", () => {
    expect(lines(policy("allow", "deny", operations), both)).toEqual([
      `dapr_runtime_acl_app_policy_action_allowed_total{${labels}} 2`,
      `dapr_runtime_acl_app_policy_action_blocked_total{${labels}} 1`,
    ]);
  });

  test("for the global one when the policy has none", () => {
    expect(lines(policy("deny", "", operations), both)).toEqual([
      `dapr_runtime_acl_global_policy_action_allowed_total{${labels}} 2`,
      `dapr_runtime_acl_global_policy_action_blocked_total{${labels}} 1`,
    ]);
  });

  test("for the global one without a policy", () => {
    expect(lines("{defaultAction: deny}", [request(), request()])).toEqual([
      `dapr_runtime_acl_global_policy_action_blocked_total{${labels}} 2`,
    ]);
  });

  test("for more callers than are remembered", () => {
    const many = Array.from({ length: 1100 }, (_, i) =>
      request({ identity: `spiffe://public/ns/default/a${i}` }),
    );
    const counted = lines("{defaultAction: deny}", [...many, ...many]);
    expect(counted).toHaveLength(1100);
    expect(counted.every((line) => line.endsWith(" 2"))).toBe(true);
  });
});

/** The way of a call from another sidecar to the app: what the list allowed is what is sent. */
describe("what is allowed is what is sent", () => {
  function forwarded(rules: AccessRules, method: string, isHttp: boolean): string | undefined {
    const options = {
      appId: "me",
      app: () => undefined,
      accessControl: new AccessPolicies(rules, undefined),
      tracer: {
        enabled: false,
        start() {
          throw new Error("tracing is off");
        },
      },
      clock: new ManualClock(),
      metrics: undefined,
      grpcMetrics: undefined,
    };
    const call = { peer: { identity: caller } } as unknown as IncomingCall;
    const incoming = {
      version: 1,
      metadata: [],
      message: {
        method,
        verb: verbNumber("GET"),
        query: "",
        contentType: "",
        typeUrl: "",
        data: null,
      },
    } as unknown as Parameters<typeof admit>[3];
    try {
      return admit(options, { isHttp } as AppChannel, call, incoming).request.method;
    } catch {
      return undefined;
    }
  }
  const segments = fc.constantFrom(
    ...[
      "open",
      "secret",
      "Secret",
      "..",
      ".",
      "",
      "%2e%2e",
      "%73ecret",
      "a%2F..",
      "a b",
      "é",
      "%25",
    ],
  );
  const methods = fc
    .tuple(fc.constantFrom("", "/", "//", "../", "./"), fc.array(segments, { maxLength: 6 }))
    .map(([start, rest]) => start + rest.join("/"));
  /** What an app makes of a request target. */
  const resolved = (path: string): string => {
    const kept: string[] = [];
    for (const segment of decodeURIComponent(path).split("/")) {
      if (segment === "..") kept.pop();
      else if (segment !== "" && segment !== ".") kept.push(segment);
    }
    return `/${kept.join("/")}`;
  };

  test("nothing denied reaches an HTTP app", () => {
    const rules = read(policy("allow", "allow", '{name: /secret, httpVerb: ["*"], action: deny}'));
    fc.assert(
      fc.property(methods, (method) => {
        const sent = forwarded(rules, method, true);
        if (sent === undefined) return;
        const path = buildAppPath(sent, "", { origin: "http://127.0.0.1:80", path: "" });
        expect(resolved(path).toLowerCase()).not.toMatch(/^\/secret(?:\/|$)/);
      }),
      { numRuns: 2000 },
    );
  });

  test("nothing but the allowed reaches an HTTP app", () => {
    const rules = read(policy("deny", "deny", '{name: /open, httpVerb: ["*"], action: allow}'));
    fc.assert(
      fc.property(methods, (method) => {
        const sent = forwarded(rules, method, true);
        if (sent === undefined) return;
        const path = buildAppPath(sent, "", { origin: "http://127.0.0.1:80", path: "" });
        expect(resolved(path)).toMatch(/^\/open(?:\/|$)/);
      }),
      { numRuns: 2000 },
    );
  });

  test("a gRPC app gets the very method that was checked, and checking it again says the same", () => {
    const rules = read(policy("deny", "deny", "{name: /open, action: allow}"));
    fc.assert(
      fc.property(methods, (method) => {
        const sent = forwarded(rules, method, false);
        if (sent === undefined) return;
        expect(sent.replace(/^\//, "")).toMatch(/^open(?:\/|$)/);
        expect(forwarded(rules, sent, false)).toBe(sent);
      }),
      { numRuns: 2000 },
    );
  });
});
