import { connect, type Connection, type ConnectionOptions } from '../connection/connection.ts';
import { stackKey } from '../connection/stack-key.ts';
import { EXIT } from 'taskbound-evidence/command/exit-codes';
import { findTasks } from './find-tasks.ts';
import type { Io } from '../io.ts';
import { personConfig } from '../connection/person-config.ts';
import { printJson } from 'taskbound-evidence/command/print';
import { parseFindQuery, type FindCriteria, type FindQuery } from './find-query.ts';
import { StackRecords } from '../../client/stack/stack-records.ts';
import { matchOf, renderFind } from './render-find.ts';

export interface FindOptions extends ConnectionOptions, FindCriteria {
  readonly limit: number;
  readonly json?: boolean;
}

/** Finds the tasks of a person, a day, an access key or a secret: through an index, confirmed by the evidence. */
export async function find(options: FindOptions, io: Io): Promise<number> {
  const query = parseFindQuery(options);
  const connection = await connect(options, io);
  try {
    await printFound(query, options, connection, io);
    return EXIT.done;
  } finally {
    await connection.close();
  }
}

/** Prints the tasks of a stack that match a query. */
export async function printFound(
  query: FindQuery,
  { limit, json = false }: Pick<FindOptions, 'limit' | 'json'>,
  connection: Connection,
  io: Io,
): Promise<void> {
  const { stackName: stack, manifest } = connection;
  const config = await personConfig(connection, io, { kind: 'read' });
  const sources = {
    records: new StackRecords(config, manifest),
    stack,
    key: await stackKey(config, manifest),
  };
  const found = await findTasks(query, sources, limit);
  const { by, value } = query;
  if (json) printJson(io, { stack, by, value, found: found.tasks.map(matchOf), more: found.more });
  else io.out(renderFind(query, found));
}
