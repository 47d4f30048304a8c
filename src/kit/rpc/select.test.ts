import { describe, expect, it } from "vitest";
import { selectTransport } from "./select.ts";

describe("selectTransport", () => {
  it.each([
    [undefined, "h2"],
    ["", "h2"],
    ["h2", "h2"],
    ["http2", "http2"],
    ["grpcjs", "grpcjs"],
  ])("takes %j for %s", async (name, transport) => {
    expect((await selectTransport(name)).name).toBe(transport);
  });

  it.each(["H2", "http/2", "grpc", " h2", "toString"])("refuses %j", async (name) => {
    await expect(selectTransport(name)).rejects.toThrow(
      `TRICORNE_GRPC_TRANSPORT must be h2, http2 or grpcjs, not ${JSON.stringify(name)}`,
    );
  });
});
