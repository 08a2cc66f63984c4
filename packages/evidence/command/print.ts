import { visible } from '../display/visible.ts';
import type { CommandIo } from './io.ts';

/** The one JSON document of `--json`. */
export const printJson = (io: CommandIo, value: unknown): void =>
  io.out(`${JSON.stringify(value, null, 2)}\n`);

/** The message of a program on one line. Its line breaks and indents are layout, so they become single spaces. */
export const oneLine = (text: string): string =>
  visible(text.replace(/[ \t\r\n]+/g, ' ').replace(/^ | $/g, ''));

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
