const ISO_OFFSET = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2})(?::(\d{2})(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/;

/**
 * Milliseconds of an ISO-8601 extended offset date-time
 * (https://docs.aws.amazon.com/step-functions/latest/dg/state-wait.html), or `undefined` for other text.
 * Fractions of a millisecond round up, so that a wait never ends early.
 */
export function parseTimestamp(text: string): number | undefined {
  const match = ISO_OFFSET.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second = '0', fraction = '', zone = 'Z'] = match;
  const parts = [year, month, day, hour, minute, second].map(Number);
  const ms = Date.UTC(parts[0] ?? 0, (parts[1] ?? 0) - 1, parts[2], parts[3], parts[4], parts[5]);
  if (!sameParts(ms, parts)) return undefined;
  return ms + Math.ceil(Number(`0${fraction}`) * 1000) - offsetMs(zone);
}

/**
 * Whether the date exists. `Date.UTC` turns a 13th month into the next year, so an invalid date comes back
 * changed.
 */
function sameParts(ms: number, parts: readonly number[]): boolean {
  const at = new Date(ms);
  const back = [
    at.getUTCFullYear(),
    at.getUTCMonth() + 1,
    at.getUTCDate(),
    at.getUTCHours(),
    at.getUTCMinutes(),
    at.getUTCSeconds(),
  ];
  return back.every((value, index) => value === parts[index]);
}

function offsetMs(zone: string): number {
  if (zone === 'Z') return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4, 6));
  return (zone.startsWith('-') ? -1 : 1) * minutes * 60_000;
}
