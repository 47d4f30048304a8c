/**
 * Conversation with the official Python SDK (PyPI dapr). The JavaScript SDK 3.18 has no client for it.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { root, runToEnd } from "../integration/launch.ts";
import { launchQuietly, uniqueId } from "./environment.ts";

const python = join(root, ".venv/bin/python");
const echo = `
apiVersion: dapr.io/v1alpha1
kind: Component
metadata:
  name: echo
spec:
  type: conversation.echo
  version: v1
  metadata: []
`;

describe.skipIf(!existsSync(python))("Python SDK", () => {
  it("converses in both versions", { timeout: 60_000 }, async () => {
    await using sidecar = await launchQuietly({ appId: uniqueId("py"), resources: [echo] });
    const client = await runToEnd(python, [join(import.meta.dirname, "python/conversation.py")], {
      limitMs: 50_000,
      env: {
        DAPR_GRPC_PORT: `${sidecar.grpcPort}`,
        DAPR_HTTP_PORT: `${sidecar.httpPort}`,
        DAPR_RUNTIME_HOST: "127.0.0.1",
      },
    });
    expect(client.stderr).not.toContain("Traceback");
    expect(JSON.parse(client.stdout)).toEqual({
      alpha1: ["c", ["mail <EMAIL_ADDRESS>"]],
      alpha2: ["tool_calls", "be kind\nweather in X?", [["0", "weather", "city,unit"]], 10],
      refused: ["INVALID_ARGUMENT", "failed finding conversation component nobody"],
    });
  });
});
