/** docs/compatibility.md says what there is: its tables against the code. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { componentTypes, findComponent } from "../src/components/catalogue.ts";
import { DaprService } from "../src/kit/proto/dapr/proto/runtime/v1/dapr.ts";
import { daprService, type GrpcMethod } from "../src/runtime/api/grpc-method.ts";
import type { HttpRoute } from "../src/runtime/api/http-route.ts";
import { bindingsGrpcMethods } from "../src/runtime/bindings/grpc.ts";
import { bindingsHttpRoutes } from "../src/runtime/bindings/http.ts";
import { configurationGrpcMethods } from "../src/runtime/configuration/grpc.ts";
import { configurationHttpRoutes } from "../src/runtime/configuration/http.ts";
import { conversationGrpcMethods } from "../src/runtime/conversation/grpc.ts";
import { conversationHttpRoutes } from "../src/runtime/conversation/http.ts";
import { cryptoGrpcMethods } from "../src/runtime/crypto/grpc.ts";
import { cryptoHttpRoutes } from "../src/runtime/crypto/http.ts";
import { daprdFlags } from "../src/runtime/flags.ts";
import { healthHttpRoutes } from "../src/runtime/health/http.ts";
import { invokeServiceMethod } from "../src/runtime/invoke/grpc.ts";
import { invokeRoute } from "../src/runtime/invoke/http.ts";
import { lockGrpcMethods } from "../src/runtime/lock/grpc.ts";
import { lockHttpRoutes } from "../src/runtime/lock/http.ts";
import { logLevelHttpRoutes } from "../src/runtime/log-level/http.ts";
import { metadataGrpcMethods } from "../src/runtime/metadata/grpc.ts";
import { metadataHttpRoutes } from "../src/runtime/metadata/http.ts";
import { resolverNames } from "../src/runtime/name-resolution.ts";
import { pubsubGrpcMethods } from "../src/runtime/pubsub/grpc.ts";
import { pubsubHttpRoutes } from "../src/runtime/pubsub/http.ts";
import { secretsGrpcMethods } from "../src/runtime/secrets/grpc.ts";
import { secretsHttpRoutes } from "../src/runtime/secrets/http.ts";
import { shutdownGrpcMethods, shutdownHttpRoutes } from "../src/runtime/shutdown/shutdown.ts";
import { stateGrpcMethods } from "../src/runtime/state/grpc.ts";
import { stateHttpRoutes } from "../src/runtime/state/http.ts";

const root = join(import.meta.dirname, "..");
const read = (path: string): string => readFileSync(join(root, path), "utf8");

const states = ["works", "differs", "not yet"];

interface Row {
  readonly cells: readonly string[];
  /** What stands in the cell "State". */
  readonly state: string;
}

const cellsOf = (line: string): string[] =>
  line
    .split("|")
    .slice(1, -1)
    .map((cell) => cell.trim());
const code = (cell: string): string[] =>
  [...cell.matchAll(/`([^`]+)`/g)].map(([, text]) => text as string);

/** Rows of the tables below a heading, up to the next heading of its level or above. */
function rowsBelow(heading: string): Row[] {
  const text = read("docs/compatibility.md");
  const start = text.indexOf(`\n${heading}\n`);
  if (start === -1) throw new Error(`docs/compatibility.md has no ${heading}`);
  const rest = text.slice(start + heading.length + 2);
  const level = heading.indexOf(" ");
  const end = rest.search(new RegExp(`^#{1,${level}} `, "m"));
  const rows: Row[] = [];
  let column = -1;
  for (const line of (end === -1 ? rest : rest.slice(0, end)).split("\n")) {
    if (!line.startsWith("|")) {
      column = -1;
      continue;
    }
    const cells = cellsOf(line);
    if (column === -1) column = cells.indexOf("State");
    else if (!/^-+$/.test(cells[0] ?? "")) rows.push({ cells, state: cells[column] ?? "" });
  }
  return rows;
}

const named = (rows: readonly Row[], cell: number, isThere: boolean): string[] =>
  rows
    .filter(({ state }) => (state !== "not yet") === isThere)
    .flatMap(({ cells }) => code(cells[cell] ?? ""))
    .sort();

/** The tables of routes are made without the blocks behind them: handlers alone use these. */
const none = undefined as never;

describe("docs/compatibility.md", () => {
  it("knows three states, and says how what differs does", () => {
    const headings = read("docs/compatibility.md").match(/^## .*$/gm) ?? [];
    const tables = headings.filter((heading) => heading !== "## Decided otherwise");
    for (const { cells, state } of tables.flatMap(rowsBelow)) {
      expect(states, cells.join(" | ")).toContain(state);
      if (state === "differs") expect(cells.at(-1), cells[0]).not.toBe("");
    }
  });

  it("names the routes that there are", () => {
    const shown = ({ methods, path }: Pick<HttpRoute, "methods" | "path">): string[] => {
      const shape = path.replaceAll(/:\w+/g, "{}").replaceAll("*", "{...}");
      return methods.map((method) => `${method} ${shape}`);
    };
    const routes = [
      ...stateHttpRoutes(none),
      ...secretsHttpRoutes(none),
      ...configurationHttpRoutes(none, none),
      ...lockHttpRoutes(none),
      ...cryptoHttpRoutes(none),
      ...conversationHttpRoutes(none),
      ...bindingsHttpRoutes(none),
      ...pubsubHttpRoutes(none, none),
      ...metadataHttpRoutes(none),
      ...healthHttpRoutes(none),
      ...shutdownHttpRoutes(none),
      ...logLevelHttpRoutes(none),
      { ...invokeRoute(none), methods: ["any"] },
    ];
    const rows = rowsBelow("## HTTP API");
    const said = (isThere: boolean): string[] =>
      rows
        .filter(({ state }) => (state !== "not yet") === isThere)
        .flatMap(({ cells: [methods = "", path = ""] }) =>
          shown({
            methods: methods.split(" "),
            path: code(path)
              .join()
              .replaceAll(/\{\w+\.\.\.\}/g, "*")
              .replaceAll(/\{(\w+)\}/g, ":$1"),
          }),
        );
    const built = routes.flatMap(shown);
    expect(said(true).sort()).toEqual(built.sort());
    for (const route of said(false)) expect(built).not.toContain(route);
  });

  it("names the methods that there are, and all of the reference's", () => {
    const methods: GrpcMethod[] = [
      ...stateGrpcMethods(none),
      ...secretsGrpcMethods(none),
      ...configurationGrpcMethods(none),
      ...lockGrpcMethods(none),
      ...cryptoGrpcMethods(none),
      ...conversationGrpcMethods(none),
      ...bindingsGrpcMethods(none),
      ...pubsubGrpcMethods(none, none),
      ...metadataGrpcMethods(none),
      ...shutdownGrpcMethods(none),
      invokeServiceMethod({} as never),
    ];
    const rows = rowsBelow("## gRPC API");
    const short = (path: string): string => path.slice(daprService.length);
    // The method of streams is made with the subscriptions.
    expect(read("src/runtime/subscriptions.ts")).toContain(
      "daprService}SubscribeTopicEventsAlpha1",
    );
    const built = [...methods.map(({ path }) => short(path)), "SubscribeTopicEventsAlpha1"];
    expect(named(rows, 0, true)).toEqual(built.sort());
    const all = Object.values(DaprService.methods).map(({ path }) => short(path));
    expect([...named(rows, 0, true), ...named(rows, 0, false)].sort()).toEqual(all.sort());
  });

  it("says of no component what is not so", async () => {
    const rows = rowsBelow("## Components");
    const refused: string[] = [];
    for (const type of componentTypes()) {
      const load = findComponent(type, "") ?? findComponent(type, "v2");
      const { summary } = await load!();
      if (summary.startsWith("Not supported")) refused.push(type);
    }
    const resolvers = resolverNames().map((name) => `nameresolution.${name}`);
    const built = [...componentTypes(), ...resolvers].filter((type) => !refused.includes(type));
    for (const type of named(rows, 0, true)) expect(built).toContain(type);
    for (const type of named(rows, 0, false)) expect(built).not.toContain(type);
    for (const type of refused) expect(named(rows, 0, false)).toContain(type);
  });

  it("names every stable component of the reference", () => {
    const chapter = read("docs/spec/04-components-resources.md");
    const section = chapter.slice(chapter.indexOf("## 10. All component types"));
    const lines = section.split("\n").filter((line) => line.startsWith("|"));
    const types: string[] = [];
    let family = "";
    for (const line of lines.slice(2)) {
      const [first = "", names = ""] = cellsOf(line);
      if (/^\d/.test(first)) break;
      if (first === "#" || first.startsWith("---")) break;
      if (first !== "") family = first;
      types.push(...code(names).flatMap((text) => text.split(", ").map((n) => `${family}.${n}`)));
    }
    expect(types.length).toBeGreaterThan(50);
    const stable = rowsBelow("### Stable in 1.18").flatMap(({ cells }) => code(cells[0] ?? ""));
    expect(stable.sort()).toEqual([...new Set(types)].sort());
  });

  it("names every flag once", () => {
    const rows = rowsBelow("## Flags of daprd");
    const said = [...named(rows, 0, true), ...named(rows, 0, false)].map((f) => f.slice(2));
    expect(said.sort()).toEqual(daprdFlags.map(({ name }) => name).sort());
  });

  it("names the programs that there are", () => {
    for (const { cells, state } of rowsBelow("## Programs")) {
      const [name = ""] = code(cells[0] ?? "");
      if (name !== "dapr")
        expect(existsSync(join(root, "bin", name)), name).toBe(state !== "not yet");
    }
  });

  it("links to files that are there", () => {
    const links = [...read("docs/compatibility.md").matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)];
    for (const [, path = ""] of links)
      expect(existsSync(join(root, "docs", path)), path).toBe(true);
    expect(links.length).toBeGreaterThan(5);
  });
});
