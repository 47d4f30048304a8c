import { expect, it } from "vitest";
import type { RedisCommands, RedisConnection } from "./redis.ts";
import { claim, createGroup, existing, idAfter, readNew } from "./redis-stream-commands.ts";

const group = { stream: "t", group: "g", consumer: "c" };

/** A connection whose commands answer what they are told to. */
function answering(commands: Record<string, (...args: unknown[]) => unknown>): RedisConnection {
  const run = async (send: (client: RedisCommands) => Promise<unknown>): Promise<unknown> =>
    await send(commands as unknown as RedisCommands);
  return { run } as unknown as RedisConnection;
}

it.each([
  ["1-0", "1-1"],
  ["1795381855632-9", "1795381855632-10"],
  ["5-18446744073709551614", "5-18446744073709551615"],
])("counts on from %s", (id, next) => {
  expect(idAfter(id)).toBe(next);
});

it("says when entries that are claimed no longer exist, as servers before 7 answer", async () => {
  const entry = [Buffer.from("2-0"), [Buffer.from("data"), Buffer.from("x")]];
  const answers = async (reply: unknown) =>
    await claim(answering({ xclaimBuffer: async () => reply }), group, 1, ["1-0", "2-0"]);
  expect(await answers([null, entry])).toEqual({
    claimed: [{ id: "2-0", fields: entry[1] }],
    hasLost: true,
  });
  expect((await answers([[Buffer.from("1-0"), null], entry])).hasLost).toBe(true);
  expect(await answers([entry])).toMatchObject({ hasLost: false });
  expect(await answers([])).toEqual({ claimed: [], hasLost: false });
});

it("asks which entries the stream still holds", async () => {
  const connection = answering({
    xrange: async (_stream, id) => (id === "1-0" ? [] : [[id, ["data", "x"]]]),
  });
  expect(await existing(connection, group, ["1-0", "2-0"])).toEqual(new Set(["2-0"]));
});

it("takes no entries for none", async () => {
  expect(await readNew(answering({ xreadgroupBuffer: async () => null }), group, 1, 1)).toEqual([]);
});

it("leaves a group that exists, and shows other failures", async () => {
  const failing = (text: string) =>
    answering({
      xgroup: async () => {
        throw new Error(text);
      },
    });
  await createGroup(failing("BUSYGROUP Consumer Group name already exists"), group);
  await expect(createGroup(failing("WRONGTYPE"), group)).rejects.toThrow("WRONGTYPE");
});
