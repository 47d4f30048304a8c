/**
 * middleware.http.uppercase
 * @see spec 02 §13, spec 04 §8.7
 */
import { StringDecoder } from "node:string_decoder";
import type { ComponentDefinition, PropertySchema } from "../contract.ts";
import { Properties } from "../shared/properties.ts";
import type { BodyStep, Middleware } from "./contract.ts";

const properties: readonly PropertySchema[] = [
  {
    name: "direction",
    kind: "string",
    default: "request",
    description: "`request`, `response` or `both`; anything else is `request`.",
  },
];

export const component = {
  type: "middleware.http.uppercase",
  versions: ["v1"],
  summary:
    "Turns the text of request and answer bodies into capital letters, for trying pipelines out.",
  provenAgainst: "the recordings of the original",
  properties,
  async create({ properties: given }) {
    const direction = new Properties(given, properties).text("direction").toLowerCase();
    const isAnswer = direction === "response" || direction === "both";
    return new Uppercase(direction !== "response", isAnswer);
  },
} satisfies ComponentDefinition<Middleware>;

class Uppercase implements Middleware {
  readonly #isRequest: boolean;
  readonly #isAnswer: boolean;

  constructor(isRequest: boolean, isAnswer: boolean) {
    this.#isRequest = isRequest;
    this.#isAnswer = isAnswer;
  }

  handle(exchange: Parameters<Middleware["handle"]>[0]): boolean {
    if (this.#isRequest) exchange.transformBody(new UppercaseStep());
    if (this.#isAnswer) exchange.onAnswer({ onHead: () => new UppercaseStep() });
    return true;
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}

class UppercaseStep implements BodyStep {
  /** Keeps the first bytes of a character whose rest has not come yet. */
  readonly #decoder = new StringDecoder("utf8");

  piece(chunk: Uint8Array): Uint8Array {
    return Buffer.from(capitals(this.#decoder.write(Buffer.from(chunk))));
  }

  end(): Uint8Array {
    return Buffer.from(capitals(this.#decoder.end()));
  }
}

/** One character for one character: what only has a capital form of several letters stays (`ß`). */
export function capitals(text: string): string {
  const all = text.toUpperCase();
  // Most texts have no such character, and then the length tells.
  if (all.length === text.length && !iotaSubscript.test(text)) return all;
  let upper = "";
  for (const character of text) upper += capital(character);
  return upper;
}

/** Greek letters whose capital form with iota is a character of its own, which JavaScript does not use. */
const iotaSubscript = /[\u1f80-\u1f87\u1f90-\u1f97\u1fa0-\u1fa7\u1fb3\u1fc3\u1ff3]/;

function capital(character: string): string {
  if (iotaSubscript.test(character)) {
    const code = character.charCodeAt(0);
    return String.fromCharCode(code + (code >= 0x1fb0 ? 9 : 8));
  }
  const upper = character.toUpperCase();
  return [...upper].length === 1 ? upper : character;
}
