/** What a request carries, as bindings that store it take it. */
import { parseJson } from "../../kit/json/parse.ts";

/** A quoted string loses its quotes; anything else stays as it is. */
export function unquote(data: Buffer): Buffer {
  if (data[0] !== 0x22) return data;
  try {
    const value = parseJson(data);
    return typeof value === "string" ? Buffer.from(value) : data;
  } catch {
    return data;
  }
}

/** undefined: it is no base64. */
export function fromBase64(bytes: Buffer): Buffer | undefined {
  const text = bytes.toString("latin1").replaceAll(/[\r\n]/g, "");
  const isBase64 = text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text);
  return isBase64 ? Buffer.from(text, "base64") : undefined;
}
