/**
 * A small client of the Kubernetes API: one object, or all objects of a list.
 * Source: https://kubernetes.io/docs/reference/using-api/api-concepts/
 */
import { asArray, asString } from "../../kit/json/decode.ts";
import { parseJson } from "../../kit/json/parse.ts";
import { isJsonObject, type JsonObject } from "../../kit/json/value.ts";
import type { Clock } from "../../kit/time/clock.ts";
import { type HttpAnswer, HttpCalls } from "./http-calls.ts";
import type { KubernetesConfig } from "./kubernetes-config.ts";

/** A kind of object, in one namespace. */
export interface KubernetesResource {
  /** "" for the core group. */
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  /** "": not in a namespace, or all of them. */
  readonly namespace: string;
}

/** An answer that is no success; its text is the server's. */
export class KubernetesError extends Error {
  override readonly name = "KubernetesError";
  readonly status: number;
  /** `NotFound`, `Forbidden`, `Expired` ... or "". */
  readonly reason: string;
  constructor(message: string, status: number, reason: string) {
    super(message);
    this.status = status;
    this.reason = reason;
  }
}

const timeoutMs = 30_000;
const maxAnswerBytes = 256 * 2 ** 20;
const pageSize = 250;
const connections = 8;
/** Tries of a call that the server asks to repeat later. */
const maxTries = 5;

export class KubernetesClient implements AsyncDisposable {
  readonly #config: KubernetesConfig;
  readonly #calls: HttpCalls;
  readonly #clock: Clock;

  constructor(config: KubernetesConfig, clock: Clock) {
    this.#config = config;
    this.#clock = clock;
    this.#calls = new HttpCalls({
      tls: config.tls,
      timeoutMs,
      maxAnswerBytes,
      connections,
      clock,
    });
  }

  /** @throws {KubernetesError} also when there is no such object */
  async get(resource: KubernetesResource, name: string, signal?: AbortSignal): Promise<JsonObject> {
    const complaint = nameComplaint(name);
    if (complaint !== undefined) throw new Error(complaint);
    const path = `${pathOf(resource)}/${encodeURIComponent(name)}`;
    return await this.#read(path, `get ${resource.plural} ${name}`, signal);
  }

  /** All items, read page by page. @throws {KubernetesError} */
  async list(resource: KubernetesResource, signal?: AbortSignal): Promise<readonly JsonObject[]> {
    const path = pathOf(resource);
    const what = `list ${resource.plural}`;
    const items: JsonObject[] = [];
    let next = "";
    do {
      const query = `?limit=${pageSize}${next === "" ? "" : `&continue=${encodeURIComponent(next)}`}`;
      let page: JsonObject;
      try {
        page = await this.#read(path + query, what, signal);
      } catch (error) {
        // The list changed too much since its first page: then all at once.
        if (next === "" || !(error instanceof KubernetesError) || error.status !== 410) throw error;
        return itemsOf(await this.#read(path, what, signal));
      }
      items.push(...itemsOf(page));
      const metadata = page.get("metadata");
      next = isJsonObject(metadata) ? asString(metadata.get("continue"), "continue") : "";
    } while (next !== "");
    return items;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#calls[Symbol.asyncDispose]();
  }

  async #read(path: string, what: string, signal: AbortSignal | undefined): Promise<JsonObject> {
    using deadline = this.#clock.deadline(timeoutMs, signal);
    const { status, body } = await this.#call(path, deadline);
    let answer: ReturnType<typeof parseJson> | undefined;
    try {
      answer = parseJson(body);
    } catch (cause) {
      if (status < 300) throw new Error(`the answer is no JSON (${what})`, { cause });
    }
    const object = isJsonObject(answer) ? answer : undefined;
    if (status >= 300) throw failure(status, object, what);
    if (object === undefined) throw new Error(`the answer is no object (${what})`);
    return object;
  }

  async #call(path: string, signal: AbortSignal): Promise<HttpAnswer> {
    let wasRefused = false;
    for (let tries = 1; ; tries++) {
      const authorization = await this.#config.credentials.authorization(signal);
      const answer = await this.#calls.call({
        method: "GET",
        url: this.#config.server + path,
        headers: {
          accept: "application/json",
          "user-agent": "tricorne",
          ...(authorization === undefined ? {} : { authorization }),
        },
        signal,
      });
      if (answer.status === 401 && !wasRefused && this.#config.credentials.refused()) {
        wasRefused = true;
        continue;
      }
      const seconds = retryAfter(answer);
      if (seconds === undefined || tries >= maxTries) return answer;
      await this.#clock.sleep(seconds * 1000, signal);
    }
  }
}

/** undefined: the answer is final. */
function retryAfter({ status, headers }: HttpAnswer): number | undefined {
  if (status !== 429 && status < 500) return undefined;
  const seconds = Number(headers["retry-after"]);
  return Number.isInteger(seconds) && seconds > 0 ? seconds : undefined;
}

function pathOf({ group, version, plural, namespace }: KubernetesResource): string {
  const root = group === "" ? `/api/${version}` : `/apis/${group}/${version}`;
  if (namespace === "") return `${root}/${plural}`;
  const complaint = nameComplaint(namespace);
  if (complaint !== undefined) throw new Error(complaint);
  return `${root}/namespaces/${encodeURIComponent(namespace)}/${plural}`;
}

/** What would lead to another path. */
function nameComplaint(name: string): string | undefined {
  if (name === "") return "resource name may not be empty";
  const quoted = JSON.stringify(name);
  if (name === "." || name === "..")
    return `invalid resource name ${quoted}: [may not be '${name}']`;
  const forbidden = ["/", "%"].filter((part) => name.includes(part));
  if (forbidden.length === 0) return undefined;
  const why = forbidden.map((part) => `may not contain '${part}'`).join(" ");
  return `invalid resource name ${quoted}: [${why}]`;
}

function itemsOf(list: JsonObject): JsonObject[] {
  return asArray(list.get("items"), "items", "[]object").filter(isJsonObject);
}

/** Status objects say why; proxies in between do not. */
function failure(status: number, body: JsonObject | undefined, what: string): KubernetesError {
  const isStatus = body?.get("kind") === "Status";
  const message = isStatus ? asString(body?.get("message"), "message") : "";
  const reason = isStatus ? asString(body?.get("reason"), "reason") : "";
  const fallback =
    status === 401
      ? `the server has asked for the client to provide credentials (${what})`
      : status === 403
        ? `access is forbidden (${what})`
        : status === 404
          ? `the server could not find the requested resource (${what})`
          : `the server answered with status ${status} (${what})`;
  return new KubernetesError(message || fallback, status, reason);
}
