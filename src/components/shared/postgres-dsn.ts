/**
 * Connection strings of PostgreSQL: `key=value` lists and URLs, as libpq and the Go drivers read them.
 *
 * No error shows any part of the string: it may hold a password.
 */

/** Settings by their libpq names (`host`, `port`, `user`, `password`, `dbname`, `sslmode` ...). */
export type DsnSettings = Map<string, string>;

/** @throws {Error} `cannot parse connection string: ...` */
export function parsePostgresDsn(text: string): DsnSettings {
  return /^postgres(?:ql)?:\/\//.test(text) ? parseUrl(text) : parsePairs(text);
}

const refuse = (why: string): Error => new Error(`cannot parse connection string: ${why}`);

/** Names that mean the same in URLs. */
const synonyms: Readonly<Record<string, string>> = { database: "dbname", username: "user" };

/** A URL may name several hosts, which WHATWG's parser refuses. */
function parseUrl(text: string): DsnSettings {
  const settings: DsnSettings = new Map();
  const [, authority = "", path = "", query = ""] =
    /^[a-z]+:\/\/([^/?#]*)(?:\/([^?#]*))?(?:\?([^#]*))?(?:#.*)?$/.exec(text) ?? [];
  const at = authority.lastIndexOf("@");
  if (at >= 0) {
    const [, user = "", password] = /^([^:]*)(?::(.*))?$/s.exec(authority.slice(0, at)) ?? [];
    settings.set("user", decoded(user));
    if (password !== undefined) settings.set("password", decoded(password));
  }
  const places = authority.slice(at + 1);
  if (places !== "") {
    const hosts: string[] = [];
    const ports: string[] = [];
    for (const place of places.split(",")) {
      const [, v6, host, port] = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d*))?$/.exec(place) ?? [];
      if (v6 === undefined && host === undefined) throw refuse("invalid host");
      hosts.push(v6 ?? decoded(host as string));
      ports.push(port ?? "");
    }
    settings.set("host", hosts.join(","));
    if (ports.some((port) => port !== "")) settings.set("port", ports.join(","));
  }
  if (path !== "") settings.set("dbname", decoded(path));
  for (const [name, value] of new URLSearchParams(query)) {
    settings.set(Object.hasOwn(synonyms, name) ? (synonyms[name] as string) : name, value);
  }
  return settings;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw refuse("invalid URL escape");
  }
}

/** `host=a password='it\'s'`: blanks around the equals sign are allowed, a backslash takes the next character. */
function parsePairs(text: string): DsnSettings {
  const settings: DsnSettings = new Map();
  const pair =
    /\s*([^\s=]+)\s*=\s*(?:'((?:[^'\\]|\\.)*)'|((?:[^\s'\\]|\\.)(?:[^\s\\]|\\.)*)?)(?=\s|$)/sy;
  const end = text.trimEnd().length;
  while (pair.lastIndex < end) {
    const found = pair.exec(text);
    if (found === null) throw refuse("invalid keyword/value");
    const [, name = "", quoted, plain = ""] = found;
    settings.set(
      Object.hasOwn(synonyms, name) ? (synonyms[name] as string) : name,
      (quoted ?? plain).replace(/\\(.)/gs, "$1"),
    );
  }
  return settings;
}
