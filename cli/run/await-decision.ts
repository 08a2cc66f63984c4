import { isWaiting } from '../../core/approvals/approval.ts';
import type { Clock } from 'taskbound-time/clock';
import type { StackRecords } from '../connection/stack-records.ts';

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 10_000;

/** Returns once the task no longer waits for approval: it was approved or refused, it expired or was ended. This may take days. */
export async function awaitDecision(
  records: StackRecords,
  boundaryId: string,
  deps: { readonly clock: Clock; readonly stackName: string; readonly print: (text: string) => void },
): Promise<void> {
  let printed = -1;
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 1.5, LONGEST_PAUSE_MS)) {
    const row = await records.row(boundaryId);
    if (row === undefined || !isWaiting(row)) return;
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
