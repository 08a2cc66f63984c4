import * as z from 'zod';
import { absent, ms } from './fields.ts';

const intent = {
  number: z.int().min(1),
  /** The invocation that wrote the intent: by it, a repeated write of the same intent is recognized. */
  attempt: z.string(),
  intendedAtMs: ms,
  deadlineMs: ms,
  /** The lease of the previous run, which returned a checkpoint. Absent in a lease of the first run. */
  after: z.int().min(1).optional(),
  policyDigest: z.string(),
  sessionSecretName: z.string(),
};

/** A session may exist, but its credentials were never returned to anyone. */
const intendedLease = z.looseObject({
  ...intent,
  state: z.literal('intended'),
  accessKeyId: absent,
  sessionVersionId: absent,
});

const issuedLease = z.looseObject({
  ...intent,
  state: z.literal('issued'),
  accessKeyId: z.string(),
  /** Version of the session secret that contains the credentials. */
  sessionVersionId: z.string(),
});

/** One issue of session credentials. */
export const leaseRecord = z.discriminatedUnion('state', [intendedLease, issuedLease]);
export type LeaseRecord = z.infer<typeof leaseRecord>;
export type IssuedLease = z.infer<typeof issuedLease>;

/** The row with one lease's record replaced. */
export const withLease = <Row extends { readonly leases: readonly LeaseRecord[] }>(
  row: Row,
  number: number,
  change: (lease: LeaseRecord) => LeaseRecord,
): Row => ({
  ...row,
  leases: row.leases.map((lease) => (lease.number === number ? change(lease) : lease)),
});
