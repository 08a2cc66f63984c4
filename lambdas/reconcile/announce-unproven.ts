import { unprovenEvent } from '../../core/operations/bus-events.ts';
import type { Clock } from 'taskbound-time/clock';
import type { LedgerRow } from '../../core/ledger/ledger.ts';
import { ownerOf, type OwnerState } from '../../core/reconcile/reconcile.ts';
import type { EventBus } from '../control/evidence/event-bus.ts';
import type { Ledger } from '../control/ledger/ledger.ts';

interface AnnounceDependencies {
  readonly ledger: Ledger;
  readonly bus: EventBus;
  readonly clock: Clock;
}

/**
 * `boundary.unproven`, once for each execution that gave up: recorded in the row first, since the next Teardown takes its place, and then
 * put on the event bus. What the bus does not take is put at a later look, and never once the boundary is closed: then it is proven.
 * Returns the row as it stands.
 */
export async function announceUnproven(
  row: LedgerRow,
  owner: OwnerState,
  deps: AnnounceDependencies,
): Promise<LedgerRow> {
  const marked = owner === 'gave-up' ? await recordGivenUp(row, deps) : row;
  const { unproven, phase } = marked;
  if (unproven === undefined || unproven.announcedAtMs !== undefined || phase === 'closed') return marked;
  const announcedAtMs = await deps.bus.tryPut(unprovenEvent(marked, unproven));
  if (announcedAtMs === undefined) return marked;
  return deps.ledger.update(row.boundaryId, (now) =>
    now.unproven?.attempt === unproven.attempt && now.unproven.announcedAtMs === undefined
      ? { ...now, unproven: { ...now.unproven, announcedAtMs } }
      : now,
  );
}

/** Two reconcilers at once record one: by the attempt that gave up, which only ever grows. */
function recordGivenUp(row: LedgerRow, { ledger, clock }: AnnounceDependencies): Promise<LedgerRow> {
  const attempt = row.teardown?.attempt ?? 0;
  const gaveUp = { attempt, executionArn: ownerOf(row), gaveUpAtMs: clock.nowMs() };
  return ledger.update(row.boundaryId, (now) =>
    now.phase === 'closed' || (now.unproven?.attempt ?? -1) >= attempt ? now : { ...now, unproven: gaveUp },
  );
}
