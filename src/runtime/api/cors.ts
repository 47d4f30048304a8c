/**
 * Cross-origin rules; off when no origins are configured.
 * @see spec 01 §2.7
 */
export interface Cors {
  /** Headers of a preflight's answer (always 200), flat. */
  preflight(headers: CorsHeaders): string[];
  /** Headers added to the answer of any other request, flat. */
  actual(method: string, origin: string | undefined): string[];
}

export interface CorsHeaders {
  readonly origin: string | undefined;
  readonly requestMethod: string;
  readonly requestHeaders: string | undefined;
}

const methods = new Set(["HEAD", "GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

/** @returns undefined when CORS is off */
export function createCors(allowedOrigins: string): Cors | undefined {
  if (allowedOrigins.trim() === "") return undefined;
  const patterns = allowedOrigins
    .split(",")
    .map((origin) => origin.trim().toLowerCase())
    .filter(Boolean);
  const allowsAll = patterns.includes("*");
  const isAllowed = (origin: string): boolean =>
    allowsAll || patterns.some((pattern) => matches(pattern, origin.toLowerCase()));
  const originHeader = (origin: string): string[] => [
    "access-control-allow-origin",
    allowsAll ? "*" : origin,
  ];
  return {
    preflight({ origin, requestMethod, requestHeaders }) {
      const headers = [
        "vary",
        "Origin",
        "vary",
        "Access-Control-Request-Method",
        "vary",
        "Access-Control-Request-Headers",
      ];
      const method = requestMethod.toUpperCase();
      if (origin === undefined || !isAllowed(origin)) return headers;
      if (!methods.has(method)) return headers;
      headers.push(...originHeader(origin), "access-control-allow-methods", method);
      if (requestHeaders) {
        const names = requestHeaders.split(",").map((name) => canonical(name.trim()));
        headers.push("access-control-allow-headers", names.filter(Boolean).join(", "));
      }
      return headers;
    },
    actual(method, origin) {
      const headers = ["vary", "Origin"];
      if (origin !== undefined && methods.has(method) && isAllowed(origin)) {
        headers.push(...originHeader(origin));
      }
      return headers;
    },
  };
}

function matches(pattern: string, origin: string): boolean {
  const star = pattern.indexOf("*");
  if (star < 0) return pattern === origin;
  const head = pattern.slice(0, star);
  const tail = pattern.slice(star + 1);
  return (
    origin.length >= head.length + tail.length && origin.startsWith(head) && origin.endsWith(tail)
  );
}

const canonical = (name: string): string =>
  name
    .split("-")
    .map((part) => part.slice(0, 1).toUpperCase() + part.slice(1).toLowerCase())
    .join("-");
