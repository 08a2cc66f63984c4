import { ArchiveReader } from './archive-reader.ts';
import { compareDay, compareOne } from './compare-archive.ts';
import { connect, type Connection, type ConnectionOptions } from '../connection/connection.ts';
import { UsageError } from 'taskbound-evidence/command/errors';
import { stackKey } from '../connection/stack-key.ts';
import { EXIT } from 'taskbound-evidence/command/exit-codes';
import type { Io } from '../io.ts';
import { personConfig } from '../connection/person-config.ts';
import { printJson } from 'taskbound-evidence/command/print';
import { parseDay } from '../find/find-query.ts';
import { StackRecords } from '../../client/stack/stack-records.ts';
import { renderArchive } from './render-archive.ts';
import { boundaryIdFrom } from '../boundary-argument.ts';

export interface ArchiveOptions extends ConnectionOptions {
  readonly type?: string;
  /** `2026-11-24`, UTC: every boundary that was requested on it, and every copy that was written on it. */
  readonly day?: string;
  readonly json?: boolean;
}

/** Compares the archive's copies with the table, as both are now, for one task or for a day. */
export async function archive(task: string | undefined, options: ArchiveOptions, io: Io): Promise<number> {
  const query = parseQuery(task, options);
  const connection = await connect(options, io);
  try {
    return await compareArchive(query, options, connection, io);
  } finally {
    await connection.close();
  }
}

type ArchiveQuery = { readonly boundaryId: string } | { readonly day: string };

function parseQuery(task: string | undefined, { type, day }: ArchiveOptions): ArchiveQuery {
  if ((task === undefined) === (day === undefined))
    throw new UsageError(
      `archive compares one task or one day; given: ${task === undefined ? 'neither' : 'both'}. Give a boundary id (<type>.<taskId>), or --day.`,
    );
  return task === undefined ? { day: parseDay(day ?? '').value } : { boundaryId: boundaryIdFrom(task, type) };
}

/** Only closed boundaries are archived. Exit 1 unless every copy agrees: a copy that cannot be read proves nothing. */
export async function compareArchive(
  query: ArchiveQuery,
  { json = false }: Pick<ArchiveOptions, 'json'>,
  connection: Connection,
  io: Io,
): Promise<number> {
  const { stackName: stack, manifest } = connection;
  const config = await personConfig(connection, io, { kind: 'read' });
  const records = new StackRecords(config, manifest);
  const reader = new ArchiveReader(config, manifest);
  const sources = { records, archive: reader, key: await stackKey(config, manifest) };
  const compared =
    'day' in query
      ? await compareDay(query.day, sources)
      : [await compareOne(await assertClosed(query.boundaryId, records, stack), sources)];
  if (json) printJson(io, { stack, boundaries: compared });
  else io.out(renderArchive(compared));
  return compared.every(({ archive: state }) => state === 'agrees') ? EXIT.done : EXIT.failed;
}

/** Returns the id if that boundary is closed. Throws `UsageError` otherwise. */
async function assertClosed(boundaryId: string, records: StackRecords, stack: string): Promise<string> {
  const row = await records.row(boundaryId);
  if (row?.phase === 'closed') return boundaryId;
  const state = row === undefined ? `is not in the stack ${stack}` : `is ${row.phase}`;
  throw new UsageError(
    `The task ${boundaryId} ${state}; only closed tasks are archived. See taskbound list --stack ${stack}.`,
  );
}
