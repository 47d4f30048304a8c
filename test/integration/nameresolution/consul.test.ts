import { afterEach, beforeEach, expect, test } from "vitest";
import { component } from "../../../src/components/nameresolution/consul.ts";
import { ConsulStandIn } from "../servers/consul-stand-in.ts";
import { createResolver, lookUp, type ResolverOptions } from "./resolvers.ts";

let consul: ConsulStandIn;

beforeEach(async () => {
  consul = await ConsulStandIn.start();
});

afterEach(() => consul[Symbol.asyncDispose]());

const open = (settings: Readonly<Record<string, unknown>>, options: ResolverOptions = {}) =>
  createResolver(
    component,
    JSON.stringify({ client: { address: consul.address }, ...settings }),
    options,
  );

test("registers itself with its health check, is found, and takes itself away", async () => {
  const resolver = await open(
    { selfRegister: true, selfDeregister: true, tags: ["a"], meta: { Team: "x" } },
    { appId: "shop" },
  );
  expect(consul.asked[0]?.body).toEqual({
    ID: "shop-10.0.0.7-3500",
    Name: "shop",
    Address: "10.0.0.7",
    Port: 8080,
    Tags: ["a"],
    Meta: { Team: "x", DAPR_PORT: "50002" },
    Checks: [
      {
        Name: "Dapr Health Status",
        CheckID: "daprHealth:shop-10.0.0.7-3500",
        Interval: "15s",
        HTTP: "http://10.0.0.7:3500/v1.0/healthz?appid=shop",
      },
    ],
  });
  expect(await lookUp(resolver, "shop")).toEqual(["10.0.0.7:50002"]);
  expect(consul.asked.at(-1)?.query.get("passing")).toBe("1");
  await resolver[Symbol.asyncDispose]();
  expect(consul.services.size).toBe(0);
});

test("only looks up where it does not register; the agent must answer", async () => {
  await using resolver = await open({});
  expect(consul.asked.map(({ method, path }) => `${method} ${path}`)).toEqual([
    "GET /v1/agent/self",
  ]);
  await expect(lookUp(resolver, "nobody")).rejects.toThrow(
    "no healthy services found with AppID 'nobody'",
  );
  consul.services.set("1", { ID: "1", Name: "bare", Address: "10.1.1.1", Meta: {} });
  await expect(lookUp(resolver, "bare")).rejects.toThrow(
    "target service AppID 'bare' found but DAPR_PORT missing from meta",
  );
  consul.services.set("1", { ID: "1", Name: "bare", Address: "", Meta: { DAPR_PORT: "7" } });
  expect(await lookUp(resolver, "bare")).toEqual(["10.9.9.9:7"]);
  consul.failure = "No cluster leader";
  await expect(lookUp(resolver, "bare")).rejects.toThrow(
    "failed to query healthy consul services: Unexpected response code: 500 (No cluster leader)",
  );
  await expect(open({})).rejects.toThrow("Unexpected response code: 500");
});

test("names of its own, checks, registration, query options and credentials reach the agent", async () => {
  await using _resolver = await open({
    client: { address: consul.address, token: "secret", datacenter: "dc1" },
    daprPortMetaKey: "P",
    selfRegister: true,
    checks: [{ name: "tcp", checkID: "c", tcp: "10.0.0.7:8080", interval: "5s" }],
  });
  const { body, headers, query } = consul.asked[0] ?? {};
  expect(body.Checks).toEqual([
    { Name: "tcp", CheckID: "c", TCP: "10.0.0.7:8080", Interval: "5s" },
  ]);
  expect(body.Meta).toEqual({ P: "50002" });
  expect(headers?.["x-consul-token"]).toBe("secret");
  expect(query?.get("dc")).toBe("dc1");

  await using advanced = await open({
    selfRegister: true,
    daprPortMetaKey: "P",
    queryOptions: { datacenter: "dc2", allowStale: true },
    advancedRegistration: { id: "own", name: "other", port: 1, meta: { P: "9" } },
  });
  expect(consul.services.get("own")).toMatchObject({ Name: "other", Port: 1, Meta: { P: "9" } });
  await lookUp(advanced, "other");
  expect([...(consul.asked.at(-1)?.query.keys() ?? [])].sort()).toEqual(["dc", "passing", "stale"]);
});

test("an agent that is not there is an error of the start", async () => {
  await using other = await ConsulStandIn.start();
  const { address } = other;
  await other[Symbol.asyncDispose]();
  await expect(open({ client: { address }, selfRegister: true })).rejects.toThrow(
    /failed to register consul service: Put .*connection refused/,
  );
});
