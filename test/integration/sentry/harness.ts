/**
 * A sentry in this process on free ports, and a client that asks it over real TLS.
 */
import { randomBytes, randomUUID } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseFlags } from "../../../src/kit/flags/flags.ts";
import type { Platform } from "../../../src/kit/lifecycle/platform.ts";
import { Logging } from "../../../src/kit/logging/logger.ts";
import {
  CAService,
  SignCertificateRequest,
  type SignCertificateRequestInit,
  SignCertificateResponse,
} from "../../../src/kit/proto/dapr/proto/sentry/v1/sentry.ts";
import { selectTransport } from "../../../src/kit/rpc/select.ts";
import { codeName, RpcError } from "../../../src/kit/rpc/status.ts";
import type { Transport } from "../../../src/kit/rpc/transport.ts";
import { exactId, SpiffeId } from "../../../src/kit/security/spiffe.ts";
import { TlsMaterial } from "../../../src/kit/security/tls.ts";
import { staticAnchors } from "../../../src/kit/security/trust-anchors.ts";
import { type Clock, systemClock } from "../../../src/kit/time/clock.ts";
import { sentryFlags } from "../../../src/sentry/flags.ts";
import { sentryOptions } from "../../../src/sentry/options.ts";
import { type RunningSentry, startSentry } from "../../../src/sentry/sentry.ts";

export const transport: Promise<Transport> = selectTransport(process.env.TRICORNE_GRPC_TRANSPORT);

/** Log lines, to be waited for. */
export class LogLines {
  readonly all: string[] = [];

  count(text: string): number {
    return this.all.filter((line) => line.includes(text)).length;
  }

  async waitFor(text: string, times = 1, ms = 10_000): Promise<void> {
    const end = performance.now() + ms;
    while (this.count(text) < times) {
      if (performance.now() > end) {
        throw new Error(`"${text}" was not logged ${times} times in:\n${this.all.join("")}`);
      }
      await systemClock.sleep(20);
    }
  }
}

export function testPlatform(lines: LogLines, clock: Clock, env: Record<string, string>): Platform {
  return {
    clock,
    random: {
      number: () => Math.random(),
      bytes: (length) => randomBytes(length),
      uuid: () => randomUUID(),
    },
    env: new Map(Object.entries(env)),
    hostname: "test",
    pid: 1,
    uid: 1,
    cwd: "/",
    stdout: {
      isTerminal: false,
      write: (line) => void lines.all.push(line),
      writeLater: (line) => void lines.all.push(line),
      flush() {},
    },
  };
}

export const testLogging = (platform: Platform): Logging =>
  new Logging({
    level: "debug",
    json: false,
    sink: platform.stdout,
    clock: platform.clock,
    hostname: "test",
    version: "test",
  });

export interface TestSentry extends AsyncDisposable {
  readonly running: RunningSentry;
  readonly lines: LogLines;
  /** Credentials. */
  readonly directory: string;
  readonly platform: Platform;
  file(name: string): Promise<string>;
  /** One call, over a connection that accepts only this sentry. */
  sign(request: SignCertificateRequestInit): Promise<SignCertificateResponse>;
  /** `<code>: <message>` of a call that must fail. */
  refusal(request: SignCertificateRequestInit): Promise<string>;
}

export interface TestSentryOptions {
  readonly config?: string;
  readonly flags?: readonly string[];
  readonly env?: Record<string, string>;
  readonly clock?: Clock;
  readonly directory?: string;
}

export async function testSentry(options: TestSentryOptions = {}): Promise<TestSentry> {
  await using starting = new AsyncDisposableStack();
  const makeFolder = async (prefix: string): Promise<string> => {
    const folder = await mkdtemp(join(tmpdir(), prefix));
    starting.defer(() => rm(folder, { recursive: true, force: true }));
    return folder;
  };
  const directory = options.directory ?? (await makeFolder("sentry-"));
  const config = join(await makeFolder("sentry-config-"), "sentry.yaml");
  await writeFile(config, options.config ?? "");
  const lines = new LogLines();
  const platform = testPlatform(lines, options.clock ?? systemClock, options.env ?? {});
  const argv = [
    ...["--port", "0", "--listen-address", "127.0.0.1", "--healthz-port", "0"],
    ...["--metrics-port", "0", "--issuer-credentials", directory, "--config", config],
    ...(options.flags ?? []),
  ];
  const flags = parseFlags(sentryFlags(""), argv, { singleDash: true });
  const parsed = sentryOptions(flags, platform.env);
  const running = starting.use(
    await startSentry(parsed, platform, testLogging(platform), { transport: await transport }),
  );
  const file = (name: string): Promise<string> => readFile(join(directory, name), "utf8");
  const sign = async (request: SignCertificateRequestInit): Promise<SignCertificateResponse> => {
    const anchors = staticAnchors(await file("ca.crt"));
    const server = SpiffeId.of(parsed.trustDomain, parsed.namespace, "dapr-sentry");
    const client = (await transport).createClient({
      target: { host: "127.0.0.1", port: running.ports.grpc },
      tls: new TlsMaterial({ svid: undefined, anchors, clock: platform.clock }).client(
        exactId(server),
      ),
      maxMessageBytes: 2 ** 22,
    });
    try {
      const reply = await client.unary(
        CAService.methods.signCertificate.path,
        SignCertificateRequest.encode(request),
        { timeoutMs: 10_000 },
      );
      return SignCertificateResponse.decode(Buffer.from(reply.message));
    } finally {
      await client.close();
    }
  };
  const stack = starting.move();
  return {
    running,
    lines,
    directory,
    platform,
    file,
    sign,
    async refusal(request) {
      try {
        await sign(request);
      } catch (error) {
        if (error instanceof RpcError) return `${codeName(error.code)}: ${error.desc}`;
        throw error;
      }
      throw new Error("the request was not refused");
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

/**
 * A sentry on credentials that were there before: nothing makes it reload by itself.
 */
export async function settledSentry(options: TestSentryOptions = {}): Promise<TestSentry> {
  const directory = await mkdtemp(join(tmpdir(), "sentry-"));
  const first = await testSentry({ ...options, directory });
  await first[Symbol.asyncDispose]();
  const sentry = await testSentry({ ...options, directory });
  return {
    ...sentry,
    async [Symbol.asyncDispose]() {
      await sentry[Symbol.asyncDispose]();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
