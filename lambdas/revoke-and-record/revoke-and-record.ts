import type { z } from 'zod';
import type { EvidenceEvent, Json } from 'taskbound-evidence/chain/evidence';
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

/** The row had what the worker said in plain words until the evidence has it as `toolUses` tells it. */
function withoutTools(work: WorkOutcome): WorkOutcome {
  if (work.status !== 'succeeded') return work;
  const { tools: _said, ...rest } = work;
  return rest;
}

/** Phase `revoking` and the work's end in one write: neither stands without the other. */
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

/** What `IssueIdentity` found wrong with what a run handed on is that run's failure. */
const isWorks = (work: WorkOutcome): boolean =>
  work.status === 'succeeded' || work.state === 'RunWork' || work.error === 'WorkContractViolation';

/** Only work that was begun can have finished: what failed before it is told by the boundary's own events. */
async function recordWork({ boundaryId, work }: EndingRow, evidence: EvidenceLog): Promise<void> {
  if (!isWorks(work)) return;
  await evidence.append(boundaryId, (before) => ({
    id: 'work.finished',
    type: 'work.finished',
    actor: 'revoke-and-record',
    data: { ...whatWorked(work, before), endedAt: new Date(work.endedAtMs).toISOString() },
  }));
}

/** The worker's own word: its result and the calls it says it made, which nobody knows when it died. */
const whatWorked = (work: WorkOutcome, before: readonly EvidenceEvent[]): Record<string, Json> =>
  work.status === 'succeeded'
    ? { status: work.status, result: work.result, tools: toolUses(work.tools, before) }
    : { status: work.status, error: work.error, cause: work.cause, tools: 'unknown' };

async function recordRevoked(row: EndingRow, evidence: EvidenceLog): Promise<void> {
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
        : 'not needed: no lease was intended',
      leases: row.leases.map((lease) => ({
        lease: lease.number,
        state: lease.state,
        deadline: deadlineText(lease.deadlineMs),
      })),
      secretsRevoked: row.secrets.filter((secret) => secret.state === 'revoked').map((secret) => secret.name),
    },
  });
}
