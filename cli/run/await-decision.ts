import { isWaiting } from '../../core/approvals/approval.ts';
import type { LedgerRow } from '../../core/ledger/ledger.ts';
import type { Clock } from 'taskbound-time/clock';
import { ServiceFailure } from '../../client/errors.ts';
import type { StackRecords } from '../../client/stack/stack-records.ts';

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 10_000;
/** The reconciler closes a task within minutes after its approvals have expired. */
const AFTER_EXPIRY_MS = 900_000;

/**
 * Returns the row once the task no longer waits for approval: it was approved or refused, it expired or was ended. This may take days. Throws
 * `ServiceFailure` if it still waits long after its approvals have expired.
 */
export async function awaitDecision(
  records: Pick<StackRecords, 'row'>,
  boundaryId: string,
  deps: { readonly clock: Clock; readonly stackName: string; readonly print: (text: string) => void },
): Promise<LedgerRow | undefined> {
  let printed = -1;
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 1.5, LONGEST_PAUSE_MS)) {
    const row = await records.row(boundaryId);
    if (row === undefined || !isWaiting(row)) return row;
    if (deps.clock.nowMs() > row.approval.expiresAtMs + AFTER_EXPIRY_MS)
      throw new ServiceFailure(
        `its approvals expired at ${new Date(row.approval.expiresAtMs).toISOString()}, and the reconciler has not closed it`,
      );
    const given = new Set(row.decisions?.map(({ person }) => person)).size;
    if (given !== printed) {
      const until = new Date(row.approval.expiresAtMs).toISOString();
      deps.print(
        `It waits for approval, ${given} of ${row.approval.quorum} until ${until}: taskbound approve ${boundaryId} --stack ${deps.stackName}\n`,
      );
      printed = given;
    }
    await deps.clock.sleep(pauseMs);
  }
}
