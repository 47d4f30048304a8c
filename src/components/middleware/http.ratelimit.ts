/**
 * middleware.http.ratelimit
 * @see spec 04 §8.7
 */
import { isIPv6 } from "node:net";
import type { Clock } from "../../kit/time/clock.ts";
import type { ComponentDefinition, PropertySchema } from "../contract.ts";
import { Properties } from "../shared/properties.ts";
import { type Middleware, type MiddlewareExchange, refuse } from "./contract.ts";

const properties: readonly PropertySchema[] = [
  {
    name: "maxRequestsPerSecond",
    kind: "float",
    default: "100",
    description: "Requests per second of one client address to one path; more than 0.",
  },
];

/** Clients and paths come from outside: beyond this many the ones that are full again are forgotten. */
const maxBuckets = 10_000;

export const component = {
  type: "middleware.http.ratelimit",
  versions: ["v1"],
  summary: "Limits how often one client may call one path.",
  provenAgainst: "the recordings of the original",
  properties,
  async create({ properties: given, platform }) {
    const text = new Properties(given, properties).text("maxRequestsPerSecond");
    return new RateLimit(checkedRate(text), platform.clock);
  },
} satisfies ComponentDefinition<Middleware>;

/** @throws {Error} */
function checkedRate(text: string): number {
  const rate = text.trim() === "" ? Number.NaN : Number(text);
  if (Number.isNaN(rate)) {
    throw new Error(
      `1 error(s) decoding:\n\n* cannot parse 'maxRequestsPerSecond' as float: strconv.ParseFloat: parsing ${JSON.stringify(text)}: invalid syntax`,
    );
  }
  if (!(rate > 0) || !Number.isFinite(rate)) {
    throw new Error("metadata property 'maxRequestsPerSecond' must be a positive value");
  }
  return rate;
}

interface Bucket {
  tokens: number;
  /** Monotonic, ms. */
  at: number;
}

class RateLimit implements Middleware {
  readonly #rate: number;
  readonly #burst: number;
  readonly #clock: Clock;
  /** In the order of their last use. */
  readonly #buckets = new Map<string, Bucket>();

  constructor(rate: number, clock: Clock) {
    this.#rate = rate;
    this.#burst = Math.max(1, Math.trunc(rate));
    this.#clock = clock;
  }

  handle(exchange: MiddlewareExchange): boolean {
    const { answerHeaders, headers, remoteAddress } = exchange;
    const left = this.#take(`${clientAddress(exchange)}|${exchange.path}`);
    answerHeaders.set("X-Rate-Limit-Limit", this.#rate.toFixed(2));
    answerHeaders.set("X-Rate-Limit-Duration", "1");
    answerHeaders.set("X-Rate-Limit-Request-Remote-Addr", remoteAddress);
    const forwarded = headers.get("x-forwarded-for");
    if (forwarded !== undefined && forwarded !== "") {
      answerHeaders.set("X-Rate-Limit-Request-Forwarded-For", forwarded);
    }
    answerHeaders.set("RateLimit-Limit", String(Math.ceil(this.#rate)));
    answerHeaders.set("RateLimit-Reset", "1");
    answerHeaders.set("RateLimit-Remaining", String(Math.max(0, Math.trunc(left ?? 0))));
    if (left !== undefined) return true;
    return refuse(exchange, 429, "You have reached maximum request limit.");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#buckets.clear();
  }

  /** @returns what is left; undefined: there was nothing to take */
  #take(key: string): number | undefined {
    const now = this.#clock.monotonic();
    const known = this.#buckets.get(key);
    const bucket = known ?? { tokens: this.#burst, at: now };
    bucket.tokens = Math.min(this.#burst, bucket.tokens + ((now - bucket.at) / 1000) * this.#rate);
    bucket.at = now;
    this.#buckets.delete(key);
    this.#buckets.set(key, bucket);
    if (this.#buckets.size > maxBuckets)
      this.#buckets.delete(this.#buckets.keys().next().value ?? "");
    if (bucket.tokens < 1) return undefined;
    bucket.tokens -= 1;
    return bucket.tokens;
  }
}

/** Who is counted: what the last proxy says, else the peer; of IPv6 the network. */
function clientAddress({ headers, remoteAddress }: MiddlewareExchange): string {
  const forwarded = headers.get("x-forwarded-for")?.split(",").at(-1)?.trim();
  const peer = remoteAddress.replace(/:\d+$/, "").replace(/^\[(.*)\]$/, "$1");
  const address = forwarded || headers.get("x-real-ip")?.trim() || peer;
  return isIPv6(address) ? networkOf(address) : address;
}

/** The first 64 bits. */
function networkOf(address: string): string {
  const [head = "", tail] = address.split("%", 1)[0]?.split("::") ?? [];
  const front = head === "" ? [] : head.split(":");
  if (tail === undefined) return front.slice(0, 4).join(":");
  const back = tail === "" ? [] : tail.split(":");
  const zeros = Array.from({ length: Math.max(0, 8 - front.length - back.length) }, () => "0");
  return [...front, ...zeros, ...back].slice(0, 4).join(":");
}
