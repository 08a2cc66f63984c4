import type { EventData, EventOf } from '../../events/event.ts';
import { isLeased, unreadableOf, type IssuedSecret, type TaskRecord } from '../../events/task-record.ts';
import { code, count, html, jsonBlock, quote, theirs, type Content, type Html } from '../html.ts';
import { badge, bounded, facts, table } from '../parts.ts';
import { between, duration, utc } from '../time.ts';

/** A run reports 100 uses at most; a hostile bundle may contain more. */
const MOST_USES = 100;

/** The calls that the worker reported. */
export function toolsUsed(record: TaskRecord): Html {
  const { runs } = record;
  if (!isLeased(record)) return html`<p>No session was issued, so no tool could be used.</p>`;
  if (runs.length === 0)
    return html`<p>
      ${badge('warn', 'Unknown')}
      ${unreadableOf(record, 'work.finished').length > 0 ? 'The report of the work cannot be read.' : 'The work ended before it reported which tools it used.'}
      An audit of the trail can show its calls.
    </p>`;
  return html`<p>
      This is what the <strong>worker reported</strong>. A worker that lies, or that does not use Taskbound’s
      runtime, may report anything. Only an audit compares the report with CloudTrail.
    </p>
    ${runs.map(run)}`;
}

type Run = EventOf<'work.finished'>;

function run({ seq, data }: Run): Html {
  const { tools } = data;
  const title = html`<h3>Run that ended with event ${seq}: ${theirs(data.status)}</h3>`;
  if (tools === 'unknown')
    return html`${title}
      <p>${badge('warn', 'Tools unknown')} It did not report which tools it used.</p>
      ${endOf(seq, data)}`;
  const { shown, rest } = bounded(tools.uses, MOST_USES);
  return html`${title}${table(
      `Uses of tools reported in event ${seq}`,
      ['Tool', 'Call', 'Resource', 'Outcome', 'Request id'],
      shown.map(use),
    )}${rest}
    <p>${tools.count} uses in total. Digest of all uses: ${code(tools.digest)}.</p>
    ${endOf(seq, data)}`;
}

/** The result of a run, or its error. */
function endOf(seq: number, data: Run['data']): Html | undefined {
  switch (data.status) {
    case 'handed-on':
      return undefined;
    case 'succeeded':
      return html`<p>Its result:</p>
        ${jsonBlock(`Result of the run of event ${seq}`, data.result)}`;
    case 'failed':
      return html`<p>Error ${theirs(data.error, 200)}: ${quote(data.cause, 4000)}</p>`;
  }
}

type Use = Exclude<Run['data']['tools'], 'unknown'>['uses'][number];

/** Null: no tool of the task is known to allow the call. Older records do not name the tool. */
const toolOf = ({ tool = 'not recorded' }: Use): Content =>
  tool === null ? 'no known tool' : theirs(tool, 100);

const use = (each: Use): Content[] => [
  toolOf(each),
  code(each.action),
  html`${code(each.resource)}${Object.entries(each.key ?? {}).map(([name, value]) => html`<br />${code(`${name} = ${value}`)}`)}`,
  theirs(each.outcome, 200),
  code(each.requestId),
];

const CAPABILITY: Readonly<Record<EventData<'secret.issued'>['revocation'], string>> = {
  revocable: 'can be destroyed immediately',
  expires: 'only expires',
};

/** The secrets that were made for the task: their kind, when they were made and destroyed, and the worst case. */
export function secretsUsed(record: TaskRecord): Html {
  const { secrets } = record;
  const unreadable = unreadableOf(record, 'secret.issued').length;
  if (secrets.length === 0 && unreadable > 0)
    return html`<p>The event of ${count(unreadable, 'secret')} cannot be read.</p>`;
  if (secrets.length === 0) return html`<p>No secret was made for this task, except for its session.</p>`;
  return html`<div class="cards">${secrets.map(secret)}</div>`;
}

/** A secret has three to six facts in its handle; a hostile bundle may contain more. */
const MOST_FACTS = 20;

function secret({ name, issued, revoked }: IssuedSecret): Html {
  const { kind, revocation, worstCase, secretName, handle } = issued.data;
  return html`<article class="card" aria-label="Secret ${name}">
    <h4>${theirs(name, 200)}</h4>
    <p>${revoked ? badge('good', 'destroyed') : badge('bad', 'not recorded as destroyed')}</p>
    ${facts([
      ['Kind', theirs(kind)],
      ['Made', utc(issued.at)],
      ['Destroyed', revoked && `${utc(revoked.at)}, after ${duration(between(issued.at, revoked.at))}`],
      ['Revocation', theirs(CAPABILITY[revocation])],
      ['Worst case, as stated by the issuer', quote(worstCase, 4000)],
      ['Secret', code(secretName)],
      ...Object.entries(handle)
        .slice(0, MOST_FACTS)
        .map(([key, value]): [string, Content] => [`Handle: ${key}`, code(value)]),
    ])}
  </article>`;
}
