import { connect, tellIfFresh, type Connection, type ConnectionOptions } from '../connection/connection.ts';
import { stackKey } from '../connection/stack-key.ts';
import { EXIT } from 'taskbound-evidence/command/exit-codes';
import { find as look } from './find-tasks.ts';
import type { Io } from '../io.ts';
import { requesterConfig } from '../connection/person.ts';
import { printJson } from 'taskbound-evidence/command/print';
import { questionOf, type Asked, type Question } from './find-query.ts';
import { Records } from '../connection/records.ts';
import { matchOf, renderFound } from './render-find.ts';

export interface FindOptions extends ConnectionOptions, Asked {
  readonly limit: number;
  readonly json?: boolean;
}

/** Whose was this key, this secret? Who asked for what, who decided about what? From an index, and confirmed by the evidence. */
export async function find(options: FindOptions, io: Io): Promise<number> {
  const question = questionOf(options);
  const connection = await connect(options, io);
  try {
    await answer(question, options, connection, io);
    tellIfFresh(connection, io);
    return EXIT.done;
  } finally {
    await connection.close();
  }
}

/** Prints what a stack has to say to a question. */
export async function answer(
  question: Question,
  { limit, json = false }: Pick<FindOptions, 'limit' | 'json'>,
  connection: Connection,
  io: Io,
): Promise<void> {
  const { stackName: stack, outputs } = connection;
  const config = requesterConfig(connection, io);
  const place = { records: new Records(config, outputs), stack, key: await stackKey(config, outputs) };
  const found = await look(question, place, limit);
  const { by, value } = question;
  if (json) printJson(io, { stack, by, value, found: found.findings.map(matchOf), more: found.more });
  else io.out(renderFound(question, found));
}
