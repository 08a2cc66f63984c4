/** `2026-11-24 16:56:00.000` of an ISO time in UTC, for people. */
export const utc = (at: string): string => at.replace('T', ' ').replace(/Z$/, '');

const UNITS = [
  ['d', 86_400],
  ['h', 3600],
  ['min', 60],
] as const;

/** `6.8 s`, `3 min 20 s`, `2 h 5 min`, `3 d 4 h`: two units at most; a time that goes back has a minus. */
export function duration(milliseconds: number): string {
  const sign = milliseconds < 0 ? '-' : '';
  const seconds = Math.abs(milliseconds) / 1000;
  const index = UNITS.findIndex(([, length]) => seconds >= length);
  const unit = UNITS[index];
  if (unit === undefined) return `${sign}${seconds.toFixed(1)} s`;
  const [name, length] = unit;
  const [nextName, nextLength] = UNITS[index + 1] ?? (['s', 1] as const);
  const rest = Math.floor((seconds % length) / nextLength);
  return `${sign}${Math.floor(seconds / length)} ${name} ${rest} ${nextName}`;
}

/** Milliseconds from one ISO time to another. */
export const between = (from: string, to: string): number => Date.parse(to) - Date.parse(from);
