/**
 * JSON as the Redis components write it: nothing is escaped for HTML, names keep their order. The original cuts numbers after
 * six decimals; here they keep their digits (spec 03 §6.3).
 */
import { formatNumber, type JsonStyle, writeJson } from "../../kit/json/encode.ts";
import type { ExactJson } from "../../kit/json/value.ts";

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is escaped here
const special = /["\\\u0000-\u001f\ud800-\udfff]/;

const redisStyle: JsonStyle = {
  quote(text) {
    if (!special.test(text)) return `"${text}"`;
    const quoted = JSON.stringify(text.toWellFormed());
    return quoted.replace(/\\\\|\\[bf]/g, (short) => {
      if (short === "\\b") return "\\u0008";
      return short === "\\f" ? "\\u000c" : short;
    });
  },
  number: formatNumber,
  sorted: false,
};

export const encodeRedisJson = (value: ExactJson): string => writeJson(value, redisStyle);
