/**
 * Links and addresses of Git repositories, which stay as they are.
 * @see spec 01 §10.4
 */
import { isWord, oneOf } from "./pii-entities.ts";

export interface LinkFinder {
  /** End of the link that begins there, or -1. */
  endAt(at: number, code: number): number;
}

export const keptLinks = (text: string): LinkFinder => new Links(text);

const isHost = oneOf("abcdefghijklmnopqrstuvwxyz0123456789.-");
const isPunctuation = oneOf("!()[]{};:'\".,<>?");
const isEndOfPath = oneOf("()<> \t\n\f\r");
/** Behind the end of the text there is no code at all. */
const isPath = (c: number): boolean => c >= 0 && !isEndOfPath(c);
const isRepository = oneOf("._@:/-~", isWord);

class Links implements LinkFinder {
  readonly #text: string;
  /** The run of repository characters that was looked at last, and where its last `.git` begins. */
  #runStart = -1;
  #runEnd = -1;
  #lastGit = -1;

  constructor(text: string) {
    this.#text = text;
  }

  endAt(at: number, code: number): number {
    if (code !== 0x68 && code !== 0x67 && code !== 0x73) return -1;
    return Math.max(this.#url(at), this.#repository(at));
  }

  /** A scheme, a host with a dot, and more that does not end in punctuation. */
  #url(at: number): number {
    const text = this.#text;
    if (!text.startsWith("http", at)) return -1;
    const host = text.startsWith("://", at + 4)
      ? at + 7
      : text.startsWith("s://", at + 4)
        ? at + 8
        : -1;
    if (host < 0) return -1;
    let dot = host;
    while (isHost(text.charCodeAt(dot)) && (dot === host || text.charCodeAt(dot) !== 0x2e)) dot++;
    if (dot === host || text.charCodeAt(dot) !== 0x2e) return -1;
    const from = dot + 1;
    let end = from;
    for (let next = end; ; end = next) {
      while (isPath(text.charCodeAt(next))) next++;
      if (text.charCodeAt(next) === 0x28) next = Math.max(next, this.#group(next, 2));
      if (next === end) break;
    }
    while (end > from && text[end - 1] !== ")" && isPunctuation(text.charCodeAt(end - 1))) end--;
    return end - from >= 2 ? end : -1;
  }

  /** End of what stands in parentheses, at most `depth` deep, or -1. */
  #group(open: number, depth: number): number {
    const text = this.#text;
    for (let at = open + 1; ; ) {
      while (isPath(text.charCodeAt(at))) at++;
      const code = text.charCodeAt(at);
      if (code === 0x29) return at + 1;
      if (code !== 0x28 || depth === 1) return -1;
      at = this.#group(at, depth - 1);
      if (at < 0) return -1;
    }
  }

  #repository(at: number): number {
    const start = this.#repositoryStart(at);
    if (start < 0) return -1;
    this.#findRun(start);
    if (this.#lastGit <= start) return -1;
    const end = this.#lastGit + 4;
    return this.#text.charCodeAt(end) === 0x2f ? end + 1 : end;
  }

  /** After `https://`, `ssh:`, `git@host:` and the like; -1 without. */
  #repositoryStart(at: number): number {
    const text = this.#text;
    let colon = -1;
    if (text.startsWith("git@", at)) {
      colon = at + 4;
      for (let c = text.charCodeAt(colon); isWord(c) || c === 0x2e; c = text.charCodeAt(++colon));
      if (colon === at + 4) return -1;
    } else if (text.startsWith("git", at) || text.startsWith("ssh", at)) colon = at + 3;
    else if (text.startsWith("http", at)) colon = text[at + 4] === "s" ? at + 5 : at + 4;
    if (colon < 0 || text.charCodeAt(colon) !== 0x3a) return -1;
    return text.startsWith("//", colon + 1) ? colon + 3 : colon + 1;
  }

  /** Runs are looked at once, however many links seem to begin in them. */
  #findRun(start: number): void {
    if (start >= this.#runStart && start < this.#runEnd) return;
    let end = start;
    while (isRepository(this.#text.charCodeAt(end))) end++;
    this.#runStart = start;
    this.#runEnd = end;
    const git = this.#text.slice(start, end).lastIndexOf(".git");
    this.#lastGit = git < 0 ? -1 : start + git;
  }
}
