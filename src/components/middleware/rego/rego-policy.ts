/**
 * A Rego policy, evaluated by regorus in WebAssembly (`rego.wasm`, built from native/rego).
 * @see docs/decisions/0005-rego-by-regorus.md
 */
import { readFile } from "node:fs/promises";
import { errorText } from "../../../kit/errors/api-error.ts";
import type { Platform } from "../../../kit/lifecycle/platform.ts";
import { type HostFunctions, hostFunctions } from "./host-functions.ts";

/** The part of WebAssembly that is used; the compiler knows it in browsers only. */
interface WebAssemblyEngine {
  compile(bytes: Uint8Array): Promise<Compiled>;
  readonly Instance: new (module: Compiled, imports: object) => { readonly exports: unknown };
}

/** A module that is ready to be run. */
type Compiled = object & { readonly compiled?: never };

const { WebAssembly: webAssembly } = globalThis as unknown as {
  readonly WebAssembly: WebAssemblyEngine;
};

/** What the module exports; pointers and lengths are bytes of its memory. */
interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer };
  reserve(length: number): number;
  discard(pointer: number, length: number): void;
  load(policy: number, length: number, names: number, namesLength: number, isV0: number): bigint;
  evaluate(input: number, length: number): bigint;
}

/** What comes out of the module: nothing at all stands for undefined. */
interface Answer {
  readonly value?: unknown;
  readonly error?: string;
}

type Outside = Pick<Platform, "clock" | "random">;

let compiled: Promise<Compiled> | undefined;

/** Compiled once, for all policies of the process. */
function compile(): Promise<Compiled> {
  compiled ??= readFile(new URL("./rego.wasm", import.meta.url)).then((bytes) =>
    webAssembly.compile(bytes),
  );
  return compiled;
}

export class RegoPolicy {
  readonly #module: Compiled;
  readonly #source: string;
  readonly #isV0: boolean;
  readonly #outside: Outside;
  readonly #functions: HostFunctions;
  #engine: Engine | undefined;

  private constructor(
    module: Compiled,
    source: string,
    isV0: boolean,
    outside: Outside,
    functions: HostFunctions,
  ) {
    this.#module = module;
    this.#source = source;
    this.#isV0 = isV0;
    this.#outside = outside;
    this.#functions = functions;
  }

  /**
   * Reads a policy in the syntax of Rego 0, where that fails in the one of Rego 1.
   * @throws {Error} it is none; the text tells where, in the syntax of Rego 0
   */
  static async load(source: string, outside: Outside): Promise<RegoPolicy> {
    const module = await compile();
    const functions = hostFunctions(outside.clock);
    const readAs = (isV0: boolean): RegoPolicy => {
      const policy = new RegoPolicy(module, source, isV0, outside, functions);
      policy.#engine = policy.#start();
      return policy;
    };
    try {
      return readAs(true);
    } catch (error) {
      try {
        return readAs(false);
      } catch {
        throw error;
      }
    }
  }

  /**
   * @param input becomes JSON
   * @returns the value of `data.http.allow`; undefined where the policy leaves it so
   * @throws {Error} it cannot be evaluated, or not within a second
   */
  evaluate(input: unknown): unknown {
    this.#engine ??= this.#start();
    const engine = this.#engine;
    try {
      return valueIn(engine.evaluate(JSON.stringify(input)));
    } catch (error) {
      // After a trap the memory is in no known state: the next request gets a new one.
      if (engine.isBroken) this.#engine = undefined;
      throw error;
    }
  }

  #start(): Engine {
    const engine = new Engine(this.#module, this.#outside, this.#functions);
    valueIn(engine.load(this.#source, [...this.#functions].map(asLine).join("\n"), this.#isV0));
    return engine;
  }
}

const asLine = ([name, { length }]: [string, (...args: never[]) => unknown]): string =>
  `${name} ${length}`;

function valueIn({ value, error }: Answer): unknown {
  if (error !== undefined) throw new Error(error);
  return value;
}

class Engine {
  readonly #exports: Exports;
  readonly #outside: Outside;
  readonly #functions: HostFunctions;
  /** What the module wrote to its standard error: why it gave up. */
  #complaint = "";
  isBroken = false;

  constructor(module: Compiled, outside: Outside, functions: HostFunctions) {
    this.#outside = outside;
    this.#functions = functions;
    const instance = new webAssembly.Instance(module, {
      host: { call: this.#call.bind(this) },
      wasi_snapshot_preview1: this.#wasi(),
    });
    this.#exports = instance.exports as unknown as Exports;
  }

  load(source: string, names: string, isV0: boolean): Answer {
    return this.#run(() =>
      this.#exports.load(...this.#put(source), ...this.#put(names), isV0 ? 1 : 0),
    );
  }

  evaluate(input: string): Answer {
    return this.#run(() => this.#exports.evaluate(...this.#put(input)));
  }

  #run(work: () => bigint): Answer {
    this.#complaint = "";
    try {
      return this.#take(work());
    } catch (error) {
      this.isBroken = true;
      throw new Error(`the policy broke off: ${this.#complaint || errorText(error)}`, {
        cause: error,
      });
    }
  }

  /** The answer of a function of ours, in a room of the module's. */
  #call(name: number, nameLength: number, args: number, length: number): bigint {
    const answer = this.#answer(this.#text(name, nameLength), this.#text(args, length));
    const [pointer, bytes] = this.#put(JSON.stringify(answer));
    return (BigInt(pointer) << 32n) | BigInt(bytes);
  }

  #answer(name: string, args: string): Answer {
    const asked = this.#functions.get(name);
    if (asked === undefined) return { error: "there is no such function" };
    try {
      return { value: asked(...(JSON.parse(args) as never[])) };
    } catch {
      // As OPA has it: a function that cannot make sense of its arguments is undefined.
      return {};
    }
  }

  #put(text: string): [pointer: number, length: number] {
    const bytes = Buffer.from(text);
    const pointer = this.#exports.reserve(bytes.length);
    bytes.copy(this.#memory(), pointer);
    return [pointer, bytes.length];
  }

  #take(packed: bigint): Answer {
    const pointer = Number(BigInt.asUintN(64, packed) >> 32n);
    const length = Number(BigInt.asUintN(32, packed));
    const text = this.#text(pointer, length);
    this.#exports.discard(pointer, length);
    return JSON.parse(text) as Answer;
  }

  #text(pointer: number, length: number): string {
    return this.#memory().toString("utf8", pointer, pointer + length);
  }

  /** Anew each time: the memory moves when it grows. */
  #memory(): Buffer {
    return Buffer.from(this.#exports.memory.buffer);
  }

  /** Time, random numbers and the standard error; no files, no environment. */
  #wasi(): Record<string, (...args: never[]) => unknown> {
    const { clock, random } = this.#outside;
    const write = (at: number, value: number): void => {
      this.#memory().writeUInt32LE(value, at);
    };
    return {
      clock_time_get: (id: number, _precision: bigint, at: number) => {
        const ms = id === 0 ? clock.now() : clock.monotonic();
        this.#memory().writeBigUInt64LE(BigInt(Math.trunc(ms * 1e6)), at);
        return 0;
      },
      random_get: (at: number, length: number) => {
        random.bytes(length).copy(this.#memory(), at);
        return 0;
      },
      environ_sizes_get: (count: number, bytes: number) => {
        write(count, 0);
        write(bytes, 0);
        return 0;
      },
      environ_get: () => 0,
      fd_write: (_file: number, pieces: number, count: number, written: number) => {
        let total = 0;
        for (let i = 0; i < count; i++) {
          const pointer = this.#memory().readUInt32LE(pieces + i * 8);
          const length = this.#memory().readUInt32LE(pieces + i * 8 + 4);
          if (this.#complaint.length < maxComplaint) this.#complaint += this.#text(pointer, length);
          total += length;
        }
        write(written, total);
        return 0;
      },
      proc_exit: () => {
        throw new Error("the interpreter ended");
      },
      sched_yield: () => 0,
    };
  }
}

/** Characters. */
const maxComplaint = 1024;
