/**
 * Kubernetes resource quantities: `4Mi`, `4194304`, `9.2E`, `1e3`.
 * Source: the Kubernetes API conventions, "Quantity".
 */
const suffixes: ReadonlyMap<string, number> = new Map([
  ["", 1],
  ["m", 1e-3],
  ["u", 1e-6],
  ["n", 1e-9],
  ["k", 1e3],
  ["M", 1e6],
  ["G", 1e9],
  ["T", 1e12],
  ["P", 1e15],
  ["E", 1e18],
  ["Ki", 2 ** 10],
  ["Mi", 2 ** 20],
  ["Gi", 2 ** 30],
  ["Ti", 2 ** 40],
  ["Pi", 2 ** 50],
  ["Ei", 2 ** 60],
]);

const pattern = /^([+-]?(?:\d+\.?\d*|\.\d+))(?:[eE]([+-]?\d+)|([a-zA-Z]{0,2}))$/;

/** @returns a whole number, rounded up @throws {Error} with the reference's text */
export function parseQuantity(text: string): number {
  if (text === "") {
    throw new Error(
      "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
    );
  }
  const match = pattern.exec(text);
  const factor = match?.[2] === undefined ? suffixes.get(match?.[3] ?? "") : 10 ** Number(match[2]);
  if (match === null || factor === undefined) {
    throw new Error(
      /^[+-]?[0-9.]+[eEinumkKMGTP]*[-+]?[0-9]*$/.test(text)
        ? "unable to parse quantity's suffix"
        : "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
    );
  }
  return Math.ceil(Number(match[1]) * factor);
}
