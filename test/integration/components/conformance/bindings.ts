/**
 * What every binding must do: one suite, called from the tests of each.
 * @see spec 03 §8, §9
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Binding } from "../../../../src/components/bindings/contract.ts";
import { type Call, invoke, Reading } from "../bindings-context.ts";
import { numbers, settle, soon } from "../pubsub-context.ts";

export interface BindingSubject {
  readonly name: string;
  /** Tests are skipped without a server. */
  readonly isAvailable: boolean;
  /** Each call is another sidecar. */
  open(properties?: Readonly<Record<string, string>>): Promise<Binding>;
  /** In the order that errors show. */
  readonly operations: readonly string[];
  /** It has no connection that could end. */
  readonly hasNoEnd?: boolean;
  /** Leads to a server that does not exist, with the password `hidden`. */
  readonly nowhere?: Readonly<Record<string, string>>;
  readonly output: {
    /** Writes a payload under a name that is used once. */
    write(name: string, payload: Uint8Array): Call;
    /** The payload that is there under the name; undefined: nothing. */
    find(binding: Binding, name: string): Promise<Uint8Array | undefined>;
    /** Whether other bytes than those of text survive. */
    readonly keepsBytes: boolean;
    /** Calls that are refused, and what is said. */
    readonly refused: readonly (readonly [name: string, call: Call, message: string])[];
  };
  /** For those that read what they write, of which all have the same queue or topic. */
  readonly input?: {
    readonly properties: (name: string) => Readonly<Record<string, string>>;
  };
  /** Ends the server and starts it again with its data. */
  restart?(): Promise<void>;
  close?(): Promise<void>;
}

let count = 0;
/** Names that no other test uses, nor a run before. */
const fresh = (): string => `b${Date.now().toString(36)}x${count++}`;

export function bindingConformance(subject: BindingSubject): void {
  describe.skipIf(!subject.isAvailable)(`binding ${subject.name}`, () => {
    let binding: Binding;
    beforeAll(async () => {
      binding = await subject.open();
    });
    afterAll(async () => {
      await binding[Symbol.asyncDispose]();
      await subject.close?.();
    });
    writes(subject, () => binding);
    endings(subject);
    if (subject.input !== undefined) {
      readings(subject, subject.input);
      stops(subject, subject.input);
    }
  });
}

function writes(subject: BindingSubject, binding: () => Binding): void {
  const { write, find, keepsBytes, refused } = subject.output;

  it("names its operations", () => {
    expect(binding().operations).toEqual(subject.operations);
  });

  it("hands a payload over as it is", async () => {
    const payloads = [
      Buffer.from("text"),
      Buffer.from("ü 😀 \u2028 <&>'\"\\ %s $1 ?"),
      Buffer.from("x".repeat(200_000)),
      ...(keepsBytes ? [Buffer.from(Array.from({ length: 256 }, (_, i) => i))] : []),
    ];
    for (const payload of payloads) {
      const name = fresh();
      await invoke(binding(), write(name, payload));
      await expect.poll(() => find(binding(), name), soon).toBeDefined();
      expect(Buffer.from((await find(binding(), name)) ?? []).equals(payload)).toBe(true);
    }
  });

  it("loses none of many at once", async () => {
    const names = numbers(40).map(() => fresh());
    await Promise.all(
      names.map((name) => invoke(binding(), write(name, Buffer.from(`of ${name}`)))),
    );
    for (const name of names) {
      await expect.poll(() => find(binding(), name), soon).toBeDefined();
      expect(Buffer.from((await find(binding(), name)) ?? []).toString()).toBe(`of ${name}`);
    }
  });

  it.each(refused)("refuses %s, and goes on", async (_name, call, message) => {
    await expect(invoke(binding(), call)).rejects.toThrow(message);
    const name = fresh();
    await invoke(binding(), write(name, Buffer.from("after")));
    await expect.poll(() => find(binding(), name), soon).toBeDefined();
  });
}

function endings({ open, output, input, restart, nowhere, hasNoEnd }: BindingSubject): void {
  const { write, find } = output;

  it.runIf(hasNoEnd !== true)("ends more than once, and does nothing afterwards", async () => {
    const binding = await open();
    await invoke(binding, write(fresh(), Buffer.from("before")));
    await binding[Symbol.asyncDispose]();
    await binding[Symbol.asyncDispose]();
    const late = invoke(binding, write(fresh(), Buffer.from("after")));
    await expect(late).rejects.toThrow();
  });

  it.runIf(nowhere !== undefined)("says that there is no server, but no password", async () => {
    const attempt = async (): Promise<void> => {
      await using binding = await open(nowhere);
      await invoke(binding, write(fresh(), Buffer.from("lost")));
    };
    await expect(attempt()).rejects.toThrow();
    await expect(attempt()).rejects.not.toThrow("hidden");
  });

  // Those with an input have a test of both ways.
  const isOneWay = restart !== undefined && input === undefined;
  it.runIf(isOneWay)("finds a server again that was away", async () => {
    await using binding = await open();
    await invoke(binding, write(fresh(), Buffer.from("before")));
    await restart?.();
    const name = fresh();
    const send = () =>
      invoke(binding, write(name, Buffer.from("after"))).then(
        () => "sent",
        (error: Error) => error.message,
      );
    await expect.poll(send, { ...soon, timeout: 40_000 }).toBe("sent");
    await expect.poll(() => find(binding, name), soon).toBeDefined();
  });
}

type Input = NonNullable<BindingSubject["input"]>;

const write = (binding: Binding, data: string) => invoke(binding, { operation: "create", data });

function readings({ open, restart }: BindingSubject, { properties }: Input): void {
  it("calls with each event once, and again with what was not taken", async () => {
    await using binding = await open(properties(fresh()));
    let failures = 0;
    using reading = await Reading.start(binding, async ({ data }) => {
      if (Buffer.from(data).toString() === "7" && failures++ < 2) throw new Error("no");
    });
    for (const text of numbers(20)) await write(binding, text);
    const expected = [...numbers(20), "7", "7"].toSorted();
    await expect.poll(() => reading.texts.toSorted(), soon).toEqual(expected);
    await settle();
    expect(reading.texts.toSorted()).toEqual(expected);
  });

  it("reads bytes as they were written", async () => {
    await using binding = await open(properties(fresh()));
    using reading = await Reading.start(binding);
    const data = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
    await invoke(binding, { operation: "create", data });
    await expect.poll(() => reading.events.length, soon).toBe(1);
    expect(Buffer.from(reading.events[0]?.data ?? []).equals(data)).toBe(true);
  });

  it.runIf(restart !== undefined)("reads on when the server was away", async () => {
    await using binding = await open(properties(fresh()));
    using reading = await Reading.start(binding);
    await write(binding, "before");
    await expect.poll(() => reading.texts, soon).toEqual(["before"]);
    await restart?.();
    const send = () =>
      write(binding, "after").then(
        () => "sent",
        (error: Error) => error.message,
      );
    await expect.poll(send, { ...soon, timeout: 40_000 }).toBe("sent");
    await expect.poll(() => reading.texts, { ...soon, timeout: 40_000 }).toContain("after");
  });
}

function stops({ open }: BindingSubject, { properties }: Input): void {
  it("takes nothing more when it was stopped, and goes on when it is started again", async () => {
    await using binding = await open(properties(fresh()));
    const first = await Reading.start(binding);
    await write(binding, "first");
    await expect.poll(() => first.texts, soon).toEqual(["first"]);
    first[Symbol.dispose]();
    using second = await Reading.start(binding);
    await write(binding, "second");
    await expect.poll(() => second.texts, soon).toEqual(["second"]);
    expect(first.texts).toEqual(["first"]);
  });

  it("confirms what was under way when it was stopped", async () => {
    const own = properties(fresh());
    await using binding = await open(own);
    const gate = Promise.withResolvers<void>();
    const first = await Reading.start(binding, () => gate.promise);
    await write(binding, "slow");
    await expect.poll(() => first.texts, soon).toEqual(["slow"]);
    first[Symbol.dispose]();
    gate.resolve();
    // Whatever was not confirmed would come first.
    using second = await Reading.start(binding);
    await write(binding, "next");
    await expect.poll(() => second.texts, soon).toEqual(["next"]);
  });

  it("leaves what was not taken to the next sidecar", async () => {
    const own = properties(fresh());
    const refused: string[] = [];
    {
      await using binding = await open(own);
      using reading = await Reading.start(binding, async () => {
        throw new Error("no");
      });
      for (const text of numbers(5)) await write(binding, text);
      await expect.poll(() => reading.texts.length, soon).toBeGreaterThan(0);
      refused.push(...reading.texts);
    }
    await using next = await open(own);
    using reading = await Reading.start(next);
    await expect.poll(() => reading.texts.toSorted(), soon).toEqual(numbers(5));
    expect(refused.length).toBeGreaterThan(0);
  });
}
