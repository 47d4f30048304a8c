/**
 * Connection strings of MySQL as Go's driver reads them: `user:password@tcp(host:port)/database?parameter=value`.
 *
 * No error shows any part of the string: it may hold a password.
 * @see spec 04 §8.1
 */
import { parseDuration } from "../../kit/time/duration.ts";

export type MysqlTls = "off" | "on" | "unchecked" | "preferred" | "custom";

export interface MysqlDsn {
  readonly user: string;
  /** Not enumerable: it shows up in no dump. */
  readonly password: string;
  readonly host: string;
  readonly port: number;
  /** Instead of host and port. */
  readonly socketPath: string | undefined;
  readonly database: string;
  readonly tls: MysqlTls;
  /** ms; undefined: the component's own timeout. */
  readonly dialTimeoutMs: number | undefined;
  readonly allowsCleartext: boolean;
  /** Whether dates and times are read as such, and not as text. */
  readonly parsesTimes: boolean;
  /** Server variables of each session with their values as SQL. */
  readonly variables: ReadonlyMap<string, string>;
}

const refuse = (why: string): Error => new Error(`invalid DSN: ${why}`);

const tlsModes: ReadonlyMap<string, MysqlTls> = new Map([
  ["", "off"],
  ["false", "off"],
  ["0", "off"],
  ["true", "on"],
  ["1", "on"],
  ["skip-verify", "unchecked"],
  ["preferred", "preferred"],
  ["custom", "custom"],
]);

/** Parameters of the driver itself; others are variables of the server. */
const driverParameters: ReadonlySet<string> = new Set(
  [
    "allowAllFiles allowCleartextPasswords allowFallbackToPlaintext allowNativePasswords allowOldPasswords charset",
    "checkConnLiveness clientFoundRows collation columnsWithAlias compress connectionAttributes interpolateParams loc",
    "maxAllowedPacket multiStatements parseTime readTimeout rejectReadOnly serverPubKey timeout timeTruncate tls",
    "writeTimeout",
  ].flatMap((names) => names.split(" ")),
);

/** @throws {Error} `invalid DSN: ...` */
export function parseMysqlDsn(text: string): MysqlDsn {
  const slash = text.lastIndexOf("/");
  if (slash < 0) throw refuse("missing the slash separating the database name");
  const place = text.slice(0, slash);
  const [database = "", ...query] = text.slice(slash + 1).split("?");
  const at = place.lastIndexOf("@");
  const credentials = at < 0 ? "" : place.slice(0, at);
  const colon = credentials.indexOf(":");
  const user = colon < 0 ? credentials : credentials.slice(0, colon);
  const [, network = "", address = ""] = matchPlace(place.slice(at + 1));
  const parameters = new URLSearchParams(query.join("?"));
  const isSocket = network === "unix";
  const dsn = {
    user,
    ...(isSocket ? { host: "", port: 0 } : hostAndPort(address)),
    socketPath: isSocket ? address || "/tmp/mysql.sock" : undefined,
    database: decodeName(database),
    ...readParameters(parameters),
  };
  return Object.defineProperty(dsn, "password", {
    value: colon < 0 ? "" : credentials.slice(colon + 1),
    enumerable: false,
  }) as typeof dsn & { password: string };
}

function matchPlace(text: string): readonly string[] {
  const found = /^(?:([^()]*?)(?:\((.*)\))?)$/s.exec(text);
  if (found === null) throw refuse("network address not terminated (missing closing brace)");
  const network = found[1] || "tcp";
  if (network !== "tcp" && network !== "unix") throw refuse("only tcp and unix are supported");
  return ["", network, found[2] ?? ""];
}

function hostAndPort(address: string): { readonly host: string; readonly port: number } {
  const [, v6, plain, port] = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d{1,5}))?$/.exec(address) ?? [];
  if (v6 === undefined && plain === undefined) throw refuse("invalid address");
  const number = port === undefined ? 3306 : Number(port);
  if (number < 1 || number > 65_535) throw refuse("invalid port");
  return { host: (v6 ?? plain) || "127.0.0.1", port: number };
}

function decodeName(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw refuse("invalid database name");
  }
}

function readParameters(parameters: URLSearchParams) {
  const tls = tlsModes.get((parameters.get("tls") ?? "").toLowerCase());
  if (tls === undefined) throw new Error("invalid value / unknown config name for tls");
  const timeout = parameters.get("timeout");
  let dialTimeoutMs: number | undefined;
  try {
    dialTimeoutMs = timeout === null ? undefined : parseDuration(timeout) || undefined;
  } catch {
    throw refuse("invalid timeout");
  }
  const variables = new Map<string, string>();
  for (const [name, value] of parameters) {
    if (driverParameters.has(name)) continue;
    if (!/^[A-Za-z0-9_.@]+$/.test(name)) throw refuse("invalid parameter name");
    variables.set(name, value);
  }
  const isOn = (name: string): boolean => ["true", "1"].includes(parameters.get(name) ?? "");
  const allowsCleartext = isOn("allowCleartextPasswords");
  return { tls, dialTimeoutMs, allowsCleartext, parsesTimes: isOn("parseTime"), variables };
}
