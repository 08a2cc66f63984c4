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
 * `boundary.unproven`, once for each execution that gave up: recorded in the row first, because the next
 * Teardown replaces it, and then put on the event bus. If the bus does not accept it, a later look puts it,
 * unless the boundary is closed, and so proven. Returns the current row.
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

/** Two reconcilers at once record it once: the number of the attempt that gave up only grows. */
function recordGivenUp(row: LedgerRow, { ledger, clock }: AnnounceDependencies): Promise<LedgerRow> {
  const attempt = row.teardown?.attempt ?? 0;
  const gaveUp = { attempt, executionArn: ownerOf(row), gaveUpAtMs: clock.nowMs() };
  return ledger.update(row.boundaryId, (now) =>
    now.phase === 'closed' || (now.unproven?.attempt ?? -1) >= attempt ? now : { ...now, unproven: gaveUp },
  );
}
