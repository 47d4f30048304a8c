/**
 * Header lines over the flat lists that the HTTP server and client speak.
 */
import type { HeaderLines } from "../../components/middleware/contract.ts";

export class FlatHeaders implements HeaderLines {
  #lines: string[];
  isChanged = false;

  /** @param lines name0, value0, ...; copied on the first change */
  constructor(lines: readonly string[]) {
    this.#lines = lines as string[];
  }

  /** name0, value0, ... */
  get lines(): readonly string[] {
    return this.#lines;
  }

  get(name: string): string | undefined {
    const wanted = name.toLowerCase();
    for (let i = 0; i < this.#lines.length; i += 2) {
      if ((this.#lines[i] as string).toLowerCase() === wanted) return this.#lines[i + 1];
    }
    return undefined;
  }

  all(name: string): readonly string[] {
    const wanted = name.toLowerCase();
    return this.#lines.filter(
      (_, i) => i % 2 === 1 && (this.#lines[i - 1] as string).toLowerCase() === wanted,
    );
  }

  set(name: string, value: string): void {
    this.delete(name);
    this.add(name, value);
  }

  add(name: string, value: string): void {
    this.#own().push(name, value);
  }

  delete(name: string): void {
    if (this.get(name) === undefined) return;
    const wanted = name.toLowerCase();
    const lines = this.#own();
    this.#lines = lines.filter((_, i) => lines[i - (i % 2)]?.toLowerCase() !== wanted);
  }

  names(): readonly string[] {
    const seen = new Map<string, string>();
    for (let i = 0; i < this.#lines.length; i += 2) {
      const name = this.#lines[i] as string;
      if (!seen.has(name.toLowerCase())) seen.set(name.toLowerCase(), name);
    }
    return [...seen.values()];
  }

  #own(): string[] {
    if (!this.isChanged) this.#lines = [...this.#lines];
    this.isChanged = true;
    return this.#lines;
  }
}

/** As node:http shows the headers of a request: lower-case names, repeated ones joined. */
export function joinedHeaders(lines: readonly string[]): Record<string, string | string[]> {
  const joined: Record<string, string | string[]> = Object.create(null);
  for (let i = 0; i < lines.length; i += 2) {
    const name = (lines[i] as string).toLowerCase();
    const value = lines[i + 1] as string;
    const before = joined[name];
    if (before === undefined) joined[name] = name === "set-cookie" ? [value] : value;
    else if (Array.isArray(before)) before.push(value);
    else if (!single.has(name))
      joined[name] = `${before}${name === "cookie" ? "; " : ", "}${value}`;
  }
  return joined;
}

/** Of these the first one counts. */
const single: ReadonlySet<string> = new Set([
  "authorization",
  "content-length",
  "content-type",
  "from",
  "host",
  "if-modified-since",
  "if-unmodified-since",
  "max-forwards",
  "proxy-authorization",
  "referer",
  "user-agent",
]);
