import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { z } from 'zod';
import type { Clock } from '../core/clock.ts';
import { closeBoundaryEnvironment } from '../core/environment.ts';
import { NotProven } from '../core/errors.ts';
import { demandOwner, movePhase, type LedgerRow } from '../core/ledger.ts';
import { closeBoundaryEvent, type ClosedBoundary } from '../core/steps.ts';
import { systemClock } from './clock.ts';
import { documentClient } from './control/clients.ts';
import { EvidenceLog } from './control/evidence-log.ts';
import { Ledger } from './control/ledger.ts';
import { TaskSecrets } from './control/secrets.ts';
import { step } from './control/step.ts';

interface Dependencies {
  readonly ledger: Ledger;
  readonly evidence: EvidenceLog;
  readonly secrets: TaskSecrets;
  readonly clock: Clock;
}

type Proof = NonNullable<LedgerRow['proof']>;

/**
 * Trigger: the state `CloseBoundary`, after the proof.
 *
 * Effects, in order:
 *  1. nothing without a proof in the ledger (`NotProven`);
 *  2. the session secret destroyed: after the proof, because the proof needs it;
 *  3. `boundary.closed`, the last event of the chain;
 *  4. phase `closed` and the outcome in the ledger.
 *
 * Repeated or half done: each effect is recognised and not done twice; the answer is the same.
 *
 * Rejected: closing in `ProveRevoked`. The function that reads session secrets should not be able to destroy them.
 */
export async function closeBoundary(
  event: z.infer<typeof closeBoundaryEvent>,
  on: Dependencies,
): Promise<ClosedBoundary> {
  const row = await on.ledger.get(event.boundaryId);
  demandOwner(row, event.boundaryId, event.executionArn);
  const proof = demandProof(row);
  for (const name of new Set(row.leases.map((lease) => lease.sessionSecretName)))
    await on.secrets.destroy(name);
  const closed = closedBoundaryOf(row, proof);
  await on.evidence.append(row.boundaryId, {
    id: 'boundary.closed',
    type: 'boundary.closed',
    actor: 'close-boundary',
    data: {
      outcome: closed.outcome,
      error: closed.error,
      proof: proof.kind,
      leases: row.leases.length,
      secrets: row.secrets.filter((secret) => secret.state !== 'planned').length,
    },
  });
  await on.ledger.update(row.boundaryId, (now) =>
    now.phase === 'closed'
      ? now
      : { ...movePhase(now, 'closed'), outcome: closed.outcome, closedAtMs: on.clock.nowMs() },
  );
  return closed;
}

function demandProof(row: LedgerRow): Proof {
  if (row.proof) return row.proof;
  throw new NotProven(
    `Boundary ${row.boundaryId} is ${row.phase} and has no proof that access is gone; it is not closed.`,
  );
}

function closedBoundaryOf(row: LedgerRow, proof: Proof): ClosedBoundary {
  const common = { phase: 'closed', proof: proof.kind } as const;
  if (row.work?.status === 'succeeded')
    return { ...common, outcome: 'succeeded', result: row.work.result, error: null, cause: null };
  const { error, cause } = row.work ?? {
    error: 'ExecutionEnded',
    cause: 'The execution ended before the work did.',
  };
  return { ...common, outcome: 'failed', result: null, error, cause };
}

const environment = closeBoundaryEnvironment.parse(process.env);
const documents = documentClient();
const dependencies: Dependencies = {
  ledger: new Ledger(documents, environment.LEDGER_TABLE, systemClock),
  evidence: new EvidenceLog(documents, environment.EVIDENCE_TABLE, systemClock),
  secrets: new TaskSecrets(new SecretsManagerClient({})),
  clock: systemClock,
};

export const handler = step('close-boundary', closeBoundaryEvent, (event) =>
  closeBoundary(event, dependencies),
);
