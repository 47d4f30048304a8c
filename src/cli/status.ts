/**
 * The lines with which commands say what happens.
 * @see spec 08 §11.1
 */
import type { ProcessControl } from "../kit/lifecycle/run-program.ts";
import type { Clock } from "../kit/time/clock.ts";

type Kind = "success" | "failure" | "warning" | "info" | "pending";

const signs: Readonly<Record<Kind, string>> = {
  success: "✅  ",
  failure: "❌  ",
  warning: "⚠  ",
  info: "ℹ️  ",
  pending: "⌛  ",
};

export interface StatusOptions {
  /** One object a line: time, status, msg. */
  readonly isJson: boolean;
  readonly clock: Clock;
}

export class Status {
  readonly #control: Pick<ProcessControl, "stdout" | "stderr">;
  readonly #options: StatusOptions;

  constructor(control: Pick<ProcessControl, "stdout" | "stderr">, options: StatusOptions) {
    this.#control = control;
    this.#options = options;
  }

  get isJson(): boolean {
    return this.#options.isJson;
  }

  success(text: string): void {
    this.#control.stdout(this.#line("success", text));
  }

  /** To standard error. */
  failure(text: string): void {
    this.#control.stderr(this.#line("failure", text));
  }

  warning(text: string): void {
    this.#control.stdout(this.#line("warning", text));
  }

  info(text: string): void {
    this.#control.stdout(this.#line("info", text));
  }

  #line(kind: Kind, text: string): string {
    if (!this.#options.isJson) return `${signs[kind]}${text}\n`;
    const time = new Date(this.#options.clock.now()).toISOString();
    return `${JSON.stringify({ time, status: kind, msg: text })}\n`;
  }
}
