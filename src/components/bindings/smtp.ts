/**
 * bindings.smtp: sends mail.
 * @see https://docs.dapr.io/reference/components-reference/supported-bindings/smtp/
 */
import { connect, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { createTransport } from "nodemailer";
import { errorText } from "../../kit/errors/api-error.ts";
import type { Clock } from "../../kit/time/clock.ts";
import type { ComponentDefinition, PropertySchema } from "../contract.ts";
import { Properties, parseInteger } from "../shared/properties.ts";
import type { Binding, BindingMetadata, BindingRequest } from "./contract.ts";
import { unquote } from "./request-data.ts";

const addresses = "several are separated by `;`; requests may say otherwise";

const properties: readonly PropertySchema[] = [
  { name: "host", kind: "string", required: true, description: "Host of the mail server." },
  {
    name: "port",
    kind: "int",
    default: "587",
    description: "Its port. 465 is TLS from the start; on others TLS begins when it is offered.",
  },
  { name: "user", kind: "string", description: "Who logs in; nobody when it is not given." },
  { name: "password", kind: "secret", description: "With what." },
  {
    name: "skipTLSVerify",
    kind: "bool",
    default: "false",
    description: "Whether any certificate of the server will do.",
  },
  {
    name: "emailFrom",
    kind: "string",
    description: "Sender; requests may say otherwise. One of them has to say it.",
  },
  { name: "emailTo", kind: "string", description: `Recipients: ${addresses}. One has to say it.` },
  { name: "emailCC", kind: "string", description: `Recipients of copies: ${addresses}.` },
  { name: "emailBCC", kind: "string", description: `Hidden recipients: ${addresses}.` },
  {
    name: "subject",
    kind: "string",
    description: "Subject; requests may say otherwise. One of them has to say it.",
  },
  {
    name: "priority",
    kind: "int",
    default: "3",
    description: "1 to 5, sent as X-Priority; requests may say otherwise.",
  },
];

/** By the names that requests use. */
const perMail = ["emailFrom", "emailTo", "emailCC", "emailBCC", "subject", "priority"] as const;
type MailField = (typeof perMail)[number];
type MailDefaults = Readonly<Record<MailField, string>>;

interface SmtpSettings {
  readonly host: string;
  readonly port: number;
  readonly isTls: boolean;
  readonly user: string;
  readonly password: string;
  readonly skipsVerification: boolean;
  readonly defaults: MailDefaults;
}

export const component = {
  type: "bindings.smtp",
  versions: ["v1"],
  summary: "Sends mail; the data of a request is its text, as HTML.",
  provenAgainst: "aiosmtpd 1.4, with logins and TLS",
  properties,
  create: async ({ properties: given, platform }) =>
    new SmtpBinding(readSettings(new Properties(given, properties)), platform.clock),
} satisfies ComponentDefinition<Binding>;

const failure = (text: string, cause?: unknown): Error =>
  new Error(`smtp binding error: ${text}`, { cause });

/** @throws {Error} */
function readSettings(values: Properties): SmtpSettings {
  const host = values.text("host");
  if (host === "") throw failure("host property not supplied in configuration-metadata");
  const port = values.integer("port");
  if (port < 1 || port > 65_535) throw failure(`invalid port ${port}`);
  const user = values.text("user");
  const password = values.text("password");
  if ((user === "") !== (password === "")) {
    throw failure("user and password fields are both required in metadata");
  }
  const defaults = Object.fromEntries(
    perMail.map((name) => [name, values.text(name)]),
  ) as MailDefaults;
  checkPriority(defaults.priority);
  return {
    host,
    port,
    isTls: port === 465,
    user,
    password,
    skipsVerification: values.bool("skipTLSVerify"),
    defaults,
  };
}

/** @throws {Error} */
function checkPriority(text: string): number {
  const priority = parseInteger("priority", text);
  if (priority >= 1 && priority <= 5) return priority;
  throw new Error("smtp binding: priority value must be between 1 (lowest) and 5 (highest)");
}

const connectLimitMs = 15_000;
/** For one mail, from connecting to the server's confirmation. */
const mailLimitMs = 60_000;

class SmtpBinding implements Binding {
  readonly operations = ["create"];
  readonly #settings: SmtpSettings;
  readonly #clock: Clock;
  readonly #closing = new AbortController();

  constructor(settings: SmtpSettings, clock: Clock) {
    this.#settings = settings;
    this.#clock = clock;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort(new Error("smtp binding is closed"));
  }

  async invoke({ data, metadata }: BindingRequest, signal?: AbortSignal): Promise<undefined> {
    const mail = compose(this.#settings.defaults, metadata, Buffer.from(data));
    const ends = signal === undefined ? [] : [signal];
    using deadline = this.#clock.deadline(
      mailLimitMs,
      AbortSignal.any([...ends, this.#closing.signal]),
    );
    try {
      await this.#send(mail, deadline);
    } catch (cause) {
      throw failure(
        `error from smtp server: ${errorText(deadline.aborted ? deadline.reason : cause)}`,
        cause,
      );
    }
  }

  async #send(mail: Mail, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const { host, port, isTls, user, password, skipsVerification } = this.#settings;
    const { promise: gaveUp, reject } = Promise.withResolvers<never>();
    // Nobody may be waiting any more when it comes.
    gaveUp.catch(() => undefined);
    let socket: Socket | undefined;
    const giveUp = (): void => {
      socket?.destroy();
      reject(signal.reason);
    };
    signal.addEventListener("abort", giveUp, { once: true });
    const tls = { rejectUnauthorized: !skipsVerification, minVersion: "TLSv1.2" as const };
    const transport = createTransport({
      host,
      port,
      secure: isTls,
      ...(user === "" ? {} : { auth: { user, pass: password } }),
      tls,
      connectionTimeout: connectLimitMs,
      greetingTimeout: connectLimitMs,
      socketTimeout: mailLimitMs,
      // A request names no files or addresses to be read.
      disableFileAccess: true,
      disableUrlAccess: true,
      // So that it can be ended.
      getSocket(_options, done) {
        const opened = isTls
          ? connectTls({ host, port, servername: host, ...tls }, onOpen)
          : connect({ host, port }, onOpen);
        socket = opened;
        function onOpen(): void {
          opened.off("error", done);
          done(null, { connection: opened, secured: isTls });
        }
        opened.once("error", done);
        // Whoever it is handed to listens a moment later.
        opened.on("error", () => undefined);
        if (signal.aborted) opened.destroy();
      },
    });
    try {
      await Promise.race([transport.sendMail(mail), gaveUp]);
    } finally {
      signal.removeEventListener("abort", giveUp);
      transport.close();
    }
  }
}

type Mail = ReturnType<typeof compose>;

/** @throws {Error} something is missing */
function compose(defaults: MailDefaults, metadata: BindingMetadata, data: Buffer) {
  const field = (name: MailField): string => metadata.get(name) || defaults[name];
  const needed = (name: MailField): string => {
    const text = field(name);
    if (text !== "") return text;
    throw failure(`${name} property not supplied in configuration- or request-metadata`);
  };
  const list = (text: string): string[] =>
    text.split(";").flatMap((one) => (one.trim() === "" ? [] : [one.trim()]));
  return {
    from: needed("emailFrom"),
    to: list(needed("emailTo")),
    cc: list(field("emailCC")),
    bcc: list(field("emailBCC")),
    subject: needed("subject"),
    headers: { "X-Priority": String(checkPriority(field("priority"))) },
    html: unquote(data).toString("utf8"),
  };
}
