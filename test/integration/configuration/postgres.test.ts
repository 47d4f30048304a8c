/** A sidecar with configuration in PostgreSQL: the app and a stream are told, before and after an outage. */
import { Client } from "pg";
import { describe, expect, it } from "vitest";
import { call, startApp } from "../api/calls.ts";
import { launchDaprd } from "../launch.ts";
import { hasPostgres, launchPostgres, type Postgres } from "../servers/postgres.ts";
import { Stream, wait } from "./sidecar.ts";

const schema = `
CREATE TABLE settings (key text, value text, version text, metadata json);
CREATE FUNCTION tell() RETURNS trigger AS $$
BEGIN
  PERFORM pg_notify('changes', json_build_object('data', row_to_json(NEW))::text);
  RETURN NULL;
END $$ LANGUAGE plpgsql;
CREATE TRIGGER told AFTER INSERT ON settings FOR EACH ROW EXECUTE FUNCTION tell();
`;

const component = (connectionString: string): string => `
apiVersion: dapr.io/v1alpha1
kind: Component
metadata:
  name: conf
spec:
  type: configuration.postgres
  version: v1
  metadata:
  - name: connectionString
    value: ${JSON.stringify(connectionString)}
  - {name: table, value: settings}
  - {name: notifyChannel, value: changes}
`;

async function query(postgres: Postgres, text: string): Promise<unknown[]> {
  const { port, user, password } = postgres;
  const client = new Client({ host: "127.0.0.1", port, user, password, database: "postgres" });
  client.on("error", () => {});
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

const insert = (version: number, value: string): string =>
  `INSERT INTO settings VALUES ('a', '${value}', '${version}', '{"by": "test"}')`;

describe.skipIf(!hasPostgres())("PostgreSQL", () => {
  it("tells apps and streams, and again after an outage", async () => {
    await using postgres = await launchPostgres();
    await query(postgres, schema);
    const bodies: string[] = [];
    await using app = await startApp(async (request, response) => {
      let body = "";
      for await (const chunk of request) body += chunk;
      if (request.url === "/configuration/conf/a") bodies.push(body);
      response.end();
    });
    await using sidecar = await launchDaprd({
      appId: "app",
      appPort: app.port,
      resources: [component(`${postgres.connectionString} application_name=sidecar`)],
    });
    const get = async (path: string) => await call({ port: sidecar.httpPort, path });
    const { id } = JSON.parse((await get("/v1.0/configuration/conf/subscribe?key=a")).text);
    using stream = new Stream(sidecar.grpcPort, []);
    await stream.id();
    await query(postgres, insert(1, "one"));
    await stream.until("a=one");
    await expect.poll(() => bodies.length, wait).toBe(1);
    const item = '{"value":"one","version":"1","metadata":{"by":"test"}}';
    expect(bodies[0]).toBe(`{"id":"${id}","items":{"a":${item}}}\n`);
    expect((await get("/v1.0/configuration/conf?key=a")).text).toBe(`{"a":${item}}\n`);

    await postgres.stop("immediate");
    const during = await get("/v1.0/configuration/conf?key=a");
    expect([during.status, JSON.parse(during.text).errorCode]).toEqual([
      500,
      "ERR_CONFIGURATION_GET",
    ]);
    expect(during.text).not.toContain(postgres.password);
    expect((await get("/v1.0/configuration/conf/subscribe?key=b")).text).toMatch(
      /ERR_CONFIGURATION_SUBSCRIBE/,
    );
    await postgres.start();
    const backAt = performance.now();
    await query(postgres, insert(2, "two"));
    await stream.until("a=two");
    await expect.poll(() => bodies.at(-1), wait).toContain('"two"');
    expect(performance.now() - backAt).toBeLessThan(2_000);

    // Nobody listens between the cut and the new connection.
    const others = "FROM pg_stat_activity WHERE application_name = 'sidecar'";
    const connections = () => query(postgres, `SELECT count(*)::int AS n ${others}`);
    for (let i = 3; i < 53; i++) {
      await query(postgres, `SELECT pg_terminate_backend(pid) ${others}; ${insert(i, `v${i}`)}`);
      await stream.until(`a=v${i}`);
    }
    await expect.poll(connections, wait).toEqual([{ n: 2 }]);
    await sidecar.process.stop();
    expect((await stream.ended()).code).toBe(0);
    await expect.poll(connections, wait).toEqual([{ n: 0 }]);
    expect(sidecar.process.log).not.toContain("pass word");
  });
});
