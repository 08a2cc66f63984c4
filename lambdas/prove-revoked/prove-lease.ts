import { ExpiryPending, NotProven, StillAccepted } from '../../core/errors.ts';
import type { LeaseRecord, LedgerRow } from '../../core/ledger.ts';
import { deadlineText } from '../../core/session-policy.ts';
import { sessionCredentials, type SessionCredentials } from '../../core/work.ts';
import { versionIdFrom } from '../control/secrets.ts';
import type { ProveDependencies } from './prove-revoked.ts';

/** One refusal could be a flicker of a policy on its way; three in a row, a second apart, are taken for the end. */
const REFUSALS = 3;
const PAUSE_MS = 1000;

/** How far IAM's clock may be behind this function's. */
const CLOCK_MARGIN_MS = 30_000;

/** One answer to the task's own credential. A type, not an interface: it goes into the evidence as JSON. */
export type Refusal = { readonly at: string; readonly error: string; readonly message: string };

export type LeaseProof = {
  readonly lease: number;
  readonly proof: 'refused' | 'expired';
  readonly accessKeyId: string | null;
  readonly deadline: string;
  readonly refusals: readonly Refusal[];
};

export async function proveLease(
  row: LedgerRow,
  lease: LeaseRecord,
  on: ProveDependencies,
): Promise<LeaseProof> {
  const accessKeyId = lease.accessKeyId ?? (await keyInEvidence(row, lease, on));
  const credentials = accessKeyId === undefined ? undefined : await credentialsOf(lease, accessKeyId, on);
  const shown = {
    lease: lease.number,
    accessKeyId: accessKeyId ?? null,
    deadline: deadlineText(lease.deadlineMs),
  };
  if (credentials)
    return { ...shown, proof: 'refused', refusals: await demandRefusals(lease, credentials, on) };
  demandExpired(row, lease, on);
  return { ...shown, proof: 'expired', refusals: [] };
}

/** A lease that was not recorded as issued may still have been: the evidence is written before the value. */
async function keyInEvidence(
  row: LedgerRow,
  lease: LeaseRecord,
  on: ProveDependencies,
): Promise<string | undefined> {
  const events = await on.evidence.read(row.boundaryId);
  const key = events.find((event) => event.id === `identity.issued:${lease.number}`)?.data['accessKeyId'];
  return typeof key === 'string' ? key : undefined;
}

async function credentialsOf(
  lease: LeaseRecord,
  accessKeyId: string,
  on: ProveDependencies,
): Promise<SessionCredentials | undefined> {
  const value = await on.secrets.value(lease.sessionSecretName, versionIdFrom(accessKeyId));
  return value === undefined ? undefined : credentialsIn(value, lease);
}

/** An error of a parser quotes what it parsed, and errors stand in the execution's history: this one says nothing of the value. */
function credentialsIn(value: string, lease: LeaseRecord): SessionCredentials {
  try {
    return sessionCredentials.parse(JSON.parse(value));
  } catch {
    throw new NotProven(
      `The session secret of lease ${lease.number} holds no credentials; it was changed from outside. Look at who wrote to it.`,
    );
  }
}

async function demandRefusals(
  lease: LeaseRecord,
  credentials: SessionCredentials,
  on: ProveDependencies,
): Promise<Refusal[]> {
  const refusals: Refusal[] = [];
  while (refusals.length < REFUSALS) {
    if (refusals.length > 0) await on.clock.sleep(PAUSE_MS);
    const answer = await on.canary(credentials, lease.sessionSecretName);
    if (answer.answer !== 'refused') {
      const seen =
        answer.answer === 'accepted'
          ? 'still accepted'
          : `answered without a proof (${answer.error}: ${answer.message})`;
      throw new StillAccepted(
        `Lease ${lease.number}, key ${credentials.accessKeyId}, is ${seen}; it must be refused ${REFUSALS} times. It is tried again.`,
      );
    }
    refusals.push({
      at: new Date(on.clock.nowMs()).toISOString(),
      error: answer.error,
      message: answer.message,
    });
  }
  return refusals;
}

/** Nobody can present the credential, if it exists: only time ends it, and it must also be too late for one to be made. */
function demandExpired(row: LedgerRow, lease: LeaseRecord, on: ProveDependencies): void {
  const safeAtMs = Math.max(lease.deadlineMs, lease.intendedAtMs + on.issueTimeoutMs) + CLOCK_MARGIN_MS;
  if (on.clock.nowMs() > safeAtMs) return;
  throw new ExpiryPending(
    `Lease ${lease.number} of ${row.boundaryId} was intended, and its credentials, if any, cannot be recovered; it is certain to be over at ${new Date(safeAtMs).toISOString()}. It is tried again.`,
  );
}
