import type pg from 'pg';
import * as z from 'zod';
import { sqlStateOf } from '../../../core/logins/sql-fault.ts';

export type Row = Record<string, unknown>;

/** How the server answered one statement. */
export type Answer = { readonly rows: readonly Row[] } | { readonly error: unknown };

/** An admin's session. Each call is one round trip, however many statements it sends. */
export interface Session {
  /**
   * Sends the statements as one message, which PostgreSQL runs as one transaction, unless it contains its
   * own. Returns the rows of each; throws the first error.
   */
  together(...statements: readonly string[]): Promise<readonly (readonly Row[])[]>;
  /** Sends the statements at once, each a transaction of its own: one that is refused does not affect the others. */
  each(statements: readonly string[]): Promise<readonly Answer[]>;
}

/** A session on a connection of `pg` in its pipeline mode. `onError` learns which statement caused an error. */
export function sessionOn(
  client: pg.ClientBase,
  onError: (error: unknown, statement: string) => void,
): Session {
  const ask = async (text: string) => {
    try {
      const answer: pg.QueryResult<Row> | pg.QueryResult<Row>[] = await client.query<Row>(text);
      return Array.isArray(answer) ? answer : [answer];
    } catch (error) {
      onError(error, text);
      throw error;
    }
  };
  return {
    async together(...statements) {
      try {
        return (await ask(statements.join(';\n'))).map(({ rows }) => rows);
      } catch (error) {
        // The message may have begun a transaction. If it did not, this does nothing.
        if (sqlStateOf(error) !== undefined) await ask('ROLLBACK').catch(() => undefined);
        throw error;
      }
    },
    async each(statements) {
      const answers = await Promise.all(statements.map((each) => ask(each).then(answered, refused)));
      return answers;
    },
  };
}

const answered = (results: readonly pg.QueryResult<Row>[]): Answer => ({ rows: results[0]?.rows ?? [] });

/** A lost connection is no answer to a statement. */
function refused(error: unknown): Answer {
  if (sqlStateOf(error) === undefined) throw error;
  return { error };
}

export async function ask(session: Session, statement: string): Promise<readonly Row[]> {
  const [rows = []] = await session.together(statement);
  return rows;
}

/** The rows in their form. */
export const askFor = async <T>(
  session: Session,
  statement: string,
  row: z.ZodType<T>,
): Promise<readonly T[]> => z.array(row).parse(await ask(session, statement));

/**
 * All of it or nothing, like `together`, but an error is that of the statement that caused it. Takes longer,
 * because the server answers each statement.
 */
export async function inTransaction(
  session: Session,
  statements: readonly string[],
): Promise<readonly (readonly Row[])[]> {
  const answers = await session.each(['BEGIN', ...statements, 'COMMIT']);
  return answers
    .map((answer) => {
      if ('error' in answer) throw answer.error;
      return answer.rows;
    })
    .slice(1, -1);
}
