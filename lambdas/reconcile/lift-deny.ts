import { DeleteRolePolicyCommand, NoSuchEntityException, type IAMClient } from '@aws-sdk/client-iam';
import type { Clock } from '../../core/clock.ts';
import type { LedgerRow } from '../../core/ledger.ts';
import type { Ledger } from '../control/ledger.ts';

interface LiftDependencies {
  readonly ledger: Ledger;
  readonly iam: IAMClient;
  readonly clock: Clock;
}

/** Deletes a closed boundary's deny after its deadline, so that the role has room for others. One that is not there is lifted. */
export async function liftDeny(row: LedgerRow, on: LiftDependencies): Promise<void> {
  if (row.deny === undefined) return;
  const { roleName, policyName } = row.deny;
  try {
    await on.iam.send(new DeleteRolePolicyCommand({ RoleName: roleName, PolicyName: policyName }));
  } catch (error) {
    if (!(error instanceof NoSuchEntityException)) throw error;
  }
  await on.ledger.update(row.boundaryId, (now) =>
    now.deny === undefined || now.deny.liftedAtMs !== undefined
      ? now
      : { ...now, deny: { ...now.deny, liftedAtMs: on.clock.nowMs() } },
  );
}
