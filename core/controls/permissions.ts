import { accessEnd } from '../access-end.ts';
import { textAt } from '../event-data.ts';
import { isLeased, leaseName, type TaskRecord } from '../task-record.ts';
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
  const own = granted.filter(({ data }) => textAt(data, 'person') === requester(record));
  if (own.length > 0)
    return {
      status: 'contradicted',
      events,
      says: 'Who asked for the task also approved it: duties were not separate.',
    };
  const missing = missingOf(record);
  if (missing.length > 0)
    return { status: 'partial', events, says: `Not shown here: ${missing.join('; ')}.` };
  const says =
    'Permissions were defined for one task, approved by somebody else than who asked, enforced by IAM, and taken back with a proof.';
  return { status: 'evidence', events, says };
}

/** Who asked, as approvals know people; the text `?` is nobody's. */
const requester = ({ requested }: TaskRecord): string => textAt(requested?.data, 'requester') ?? '?';

const missingOf = (record: TaskRecord): string[] => [
  ...(record.granted.length === 0 && record.refused.length === 0
    ? ['a review by another person: this task had none before it ran']
    : []),
  ...(isLeased(record) ? [] : ['how permissions are enforced: none was given']),
  ...record.untold.map((lease) => `what ${leaseName(lease)} was allowed, if it was issued`),
  ...(accessEnd(record).kind === 'unproven' ? ['that the permissions were taken back'] : []),
];

/** Subcategories of the NIST Cybersecurity Framework 2.0 that a task's record can speak to. The title is ours. */
export const PERMISSIONS: readonly JudgedControl[] = [
  {
    control: 'PR.AA-05',
    title: 'Permissions are defined, enforced and reviewed, with least privilege and separate duties',
    source: NIST_CSF,
    judge: permissions,
  },
];
