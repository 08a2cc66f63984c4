import { DELIVERY_SECONDS } from 'taskbound-evidence/audit/trail/coverage';
import { latestDeadlineMs } from '../../core/ledger/deadline.ts';
import { LAST_DIGEST_MS } from 'taskbound-local/trail/trail-files';
import type { Connection } from '../connection/connection.ts';
import { messageOf } from 'taskbound-evidence/command/errors';
import type { Io } from '../io.ts';
import { StackRecords } from '../../client/stack/stack-records.ts';

/** Time for one more digest. No later file contains the signature of the last digest, so the last digest must not cover the task. */
const EXTRA_DIGEST_MS = 2 * LAST_DIGEST_MS;

/**
 * Waits until CloudTrail would have delivered every record of the task, including the end of its last lease, and writes the trail. The task
 * has ended by then, so a trail that cannot be written is only reported, and the task's result is still shown.
 */
export async function writeTrail(
  { embedded, config, manifest, clock }: Connection,
  { boundaryId, folder }: { readonly boundaryId: string; readonly folder: string | undefined },
  io: Io,
): Promise<boolean> {
  if (embedded === undefined || folder === undefined) return true;
  try {
    const row = await new StackRecords(config, manifest).row(boundaryId);
    const taskEndMs = Math.max(clock.nowMs(), row === undefined ? 0 : latestDeadlineMs(row));
    await clock.sleep(taskEndMs + DELIVERY_SECONDS * 1000 + EXTRA_DIGEST_MS - clock.nowMs());
    await embedded.writeTrail(folder);
    return true;
  } catch (error) {
    io.err(`taskbound: the trail could not be written: ${messageOf(error)}.\n`);
    return false;
  }
}
