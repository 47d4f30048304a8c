/**
 * middleware.http.opa: known by name, so that a pipeline that relies on its policy does not silently run without it.
 * @see spec 04 §8.7
 */
import type { ComponentDefinition } from "../contract.ts";
import type { Middleware } from "./contract.ts";

export const component = {
  type: "middleware.http.opa",
  versions: ["v1"],
  summary:
    "Not supported: it would need an interpreter of Rego. A sidecar that names it does not start.",
  properties: [],
  takesAnyProperty: true,
  create: () =>
    Promise.reject(
      new Error("middleware.http.opa is not supported: there is no interpreter of Rego policies"),
    ),
} satisfies ComponentDefinition<Middleware>;
