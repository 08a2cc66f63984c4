import { DELIVERY_SECONDS } from 'taskbound-evidence/audit/trail/coverage';
import { latestDeadlineMs } from '../../core/ledger/deadline.ts';
import { LAST_DIGEST_MS } from 'taskbound-local/trail/trail-files';
import type { Connection } from '../connection/connection.ts';
import { messageOf } from 'taskbound-evidence/command/errors';
import type { Io } from '../io.ts';
import { StackRecords } from '../connection/stack-records.ts';

/** The last digest covers nothing of the task, because no later file contains its signature. */
const SPARE_MS = 2 * LAST_DIGEST_MS;

/**
 * Waits until CloudTrail would have delivered every record of the task, including the end of its last lease, and writes the trail. The task
 * has ended by then, so a trail that cannot be written is only reported, and the task's result is still shown.
 */
export async function writeTrail(
  { embedded, config, outputs, clock }: Connection,
  { boundaryId, folder }: { readonly boundaryId: string; readonly folder: string | undefined },
  io: Io,
): Promise<boolean> {
  if (embedded === undefined || folder === undefined) return true;
  try {
    const row = await new StackRecords(config, outputs).row(boundaryId);
    const overMs = Math.max(clock.nowMs(), row === undefined ? 0 : latestDeadlineMs(row));
    await clock.sleep(overMs + DELIVERY_SECONDS * 1000 + SPARE_MS - clock.nowMs());
    await embedded.writeTrail(folder);
    return true;
  } catch (error) {
    io.err(`taskbound: the trail could not be written: ${messageOf(error)}.\n`);
    return false;
  }
}
