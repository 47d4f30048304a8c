/** The address of a collector. */
import { quote } from "../../errors/quote.ts";

/** @throws {Error} `invalid collector URL "...": ...` */
export function parseCollectorUrl(text: string): string {
  const complain = (reason: string): Error =>
    new Error(`invalid collector URL ${quote(text)}: ${reason}`);
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):\/\/[^/?#]/.exec(text)?.[1]?.toLowerCase();
  if (scheme === undefined) throw complain("no scheme or host");
  if (scheme !== "http" && scheme !== "https") {
    throw complain(`unsupported protocol scheme ${quote(scheme)}`);
  }
  if (!URL.canParse(text)) throw complain("invalid URL");
  return text;
}
