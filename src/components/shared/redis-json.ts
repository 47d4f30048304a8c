/**
 * JSON as the Redis components write it: nothing is escaped for HTML, numbers have at most six decimals, names keep their
 * order.
 */
import { type JsonStyle, writeJson } from "../../kit/json/encode.ts";
import type { JsonValue } from "../../kit/json/value.ts";

/** Larger magnitudes are written in full. */
const largestRounded = 0x4ffffff;

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
  number(value) {
    const magnitude = Math.abs(value);
    if (magnitude > largestRounded) return String(value);
    const digits = (Math.floor(magnitude * 1e6 + 0.5) / 1e6).toFixed(6);
    return (value < 0 ? "-" : "") + digits.replace(/\.?0+$/, "");
  },
  sorted: false,
};

export const encodeRedisJson = (value: JsonValue): string => writeJson(value, redisStyle);
