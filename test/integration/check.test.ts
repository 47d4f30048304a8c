/** `tricorne check`: what it finds, how it prints it, how it ends. */
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { checkPaths } from "../../src/cli/check/files.ts";
import { prepareFolder } from "../../src/cli/defaults.ts";
import { root, runToEnd, Scratch } from "./launch.ts";

const scratch = new Scratch();
afterAll(() => scratch[Symbol.dispose]());
let count = 0;

/** `line: level: text` of every problem. */
async function problemsOf(...texts: readonly string[]): Promise<string[]> {
  const folder = scratch.folder(`f${++count}`);
  for (const [i, text] of texts.entries()) scratch.write(`f${count}/${i}.yaml`, text);
  const { problems } = await checkPaths([folder], "/");
  return problems.map(({ line, level, text }) => `${line}: ${level}: ${text}`);
}

const resource = (kind: string, spec: string, rest = "", version = "v1alpha1"): string =>
  `apiVersion: dapr.io/${version}\nkind: ${kind}\nmetadata: {name: x}\nspec: ${spec}\n${rest}`;

const component = (type: string, metadata: readonly string[], rest = ""): string =>
  `apiVersion: dapr.io/v1alpha1
kind: Component
metadata:
  name: x
spec:
  type: ${type}
  version: v1
  metadata:${metadata.length === 0 ? " []" : metadata.map((item) => `\n    - ${item}`).join("")}
${rest}`;

it("checks component files, and knows the types that they bring", async () => {
  const folder = scratch.folder("own");
  const file = (body: string): string => `export const component = {
  type: "lock.mine", versions: ["v1"], summary: "", properties: [],
  create: async () => ({ ${body}, async [Symbol.asyncDispose]() {} }),
};
`;
  scratch.write("own/resources.yaml", component("lock.mine", ["{name: any, value: x}"]));
  scratch.write(
    "own/components/good.ts",
    file('tryLock: async () => true, unlock: async () => "unlocked" as const'),
  );
  scratch.write("own/components/bad.ts", `\nconst n: number = "x";\n${file("other: n")}`);
  const program = join(root, "bin/tricorne");
  const { files, problems } = await checkPaths([folder], "/", program);
  expect(files).toBe(3);
  const shown = problems.map(
    ({ path, line, level }) => `${path.slice(folder.length)}:${line} ${level}`,
  );
  expect(new Set(shown)).toEqual(
    new Set(["/components/bad.ts:2 error", "/components/bad.ts:0 error"]),
  );
  expect(problems.map(({ text }) => text).join()).toMatch(
    /'string' is not assignable to type 'number'/,
  );
});

describe("what is fine has no problems", () => {
  it("in the resources that tricorne start writes", async () => {
    const { resources } = await prepareFolder(scratch.folder("defaults"));
    expect(await checkPaths([resources], "/")).toMatchObject({ resources: 3, problems: [] });
  });

  it.each<[string, string]>([
    [
      "any case",
      component("State.Redis".replace("State", "state"), ["{Name: REDISHOST, VALUE: a}"]),
    ],
    ["block metadata", component("state.in-memory", ["{name: actorStateStore, value: true}"])],
    ["an alias", component("state.sqlite3", ["{name: url, value: a.db}"])],
    ["templates", component("state.sqlite", ["{name: url, value: '{uuid}'}"])],
    ["durations", component("state.redis", ["{name: dialTimeout, value: -1}"])],
    ["a default version", resource("Component", "{type: state.in-memory}")],
    [
      "subscriptions",
      resource("Subscription", "{pubsubname: p, topic: t, routes: {default: /a}}", "", "v2alpha1") +
        `---\n${resource("Component", "{type: pubsub.p}").replace("x}", "p}")}`,
    ],
    [
      "resiliency",
      resource(
        "Resiliency",
        "{policies: {timeouts: {t: 5s, u: 100}, retries: {r: {policy: constant, duration: 1s, maxRetries: -1}}}, targets: {apps: {a: {timeout: t, retry: r}}, components: {c: {outbound: {retry: r}}}}}",
      ),
    ],
    [
      "configuration",
      resource(
        "Configuration",
        "{tracing: {samplingRate: 1}, features: [{name: HotReload, enabled: no}], mtls: {enabled: yes}}",
      ),
    ],
    [
      "workflow access",
      resource(
        "WorkflowAccessPolicy",
        "{rules: [{callers: [{appID: a}], workflows: [{name: w*, operations: [get, purge]}]}]}",
      ),
    ],
    ["MCP servers", resource("MCPServer", "{endpoint: {stdio: {command: npx, args: [a]}}}")],
    [
      "HTTP endpoints",
      resource("HTTPEndpoint", "{baseUrl: http://x, headers: [{name: h, value: v}]}"),
    ],
    ["empty documents", "---\n# nothing\n---\n"],
  ])("%s", async (_title, text) => {
    const found = await problemsOf(text);
    // The message bus of the example is only there to be named.
    expect(found.filter((line) => !line.includes('"pubsub.p"'))).toEqual([]);
  });
});

describe("what is wrong is said with its line", () => {
  it.each<[string, string]>([
    ["a: [", "1: error: Flow sequence"],
    ["a: 1\nb: 'x", "2: error: Missing closing"],
    ["[1]", "1: error: a resource must be a mapping"],
    ["apiVersion: v1\nkind: Pod", "1: warning: this is no Dapr resource"],
    [
      "apiVersion: dapr.io/v1alpha1\nkind: Componet",
      '2: error: kind "Componet" is unknown; did you mean "Component"?',
    ],
    [
      "apiVersion: dapr.io/v1\nkind: Component",
      "1: error: apiVersion of a Component must be dapr.io/v1alpha1",
    ],
    ["apiVersion: dapr.io/v1alpha1\nmetadata: {}", "1: error: kind is missing"],
    [
      resource("Component", "{type: state.in-memory}").replace("name: x", "name: a/b"),
      '3: error: name "a/b" may not contain "/"',
    ],
    [
      resource("Component", "{type: state.in-memory}").replace("name: x", "labels: {}"),
      "3: error: metadata.name is missing",
    ],
    [resource("Component", "{}"), "4: error: spec.type is missing"],
    [
      resource("Component", "{type: stat.redis}"),
      '4: error: type "stat.redis" is unknown; did you mean "state.redis"?',
    ],
    [
      resource("Component", "{type: state.redsi}"),
      '4: error: there is no component "state.redsi"; did you mean "state.redis"?',
    ],
    [
      resource("Component", "{type: state.redis, version: v9}"),
      '4: error: state.redis has no version "v9"',
    ],
    [
      resource("Component", "{type: state.in-memory, initTimeout: soon}"),
      "4: error: spec.initTimeout must be a duration",
    ],
    [
      resource("Component", '{type: state.in-memory, ignoreErrors: "true"}'),
      "4: error: spec.ignoreErrors must be true or false",
    ],
    [
      resource("Component", "{type: state.in-memory, metdata: []}"),
      '4: warning: field spec.metdata is unknown; did you mean "metadata"?',
    ],
    [
      resource("Component", "{type: state.in-memory}", "scopes: [a, 1]"),
      "5: error: scopes[1] must be a string: put it in quotes",
    ],
    [
      component("state.redis", ["name: redisHots"]),
      '9: warning: metadata "redisHots" is unknown; did you mean "redisHost"?',
    ],
    [component("state.sqlite", []), '8: error: metadata "connectionString" is required'],
    [
      component("state.sqlite", ["{name: url, value: x}", "{name: busyTimeout, value: soon}"]),
      '10: error: metadata "busyTimeout": must be a duration',
    ],
    [
      component("state.sqlite", ["{name: url, value: x}", "{name: disableWAL, value: maybe}"]),
      '10: warning: metadata "disableWAL": "maybe" is no boolean',
    ],
    [
      component("state.redis", ["{name: enableTLS, value: 'yes'}"]),
      '9: error: metadata "enableTLS": must be true or false, not "yes"',
    ],
    [
      component("state.redis", ["{name: redisDB, value: ''}"]),
      '9: error: metadata "redisDB": must not be empty',
    ],
    [
      component("state.redis", ["{name: redisDB, value: one}"]),
      '9: error: metadata "redisDB": must be an integer, not "one"',
    ],
    [
      component("state.in-memory", ["{name: keyPrefix, value: a}", "{name: keyPrefix, value: b}"]),
      '10: warning: metadata "keyPrefix" stands twice',
    ],
    [
      component("state.in-memory", ["{name: keyPrefix}", "{name: keyprefix}"]),
      '10: error: metadata "keyprefix" and "keyPrefix" differ in case only',
    ],
    [
      component(
        "state.in-memory",
        ["{name: keyPrefix, secretKeyRef: {name: a, key: b}}"],
        "auth: {secretStore: gone}",
      ),
      '10: error: there is no secret store "gone"',
    ],
    [
      component("state.in-memory", ["{name: keyPrefix, secretKeyRef: {name: a}}"]),
      "9: warning: secretKeyRef without auth.secretStore",
    ],
    [
      resource("HTTPEndpoint", "{clientTLS: {renegotiation: never}}"),
      '4: error: spec.clientTLS.renegotiation must be one of Never, OnceAsClient, FreelyAsClient; did you mean "Never"?',
    ],
    [resource("HTTPEndpoint", "{}"), "4: error: spec.baseUrl is missing"],
    [
      resource("Subscription", "{pubsubname: p, topic: t, route: /}"),
      '4: warning: there is no pubsub component "p" here',
    ],
    [
      resource("Subscription", "{pubsubname: p, topic: t, routes: {}}", "", "v2alpha1"),
      "4: error: spec.routes needs a default or rules",
    ],
    [
      resource(
        "Resiliency",
        "{policies: {timeouts: {general: 5s}}, targets: {apps: {a: {timeout: genral}}}}",
      ),
      '4: error: there is no timeout policy "genral"; did you mean "general"?',
    ],
    [
      resource("Resiliency", "{policies: {retries: {r: {policy: linear}}}}"),
      "4: error: spec.policies.retries.r.policy must be one of constant, exponential",
    ],
    [
      resource("Configuration", "{secrets: {scopes: [{storeName: a, defaultAccess: maybe}]}}"),
      "4: error: defaultAccess maybe can be either allow or deny",
    ],
    [
      resource("Configuration", "{tracing: {samplingRate: 1},\n  tracing: {stdout: true}}"),
      "1: error: Map keys must be unique",
    ],
    [
      resource("Configuration", "{metrics: {enabled: 1}}"),
      "4: error: spec.metrics.enabled must be true or false",
    ],
    [
      resource("WorkflowAccessPolicy", "{rules: [{callers: [{appID: a}]}]}"),
      "4: error: at least one of workflows or activities must contain a rule",
    ],
    [
      resource(
        "WorkflowAccessPolicy",
        "{rules: [{callers: [{appID: a}], workflows: [{name: w, operations: [get, get]}]}]}",
      ),
      "4: error: an operation stands twice",
    ],
    [
      resource(
        "WorkflowAccessPolicy",
        "{rules: [{callers: [{appID: a}], workflows: [{name: w, operations: [strat]}]}]}",
      ),
      "4: error: spec.rules[0].workflows[0].operations[0] must be one of schedule",
    ],
    [
      resource("MCPServer", "{endpoint: {sse: {url: http://x}, stdio: {command: a}}}"),
      "4: error: exactly one of streamableHTTP, sse, or stdio must be set",
    ],
    [
      resource("MCPServer", "{endpoint: {sse: {url: ftp://x}}}"),
      '4: error: "ftp://x" is no http or https address',
    ],
  ])("%s", async (text, expected) => {
    const found = await problemsOf(text);
    expect(found.some((line) => line.startsWith(expected))).toBe(true);
  });

  it("in every document and file of its own", async () => {
    const good = resource("Component", "{type: state.in-memory}");
    expect(await problemsOf(`${good}---\n${good}`, good.replace("name: x", "name: X"))).toEqual([
      `8: error: Component "x" is already defined at ${scratch.path}/f${count}/0.yaml:3`,
    ]);
    const named = (namespace: string) => good.replace("x}", `x, namespace: ${namespace}}`);
    expect(await problemsOf(named("a"), named("b"))).toEqual([]);
    expect(await problemsOf(named("a"), good)).toHaveLength(1);
  });

  it("of a secret store that is there nothing is said", async () => {
    const store = resource("Component", "{type: secretstores.local.env}").replace("x}", "env}");
    const user = component(
      "state.in-memory",
      ["{name: keyPrefix, secretKeyRef: {name: a, key: b}}"],
      "auth: {secretStore: env}",
    );
    expect(await problemsOf(user, store)).toEqual([]);
    expect(await problemsOf(user.replace(": env", ": evn"), store)).toEqual([
      '10: error: there is no secret store "evn"; did you mean "env"?',
    ]);
  });
});

describe("the command", () => {
  const tricorne = (...args: string[]) => runToEnd(join(root, "bin/tricorne"), ["check", ...args]);
  const bad = scratch.write("bad/a.yaml", resource("Component", "{type: state.redsi}"));
  const fine = scratch.write(
    "fine/a.yml",
    resource("Component", "{type: state.in-memory}").replace("x}", "y}"),
  );
  scratch.write("fine/notes.txt", "not YAML: [");

  it("ends with 0 when nothing is wrong", async () => {
    const { exit, stdout } = await tricorne(join(scratch.path, "fine"), fine);
    expect(stdout).toBe("0 errors, 0 warnings in 1 resource of 1 file\n");
    expect(exit?.code).toBe(0);
  });

  it("ends with 1 on errors, in lines without colours", async () => {
    const { exit, stdout } = await tricorne(bad);
    expect(stdout).toBe(
      `${bad}:4: error: there is no component "state.redsi"; did you mean "state.redis"?\n1 error, 0 warnings in 1 resource of 1 file\n`,
    );
    expect(exit?.code).toBe(1);
  });

  it("prints JSON", async () => {
    const { exit, stdout } = await tricorne("--output", "json", bad, fine);
    expect(JSON.parse(stdout)).toMatchObject({
      files: 2,
      resources: 2,
      errors: 1,
      warnings: 0,
      problems: [{ path: bad, line: 4, level: "error" }],
    });
    expect(exit?.code).toBe(1);
  });

  it.each([[[]], [["--wrong", fine]], [["--output=xml", fine]], [["/no/such/file"]]])(
    "ends with 2 for %j",
    async (args) => {
      const { exit, stderr } = await tricorne(...args);
      expect(stderr).toContain("tricorne check: ");
      expect(exit?.code).toBe(2);
    },
  );

  it("explains itself", async () => {
    const { exit, stdout } = await tricorne("--help");
    expect(stdout).toContain("Usage:\n  tricorne check [flags] PATH ...\n");
    expect(exit?.code).toBe(0);
  });
});
