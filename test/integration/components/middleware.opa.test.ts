/**
 * Rego policies before an app, evaluated by the WebAssembly module that comes with the programs.
 */
import { createHmac, generateKeyPairSync, sign } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { Middleware } from "../../../src/components/middleware/contract.ts";
import { component as opa } from "../../../src/components/middleware/http.opa.ts";
import { ManualClock } from "../../../src/kit/time/manual-clock.ts";
import { createMiddleware, Passage } from "./middleware-context.ts";

const policy = (rego: string, more: Record<string, string> = {}): Promise<Middleware> =>
  createMiddleware(opa, { rego, ...more });
const passage = async (rego: string, more?: Record<string, string>): Promise<Passage> =>
  new Passage(await policy(rego, more));

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
function token(payload: unknown, secret: string, header: unknown = { alg: "HS256" }): string {
  const signed = `${encode(header)}.${encode(payload)}`;
  return `${signed}.${createHmac("sha256", secret).update(signed).digest("base64url")}`;
}

describe("what a policy answers", () => {
  test.each([
    ["true", 200, "ok"],
    ["false", 403, "Forbidden"],
    ['{"allow": true}', 200, "ok"],
    ['{"allow": false}', 403, "Forbidden"],
    ["{}", 403, "Forbidden"],
    ['{"status_code": 401}', 401, "Unauthorized"],
    ['{"allow": true, "status_code": 401}', 200, "ok"],
  ])("allow = %s", async (value, status, text) => {
    const answer = await (await passage(`package http\ndefault allow = ${value}`)).send("/");
    expect([answer.status, answer.text, answer.headers.get("x-dapr-opa-error")]).toEqual([
      status,
      text,
      null,
    ]);
  });

  test.each([
    ["no rule", "package http\nother = true"],
    ["another package", "package elsewhere\nallow = true"],
    ["undefined", "package http\nallow { false }"],
    ["a text", 'package http\nallow = "true"'],
    ["null", "package http\nallow = null"],
    ["a list", "package http\nallow = [true]"],
    ["allow is a text", 'package http\nallow = {"allow": "true"}'],
    ["a status that is none", 'package http\nallow = {"status_code": 99}'],
    ["a header that is a number", 'package http\nallow = {"additional_headers": {"a": 1}}'],
    ["a header of two lines", 'package http\nallow = {"additional_headers": {"a": "b\\nc: d"}}'],
    ["a header without name", 'package http\nallow = {"additional_headers": {"": "b"}}'],
    ["a rule that needs itself", "package http\na { b }\nb { a }\nallow { a }"],
    ["an unknown function", "package http\nallow { http.send({}) }"],
  ])("%s: refused, and told as the policy's fault", async (_, rego) => {
    const stages = await passage(rego, { defaultStatus: "418" });
    const { status, headers } = await stages.send("/");
    expect([status, headers.get("x-dapr-opa-error")]).toEqual([418, "true"]);
    expect(stages.app.seen).toEqual([]);
  });

  test.each(['json.unmarshal("{")', 'to_number("x")', "1 / 0"])(
    "%s is undefined, and the default decides",
    async (expression) => {
      const stages = await passage(
        `package http\ndefault allow = {"status_code": 301}\nallow { ${expression} }`,
      );
      const { status, headers } = await stages.send("/");
      expect([status, headers.get("x-dapr-opa-error")]).toEqual([301, null]);
    },
  );

  test("headers go to who gets the request, or to who gets the answer", async () => {
    const stages = await passage(`package http
default allow = {"status_code": 301, "additional_headers": {"Location": "https://elsewhere.test"}}
allow = {"allow": true, "additional_headers": {"X-Path": input.request.path}} {
  input.request.path_parts[0] == "open"
}`);
    const refused = await stages.send("/closed");
    expect([refused.status, refused.headers.get("location")]).toEqual([
      301,
      "https://elsewhere.test",
    ]);
    const allowed = await stages.send("/open", { "x-path": "mine" });
    expect([allowed.status, allowed.headers.get("x-path")]).toEqual([200, null]);
    expect(stages.appSaw("x-path")).toEqual(["/open"]);
  });
});

describe("what a policy sees", () => {
  const seen = 'allow = {"allow": true, "additional_headers": {"x-seen": json.marshal(input)}}';

  test("the request, without headers and body unless they are asked for", async () => {
    const stages = await passage(`package http\n${seen}`);
    await stages.send(
      "/a%20b//c/?x=1&x=2&y=",
      { authorization: "secret" },
      { method: "PUT", body: "hello" },
    );
    expect(JSON.parse(stages.appSaw("x-seen")[0] as string)).toEqual({
      request: {
        method: "PUT",
        path: "/a b//c/",
        path_parts: ["a b", "", "c"],
        raw_query: "x=1&x=2&y=",
        query: { x: ["1", "2"], y: [""] },
        headers: {},
        scheme: "http",
        body: "",
      },
    });
  });

  test("headers by Go's names, and the body, which the app gets too", async () => {
    const stages = await passage(`package http\n${seen}`, {
      includedHeaders: "X-one, authorization,x-absent",
      readBody: "true",
    });
    await stages.send("/", { "x-ONE": "1", AUTHORIZATION: "b", other: "c" }, { body: "hello" });
    const { request } = JSON.parse(stages.appSaw("x-seen")[0] as string);
    expect([request.headers, request.body]).toEqual([
      { "X-One": "1", Authorization: "b" },
      "hello",
    ]);
    expect(stages.app.seen[0]?.text).toBe("hello");
  });

  test("time as the sidecar has it", async () => {
    const clock = new ManualClock(Date.UTC(2031, 4, 6));
    const rego = "package http\nallow { time.date(time.now_ns()) == [2031, 5, 6] }";
    const stages = new Passage(await createMiddleware(opa, { rego }, { clock }));
    expect((await stages.send("/")).status).toBe(200);
  });
});

test.each([
  ["any([false, true])", true],
  ["any({false})", false],
  ["any([])", false],
  ["all([true, true])", true],
  ["all([])", true],
  ["all({true, 1})", false],
  ['re_match("^/[[:alpha:]]+$", "/abc")', true],
  ['re_match("^a$", "b")', false],
  ['re_match("(", "b")', false],
  ['re_match("1", 1)', false],
  ['cast_string("a") == "a"', true],
  ["cast_array(1) == 1", false],
  ["cast_array({1, 2}) == [1, 2]", true],
  ["cast_boolean(true)", true],
  ["cast_null(null) == null", true],
])("the deprecated %s: %s", async (expression, isTrue) => {
  const stages = await passage(`package http\ndefault allow = false\nallow { ${expression} }`);
  const { status, headers } = await stages.send("/");
  expect([status, headers.get("x-dapr-opa-error")]).toEqual([isTrue ? 200 : 403, null]);
});

describe("tokens", () => {
  test("the example of the documentation", async () => {
    const stages = await passage(
      `package http
default allow = true
allow = { "status_code": 301, "additional_headers": { "location": "https://my.site/authorize" } } {
  not jwt.payload["my-claim"]
}
allow = { "allow": true, "additional_headers": { "x-my-claim": my_claim } } {
  my_claim := jwt.payload["my-claim"]
}
jwt = { "payload": payload } {
  auth_header := input.request.headers["Authorization"]
  [_, jwt] := split(auth_header, " ")
  [_, payload, _] := io.jwt.decode(jwt)
}`,
      { includedHeaders: "authorization" },
    );
    for (const authorization of ["", "Bearer x.y.z", `Bearer ${token({ other: 1 }, "s")}`]) {
      const { status, headers } = await stages.send("/", { authorization });
      expect([status, headers.get("location")]).toEqual([301, "https://my.site/authorize"]);
    }
    const claimed = `Bearer ${token({ "my-claim": "é" }, "s")}`;
    expect((await stages.send("/", { authorization: claimed })).status).toBe(200);
    expect(stages.app.seen).toHaveLength(1);
  });

  test.each([
    ["good", { sub: "a" }, "{}", true],
    ["another secret", { sub: "a" }, '{"secret": "other"}', false],
    ["another algorithm", { sub: "a" }, '{"alg": "HS512"}', false],
    ["issuer", { iss: "me" }, '{"iss": "me"}', true],
    ["another issuer", { iss: "you" }, '{"iss": "me"}', false],
    ["meant for others", { aud: ["b"] }, "{}", false],
    ["meant for us", { aud: ["b", "a"] }, '{"aud": "a"}', true],
    ["over", { exp: 1_000 }, "{}", false],
    ["not over yet", { exp: 1_000 }, '{"time": 999000000000}', true],
    ["too early", { nbf: 4_000_000_000 }, "{}", false],
  ])("io.jwt.decode_verify: %s", async (_, payload, constraints, isGood) => {
    const stages = await passage(
      `package http
allow { [good, _, _] := io.jwt.decode_verify(input.request.headers["Token"], object.union({"secret": "s"}, ${constraints})); good == ${isGood} }`,
      { includedHeaders: "token" },
    );
    expect((await stages.send("/", { token: token(payload, "s") })).status).toBe(200);
  });

  test("signatures by keys, as PEM and as JSON Web Keys", async () => {
    const ec = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const signed = `${encode({ alg: "ES256", kid: "k" })}.${encode({})}`;
    const key = { key: ec.privateKey, dsaEncoding: "ieee-p1363" as const };
    const es256 = `${signed}.${sign("sha256", Buffer.from(signed), key).toString("base64url")}`;
    const pem = ec.publicKey.export({ type: "spki", format: "pem" }) as string;
    const set = JSON.stringify({ keys: [{ kid: "k", ...ec.publicKey.export({ format: "jwk" }) }] });
    const stages = await passage(
      `package http
t := input.request.headers["Token"]
allow {
  io.jwt.verify_es256(t, ${JSON.stringify(pem)})
  io.jwt.verify_es256(t, ${JSON.stringify(set)})
  not io.jwt.verify_rs256(t, ${JSON.stringify(pem)})
  not io.jwt.verify_es256(concat("", [t, "AA"]), ${JSON.stringify(pem)})
  own := io.jwt.encode_sign({"alg": "HS256"}, {"a": 1}, {"kty": "oct", "k": "czE"})
  io.jwt.verify_hs256(own, "s1")
  crypto.sha256("a") == "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"
}`,
      { includedHeaders: "token" },
    );
    expect((await stages.send("/", { token: es256 })).status).toBe(200);
  });
});

describe("policies that are wrong", () => {
  test.each([
    ["no Rego", "package http\nallow {", /inline\.rego:2:\d+/],
    ["nothing", "", /package/],
    ["a name that is nowhere", "package http\nallow { nowhere == 1 }", /nowhere/],
  ])("%s ends the start", async (_, rego, text) => {
    await expect(policy(rego)).rejects.toThrow(text);
  });

  test("a status that is none ends the start", async () => {
    await expect(policy("package http", { defaultStatus: "42" })).rejects.toThrow("defaultStatus");
  });

  test("Rego 1 is read too", async () => {
    const stages = await passage(
      'package http\nallow if { some p in input.request.path_parts; p == "x" }',
    );
    expect((await stages.send("/a/x")).status).toBe(200);
  });

  test("evaluation without end is ended, and the next request is decided", async () => {
    const stages = await passage(`package http
allow { input.request.path == "/quick" }
allow { input.request.path == "/slow"
  n := numbers.range(1, 5000)
  count([x | x := n[_] * n[_] * n[_]]) > 0
}`);
    const slow = await stages.send("/slow");
    expect([slow.status, slow.headers.get("x-dapr-opa-error")]).toEqual([403, "true"]);
    expect((await stages.send("/quick")).status).toBe(200);
  });

  test("a trap costs one request", async () => {
    const stages = await passage(`package http
allow { input.request.path == "/quick" }
allow { input.request.path == "/large"
  all := [y | y := sprintf("%1000000d", [numbers.range(1, 100000)[_]])]
  count(all) > 0
}`);
    const large = await stages.send("/large");
    expect([large.status, large.headers.get("x-dapr-opa-error")]).toEqual([403, "true"]);
    expect((await stages.send("/quick")).status).toBe(200);
  });
});
