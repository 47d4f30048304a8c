/** Certificates for connections to MySQL. */
import { readFileSync } from "node:fs";
import type { MysqlDsn } from "./mysql-dsn.ts";

/** @returns PEM of what the server's certificate must be signed by, for tls=custom @throws {Error} */
export function mysqlAuthority({ tls }: MysqlDsn, pemPath: string): string | undefined {
  const ca = readPem(pemPath);
  if (tls === "custom" && ca === undefined) {
    throw new Error("invalid value / unknown config name: custom");
  }
  return ca;
}

function readPem(path: string): string | undefined {
  if (path === "") return undefined;
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    throw new Error(`failed to read PEM file '${path}': ${(cause as NodeJS.ErrnoException).code}`, {
      cause,
    });
  }
  if (!text.includes("-----BEGIN CERTIFICATE-----")) throw new Error("failed to append PEM");
  return text;
}
