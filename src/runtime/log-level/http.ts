/**
 * The level of the log of a running sidecar: read and set. Not part of the reference, whose sidecars take it as a flag only.
 *
 * `GET` answers `{"level":"info"}`, `PUT` takes the same. It goes by the allow and deny lists as `log-level`, and lasts
 * until the sidecar ends.
 */
import { type Level, type Logging, levels } from "../../kit/logging/logger.ts";
import type { HttpExchange, HttpRoute } from "../api/http-route.ts";
import { levelMalformed } from "./errors.ts";

export function logLevelHttpRoutes(
  logging: Pick<Logging, "level" | "setLevel" | "logger">,
): HttpRoute[] {
  const common = {
    group: "log-level",
    version: "v1alpha1",
    path: "/v1.0-alpha1/log-level",
  } as const;
  return [
    {
      ...common,
      name: "GetLogLevel",
      methods: ["GET"],
      handle: (exchange) => exchange.json(200, JSON.stringify({ level: logging.level })),
    },
    {
      ...common,
      name: "SetLogLevel",
      methods: ["PUT"],
      handle: async (exchange) => {
        setLevel(logging, await readLevel(exchange));
        exchange.empty(204);
      },
    },
  ];
}

/** The change is told by whichever level lets more through, else nobody would see that the log goes quiet. */
function setLevel(logging: Pick<Logging, "level" | "setLevel" | "logger">, level: Level): void {
  const tell = (): void => logging.logger("dapr.runtime").info(`Log level set to: ${level}`);
  const isQuieter = levels[level] > levels[logging.level];
  if (isQuieter) tell();
  logging.setLevel(level);
  if (!isQuieter) tell();
}

async function readLevel(exchange: HttpExchange): Promise<Level> {
  const body = (await exchange.readBody()).toString();
  let level: unknown;
  try {
    level = (JSON.parse(body) as { readonly level?: unknown } | null)?.level;
  } catch {
    throw levelMalformed();
  }
  const word = typeof level === "string" ? level.toLowerCase() : "";
  if (!Object.hasOwn(levels, word)) throw levelMalformed();
  return word as Level;
}
