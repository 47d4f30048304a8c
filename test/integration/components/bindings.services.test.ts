/** Bindings of services on real ones: mail and objects, and files. */
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { component as s3 } from "../../../src/components/bindings/aws.s3.ts";
import type { Binding } from "../../../src/components/bindings/contract.ts";
import { component as files } from "../../../src/components/bindings/localstorage.ts";
import { component as smtp } from "../../../src/components/bindings/smtp.ts";
import { signRequest } from "../../../src/components/shared/aws-signature.ts";
import { runToEnd, Scratch } from "../launch.ts";
import { hasMailServer, launchMailServer, type MailServer } from "../servers/mail.ts";
import { hasMoto, launchMoto, type Moto } from "../servers/moto.ts";
import { dataText, invoke } from "./bindings-context.ts";
import { bindingConformance } from "./conformance/bindings.ts";
import { soon } from "./pubsub-context.ts";
import { createComponent } from "./secret-context.ts";

const isMailThere = hasMailServer();
const isS3There = hasMoto();
const scratch = new Scratch();
let mail: MailServer;
let moto: Moto;

const put = (path: string): Promise<Response> => fetch(`${moto.url}/${path}`, { method: "PUT" });

beforeAll(async () => {
  if (isMailThere) mail = await launchMailServer();
  if (isS3There) {
    moto = await launchMoto();
    await put("bucket");
  }
}, 120_000);
afterAll(async () => {
  await mail?.[Symbol.asyncDispose]();
  await moto?.[Symbol.asyncDispose]();
  scratch[Symbol.dispose]();
});

const openSmtp = (properties: Readonly<Record<string, string>> = {}): Promise<Binding> =>
  createComponent<Binding>(smtp, {
    host: "127.0.0.1",
    port: String(mail.port),
    emailFrom: "from@example.com",
    emailTo: "to@example.com",
    subject: "subject",
    ...properties,
  });

/** The part of a mail after its headers, decoded. */
function bodyOf(text: string): string {
  const at = text.indexOf("\r\n\r\n");
  const body = text.slice(at + 4).replace(/\r\n$/, "");
  const encoding = /^content-transfer-encoding: (.*)$/im.exec(text.slice(0, at))?.[1]?.trim();
  if (encoding === "base64") return Buffer.from(body, "base64").toString("utf8");
  if (encoding !== "quoted-printable") return body;
  const bytes = body
    .replace(/=\r\n/g, "")
    .replace(/=([0-9A-F]{2})/g, (_all, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    );
  return Buffer.from(bytes, "latin1").toString("utf8");
}

const headerOf = (text: string, name: string): string | undefined =>
  new RegExp(`^${name}: (.*)$`, "im").exec(text)?.[1]?.trim();

bindingConformance({
  name: "smtp",
  isAvailable: isMailThere,
  operations: ["create"],
  open: openSmtp,
  nowhere: { port: "1", user: "user", password: "hidden" },
  output: {
    keepsBytes: false,
    write: (subject, data) => ({ operation: "create", data, metadata: { subject } }),
    async find(_binding, subject) {
      const found = mail.mails().find(({ text }) => headerOf(text, "Subject") === subject);
      return found && Buffer.from(bodyOf(found.text));
    },
    refused: [
      [
        "a priority",
        { operation: "create", metadata: { priority: "6" } },
        "priority value must be between 1 (lowest) and 5 (highest)",
      ],
      [
        "a recipient that the server does not know",
        { operation: "create", metadata: { emailTo: "refused@example.com" } },
        "550",
      ],
    ],
  },
  async restart() {
    await mail.stop();
    await mail.start();
  },
});

describe.skipIf(!isMailThere)("bindings.smtp", () => {
  it("writes to everybody, and shows no hidden recipients", async () => {
    await using binding = await openSmtp({ emailCC: "cc@example.com", priority: "1" });
    await invoke(binding, {
      operation: "create",
      data: '"<b>quoted \\u00fc</b>"',
      metadata: {
        emailFrom: "Me <me@example.com>",
        emailTo: "a@example.com; b@example.com;",
        emailBCC: "hidden@example.com",
        subject: "line\r\nBcc: evil@example.com",
      },
    });
    const find = () => mail.mails().find(({ from }) => from === "me@example.com");
    await expect.poll(find, soon).toBeDefined();
    const sent = find();
    expect(sent?.to.toSorted()).toEqual(
      ["a@example.com", "b@example.com", "cc@example.com", "hidden@example.com"].toSorted(),
    );
    const text = sent?.text ?? "";
    expect(headerOf(text, "To")).toBe("a@example.com, b@example.com");
    expect(headerOf(text, "CC")).toBe("cc@example.com");
    expect(headerOf(text, "X-Priority")).toBe("1");
    expect(headerOf(text, "Content-Type")).toBe("text/html; charset=utf-8");
    expect(headerOf(text, "BCC")).toBeUndefined();
    expect(bodyOf(text)).toBe("<b>quoted ü</b>");
  });

  it("logs in over TLS, and checks the certificate unless it is told not to", async () => {
    const [cert, key] = [join(scratch.path, "cert.pem"), join(scratch.path, "key.pem")];
    const made = await runToEnd("openssl", [
      ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"],
      ...["-keyout", key, "-out", cert, "-subj", "/CN=mail", "-days", "1"],
    ]);
    expect(made.exit?.code, made.log).toBe(0);
    await using server = await launchMailServer({ user: "me", password: "secret", cert, key });
    const login = { port: String(server.port), user: "me", password: "secret" };
    await using careful = await openSmtp(login);
    await expect(invoke(careful, { operation: "create", data: "x" })).rejects.toThrow(
      /certificate/i,
    );
    await using binding = await openSmtp({ ...login, skipTLSVerify: "true" });
    await invoke(binding, { operation: "create", data: "x" });
    await expect.poll(() => server.mails(), soon).toMatchObject([{ isTls: true, login: "me" }]);
    await using wrong = await openSmtp({ ...login, skipTLSVerify: "true", password: "hidden" });
    const refused = invoke(wrong, { operation: "create", data: "x" });
    await expect(refused).rejects.toThrow("535");
    await expect(refused).rejects.not.toThrow("hidden");
  });

  it.each(["emailFrom", "emailTo", "subject"])("needs %s", async (name) => {
    await using binding = await openSmtp({ [name]: "" });
    await expect(invoke(binding, { operation: "create", data: "x" })).rejects.toThrow(
      `smtp binding error: ${name} property not supplied in configuration- or request-metadata`,
    );
  });

  it.each([
    [{ host: "" }, "host property not supplied"],
    [{ port: "0" }, "invalid port 0"],
    [{ user: "x" }, "user and password fields are both required in metadata"],
    [{ priority: "0" }, "priority value must be between 1 (lowest) and 5 (highest)"],
  ])("refuses %j", async (properties, message) => {
    await expect(openSmtp(properties)).rejects.toThrow(message);
  });

  it("gives up with its caller", async () => {
    await using binding = await openSmtp();
    const signal = AbortSignal.abort(new Error("too late"));
    await expect(invoke(binding, { operation: "create", data: "x", signal })).rejects.toThrow(
      "too late",
    );
  });
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

const openFiles = (rootPath: string): Promise<Binding> =>
  createComponent<Binding>(files, { rootPath });

bindingConformance({
  name: "localstorage",
  isAvailable: true,
  operations: ["create", "get", "list", "delete"],
  open: () => openFiles(scratch.folder("files")),
  hasNoEnd: true,
  output: {
    keepsBytes: true,
    // What is base64 by chance would be decoded.
    write: (fileName, payload) => ({
      operation: "create",
      data: Buffer.from(payload).toString("base64"),
      metadata: { fileName },
    }),
    find: async (binding, fileName) =>
      (await invoke(binding, { operation: "get", metadata: { fileName } }))?.data,
    refused: [
      ["a missing file", { operation: "get", metadata: { fileName: "no" } }, "file not found:"],
    ],
  },
});

describe("bindings.localstorage", () => {
  it("never leaves its folder by links or names", async () => {
    const outside = scratch.folder("outside");
    const inside = scratch.folder("inside/deep");
    writeFileSync(join(outside, "secret"), "secret");
    mkdirSync(join(outside, "folder"));
    symlinkSync(outside, join(inside, "link"));
    symlinkSync(join(outside, "secret"), join(inside, "file"));
    symlinkSync(join(outside, "new"), join(inside, "dangling"));
    await using binding = await openFiles(inside);
    const names = ["link/secret", "file", "link/folder", "link/new", "dangling", "link"];
    for (const fileName of names) {
      const metadata = { fileName };
      for (const operation of ["get", "list", "create"]) {
        if (operation === "list" && fileName === "dangling") continue;
        const call = { operation, data: "overwritten", metadata };
        await expect(invoke(binding, call), `${operation} ${fileName}`).rejects.toThrow();
      }
    }
    await expect(
      invoke(binding, { operation: "delete", metadata: { fileName: "link/secret" } }),
    ).rejects.toThrow();
    await invoke(binding, {
      operation: "create",
      data: "up",
      metadata: { fileName: "../../outside/secret" },
    });
    expect(readFileSync(join(inside, "outside/secret"), "utf8")).toBe("up");
    expect(readFileSync(join(outside, "secret"), "utf8")).toBe("secret");
  });

  it("is a folder itself that a link leads to", async () => {
    const real = scratch.folder("real");
    symlinkSync(real, join(scratch.path, "alias"));
    await using binding = await openFiles(join(scratch.path, "alias"));
    await invoke(binding, { operation: "create", data: "x!", metadata: { fileName: "f" } });
    expect(readFileSync(join(real, "f"), "utf8")).toBe("x!");
    await expect.poll(() => readFileSync(join(real, "f"), "utf8"), soon).toBe("x!");
    symlinkSync("/proc", join(scratch.path, "system"));
    await expect(openFiles(join(scratch.path, "system"))).rejects.toThrow("disallowed location");
  });
});
