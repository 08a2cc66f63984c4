import { accessEnd } from '../access-end/access-end.ts';
import { sha256Hex } from '../canonical-json/digest.ts';
import { isWild } from '../policy/pattern-words.ts';
import { policyWords, type StatementWords } from '../policy/policy-words.ts';
import {
  isClosed,
  isIssued,
  isLeased,
  isProven,
  leaseName,
  secretsLeft,
  type IssuedLease,
  type TaskRecord,
} from '../events/task-record.ts';
import {
  leasesCited,
  proofCited,
  secretsCited,
  unreadableIssues,
  unrecordedCited,
  unrecordedFinding,
} from './cited.ts';
import { cite, nothing, OWASP_NHI, type ControlFinding, type JudgedControl } from './control.ts';

const NOTHING_ISSUED = 'Nothing was issued to this task, so there was no identity and no secret to look at.';
const STILL_OPEN = 'Something was issued, and this record does not reach to the end of the boundary.';

/** With role chaining a session lasts an hour at most: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles.html#iam-term-role-chaining */
const LONGEST_LEASE_SECONDS = 3600;

function offboarding(record: TaskRecord): ControlFinding {
  if (!isIssued(record)) return nothing(NOTHING_ISSUED);
  const { kind, because } = accessEnd(record);
  const events = [
    ...(record.revoked ? [cite(record.revoked, 'everything was taken back')] : []),
    ...secretsCited(record),
    ...proofCited(record),
  ];
  if (kind === 'unproven') {
    if (!isProven(record) && !isClosed(record)) return nothing(STILL_OPEN);
    return {
      status: 'contradicted',
      events,
      says: `The end of access does not hold: ${because.join('; ')}.`,
    };
  }
  if (kind === 'expired') {
    const says =
      'Access is over by its deadline, and not by a refusal that was seen: weaker than a proof by use.';
    return { status: 'partial', events, says };
  }
  const says = 'What was issued to the task was taken back, and the end was tried, not supposed.';
  return { status: 'evidence', events, says };
}

function leakage(record: TaskRecord): ControlFinding {
  if (!isIssued(record)) return nothing(NOTHING_ISSUED);
  const events = [
    ...leasesCited(record, 'the record has the name of the session secret, never its value'),
    ...secretsCited(record),
  ];
  if (isProven(record) && secretsLeft(record).length > 0) {
    const names = secretsLeft(record).map(({ name }) => name);
    return {
      status: 'contradicted',
      events,
      says: `Not said to be destroyed, so a copy would still be of use: ${names.join(', ')}.`,
    };
  }
  return {
    status: 'partial',
    events,
    says: 'Secrets were made for this task alone, handed over by name, and limited in time, so a leak is of little use for long. Whether the worker copied a value to somewhere else, the record cannot show.',
  };
}

function privilege(record: TaskRecord): ControlFinding {
  if (!isLeased(record)) return nothing('No session was issued to this task.');
  const faults = [...record.leases.flatMap((lease) => policyFault(lease) ?? []), ...unreadableIssues(record)];
  const events = leasesCited(record, 'the exact text of its session policy and its digest');
  if (faults.length > 0)
    return { status: 'contradicted', events, says: `The grant is not bounded: ${faults.join('; ')}.` };
  if (record.unrecorded.length > 0) return unrecordedFinding(record, events);
  if (record.leases.some(({ issued }) => hasPrefix(issued.data.sessionPolicy))) {
    return {
      status: 'partial',
      events,
      says: 'Each action is named, and some resources only by how their names begin: everything under that prefix was allowed. Whether the work needed all of it, the record cannot show.',
    };
  }
  return {
    status: 'evidence',
    events,
    says: 'Each session was cut down to named actions on named resources of this task. Whether the work needed all of them is for whoever declares its type.',
  };
}

/** Why a lease's policy does not bound its session, or undefined. */
function policyFault(lease: IssuedLease): string | undefined {
  const { sessionPolicy, policyDigest } = lease.issued.data;
  const name = leaseName(lease);
  if (sha256Hex(sessionPolicy) !== policyDigest)
    return `the session policy of ${name} does not have the digest that was recorded with it`;
  const words = policyWords(sessionPolicy);
  if ('fault' in words) return `the session policy of ${name} cannot be read`;
  if (!words.statements.some(({ kind }) => kind === 'deadline'))
    return `the session policy of ${name} has no deadline`;
  if (!endsAsRecorded(lease)) return `the session policy of ${name} has another deadline than is recorded`;
  const wide = words.statements.find(isWide);
  return wide && `the statement ${wide.sid} of ${name} names no bounded actions and resources`;
}

/** Whether the policy itself, which is all that IAM enforces, denies everything from the recorded deadline on. */
function endsAsRecorded({ issued }: IssuedLease): boolean {
  const words = policyWords(issued.data.sessionPolicy);
  return !('fault' in words) && words.statements.some(({ from }) => from === issued.data.deadline);
}

/** Whether a statement is unbounded, or allows more secrets than it names. */
function isWide({ kind, actions, resources }: StatementWords): boolean {
  if (kind === 'deadline') return false;
  const isNamed = resources.every(({ reach }) => reach === 'secret' || reach === 'exactly');
  if ((kind === 'secrets' || kind === 'canary') && !isNamed) return true;
  return kind === 'other' || actions.some(isWild) || resources.some(({ reach }) => reach === 'everything');
}

function hasPrefix(policy: string): boolean {
  const words = policyWords(policy);
  if ('fault' in words) return false;
  return words.statements.some(
    ({ kind, resources }) =>
      kind === 'tool' && resources.some(({ reach }) => reach === 'begins-with' || reach === 'pattern'),
  );
}

function lifetime(record: TaskRecord): ControlFinding {
  if (!isIssued(record)) return nothing(NOTHING_ISSUED);
  const long = record.leases.filter(
    (lease) => leaseSeconds(lease) > LONGEST_LEASE_SECONDS || !endsAsRecorded(lease),
  );
  const events = [
    ...record.leases.map((lease) =>
      cite(lease.issued, `${leaseName(lease)} ends by itself after ${Math.ceil(leaseSeconds(lease))} s`),
    ),
    ...unrecordedCited(record),
    ...secretsCited(record),
  ];
  const faults = [
    ...long.map((lease) => `${leaseName(lease)} has no deadline within an hour`),
    ...unreadableIssues(record),
    ...(isProven(record)
      ? secretsLeft(record).map(({ name }) => `the secret ${name} outlived the task`)
      : []),
  ];
  if (faults.length > 0) return { status: 'contradicted', events, says: `Too long: ${faults.join('; ')}.` };
  if (!isProven(record)) return { status: 'partial', events, says: STILL_OPEN };
  if (record.unrecorded.length > 0) return unrecordedFinding(record, events);
  return {
    status: 'evidence',
    events,
    says: 'Nothing that was issued lived longer than the task: sessions end at a deadline of their own, secrets were destroyed.',
  };
}

/** Seconds from the event to the lease's deadline. */
const leaseSeconds = ({ issued }: IssuedLease): number =>
  (Date.parse(issued.data.deadline) - Date.parse(issued.at)) / 1000;

function reuse(record: TaskRecord): ControlFinding {
  if (!isIssued(record)) return nothing(NOTHING_ISSUED);
  const events = [
    ...leasesCited(record, "a session under this boundary's own name"),
    ...secretsCited(record),
  ];
  const keys = record.leases.map(({ issued }) => issued.data.accessKeyId);
  const foreign = record.leases.filter(({ issued }) => issued.data.sourceIdentity !== issued.boundaryId);
  const faults = [
    ...foreign.map((lease) => `${leaseName(lease)} has not the source identity of this boundary`),
    ...(new Set(keys).size === keys.length ? [] : ['two leases have one access key']),
    ...unreadableIssues(record),
  ];
  if (faults.length > 0)
    return { status: 'contradicted', events, says: `Not of its own: ${faults.join('; ')}.` };
  if (record.unrecorded.length > 0) return unrecordedFinding(record, events);
  return {
    status: 'evidence',
    events,
    says: "Every credential was made for this task: its own session name, source identity and access key, its own secrets. The role below them is the type's, and shared by its tasks.",
  };
}

/** The risks of the OWASP Non-Human Identities Top 10 about which a task's record can show something. */
export const NON_HUMAN_IDENTITIES: readonly JudgedControl[] = [
  { control: 'NHI1:2025', title: 'Improper Offboarding', source: OWASP_NHI, judge: offboarding },
  { control: 'NHI2:2025', title: 'Secret Leakage', source: OWASP_NHI, judge: leakage },
  { control: 'NHI5:2025', title: 'Overprivileged NHI', source: OWASP_NHI, judge: privilege },
  { control: 'NHI7:2025', title: 'Long-Lived Secrets', source: OWASP_NHI, judge: lifetime },
  { control: 'NHI9:2025', title: 'NHI Reuse', source: OWASP_NHI, judge: reuse },
];
