import { describe, expect, it } from "vitest";
import { type KafkaRecord, outgoingRecord, recordData, recordMetadata } from "./kafka-records.ts";

const plain = { escapes: false, excluded: undefined };

const record: KafkaRecord = {
  topic: "t",
  partition: 3,
  offset: 12_345_678_901_234_567n,
  leaderEpoch: 0,
  timestamp: 1_700_000_000_123n,
  key: Buffer.from("k y"),
  value: Buffer.from("v"),
  headers: [
    [Buffer.from("a"), Buffer.from("x&y z'")],
    [Buffer.from("b"), null],
  ],
};

describe("records of Kafka", () => {
  it("have every entry as header, and a key", () => {
    const metadata = new Map([
      ["__key", "first"],
      ["partitionKey", "second"],
      ["partitionNumber", "4"],
      ["x-no", "1"],
    ]);
    const sent = outgoingRecord(Buffer.from("v"), metadata, { ...plain, excluded: /^x-/ });
    expect([...sent.headers].map((pair) => pair.map(String))).toEqual([
      ["__key", "first"],
      ["partitionKey", "second"],
      ["partitionNumber", "4"],
    ]);
    expect(`${sent.key}`).toBe("second");
    expect(sent.partition).toBe(4);
  });

  it.each(["-1", "1.5", "x", "4294967296"])("have no partition %j", (partitionNumber) => {
    const metadata = new Map([["partitionNumber", partitionNumber]]);
    expect(() => outgoingRecord(Buffer.from("v"), metadata, plain)).toThrow("partitionNumber");
  });

  it("are tombstones for JSON's null, both ways", () => {
    expect(outgoingRecord(Buffer.from("null"), new Map(), plain).value).toBeUndefined();
    expect(recordData({ ...record, value: null }).toString()).toBe("null");
  });

  it("show what is known of them", () => {
    const known = { __offset: "12345678901234567", __topic: "t", __timestamp: "1700000000123" };
    expect(Object.fromEntries(recordMetadata(record, plain))).toEqual({
      ...known,
      __key: "k y",
      __partition: "3",
      a: "x&y z'",
      b: "",
    });
    const shown = recordMetadata(record, { escapes: true, excluded: /b/ });
    expect(Object.fromEntries(shown)).toEqual({
      ...known,
      __key: "k+y",
      __partition: "3",
      a: "x%26y+z%27",
    });
  });
});
