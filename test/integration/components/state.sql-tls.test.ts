/** state.mysql and state.postgresql over TLS, against servers whose certificates are made here. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { component as mysql } from "../../../src/components/state/mysql.ts";
import { component as postgresql } from "../../../src/components/state/postgresql.v2.ts";
import { Scratch } from "../launch.ts";
import { hasMariadb, launchMariadb, type Mariadb } from "../servers/mariadb.ts";
import { hasPostgres, launchPostgres, type Postgres } from "../servers/postgres.ts";
import { TestAuthority } from "../transport/certificates.ts";
import { createStore, read, setRequest } from "./state-context.ts";

const authority = new TestAuthority();
const stranger = new TestAuthority();
const scratch = new Scratch();
const roots = {
  own: scratch.write("own.pem", authority.root),
  strange: scratch.write("strange.pem", stranger.root),
  broken: scratch.write("broken.pem", "no certificate"),
};
const named = authority.issue("spiffe://test/db,DNS:localhost");
const numbered = authority.issue("spiffe://test/db,IP:127.0.0.1");

afterAll(() => {
  for (const disposable of [authority, stranger, scratch]) disposable[Symbol.dispose]();
});

const hasMysql = await hasMariadb();

describe.skipIf(!hasMysql)("state.mysql over TLS", { timeout: 30_000 }, () => {
  const servers: Mariadb[] = [];
  beforeAll(async () => {
    for (const [i, { cert, key }] of [named, numbered].entries()) {
      const flags = [
        `--ssl-cert=${scratch.write(`server${i}.crt`, cert)}`,
        `--ssl-key=${scratch.write(`server${i}.key`, key)}`,
        "--require-secure-transport=ON",
      ];
      servers.push(await launchMariadb({ flags }));
    }
  }, 60_000);
  afterAll(async () => {
    for (const server of servers) await server[Symbol.asyncDispose]();
  });

  const place = (server: "named" | "numbered", host: string, parameters: string): string => {
    const { user, password, port } = servers[server === "named" ? 0 : 1] as Mariadb;
    return `${user}:${password}@tcp(${host}:${port})/${parameters}`;
  };

  it.each([
    ["named", "localhost", "?tls=custom", "own"],
    ["numbered", "127.0.0.1", "?tls=custom", "own"],
    ["named", "127.0.0.1", "?tls=skip-verify", undefined],
    ["named", "127.0.0.1", "?tls=preferred", undefined],
  ] as const)("trusts the %s server as %s with %s", async (server, host, parameters, pem) => {
    await using store = await createStore(mysql, {
      connectionString: place(server, host, parameters),
      ...(pem === undefined ? {} : { pemPath: roots[pem] }),
    });
    await store.set(setRequest("k", host));
    expect(await read(store, "k")).toBe(host);
  });

  it.each([
    ["named", "localhost", "?tls=custom", "strange", /self[- ]signed|unable to|unknown authority/i],
    ["named", "127.0.0.1", "?tls=custom", "own", /127\.0\.0\.1/],
    ["numbered", "localhost", "?tls=custom", "own", /altnames/],
    [
      "numbered",
      "127.0.0.1",
      "?tls=true",
      undefined,
      /self[- ]signed|unable to|unknown authority/i,
    ],
    ["numbered", "127.0.0.1", "?tls=custom", "broken", /^failed to append PEM$/],
    ["numbered", "127.0.0.1", "", undefined, /secure transport|Access denied/],
  ] as const)(
    "refuses the %s server as %s with %s %s",
    async (server, host, parameters, pem, why) => {
      const opening = createStore(mysql, {
        connectionString: place(server, host, parameters),
        ...(pem === undefined ? {} : { pemPath: roots[pem] }),
      });
      await expect(opening).rejects.toThrow(why);
      await expect(opening).rejects.not.toThrow(/pass@wo/);
    },
  );
});

describe.skipIf(!hasPostgres())("state.postgresql over TLS", { timeout: 30_000 }, () => {
  const servers: Postgres[] = [];
  beforeAll(async () => {
    for (const tls of [named, numbered]) servers.push(await launchPostgres({ tls }));
  }, 60_000);
  afterAll(async () => {
    for (const server of servers) await server[Symbol.asyncDispose]();
  });

  const fields = (
    server: "named" | "numbered",
    host: string,
    sslMode: string,
    root: keyof typeof roots | undefined,
  ): Record<string, string> => {
    const { user, password, port } = servers[server === "named" ? 0 : 1] as Postgres;
    const ca = root === undefined ? "" : ` sslrootcert=${roots[root]}`;
    return {
      connectionString: `host=${host} port=${port} user=${user} dbname=postgres sslmode=${sslMode}${ca}`,
      password,
    };
  };

  it.each([
    ["named", "localhost", "verify-full", "own"],
    ["numbered", "127.0.0.1", "verify-full", "own"],
    ["named", "127.0.0.1", "verify-ca", "own"],
    ["named", "127.0.0.1", "require", undefined],
    ["named", "127.0.0.1", "prefer", undefined],
  ] as const)("trusts the %s server as %s with %s", async (server, host, mode, root) => {
    await using store = await createStore(postgresql, fields(server, host, mode, root));
    await store.set(setRequest("k", host));
    expect(await read(store, "k")).toBe(host);
  });

  it.each([
    ["named", "127.0.0.1", "verify-full", "own", /127\.0\.0\.1/],
    ["numbered", "localhost", "verify-full", "own", /localhost/],
    ["named", "localhost", "verify-full", "strange", /self[- ]signed|unable to|unknown authority/i],
    ["named", "localhost", "verify-ca", "strange", /self[- ]signed|unable to|unknown authority/i],
    ["named", "localhost", "require", "strange", /self[- ]signed|unable to|unknown authority/i],
    ["named", "localhost", "verify-full", undefined, /self[- ]signed|unable to|unknown authority/i],
  ] as const)("refuses the %s server as %s with %s %s", async (server, host, mode, root, why) => {
    const opening = createStore(postgresql, fields(server, host, mode, root));
    await expect(opening).rejects.toThrow(why);
    await expect(opening).rejects.not.toThrow(/pass word/);
  });
});
