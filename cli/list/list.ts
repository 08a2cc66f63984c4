import { connect, type ConnectionOptions } from '../connection/connection.ts';
import { EXIT } from 'taskbound-evidence/command/exit-codes';
import type { Io } from '../io.ts';
import { personConfig } from '../connection/person-config.ts';
import { printJson } from 'taskbound-evidence/command/print';
import { StackRecords } from '../../client/stack/stack-records.ts';
import { renderList, reviewSummaryOf, summaryOf } from './render-list.ts';

export interface ListOptions extends ConnectionOptions {
  readonly days: number;
  readonly json?: boolean;
}

/** Lists open and recent boundaries, from the ledger's index by day. */
export async function list(options: ListOptions, io: Io): Promise<number> {
  const connection = await connect(options, io);
  try {
    const nowMs = connection.clock.nowMs();
    const records = new StackRecords(
      await personConfig(connection, io, { kind: 'read' }),
      connection.manifest,
    );
    const [rows, reviews] = await Promise.all([records.recent(options.days, nowMs), records.openReviews()]);
    if (options.json === true)
      printJson(io, {
        stack: connection.stackName,
        days: options.days,
        boundaries: rows.map(summaryOf),
        openReviews: reviews.map(reviewSummaryOf),
      });
    else io.out(renderList(rows, options.days, reviews));
    return EXIT.done;
  } finally {
    await connection.close();
  }
}
