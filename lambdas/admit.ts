import { SSMClient } from '@aws-sdk/client-ssm';
import type { z } from 'zod';
import { admitEnvironment } from '../core/environment.ts';
import { PhasePassed } from '../core/errors.ts';
import { demandOwner, movePhase, type LedgerRow } from '../core/ledger.ts';
import { isAtLeast } from '../core/phase.ts';
import { admitEvent } from '../core/steps.ts';
import { systemClock } from './clock.ts';
import { grantFault } from './control/check-grant.ts';
import { documentClient } from './control/clients.ts';
import { EvidenceLog } from './control/evidence-log.ts';
import { Ledger } from './control/ledger.ts';
import { rejectTask } from './control/reject-task.ts';
import { step } from './control/step.ts';
import { TaskTypes } from './control/task-types.ts';

interface Dependencies {
  readonly ledger: Ledger;
  readonly evidence: EvidenceLog;
  readonly types: TaskTypes;
}

/**
 * Trigger: the state `Admit`, first of every execution.
 *
 * Effects, in order:
 *  1. nothing, if no row names this execution (`NotTheOwner`);
 *  2. `task.admitted`, then phase `admitted`; or, when a rule refuses, the rejection in the row, then `task.rejected`.
 *
 * Late or repeated: an admitted task is admitted again without effect; once its boundary is open, or teardown has begun, the call is
 * refused (`PhasePassed`) and changes nothing.
 * Half done: evidence without the phase is completed by the retry, because the event's id is recognised.
 *
 * Rejected: trusting the execution's input. Whoever may call StartExecution would then decide what a task may do.
 */
export async function admit(
  event: z.infer<typeof admitEvent>,
  on: Dependencies,
): Promise<{ boundaryId: string }> {
  const row = await on.ledger.get(event.boundaryId);
  demandOwner(row, event.boundaryId, event.executionArn);
  demandNotOpened(row);
  const because = await faultOf(row, on.types);
  if (because !== undefined) await rejectTask(row.boundaryId, { by: 'admit', because }, on);
  await on.evidence.append(row.boundaryId, {
    id: 'task.admitted',
    type: 'task.admitted',
    actor: 'admit',
    data: { executionArn: row.executionArn, grantDigest: row.grantDigest, leaseSeconds: row.leaseSeconds },
  });
  await on.ledger.update(row.boundaryId, (now) =>
    now.phase === 'admitted' ? now : movePhase(now, 'admitted'),
  );
  return { boundaryId: row.boundaryId };
}

/** A call that comes late changes nothing: what it would decide was decided before the boundary was opened. */
function demandNotOpened(row: LedgerRow): void {
  if (!isAtLeast(row.phase, 'open')) return;
  throw new PhasePassed(
    `Task ${row.boundaryId} is not admitted: its boundary is ${row.phase}; tasks are admitted before it is open. Nothing was changed.`,
  );
}

async function faultOf(row: LedgerRow, types: TaskTypes): Promise<string | undefined> {
  if (row.phase === 'requested') return 'the task is requested, not approved';
  return grantFault(row, await types.find(row.taskType));
}

const environment = admitEnvironment.parse(process.env);
const documents = documentClient();
const dependencies: Dependencies = {
  ledger: new Ledger(documents, environment.LEDGER_TABLE, systemClock),
  evidence: new EvidenceLog(documents, environment.EVIDENCE_TABLE, systemClock),
  types: new TaskTypes(new SSMClient({}), environment.STACK),
};

export const handler = step('admit', admitEvent, (event) => admit(event, dependencies));
