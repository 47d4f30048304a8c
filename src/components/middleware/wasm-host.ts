/**
 * Runs a WebAssembly guest of the http-wasm ABI, inside a worker thread: a guest that does not end must not stop the
 * sidecar. The worker is started from the text of this class, so nothing in it may refer to anything outside of it.
 * @see https://http-wasm.io/http-handler-abi/
 */

/** What a guest is shown of a message, and what it left of it. Header lines are name0, value0, ... */
export interface GuestRequest {
  method: string;
  uri: string;
  readonly version: string;
  readonly source: string;
  headers: string[];
  /** null: the guest cannot read bodies. */
  body: Uint8Array | null;
  isBodyWritten: boolean;
}

export interface GuestResponse {
  status: number;
  headers: string[];
  body: Uint8Array;
  isBodyWritten: boolean;
}

export type GuestCall =
  | { readonly op: "request"; readonly id: number; readonly request: GuestRequest }
  | { readonly op: "response"; readonly id: number; readonly response: GuestResponse }
  | { readonly op: "release"; readonly id: number };

export type GuestReply =
  | { readonly kind: "ready"; readonly readsBodies: boolean }
  | { readonly kind: "failed"; readonly text: string }
  | { readonly kind: "log"; readonly level: number; readonly text: string }
  | {
      readonly kind: "request";
      readonly isNext: boolean;
      /** The guest wants to see the answer, whole if it buffers. */
      readonly isHeld: boolean;
      readonly isBuffering: boolean;
      readonly request: GuestRequest;
      readonly response: GuestResponse;
    }
  | { readonly kind: "response"; readonly response: GuestResponse };

export interface GuestSetup {
  readonly bytes: Uint8Array;
  readonly config: string;
  /** Without the real time and real chance. */
  readonly isStrict: boolean;
}

/** The part of WebAssembly that is used; the compiler knows it in browsers only. */
interface Engine {
  readonly Module: {
    new (bytes: Uint8Array): object;
    imports(module: object): readonly { module: string; name: string; kind: string }[];
  };
  readonly Instance: new (module: object, imports: Imports) => { readonly exports: Exports };
  readonly Memory: new (...init: never[]) => Memory;
}

interface Memory {
  readonly buffer: ArrayBuffer;
}

type Exports = Readonly<Record<string, unknown>>;
// biome-ignore lint/suspicious/noExplicitAny: every function of the ABI has numbers of its own
type Functions = Record<string, (...numbers: any[]) => unknown>;
type Imports = Record<string, Functions>;

interface Exchange {
  request: GuestRequest;
  response: GuestResponse;
  context: number;
  readonly offsets: [request: number, response: number];
}

interface Guest {
  readonly exports: Exports;
  /** undefined: while it starts. */
  exchange: Exchange | undefined;
  features: number;
}

interface Outside {
  readonly engine: Engine;
  readonly post: (reply: GuestReply) => void;
  readonly random: (bytes: Uint8Array) => void;
  /** ns */
  readonly now: (isMonotonic: boolean) => bigint;
}

export class GuestHost {
  readonly #setup: GuestSetup;
  readonly #outside: Outside;
  readonly #module: object;
  readonly #idle: Guest[] = [];
  readonly #held = new Map<number, Guest>();

  constructor(setup: GuestSetup, outside: Outside) {
    this.#setup = setup;
    this.#outside = outside;
    this.#module = new outside.engine.Module(setup.bytes);
    this.#idle.push(this.#start());
    const imports = this.#outside.engine.Module.imports(this.#module);
    const readsBodies = imports.some(({ name }) => name === "read_body");
    outside.post({ kind: "ready", readsBodies });
  }

  onCall(call: GuestCall): void {
    if (call.op === "release") {
      const guest = this.#held.get(call.id);
      this.#held.delete(call.id);
      if (guest !== undefined) this.#rest(guest);
      return;
    }
    try {
      this.#outside.post(call.op === "request" ? this.#handle(call) : this.#answer(call));
    } catch (error) {
      this.#held.delete(call.id);
      this.#outside.post({ kind: "failed", text: String((error as Error)?.message ?? error) });
    }
  }

  #handle({ id, request }: Extract<GuestCall, { op: "request" }>): GuestReply {
    const guest = this.#idle.pop() ?? this.#start();
    const response = { status: 200, headers: [], body: new Uint8Array(0), isBodyWritten: false };
    const exchange: Exchange = { request, response, context: 0, offsets: [0, 0] };
    guest.exchange = exchange;
    const handle = guest.exports.handle_request as () => bigint;
    const result = BigInt.asUintN(64, handle());
    const isNext = (result & 0xffff_ffffn) !== 0n;
    exchange.context = Number(result >> 32n);
    const isHeld = isNext && typeof guest.exports.handle_response === "function";
    const isBuffering = isHeld && (guest.features & 2) !== 0;
    if (isHeld) this.#held.set(id, guest);
    else this.#rest(guest);
    return { kind: "request", isNext, isHeld, isBuffering, request, response: exchange.response };
  }

  #answer({ id, response }: Extract<GuestCall, { op: "response" }>): GuestReply {
    const guest = this.#held.get(id);
    const exchange = guest?.exchange;
    if (guest === undefined || exchange === undefined) throw new Error("the guest is gone");
    exchange.response = response;
    const handle = guest.exports.handle_response as (context: number, isError: number) => void;
    handle(exchange.context, 0);
    this.#held.delete(id);
    this.#rest(guest);
    return { kind: "response", response };
  }

  #rest(guest: Guest): void {
    guest.exchange = undefined;
    if (this.#idle.length < 16) this.#idle.push(guest);
  }

  #start(): Guest {
    const guest: Guest = { exports: {}, exchange: undefined, features: 0 };
    const imports: Imports = {
      http_handler: this.#handlerImports(guest),
      wasi_snapshot_preview1: this.#systemImports(guest),
    };
    for (const { module, name, kind } of this.#outside.engine.Module.imports(this.#module)) {
      const known = imports[module];
      // 52: not supported. A guest may import more than it uses.
      if (module === "wasi_snapshot_preview1" && known !== undefined) known[name] ??= () => 52;
      else if (known?.[name] === undefined) {
        throw new Error(`the guest imports ${kind} ${module}.${name}, which is unknown`);
      }
    }
    const instance = new this.#outside.engine.Instance(this.#module, imports);
    Object.assign(guest, { exports: instance.exports });
    if (!(guest.exports.memory instanceof this.#outside.engine.Memory)) {
      throw new Error("the guest does not export memory[memory]");
    }
    if (typeof guest.exports.handle_request !== "function") {
      throw new Error("the guest does not export func[handle_request]");
    }
    const begin = guest.exports._start ?? guest.exports._initialize;
    try {
      if (typeof begin === "function") (begin as () => void)();
    } catch (error) {
      // A command ends itself when it has set itself up.
      if ((error as Error).message !== "guest exit 0") throw error;
    }
    return guest;
  }

  #memory(guest: Guest): Uint8Array {
    return new Uint8Array((guest.exports.memory as Memory).buffer);
  }

  #bytes(guest: Guest, at: number, length: number): Uint8Array {
    const memory = this.#memory(guest);
    const [from, size] = [at >>> 0, length >>> 0];
    if (from + size > memory.length) throw new Error("out of the guest's memory");
    return memory.slice(from, from + size);
  }

  #text(guest: Guest, at: number, length: number): string {
    return Buffer.from(this.#bytes(guest, at, length)).toString("utf8");
  }

  /** Only what fits is written; the guest asks again with more room. */
  #give(guest: Guest, value: string | Uint8Array, at: number, limit: number): number {
    const bytes = typeof value === "string" ? Buffer.from(value, "utf8") : value;
    if (bytes.length <= limit >>> 0) {
      const memory = this.#memory(guest);
      if ((at >>> 0) + bytes.length > memory.length) throw new Error("out of the guest's memory");
      memory.set(bytes, at >>> 0);
    }
    return bytes.length;
  }

  #exchange(guest: Guest): Exchange {
    if (guest.exchange === undefined) throw new Error("there is no request while the guest starts");
    return guest.exchange;
  }

  /** 0 of the request, 1 of the response; trailers are not supported. */
  #message(guest: Guest, kind: number): GuestRequest | GuestResponse {
    const { request, response } = this.#exchange(guest);
    if (kind === 0) return request;
    if (kind === 1) return response;
    throw new Error(`unsupported header or body kind ${kind}`);
  }

  /** Each text ends with a NUL. @returns count and length */
  #giveList(guest: Guest, texts: readonly string[], at: number, limit: number): bigint {
    const joined = texts.map((text) => `${text}\0`).join("");
    const length = this.#give(guest, Buffer.from(joined, "utf8"), at, limit);
    return (BigInt(texts.length) << 32n) | BigInt(length);
  }

  #handlerImports(guest: Guest): Functions {
    return {
      ...this.#messageImports(guest),
      ...this.#headerImports(guest),
      ...this.#bodyImports(guest),
    };
  }

  #messageImports(guest: Guest): Functions {
    const request = (): GuestRequest => this.#exchange(guest).request;
    return {
      enable_features: (features: number) => {
        guest.features |= features & 3;
        return guest.features;
      },
      get_config: (at: number, limit: number) => this.#give(guest, this.#setup.config, at, limit),
      log_enabled: () => 1,
      log: (level: number, at: number, length: number) =>
        this.#outside.post({ kind: "log", level, text: this.#text(guest, at, length) }),
      get_method: (at: number, limit: number) => this.#give(guest, request().method, at, limit),
      set_method: (at: number, length: number) => {
        request().method = this.#text(guest, at, length);
      },
      get_uri: (at: number, limit: number) => this.#give(guest, request().uri, at, limit),
      set_uri: (at: number, length: number) => {
        request().uri = this.#text(guest, at, length) || "/";
      },
      get_protocol_version: (at: number, limit: number) =>
        this.#give(guest, request().version, at, limit),
      get_source_addr: (at: number, limit: number) =>
        this.#give(guest, request().source, at, limit),
      get_status_code: () => this.#exchange(guest).response.status,
      set_status_code: (status: number) => {
        if (status < 100 || status > 599) throw new Error(`invalid status code ${status}`);
        this.#exchange(guest).response.status = status;
      },
    };
  }

  #headerImports(guest: Guest): Functions {
    const others = (lines: readonly string[], name: string): string[] =>
      lines.filter((_, i) => lines[i - (i % 2)]?.toLowerCase() !== name);
    const values = (lines: readonly string[], name: string): string[] =>
      lines.filter((_, i) => i % 2 === 1 && lines[i - 1]?.toLowerCase() === name);
    const nameOf = (at: number, length: number): string =>
      this.#text(guest, at, length).toLowerCase();
    return {
      get_header_names: (kind: number, at: number, limit: number) => {
        const { headers } = this.#message(guest, kind);
        const names = headers.filter((_, i) => i % 2 === 0).map((name) => name.toLowerCase());
        return this.#giveList(guest, [...new Set(names)], at, limit);
      },
      get_header_values: (kind: number, name: number, size: number, at: number, limit: number) => {
        const found = values(this.#message(guest, kind).headers, nameOf(name, size));
        return this.#giveList(guest, found, at, limit);
      },
      set_header_value: (kind: number, name: number, size: number, at: number, length: number) => {
        const message = this.#message(guest, kind);
        const text = nameOf(name, size);
        message.headers = [...others(message.headers, text), text, this.#text(guest, at, length)];
      },
      add_header_value: (kind: number, name: number, size: number, at: number, length: number) => {
        this.#message(guest, kind).headers.push(nameOf(name, size), this.#text(guest, at, length));
      },
      remove_header: (kind: number, name: number, size: number) => {
        const message = this.#message(guest, kind);
        message.headers = others(message.headers, nameOf(name, size));
      },
    };
  }

  #bodyImports(guest: Guest): Functions {
    return {
      read_body: (kind: number, at: number, limit: number) => {
        const { body } = this.#message(guest, kind);
        const { offsets } = this.#exchange(guest);
        const index = kind as 0 | 1;
        const rest = (body ?? new Uint8Array(0)).subarray(offsets[index]);
        const piece = rest.subarray(0, limit >>> 0);
        this.#give(guest, piece, at, limit);
        offsets[index] += piece.length;
        return (piece.length === rest.length ? 1n << 32n : 0n) | BigInt(piece.length);
      },
      write_body: (kind: number, at: number, length: number) => {
        const message = this.#message(guest, kind);
        const piece = this.#bytes(guest, at, length);
        const before = message.isBodyWritten ? message.body : null;
        message.body = before === null ? piece : Buffer.concat([before, piece]);
        message.isBodyWritten = true;
      },
    };
  }

  /** No files, no network, no arguments; what a guest prints is logged. */
  #systemImports(guest: Guest): Functions {
    const view = (): DataView => new DataView((guest.exports.memory as Memory).buffer);
    const none = (count: number, size: number): number => {
      view().setUint32(count, 0, true);
      view().setUint32(size, 0, true);
      return 0;
    };
    return {
      args_get: () => 0,
      args_sizes_get: none,
      environ_get: () => 0,
      environ_sizes_get: none,
      sched_yield: () => 0,
      fd_close: () => 0,
      // 8: bad descriptor; nothing is open but the standard streams.
      fd_prestat_get: () => 8,
      fd_fdstat_get: (descriptor: number, at: number) => {
        if (descriptor > 2) return 8;
        this.#memory(guest).fill(0, at, at + 24);
        view().setUint8(at, 2);
        return 0;
      },
      clock_time_get: (clock: number, _precision: bigint, at: number) => {
        const time = this.#setup.isStrict ? 0n : this.#outside.now(clock !== 0);
        view().setBigUint64(at, time, true);
        return 0;
      },
      random_get: (at: number, length: number) => {
        const bytes = this.#memory(guest).subarray(at, at + length);
        if (this.#setup.isStrict) bytes.fill(42);
        else this.#outside.random(bytes);
        return 0;
      },
      proc_exit: (code: number) => {
        throw new Error(`guest exit ${code}`);
      },
      fd_write: (descriptor: number, vectors: number, count: number, written: number) => {
        if (descriptor !== 1 && descriptor !== 2) return 8;
        let text = "";
        let length = 0;
        for (let i = 0; i < count; i++) {
          const at = view().getUint32(vectors + i * 8, true);
          const size = view().getUint32(vectors + i * 8 + 4, true);
          text += this.#text(guest, at, size);
          length += size;
        }
        view().setUint32(written, length, true);
        this.#outside.post({ kind: "log", level: descriptor === 2 ? 2 : 0, text: text.trimEnd() });
        return 0;
      },
    };
  }
}
