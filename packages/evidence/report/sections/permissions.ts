import { sha256Hex } from '../../canonical-json/digest.ts';
import type { ConditionWords } from '../../policy/condition-words.ts';
import { REACH_WORDS, type ResourceWords } from '../../policy/pattern-words.ts';
import { policyWords, type StatementWords } from '../../policy/policy-words.ts';
import { SESSION_POLICY_CHARACTERS } from '../../policy/own-statements.ts';
import {
  isLeased,
  leaseName,
  type IssuedLease,
  type TaskRecord,
  type UnrecordedLease,
} from '../../events/task-record.ts';
import { block, code, count, html, shown, theirs, type Html } from '../html.ts';
import { badge, bounded, details, facts } from '../parts.ts';
import { between, duration, utc } from '../time.ts';

/** As many leases as a task has at most. */
const MOST_UNRECORDED = 100;

/** What the task's sessions were allowed: in plain English once for all leases that differ in their deadline only, and the exact text of each. */
export function permissions(record: TaskRecord): Html {
  const { leases, unrecorded } = record;
  if (!isLeased(record)) return html`<p>No session was issued, so nothing was allowed.</p>`;
  const groups = Map.groupBy(leases, sameButDeadline);
  const { shown, rest } = bounded(unrecorded, MOST_UNRECORDED);
  return html`${shown.map(unrecordedLease)}${rest}${
    leases.length === 0
      ? undefined
      : html`<p>
          Each session whose policy is recorded was limited to the permissions below: AWS allows a session
          only what both its role <em>and</em> its session policy allow.
        </p>`
  }
  ${[...groups.values()].map(
    (group) =>
      html`<h3>${leaseNames(group)}</h3>
        ${words(group)}${group.map(lease)}`,
  )}`;
}

const unrecordedLease = (lease: UnrecordedLease): Html =>
  html`<p>
    ${badge('warn', `Not recorded: ${leaseName(lease)}`)} It may have been issued:
    <a href="#event-${lease.named.seq}">event ${lease.named.seq}</a>
    ${lease.named.type === 'identity.issued' ? 'records it and cannot be read' : 'names it, but no event contains its policy'}.
    The record does not show what its session was allowed.
  </p>`;

const policyOf = ({ issued }: IssuedLease): string => issued.data.sessionPolicy;

/** Equal for policies that differ in their deadline only. */
function sameButDeadline(lease: IssuedLease): string {
  const policy = policyWords(policyOf(lease));
  return 'fault' in policy
    ? policy.fault
    : JSON.stringify(policy.statements.map((each) => (each.kind === 'deadline' ? 'deadline' : each)));
}

const leaseNames = (group: readonly IssuedLease[]): string =>
  `Lease${group.length === 1 ? '' : 's'} ${group.map(({ number }) => number).join(', ')}`;

function words(group: readonly IssuedLease[]): Html {
  const [first] = group;
  const policy = policyWords(first ? policyOf(first) : '');
  if ('fault' in policy) return html`<p>${badge('bad', policy.fault)}</p>`;
  return html`<ul class="grants">
    ${policy.statements.map((each) => (each.kind === 'deadline' ? deadlines(each, group) : statement(each)))}
  </ul>`;
}

const KINDS: Readonly<Record<StatementWords['kind'], string>> = {
  tool: 'Tool',
  secrets: 'Secrets of the task',
  canary: 'For the proof',
  deadline: 'Deadline',
  other: 'Not from Taskbound',
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
        ['Conditions', conditions.length === 0 ? undefined : html`${conditions.map(condition)}`],
      ])}`,
  );

const resource = ({ reach, text }: ResourceWords): Html =>
  html`<span class="reach">${REACH_WORDS[reach]} ${code(text)}</span>`;

/** In words, and as the policy has it. */
const condition = ({ says, exact }: ConditionWords): Html =>
  html`<span class="reach"
    ><bdi class="theirs">${shown(says)}</bdi> ${exact.map((each) => html` ${code(each)}`)}</span
  >`;

const deadlines = (each: StatementWords, group: readonly IssuedLease[]): Html =>
  grant(
    'deadline',
    each.sid,
    html`<p>
      ${group.length === 1 ? theirs(each.says) : html`From each lease’s own deadline on, everything is denied.`}
      The deadline is part of the session policy, so it takes effect even if nothing of Taskbound runs.
    </p>`,
  );

function lease({ number, issued }: IssuedLease): Html {
  const { data } = issued;
  const { sessionPolicy: policy, deadline } = data;
  const isSame = sha256Hex(policy) === data.policyDigest;
  const name = leaseName({ number });
  return details(
    html`Exact policy of ${name}`,
    html`${facts([
      ['Issued', utc(issued.at)],
      ['Deadline', html`${theirs(deadline)}, ${duration(between(issued.at, deadline))} later`],
      ['Access key id', code(data.accessKeyId)],
      ['Role', code(data.roleArn)],
      ['Session name', code(data.sessionName)],
      ['Work version', code(data.workVersion)],
      [
        'Policy digest',
        html`${code(data.policyDigest)}
        ${isSame ? badge('good', 'matches the text below') : badge('bad', 'does not match the text below')}`,
      ],
      ['Length', `${count(policy.length, 'character')}; AWS accepts at most ${SESSION_POLICY_CHARACTERS}`],
    ])}${block(`Session policy of ${name}`, policy)}`,
  );
}
