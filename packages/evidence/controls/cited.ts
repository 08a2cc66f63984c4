import { accessEnd } from '../access-end/access-end.ts';
import { textAt } from '../events/event-data.ts';
import { leaseName, type TaskRecord } from '../events/task-record.ts';
import { cite, type Cited, type ControlFinding } from './control.ts';

/** What several controls cite, each in the same words. */
export const leasesCited = ({ leases, untold }: TaskRecord, says: string): Cited[] => [
  ...leases.map((lease) => cite(lease.issued, `${leaseName(lease)}: ${says}`)),
  ...untoldCited({ untold }),
];

export const untoldCited = ({ untold }: Pick<TaskRecord, 'untold'>): Cited[] =>
  untold.map((lease) =>
    cite(lease.named, `${leaseName(lease)}: may have been issued, and no event tells with what policy`),
  );

/** What keeps a finding about leases from being whole: some whose issue is not recorded. */
export const untoldFinding = ({ untold }: TaskRecord, events: readonly Cited[]): ControlFinding => ({
  status: 'partial',
  events,
  says: `Not shown of every lease: ${untold.map(leaseName).join(', ')} may have been issued, and the record does not tell how.`,
});

export const secretsCited = ({ secrets }: TaskRecord): Cited[] =>
  secrets.flatMap(({ name, issued, revoked }) => [
    cite(issued, `the secret ${name} was made for this task alone`),
    ...(revoked ? [cite(revoked, `the secret ${name} was destroyed`)] : []),
  ]);

const PROOF_SAYS: Readonly<Record<string, string>> = {
  refused: "the task's own credential was used and refused",
  expired: 'a credential that nobody could present was waited out until past its deadline',
  'nothing-issued': 'no credential was ever issued',
};

export const proofCited = (record: TaskRecord): Cited[] => {
  const { proven } = record;
  const says = PROOF_SAYS[accessEnd(record).kind];
  return proven && says !== undefined ? [cite(proven, says)] : [];
};

export const peopleCited = ({ granted, refused }: TaskRecord): Cited[] => [
  ...granted.map((event) => cite(event, `approved by ${textAt(event.data, 'person') ?? '?'}`)),
  ...refused.map((event) => cite(event, `refused by ${textAt(event.data, 'person') ?? '?'}`)),
];
