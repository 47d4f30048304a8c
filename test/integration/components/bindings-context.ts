/** Short forms for tests of bindings. */
import type {
  Binding,
  BindingEvent,
  BindingResponse,
} from "../../../src/components/bindings/contract.ts";

export type OutputBinding = Binding & Required<Pick<Binding, "invoke">>;
export type InputBinding = Binding & Required<Pick<Binding, "read">>;

export interface Call {
  readonly operation: string;
  readonly data?: string | Uint8Array;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** An operation of an output binding. */
export async function invoke(
  binding: Binding,
  { operation, data = "", metadata = {}, signal }: Call,
): Promise<BindingResponse | undefined> {
  return await (binding as OutputBinding).invoke(
    {
      operation,
      data: typeof data === "string" ? Buffer.from(data) : data,
      metadata: new Map(Object.entries(metadata)),
    },
    signal,
  );
}

export const dataText = (response: BindingResponse | undefined): string | undefined =>
  response?.data && Buffer.from(response.data).toString();

/** What an input binding delivered. */
export class Reading implements Disposable {
  readonly events: BindingEvent[] = [];
  readonly #abort = new AbortController();

  /** @param handle beside noting the event; it may fail */
  static async start(
    binding: Binding,
    handle: (event: BindingEvent) => Promise<void> = async () => {},
  ): Promise<Reading> {
    const reading = new Reading();
    await (binding as InputBinding).read(async (event) => {
      // As the runtime does it.
      if (reading.#abort.signal.aborted) throw new Error("input binding is closed");
      reading.events.push(event);
      await handle(event);
      return undefined;
    }, reading.#abort.signal);
    return reading;
  }

  get texts(): string[] {
    return this.events.map(({ data }) => Buffer.from(data).toString());
  }

  [Symbol.dispose](): void {
    this.#abort.abort(new Error("input bindings are stopped"));
  }
}
