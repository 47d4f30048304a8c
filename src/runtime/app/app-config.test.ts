import { expect, test } from "vitest";
import type { HttpClient, HttpHandler, HttpRequest } from "../../kit/http/client.ts";
import { ManualClock } from "../../kit/time/manual-clock.ts";
import { type AppConfig, readAppConfig } from "./app-config.ts";

/** Asks an app, which answers as the test says. */
function ask(answer: (handler: HttpHandler) => void, appToken = "") {
  const asked: HttpRequest[] = [];
  let aborted = 0;
  const client: HttpClient = {
    send(request, handler) {
      asked.push(request);
      queueMicrotask(() => answer(handler));
      return { write: () => true, endBody() {}, resume() {}, abort: () => void aborted++ };
    },
    async [Symbol.asyncDispose]() {},
  };
  const clock = new ManualClock();
  const config: Promise<AppConfig> = readAppConfig(client, {
    appId: "shop",
    appToken,
    clock,
    metrics: undefined,
  });
  return { asked, clock, config, aborts: () => aborted };
}

const answered =
  (status: number, body: string) =>
  (handler: HttpHandler): void => {
    handler.onHead(status, []);
    if (body !== "") handler.onData(Buffer.from(body));
    handler.onEnd(true);
  };

test("the app is asked once, with the id of its sidecar", async () => {
  const { asked, config } = ask(answered(200, '{"entities":["cart"],"actorIdleTimeout":"1h"}'));
  expect(await config).toEqual({ entities: ["cart"], actorIdleTimeout: "1h" });
  expect(asked).toMatchObject([
    {
      method: "GET",
      path: "/dapr/config",
      headers: ["content-type", "application/json", "dapr-app-id", "shop"],
      body: null,
    },
  ]);
});

test("the app's token goes along", async () => {
  const { asked, config } = ask(answered(200, "{}"), "secret");
  expect(await config).toEqual({});
  expect(asked[0]?.headers.slice(4)).toEqual(["dapr-api-token", "secret"]);
});

test.each([204, 301, 404, 500])("an answer with %d is no configuration", async (status) => {
  expect(await ask(answered(status, "not JSON")).config).toBeUndefined();
});

test("broken JSON, a broken connection and silence are errors, which the caller lets pass", async () => {
  await expect(ask(answered(200, "{")).config).rejects.toThrow(SyntaxError);
  const broken = ask((handler) => handler.onError(new Error("reset")));
  await expect(broken.config).rejects.toThrow("reset");
  const silent = ask(() => {});
  const failure = expect(silent.config).rejects.toThrow("timeout");
  await silent.clock.advance(30_000);
  await failure;
  expect(silent.aborts()).toBe(1);
});
