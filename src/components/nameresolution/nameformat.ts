/**
 * Name resolution by a fixed form of addresses.
 * @see spec 02 §10.5, spec 04 §8.8
 */
import type { NameResolver, ResolverDefinition } from "./contract.ts";
import { Settings } from "./settings.ts";

const placeholder = "{appid}";

export const component = {
  type: "nameformat",
  versions: ["v1"],
  summary: "Finds sidecars under addresses of one form, with the app id in it.",
  provenAgainst: "the recordings of the original",
  async create({ configuration }) {
    const format = new Settings(configuration).text("format");
    if (format === "") throw new Error("format is required in metadata");
    if (!format.includes(placeholder)) {
      throw new Error(`format must contain ${placeholder} placeholder`);
    }
    return {
      isMultiAddress: false,
      resolve: ({ appId }) => [format.replaceAll(placeholder, () => appId)],
      [Symbol.asyncDispose]: () => Promise.resolve(),
    } satisfies NameResolver;
  },
  // Without a format every address is empty.
  afterFailure: {
    isMultiAddress: false,
    resolve: () => [],
    [Symbol.asyncDispose]: () => Promise.resolve(),
  },
} satisfies ResolverDefinition;
