import { ArchiveReader } from './archive-reader.ts';
import { compareDay, compareOne } from './compare-archive.ts';
import { connect, type Connection, type ConnectionOptions } from '../connection/connection.ts';
import { UsageError } from 'taskbound-evidence/command/errors';
import { stackKey } from '../connection/stack-key.ts';
import { EXIT } from 'taskbound-evidence/command/exit-codes';
import type { Io } from '../io.ts';
import { requesterConfig } from '../connection/person-config.ts';
import { printJson } from 'taskbound-evidence/command/print';
import { parseDay } from '../find/find-query.ts';
import { StackRecords } from '../connection/stack-records.ts';
import { renderArchive } from './render-archive.ts';
import { boundaryIdFrom } from '../show/show.ts';

export interface ArchiveOptions extends ConnectionOptions {
  readonly type?: string;
  /** `2026-11-24`, UTC: every boundary that was asked for on it, and every copy that was put on it. */
  readonly day?: string;
  readonly json?: boolean;
}

/** Compares the archive's copies with the table, as both are now: of one task, or of a day's. */
export async function archive(task: string | undefined, options: ArchiveOptions, io: Io): Promise<number> {
  const asked = parseQuery(task, options);
  const connection = await connect(options, io);
  try {
    return await compareArchive(asked, options, connection, io);
  } finally {
    await connection.close();
  }
}

type ArchiveQuery = { readonly boundaryId: string } | { readonly day: string };

function parseQuery(task: string | undefined, { type, day }: ArchiveOptions): ArchiveQuery {
  if ((task === undefined) === (day === undefined))
    throw new UsageError(
      `archive looks at one task or at one day; given: ${task === undefined ? 'neither' : 'both'}. Give a boundary id (<type>.<taskId>), or --day.`,
    );
  return task === undefined ? { day: parseDay(day ?? '').value } : { boundaryId: boundaryIdFrom(task, type) };
}

/** Only what is closed is archived. Exit 1 unless every copy agrees: what cannot be read proves nothing. */
export async function compareArchive(
  asked: ArchiveQuery,
  { json = false }: Pick<ArchiveOptions, 'json'>,
  connection: Connection,
  io: Io,
): Promise<number> {
  const { stackName: stack, outputs } = connection;
  const config = requesterConfig(connection, io);
  const records = new StackRecords(config, outputs);
  const reader = new ArchiveReader(config, outputs, stack);
  const copies = { records, archive: reader, key: await stackKey(config, outputs) };
  const compared =
    'day' in asked
      ? await compareDay(asked.day, copies)
      : [await compareOne(await assertClosed(asked.boundaryId, records, stack), copies)];
  if (json) printJson(io, { stack, boundaries: compared });
  else io.out(renderArchive(compared));
  return compared.every(({ archive: state }) => state === 'agrees') ? EXIT.done : EXIT.failed;
}

/** The id, if such a boundary is closed. */
async function assertClosed(boundaryId: string, records: StackRecords, stack: string): Promise<string> {
  const row = await records.row(boundaryId);
  if (row?.phase === 'closed') return boundaryId;
  const is = row === undefined ? `is not in the stack ${stack}` : `is ${row.phase}`;
  throw new UsageError(`The task ${boundaryId} ${is}; the archive has closed ones. See taskbound list.`);
}
