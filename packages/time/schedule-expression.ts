/**
 * The expressions of EventBridge Scheduler: https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html. Only their form is
 * judged here, so that a wrong one is found at synth and not by a failing deployment.
 */

interface Field {
  readonly name: string;
  readonly least: number;
  readonly most: number;
  readonly names?: readonly string[];
  /** Forms besides `*`, values, ranges, steps and lists. */
  readonly also?: RegExp;
}

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const DAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

const FIELDS: readonly Field[] = [
  { name: 'minutes', least: 0, most: 59 },
  { name: 'hours', least: 0, most: 23 },
  { name: 'day-of-month', least: 1, most: 31, also: /^(\?|L|LW|([1-9]|[12]\d|3[01])W)$/ },
  { name: 'month', least: 1, most: 12, names: MONTHS },
  {
    name: 'day-of-week',
    least: 1,
    most: 7,
    names: DAYS,
    also: /^(\?|L|([1-7]|SUN|MON|TUE|WED|THU|FRI|SAT)(L|#[1-5]))$/,
  },
  { name: 'year', least: 1970, most: 2199 },
];

const RATE = /^rate\((?:1 (?:minute|hour|day)|(?!1 )[1-9]\d* (?:minutes|hours|days))\)$/;
const AT = /^at\((\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\)$/;

/** The six fields of `cron(…)`; undefined when it has another form. */
export function cronFields(expression: string): readonly string[] | undefined {
  const fields = /^cron\(([^()]*)\)$/.exec(expression)?.[1]?.trim().toUpperCase().split(/\s+/);
  return fields?.length === FIELDS.length ? fields : undefined;
}

/** The time of `at(…)`, without a zone: `2026-11-24T01:00:00`; undefined when it is no such expression, or the day does not exist. */
export function atTime(expression: string): string | undefined {
  const text = AT.exec(expression)?.[1];
  const ms = Date.parse(`${text ?? ''}Z`);
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(text ?? '-') ? text : undefined;
}

/** What is wrong with an expression's form; undefined when AWS would take it. */
export function expressionFault(expression: string): string | undefined {
  if (RATE.test(expression) || atTime(expression) !== undefined) return undefined;
  const fields = cronFields(expression);
  if (fields === undefined)
    return 'it is none of cron(minutes hours day-of-month month day-of-week year), rate(N minutes|hours|days) and at(yyyy-mm-ddThh:mm:ss)';
  const wrong = FIELDS.find((field, index) => !fitsField(fields[index] ?? '', field));
  if (wrong !== undefined)
    return `its field ${wrong.name} is ${JSON.stringify(fields[FIELDS.indexOf(wrong)])}, which AWS does not take there`;
  return (fields[2] === '?') === (fields[4] === '?')
    ? 'exactly one of day-of-month and day-of-week must be ?'
    : undefined;
}

function fitsField(text: string, field: Field): boolean {
  if (field.also?.test(text) === true) return true;
  return text.split(',').every((part) => fitsPart(part, field));
}

/** `*`, `5`, `5-9`, and each with a step: `0/15`. */
function fitsPart(part: string, field: Field): boolean {
  const [, range = '', step] = /^([^/]+)(?:\/([1-9]\d{0,3}))?$/.exec(part) ?? [];
  if (range === '*') return true;
  const [from, to, ...rest] = range.split('-').map((value) => valueOf(value, field));
  if (from === undefined || rest.length > 0) return false;
  const isRange = range.includes('-');
  return (!isRange || (to !== undefined && from <= to)) && (step === undefined || Number(step) <= field.most);
}

function valueOf(text: string, { least, most, names }: Field): number | undefined {
  const named = names?.indexOf(text) ?? -1;
  if (named >= 0) return named + least;
  const value = /^\d{1,4}$/.test(text) ? Number(text) : Number.NaN;
  return value >= least && value <= most ? value : undefined;
}
