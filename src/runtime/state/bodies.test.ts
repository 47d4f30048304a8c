import { describe, expect, it } from "vitest";
import { readBulkGet, readOperation, readSaveItems, readTransaction } from "./bodies.ts";

const none = new Map<string, string>();
const bytes = (text: string): Buffer => Buffer.from(text);

function failure(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    return (error as Error).message;
  }
  return "";
}

describe("saving", () => {
  it("reads items loosely", () => {
    const text =
      '[{"KEY":"a","Value":1,"etag":"","metadata":{"x":"1","y":null},"options":{"Concurrency":"c"},"z":[]},null] rest';
    const [first, second] = readSaveItems(bytes(text), new Map([["x", "2"]]));
    expect(first).toEqual({
      key: "a",
      value: { kind: "json", value: 1 },
      etag: "",
      concurrency: "c",
      consistency: "",
      metadata: new Map([
        ["x", "2"],
        ["y", ""],
      ]),
    });
    expect(second).toMatchObject({
      key: "",
      value: { kind: "json", value: null },
      etag: undefined,
    });
    expect(readSaveItems(bytes("null"), none)).toEqual([]);
  });

  it.each([
    ["", "EOF"],
    ["[", "unexpected EOF"],
    ["{}", "json: cannot unmarshal object into Go value of type []state.SetRequest"],
    ["[1]", "json: cannot unmarshal number into Go value of type state.SetRequest"],
    [
      '[{"key":5}]',
      "json: cannot unmarshal number into Go struct field SetRequest.key of type string",
    ],
    [
      '[{"etag":7}]',
      "json: cannot unmarshal number into Go struct field SetRequest.etag of type string",
    ],
    [
      '[{"metadata":{"n":1}}]',
      "json: cannot unmarshal number into Go struct field SetRequest.metadata of type string",
    ],
    [
      '[{"metadata":[]}]',
      "json: cannot unmarshal array into Go struct field SetRequest.metadata of type map[string]string",
    ],
    [
      '[{"options":"x"}]',
      "json: cannot unmarshal string into Go struct field SetRequest.options of type state.SetStateOption",
    ],
    [
      '[{"options":{"concurrency":3}}]',
      "json: cannot unmarshal number into Go struct field SetStateOption.options.Concurrency of type string",
    ],
    [
      '[{"value":1e400}]',
      "json: cannot unmarshal number into Go struct field SetRequest.value of type float64",
    ],
    [
      '[{"value":{"a":[1e400]}}]',
      "json: cannot unmarshal number into Go struct field SetRequest.value of type float64",
    ],
  ])("refuses %j", (text, message) => {
    expect(failure(() => readSaveItems(bytes(text), none))).toBe(message);
  });
});

it("reads bulk gets", () => {
  const text = '{"KEYS":["a",null],"parallelism":-3,"metadata":{"z":"1"}}';
  expect(readBulkGet(bytes(text), none)).toEqual({
    keys: ["a", ""],
    parallelism: -3,
    metadata: new Map([["z", "1"]]),
  });
  expect(readBulkGet(bytes("null"), none).keys).toEqual([]);
  expect(failure(() => readBulkGet(bytes('{"keys":"a"}'), none))).toBe(
    "json: cannot unmarshal string into Go struct field BulkGetRequest.keys of type []string",
  );
});

describe("transactions", () => {
  it("read operations, and their requests one by one", () => {
    const text =
      '{"operations":[{"operation":"upsert","request":{"key":"a","value":[1]}},null],"metadata":{"m":"1"}}';
    const body = readTransaction(bytes(text));
    expect(body.operations.map(({ operation }) => operation)).toEqual(["upsert", ""]);
    expect(body.metadata).toEqual(new Map([["m", "1"]]));
    expect(readOperation(body.operations[0]?.request ?? null, new Map([["q", "1"]]))).toMatchObject(
      {
        key: "a",
        value: { kind: "json", value: [1] },
        metadata: new Map([["q", "1"]]),
      },
    );
    expect(readOperation(null, none)).toMatchObject({ key: "", contentType: undefined });
  });

  it.each([
    ['"r"', "'' expected a map, got 'string'"],
    ["[1]", "'' expected a map, got 'slice'"],
    [
      '{"key":7}',
      "1 error(s) decoding:\n\n* 'Key' expected type 'string', got unconvertible type 'float64', value: '7'",
    ],
    [
      '{"contentType":1}',
      "1 error(s) decoding:\n\n* 'ContentType' expected type 'string', got unconvertible type 'float64', value: '1'",
    ],
    [
      '{"etag":true}',
      "1 error(s) decoding:\n\n* 'ETag' expected type 'string', got unconvertible type 'bool', value: 'true'",
    ],
    [
      '{"metadata":{"a":1}}',
      "1 error(s) decoding:\n\n* 'Metadata[a]' expected type 'string', got unconvertible type 'float64', value: '1'",
    ],
    ['{"options":1}', "1 error(s) decoding:\n\n* 'Options' expected a map, got 'float64'"],
  ])("refuse %s", (request, message) => {
    const { operations } = readTransaction(
      bytes(`{"operations":[{"operation":"upsert","request":${request}}]}`),
    );
    expect(failure(() => readOperation(operations[0]?.request ?? null, none))).toBe(message);
  });
});
