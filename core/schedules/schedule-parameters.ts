import { DeclarationError } from '../shared/errors.ts';
import type { ParameterValue } from '../task-types/parameters.ts';

/** The allowed parts of a `{date:…}`, longest first: tokens of Unicode's date patterns, and separators. */
const PART = /yyyy|MM|dd|HH|mm|[-_/.:]/gy;
const PLACEHOLDER = /\{([^{}]*)\}?/g;
const ALLOWED = '{date:…} with yyyy, MM, dd, HH, mm and - _ / . : between them';

/**
 * Replaces each `{date:…}` in the parameters with the scheduled time in the schedule's time zone. Throws
 * `DeclarationError` for any other placeholder.
 */
export const fillParameters = (
  templates: Readonly<Record<string, ParameterValue>>,
  forMs: number,
  timeZone: string,
): Record<string, ParameterValue> => {
  const clock = clockIn(timeZone, forMs);
  return Object.fromEntries(
    Object.entries(templates).map(([name, template]) => [
      name,
      typeof template === 'string' ? fill(name, template, clock) : template,
    ]),
  );
};

const fill = (name: string, template: string, clock: Clock): string =>
  template.replaceAll(PLACEHOLDER, (whole, inside: string) => {
    const parts = inside.startsWith('date:') && whole.endsWith('}') ? partsOf(inside.slice(5)) : undefined;
    if (parts !== undefined) return parts.map((part) => clock[part] ?? part).join('');
    throw new DeclarationError(
      `Parameter ${name} of a schedule has ${JSON.stringify(whole)}; allowed: ${ALLOWED}. Correct it. A text without braces is not changed.`,
    );
  });

/** `yyyy-MM` -> `yyyy`, `-`, `MM`; undefined if it contains anything else, or no token. */
function partsOf(pattern: string): readonly string[] | undefined {
  const parts = pattern.match(PART) ?? [];
  return parts.join('') === pattern && parts.some((part) => part.length > 1) ? parts : undefined;
}

type Clock = Readonly<Record<string, string>>;

/**
 * The local time in a time zone. An instant always has exactly one local time, even with daylight saving
 * time.
 */
function clockIn(timeZone: string, atMs: number): Clock {
  const format = new Intl.DateTimeFormat('en-US-u-ca-iso8601-nu-latn', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  });
  const shown = Object.fromEntries(format.formatToParts(atMs).map(({ type, value }) => [type, value]));
  return {
    yyyy: (shown['year'] ?? '').padStart(4, '0'),
    MM: shown['month'] ?? '',
    dd: shown['day'] ?? '',
    HH: shown['hour'] ?? '',
    mm: shown['minute'] ?? '',
  };
}
