/**
 * The expressions of EventBridge Scheduler:
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html. Their syntax is checked here,
 * so that an invalid one fails at synth and not during the deployment.
 */

interface Field {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly names?: readonly string[];
  /** What the field accepts besides `*`, values, ranges, steps and lists. */
  readonly otherForms?: RegExp;
}

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const DAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

const FIELDS: readonly Field[] = [
  { name: 'minutes', min: 0, max: 59 },
  { name: 'hours', min: 0, max: 23 },
  { name: 'day-of-month', min: 1, max: 31, otherForms: /^(\?|L|LW|([1-9]|[12]\d|3[01])W)$/ },
  { name: 'month', min: 1, max: 12, names: MONTHS },
  {
    name: 'day-of-week',
    min: 1,
    max: 7,
    names: DAYS,
    otherForms: /^(\?|L|([1-7]|SUN|MON|TUE|WED|THU|FRI|SAT)(L|#[1-5]))$/,
  },
  { name: 'year', min: 1970, max: 2199 },
];

const RATE = /^rate\((?:1 (?:minute|hour|day)|(?!1 )[1-9]\d* (?:minutes|hours|days))\)$/;
const AT = /^at\((\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\)$/;

/** The six fields of `cron(…)`; undefined for other text. */
export function cronFields(expression: string): readonly string[] | undefined {
  const fields = /^cron\(([^()]*)\)$/.exec(expression)?.[1]?.trim().toUpperCase().split(/\s+/);
  return fields?.length === FIELDS.length ? fields : undefined;
}

/**
 * The time of `at(…)`, without a zone: `2026-11-24T01:00:00`; undefined for other text or a day that does not
 * exist.
 */
export function atTime(expression: string): string | undefined {
  const text = AT.exec(expression)?.[1];
  const ms = Date.parse(`${text ?? ''}Z`);
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(text ?? '-') ? text : undefined;
}

/** What is wrong with an expression's syntax; undefined when AWS would accept it. */
export function expressionFault(expression: string): string | undefined {
  if (RATE.test(expression) || atTime(expression) !== undefined) return undefined;
  const fields = cronFields(expression);
  if (fields === undefined)
    return 'it must be cron(minutes hours day-of-month month day-of-week year), rate(N minutes|hours|days) or at(yyyy-mm-ddThh:mm:ss)';
  const wrong = FIELDS.find((field, index) => !fitsField(fields[index] ?? '', field));
  if (wrong !== undefined)
    return `its field ${wrong.name} is ${JSON.stringify(fields[FIELDS.indexOf(wrong)])}, which AWS does not accept there`;
  return (fields[2] === '?') === (fields[4] === '?')
    ? 'exactly one of day-of-month and day-of-week must be ?'
    : undefined;
}

function fitsField(text: string, field: Field): boolean {
  if (field.otherForms?.test(text) === true) return true;
  return text.split(',').every((part) => fitsPart(part, field));
}

/** `*`, `5` or `5-9`, each optionally with a step: `0/15`. */
function fitsPart(part: string, field: Field): boolean {
  const [, range = '', step] = /^([^/]+)(?:\/([1-9]\d{0,3}))?$/.exec(part) ?? [];
  if (range === '*') return true;
  const [from, to, ...rest] = range.split('-').map((value) => valueOf(value, field));
  if (from === undefined || rest.length > 0) return false;
  const isRange = range.includes('-');
  return (!isRange || (to !== undefined && from <= to)) && (step === undefined || Number(step) <= field.max);
}

function valueOf(text: string, { min: least, max: most, names }: Field): number | undefined {
  const named = names?.indexOf(text) ?? -1;
  if (named >= 0) return named + least;
  const value = /^\d{1,4}$/.test(text) ? Number(text) : Number.NaN;
  return value >= least && value <= most ? value : undefined;
}
