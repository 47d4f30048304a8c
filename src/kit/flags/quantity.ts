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

/**
 * A quantity that counts bytes: fractions are refused, even where a binary suffix would make them whole.
 * @throws {Error} with the reference's text, which shows how it holds the number
 */
export function parseWholeQuantity(text: string): number {
  const value = parseQuantity(text);
  const match = pattern.exec(text);
  const number = match?.[1] ?? "";
  const suffix = match?.[3] ?? "";
  const point = number.indexOf(".");
  const fraction = point < 0 ? "" : number.slice(point + 1).replace(/0+$/, "");
  const isBinary = suffix.endsWith("i");
  const exponent =
    match?.[2] === undefined
      ? isBinary
        ? 0
        : Math.round(Math.log10(suffixes.get(suffix) ?? 1))
      : Number(match[2]);
  const scale = exponent - fraction.length;
  if (scale >= 0) return value;
  const whole = point < 0 ? number : number.slice(0, point);
  const format = isBinary ? "BinarySI" : match?.[2] === undefined ? "DecimalSI" : "DecimalExponent";
  throw new Error(
    `cannot get bytes from resource quantity value '{{${Number(whole + fraction)} ${scale}} {<nil>}  ${format}}'`,
  );
}
