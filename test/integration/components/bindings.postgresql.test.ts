import { describe, expect, it } from "vitest";
import type { Binding } from "../../../src/components/bindings/contract.ts";
import { component } from "../../../src/components/bindings/postgresql.ts";
import { usePostgres } from "./postgres-context.ts";
import { createComponent } from "./secret-context.ts";

type Output = Binding & Required<Pick<Binding, "invoke">>;

const postgres = usePostgres();

async function open(): Promise<Output> {
  const { url } = await postgres.freshDatabase();
  return (await createComponent<Binding>(component, { url })) as Output;
}

const call = (binding: Output, operation: string, sql: string, params?: unknown) =>
  binding.invoke({
    operation,
    data: new Uint8Array(),
    metadata: new Map([
      ["sql", sql],
      ...(params === undefined ? [] : [["params", JSON.stringify(params)] as const]),
    ]),
  });

describe.skipIf(!postgres.isAvailable)("bindings.postgresql", () => {
  it("writes and reads rows, each value in its kind", async () => {
    await using binding = await open();
    await call(
      binding,
      "exec",
      "CREATE TABLE t (id int, name text, ok bool, at timestamptz, doc jsonb)",
    );
    const written = await call(
      binding,
      "exec",
      "INSERT INTO t VALUES ($1, $2, $3, $4, $5), (2, null, null, null, null)",
      [1, "o'ne", true, "2026-01-02T03:04:05Z", { a: [1] }],
    );
    expect(written?.metadata?.get("rows-affected")).toBe("2");
    expect(written?.metadata?.get("operation")).toBe("exec");
    const read = await call(binding, "query", "SELECT * FROM t ORDER BY id");
    expect(JSON.parse(String(read?.data))).toEqual([
      [1, "o'ne", true, "2026-01-02T03:04:05Z", { a: [1] }],
      [2, null, null, null, null],
    ]);
    expect(
      String((await call(binding, "query", "SELECT id FROM t WHERE id > $1", [5]))?.data),
    ).toBe("[]");
  });

  it("passes on what the server refuses, and goes on", async () => {
    await using binding = await open();
    await expect(call(binding, "query", "SELECT * FROM missing")).rejects.toThrow(
      'ERROR: relation "missing" does not exist (SQLSTATE 42P01)',
    );
    expect(String((await call(binding, "query", "SELECT 1"))?.data)).toBe("[[1]]");
  });

  it.each([
    [new Map<string, string>(), "required metadata not set: sql"],
    [
      new Map([
        ["sql", "SELECT 1"],
        ["params", "{}"],
      ]),
      "failed to unserialize into an array",
    ],
  ])("refuses a request %#", async (metadata, message) => {
    await using binding = await open();
    await expect(
      binding.invoke({ operation: "query", data: new Uint8Array(), metadata }),
    ).rejects.toThrow(message);
  });
});
