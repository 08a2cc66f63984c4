import { accessEnd } from '../access-end/access-end.ts';
import { leaseName, unreadableOf, type TaskRecord } from '../events/task-record.ts';
import { unreadableText } from '../events/unreadable-event.ts';
import { cite, type Cited, type ControlFinding } from './control.ts';

/** All leases. `says`: what the issue of each shows. */
export const leasesCited = ({ leases, unrecorded }: TaskRecord, says: string): Cited[] => [
  ...leases.map((lease) => cite(lease.issued, `${leaseName(lease)}: ${says}`)),
  ...unrecordedCited({ unrecorded }),
];

export const unrecordedCited = ({ unrecorded }: Pick<TaskRecord, 'unrecorded'>): Cited[] =>
  unrecorded.map((lease) =>
    cite(lease.named, `${leaseName(lease)}: may have been issued, and no event tells with what policy`),
  );

/** The finding about leases where the issue of some is not recorded. */
export const unrecordedFinding = ({ unrecorded }: TaskRecord, events: readonly Cited[]): ControlFinding => ({
  status: 'partial',
  events,
  says: `Not shown of every lease: ${unrecorded.map(leaseName).join(', ')} may have been issued, and the record does not tell how.`,
});

export const secretsCited = ({ secrets }: TaskRecord): Cited[] =>
  secrets.flatMap(({ name, issued, revoked }) => [
    cite(issued, `the secret ${name} was made for this task alone`),
    ...(revoked ? [cite(revoked, `the secret ${name} was destroyed`)] : []),
  ]);

const PROOF_SAYS: Readonly<Record<string, string>> = {
  refused: "the task's own credential was used and refused",
  expired: 'a credential that could not be presented has passed its deadline',
  'nothing-issued': 'no credential was ever issued',
};

export const proofCited = (record: TaskRecord): Cited[] => {
  const { proven } = record;
  const says = PROOF_SAYS[accessEnd(record).kind];
  return proven && says !== undefined ? [cite(proven, says)] : [];
};

export const peopleCited = ({ granted, refused }: TaskRecord): Cited[] => [
  ...granted.map((event) => cite(event, `approved by ${event.data.person}`)),
  ...refused.map((event) => cite(event, `refused by ${event.data.person}`)),
];

/** Why a finding about every lease does not hold: the event of an issue cannot be read. */
export const unreadableIssues = (record: TaskRecord): string[] =>
  unreadableOf(record, 'identity.issued').map(unreadableText);
