import { describe, expect, it } from "vitest";
import { mayPublish, maySubscribe, readScopes } from "./scopes.ts";

const scopes = (properties: Readonly<Record<string, string>>) =>
  readScopes((name) => properties[name] ?? "", "me");

describe("topics of an app", () => {
  it("are all, without scopes", () => {
    expect(mayPublish(scopes({}), "any")).toBe(true);
  });

  it("are those that are allowed at all", () => {
    const allowed = scopes({ allowedtopics: "a, b" });
    expect(["a", "b", "c"].map((topic) => mayPublish(allowed, topic))).toEqual([true, true, false]);
  });

  it("are those of the app, when it is named", () => {
    const own = scopes({ publishingscopes: "me=a, b;other=c", subscriptionscopes: "other=a" });
    expect(["a", "b", "c"].map((topic) => mayPublish(own, topic))).toEqual([true, true, false]);
    expect(maySubscribe(own, "a")).toBe(true);
  });

  it("are none, when the app is named with nothing", () => {
    expect(mayPublish(scopes({ publishingscopes: "me=" }), "a")).toBe(false);
  });

  it("are not the protected ones, unless they are the app's", () => {
    const guarded = scopes({ protectedtopics: "p", subscriptionscopes: "me=p" });
    expect(mayPublish(guarded, "p")).toBe(false);
    expect(maySubscribe(guarded, "p")).toBe(true);
    expect(maySubscribe(guarded, "q")).toBe(false);
  });

  it("come together from several pieces; pieces without = are nothing", () => {
    const pieces = scopes({ publishingscopes: "me=a;junk;me=b" });
    expect(["a", "b", "junk"].map((topic) => mayPublish(pieces, topic))).toEqual([
      true,
      true,
      false,
    ]);
  });
});
