import type { LedgerRow } from '../../core/ledger/ledger.ts';
import { SCHEDULE_NAME } from '../../core/schedules/schedule.ts';
import type { Connection } from '../connection/connection.ts';
import { ServiceFailure } from '../../client/errors.ts';
import { UsageError } from 'taskbound-evidence/command/errors';
import { personConfig } from '../connection/person-config.ts';
import { StackRecords } from '../../client/stack/stack-records.ts';
import type { RunReport } from './run-report.ts';
import { followToEnd, type RunTaskOptions } from './run-task.ts';

/** The pause between two reads. The Scheduler itself is precise to a minute. */
const PAUSE_MS = 5_000;
/** How long after its due time a run may create its task: Lambda tries three times within about four minutes. */
const SUBMIT_LIMIT_MS = 600_000;
/** How far this machine's clock may be ahead of the clock of the functions that write the rows. */
const CLOCK_MARGIN_MS = 60_000;

/** Waits for the next run of a schedule, which submits its own task, and follows that task to the end of its boundary. */
export async function runSchedule(
  connection: Connection,
  schedule: string,
  options: RunTaskOptions,
): Promise<RunReport> {
  const { io } = options;
  if (!SCHEDULE_NAME.test(schedule)) {
    throw new UsageError(
      `--schedule ${JSON.stringify(schedule)} was given; allowed: a schedule's name, such as Nightly (${SCHEDULE_NAME.source}). Correct it.`,
    );
  }
  const { clock, embedded } = connection;
  const fromMs = clock.nowMs();
  const nextMs = embedded?.nextRunMs(schedule);
  const until = nextMs === undefined ? '' : `, due at ${new Date(nextMs).toISOString().slice(0, 19)}Z`;
  io.err(`Waiting for the next run of ${schedule}${until}\n`);
  const config = await personConfig(connection, io, { kind: 'read' });
  const records = new StackRecords(config, connection.manifest);
  if (nextMs !== undefined) await clock.sleep(nextMs - fromMs);
  const row = await awaitRun(records, schedule, { fromMs, nextMs }, connection);
  io.err(`Task ${row.boundaryId} submitted by ${schedule}\n`);
  return followToEnd(connection, row, { config, records, ...options });
}

/**
 * The first row of a run that was scheduled at or after `fromMs`, recognized by the row's fields and not by its id. If the due time is known,
 * throws `ServiceFailure` when the run was missed.
 */
async function awaitRun(
  records: StackRecords,
  schedule: string,
  { fromMs, nextMs }: { readonly fromMs: number; readonly nextMs: number | undefined },
  { clock }: Connection,
): Promise<LedgerRow> {
  for (;;) {
    const rows = await records.since(fromMs - CLOCK_MARGIN_MS, clock.nowMs());
    const row = rows.findLast(
      ({ scheduled }) => scheduled?.schedule === schedule && scheduled.forMs >= fromMs,
    );
    if (row !== undefined) return row;
    if (nextMs !== undefined && clock.nowMs() > nextMs + SUBMIT_LIMIT_MS) {
      throw new ServiceFailure(
        `The run of ${schedule} that was due at ${new Date(nextMs).toISOString()} created no task within ${SUBMIT_LIMIT_MS / 60_000} minutes: it was missed. See ScheduledRunMissed in docs/runbook.md.`,
      );
    }
    await clock.sleep(PAUSE_MS);
  }
}
