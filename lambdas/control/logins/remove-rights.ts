import {
  defaultGrant,
  defaultGrantsOf,
  grant,
  grantsOf,
  membership,
  membershipsOf,
  type Grant,
} from './granted.ts';
import {
  inChunks,
  revokeDefault,
  revokeInBulk,
  revokeMembership,
  revokeWithLoan,
  stepsText,
  type Step,
} from './revoke-plan.ts';
import { askFor, type Session } from './session.ts';
import * as sql from './statements.ts';

/** A login in one database, and the role in whose name the admin acts. */
export interface EndingLogin {
  readonly session: Session;
  readonly name: string;
  readonly roleId: string;
  readonly admin: string;
  /** Throws when the time of this attempt is over. What was done until then stays. */
  readonly assertTime: () => void;
}

const STEPS_PER_MESSAGE = 20;
const MOST_NAMED = 3;

/**
 * Revokes what a login was given, and what it gave. Each statement is a transaction of its own: one that is
 * refused does not undo the others, and an attempt that is cut off has made progress.
 */
export async function removeRights(ending: EndingLogin): Promise<void> {
  const { session, name, roleId, admin } = ending;
  await take(ending, revokeInBulk(await readGrants(ending), name));
  const memberships = await askFor(session, membershipsOf(roleId), membership);
  const defaults = await askFor(session, defaultGrantsOf(roleId), defaultGrant);
  await take(ending, [
    ...memberships.map((each) => revokeMembership(each, name, admin)),
    ...defaults.map((each) => revokeDefault(each, name)),
  ]);
}

/**
 * Revokes one by one what is left: what a refused statement named together with others, and what no role may
 * revoke any more. Returns how to remove what the admin may not, for a person.
 */
export async function removeRemainingRights(ending: EndingLogin): Promise<string[]> {
  const remaining = await readGrants(ending);
  if (remaining.length === 0) return [];
  for (const chunk of inChunks(remaining, STEPS_PER_MESSAGE)) {
    ending.assertTime();
    await ending.session.each(chunk.flatMap((each) => inTheirNames(revokeWithLoan(each))));
  }
  const left = await readGrants(ending);
  return left.length === 0 ? [] : [rightsLeft(left)];
}

const readGrants = ({ session, roleId }: EndingLogin): Promise<readonly Grant[]> =>
  askFor(session, grantsOf(roleId), grant);

/** Refusals are ignored: what is left is read afterwards. */
async function take({ session, admin, assertTime }: EndingLogin, steps: readonly Step[]): Promise<void> {
  for (const chunk of inChunks(steps, STEPS_PER_MESSAGE)) {
    assertTime();
    const statements = chunk.flatMap(({ as, statement }) => [sql.setRole(admin), sql.setRole(as), statement]);
    await session.each([...statements, sql.setRole(admin)]);
  }
}

/** A transaction of its own: if one statement is refused, the others have no effect. */
const inTheirNames = (steps: readonly Step[]): string[] => [
  'BEGIN',
  ...steps.flatMap(({ as, statement }) => [sql.setRoleLocally(as), statement]),
  'COMMIT',
];

const rightsLeft = (left: readonly Grant[]): string =>
  `${left.length} rights on objects of others, which only their owners or a superuser can revoke: run ${left
    .slice(0, MOST_NAMED)
    .map((each) => stepsText(revokeWithLoan(each)))
    .join(' ')}${left.length > MOST_NAMED ? ' and so on' : ''}`;
