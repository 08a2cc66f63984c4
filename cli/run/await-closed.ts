import type { Clock } from 'taskbound-time/clock';
import type { LedgerRow } from '../../core/ledger/ledger.ts';
import { latestDeadlineMs } from '../../core/ledger/deadline.ts';
import type { StackRecords } from '../../client/stack/stack-records.ts';
import { stillOpenText } from './still-open.ts';

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 10_000;
/**
 * The wait ends this long after its start, or `AFTER_DEADLINE_MS` after the last deadline, whichever is later. A boundary that is not closed
 * by then is reported as unproven.
 */
const TEARDOWN_LIMIT_MS = 600_000;
const AFTER_DEADLINE_MS = 300_000;

/** Waits until the boundary is closed; if the execution was stopped, Teardown closes it. After the limit, prints what is still open and returns the last row it read. */
export async function awaitClosed(
  records: Pick<StackRecords, 'row'>,
  boundaryId: string,
  deps: { readonly clock: Clock; readonly print: (text: string) => void },
): Promise<LedgerRow | undefined> {
  let row = await records.row(boundaryId);
  if (row === undefined || row.phase === 'closed') return row;
  deps.print(`The execution ended while the boundary was ${row.phase}; waiting for Teardown to close it\n`);
  const startMs = deps.clock.nowMs();
  const untilMs = Math.max(startMs + TEARDOWN_LIMIT_MS, latestDeadlineMs(row) + AFTER_DEADLINE_MS);
  for (let pauseMs = FIRST_PAUSE_MS; row?.phase !== 'closed' && deps.clock.nowMs() < untilMs;) {
    await deps.clock.sleep(pauseMs);
    pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
    row = await records.row(boundaryId);
  }
  if (row !== undefined && row.phase !== 'closed') deps.print(stillOpenText(row));
  return row;
}
