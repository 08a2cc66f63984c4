import * as z from 'zod';
import { secretSpec } from '../task-types/task-type.ts';
import { absent, ms } from './fields.ts';

const named = {
  name: z.string(),
  spec: secretSpec,
  /** `taskbound/…/<name>`; fixed at submit. */
  secretName: z.string(),
};

/** The intent is written before the secret is made: no secret exists that the row does not name. */
const attempted = {
  ...named,
  /** The last attempt's intent. */
  intendedAtMs: ms,
  /** Attempts so far. With more than one, an older attempt may still be running when a newer one is done. */
  attempts: z.int().min(1),
};

/** What the issuer recorded about the secret that it made: a public key, for example. Never a value. */
const handle = z.record(z.string(), z.string());

/** Absent where the secret was revoked before it was recorded as issued. */
const handleIfIssued = handle.optional();

const plannedSecret = z.looseObject({
  ...named,
  state: z.literal('planned'),
  intendedAtMs: absent,
  attempts: absent,
  handle: absent,
  revokedAtMs: absent,
  error: absent,
});

const intendedSecret = z.looseObject({
  ...attempted,
  state: z.literal('intended'),
  handle: absent,
  revokedAtMs: absent,
  error: absent,
});

const issuedSecret = z.looseObject({
  ...attempted,
  state: z.literal('issued'),
  handle,
  revokedAtMs: absent,
  error: absent,
});

const revokedSecret = z.looseObject({
  ...attempted,
  state: z.literal('revoked'),
  handle: handleIfIssued,
  revokedAtMs: ms,
  /** Why an earlier attempt to revoke it failed, if one did. */
  error: z.string().optional(),
});

const unrevokedSecret = z.looseObject({
  ...attempted,
  state: z.literal('unrevoked'),
  handle: handleIfIssued,
  /** When another execution had revoked it: of two at once, the later write counts. */
  revokedAtMs: ms.optional(),
  /** Why it could not be revoked. */
  error: z.string(),
});

/** One JIT secret of a task. */
export const secretRecord = z.discriminatedUnion('state', [
  plannedSecret,
  intendedSecret,
  issuedSecret,
  revokedSecret,
  unrevokedSecret,
]);
export type SecretRecord = z.infer<typeof secretRecord>;

/** A secret that was intended at least once: it may exist, or may have existed. */
export type AttemptedSecret = Exclude<SecretRecord, z.infer<typeof plannedSecret>>;

/** What it takes to find and remove a secret and what it opens. */
export type RemovableSecret = Pick<SecretRecord, 'secretName' | 'spec' | 'handle'>;

export const wasAttempted = (secret: SecretRecord): secret is AttemptedSecret => secret.state !== 'planned';

/** The row with one secret's record replaced. */
export const withSecret = <Row extends { readonly secrets: readonly SecretRecord[] }>(
  row: Row,
  name: string,
  change: (secret: SecretRecord) => SecretRecord,
): Row => ({
  ...row,
  secrets: row.secrets.map((secret) => (secret.name === name ? change(secret) : secret)),
});
