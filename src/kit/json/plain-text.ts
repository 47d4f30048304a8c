/**
 * The reference's default text form of a JSON value: strings without quotes, `map[a:1]`, `[x 2]`, `<nil>`, numbers as %g
 * does.
 * @see spec 01 §5.10, spec 03 §10.1
 */
import { formatNumber } from "../metrics/metrics.ts";
import { sortedByBytes } from "./encode.ts";
import { isJsonObject, type JsonValue } from "./value.ts";

export function plainText(root: JsonValue): string {
  let text = "";
  // Strings are text that is ready to be written; everything else is still to be rendered.
  const todo: (JsonValue | { readonly ready: string })[] = [root];
  while (todo.length > 0) {
    const item = todo.pop() as JsonValue | { readonly ready: string };
    if (item === null) text += "<nil>";
    else if (typeof item === "number") text += Object.is(item, -0) ? "-0" : formatNumber(item);
    else if (typeof item !== "object") text += String(item);
    else if ("ready" in item) text += item.ready;
    else todo.push(...parts(item).reverse());
  }
  return text;
}

function parts(
  value: readonly JsonValue[] | ReadonlyMap<string, JsonValue>,
): (JsonValue | { readonly ready: string })[] {
  if (!isJsonObject(value)) {
    const items = (value as readonly JsonValue[]).flatMap((item, i) =>
      i === 0 ? [item] : [{ ready: " " }, item],
    );
    return [{ ready: "[" }, ...items, { ready: "]" }];
  }
  const members = sortedByBytes([...value.keys()]).flatMap((name, i) => [
    { ready: `${i === 0 ? "" : " "}${name}:` },
    value.get(name) as JsonValue,
  ]);
  return [{ ready: "map[" }, ...members, { ready: "]" }];
}
