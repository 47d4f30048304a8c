import { describe, expect, it } from "vitest";
import { entryPayload, readBulkBody } from "./requests.ts";

const read = (body: string) => readBulkBody(Buffer.from(body));

describe("the body of a bulk publish", () => {
  it("reads names in any case, and what follows the list not at all", () => {
    const [entry] = read(
      '[{"ENTRYID":"1","Event":{"b":1.50,"a":1e21},"contenttype":"application/json","METADATA":{"k":null}}] x',
    );
    expect(entry?.entryId).toBe("1");
    expect(entry?.metadata).toEqual(new Map([["k", ""]]));
    expect(entry && entryPayload(entry).toString()).toBe('{"a":1e+21,"b":1.5}');
  });

  const member = (name: string, type: string): string =>
    `into Go struct field bulkPublishMessageEntry.${name} of type ${type}`;

  it.each([
    ["", "EOF"],
    ["[", "unexpected EOF"],
    ["{}", "json: cannot unmarshal object into Go value of type []http.bulkPublishMessageEntry"],
    ["[1]", "json: cannot unmarshal number into Go value of type http.bulkPublishMessageEntry"],
    ['[{"entryId":1}]', `json: cannot unmarshal number ${member("entryId", "string")}`],
    [
      '[{"metadata":[]}]',
      `json: cannot unmarshal array ${member("metadata", "map[string]string")}`,
    ],
    ['[{"event":{"a":[1e400]}}]', member("event", "float64")],
    ['[{"event":-1e400}]', member("event", "float64")],
  ])("refuses %s", (body, text) => {
    expect(() => read(body)).toThrow(text);
  });
});
