import {
  connect,
  warnIfFreshStack,
  type Connection,
  type ConnectionOptions,
} from '../connection/connection.ts';
import { stackKey } from '../connection/stack-key.ts';
import { EXIT } from 'taskbound-evidence/command/exit-codes';
import { findTasks as look } from './find-tasks.ts';
import type { Io } from '../io.ts';
import { requesterConfig } from '../connection/person-config.ts';
import { printJson } from 'taskbound-evidence/command/print';
import { parseFindQuery, type FindCriteria, type FindQuery } from './find-query.ts';
import { StackRecords } from '../connection/stack-records.ts';
import { matchOf, renderFind } from './render-find.ts';

export interface FindOptions extends ConnectionOptions, FindCriteria {
  readonly limit: number;
  readonly json?: boolean;
}

/** Whose was this key, this secret? Who asked for what, who decided about what? From an index, and confirmed by the evidence. */
export async function find(options: FindOptions, io: Io): Promise<number> {
  const question = parseFindQuery(options);
  const connection = await connect(options, io);
  try {
    await printFound(question, options, connection, io);
    warnIfFreshStack(connection, io);
    return EXIT.done;
  } finally {
    await connection.close();
  }
}

/** Prints what a stack has to say to a question. */
export async function printFound(
  question: FindQuery,
  { limit, json = false }: Pick<FindOptions, 'limit' | 'json'>,
  connection: Connection,
  io: Io,
): Promise<void> {
  const { stackName: stack, outputs } = connection;
  const config = requesterConfig(connection, io);
  const place = { records: new StackRecords(config, outputs), stack, key: await stackKey(config, outputs) };
  const found = await look(question, place, limit);
  const { by, value } = question;
  if (json) printJson(io, { stack, by, value, found: found.tasks.map(matchOf), more: found.more });
  else io.out(renderFind(question, found));
}
