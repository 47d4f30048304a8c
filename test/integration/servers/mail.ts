/** A mail server on a loopback port: aiosmtpd. It refuses the recipient `refused@...`. */
import { join } from "node:path";
import { freePort, Launched, root } from "../launch.ts";
import { python, pythonProgram } from "./python.ts";

export const hasMailServer = (): boolean => pythonProgram("aiosmtpd") !== undefined;

export interface Mail {
  readonly from: string;
  readonly to: readonly string[];
  /** As it came over the wire. */
  readonly text: string;
  readonly isTls: boolean;
  /** Who logged in. */
  readonly login: string | null;
}

export interface MailServer extends AsyncDisposable {
  readonly port: number;
  /** What came, in the order in which it did. */
  mails(): readonly Mail[];
  stop(): Promise<void>;
  /** Starts it again on the same port, without the mails. */
  start(): Promise<void>;
}

export interface MailServerOptions {
  /** Everybody has to log in so. */
  readonly user?: string;
  readonly password?: string;
  /** Files, for STARTTLS. */
  readonly cert?: string;
  readonly key?: string;
}

export async function launchMailServer(options: MailServerOptions = {}): Promise<MailServer> {
  const port = await freePort();
  const script = join(root, "test/integration/servers/mail-server.py");
  let server: Launched;
  const start = async (): Promise<void> => {
    server = new Launched(python, [script, JSON.stringify({ port, ...options })]);
    try {
      await server.waitForLog("ready", 60_000);
    } catch (error) {
      await server.stop();
      throw error;
    }
  };
  await start();
  return {
    port,
    start,
    mails: () =>
      server.stdout
        .split("\n")
        .filter((line) => line.startsWith("{") && line.endsWith("}"))
        .map((line) => {
          const { data, ...rest } = JSON.parse(line) as Omit<Mail, "text"> & { data: string };
          return { ...rest, text: Buffer.from(data, "base64").toString("utf8") };
        }),
    async stop() {
      server.signal("SIGKILL");
      await server.exited;
    },
    async [Symbol.asyncDispose]() {
      await server.stop();
    },
  };
}
