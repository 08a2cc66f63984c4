import type { Clock } from 'taskbound-time/clock';
import type { LedgerRow } from '../../core/ledger/ledger.ts';
import { wasAttempted } from '../../core/ledger/secret-record.ts';
import type { Ledger } from '../control/ledger/ledger.ts';
import { isLogin, type Logins } from '../control/logins/logins.ts';
import type { TaskSecrets } from '../control/secrets/secrets.ts';
import type { TaskPolicies } from './task-policies.ts';

export interface SweepDependencies {
  readonly ledger: Ledger;
  readonly secrets: TaskSecrets;
  readonly logins: Logins;
  readonly policies: TaskPolicies;
  readonly clock: Clock;
}

/**
 * Removes everything that a closed boundary may have left, by the names in its row: its deny, so that the
 * role has room for others, and every secret that was ever intended, with its login. A function that seemed
 * to have stopped may have made one after the teardown. What does not exist any more is skipped.
 */
export async function sweep(row: LedgerRow, deps: SweepDependencies): Promise<void> {
  const made = row.secrets.filter(wasAttempted);
  const sessions = row.leases.map(({ sessionSecretName }) => sessionSecretName);
  for (const name of new Set([...made.map(({ secretName }) => secretName), ...sessions]))
    await deps.secrets.destroy(name);
  if (row.deny !== undefined) await deps.policies.remove(row.deny.roleName, row.deny.policyName);
  // Last: a database that no longer exists must not prevent the removal of a role's denies.
  for (const secret of made) if (isLogin(secret)) await deps.logins.end(secret);
  await deps.ledger.update(row.boundaryId, (now) =>
    now.phase === 'closed' && now.sweptAtMs === undefined ? { ...now, sweptAtMs: deps.clock.nowMs() } : now,
  );
}
