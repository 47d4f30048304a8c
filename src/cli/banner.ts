/** What `tricorne start` shows when everything is up. */
import { styleText } from "node:util";
import { productVersion, runtimeVersion } from "../kit/version.ts";
import type { SidecarOptions } from "../runtime/options.ts";

export interface BannerFacts {
  readonly options: SidecarOptions;
  readonly sentryPort: number;
  /** As a user would type it. */
  readonly folder: string;
  /** The component files of the folder are in use. */
  readonly hasDefaults: boolean;
  readonly isTerminal: boolean;
}

export function banner({
  options,
  sentryPort,
  folder,
  hasDefaults,
  isTerminal,
}: BannerFacts): string {
  const style = (format: Parameters<typeof styleText>[0], text: string): string =>
    isTerminal ? styleText(format, text) : text;
  const { api, metrics, app, security } = options;
  const rows: [string, string][] = [
    ["HTTP API", `http://127.0.0.1:${api.httpPort}`],
    ["gRPC API", `127.0.0.1:${api.grpcPort}`],
    ...(metrics.isEnabled
      ? [["Metrics", `http://127.0.0.1:${metrics.port}`] as [string, string]]
      : []),
    [
      "Sentry",
      `127.0.0.1:${sentryPort}${security.isMtlsEnabled ? " (mTLS between sidecars is on)" : ""}`,
    ],
    [
      "App",
      app.port > 0
        ? `${options.appId} on port ${app.port} (${app.protocol})`
        : `${options.appId} (no port)`,
    ],
    ...(hasDefaults
      ? ([
          ["State store", `statestore (SQLite in ${folder}/state.db)`],
          ["Broker", `pubsub (SQLite in ${folder}/pubsub.db)`],
        ] as [string, string][])
      : ([["Resources", options.resourcesPaths.join(", ")]] as [string, string][])),
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  const table = rows
    .map(([name, value]) => `  ${style("bold", name.padEnd(width))}  ${value}`)
    .join("\n");
  const url = `http://127.0.0.1:${api.httpPort}/v1.0/state/statestore`;
  const attempt = hasDefaults
    ? [
        `curl -d '[{"key":"hello","value":"world"}]' -H 'content-type: application/json' ${url}`,
        `curl ${url}/hello`,
      ]
    : [`curl http://127.0.0.1:${api.httpPort}/v1.0/metadata`];
  return `
${style(["bold", "green"], `tricorne ${productVersion} is up`)} (Dapr ${runtimeVersion})

${table}

Try it:

${attempt.map((line) => `  ${style("cyan", line)}`).join("\n")}

Ctrl-C stops it.

`;
}
