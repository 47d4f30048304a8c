/**
 * Writes docs/errors.md from the declared errors (`defineError` in the `errors.ts` of each block). `--check`: fails when
 * the page is not what would be written.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type ErrorForm, unclassified } from "../src/kit/errors/api-error.ts";
import * as bodies from "../src/kit/errors/body-errors.ts";
import type { ErrorDefinition } from "../src/kit/errors/define-error.ts";
import { codeName } from "../src/kit/rpc/status.ts";
import * as api from "../src/runtime/api/errors.ts";
import * as bindings from "../src/runtime/bindings/errors.ts";
import * as configuration from "../src/runtime/configuration/errors.ts";
import * as conversation from "../src/runtime/conversation/errors.ts";
import * as crypto from "../src/runtime/crypto/errors.ts";
import * as health from "../src/runtime/health/errors.ts";
import * as invoke from "../src/runtime/invoke/errors.ts";
import * as lock from "../src/runtime/lock/errors.ts";
import * as logLevel from "../src/runtime/log-level/errors.ts";
import * as outbox from "../src/runtime/outbox/errors.ts";
import * as pubsub from "../src/runtime/pubsub/errors.ts";
import * as secrets from "../src/runtime/secrets/errors.ts";
import * as state from "../src/runtime/state/errors.ts";

/** By title; with the file that declares them. */
const sources: readonly (readonly [title: string, file: string, exports: object])[] = [
  ["State", "src/runtime/state/errors.ts", state],
  ["Secrets", "src/runtime/secrets/errors.ts", secrets],
  ["Configuration", "src/runtime/configuration/errors.ts", configuration],
  ["Distributed lock", "src/runtime/lock/errors.ts", lock],
  ["Cryptography", "src/runtime/crypto/errors.ts", crypto],
  ["Conversation", "src/runtime/conversation/errors.ts", conversation],
  ["Publish and subscribe", "src/runtime/pubsub/errors.ts", pubsub],
  ["Bindings", "src/runtime/bindings/errors.ts", bindings],
  ["Outbox", "src/runtime/outbox/errors.ts", outbox],
  ["Service invocation", "src/runtime/invoke/errors.ts", invoke],
  ["Health", "src/runtime/health/errors.ts", health],
  ["Log level", "src/runtime/log-level/errors.ts", logLevel],
  ["API servers", "src/runtime/api/errors.ts", api],
  [
    "Every API",
    "src/kit/errors/body-errors.ts",
    { ...bodies, unclassified: { definition: unclassified } },
  ],
];

/** Declarations in the order of the file; also those in objects of several. */
function definitionsOf(exports: object): ErrorDefinition[] {
  return Object.values(exports).flatMap((value: unknown): ErrorDefinition[] => {
    if (value === null || (typeof value !== "function" && typeof value !== "object")) return [];
    if ("definition" in value) return [value.definition as ErrorDefinition];
    return typeof value === "object" ? definitionsOf(value) : [];
  });
}

/** Every declared error. */
export const catalogue: readonly {
  readonly title: string;
  readonly file: string;
  readonly definitions: readonly ErrorDefinition[];
}[] = sources.map(([title, file, exports]) => ({
  title,
  file,
  definitions: definitionsOf(exports).toSorted(byCode),
}));

function byCode(a: ErrorDefinition, b: ErrorDefinition): number {
  const [left, right] = [a, b].map(({ code, http, message }) => `${code} ${http} ${message}`);
  return (left as string) < (right as string) ? -1 : 1;
}

const letters: Readonly<Record<ErrorForm, string>> = { simple: "S", basic: "B", detailed: "D" };

const cell = (text: string): string => text.replaceAll("|", "\\|");

/** Details by their type; an ErrorInfo by its reason. */
const detailsOf = ({ details = [] }: ErrorDefinition): string =>
  details.map((detail) => (detail.type === "ErrorInfo" ? detail.reason : detail.type)).join(", ");

function row(definition: ErrorDefinition): string {
  const { code, category, form, http, grpc, message, when, remedy, coded } = definition;
  const details = detailsOf(definition);
  const cells = [
    `\`${code}\`${coded === false ? " (not counted)" : ""}`,
    category,
    String(http),
    grpc === 0 ? "—" : codeName(grpc),
    details === "" ? letters[form] : `${letters[form]}: ${details}`,
    `\`${message}\``,
    when,
    remedy,
  ];
  return `| ${cells.map(cell).join(" | ")} |`;
}

function page(): string {
  const parts = catalogue.map(
    ({ title, file, definitions }) =>
      `## ${title}\n\nDeclared in \`${file}\`.\n\n| Code | Category | HTTP | gRPC | Form | Message | When | What to do |\n|---|---|---|---|---|---|---|---|\n${definitions.map(row).join("\n")}\n`,
  );
  return `# Errors

Every error that the HTTP and gRPC APIs answer with. Written by \`npm run generate\` from the declarations; do not edit.

Over HTTP the body is \`{"errorCode", "message"}\`, with \`details\` in form D. Over gRPC the status carries the message; form
B adds one ErrorInfo with the code, form D the details named here, form S nothing. \`{name}\` stands for a value, \`{cause}\`
for the text of what went wrong below. A component may choose another status (spec 01 §4).

With \`spec.metrics.recordErrorCodes: true\` each is counted in \`dapr_error_code_total{app_id,category,error_code}\`.

${parts.join("\n")}`;
}

if (import.meta.main) {
  const path = join(import.meta.dirname, "../docs/errors.md");
  const written = page();
  const current = existsSync(path) ? readFileSync(path, "utf8") : "";
  if (process.argv.includes("--check")) {
    if (current !== written) {
      console.error("docs/errors.md is not what `npm run generate` writes");
      process.exitCode = 1;
    }
  } else if (current !== written) {
    writeFileSync(path, written);
  }
}
