/**
 * The middleware that asks or checks who somebody is, against a stand-in for a provider.
 */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { component as bearer } from "../../../src/components/middleware/http.bearer.ts";
import { component as oauth2 } from "../../../src/components/middleware/http.oauth2.ts";
import { component as clientCredentials } from "../../../src/components/middleware/http.oauth2clientcredentials.ts";
import { ManualClock } from "../../../src/kit/time/manual-clock.ts";
import { OauthStandIn } from "../servers/oauth-stand-in.ts";
import { createMiddleware, Passage } from "./middleware-context.ts";
import { RecordedLog } from "./state-context.ts";

let provider: OauthStandIn;
let clock: ManualClock;

beforeEach(async () => {
  provider = await OauthStandIn.start();
  clock = new ManualClock();
});

afterEach(() => provider[Symbol.asyncDispose]());

describe("bearer", () => {
  const open = (more: Readonly<Record<string, string>> = {}) =>
    createMiddleware(bearer, { issuer: provider.url, audience: "shop", ...more }, { clock });
  const claims = () => {
    const now = Math.floor(clock.now() / 1000);
    return { iss: provider.url, aud: "shop", iat: now, exp: now + 60 };
  };
  const ask = async (passage: Passage, token: string, scheme = "Bearer"): Promise<number> =>
    (await passage.send("/x", { authorization: `${scheme} ${token}` })).status;

  test("lets good tokens pass, and nothing else", async () => {
    await using stage = await open();
    const passage = new Passage(stage);
    expect(await ask(passage, await provider.sign(claims()))).toBe(200);
    expect(await ask(passage, await provider.sign(claims()), "bEARER")).toBe(200);
    expect(await ask(passage, await provider.sign({ ...claims(), aud: ["a", "shop"] }))).toBe(200);
    const now = Math.floor(clock.now() / 1000);
    expect(await ask(passage, await provider.sign({ ...claims(), exp: now - 290 }))).toBe(200);
    const refused = [
      { ...claims(), aud: "other" },
      { ...claims(), iss: "http://else" },
      { ...claims(), exp: now - 310 },
      { ...claims(), nbf: now + 310 },
      { ...claims(), iat: now + 310 },
    ];
    for (const one of refused) expect(await ask(passage, await provider.sign(one))).toBe(401);
    expect(await ask(passage, await provider.sign(claims(), "first", {}))).toBe(401);
    expect(await ask(passage, "short")).toBe(401);
    expect(await ask(passage, "no.token.at.all")).toBe(401);
    const good = await provider.sign(claims());
    expect(await ask(passage, `${good.slice(0, -6)}AAAAAA`)).toBe(401);
    expect(await ask(passage, good, "Basic")).toBe(401);
    const answer = await passage.send("/x");
    expect(answer).toMatchObject({ status: 401, text: "Unauthorized" });
    expect(answer.headers.get("content-type")).toBe("text/plain; charset=utf-8");
    expect(passage.app.seen).toHaveLength(4);
  });

  test("learns new keys of the issuer, but asks at most every ten minutes", async () => {
    await using stage = await open({ jwksURL: `${provider.url}/keys` });
    const passage = new Passage(stage);
    await provider.addKey("second");
    expect(await ask(passage, await provider.sign(claims(), "second"))).toBe(401);
    expect(provider.keyRequests).toBe(1);
    await clock.advance(10 * 60_000);
    expect(await ask(passage, await provider.sign(claims(), "second"))).toBe(200);
    expect(provider.keyRequests).toBe(2);
    provider.isBroken = true;
    await clock.advance(10 * 60_000);
    await provider.addKey("third");
    expect(await ask(passage, await provider.sign(claims(), "third"))).toBe(500);
    expect(await ask(passage, await provider.sign(claims(), "second"))).toBe(200);
  });

  test("does not start without its properties, its issuer or its keys", async () => {
    await expect(createMiddleware(bearer, {})).rejects.toThrow(
      "metadata property 'issuer' is required",
    );
    await expect(createMiddleware(bearer, { issuerURL: "x" })).rejects.toThrow(
      "metadata property 'audience' is required",
    );
    provider.issuerSaid = `${provider.url}/`;
    await expect(open()).rejects.toThrow("does not match");
    await expect(open({ jwksURL: `${provider.url}/gone` })).rejects.toThrow("status 404");
  });
});

describe("oauth2clientcredentials", () => {
  const good = () => ({
    headerName: "X-Token",
    clientID: "me",
    clientSecret: "s3cret",
    scopes: "a,b",
    tokenURL: `${provider.url}/token`,
  });
  const open = (more: Readonly<Record<string, string>> = {}, log = new RecordedLog()) =>
    createMiddleware(clientCredentials, { ...good(), ...more }, { clock, log });

  test("adds a token, which it keeps until it ends", async () => {
    await using stage = await open({ endpointParamsQuery: "resource=r&x=1" });
    const passage = new Passage(stage);
    await passage.send("/x", { "x-token": "own" });
    expect(passage.appSaw("x-token")).toEqual(["own", "Bearer token1"]);
    expect(Object.fromEntries(provider.asked[0]?.parameters ?? [])).toMatchObject({
      grant_type: "client_credentials",
      scope: "a b",
      resource: "r",
      x: "1",
    });
    await Promise.all([passage.send("/y"), passage.send("/z")]);
    expect(provider.asked).toHaveLength(1);
    await clock.advance(3_595_000);
    await Promise.all([passage.send("/y"), passage.send("/z")]);
    expect(provider.asked).toHaveLength(2);
    expect(passage.appSaw("x-token")).toEqual(["Bearer token2"]);
  });

  test.each([
    ["0", true, [true, false]],
    ["0", false, [true]],
    ["1", true, [false]],
    ["2", false, [true]],
  ])("style %s, only in the body: %s", async (authStyle, takesOnlyBody, inHeader) => {
    provider.takesOnlyBody = takesOnlyBody;
    await using stage = await open({ authStyle });
    const passage = new Passage(stage);
    await passage.send("/x");
    expect(passage.appSaw("x-token")).toHaveLength(1);
    expect(provider.asked.map(({ headers }) => headers.authorization !== undefined)).toEqual(
      inHeader,
    );
  });

  test("a path that is filtered out passes; without a token the answer is empty", async () => {
    const log = new RecordedLog();
    await using stage = await open({ pathFilter: "^/in" }, log);
    const passage = new Passage(stage);
    provider.isBroken = true;
    expect(await passage.send("/out")).toMatchObject({ status: 200, text: "ok" });
    expect(await passage.send("/in")).toMatchObject({ status: 200, text: "" });
    expect(passage.app.seen).toHaveLength(1);
    expect(log.lines.join()).toContain("Error acquiring token");
    expect(log.lines.join()).not.toContain("s3cret");
    provider.isBroken = false;
    expect(await passage.send("/in")).toMatchObject({ status: 200, text: "ok" });
  });

  test("names everything that is missing", async () => {
    await expect(createMiddleware(clientCredentials, { scopes: "x" })).rejects.toThrow(
      "metadata errors: Parameter 'headerName' needs to be set. Parameter 'clientID' needs to be set. Parameter 'clientSecret' needs to be set. Parameter 'tokenURL' needs to be set. ",
    );
    await expect(open({ authStyle: "3" })).rejects.toThrow(
      "Parameter 'authStyle' can only have the values 0,1,2. Received: '3'. ",
    );
  });
});

describe("oauth2", () => {
  const open = (more: Readonly<Record<string, string>> = {}) =>
    createMiddleware(
      oauth2,
      {
        clientID: "me",
        clientSecret: "s3cret",
        scopes: "openid,profile",
        authURL: "https://provider.test/login",
        tokenURL: `${provider.url}/token`,
        authHeaderName: "X-User-Token",
        redirectURL: "http://app.test/back",
        ...more,
      },
      { clock },
    );

  /** Goes to the login page. @returns the cookie and the state that the provider would be given */
  async function begin(passage: Passage, path = "/first?a=1") {
    const { status, headers } = await passage.send(path);
    expect(status).toBe(302);
    const location = new URL(headers.get("location") ?? "");
    const cookie = (headers.get("set-cookie") ?? "").split(";", 1)[0] ?? "";
    return { location, cookie, state: location.searchParams.get("state") ?? "" };
  }

  test("sends users to the provider and back, then adds their token", async () => {
    await using stage = await open();
    const passage = new Passage(stage);
    const { location, cookie, state } = await begin(passage);
    expect(`${location.origin}${location.pathname}`).toBe("https://provider.test/login");
    expect(Object.fromEntries(location.searchParams)).toEqual({
      client_id: "me",
      redirect_uri: "http://app.test/back",
      response_type: "code",
      scope: "openid profile",
      state,
    });
    const back = await passage.send(`/back?code=c1&state=${state}`, { cookie });
    expect(back.status).toBe(302);
    expect(back.headers.get("location")).toBe("http://app.test:80/first?a=1");
    expect(provider.asked[0]?.parameters.get("code")).toBe("c1");
    expect(provider.asked[0]?.parameters.get("redirect_uri")).toBe("http://app.test/back");
    const third = await passage.send("/first?a=1", {
      cookie: `a=b; ${cookie}`,
      "X-User-Token": "x",
    });
    expect(third).toMatchObject({ status: 200, text: "ok" });
    expect(passage.appSaw("x-user-token")).toEqual(["Bearer token1"]);
    await clock.advance(3_595_000);
    expect((await passage.send("/first", { cookie })).status).toBe(302);
  });

  test("refuses what does not belong to a session", async () => {
    await using stage = await open({ forceHTTPS: "true" });
    const passage = new Passage(stage);
    expect((await passage.send("/back?code=c&state=s")).status).toBe(500);
    const { cookie, state } = await begin(passage);
    const send = (query: string) => passage.send(`/back?${query}`, { cookie });
    expect(await send("code=c&state=other")).toMatchObject({ status: 400, text: "invalid state" });
    expect(await send(`state=${state}`)).toMatchObject({ status: 400, text: "code not found" });
    expect((await send(`code=wrong&state=${state}`)).status).toBe(500);
    const back = await send(`code=c&state=${state}`);
    expect(back.headers.get("location")).toBe("https://app.test:80/first?a=1");
    await clock.advance(61 * 60_000);
    expect((await send("code=c&state=s")).status).toBe(500);
    expect(passage.app.seen).toEqual([]);
  });

  test("a path that is filtered out needs no login", async () => {
    await using stage = await open({ pathFilter: "^/private/" });
    const passage = new Passage(stage);
    expect((await passage.send("/public")).status).toBe(200);
    expect((await passage.send("/private/x")).status).toBe(302);
    await expect(open({ tokenURL: "nowhere" })).rejects.toThrow("must be a URL");
  });
});
