/** The registry's client: framing, caches, and what goes wrong. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { PropertySchema } from "../../../src/components/contract.ts";
import {
  kafkaSchemaProperties,
  readKafkaSchemas,
} from "../../../src/components/shared/kafka-schema-settings.ts";
import { KafkaSchemas } from "../../../src/components/shared/kafka-schemas.ts";
import { Properties } from "../../../src/components/shared/properties.ts";
import { UnreadableError } from "../../../src/kit/errors/unreadable-error.ts";
import { ManualClock } from "../../../src/kit/time/manual-clock.ts";
import { SchemaRegistryStandIn } from "../servers/schema-registry-stand-in.ts";

const order = {
  type: "record",
  name: "Order",
  fields: [
    { name: "id", type: "long" },
    { name: "note", type: ["null", "string"], default: null },
  ],
};

let registry: SchemaRegistryStandIn;
beforeAll(async () => {
  registry = await SchemaRegistryStandIn.start();
  registry.register("t-value", 258, order);
  registry.register("a/b-value", 7, "string");
});
afterAll(() => registry[Symbol.asyncDispose]());
beforeEach(() => {
  registry.asked.length = 0;
  registry.credentials = undefined;
  registry.isBroken = false;
  registry.held = undefined;
});

const schema: readonly PropertySchema[] = kafkaSchemaProperties;
const read = (given: Record<string, string>) =>
  readKafkaSchemas(new Properties(new Map(Object.entries(given)), schema));

function open(given: Record<string, string> = {}, clock = new ManualClock()): KafkaSchemas {
  const settings = read({ schemaRegistryURL: `${registry.url}/`, ...given });
  if (settings === undefined) throw new Error("no settings");
  return new KafkaSchemas(settings, clock);
}

const failure = (work: Promise<unknown>): Promise<Error> =>
  work.then(
    () => new Error("it did not fail"),
    (error: Error) => error,
  );

const json = (text: string): Buffer => Buffer.from(text);
const framed = "00" + "00000102" + "36" + "00";

describe("values with a schema of the registry", () => {
  it("have a zero byte and the id before them", async () => {
    await using schemas = open();
    expect((await schemas.encode("t", json('{"id":27}'))).toString("hex")).toBe(framed);
    const note = await schemas.encode("t", json('{"note":"foo","id":-1}'));
    expect(note.toString("hex")).toBe("0000000102" + "01" + "0206666f6f");
    expect(`${await schemas.decode(note)}`).toBe('{"id":-1,"note":"foo"}');
    expect((await schemas.encode("a/b", json('"x"'))).toString("hex")).toBe("00000000070278");
    const long = '{"id":9223372036854775807,"note":null}';
    expect(`${await schemas.decode(await schemas.encode("t", json(long)))}`).toBe(long);
  });

  it("are JSON as Avro has it when they are to be", async () => {
    await using schemas = open({ useAvroJson: "true" });
    const given = json('{"id":-1,"note":{"string":"foo"}}');
    const note = await schemas.encode("t", given);
    expect(note.toString("hex")).toBe("0000000102" + "01" + "0206666f6f");
    expect(`${await schemas.decode(note)}`).toBe(`${given}`);
    const none = await schemas.encode("t", json('{"id":27,"note":null}'));
    expect(none.toString("hex")).toBe(framed);
    expect(`${await schemas.decode(none)}`).toBe('{"id":27,"note":null}');
    await expect(schemas.encode("t", json('{"id":1,"note":"foo"}'))).rejects.toThrow(
      'field "note": expected null or an object with one of null, string',
    );
  });

  it("ask once for an id, and for the latest schema again when its time is over", async () => {
    const clock = new ManualClock();
    await using schemas = open({ schemaLatestVersionCacheTTL: "10s" }, clock);
    const bytes = Buffer.from(framed, "hex");
    await Promise.all(Array.from({ length: 20 }, () => schemas.encode("t", json('{"id":27}'))));
    await Promise.all(Array.from({ length: 20 }, () => schemas.decode(bytes)));
    const both = ["/subjects/t-value/versions/latest", "/schemas/ids/258"];
    expect(registry.asked).toEqual(both);
    await clock.advance(9_999);
    await schemas.encode("t", json('{"id":27}'));
    expect(registry.asked).toEqual(both);
    await clock.advance(1);
    await schemas.encode("t", json('{"id":27}'));
    await schemas.decode(bytes);
    expect(registry.asked).toEqual([...both, both[0]]);
  });

  it("ask each time without a cache", async () => {
    await using schemas = open({ schemaCachingEnabled: "false" });
    for (let i = 0; i < 2; i++) await schemas.encode("t", json('{"id":27}'));
    for (let i = 0; i < 2; i++) await schemas.decode(Buffer.from(framed, "hex"));
    expect(registry.asked).toHaveLength(4);
  });

  it.each<[string, Record<string, string>]>([
    ["properties", { schemaRegistryAPIKey: "me", schemaRegistryAPISecret: "s:ecret" }],
    ["the address", {}],
  ])("sign in with what %s say", async (_name, given) => {
    registry.credentials = "me:s:ecret";
    const url = registry.url.replace("//", "//me:s%3Aecret@");
    await using schemas = open({
      ...(_name === "properties" ? {} : { schemaRegistryURL: url }),
      ...given,
    });
    expect(await schemas.encode("t", json('{"id":27}'))).toHaveLength(7);
    registry.credentials = "another";
    const error = await failure(schemas.decode(Buffer.from(framed, "hex")));
    expect(error).not.toBeInstanceOf(UnreadableError);
    expect(error.message).toContain("401: Unauthorized");
    expect(error.message).not.toContain("ecret");
  });

  it.each<[string, string, string]>([
    ["a field that is missing", "{}", "it is missing"],
    ["another kind", '{"id":"x"}', "expected integer"],
    ["an unknown field", '{"id":1,"x":1}', 'field "x"'],
    ["what is no JSON", "{", "JSON"],
  ])("are refused with %s", async (_name, text, words) => {
    await using schemas = open();
    await expect(schemas.encode("t", json(text))).rejects.toThrow(words);
  });

  it.each<[string, string, string]>([
    ["without prefix", Buffer.from('{"id":1}').toString("hex"), "no schema id"],
    ["that are too short", "00000001", "no schema id"],
    ["of an unknown schema", "000000ffff00", "Schema 65535 not found"],
    ["that end too early", "00000001023602", "invalid data"],
    ["with something behind them", `${framed}00`, "more bytes"],
    ["of another kind of schema", "000000000900", 'of type "PROTOBUF"'],
    ["of a schema that is none", "000000000a00", "unknown type"],
  ])("%s are given up", async (_name, hex, words) => {
    registry.register("proto-value", 9, "message X {}", "PROTOBUF");
    registry.register("broken-value", 10, "nothing");
    await using schemas = open();
    const error = await failure(schemas.decode(Buffer.from(hex, "hex")));
    expect(error).toBeInstanceOf(UnreadableError);
    expect(error.message).toContain(words);
  });

  it("fail until the registry is there again", async () => {
    await using schemas = open();
    registry.isBroken = true;
    const bytes = Buffer.from(framed, "hex");
    for (const work of [schemas.decode(bytes), schemas.encode("t", json('{"id":27}'))]) {
      const error = await failure(work);
      expect(error).not.toBeInstanceOf(UnreadableError);
      expect(error.message).toContain("500: Error in the backend");
    }
    registry.isBroken = false;
    expect(`${await schemas.decode(bytes)}`).toBe('{"id":27,"note":null}');
    await expect(schemas.encode("u", json("1"))).rejects.toThrow("Subject 'u-value' not found.");
    await using away = open({ schemaRegistryURL: "http://127.0.0.1:1" });
    expect(await failure(away.decode(bytes))).not.toBeInstanceOf(UnreadableError);
    await expect(away.encode("t", json("1"))).rejects.toThrow("connection refused");
  });

  it("do not wait longer than who asks, nor than the deadline", async () => {
    const held = Promise.withResolvers<void>();
    registry.held = held.promise;
    const clock = new ManualClock();
    await using schemas = open({}, clock);
    const abort = new AbortController();
    const gone = failure(schemas.encode("t", json('{"id":27}'), abort.signal));
    const patient = schemas.encode("t", json('{"id":27}'));
    abort.abort(new Error("context canceled"));
    expect((await gone).message).toBe("context canceled");
    held.resolve();
    expect((await patient).toString("hex")).toBe(framed);
    registry.held = new Promise(() => {});
    const late = failure(schemas.decode(Buffer.from(framed, "hex")));
    await expect.poll(() => registry.asked.length, { timeout: 20_000, interval: 5 }).toBe(2);
    await clock.advance(10_000);
    expect((await late).message).toContain("context deadline exceeded");
  });
});

describe("settings of the registry", () => {
  it("are none without an address", () => {
    expect(read({ schemaRegistryAPIKey: "x" })).toBeUndefined();
  });

  it.each<[string, Record<string, string>]>([
    ["it is no http or https URL", { schemaRegistryURL: "ftp://x:hidden@y" }],
    ["it is no http or https URL", { schemaRegistryURL: "hidden" }],
    ["badly escaped", { schemaRegistryURL: "http://a:%ff@b" }],
  ])("are refused: %s", (words, given) => {
    expect(() => read(given)).toThrow(words);
    expect(() => read(given)).not.toThrow("hidden");
  });
});
