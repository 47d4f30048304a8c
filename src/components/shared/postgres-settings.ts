/**
 * The connection fields that all PostgreSQL components share, read into what a pool needs.
 * @see spec 04 §8.1
 */
import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import type { PeerCertificate } from "node:tls";
import { parseDuration } from "../../kit/time/duration.ts";
import type { PropertySchema } from "../contract.ts";
import { type DsnSettings, parsePostgresDsn } from "./postgres-dsn.ts";
import type { Properties } from "./properties.ts";

export const postgresProperties: readonly PropertySchema[] = [
  {
    name: "connectionString",
    aliases: ["url"],
    kind: "secret",
    description:
      "`host=... user=... password=... dbname=...` or a `postgres://` URL. It or one of the fields below is required.",
  },
  { name: "host", kind: "string", description: "Overrides the host of the connection string." },
  {
    name: "hostaddr",
    kind: "string",
    description: "IP address to connect to instead of looking the host up.",
  },
  { name: "port", kind: "string", description: "Overrides the port; 5432 if there is none." },
  { name: "database", kind: "string", description: "Overrides the database." },
  { name: "user", kind: "string", description: "Overrides the user." },
  { name: "password", kind: "secret", description: "Overrides the password." },
  {
    name: "sslRootCert",
    kind: "string",
    description: "File with the certificates that the server's must be signed by.",
  },
  {
    name: "timeout",
    aliases: ["timeoutInSeconds"],
    kind: "duration",
    default: "20s",
    description: "Longest time of an operation; at least 1s.",
  },
  {
    name: "connectionMaxIdleTime",
    kind: "duration",
    description: "How long a connection may be idle before it is closed; 30m if not given.",
  },
  {
    name: "maxConns",
    kind: "int",
    description:
      "Most connections, if more than 1; else `pool_max_conns` of the connection string, or 4, or the number of CPUs if that is more.",
  },
  {
    name: "queryExecMode",
    kind: "string",
    description:
      "`cache_statement` (default: prepared statements), `cache_describe`, `describe_exec`, `exec` (no prepared statements) or `simple_protocol` (for poolers that need it).",
  },
  {
    name: "useAzureAD",
    kind: "bool",
    default: "false",
    description: "Signing in with Microsoft Entra ID; not supported, refused when true.",
  },
  {
    name: "useAWSIAM",
    kind: "bool",
    default: "false",
    description: "Signing in with AWS IAM; not supported, refused when true.",
  },
];

/** How statements are sent. */
export type StatementMode = "named" | "unnamed" | "simple";

export interface PostgresTls {
  /** undefined: the certificate is not checked. */
  readonly ca: string | undefined;
  /** Whether the server's name is checked too. */
  readonly checksName: boolean;
  readonly cert: string | undefined;
  readonly key: string | undefined;
}

/** One way to reach a server; they are tried in order. */
export interface PostgresTarget {
  /** A name, an IP address, or the folder of a Unix socket. */
  readonly host: string;
  /** Where to connect to instead of looking {@link host} up. */
  readonly address: string | undefined;
  readonly port: number;
  readonly tls: PostgresTls | undefined;
}

export interface PostgresSettings {
  readonly targets: readonly PostgresTarget[];
  readonly user: string;
  /** Not enumerable: it shows up in no dump. */
  readonly password: string;
  readonly database: string;
  /** Server settings of each session, such as `search_path`. */
  readonly options: string;
  readonly applicationName: string;
  readonly maxConnections: number;
  /** ms */
  readonly maxIdleMs: number;
  /** ms */
  readonly maxLifetimeMs: number;
  /** ms, of an operation as a whole. */
  readonly timeoutMs: number;
  /** ms, of one attempt to connect. */
  readonly connectTimeoutMs: number;
  readonly statementMode: StatementMode;
  /** What `target_session_attrs` asks for. */
  readonly targetRole: TargetRole;
}

const targetRoles = ["any", "read-write", "read-only", "primary", "standby"] as const;
export type TargetRole = (typeof targetRoles)[number];

const statementModes: ReadonlyMap<string, StatementMode> = new Map([
  ["", "named"],
  ["cache_statement", "named"],
  ["cache_describe", "unnamed"],
  ["describe_exec", "unnamed"],
  ["exec", "unnamed"],
  ["simple_protocol", "simple"],
]);

/** What the driver understands itself; everything else is a setting of the server. */
const driverSettings: ReadonlySet<string> = new Set(
  [
    "host hostaddr port dbname user password passfile connect_timeout sslmode sslkey sslcert sslrootcert sslpassword",
    "sslsni sslnegotiation krbspn krbsrvname target_session_attrs service servicefile application_name options",
    "min_protocol_version max_protocol_version channel_binding gssencmode require_auth client_encoding",
    "pool_max_conns pool_min_conns pool_min_idle_conns pool_max_conn_lifetime pool_max_conn_idle_time",
    "pool_health_check_period pool_max_conn_lifetime_jitter",
    "default_query_exec_mode statement_cache_capacity description_cache_capacity",
  ].flatMap((names) => names.split(" ")),
);

/** Component field -> its name in a connection string. */
const overrides: readonly (readonly [field: string, name: string])[] = [
  ["host", "host"],
  ["hostaddr", "hostaddr"],
  ["port", "port"],
  ["database", "dbname"],
  ["user", "user"],
  ["password", "password"],
  ["sslRootCert", "sslrootcert"],
];

/** Environment variables of libpq that apply where nothing else is given. */
const environment: readonly (readonly [variable: string, name: string])[] = [
  ["PGHOST", "host"],
  ["PGPORT", "port"],
  ["PGDATABASE", "dbname"],
  ["PGUSER", "user"],
  ["PGPASSWORD", "password"],
  ["PGSSLMODE", "sslmode"],
  ["PGSSLROOTCERT", "sslrootcert"],
  ["PGSSLCERT", "sslcert"],
  ["PGSSLKEY", "sslkey"],
  ["PGAPPNAME", "application_name"],
  ["PGCONNECT_TIMEOUT", "connect_timeout"],
];

/** Reads files of certificates, but connects to nothing. @throws {Error} naming the field; never a value that is secret */
export function postgresSettings(
  values: Properties,
  env: ReadonlyMap<string, string>,
): PostgresSettings {
  const dsn = readDsn(values);
  const timeoutMs = values.durationMs("timeout");
  if (timeoutMs < 1000) throw new Error("invalid value for 'timeout': must be greater than 1s");
  const mode = values.text("queryExecMode") || dsn.get("default_query_exec_mode") || "";
  const statementMode = statementModes.get(mode);
  if (statementMode === undefined) {
    throw new Error(`invalid queryExecMode metadata value: ${mode}`);
  }
  for (const field of ["useAzureAD", "useAWSIAM"]) {
    if (values.bool(field)) throw new Error(`${field} is not supported: use a user and a password`);
  }
  for (const [variable, name] of environment) {
    const value = env.get(variable);
    if (value !== undefined && value !== "" && !dsn.has(name)) dsn.set(name, value);
  }
  const maxConns = values.integer("maxConns");
  const poolMax = integerOf(dsn, "pool_max_conns") ?? Math.max(4, availableParallelism());
  const user = dsn.get("user") || env.get("USER") || "postgres";
  const settings = {
    targets: targetsOf(dsn),
    user,
    database: dsn.get("dbname") || user,
    options: optionsOf(dsn),
    applicationName: dsn.get("application_name") ?? "",
    maxConnections: maxConns > 1 ? maxConns : Math.max(1, poolMax),
    maxIdleMs:
      positive(values.durationMs("connectionMaxIdleTime")) ??
      durationOf(dsn, "pool_max_conn_idle_time") ??
      30 * 60_000,
    maxLifetimeMs: durationOf(dsn, "pool_max_conn_lifetime") ?? 60 * 60_000,
    timeoutMs,
    connectTimeoutMs: positive((integerOf(dsn, "connect_timeout") ?? 0) * 1000) ?? timeoutMs,
    statementMode,
    targetRole: roleOf(dsn),
  };
  return Object.defineProperty(settings, "password", {
    value: dsn.get("password") ?? "",
    enumerable: false,
  }) as typeof settings & { password: string };
}

function readDsn(values: Properties): DsnSettings {
  const text = values.text("connectionString");
  const given = overrides.filter(([field]) => values.text(field) !== "");
  if (text === "" && given.length === 0) throw new Error("failed to build connection string");
  let dsn: DsnSettings;
  try {
    dsn = text === "" ? new Map() : parsePostgresDsn(text);
  } catch (cause) {
    throw new Error(`failed to parse connection string: ${(cause as Error).message}`, { cause });
  }
  for (const [field, name] of given) dsn.set(name, values.text(field));
  // A new host goes with neither the address nor the ports of the others.
  if (values.text("host") !== "" && values.text("hostaddr") === "") dsn.delete("hostaddr");
  return dsn;
}

const positive = (value: number): number | undefined => (value > 0 ? value : undefined);

function integerOf(dsn: DsnSettings, name: string): number | undefined {
  const text = dsn.get(name);
  if (text === undefined || text === "") return undefined;
  if (!/^\d{1,9}$/.test(text)) {
    throw new Error(`failed to parse connection string: invalid ${name}`);
  }
  return Number(text);
}

/** Durations in connection strings are Go's, with a unit. */
function durationOf(dsn: DsnSettings, name: string): number | undefined {
  const text = dsn.get(name);
  if (text === undefined || text === "") return undefined;
  try {
    return positive(parseDuration(text));
  } catch (cause) {
    throw new Error(`failed to parse connection string: invalid ${name}`, { cause });
  }
}

function roleOf(dsn: DsnSettings): TargetRole {
  const text = dsn.get("target_session_attrs") || "any";
  const role = targetRoles.find((name) => name === text);
  if (role === undefined) {
    throw new Error("failed to parse connection string: unsupported target_session_attrs");
  }
  return role;
}

function optionsOf(dsn: DsnSettings): string {
  const parts = [dsn.get("options") ?? ""];
  for (const [name, value] of dsn) {
    if (driverSettings.has(name)) continue;
    parts.push(`-c ${name}=${value.replace(/[\\\s]/g, "\\$&")}`);
  }
  return parts.filter((part) => part !== "").join(" ");
}

function targetsOf(dsn: DsnSettings): readonly PostgresTarget[] {
  const hosts = (dsn.get("host") || dsn.get("hostaddr") || "localhost").split(",");
  const addresses = dsn.get("hostaddr")?.split(",");
  const ports = (dsn.get("port") ?? "").split(",");
  if (ports.length > 1 && ports.length !== hosts.length) {
    throw new Error("failed to parse connection string: as many ports as hosts are needed");
  }
  const choices = tlsChoices(dsn);
  return hosts.flatMap((host, index) => {
    const text = (ports.length > 1 ? ports[index] : ports[0]) || "5432";
    const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
    if (port < 1 || port > 65_535) {
      throw new Error("failed to parse connection string: invalid port");
    }
    const address = addresses?.[index] || undefined;
    // There is no TLS on Unix sockets.
    const ways = host.startsWith("/") ? [undefined] : choices;
    return ways.map((tls): PostgresTarget => ({ host: host || "localhost", address, port, tls }));
  });
}

/** With which TLS to try, in order; undefined: none. */
function tlsChoices(dsn: DsnSettings): readonly (PostgresTls | undefined)[] {
  const mode = dsn.get("sslmode") || "prefer";
  if (mode === "disable") return [undefined];
  const rootCert = dsn.get("sslrootcert");
  const pair = {
    cert: readPem(dsn.get("sslcert"), "sslcert"),
    key: readPem(dsn.get("sslkey"), "sslkey"),
  };
  const unchecked: PostgresTls = { ca: undefined, checksName: false, ...pair };
  const checked = (checksName: boolean): PostgresTls => ({
    ca: readPem(rootCert, "sslrootcert") ?? "",
    checksName,
    ...pair,
  });
  switch (mode) {
    case "allow":
      return [undefined, unchecked];
    case "prefer":
      return [unchecked, undefined];
    case "require":
      // As libpq does when there is something to check against.
      return [rootCert ? checked(false) : unchecked];
    case "verify-ca":
      return [checked(false)];
    case "verify-full":
      return [checked(true)];
    default:
      throw new Error("failed to parse connection string: invalid sslmode");
  }
}

/** `system` and nothing mean the certificates that Node brings. */
function readPem(path: string | undefined, name: string): string | undefined {
  if (path === undefined || path === "" || path === "system") return undefined;
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new Error(`failed to read ${name} file '${path}': ${code}`, { cause });
  }
}

/** What Node's TLS needs; the name for SNI is set by the driver. */
export function tlsOptions(tls: PostgresTls, host: string) {
  return {
    host,
    rejectUnauthorized: tls.ca !== undefined,
    ...(tls.ca === undefined || tls.ca === "" ? {} : { ca: tls.ca }),
    ...(tls.cert === undefined ? {} : { cert: tls.cert }),
    ...(tls.key === undefined ? {} : { key: tls.key }),
    ...(tls.ca !== undefined && !tls.checksName
      ? { checkServerIdentity: (_host: string, _certificate: PeerCertificate) => undefined }
      : {}),
  };
}
