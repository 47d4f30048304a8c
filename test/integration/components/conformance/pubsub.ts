/**
 * What every message broker must do: one suite, called from the tests of each broker.
 * @see spec 03 §5 to §7
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { PubSub } from "../../../../src/components/pubsub/contract.ts";
import { Gate, numbers, publish, receive, settle, soon } from "../pubsub-context.ts";

export interface PubSubTraits {
  /** Whether metadata of a publish arrives with the message. */
  readonly keepsMetadata: boolean;
  /** Whether a message is kept until a consumer of the group has confirmed it. */
  readonly isDurable: boolean;
  /** Properties with which one message is handled after the other. */
  readonly serial: Readonly<Record<string, string>> | undefined;
  /** Most messages with the handler at the same time. */
  readonly concurrency: number;
  /** Whether instances see the messages of each other. */
  readonly isShared: boolean;
  /** Whether two instances with the same consumerID share the messages. */
  readonly sharesGroups: boolean;
  /** A pattern and a topic that it matches and one that it does not, as `prefix` is put before them. */
  readonly wildcard?: {
    readonly pattern: string;
    readonly matching: string;
    readonly other: string;
    /** What is reported as topic. */
    readonly reports: "pattern" | "topic";
  };
  readonly oddTopics: readonly string[];
}

export interface PubSubSubject {
  readonly name: string;
  /** Tests are skipped without a server. */
  readonly isAvailable: boolean;
  readonly traits: PubSubTraits;
  /** Each call is another sidecar; failed messages are to come again within seconds. */
  open(consumerId: string, properties?: Readonly<Record<string, string>>): Promise<PubSub>;
  /** Ends the server and starts it again with its data. */
  restart?(): Promise<void>;
  close?(): Promise<void>;
}

let count = 0;
/** Names that no other test uses, nor a run before. */
const fresh = (): string => `t${Date.now().toString(36)}${count++}`;

export function pubSubConformance(subject: PubSubSubject): void {
  describe.skipIf(!subject.isAvailable)(`message broker ${subject.name}`, () => {
    let broker: PubSub;
    beforeAll(async () => {
      broker = await subject.open("group");
    });
    afterAll(async () => {
      await broker[Symbol.asyncDispose]();
      await subject.close?.();
    });
    payloads(subject, () => broker);
    consumers(subject);
    failures(subject);
    endings(subject);
    floods(subject);
  });
}

function payloads({ traits }: PubSubSubject, broker: () => PubSub): void {
  it("hands bytes over as they are", async () => {
    const topic = fresh();
    await using received = await receive(broker(), topic);
    const payloads = [
      Buffer.from(Array.from({ length: 256 }, (_, i) => i)),
      Buffer.from("ü 😀 \u2028"),
      Buffer.alloc(1_000_000, 7),
    ];
    for (const [i, data] of payloads.entries()) {
      await publish(broker(), topic, data);
      await expect.poll(() => received.messages.length, soon).toBe(i + 1);
      const message = received.messages[i];
      expect(Buffer.compare(Buffer.from(message?.data ?? []), data)).toBe(0);
      expect(message?.topic).toBe(topic);
    }
  });

  it.runIf(traits.keepsMetadata)("keeps metadata", async () => {
    const topic = fresh();
    await using received = await receive(broker(), topic);
    const metadata = { plain: "text", "Odd Name": "ü <&>", empty: "", __proto: "x" };
    await publish(broker(), topic, "a", metadata);
    await publish(broker(), topic, "b");
    await expect.poll(() => received.messages.length, soon).toBe(2);
    const byText = (text: string) => received.messages[received.texts.indexOf(text)]?.metadata;
    expect(Object.fromEntries(byText("a") ?? [])).toMatchObject(metadata);
    expect([...(byText("b") ?? [])]).toEqual([]);
  });

  it.each(traits.oddTopics)("takes the topic %j", async (suffix) => {
    const topic = `${fresh()}${suffix}`;
    await using received = await receive(broker(), topic);
    await using other = await receive(broker(), `${topic}x`);
    await publish(broker(), topic, "here");
    await expect.poll(() => received.texts, soon).toEqual(["here"]);
    expect(received.messages[0]?.topic).toBe(topic);
    expect(other.texts).toEqual([]);
  });

  const { wildcard } = traits;
  it.runIf(wildcard !== undefined)("takes patterns of topics", async () => {
    const prefix = fresh();
    const { pattern = "", matching = "", other = "", reports = "topic" } = wildcard ?? {};
    await using received = await receive(broker(), prefix + pattern);
    await publish(broker(), prefix + other, "other");
    await publish(broker(), prefix + matching, "matching");
    await expect.poll(() => received.texts, soon).toEqual(["matching"]);
    expect(received.messages[0]?.topic).toBe(prefix + (reports === "pattern" ? pattern : matching));
  });
}

function consumers({ open, traits }: PubSubSubject): void {
  it("gives each group every message", async () => {
    const topic = fresh();
    await using first = await open(`${topic}-a`);
    await using second = await open(`${topic}-b`);
    await using receivedFirst = await receive(first, topic);
    await using receivedSecond = await receive(traits.isShared ? second : first, topic);
    for (const text of numbers(20)) await publish(first, topic, text);
    const sorted = (texts: readonly string[]) => texts.toSorted((a, b) => +a - +b);
    await expect.poll(() => sorted(receivedFirst.texts), soon).toEqual(numbers(20));
    await expect.poll(() => sorted(receivedSecond.texts), soon).toEqual(numbers(20));
  });

  it.runIf(traits.sharesGroups)("gives a message to one consumer of a group", async () => {
    const topic = fresh();
    await using first = await open(`${topic}-group`);
    await using second = await open(`${topic}-group`);
    await using receivedFirst = await receive(first, topic);
    await using receivedSecond = await receive(second, topic);
    for (const text of numbers(100)) await publish(first, topic, text);
    const all = () => [...receivedFirst.texts, ...receivedSecond.texts];
    await expect.poll(() => all().length, soon).toBe(100);
    await settle();
    expect(all().toSorted((a, b) => +a - +b)).toEqual(numbers(100));
  });

  it("keeps the order where one message is handled after the other", async ({ skip }) => {
    if (traits.serial === undefined) skip();
    const topic = fresh();
    await using broker = await open(`${topic}-group`, traits.serial);
    let atOnce = 0;
    let most = 0;
    await using received = await receive(broker, topic, async () => {
      most = Math.max(most, ++atOnce);
      await settle(1);
      atOnce--;
    });
    for (const text of numbers(1000)) await publish(broker, topic, text);
    await expect.poll(() => received.texts.length, soon).toBe(1000);
    expect(received.texts).toEqual(numbers(1000));
    expect(most).toBe(1);
  });
}

function failures({ open, traits }: PubSubSubject): void {
  it.runIf(traits.isDurable)("delivers a message again until it is handled", async () => {
    const topic = fresh();
    await using broker = await open(`${topic}-group`);
    let failures = 0;
    await using received = await receive(broker, topic, async (message) => {
      if (Buffer.from(message.data).toString() === "bad" && failures++ < 2) throw new Error("no");
    });
    await publish(broker, topic, "good 1");
    await publish(broker, topic, "bad", traits.keepsMetadata ? { kept: "yes" } : undefined);
    await publish(broker, topic, "good 2");
    await expect
      .poll(() => received.texts.toSorted(), soon)
      .toEqual(["bad", "bad", "bad", "good 1", "good 2"]);
    const bad = received.messages.filter((_, i) => received.texts[i] === "bad");
    for (const message of bad) {
      if (traits.keepsMetadata) expect(message.metadata?.get("kept")).toBe("yes");
    }
  });

  it("goes on after a handler that fails or throws at once", async () => {
    const topic = fresh();
    await using broker = await open(`${topic}-group`, { ackOnFailure: "true" });
    await using received = await receive(broker, topic, () => {
      throw new Error("at once");
    });
    for (const text of numbers(5)) await publish(broker, topic, text);
    await expect.poll(() => received.texts.toSorted(), soon).toEqual(numbers(5));
    await settle();
    expect(received.texts).toHaveLength(5);
  });
}

function endings({ open, traits, restart }: PubSubSubject): void {
  it("waits for the handler when a subscription ends, and takes nothing more", async () => {
    const topic = fresh();
    await using broker = await open(`${topic}-group`);
    const gate = new Gate();
    const received = await receive(broker, topic, gate.handle);
    await publish(broker, topic, "first");
    await expect.poll(() => gate.entered, soon).toBe(1);
    let isOver = false;
    const over = received[Symbol.asyncDispose]().then(() => {
      isOver = true;
    });
    await settle();
    expect(isOver).toBe(false);
    gate.open();
    await over;
    await publish(broker, topic, "second");
    await received[Symbol.asyncDispose]();
    await using next = await receive(broker, topic);
    await publish(broker, topic, "third");
    const expected = traits.isDurable ? ["second", "third"] : ["third"];
    await expect.poll(() => next.texts.toSorted(), soon).toEqual(expected);
    expect(received.texts).toEqual(["first"]);
  });

  it("ends once, with its subscriptions", async () => {
    const topic = fresh();
    const broker = await open(`${topic}-group`);
    const received = await receive(broker, topic);
    await publish(broker, topic, "before");
    await expect.poll(() => received.texts, soon).toEqual(["before"]);
    await broker[Symbol.asyncDispose]();
    await broker[Symbol.asyncDispose]();
    await received[Symbol.asyncDispose]();
    if (traits.isDurable) await expect(publish(broker, topic, "after")).rejects.toThrow();
    expect(received.texts).toEqual(["before"]);
  });

  it.runIf(traits.isDurable)("leaves what was aborted to the next consumer", async () => {
    const topic = fresh();
    await using broker = await open(`${topic}-group`);
    const gate = new Gate();
    const received = await receive(broker, topic, gate.handle);
    for (const text of numbers(30)) await publish(broker, topic, text);
    await expect.poll(() => gate.entered, soon).toBeGreaterThan(0);
    received.abort.abort(new Error("context canceled"));
    await received[Symbol.asyncDispose]();
    await using next = await receive(broker, topic);
    await expect.poll(() => new Set(next.texts).size, soon).toBe(30);
  });

  it.runIf(restart !== undefined)("finds a broker again that was away", async () => {
    const topic = fresh();
    await using broker = await open(`${topic}-group`);
    await using received = await receive(broker, topic);
    await publish(broker, topic, "before");
    await expect.poll(() => received.texts, soon).toEqual(["before"]);
    await restart?.();
    const startedAt = performance.now();
    const send = () =>
      publish(broker, topic, "after").then(
        () => "sent",
        (error: Error) => error.message,
      );
    await expect.poll(send, soon).toBe("sent");
    await expect.poll(() => received.texts, soon).toContain("after");
    expect(performance.now() - startedAt).toBeLessThan(10_000);
    await broker.ping?.();
  });
}

function floods({ open, traits }: PubSubSubject): void {
  it("loses none of 1,000 messages published side by side", async () => {
    const topic = fresh();
    await using broker = await open(`${topic}-group`);
    await using received = await receive(broker, topic);
    await Promise.all(numbers(1000).map((text) => publish(broker, topic, text)));
    await expect.poll(() => new Set(received.texts).size, soon).toBe(1000);
    expect(received.texts.length).toBe(1000);
  });

  it("gives a slow handler no more than it can take", async () => {
    const topic = fresh();
    await using broker = await open(`${topic}-group`);
    const gate = new Gate();
    await using received = await receive(broker, topic, gate.handle);
    const sent = Promise.all(numbers(500).map((text) => publish(broker, topic, text)));
    try {
      await expect.poll(() => gate.entered, soon).toBe(traits.concurrency);
      if (traits.isDurable) await sent;
      await settle();
      expect(gate.entered).toBe(traits.concurrency);
    } finally {
      gate.open();
    }
    await sent;
    await expect.poll(() => new Set(received.texts).size, soon).toBe(500);
  });
}
