import { generateKeyPairSync } from "node:crypto";
import {
  copyFile,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  unlink,
  writeFile,
} from "node:fs/promises";
import { join } from "node:path";
import { request } from "undici";
import { describe, expect, it } from "vitest";
import { createCsr } from "../../../src/kit/security/csr.ts";
import { freePorts } from "../launch.ts";
import { settledSentry, type TestSentry, testSentry } from "./harness.ts";

const reloading = "Issuer credentials changed; reloading";
const asked = (): { id: string; namespace: string; certificateSigningRequest: Buffer } => ({
  id: "a",
  namespace: "b",
  certificateSigningRequest: Buffer.from(createCsr(generateKeyPairSync("ed25519").privateKey)),
});
async function metrics(sentry: TestSentry): Promise<string[]> {
  const reply = await request(`http://127.0.0.1:${sentry.running.ports.metrics}/`);
  return (await reply.body.text()).split("\n").filter((line) => line.startsWith("dapr_sentry"));
}
async function health(sentry: TestSentry): Promise<number> {
  const reply = await request(`http://127.0.0.1:${sentry.running.ports.healthz}/healthz`);
  await reply.body.dump();
  return reply.statusCode;
}
const running = (sentry: TestSentry, times: number): Promise<void> =>
  sentry.lines.waitFor("Running gRPC server on port", times);

describe("reload", () => {
  it("follows the bootstrap once, on the same ports, and keeps counting", async () => {
    await using sentry = await testSentry();
    const { ports } = sentry.running;
    expect(await health(sentry)).toBe(200);
    await sentry.sign(asked());
    expect(await metrics(sentry)).toContain("dapr_sentry_issuercert_changed_total 1");
    await running(sentry, 2);
    expect(sentry.lines.count(reloading)).toBe(1);
    expect(sentry.lines.count("Root and issuer certs found: using credentials from store")).toBe(1);
    expect(sentry.running.ports).toEqual(ports);
    expect(await health(sentry)).toBe(200);
    await sentry.sign(asked());
    expect(await metrics(sentry)).toEqual([
      "dapr_sentry_cert_sign_request_received_total 2",
      "dapr_sentry_cert_sign_success_total 2",
      "dapr_sentry_issuercert_changed_total 2",
      expect.stringMatching(/^dapr_sentry_issuercert_expiry_timestamp 1\.\d+e\+09$/),
    ]);
    // Reading files is no change: nothing happens for longer than a batch takes.
    await new Promise((resolve) => setTimeout(resolve, 2500));
    expect(sentry.lines.count(reloading)).toBe(1);
  });

  it("happens when the files are replaced, and signs with the new issuer", async () => {
    await using donor = await settledSentry();
    await using sentry = await settledSentry();
    await sentry.sign(asked());
    const before = await sentry.file("ca.crt");
    for (const name of ["ca.crt", "issuer.crt", "issuer.key"]) {
      await copyFile(join(donor.directory, name), join(sentry.directory, `.${name}`));
      await rename(join(sentry.directory, `.${name}`), join(sentry.directory, name));
    }
    await running(sentry, 2);
    expect(sentry.lines.count(reloading)).toBe(1);
    expect(await sentry.file("ca.crt")).not.toBe(before);
    const reply = await sentry.sign(asked());
    expect(reply.trustChainCertificates[0]?.toString()).toBe(await donor.file("ca.crt"));
  });

  it("refuses nobody while it goes on", async () => {
    await using sentry = await testSentry();
    let calls = 0;
    const stop = sentry.lines.waitFor(reloading).then(() => running(sentry, 2));
    let isOver = false;
    void stop.then(() => {
      isOver = true;
    });
    while (!isOver) {
      await sentry.sign(asked());
      expect(await health(sentry)).toBe(200);
      calls++;
    }
    await stop;
    expect(calls).toBeGreaterThan(20);
  });

  it("makes everything anew when one of the files is gone", async () => {
    await using sentry = await settledSentry();
    const before = await sentry.file("ca.crt");
    await unlink(join(sentry.directory, "issuer.key"));
    await running(sentry, 2);
    expect(await sentry.file("ca.crt")).not.toBe(before);
    expect((await readdir(sentry.directory)).sort()).toEqual([
      "ca.crt",
      "issuer.crt",
      "issuer.key",
    ]);
    await sentry.sign(asked());
  });

  it("happens for any event in the directory", async () => {
    await using sentry = await settledSentry();
    await writeFile(join(sentry.directory, "unrelated"), "");
    await running(sentry, 2);
    await sentry.sign(asked());
  });

  it("follows links that are swapped, as Kubernetes mounts secrets", async () => {
    await using donor = await settledSentry();
    const { symlink } = await import("node:fs/promises");
    const directory = `${donor.directory}-mount`;
    const names = ["ca.crt", "issuer.crt", "issuer.key"];
    await mkdir(join(directory, "..v1"), { recursive: true });
    for (const name of names) {
      await copyFile(join(donor.directory, name), join(directory, "..v1", name));
    }
    await symlink("..v1", join(directory, "..data"));
    for (const name of names) await symlink(join("..data", name), join(directory, name));
    await using other = await settledSentry();
    {
      await using sentry = await testSentry({ directory });
      await mkdir(join(directory, "..v2"));
      for (const name of names) {
        await copyFile(join(other.directory, name), join(directory, "..v2", name));
      }
      await symlink("..v2", join(directory, "..tmp"));
      await rename(join(directory, "..tmp"), join(directory, "..data"));
      await running(sentry, 2);
      const reply = await sentry.sign(asked());
      expect(reply.trustChainCertificates[0]?.toString()).toBe(await other.file("ca.crt"));
    }
    await rm(directory, { recursive: true });
  });

  it("ends sentry when the new files do not fit together", async () => {
    await using donor = await settledSentry();
    await using sentry = await settledSentry();
    await writeFile(join(sentry.directory, "issuer.key"), await donor.file("issuer.key"));
    await expect(sentry.running.done).rejects.toThrow(
      "issuer key does not match issuer certificate",
    );
    await expect(
      request(`http://127.0.0.1:${sentry.running.ports.healthz}/healthz`),
    ).rejects.toThrow();
  });
});

describe("start", () => {
  it.each<[string, readonly string[], string]>([
    [
      "a missing directory",
      ["--issuer-credentials", "/no/such/directory"],
      "failed to watch /no/such/directory: no such file or directory",
    ],
    [
      "a missing configuration",
      ["--config", "/no/such/file"],
      `loading default config. couldn't find config name "/no/such/file": stat /no/such/file: no such file or directory`,
    ],
    [
      "an algorithm that does not exist",
      ["--jwt-enabled", "--jwt-signing-algorithm", "HS256"],
      "unsupported JWT signing algorithm: HS256",
    ],
  ])("fails with %s", async (_name, flags, reason) => {
    await expect(testSentry({ flags })).rejects.toThrow(reason);
  });

  it("fails when a port is taken, and leaves nothing behind", async () => {
    const [port] = (await freePorts(1)) as [number];
    const flags = ["--port", String(port)];
    await using sentry = await testSentry({ flags });
    await expect(testSentry({ flags })).rejects.toThrow(`could not listen on port ${port}`);
    await sentry.running[Symbol.asyncDispose]();
    await using again = await testSentry({ flags });
    expect(await health(again)).toBe(200);
  });

  it("refuses Kubernetes mode with the reference's exit status", async () => {
    const starting = testSentry({ flags: ["--mode", "kubernetes"], env: { NAMESPACE: "x" } });
    await expect(starting).rejects.toMatchObject({ name: "SentryError", exitCode: 2 });
  });

  it("may be stopped twice, and two run side by side", async () => {
    await using one = await testSentry();
    await using two = await testSentry();
    await one.sign(asked());
    expect(await metrics(two)).not.toContain("dapr_sentry_cert_sign_success_total 1");
    await one.running[Symbol.asyncDispose]();
    await one.running[Symbol.asyncDispose]();
    await one.running.done;
    await two.sign(asked());
  });

  it("leaves no readable copies of keys", async () => {
    await using sentry = await testSentry({ flags: ["--jwt-enabled"] });
    expect((await readdir(sentry.directory)).sort()).toEqual([
      "ca.crt",
      "issuer.crt",
      "issuer.key",
      "jwks.json",
      "jwt.key",
    ]);
    const key = (await readFile(join(sentry.directory, "issuer.key"), "utf8")).split("\n")[1];
    expect(sentry.lines.all.join("")).not.toContain(key);
  });
});
