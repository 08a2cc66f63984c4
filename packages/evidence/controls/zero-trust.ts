import { accessEnd } from '../access-end/access-end.ts';
import type { EventOf } from '../events/event.ts';
import { isLeased, unreadableOf, type TaskRecord } from '../events/task-record.ts';
import { unreadableText } from '../events/unreadable-event.ts';
import { leasesCited, peopleCited, proofCited, unrecordedFinding } from './cited.ts';
import {
  cite,
  nothing,
  NIST_ZERO_TRUST,
  type Cited,
  type ControlFinding,
  type JudgedControl,
} from './control.ts';

const UNDECIDED = 'Nothing was decided yet about this task.';

const admittedCited = ({ admitted, rejected }: TaskRecord): Cited[] => [
  ...(admitted ? [cite(admitted, 'admitted: what was asked for is what would be granted')] : []),
  ...(rejected ? [cite(rejected, 'a rule turned it away')] : []),
];

function perSession(record: TaskRecord): ControlFinding {
  if (!isLeased(record)) return nothing('No session was issued to this task.');
  const events = [
    ...admittedCited(record),
    ...leasesCited(record, 'a session of its own, after the same checks, for this task only'),
  ];
  if (record.unrecorded.length > 0) return unrecordedFinding(record, events);
  return {
    status: 'evidence',
    events,
    says: 'Access was given a session at a time: each lease was decided anew and carries its own policy and deadline.',
  };
}

function dynamicPolicy(record: TaskRecord): ControlFinding {
  const events = [
    ...peopleCited(record),
    ...admittedCited(record),
    ...leasesCited(record, "a policy compiled from this task's own parameters"),
  ];
  if (events.length === 0) return nothing(UNDECIDED);
  const looked = ['who asked', 'the parameters', 'the version of the code'];
  if (record.granted.length + record.refused.length > 0) looked.push('approvals');
  if (record.requested?.data.window !== undefined) looked.push('the time');
  return {
    status: 'partial',
    events,
    says: `The decision looked at ${looked.join(', ')}. It does not look at the state of devices or at how somebody behaves, which the tenet also means.`,
  };
}

/** The events whose grant is not the requested one: approvals, admission and leases must all name that one. */
const otherGrants = ({ requested, granted, admitted, leases }: TaskRecord): string[] =>
  [...granted, ...(admitted ? [admitted] : []), ...leases.map(({ issued }) => issued)]
    .filter(({ data }) => data.grantDigest !== requested?.data.grantDigest)
    .map(({ seq }) => `event ${seq} has another grant digest`);

/** Why it is not shown that one grant was requested, approved, admitted and issued. */
const grantFaults = (record: TaskRecord): string[] => [
  ...otherGrants(record),
  ...unreadableOf(record, 'task.requested', 'approval.granted', 'task.admitted', 'identity.issued').map(
    unreadableText,
  ),
];

function enforcedBefore(record: TaskRecord): ControlFinding {
  if (record.admitted === undefined && record.rejected === undefined && !isLeased(record))
    return nothing(UNDECIDED);
  const events = [
    ...(record.requested ? [cite(record.requested, 'who asked, as IAM said it')] : []),
    ...admittedCited(record),
    ...leasesCited(record, 'checked again, and the credential tried, before the work'),
    ...proofCited(record),
  ];
  const faults = grantFaults(record);
  if (faults.length > 0) {
    const says = `What was checked is not what was asked for: ${faults.join('; ')}.`;
    return { status: 'contradicted', events, says };
  }
  if (!isLeased(record)) {
    const says =
      'A decision stood before any access, and none followed: nothing shows how an allowed call is checked.';
    return { status: 'partial', events, says };
  }
  if (record.admitted === undefined)
    return {
      status: 'contradicted',
      events,
      says: 'A session was issued, or may have been, without an admission before it.',
    };
  if (record.unrecorded.length > 0) return unrecordedFinding(record, events);
  const says =
    'Who asks was authenticated by IAM, and the grant checked when it was admitted and again at each lease, before any access.';
  return { status: 'evidence', events, says };
}

function collected(record: TaskRecord): ControlFinding {
  const events = [
    ...record.runs.map((run) => cite(run, runWords(run))),
    ...record.attempts.map((event) => cite(event, 'an attempt that was turned away')),
    ...(accessEnd(record).kind === 'refused' ? proofCited(record) : []),
  ];
  if (events.length === 0)
    return nothing('Nothing ran and no attempt was refused, so there is nothing to learn from.');
  return {
    status: 'partial',
    events,
    says: "What happened is on record, in one chain. Which tools were used is the worker's own word until an audit compares it with the trail; and no record shows that anybody learns from it.",
  };
}

const runWords = ({ data }: EventOf<'work.finished'>): string =>
  data.tools === 'unknown'
    ? 'how a run ended; which tools it used is not known'
    : 'how a run ended, and the tools that the worker says it used';

/** The tenets of NIST SP 800-207, section 2.1, about which a task's record can show something. They have numbers only; the titles are ours. */
export const ZERO_TRUST: readonly JudgedControl[] = [
  {
    control: 'SP 800-207 tenet 3',
    title: 'Access is granted for one session at a time',
    source: NIST_ZERO_TRUST,
    judge: perSession,
  },
  {
    control: 'SP 800-207 tenet 4',
    title: 'A dynamic policy decides about access',
    source: NIST_ZERO_TRUST,
    judge: dynamicPolicy,
  },
  {
    control: 'SP 800-207 tenet 6',
    title: 'Authentication and authorization are enforced before access',
    source: NIST_ZERO_TRUST,
    judge: enforcedBefore,
  },
  {
    control: 'SP 800-207 tenet 7',
    title: 'What happens is recorded and used to get better',
    source: NIST_ZERO_TRUST,
    judge: collected,
  },
];
