import type { z } from 'zod';
import type { EventData } from 'taskbound-evidence/events/event';
import type { LeaseProof } from 'taskbound-evidence/events/task-record';
import { NotProven, StillAccepted } from '../../core/shared/errors.ts';
import { assertOwner } from '../../core/ledger/assert-owner.ts';
import { isProvenRow, type LedgerRow, type ProvenRow, type RowIn } from '../../core/ledger/ledger.ts';
import { wasAttempted } from '../../core/ledger/secret-record.ts';
import { loginNameOf } from '../../core/logins/login.ts';
import { metricLine, SECONDS_TO_PROVEN, secondsToProven } from '../../core/operations/metrics.ts';
import { isAtLeast } from '../../core/ledger/phase.ts';
import type { proveRevokedEvent } from '../../core/work/step-events.ts';
import { isLogin } from '../control/logins/logins.ts';
import type { TaskSecrets } from '../control/secrets/secrets.ts';
import type { ProveDependencies } from './deps.ts';
import { proveLeases } from './prove-lease.ts';

type Proof = EventData<'revocation.proven'>;
type ProofKind = Proof['proof'];
type LoginGone = NonNullable<Proof['loginsGone']>[number];

export async function proveRevoked(
  event: z.infer<typeof proveRevokedEvent>,
  deps: ProveDependencies,
): Promise<{ proof: ProofKind }> {
  const row = await deps.ledger.get(event.boundaryId);
  assertOwner(row, event.boundaryId, event.executionArn);
  if (row.proof) return { proof: row.proof.kind };
  assertRevoked(row);
  const leases = await proveLeases(row, deps);
  const secretsGone = await assertSecretsGone(row, deps.secrets);
  const loginsGone = await assertLoginsGone(row, deps);
  const kind = kindOf(leases);
  await deps.evidence.append(row.boundaryId, {
    id: 'revocation.proven',
    type: 'revocation.proven',
    actor: 'prove-revoked',
    data: {
      proof: kind,
      leases,
      secretsGone,
      ...(loginsGone.length > 0 && { loginsGone }),
    },
  });
  await recordProof(row.boundaryId, kind, deps);
  return { proof: kind };
}

/**
 * Writes the proof, and then its metric if this invocation's proof is the one in the row: its time identifies
 * it even when the response to the write was lost.
 */
async function recordProof(boundaryId: string, kind: ProofKind, deps: ProveDependencies): Promise<void> {
  const proof = { kind, provenAtMs: deps.clock.nowMs() };
  const proven = await deps.ledger.update(boundaryId, (now): ProvenRow => {
    assertRevoked(now);
    return isProvenRow(now) ? now : { ...now, proof };
  });
  if (proven.proof.provenAtMs !== proof.provenAtMs) return;
  const seconds = secondsToProven(proven);
  deps.print(metricLine(proven.stack, deps.clock.nowMs(), 'Seconds', { [SECONDS_TO_PROVEN]: seconds }));
}

function assertRevoked(row: LedgerRow): asserts row is RowIn<'revoked' | 'closed'> {
  if (isAtLeast(row.phase, 'revoked')) return;
  throw new NotProven(`Boundary ${row.boundaryId} is ${row.phase}; it is proven only after it is revoked.`);
}

/** The weakest proof of all leases: one `expired` lease makes the whole proof `expired`. */
function kindOf(leases: readonly LeaseProof[]): ProofKind {
  if (leases.length === 0) return 'nothing-issued';
  return leases.every((lease) => lease.proof === 'refused') ? 'refused' : 'expired';
}

async function assertSecretsGone(row: LedgerRow, secrets: TaskSecrets): Promise<string[]> {
  const made = row.secrets.filter(wasAttempted);
  for (const secret of made) {
    if (await secrets.exists(secret.secretName)) {
      throw new StillAccepted(
        `Secret ${secret.secretName} can still be read; it was deleted, and the deletion has not taken effect yet. It is tried again.`,
      );
    }
  }
  return made.map((secret) => secret.name);
}

/** A deleted password proves nothing: the server must have neither the login nor a session of it. */
async function assertLoginsGone(row: LedgerRow, { logins, clock }: ProveDependencies): Promise<LoginGone[]> {
  const gone: LoginGone[] = [];
  for (const secret of row.secrets) {
    if (!wasAttempted(secret) || !isLogin(secret)) continue;
    const { exists, sessions, server } = await logins.look(secret);
    const username = loginNameOf(secret.secretName);
    if (exists || sessions > 0) {
      throw new StillAccepted(
        `The server ${server} ${exists ? 'still knows the login' : 'dropped the login'} ${username} and has ${sessions} sessions of it; there must be neither. It is tried again.`,
      );
    }
    gone.push({ secret: secret.name, username, server, at: new Date(clock.nowMs()).toISOString() });
  }
  return gone;
}
