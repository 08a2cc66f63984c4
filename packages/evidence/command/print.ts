import type { CommandIo } from './io.ts';

/** The one JSON document of `--json`. */
export const printJson = (io: CommandIo, value: unknown): void =>
  io.out(`${JSON.stringify(value, null, 2)}\n`);

/**
 * Text for a terminal. Control characters are shown as escapes, because evidence and requests contain text
 * from outside, which could otherwise move the cursor or fake a line.
 */
export const visible = (text: string): string =>
  text.replace(
    /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g,
    (character) => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
  );

/** Visible text on one line. */
export const oneLine = (text: string): string => visible(text.replace(/\s+/g, ' ').trim());

/**
 * Rows as columns: each column is as wide as its widest cell, with two spaces between columns and none after
 * the last.
 */
export function columns(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) row.forEach((cell, at) => (widths[at] = Math.max(widths[at] ?? 0, cell.length)));
  return rows
    .map(
      (row) =>
        `${row
          .map((cell, at) => cell.padEnd(widths[at] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}
