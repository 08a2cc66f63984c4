import { closedEvent } from '../../core/operations/bus-events.ts';
import type { ClosedRow } from '../../core/ledger/ledger.ts';
import type { EventBus } from '../control/evidence/event-bus.ts';
import type { Ledger } from '../control/ledger/ledger.ts';

interface AnnounceDependencies {
  readonly ledger: Ledger;
  readonly bus: EventBus;
}

/**
 * `boundary.closed` for a boundary that was closed while EventBridge was down. Throws `NotAnnounced`: then it
 * is due again later.
 */
export async function announceClosed(row: ClosedRow, { ledger, bus }: AnnounceDependencies): Promise<void> {
  const announcedAtMs = await bus.put(closedEvent(row));
  await ledger.update(row.boundaryId, (now) =>
    now.phase === 'closed' && now.announcedAtMs === undefined ? { ...now, announcedAtMs } : now,
  );
}
