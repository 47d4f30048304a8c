/**
 * SPIFFE ids and who is expected at the other end of a connection.
 * @see spec 07 §1.1, §1.3
 */

/** Longer ids are refused (SPIFFE-ID standard §2.3). */
const maxLength = 2048;
const scheme = "spiffe://";

/** An id that has another form than it must have. */
class SpiffeError extends Error {
  override readonly name = "SpiffeError";
}

/** `spiffe://<trust domain>/<path>`. Immutable. */
export class SpiffeId {
  readonly trustDomain: string;
  /** With its leading slash; "" for the trust domain's own id. */
  readonly path: string;
  readonly #segments: readonly string[];

  private constructor(trustDomain: string, path: string) {
    this.trustDomain = trustDomain;
    this.path = path;
    this.#segments = path === "" ? [] : path.slice(1).split("/");
  }

  /** @throws {SpiffeError} */
  static parse(text: string): SpiffeId {
    if (text === "") throw new SpiffeError("cannot be empty");
    if (text.length > maxLength) throw new SpiffeError("id is too long");
    if (!text.startsWith(scheme)) throw new SpiffeError("scheme is missing or invalid");
    const rest = text.slice(scheme.length);
    const slash = rest.indexOf("/");
    const trustDomain = slash < 0 ? rest : rest.slice(0, slash);
    checkTrustDomain(trustDomain);
    const path = slash < 0 ? "" : rest.slice(slash);
    if (path !== "") checkSegments(path.slice(1).split("/"));
    return new SpiffeId(trustDomain, path);
  }

  /** The id of an app or service: `spiffe://<td>/ns/<namespace>/<app id>`. @throws {SpiffeError} */
  static of(trustDomain: string, namespace: string, appId: string): SpiffeId {
    checkTrustDomain(trustDomain);
    const segments = ["ns", namespace, appId];
    checkSegments(segments);
    const id = new SpiffeId(trustDomain, `/${segments.join("/")}`);
    if (id.toString().length > maxLength) throw new SpiffeError("id is too long");
    return id;
  }

  /** Whether the path is usable as a Dapr identity: `/ns/<namespace>/<app id>`, more segments allowed. */
  get isDapr(): boolean {
    return this.#segments.length >= 3 && this.#segments[0] === "ns";
  }

  /** @throws {SpiffeError} `malformed SPIFFE ID: <id>` */
  get namespace(): string {
    return this.#dapr(1);
  }

  /** @throws {SpiffeError} `malformed SPIFFE ID: <id>` */
  get appId(): string {
    return this.#dapr(2);
  }

  equals(other: SpiffeId): boolean {
    return this.trustDomain === other.trustDomain && this.path === other.path;
  }

  toString(): string {
    return `${scheme}${this.trustDomain}${this.path}`;
  }

  #dapr(index: number): string {
    if (!this.isDapr) throw new SpiffeError(`malformed SPIFFE ID: ${this}`);
    return this.#segments[index] as string;
  }
}

/** @throws {SpiffeError} */
export function checkTrustDomain(text: string): void {
  if (text === "") throw new SpiffeError("trust domain is missing");
  if (!/^[a-z0-9._-]+$/.test(text)) {
    throw new SpiffeError(
      "trust domain characters are limited to lowercase letters, numbers, dots, dashes, and underscores",
    );
  }
}

function checkSegments(segments: readonly string[]): void {
  segments.forEach((segment, i) => {
    if (segment === "") {
      throw new SpiffeError(
        i === segments.length - 1
          ? "path cannot have a trailing slash"
          : "path cannot contain empty segments",
      );
    }
    if (segment === "." || segment === "..") {
      throw new SpiffeError("path cannot contain dot segments");
    }
    if (!/^[A-Za-z0-9._-]+$/.test(segment)) {
      throw new SpiffeError(
        "path segment characters are limited to letters, numbers, dots, dashes, and underscores",
      );
    }
  });
}

/** Says no by throwing. */
export type SpiffeMatcher = (id: SpiffeId) => void;

export const anyId: SpiffeMatcher = () => {};

const unexpected = (id: SpiffeId): SpiffeError =>
  new SpiffeError(`unexpected ID ${JSON.stringify(id.toString())}`);

/** This very id. */
export const exactId =
  (expected: SpiffeId): SpiffeMatcher =>
  (id) => {
    if (!id.equals(expected)) throw unexpected(id);
  };

/** An app in whatever trust domain; the path must have nothing more. */
export const appIn =
  (expected: { readonly namespace: string; readonly appId: string }): SpiffeMatcher =>
  (id) => {
    if (id.path !== `/ns/${expected.namespace}/${expected.appId}`)
      throw new SpiffeError(`unexpected SPIFFE ID: ${JSON.stringify(id.toString())}`);
  };
