/** Tables for people. */

/** Columns that are blank in all rows are left out. Control characters do not reach the terminal. */
export function alignedTable(
  columns: readonly string[],
  rows: readonly (readonly string[])[],
  styleHead: (text: string) => string = (text) => text,
): string {
  const shown = columns
    .map((name, index) => ({ name, cells: rows.map((row) => plain(row[index] ?? "")) }))
    .filter(({ cells }) => cells.some((cell) => cell !== ""));
  const widths = shown.map(({ name, cells }) =>
    Math.max(name.length, ...cells.map((cell) => cell.length)),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => cell.padEnd(widths[i] as number))
      .join("  ")
      .trimEnd();
  const head = styleHead(line(shown.map(({ name }) => name)));
  const body = rows.map((_, index) => line(shown.map(({ cells }) => cells[index] as string)));
  return `${[head, ...body].join("\n")}\n`;
}

const plain = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is taken out
  text.replace(/[\u0000-\u001f\u007f-\u009f]+/g, " ");

/** `5s`, `3m`, `2h`, `1d` */
export function ageText(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return `${seconds}s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)}h`;
  return `${Math.floor(seconds / 86_400)}d`;
}
