/** The S3 binding on moto. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { component as s3 } from "../../../src/components/bindings/aws.s3.ts";
import type { Binding } from "../../../src/components/bindings/contract.ts";
import { signRequest } from "../../../src/components/shared/aws-signature.ts";
import { Scratch } from "../launch.ts";
import { hasMoto, launchMoto, type Moto } from "../servers/moto.ts";
import { dataText, invoke } from "./bindings-context.ts";
import { bindingConformance } from "./conformance/bindings.ts";
import { createComponent } from "./secret-context.ts";

const isS3There = hasMoto();
const scratch = new Scratch();
let moto: Moto;

const put = (path: string): Promise<Response> => fetch(`${moto.url}/${path}`, { method: "PUT" });

beforeAll(async () => {
  if (!isS3There) return;
  moto = await launchMoto();
  await put("bucket");
}, 120_000);
afterAll(async () => {
  await moto?.[Symbol.asyncDispose]();
  scratch[Symbol.dispose]();
});

const keys = { accessKey: "AKIDEXAMPLE", secretKey: "hidden", region: "us-east-1" };
const openS3 = (properties: Readonly<Record<string, string>> = {}): Promise<Binding> =>
  createComponent<Binding>(s3, { bucket: "bucket", endpoint: moto.url, ...keys, ...properties });

bindingConformance({
  name: "aws.s3",
  isAvailable: isS3There,
  operations: ["create", "get", "delete", "list", "presign", "bulkGet", "bulkCreate", "bulkDelete"],
  open: openS3,
  nowhere: { endpoint: "http://127.0.0.1:1" },
  output: {
    keepsBytes: true,
    write: (key, data) => ({ operation: "create", data, metadata: { key } }),
    find: async (binding, key) =>
      (await invoke(binding, { operation: "get", metadata: { key } }))?.data,
    refused: [
      ["no key to get", { operation: "get" }, "required metadata 'key' missing"],
      ["no key to delete", { operation: "delete" }, "required metadata 'key' missing"],
      ["a missing object", { operation: "get", metadata: { key: "no" } }, "object not found"],
      ["no life", { operation: "presign", metadata: { key: "k" } }, "'presignTTL' missing"],
      [
        "a way out of the bucket",
        { operation: "get", metadata: { key: "a/../../other/k" } },
        "the key has a part . or ..",
      ],
      [
        "tags",
        { operation: "create", metadata: { key: "k", tags: "a=1,b" } },
        "invalid tag format: 'b' (expected key=value)",
      ],
      ["a listing", { operation: "list", data: "[1]" }, "unable to parse Data property"],
    ],
  },
  async restart() {
    await moto.stop();
    await moto.start();
    await put("bucket");
  },
});

describe.skipIf(!isS3There)("bindings.aws.s3", () => {
  const create = (binding: Binding, data: string, metadata: Record<string, string> = {}) =>
    invoke(binding, { operation: "create", data, metadata });

  it("tells where an object is, and names it where nobody did", async () => {
    await using binding = await openS3();
    const named = await create(binding, '"quoted \\u00fc"', { key: "dir/a b+ü.txt" });
    expect(dataText(named)).toBe(
      `{"location":"${moto.url}/bucket/dir/a%20b%2B%C3%BC.txt","versionID":null}`,
    );
    expect([...(named?.metadata ?? [])]).toEqual([["key", "dir/a b+ü.txt"]]);
    const read = await invoke(binding, { operation: "get", metadata: { key: "dir/a b+ü.txt" } });
    expect(dataText(read)).toBe("quoted ü");
    const { location } = JSON.parse(dataText(await create(binding, "x")) ?? "");
    expect(location).toMatch(/\/bucket\/[0-9a-f-]{36}$/);
    await put("bucket?versioning");
  });

  it("sets content type, storage class and tags", async () => {
    await using binding = await openS3({ storageClass: "STANDARD_IA" });
    const metadata = { key: "typed", contentType: "image/x", tags: "a=1, b=x +/" };
    await create(binding, "x", metadata);
    const look = (url: string): Promise<Response> => {
      const credentials = { ...keys, sessionToken: "" };
      const request = { method: "GET", url, headers: {}, body: "", region: keys.region };
      const headers = signRequest({ ...request, service: "s3", credentials, now: Date.now() });
      return fetch(url, { headers });
    };
    const { headers } = await look(`${moto.url}/bucket/typed`);
    expect(headers.get("content-type")).toBe("image/x");
    expect(headers.get("x-amz-storage-class")).toBe("STANDARD_IA");
    const tags = await (await look(`${moto.url}/bucket/typed?tagging=`)).text();
    expect(tags).toContain("<Key>a</Key><Value>1</Value>");
    expect(tags).toContain("<Key>b</Key><Value>x +/</Value>");
  });

  it("decodes and encodes base64 when it is told to", async () => {
    await using binding = await openS3({ decodeBase64: "true", encodeBase64: "true" });
    await create(binding, '"AP8="', { key: "binary" });
    const metadata = { key: "binary" };
    expect(dataText(await invoke(binding, { operation: "get", metadata }))).toBe("AP8=");
    const plain = { ...metadata, encodeBase64: "false" };
    const bytes = await invoke(binding, { operation: "get", metadata: plain });
    expect([...(bytes?.data ?? [])]).toEqual([0, 255]);
    await expect(create(binding, "no base64!", { key: "k" })).rejects.toThrow("not base64");
  });

  it("signs addresses that anybody may read", async () => {
    await using binding = await openS3();
    const metadata = { key: "shared ü", presignTTL: "15m" };
    const { presignURL } = JSON.parse(dataText(await create(binding, "open", metadata)) ?? "");
    expect(await (await fetch(presignURL)).text()).toBe("open");
    expect(presignURL).toContain("X-Amz-Expires=900");
    const again = await invoke(binding, { operation: "presign", metadata });
    expect(JSON.parse(dataText(again) ?? "").presignURL).toContain("X-Amz-Signature=");
    for (const presignTTL of ["x", "-1s", "169h"]) {
      await expect(create(binding, "x", { presignTTL })).rejects.toThrow("s3 binding error");
    }
  });

  it("lists page by page, in the documented form", async () => {
    await put("listed");
    await using binding = await openS3({ bucket: "listed" });
    for (const key of ["a/1", "a/2 +ü&", "b"]) await create(binding, "four", { key });
    const list = async (data: unknown): Promise<Record<string, unknown>> =>
      JSON.parse(
        dataText(await invoke(binding, { operation: "list", data: JSON.stringify(data) })) ?? "",
      );
    const all = (await list(null)) as { Contents: readonly Record<string, unknown>[] };
    expect(all).toMatchObject({ CommonPrefixes: null, EncodingType: null, IsTruncated: false });
    expect(all.Contents.map(({ Key }) => Key)).toEqual(["a/1", "a/2 +ü&", "b"]);
    expect(all.Contents[0]).toMatchObject({
      ETag: expect.stringMatching(/^"[0-9a-f]{32}"$/),
      LastModified: expect.stringMatching(/^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/),
      Owner: { ID: expect.any(String), DisplayName: expect.any(String) },
      Size: 4,
      StorageClass: "STANDARD",
    });
    expect(await list({ delimiter: "/" })).toMatchObject({
      CommonPrefixes: [{ Prefix: "a/" }],
      Contents: [{ Key: "b" }],
      Delimiter: "/",
    });
    const first = await list({ maxResults: 1, prefix: "a/" });
    expect(first).toMatchObject({ IsTruncated: true, MaxKeys: 1, Prefix: "a/" });
    expect(await list({ marker: "a/1" })).toMatchObject({
      Contents: [{ Key: "a/2 +ü&" }, { Key: "b" }],
    });
    await invoke(binding, { operation: "delete", metadata: { key: "b" } });
    const gone = await invoke(binding, { operation: "delete", metadata: { key: "b" } });
    expect(gone).toBeUndefined();
    expect((await list({ prefix: "b" })).Contents).toBeNull();
  });

  it("writes files, and reads no more than it may", async () => {
    await using binding = await openS3({ maxObjectSize: "1Ki" });
    const filePath = scratch.write("upload.bin", Buffer.from([0, 1, 255]));
    await create(binding, "ignored", { key: "file", filePath });
    const read = await invoke(binding, { operation: "get", metadata: { key: "file" } });
    expect([...(read?.data ?? [])]).toEqual([0, 1, 255]);
    const long = scratch.write("long.bin", Buffer.alloc(2000));
    await expect(create(binding, "", { filePath: long })).rejects.toThrow("larger than");
    await expect(create(binding, "", { filePath: "/nonexistent" })).rejects.toThrow(
      "s3 binding error: file read error: no such file or directory",
    );
    await expect(create(binding, "", { filePath: scratch.path })).rejects.toThrow("regular file");
    await create(binding, "x".repeat(2000), { key: "long" });
    await expect(invoke(binding, { operation: "get", metadata: { key: "long" } })).rejects.toThrow(
      "the answer is larger than 1024 bytes",
    );
  });

  describe("of many objects", () => {
    const bulk = async (
      binding: Binding,
      operation: string,
      data: unknown,
      metadata: Record<string, string> = {},
    ): Promise<unknown> =>
      dataText(await invoke(binding, { operation, data: JSON.stringify(data), metadata }));

    it("writes them, and tells of each", async () => {
      await put("many");
      await using binding = await openS3({ bucket: "many", maxObjectSize: "1Ki" });
      const filePath = scratch.write("many.txt", "of a file");
      const missing = join(scratch.path, "missing");
      const items = [
        { key: "a", data: "<ä>", contentType: "text/x" },
        { key: "b", filePath },
        { key: "c" },
        { data: "x" },
        { key: "d", filePath: missing },
        { key: "e", data: "" },
        { key: "f", data: "x".repeat(1_000) },
        null,
      ];
      expect(await bulk(binding, "bulkCreate", { items, concurrency: 2 })).toBe(
        `[{"key":"a","location":"${moto.url}/many/a"},{"key":"b","location":"${moto.url}/many/b"},` +
          `{"key":"c","error":"either data or filePath is required"},{"key":"","error":"key is required"},` +
          `{"key":"d","error":"s3 binding error: file read error: no such file or directory"},` +
          `{"key":"e","location":"${moto.url}/many/e"},{"key":"f","location":"${moto.url}/many/f"},` +
          `{"key":"","error":"key is required"}]`,
      );
      const keys = ["a", "b", "no", "e", "f"].map((key) => ({ key }));
      expect(await bulk(binding, "bulkGet", { items: keys })).toBe(
        `[{"key":"a","data":"\\u003cä\\u003e"},{"key":"b","data":"of a file"},` +
          `{"key":"no","error":"object not found"},{"key":"e"},{"key":"f","data":"${"x".repeat(1_000)}"}]`,
      );
      // Together they are more than may be answered.
      const three = ["f", "f", "f"].map((key) => ({ key }));
      const most = await bulk(binding, "bulkGet", { items: three, concurrency: 1 });
      expect(String(most).match(/larger than 1024 bytes/g)).toHaveLength(2);
      const encoded = await bulk(
        binding,
        "bulkGet",
        { items: [{ key: "b" }] },
        { encodeBase64: "true" },
      );
      expect(encoded).toBe('[{"key":"b","data":"b2YgYSBmaWxl"}]');
    });

    it("reads them into files, also larger ones than it may hold", async () => {
      await put("large");
      await using binding = await openS3({ bucket: "large", maxObjectSize: "1Ki" });
      const bytes = Buffer.from(Array.from({ length: 5_000 }, (_, i) => i % 251));
      for (const [key, body] of [
        ["large", bytes],
        ["empty", Buffer.alloc(0)],
      ] as const) {
        await fetch(`${moto.url}/large/${key}`, { method: "PUT", body });
      }
      const path = (name: string): string => join(scratch.path, name);
      const items = [
        { key: "large", filePath: path("raw") },
        { key: "empty", filePath: path("none") },
        { key: "large", filePath: path("no/folder") },
      ];
      expect(await bulk(binding, "bulkGet", { items })).toBe(
        `[{"key":"large"},{"key":"empty"},{"key":"large","error":"open ${path("no/folder")}: no such file or directory"}]`,
      );
      expect(readFileSync(path("raw")).equals(bytes)).toBe(true);
      expect(readFileSync(path("none"))).toHaveLength(0);
      const one = { items: [{ key: "large", filePath: path("text") }] };
      await bulk(binding, "bulkGet", one, { encodeBase64: "true" });
      expect(readFileSync(path("text"), "utf8")).toBe(bytes.toString("base64"));
      const decoded = { items: [{ key: "back", data: "AP8=" }] };
      await bulk(binding, "bulkCreate", decoded, { decodeBase64: "true" });
      const back = await invoke(binding, { operation: "get", metadata: { key: "back" } });
      expect([...(back?.data ?? [])]).toEqual([0, 255]);
    });

    it("deletes them, more than a thousand too", async () => {
      await put("gone");
      await using binding = await openS3({ bucket: "gone" });
      const odd = "a <&>\"' ü";
      await create(binding, "x", { key: odd });
      await create(binding, "x", { key: "kept" });
      const keys = [odd, " ", odd, ...Array.from({ length: 1_001 }, (_, i) => `n${i}`)];
      const told = JSON.parse(String(await bulk(binding, "bulkDelete", { keys })));
      expect(told.slice(0, 3)).toEqual([
        { key: odd },
        { key: " ", error: "key is required" },
        { key: odd },
      ]);
      expect(told).toHaveLength(keys.length);
      const list = dataText(await invoke(binding, { operation: "list", data: "null" })) ?? "";
      expect(JSON.parse(list).Contents.map(({ Key }: { Key: string }) => Key)).toEqual(["kept"]);
      await using absent = await openS3({ bucket: "absent" });
      expect(String(await bulk(absent, "bulkDelete", { keys: ["a"] }))).toContain("NoSuchBucket");
    });

    it.each([
      ["bulkGet", "x", "invalid bulkGet payload"],
      ["bulkGet", "null", "bulkGet requires at least one item"],
      [
        "bulkGet",
        '{"items":[{"key":1}]}',
        "invalid bulkGet payload: json: cannot unmarshal number",
      ],
      ["bulkCreate", '{"items":[]}', "bulkCreate requires at least one item"],
      ["bulkCreate", '{"items":{}}', "invalid bulkCreate payload: json: cannot unmarshal object"],
      ["bulkGet", '{"items":[{"key":"a"}],"concurrency":0}', "greater than 0, got 0"],
      ["bulkCreate", '{"items":[{"key":"a"}],"concurrency":-1}', "greater than 0, got -1"],
      ["bulkDelete", '{"keys":[]}', "bulkDelete requires at least one key"],
      ["bulkDelete", '{"keys":"a"}', "invalid bulkDelete payload: json: cannot unmarshal string"],
    ])("%s refuses %s", async (operation, data, text) => {
      await using binding = await openS3();
      await expect(invoke(binding, { operation, data })).rejects.toThrow(text);
    });
  });

  it("passes on what the service refuses, without the key", async () => {
    await using binding = await openS3({ bucket: "absent" });
    const attempt = create(binding, "x", { key: "k" });
    await expect(attempt).rejects.toThrow("s3 binding error: uploading failed: NoSuchBucket");
    await expect(attempt).rejects.not.toThrow("hidden");
  });

  it.each([
    [{ bucket: "" }, "bucket is required"],
    [{ region: "" }, "region is required"],
    [{ accessKey: "" }, "no credentials"],
    [{ endpoint: "ftp://x" }, "invalid endpoint"],
    [{ assumeRoleArn: "x" }, "assumeRoleArn is not supported"],
  ])("refuses %j", async (properties, message) => {
    await expect(openS3(properties)).rejects.toThrow(message);
  });
});
