import { sha256Hex } from '../../canonical-json/digest.ts';
import { textAt } from '../../events/event-data.ts';
import { policyWords, type ResourceWords, type StatementWords } from '../../policy/policy-words.ts';
import { SESSION_POLICY_CHARACTERS } from '../../policy/own-statements.ts';
import { isLeased, leaseName, type LeaseFacts, type TaskRecord } from '../../events/task-record.ts';
import { block, code, count, html, theirs, type Html } from '../html.ts';
import { badge, bounded, details, facts } from '../parts.ts';
import { between, duration, utc } from '../time.ts';

/** As many leases as a task has at most. */
const MOST_UNTOLD = 100;

/** What the task's sessions were allowed: in plain words once for all leases that differ in their deadline only, and the exact text of each. */
export function permissions(record: TaskRecord): Html {
  const { leases, untold } = record;
  if (!isLeased(record)) return html`<p>No session was issued, so nothing was allowed.</p>`;
  const groups = Map.groupBy(leases, sameButDeadline);
  const { shown, rest } = bounded(untold, MOST_UNTOLD);
  return html`${shown.map(
    (each) =>
      html`<p>
        ${badge('warn', `Not recorded: ${leaseName(each)}`)} It may have been issued: the
        <a href="#event-${each.named.seq}">event ${each.named.seq}</a> names it, and no event tells its
        policy. What its session was allowed, the record cannot show.
      </p>`,
  )}${rest}${
    leases.length === 0
      ? undefined
      : html`<p>
          Each session whose policy is recorded could do what is listed here and nothing else: AWS allows a
          session what its role <em>and</em> its session policy allow.
        </p>`
  }
  ${[...groups.values()].map(
    (group) =>
      html`<h3>${leaseNames(group)}</h3>
        ${words(group)}${group.map(lease)}`,
  )}`;
}

const policyOf = ({ issued }: LeaseFacts): string => textAt(issued.data, 'sessionPolicy') ?? '';

/** What tells policies apart whatever their deadline. */
function sameButDeadline(lease: LeaseFacts): string {
  const policy = policyWords(policyOf(lease));
  return 'fault' in policy
    ? policy.fault
    : JSON.stringify(policy.statements.map((each) => (each.kind === 'deadline' ? 'deadline' : each)));
}

const leaseNames = (group: readonly LeaseFacts[]): string =>
  `Lease${group.length === 1 ? '' : 's'} ${group.map(({ number }) => number ?? '?').join(', ')}`;

function words(group: readonly LeaseFacts[]): Html {
  const [first] = group;
  const policy = policyWords(first ? policyOf(first) : '');
  if ('fault' in policy) return html`<p>${badge('bad', policy.fault)}</p>`;
  return html`<ul class="grants">
    ${policy.statements.map((each) => (each.kind === 'deadline' ? deadlines(each, group) : statement(each)))}
  </ul>`;
}

const KINDS: Readonly<Record<StatementWords['kind'], string>> = {
  tool: 'Tool',
  secrets: 'Its own secrets',
  canary: 'For the proof',
  deadline: 'Deadline',
  other: 'Not ours',
};

const grant = (kind: StatementWords['kind'], name: string, body: Html): Html =>
  html`<li class="grant ${kind}">
    <p class="kind">${KINDS[kind]}</p>
    <div>
      <h4>${theirs(name, 200)}</h4>
      ${body}
    </div>
  </li>`;

const statement = ({ kind, sid, says, actions, resources, conditions }: StatementWords): Html =>
  grant(
    kind,
    sid,
    html`<p>${theirs(says)}</p>
      ${facts([
        [kind === 'other' ? 'Actions' : 'May call', html`${actions.map((action) => html`${code(action)} `)}`],
        ['On', html`${resources.map(resource)}`],
        [
          'Only if',
          conditions.length === 0 ? undefined : html`${conditions.map((each) => html`${code(each)} `)}`,
        ],
      ])}`,
  );

const REACHES: Readonly<Record<ResourceWords['reach'], string>> = {
  exactly: 'exactly',
  secret: 'the secret',
  'begins-with': 'everything that begins with',
  pattern: 'what fits (* any characters, ? one)',
  everything: 'everything:',
};

const resource = ({ reach, text }: ResourceWords): Html =>
  html`<span class="reach">${REACHES[reach]} ${code(text)}</span>`;

const deadlines = (each: StatementWords, group: readonly LeaseFacts[]): Html =>
  grant(
    'deadline',
    each.sid,
    html`<p>
      ${group.length === 1 ? theirs(each.says) : 'From each lease’s own deadline on, everything is denied.'}
      It stands inside the session: nothing has to run for it.
    </p>`,
  );

function lease({ number, issued }: LeaseFacts): Html {
  const { data } = issued;
  const policy = textAt(data, 'sessionPolicy');
  const deadline = textAt(data, 'deadline');
  const length = between(issued.at, deadline);
  const isSame = policy !== undefined && sha256Hex(policy) === textAt(data, 'policyDigest');
  const name = leaseName({ number });
  return details(
    html`Exact policy of ${name}`,
    html`${facts([
      ['Issued', utc(issued.at)],
      [
        'Ends by itself',
        html`${theirs(deadline)}${length === undefined ? '' : `, ${duration(length)} later`}`,
      ],
      ['Access key id', code(textAt(data, 'accessKeyId'))],
      ['Role', code(textAt(data, 'roleArn'))],
      ['Session name', code(textAt(data, 'sessionName'))],
      ['Code that ran', code(textAt(data, 'workVersion'))],
      [
        'Policy digest',
        html`${code(textAt(data, 'policyDigest'))}
        ${isSame ? badge('good', 'the SHA-256 of the text below') : badge('bad', 'not the SHA-256 of the text below')}`,
      ],
      [
        'Length',
        `${count(policy?.length ?? 0, 'character')}, of ${SESSION_POLICY_CHARACTERS} that AWS takes`,
      ],
    ])}${block(`Session policy of ${name}`, policy ?? 'The record does not have it.')}`,
  );
}
