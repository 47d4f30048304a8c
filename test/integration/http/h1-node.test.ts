import { once } from "node:events";
import { Agent, createServer, request as httpRequest } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { HttpClientOptions } from "../../../src/kit/http/client.ts";
import { H1Client } from "../../../src/kit/http/h1-client.ts";
import { systemClock } from "../../../src/kit/time/clock.ts";
import { type Answer, call, rawServer } from "./call.ts";

const connect = (port: number, options: Partial<HttpClientOptions> = {}): H1Client =>
  new H1Client({
    host: "127.0.0.1",
    port,
    protocol: "http",
    maxHeaderBytes: 4096,
    clock: systemClock,
    ...options,
  });
const ok = "HTTP/1.1 200 OK\r\n";
const two = `${ok}Content-Length: 2\r\n\r\nok`;

/** The same answer as Node's own client sees it. */
function viaNode(port: number, agent: Agent): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest({ port, host: "127.0.0.1", path: "/x", agent }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on("data", (chunk: Buffer) => chunks.push(chunk));
      const finish = (): void =>
        resolve({
          status: answer.statusCode ?? 0,
          headers: answer.rawHeaders,
          body: Buffer.concat(chunks).toString("latin1"),
          isComplete: answer.complete,
        });
      answer.on("error", finish);
      answer.on("end", finish);
    });
    sent.on("error", reject);
    sent.end();
  });
}

test("valid answers are read as Node's client reads them", async () => {
  let answer = two;
  let pieces: number[] = [];
  await using server = await rawServer((socket) => {
    socket.on("data", async () => {
      const bytes = Buffer.from(answer, "latin1");
      let offset = 0;
      for (const piece of pieces) {
        socket.write(bytes.subarray(offset, offset + piece));
        offset = Math.min(bytes.length, offset + piece);
        await sleep(0);
      }
      socket.write(bytes.subarray(offset));
    });
  });
  await using client = connect(server.port);
  const agent = new Agent({ keepAlive: false });
  const token = fc.string({ unit: fc.constantFrom(..."abXY09-_!"), minLength: 1, maxLength: 12 });
  const field = fc.tuple(
    token.map((name) => `x-${name}`),
    fc
      .string({ unit: fc.constantFrom(...'ab ,;="\xe9'), maxLength: 20 })
      .map((text) => text.trim()),
  );
  const body = fc.string({ unit: fc.constantFrom(..."\r\n0aZ\xff"), maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(200, 201, 204, 304, 404, 500),
      fc.array(field, { maxLength: 5 }),
      fc.array(body, { maxLength: 4 }),
      fc.boolean(),
      fc.array(fc.integer({ min: 1, max: 80 }), { maxLength: 4 }),
      async (status, fields, chunks, isChunked, cuts) => {
        const hasBody = status !== 204 && status !== 304;
        const data = hasBody ? chunks.filter((chunk) => chunk !== "") : [];
        answer = `HTTP/1.1 ${status} Some Text\r\n${fields.map(([name, value]) => `${name}: ${value}\r\n`).join("")}`;
        if (!hasBody) answer += "\r\n";
        else if (!isChunked)
          answer += `Content-Length: ${data.join("").length}\r\n\r\n${data.join("")}`;
        else {
          const coded = data
            .map((chunk) => `${chunk.length.toString(16)};x=y\r\n${chunk}\r\n`)
            .join("");
          answer += `Transfer-Encoding: chunked\r\n\r\n${coded}0\r\nX-Trailer: t\r\n\r\n`;
        }
        pieces = cuts;
        const ours = await call(client);
        expect(ours).toEqual(await viaNode(server.port, agent));
        expect(ours.isComplete).toBe(true);
      },
    ),
    { numRuns: 150 },
  );
  agent.destroy();
});

test("it works with a server of Node, many calls at once", async () => {
  const server = createServer((incoming, outgoing) => {
    incoming.pipe(outgoing);
  });
  server.listen(0);
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  const client = connect(port);
  const bodies = Array.from({ length: 100 }, (_, i) => Buffer.alloc(i * 3001, 97 + (i % 26)));
  const answers = await Promise.all(bodies.map((body) => call(client, { method: "POST", body })));
  for (const [i, answer] of answers.entries()) expect(answer.body).toBe(bodies[i]?.toString());
  await client[Symbol.asyncDispose]();
  await new Promise((resolve) => server.close(resolve));
});
