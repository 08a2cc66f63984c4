import { accessEnd } from '../access-end/access-end.ts';
import { at, numberAt, textAt } from '../events/event-data.ts';
import { isLeased, leaseName, type TaskRecord } from '../events/task-record.ts';
import { leasesCited, peopleCited, proofCited } from './cited.ts';
import { cite, nothing, NIST_CSF, type ControlFinding, type JudgedControl } from './control.ts';

function permissions(record: TaskRecord): ControlFinding {
  const events = [
    ...peopleCited(record),
    ...leasesCited(record, 'the permissions, defined in a policy and kept by their digest'),
    ...(record.revoked ? [cite(record.revoked, 'the permissions were taken back')] : []),
    ...proofCited(record),
  ];
  const { granted, refused } = record;
  if (granted.length + refused.length === 0 && !isLeased(record))
    return nothing('Nobody decided about this task, and no permission was given to it.');
  const fault = reviewFault(record);
  if (fault !== undefined) return { status: 'contradicted', events, says: fault };
  const missing = missingOf(record);
  if (missing.length > 0)
    return { status: 'partial', events, says: `Not shown here: ${missing.join('; ')}.` };
  const says =
    'Permissions were defined for one task, approved by as many others as were needed, enforced by IAM, and taken back with a proof.';
  return { status: 'evidence', events, says };
}

/** Who asked, as approvals know people. */
const requester = ({ requested }: TaskRecord): string | undefined => textAt(requested?.data, 'requester');

/** As the request tells it, and each approval again; 0 when none was needed. */
const approvalsNeeded = ({ requested, granted }: TaskRecord): number =>
  Math.max(
    numberAt(requested?.data, 'approvalsNeeded') ?? 0,
    ...granted.map(({ data }) => numberAt(data, 'quorum') ?? 0),
  );

/**
 * How many people approved what was asked for, before anything was issued: each counts once, and who asked does not count. Nobody counts
 * where it is not known who asked, or for what.
 */
function approvals(record: TaskRecord): number {
  const { requested, granted, leases } = record;
  const [asked, who] = [textAt(requested?.data, 'grantDigest'), requester(record)];
  if (asked === undefined || who === undefined) return 0;
  const issuedFrom = Math.min(...leases.map(({ issued }) => issued.seq));
  const counted = granted
    .filter(({ seq, data }) => seq < issuedFrom && textAt(data, 'grantDigest') === asked)
    .map(({ data }) => textAt(data, 'person'))
    .filter((person) => person !== undefined && person !== who);
  return new Set(counted).size;
}

/** Why the review failed, or undefined. An emergency goes without one, for which a review afterwards has its own record. */
function reviewFault(record: TaskRecord): string | undefined {
  const { requested, granted, refused } = record;
  const who = requester(record);
  if (who !== undefined && granted.some(({ data }) => textAt(data, 'person') === who))
    return 'Who asked for the task also approved it: duties were not separate.';
  if (!isLeased(record)) return undefined;
  if (refused.length > 0) return 'A person refused the task, and a session was, or may have been, issued.';
  const [needed, had] = [approvalsNeeded(record), approvals(record)];
  if (had >= needed || at(requested?.data, 'emergency') !== undefined) return undefined;
  return `A session was, or may have been, issued, and ${had} of ${needed} people who had to approve this very grant did.`;
}

const missingOf = (record: TaskRecord): string[] => [
  ...reviewMissing(record),
  ...(isLeased(record) ? [] : ['how permissions are enforced: none was given']),
  ...record.untold.map((lease) => `what ${leaseName(lease)} was allowed, if it was issued`),
  ...(accessEnd(record).kind === 'unproven' ? ['that the permissions were taken back'] : []),
];

function reviewMissing(record: TaskRecord): string[] {
  if (record.refused.length > 0) return [];
  const [needed, had] = [approvalsNeeded(record), approvals(record)];
  if (had === 0) return ['a review by another person: this task had none before it ran'];
  return had < needed ? [`all approvals that were needed: it had ${had} of ${needed}`] : [];
}

/** Subcategories of the NIST Cybersecurity Framework 2.0 that a task's record can speak to. The title is ours. */
export const PERMISSIONS: readonly JudgedControl[] = [
  {
    control: 'PR.AA-05',
    title: 'Permissions are defined, enforced and reviewed, with least privilege and separate duties',
    source: NIST_CSF,
    judge: permissions,
  },
];
