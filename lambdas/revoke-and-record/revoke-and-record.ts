import type { z } from 'zod';
import type { ChainedEvent } from 'taskbound-evidence/chain/evidence';
import type { EventData } from 'taskbound-evidence/events/event';
import { NO_DENY } from 'taskbound-evidence/events/revocation-events';
import { deadlineText } from '../../core/grants/session-policy.ts';
import { assertOwner } from '../../core/ledger/assert-owner.ts';
import { movePhase } from '../../core/ledger/move-phase.ts';
import { isEndingRow, type EndingRow } from '../../core/ledger/ledger.ts';
import type { WorkOutcome } from '../../core/ledger/outcome-records.ts';
import type { revokeAndRecordEvent } from '../../core/work/step-events.ts';
import type { EvidenceLog } from '../control/evidence/evidence-log.ts';
import { recordPeople } from '../control/evidence/record-people.ts';
import { toolUses } from '../control/evidence/tool-uses.ts';
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
  if (begun.phase !== 'revoking') return { boundaryId: begun.boundaryId, phase: begun.phase };
  const denied = await denyBoundary(begun, deps);
  await recordPeople(denied, deps.evidence);
  await recordWork(denied, deps.evidence);
  const revoked = await revokeSecrets(denied, deps);
  await recordRevoked(revoked, deps.evidence);
  const done = await deps.ledger.update(begun.boundaryId, (row) =>
    row.phase === 'revoking' ? movePhase(row, 'revoked', { work: withoutTools(row.work) }) : row,
  );
  return { boundaryId: done.boundaryId, phase: done.phase };
}

/**
 * The row keeps the calls as the worker reported them until the evidence has them, as `toolUses` records
 * them.
 */
function withoutTools(work: WorkOutcome): WorkOutcome {
  if (work.status !== 'succeeded') return work;
  const { tools: _tools, ...rest } = work;
  return rest;
}

/** Phase `revoking` and the work's end in one write: a row never has one without the other. */
function begin(event: Event, deps: RevokeDependencies): Promise<EndingRow> {
  const endedAtMs = deps.clock.nowMs();
  return deps.ledger.update(event.boundaryId, (row) => {
    assertOwner(row, event.boundaryId, event.executionArn);
    if (isEndingRow(row)) return row;
    return movePhase(row, 'revoking', {
      revokingAtMs: endedAtMs,
      work: workOutcomeOf(event.ended, row, endedAtMs),
    });
  });
}

/**
 * Whether the outcome is the work's own. A contract violation that `IssueIdentity` found in a checkpoint is
 * the failure of the run that returned it.
 */
const isOutcomeOfWork = (work: WorkOutcome): boolean =>
  work.status === 'succeeded' || work.state === 'RunWork' || work.error === 'WorkContractViolation';

/** Only work that was started can have finished: the boundary's own events record what failed before it. */
async function recordWork({ boundaryId, work }: EndingRow, evidence: EvidenceLog): Promise<void> {
  if (!isOutcomeOfWork(work)) return;
  await evidence.append(boundaryId, (before) => ({
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
    ? { status: work.status, result: work.result, tools: toolUses(work.tools, before), endedAt }
    : { status: work.status, error: work.error, cause: work.cause, tools: 'unknown', endedAt };
}

async function recordRevoked(row: EndingRow, evidence: EvidenceLog): Promise<void> {
  await evidence.append(row.boundaryId, {
    // The deny's effect is part of the id: a deny that takes effect only in a repetition is recorded as well.
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
