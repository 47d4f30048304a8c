import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { catalogue } from "./generate-errors.ts";

const root = join(import.meta.dirname, "..");
const files = globSync("src/**/*.ts", { cwd: root }).filter((file) => !file.endsWith(".test.ts"));
const all = catalogue.flatMap(({ definitions }) => definitions);

describe("errors are declared", () => {
  it("and made nowhere else", () => {
    const made = /new ApiError\(|(?<![.\w])(?:simple|basic|detailed)\(/;
    const own = [
      // A component of another process names its own.
      "src/components/pluggable/errors.ts",
      "src/kit/errors/api-error.ts",
      "src/kit/errors/define-error.ts",
    ];
    const makers = files.filter((file) => made.test(readFileSync(join(root, file), "utf8")));
    expect(makers.sort()).toEqual(own);
  });

  it("and every file that declares some is in the catalogue", () => {
    const declaring = files.filter(
      (file) =>
        !file.endsWith("define-error.ts") &&
        /\bdefineError\(/.test(readFileSync(join(root, file), "utf8")),
    );
    expect(catalogue.map(({ file }) => file).sort()).toEqual(declaring.sort());
  });

  it("and every declaration is exported", () => {
    for (const { file, definitions } of catalogue) {
      const text = readFileSync(join(root, file), "utf8");
      const declared = text.match(/^export const \w+ = (?:defineError|writeErrors)\(/gm) ?? [];
      expect(definitions.length).toBeGreaterThanOrEqual(declared.length);
      expect(text).not.toMatch(/^const \w+ = defineError\(/m);
    }
  });

  it("with what a reader needs", () => {
    for (const { when, remedy, message } of all) {
      expect(when).toMatch(/\.$/);
      expect(remedy).toMatch(/\.$/);
      expect(message).not.toBe("");
    }
  });
});

/** Codes that spec 01 §15 names, by the title of the block that declares them. */
const specified: Readonly<Record<string, string>> = {
  State:
    "ERR_STATE_STORE_NOT_CONFIGURED ERR_STATE_STORE_NOT_FOUND ERR_MALFORMED_REQUEST ERR_STATE_STORE_NOT_SUPPORTED ERR_STATE_STORE_TOO_MANY_TRANSACTIONS ERR_STATE_QUERY ERR_STATE_GET ERR_STATE_SAVE ERR_STATE_DELETE ERR_STATE_TRANSACTION ERR_NOT_SUPPORTED_STATE_OPERATION ERR_STATE_BULK_GET ERR_STATE_BULK_DELETE",
  Secrets:
    "ERR_SECRET_STORES_NOT_CONFIGURED ERR_SECRET_STORE_NOT_FOUND ERR_SECRET_GET ERR_PERMISSION_DENIED",
  Configuration:
    "ERR_CONFIGURATION_STORE_NOT_CONFIGURED ERR_CONFIGURATION_STORE_NOT_FOUND ERR_CONFIGURATION_GET ERR_CONFIGURATION_SUBSCRIBE ERR_CONFIGURATION_UNSUBSCRIBE ERR_APP_CHANNEL_NIL",
  "Distributed lock":
    "ERR_LOCK_STORE_NOT_CONFIGURED ERR_LOCK_STORE_NOT_FOUND ERR_TRY_LOCK ERR_UNLOCK ERR_MALFORMED_REQUEST",
  Cryptography:
    "ERR_CRYPTO_PROVIDERS_NOT_CONFIGURED ERR_CRYPTO_PROVIDER_NOT_FOUND ERR_CRYPTO ERR_BAD_REQUEST ERR_API_UNIMPLEMENTED",
  Conversation:
    "ERR_CONVERSATION_NOT_FOUND ERR_CONVERSATION_MISSING_INPUTS ERR_CONVERSATION_INVALID_PARMS ERR_CONVERSATION_INVOKE",
  "Publish and subscribe":
    "ERR_PUBSUB_NOT_FOUND ERR_PUBSUB_EMPTY ERR_TOPIC_NAME_EMPTY ERR_PUBSUB_REQUEST_METADATA ERR_PUBSUB_CLOUD_EVENTS_SER ERR_PUBSUB_EVENTS_SER ERR_PUBSUB_FORBIDDEN ERR_PUBSUB_PUBLISH_MESSAGE",
  Outbox: "ERR_PUBLISH_OUTBOX",
  "Service invocation": "ERR_DIRECT_INVOKE ERR_MALFORMED_RESPONSE",
  Health: "ERR_HEALTH_NOT_READY ERR_HEALTH_APPID_NOT_MATCH ERR_OUTBOUND_HEALTH_NOT_READY",
  "API servers": "Unauthorized Not_Implemented Overloaded",
  "Every API": "ERR_BODY_READ ERR_MALFORMED_REQUEST ERROR",
};

describe("the catalogue and the specification", () => {
  const text = ["01-core-apis.md", "03-pubsub-bindings.md"]
    .map((name) => readFileSync(join(root, "docs/spec", name), "utf8"))
    .join("\n");

  it.each(Object.entries(specified))("%s: the same codes", (title, codes) => {
    const declared = catalogue.find((part) => part.title === title)?.definitions ?? [];
    const names = new Set(declared.map(({ code }) => code.replace(" ", "_")));
    expect([...names].sort()).toEqual(codes.split(" ").sort());
  });

  it("every code is one that the specification names", () => {
    const named = new Set(text.match(/\bERR_[A-Z_]+|\bERROR\b/g));
    const unknown = all.filter(({ code, coded }) => coded !== false && !named.has(code));
    expect(unknown.map(({ code }) => code)).toEqual([]);
  });
});
