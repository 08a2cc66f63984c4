import pg from 'pg';
import * as z from 'zod';
import { sqlFault, sqlStateOf } from '../../../core/logins/sql-fault.ts';
import { listed } from './listed.ts';
import type { EndingLogin } from './remove-rights.ts';
import { inChunks } from './revoke-plan.ts';
import { ask, askFor, type Answer } from './session.ts';
import * as sql from './statements.ts';

const { escapeIdentifier: quoted } = pg;

/** Up to here, everything is given away with one statement. It locks each object until all are given away. */
const AT_ONCE = 500;
/** How many objects are read, and given away, at a time. */
const PER_READING = 1_000;
const PER_MESSAGE = 50;
/** How long it waits for the locks of all objects at once, and of one, milliseconds. */
const ALL_LOCKS_MS = 2_000;
const LOCK_MS = 200;

/** https://www.postgresql.org/docs/18/errcodes-appendix.html: insufficient_privilege */
const REFUSED = '42501';

const ownedObject = z.object({
  /** As `pg_identify_object` names it. */
  type: z.string(),
  identity: z.string(),
  /** Escaped. */
  schema: z.string().nullable(),
  schemaOwner: z.string().nullable(),
  /** Whether the admin has USAGE on the schema: else it cannot name the object. */
  isVisible: z.boolean(),
});
type Owned = z.infer<typeof ownedObject>;

/**
 * Gives what the login owns in the database of the session to `owner`. Returns what could not be given away,
 * and why, for a person.
 */
export async function giveAway(ending: EndingLogin, owner: string): Promise<string[]> {
  const count = await countOwned(ending);
  if (count === 0) return [];
  await waitForLocks(ending, `${ALL_LOCKS_MS}`);
  const isDone = count <= AT_ONCE && (await reassign(ending, owner)) === undefined;
  const problems = isDone ? [] : await giveAwayInSteps(ending, owner);
  await waitForLocks(ending, 'DEFAULT');
  return problems;
}

async function giveAwayInSteps(ending: EndingLogin, owner: string): Promise<string[]> {
  await waitForLocks(ending, `${LOCK_MS}`);
  const refusals = await giveAwayEach(ending, owner);
  if ((await countOwned(ending)) === 0) return [];
  const failed = await reassign(ending, owner); // for what has no ALTER … OWNER, such as extensions
  return failed === undefined ? [] : [await explain(ending, owner, refusals, failed.error)];
}

const waitForLocks = async ({ session }: EndingLogin, timeout: string): Promise<void> =>
  void (await ask(session, `SET lock_timeout TO ${timeout}`));

async function countOwned({ session, roleId }: EndingLogin): Promise<number> {
  const [row] = await ask(session, sql.countOwned(roleId));
  return Number(row?.['owned'] ?? 0);
}

const readOwned = ({ session, roleId }: EndingLogin): Promise<readonly Owned[]> =>
  askFor(session, sql.owned(roleId, PER_READING), ownedObject);

async function reassign(
  { session, name }: EndingLogin,
  owner: string,
): Promise<{ error: unknown } | undefined> {
  const [answer] = await session.each([sql.reassignOwned(name, owner)]);
  return answer !== undefined && 'error' in answer ? answer : undefined;
}

/** One by one, each in a transaction of its own. Ends when no object of a reading could be given away. */
async function giveAwayEach(ending: EndingLogin, owner: string): Promise<Map<string, string>> {
  const refusals = new Map<string, string>();
  for (let before = Infinity; ;) {
    const count = await countOwned(ending);
    if (count === 0 || count >= before) break;
    before = count;
    const objects = await readOwned(ending);
    for (const chunk of inChunks(objects, PER_MESSAGE)) {
      ending.assertTime();
      const answers = await ending.session.each(chunk.map((object) => changeOwner(object, owner)));
      await giveAwayRefused(ending, chunk, answers, owner, refusals);
    }
  }
  return refusals;
}

const changeOwner = ({ type, identity }: Owned, owner: string): string =>
  `ALTER ${type === 'statistics object' ? 'STATISTICS' : type.replaceAll('-', ' ')} ${identity} OWNER TO ${quoted(owner)}`;

async function giveAwayRefused(
  ending: EndingLogin,
  objects: readonly Owned[],
  answers: readonly Answer[],
  owner: string,
  refusals: Map<string, string>,
): Promise<void> {
  for (const [index, object] of objects.entries()) {
    const answer = answers[index];
    if (answer === undefined || !('error' in answer)) continue;
    ending.assertTime();
    const isRefused = sqlStateOf(answer.error) === REFUSED;
    if (isRefused && (await giveAwayWithLoan(ending, object, owner))) continue;
    const name = `${object.type} ${object.identity}`;
    refusals.set(name, `${name} (${sqlFault(answer.error) ?? 'refused'})`);
  }
}

/**
 * A function or type may belong only to a role with CREATE in its schema, and a publication only to one with CREATE on
 * the database. Lends it to the new owner for this one transaction: as the admin, or as the schema's owner.
 */
async function giveAwayWithLoan(
  { session, admin }: EndingLogin,
  object: Owned,
  owner: string,
): Promise<boolean> {
  const { schema, schemaOwner, isVisible } = object;
  const [row] = await ask(session, 'SELECT quote_ident(current_database()) AS database');
  const place = schema === null ? `DATABASE ${String(row?.['database'])}` : `SCHEMA ${schema}`;
  const see = (verb: string) =>
    isVisible ? [] : [`${verb.replace('…', `USAGE ON SCHEMA ${schema}`)} ${quoted(admin)}`];
  for (const lender of new Set([admin, schemaOwner ?? admin])) {
    const failed = await session
      .together(
        'BEGIN',
        sql.setRoleLocally(lender),
        `GRANT CREATE ON ${place} TO ${quoted(owner)}`,
        ...see('GRANT … TO'),
        sql.setRoleLocally(admin),
        changeOwner(object, owner),
        sql.setRoleLocally(lender),
        `REVOKE CREATE ON ${place} FROM ${quoted(owner)}`,
        ...see('REVOKE … FROM'),
        'COMMIT',
      )
      .then(
        () => undefined,
        (error: unknown) => ({ error }),
      );
    if (failed === undefined) return true;
    if (sqlStateOf(failed.error) === undefined) throw failed.error;
  }
  return false;
}

async function explain(
  ending: EndingLogin,
  owner: string,
  refusals: ReadonlyMap<string, string>,
  error: unknown,
): Promise<string> {
  const left = (await readOwned(ending)).map(({ type, identity }) => `${type} ${identity}`);
  const named = left.map((name) => refusals.get(name) ?? name);
  return `objects that cannot be given to ${owner} (${sqlFault(error) ?? 'refused'}): ${listed(named)}. Grant ${owner} CREATE on their schemas (GRANT CREATE ON SCHEMA … TO "${owner}"), or drop them or give them to another role, as a superuser: ALTER … OWNER TO …`;
}
