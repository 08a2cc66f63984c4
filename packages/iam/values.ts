/**
 * Parsers for the values of date, numeric and Bool operators:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */

/** The W3C profile of ISO 8601: a day, or a day with a time and a time zone. */
const ISO_8601 =
  /^(\d{4})-(\d{2})-(\d{2})(?:T(\d{2}):(\d{2})(?::(\d{2})(\.\d+)?)?(?:Z|([+-])(\d{2}):(\d{2})))?$/;
const EPOCH_SECONDS = /^-?\d{1,12}(?:\.\d+)?$/;
const NUMBER = /^[+-]?\d+(?:\.\d+)?$/;

/** Seconds of `hh`, `mm` and `ss`; `undefined` past 23:59:59. */
function clockSeconds(hours: string, minutes: string, seconds: string): number | undefined {
  if (Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 59) return undefined;
  return Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
}

/** Milliseconds since the epoch at the start of the day in UTC; `undefined` for a day that does not exist. */
function midnightMs(year: number, month: number, day: number): number | undefined {
  const date = new Date(Date.UTC(year, month - 1, day));
  // Date.UTC turns February 30 into March 2, and the year 26 into 1926.
  const exists =
    date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return exists ? date.getTime() : undefined;
}

function parseIso(text: string): number | undefined {
  const match = ISO_8601.exec(text);
  if (match === null) return undefined;
  const [, year = '', month = '', day = '', hour = '0', minute = '0', second = '0', fraction = '0', sign] =
    match;
  const midnight = midnightMs(Number(year), Number(month), Number(day));
  const time = clockSeconds(hour, minute, second);
  const zone = clockSeconds(match[9] ?? '0', match[10] ?? '0', '0');
  if (midnight === undefined || time === undefined || zone === undefined) return undefined;
  return midnight + (time + Number(fraction) + (sign === '-' ? zone : -zone)) * 1000;
}

/** Milliseconds since the epoch of an ISO 8601 date or of epoch seconds; `undefined` for anything else. */
export function parseDate(text: string): number | undefined {
  return EPOCH_SECONDS.test(text) ? Number(text) * 1000 : parseIso(text);
}

/** A decimal number; `undefined` for anything else. */
export function parseNumber(text: string): number | undefined {
  return NUMBER.test(text) ? Number(text) : undefined;
}

/** `true` or `false`, in any case; `undefined` for anything else. */
export function parseBoolean(text: string): boolean | undefined {
  const lower = text.toLowerCase();
  if (lower === 'true') return true;
  return lower === 'false' ? false : undefined;
}
