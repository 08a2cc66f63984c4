import { accessEnd } from '../access-end/access-end.ts';
import { isLeased, isRefused, leaseName, unreadableOf, type TaskRecord } from '../events/task-record.ts';
import { leasesCited, peopleCited, proofCited } from './cited.ts';
import { cite, nothing, NIST_CSF, type ControlFinding, type JudgedControl } from './control.ts';

function permissions(record: TaskRecord): ControlFinding {
  const events = [
    ...peopleCited(record),
    ...leasesCited(record, 'the permissions, defined in a policy and kept by their digest'),
    ...(record.revoked ? [cite(record.revoked, 'the permissions were taken back')] : []),
    ...proofCited(record),
  ];
  if (record.granted.length === 0 && !isRefused(record) && !isLeased(record))
    return nothing('No person decided about this task, and it received no permission.');
  const fault = reviewFault(record);
  if (fault !== undefined) return { status: 'contradicted', events, says: fault };
  const missing = missingOf(record);
  if (missing.length > 0)
    return { status: 'partial', events, says: `Not shown here: ${missing.join('; ')}.` };
  const says =
    'Permissions were defined for one task, approved by as many others as were needed, enforced by IAM, and taken back with a proof.';
  return { status: 'evidence', events, says };
}

/** The request and each approval name it; 0 when no approval was needed. */
const approvalsNeeded = ({ requested, granted }: TaskRecord): number =>
  Math.max(requested?.data.approvalsNeeded ?? 0, ...granted.map(({ data }) => data.quorum ?? 0));

/**
 * How many people approved the requested grant before anything was issued. Each person counts once, and the requester does not count. None
 * counts where the requester or the grant is not known.
 */
function approvals(record: TaskRecord): number {
  const { requested, granted } = record;
  const who = requested?.data.requester;
  if (requested === undefined || who === undefined) return 0;
  const counted = granted
    .filter(({ seq, data }) => seq < firstIssue(record) && data.grantDigest === requested.data.grantDigest)
    .map(({ data }) => data.person)
    .filter((person) => person !== who);
  return new Set(counted).size;
}

/** The first event that issued a session, readable or not; infinity without one. */
const firstIssue = (record: TaskRecord): number =>
  Math.min(
    ...record.leases.map(({ issued }) => issued.seq),
    ...unreadableOf(record, 'identity.issued').map(({ seq }) => seq),
  );

/** Why the review failed, or undefined. An emergency runs without one; it is reviewed afterwards, in a record of its own. */
function reviewFault(record: TaskRecord): string | undefined {
  const { requested, granted } = record;
  const who = requested?.data.requester;
  if (who !== undefined && granted.some(({ data }) => data.person === who))
    return 'Who asked for the task also approved it: duties were not separate.';
  if (!isLeased(record)) return undefined;
  if (isRefused(record)) return 'A person refused the task, and a session was, or may have been, issued.';
  const [needed, had] = [approvalsNeeded(record), approvals(record)];
  if (had >= needed || requested?.data.emergency !== undefined) return undefined;
  return `A session was, or may have been, issued, and ${had} of ${needed} people who had to approve this very grant did.`;
}

const missingOf = (record: TaskRecord): string[] => [
  ...reviewMissing(record),
  ...(isLeased(record) ? [] : ['how permissions are enforced: none was given']),
  ...record.unrecorded.map((lease) => `what ${leaseName(lease)} was allowed, if it was issued`),
  ...(accessEnd(record).kind === 'unproven' ? ['that the permissions were taken back'] : []),
];

function reviewMissing(record: TaskRecord): string[] {
  if (isRefused(record)) return [];
  const [needed, had] = [approvalsNeeded(record), approvals(record)];
  if (had === 0) return ['a review by another person: this task had none before it ran'];
  return had < needed ? [`all approvals that were needed: it had ${had} of ${needed}`] : [];
}

/** The subcategories of the NIST Cybersecurity Framework 2.0 about which a task's record can show something. The title is ours. */
export const PERMISSIONS: readonly JudgedControl[] = [
  {
    control: 'PR.AA-05',
    title: 'Permissions are defined, enforced and reviewed, with least privilege and separate duties',
    source: NIST_CSF,
    judge: permissions,
  },
];
