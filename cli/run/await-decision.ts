import { isWaiting } from '../../core/approvals/approval.ts';
import type { Clock } from 'taskbound-time/clock';
import type { StackRecords } from '../connection/stack-records.ts';

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 10_000;

/** Returns once a task waits for nobody any more: approved, refused, expired or ended. It may take days. */
export async function awaitDecision(
  records: StackRecords,
  boundaryId: string,
  deps: { readonly clock: Clock; readonly tell: (text: string) => void },
): Promise<void> {
  let told = -1;
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 1.5, LONGEST_PAUSE_MS)) {
    const row = await records.row(boundaryId);
    if (row === undefined || !isWaiting(row)) return;
    const given = new Set(row.decisions?.map(({ person }) => person)).size;
    if (given !== told) {
      const until = new Date(row.approval.expiresAtMs).toISOString();
      deps.tell(
        `It waits for approval, ${given} of ${row.approval.quorum} until ${until}: taskbound approve ${boundaryId}\n`,
      );
      told = given;
    }
    await deps.clock.sleep(pauseMs);
  }
}
