/** Flags in a line each. */
import type { FlagDefinition } from "./flags.ts";

export const stringFlag = (name: string, value: string, help: string): FlagDefinition => ({
  name,
  type: "string",
  default: value,
  help,
});

export const boolFlag = (name: string, value: boolean, help: string): FlagDefinition => ({
  name,
  type: "bool",
  default: String(value),
  help,
});

export const intFlag = (name: string, value: number, help: string): FlagDefinition => ({
  name,
  type: "int",
  default: String(value),
  help,
});

/** @param value as Go writes durations */
export const durationFlag = (name: string, value: string, help: string): FlagDefinition => ({
  name,
  type: "duration",
  default: value,
  help,
});
