import { expect, it } from "vitest";
import * as exported from "./exports.ts";
import { offeredValues } from "./module-name.ts";

it("offers at run time what the types promise", () => {
  expect({ ...exported }).toEqual(offeredValues);
});
