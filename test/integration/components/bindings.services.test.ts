/** Bindings of services on real ones: mail, and files. */
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Binding } from "../../../src/components/bindings/contract.ts";
import { component as files } from "../../../src/components/bindings/localstorage.ts";
import { component as smtp } from "../../../src/components/bindings/smtp.ts";
import { runToEnd, Scratch } from "../launch.ts";
import { hasMailServer, launchMailServer, type MailServer } from "../servers/mail.ts";
import { invoke } from "./bindings-context.ts";
import { bindingConformance } from "./conformance/bindings.ts";
import { soon } from "./pubsub-context.ts";
import { createComponent } from "./secret-context.ts";

const isMailThere = hasMailServer();
const scratch = new Scratch();
let mail: MailServer;

beforeAll(async () => {
  if (isMailThere) mail = await launchMailServer();
}, 120_000);
afterAll(async () => {
  await mail?.[Symbol.asyncDispose]();
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
