/** A few measurements of one quantity, in the unit that the field's name contains. */
export interface Spread {
  readonly runs: number;
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

const ascending = (values: readonly number[]): number[] => [...values].sort((a, b) => a - b);

/** A percentile by the nearest-rank method: `share` of all values are at most this value. NaN without values. */
export const percentile = (values: readonly number[], share: number): number =>
  ascending(values)[Math.max(0, Math.ceil(values.length * share) - 1)] ?? NaN;

export const spreadOf = (values: readonly number[]): Spread => ({
  runs: values.length,
  median: percentile(values, 0.5),
  least: Math.min(...values),
  most: Math.max(...values),
});

/** `12.3 (11.9-14.0)`: the median, then the range. */
export const spreadText = ({ median, least, most }: Spread, digits: number): string =>
  `${median.toFixed(digits)} (${least.toFixed(digits)}-${most.toFixed(digits)})`;

/** Counts how often each name occurs: most frequent first, equal counts by name. */
export function tally(names: Iterable<string>): Record<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return Object.fromEntries([...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)));
}

export const sum = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((total, count) => total + count, 0);

type Cell = string | number;

/** A Markdown table; columns that contain only numbers are aligned to the right. */
export function table(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const all = [head, ...rows].map((row) => row.map(String));
  const widths = head.map((_, column) => Math.max(3, ...all.map((row) => (row[column] ?? '').length)));
  const right = head.map((_, column) => rows.every((row) => /^[\d.(]/.test(String(row[column] ?? '0'))));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, i) => (right[i] ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0))).join(' | ')} |`;
  const rule = widths.map((width, i) => (right[i] ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width)));
  const [first = [], ...rest] = all;
  return [line(first), line(rule), ...rest.map(line)].join('\n');
}
