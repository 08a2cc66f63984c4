const ISO_OFFSET = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2})(?::(\d{2})(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/;

/**
 * RFC 3339 with an uppercase T and Z, as the states language requires it: https://states-language.net/spec.html#timestamps. Seconds are
 * required, unlike in the result of an expression.
 */
const RFC3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/;

/**
 * The largest offset from UTC in ISO-8601 text. AWS's message about a timestamp that does not parse is in the words of the formatter
 * ISO_OFFSET_DATE_TIME, whose offsets end there: https://docs.oracle.com/javase/8/docs/api/java/time/ZoneOffset.html
 */
const MAX_OFFSET_MINUTES = 18 * 60;

/** Whether a Timestamp in a definition can be waited for. */
export function isLiteralTimestamp(text: string): boolean {
  return RFC3339.test(text) && parseTimestamp(text) !== undefined;
}

/**
 * Milliseconds of an ISO-8601 extended offset date-time
 * (https://docs.aws.amazon.com/step-functions/latest/dg/state-wait.html), or `undefined` for other text.
 * Fractions of a millisecond round up, so that a wait never ends early.
 */
export function parseTimestamp(text: string): number | undefined {
  const match = ISO_OFFSET.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second = '0', fraction = '', zone = 'Z'] = match;
  const localMs = utcMs([year, month, day, hour, minute, second].map(Number));
  const offset = offsetMs(zone);
  if (localMs === undefined || offset === undefined) return undefined;
  return localMs + Math.ceil(Number(`0${fraction}`) * 1000) - offset;
}

/**
 * The time in UTC, or `undefined` when the date or the time does not exist. A date takes a 13th month as one of the next year, so parts
 * that do not exist come back changed. The setters are used because `Date.UTC` takes the years 0 to 99 as 1900 to 1999.
 */
function utcMs(parts: readonly number[]): number | undefined {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts;
  const at = new Date(0);
  at.setUTCFullYear(year, month - 1, day);
  at.setUTCHours(hour, minute, second);
  const back = [
    at.getUTCFullYear(),
    at.getUTCMonth() + 1,
    at.getUTCDate(),
    at.getUTCHours(),
    at.getUTCMinutes(),
    at.getUTCSeconds(),
  ];
  return back.every((value, index) => value === parts[index]) ? at.getTime() : undefined;
}

/** `undefined` when there is no such offset. */
function offsetMs(zone: string): number | undefined {
  if (zone === 'Z') return 0;
  const minutes = Number(zone.slice(4, 6));
  const total = Number(zone.slice(1, 3)) * 60 + minutes;
  if (minutes > 59 || total > MAX_OFFSET_MINUTES) return undefined;
  return (zone.startsWith('-') ? -1 : 1) * total * 60_000;
}
