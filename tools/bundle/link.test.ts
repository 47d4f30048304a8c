import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { type BundledFile, bundleProgram } from "./link.ts";

/** What a sidecar reads at every start. Raise it only for what every sidecar needs. */
const eagerBudgetBytes = 676_000;

/** Loaded when a resource, a flag or a request asks for it. */
const onDemand = [
  "src/components/configuration/",
  "src/components/conversation/",
  "src/components/crypto/",
  "src/components/lock/",
  "src/components/secretstores/hashicorp",
  "src/components/secretstores/local",
  "src/components/shared/redis.ts",
  "src/components/shared/sqlite.ts",
  "src/components/state/in-memory.ts",
  "src/components/state/redis.ts",
  "src/kit/proto/dapr/proto/runtime/v1/ai.ts",
  "src/kit/proto/dapr/proto/runtime/v1/appcallback.ts",
  "src/kit/proto/dapr/proto/runtime/v1/configuration.ts",
  "src/kit/proto/dapr/proto/runtime/v1/crypto.ts",
  "src/kit/proto/dapr/proto/runtime/v1/lock.ts",
  "src/kit/proto/dapr/proto/runtime/v1/metadata.ts",
  "src/kit/proto/dapr/proto/runtime/v1/pubsub.ts",
  "src/kit/proto/google/protobuf/descriptor.ts",
  "src/kit/proto/grpc/",
  "src/kit/proto/json-reader.ts",
  "src/kit/resources/yaml-library.ts",
  "src/kit/rpc/grpcjs/",
  "src/kit/rpc/http2/",
  "src/kit/rpc/reflection-stream.ts",
  "src/kit/tracing/exporters/otlp",
  "src/kit/tracing/exporters/stdout.ts",
  "src/kit/tracing/exporters/zipkin.ts",
  "src/sentry/",
];

describe("the bundle of daprd", () => {
  let files: BundledFile[] = [];
  beforeAll(async () => {
    files = await bundleProgram(join(import.meta.dirname, "../.."), "src/runtime/main.ts");
  }, 60_000);

  const main = (): BundledFile => files.find(({ name }) => name === "main.js") as BundledFile;

  it("keeps within its budget what every sidecar loads", () => {
    expect(main().sources).toContain("src/runtime/sidecar.ts");
    expect(main().contents.length).toBeLessThan(eagerBudgetBytes);
  });

  it("loads no package and nothing optional at start", () => {
    const sources = main().sources;
    expect(sources.filter((path) => path.startsWith("node_modules/"))).toEqual([]);
    expect(sources.filter((path) => onDemand.some((start) => path.startsWith(start)))).toEqual([]);
  });

  it("loads no more of Node at start", () => {
    const text = Buffer.from(main().contents).toString();
    // All others are taken when one of their names is used. Node itself has loaded these, module included.
    const taken = text.matchAll(/\$=process\.getBuiltinModule\("node:([a-z/_0-9]+)"\)/g);
    const names = [...taken].map(([, name]) => name).sort();
    expect(names).toEqual(
      "buffer events fs http module net os path process stream tty util".split(" "),
    );
  });

  it("takes what two files share from one place", () => {
    const store = files.find(({ name }) => name.startsWith("in-memory-"));
    expect(Buffer.from(store?.contents ?? "").toString()).toContain('require("./main.js")');
  });
});
