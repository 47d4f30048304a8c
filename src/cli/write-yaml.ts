/** Writes a list of flat objects as YAML, for people and for programs that take nothing else. */

type Scalar = string | number | boolean;

/** Strings that could be read as something else are in quotes. */
export function yamlOf(items: readonly Readonly<Record<string, Scalar>>[]): string {
  if (items.length === 0) return "[]\n";
  return items
    .flatMap((item) =>
      Object.entries(item).map(
        ([name, value], index) => `${index === 0 ? "- " : "  "}${name}: ${scalar(value)}\n`,
      ),
    )
    .join("");
}

const plainText = /^[A-Za-z/][\w ./@=-]*$/;
const otherMeanings = /^(?:true|false|yes|no|on|off|null|y|n)$/i;

function scalar(value: Scalar): string {
  if (typeof value !== "string") return String(value);
  const isPlain = plainText.test(value) && !value.endsWith(" ") && !otherMeanings.test(value);
  return isPlain ? value : JSON.stringify(value);
}
