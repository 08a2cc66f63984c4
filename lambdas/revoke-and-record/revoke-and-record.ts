import type { z } from 'zod';
import type { ChainedEvent } from 'taskbound-evidence/chain/evidence';
import type { EventData } from 'taskbound-evidence/events/event';
import { NO_DENY } from 'taskbound-evidence/events/revocation-events';
import { deadlineText } from '../../core/grants/session-policy.ts';
import { assertOwner, movePhase, type LedgerRow, type WorkOutcome } from '../../core/ledger/ledger.ts';
import { isAtLeast, isEnding } from '../../core/ledger/phase.ts';
import type { revokeAndRecordEvent } from '../../core/work/step-events.ts';
import type { EvidenceLog } from '../control/evidence/evidence-log.ts';
import { recordPeople } from '../control/evidence/record-people.ts';
import { toolsSaid } from '../control/evidence/tool-uses.ts';
import { denyBoundary } from './deny-boundary.ts';
import type { RevokeDependencies } from './deps.ts';
import { revokeSecrets } from './revoke-secrets.ts';
import { workOutcomeOf } from './work-outcome.ts';

type Event = z.infer<typeof revokeAndRecordEvent>;

export async function revokeAndRecord(
  event: Event,
  deps: RevokeDependencies,
): Promise<{ boundaryId: string; phase: string }> {
  const begun = await begin(event, deps);
  if (isAtLeast(begun.phase, 'revoked')) return { boundaryId: begun.boundaryId, phase: begun.phase };
  const denied = await denyBoundary(begun, deps);
  await recordPeople(denied, deps.evidence);
  await recordWork(denied, deps.evidence);
  const revoked = await revokeSecrets(denied, deps);
  await recordRevoked(revoked, deps.evidence);
  const done = await deps.ledger.update(begun.boundaryId, (row) =>
    row.phase === 'revoking' ? movePhase(withoutTools(row), 'revoked') : row,
  );
  return { boundaryId: done.boundaryId, phase: done.phase };
}

/** The row had what the worker said in plain words until the evidence has it as `toolsSaid` tells it. */
function withoutTools(row: LedgerRow): LedgerRow {
  if (row.work?.status !== 'succeeded') return row;
  const { tools: _said, ...work } = row.work;
  return { ...row, work };
}

/** Phase `revoking` and the work's end in one write: neither stands without the other. */
function begin(event: Event, deps: RevokeDependencies): Promise<LedgerRow> {
  const endedAtMs = deps.clock.nowMs();
  return deps.ledger.update(event.boundaryId, (row) => {
    assertOwner(row, event.boundaryId, event.executionArn);
    if (isEnding(row.phase)) return row;
    return {
      ...movePhase(row, 'revoking'),
      revokingAtMs: endedAtMs,
      work: workOutcomeOf(event.ended, row, endedAtMs),
    };
  });
}

/** What `IssueIdentity` found wrong with what a run handed on is that run's failure. */
const isWorks = (work: WorkOutcome): boolean =>
  work.status === 'succeeded' || work.state === 'RunWork' || work.error === 'WorkContractViolation';

/** Only work that was begun can have finished: what failed before it is told by the boundary's own events. */
async function recordWork(row: LedgerRow, evidence: EvidenceLog): Promise<void> {
  const { work } = row;
  if (work === undefined || !isWorks(work)) return;
  await evidence.append(row.boundaryId, (before) => ({
    id: 'work.finished',
    type: 'work.finished',
    actor: 'revoke-and-record',
    data: endOfWork(work, before),
  }));
}

/** As the worker reported it: its result and the AWS calls that it made. The calls are unknown when it died. */
function endOfWork(work: WorkOutcome, before: readonly ChainedEvent[]): EventData<'work.finished'> {
  const endedAt = new Date(work.endedAtMs).toISOString();
  return work.status === 'succeeded'
    ? { status: work.status, result: work.result, tools: toolsSaid(work.tools, before), endedAt }
    : { status: work.status, error: work.error, cause: work.cause, tools: 'unknown', endedAt };
}

async function recordRevoked(row: LedgerRow, evidence: EvidenceLog): Promise<void> {
  await evidence.append(row.boundaryId, {
    // By what came of the deny: one that took effect only in a repetition is told as well.
    id: `boundary.revoked:${row.deny?.effective ?? 'none'}`,
    type: 'boundary.revoked',
    actor: 'revoke-and-record',
    data: {
      deny: row.deny
        ? {
            policyName: row.deny.policyName,
            roleName: row.deny.roleName,
            until: deadlineText(row.deny.deadlineMs),
            effective: row.deny.effective,
            error: row.deny.error ?? null,
          }
        : NO_DENY,
      leases: row.leases.map((lease) => ({
        lease: lease.number,
        state: lease.state,
        deadline: deadlineText(lease.deadlineMs),
      })),
      secretsRevoked: row.secrets.filter((secret) => secret.state === 'revoked').map((secret) => secret.name),
    },
  });
}
