/**
 * `import ... from "tricorne/components"` in a component file: the values of this process, wherever the file is.
 */
import { registerHooks } from "node:module";
import { BindingError } from "../bindings/contract.ts";
import { Properties } from "../shared/properties.ts";
import { BulkStoreError, EtagInvalidError, EtagMismatchError } from "../state/contract.ts";

/** The values that `src/components/typescript/exports.ts` exports. */
export const offeredValues = {
  BindingError,
  BulkStoreError,
  EtagInvalidError,
  EtagMismatchError,
  Properties,
};

export const moduleName = "tricorne/components";
const address = "tricorne:components";
const shared = Symbol.for("tricorne.components");

let isRegistered = false;

/** Once for the process, when the first component file is loaded. */
export function offerModule(): void {
  if (isRegistered) return;
  isRegistered = true;
  Object.defineProperty(globalThis, shared, { value: offeredValues });
  const names = Object.keys(offeredValues).join(", ");
  const source = `export const { ${names} } = globalThis[Symbol.for("tricorne.components")];`;
  registerHooks({
    resolve: (specifier, context, next) =>
      specifier === moduleName
        ? { url: address, format: "module", shortCircuit: true }
        : next(specifier, context),
    load: (url, context, next) =>
      url === address ? { source, format: "module", shortCircuit: true } : next(url, context),
  });
}
