import { describe, expect, it } from "vitest";
import { UnreadableError } from "../../kit/errors/unreadable-error.ts";
import { parseEvent } from "./receive.ts";
import { compileRoutes } from "./routing.ts";

const event = (value: object) => parseEvent(Buffer.from(JSON.stringify(value)));

describe("routes of events", () => {
  it("gives the path of the first rule that matches", () => {
    const route = compileRoutes([
      { match: 'event.type == "a"', path: "/a" },
      { match: "event.data.n > 1.0", path: "/n" },
      { match: " \t", path: "/rest" },
      { match: "true", path: "/never" },
    ]);
    expect(route(event({ type: "a" }))).toBe("/a");
    expect(route(event({ type: "b", data: { n: 2 } }))).toBe("/n");
    expect(route(event({ type: "b", data: { n: 1 } }))).toBe("/rest");
  });

  it("gives none where no rule matches", () => {
    expect(compileRoutes([])(event({}))).toBeUndefined();
    expect(compileRoutes([{ match: "false", path: "/x" }])(event({}))).toBeUndefined();
  });

  it.each([
    ["a member is missing", 'event.data.a == "x"', { id: "1" }],
    ["a member is of another type", 'event.data.startsWith("x")', { data: 5 }],
    ["nobody declared the name", "nothing.at.all", {}],
    ["the result is no boolean", "event.id", { id: "1" }],
  ])("says that no later attempt can judge an event either when %s", (_why, match, value) => {
    const route = compileRoutes([{ match, path: "/x" }]);
    expect(() => route(event(value))).toThrow(UnreadableError);
  });

  it("judges events of any depth, and keeps nothing of them", () => {
    const route = compileRoutes([
      { match: "event.data == event.other", path: "/same" },
      { match: "[[[[[[1.0]]]]]] == event.list", path: "/list" },
      { match: 'event.data.startsWith("x")', path: "/never" },
    ]);
    const nested = (depth: number, open: string, close: string): string =>
      `${open.repeat(depth)}1${close.repeat(depth)}`;
    const ofText = (text: string) => parseEvent(Buffer.from(text));
    expect(route(ofText('{"data":1,"other":2,"list":[[[[[[1]]]]]]}'))).toBe("/list");
    // The names of all these types together would be some GiB.
    for (const depth of [9_000, 8_999, 8_998, 8_997]) {
      const deep = nested(depth, '{"a":', "}");
      expect(() => route(ofText(`{"data":${deep},"other":1,"list":1}`))).toThrow(UnreadableError);
    }
    const lists = nested(900, "[", "]");
    expect(route(ofText(`{"data":${lists},"other":${lists}}`))).toBe("/same");
  });

  it("refuses a rule that does not compile", () => {
    expect(() => compileRoutes([{ match: "event.(", path: "/x" }])).toThrow(/^ERROR: <input>: /);
  });
});
