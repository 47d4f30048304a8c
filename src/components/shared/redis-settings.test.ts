import { describe, expect, it } from "vitest";
import { readAddresses, redisProperties, redisSettings } from "./redis-settings.ts";

const schema = redisProperties("state");
const settings = (given: Record<string, string>) =>
  redisSettings(new Map(Object.entries(given)), schema);

describe("addresses", () => {
  it.each([
    ["", undefined, [["localhost", 6379]]],
    ["h", undefined, [["h", 6379]]],
    ["h:1", undefined, [["h", 1]]],
    ["h:1", "1", [["h", 1]]],
    ["h", "7", [["h", 7]]],
    [
      "a:1, b ,c:3",
      undefined,
      [
        ["a", 1],
        ["b", 6379],
        ["c", 3],
      ],
    ],
    ["[::1]:5", undefined, [["::1", 5]]],
    ["[::1]", "8", [["::1", 8]]],
    ["::1", undefined, [["::1", 6379]]],
    [":5", undefined, [["localhost", 5]]],
  ])("%j with port %s", (hosts, port, expected) => {
    expect(readAddresses(hosts, port).map(({ host, port: own }) => [host, own])).toEqual(expected);
  });

  it("with two ports are refused", () => {
    expect(() => settings({ redisHost: "127.0.0.1:6", redisPort: "7" })).toThrow(
      'redis client configuration error: redis host "127.0.0.1:6" already contains port 6, but redisPort is set to 7; ' +
        "either remove the port from redisHost or remove the redisPort setting",
    );
  });
});

describe("fields", () => {
  it("have the documented defaults", () => {
    expect(settings({ redisHost: "h" })).toMatchObject({
      shownHost: "h:6379",
      database: 0,
      isCluster: false,
      tls: undefined,
      sentinel: undefined,
      maxRetries: 3,
      dialTimeoutMs: 5000,
      readTimeoutMs: 3000,
    });
  });

  it("read plain numbers as milliseconds, and keep negative ones", () => {
    expect(settings({ dialTimeout: "250" }).dialTimeoutMs).toBe(250);
    expect(settings({ readTimeout: "-1" }).readTimeoutMs).toBe(-1);
    expect(settings({ readTimeout: "1m" }).readTimeoutMs).toBe(60_000);
  });

  it("turn TLS, cluster and sentinels on", () => {
    expect(
      settings({ enableTLS: "T", insecureSkipTLSVerify: "1", clientCert: "C", clientKey: "K" }).tls,
    ).toEqual({ skipVerify: true, clientCert: "C", clientKey: "K" });
    expect(settings({ redisType: "cluster" }).isCluster).toBe(true);
    expect(settings({ redisType: "Cluster" }).isCluster).toBe(false);
    expect(settings({ failover: "true", sentinelMasterName: "m" }).sentinel?.masterName).toBe("m");
    expect(settings({ maxRetries: "-1" }).maxRetries).toBe(-1);
  });

  it.each([
    [{ enableTLS: "yes please" }, `error decoding 'enableTLS': invalid bool "yes please"`],
    [{ enableTLS: "" }, `error decoding 'enableTLS': invalid bool ""`],
    [{ failover: "yes" }, `error decoding 'failover': invalid bool "yes"`],
    [
      { redisDB: "" },
      `cannot parse 'redisDB' as int: strconv.ParseInt: parsing "": invalid syntax`,
    ],
    [{ readTimeout: "x" }, `error decoding 'readTimeout': time: invalid duration "x"`],
  ])("%j is refused", (given, problem) => {
    expect(() => settings(given)).toThrow(
      `redis client configuration error: decode failed. 1 error(s) decoding:\n\n* ${problem}`,
    );
  });

  it("names all problems at once", () => {
    expect(() => settings({ redisDB: "a", enableTLS: "b" })).toThrow(
      /2 error\(s\) decoding:\n\n\* .*\n\* /,
    );
  });
});
