import { at, fieldsAt, listAt, numberAt, textAt } from '../../events/event-data.ts';
import type { EvidenceEvent } from '../../chain/evidence.ts';
import { isLeased, type SecretFacts, type TaskRecord } from '../../events/task-record.ts';
import { block, code, html, theirs, type Content, type Html } from '../html.ts';
import { badge, bounded, facts, table } from '../parts.ts';
import { between, duration, utc } from '../time.ts';

/** A run tells 100 uses at most; a hostile bundle may hold more. */
const MOST_USES = 100;

/** What the work says that it did with its tools. */
export function toolsUsed(record: TaskRecord): Html {
  const { runs } = record;
  if (!isLeased(record)) return html`<p>No session was issued, so no tool could be used.</p>`;
  if (runs.length === 0)
    return html`<p>
      ${badge('warn', 'Unknown')} The work did not live to say which tools it used. An audit of the trail can
      tell.
    </p>`;
  return html`<p>
      This is the <strong>worker’s own word</strong>. A worker that lies, or that does not use our runtime,
      may say anything; only an audit compares it with CloudTrail.
    </p>
    ${runs.map(run)}`;
}

function run({ seq, data }: EvidenceEvent): Html {
  const tools = at(data, 'tools');
  const title = html`<h3>Run that ended with event ${seq}: ${theirs(textAt(data, 'status'), 100)}</h3>`;
  const result = at(data, 'result');
  const said = html`${
    result === undefined
      ? undefined
      : html`<p>Its result:</p>
          ${block(`Result of the run of event ${seq}`, JSON.stringify(result, null, 2))}`
  }${
    at(data, 'error') === undefined
      ? undefined
      : html`<p>Error ${theirs(textAt(data, 'error'), 200)}: ${theirs(textAt(data, 'cause'), 4000)}</p>`
  }`;
  if (tools === undefined || tools === 'unknown')
    return html`${title}
      <p>${badge('warn', 'Tools unknown')} It did not say which tools it used.</p>
      ${said}`;
  const { shown, rest } = bounded(listAt(tools, 'uses'), MOST_USES);
  return html`${title}${table(
      `Uses of tools told by event ${seq}`,
      ['Tool', 'Call', 'Resource', 'Outcome', 'Request id'],
      shown.map(use),
    )}${rest}
    <p>
      ${numberAt(tools, 'count') ?? 'An unknown number of'} uses in all; digest of all of them
      ${code(textAt(tools, 'digest'))}.
    </p>
    ${said}`;
}

/** Null: a call that no tool of the task is known to allow. Older records do not tell the tool. */
const toolOf = (tool: unknown): Content =>
  tool === null ? 'none is known to allow it' : theirs(typeof tool === 'string' ? tool : 'not told', 100);

const use = (each: unknown): Content[] => [
  toolOf(at(each, 'tool')),
  code(textAt(each, 'action')),
  html`${code(textAt(each, 'resource'))}${fieldsAt(each, 'key').map(([name, value]) => html`<br />${code(`${name} = ${String(value)}`)}`)}`,
  theirs(textAt(each, 'outcome'), 200),
  code(textAt(each, 'requestId')),
];

const CAPABILITY: Readonly<Record<string, string>> = {
  revocable: 'can be destroyed at once',
  expires: 'ends by itself only',
};

/** The secrets that were made for the task: when, by what means, when they were gone, and what could go wrong at worst. */
export function secretsUsed({ secrets }: TaskRecord): Html {
  if (secrets.length === 0) return html`<p>No secret was made for this task beside its session.</p>`;
  return html`<div class="cards">${secrets.map(secret)}</div>`;
}

function secret({ name, issued, revoked }: SecretFacts): Html {
  const { data } = issued;
  const lived = between(issued.at, revoked?.at);
  const capability = textAt(data, 'revocation');
  return html`<article class="card" aria-label="Secret ${name}">
    <h4>${theirs(name, 200)}</h4>
    <p>${revoked ? badge('good', 'destroyed') : badge('bad', 'not said to be destroyed')}</p>
    ${facts([
      ['Kind', theirs(textAt(data, 'kind'))],
      ['Made', utc(issued.at)],
      [
        'Destroyed',
        revoked && `${utc(revoked.at)}${lived === undefined ? '' : `, after ${duration(lived)}`}`,
      ],
      ['Its issuer says', capability && theirs(CAPABILITY[capability] ?? capability)],
      ['Worst case, by its issuer', theirs(textAt(data, 'worstCase'), 4000)],
      ['Secret', code(textAt(data, 'secretName'))],
      ...fieldsAt(data, 'handle')
        .slice(0, 20)
        .map(([key, value]): [string, Content] => [
          `Handle: ${key}`,
          code(typeof value === 'string' ? value : JSON.stringify(value)),
        ]),
    ])}
  </article>`;
}
