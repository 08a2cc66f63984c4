import { SSMClient } from '@aws-sdk/client-ssm';
import type { z } from 'zod';
import { admitEnvironment } from '../core/environment.ts';
import { TaskRejected } from '../core/errors.ts';
import { demandOwner, movePhase, type LedgerRow } from '../core/ledger.ts';
import { isEnding } from '../core/phase.ts';
import { admitEvent } from '../core/steps.ts';
import { systemClock } from './clock.ts';
import { grantFault } from './control/check-grant.ts';
import { documentClient } from './control/clients.ts';
import { EvidenceLog } from './control/evidence-log.ts';
import { Ledger } from './control/ledger.ts';
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
 * Late or repeated: an admitted task is admitted again without effect; once teardown has begun it is refused.
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
  const fault = await faultOf(row, on.types);
  if (fault) await reject(row, fault, on);
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

async function faultOf(row: LedgerRow, types: TaskTypes): Promise<string | undefined> {
  if (isEnding(row.phase)) return `the boundary is ${row.phase} already`;
  if (row.phase !== 'approved' && row.phase !== 'admitted') return `the task is ${row.phase}, not approved`;
  return grantFault(row, await types.find(row.taskType));
}

async function reject(row: LedgerRow, fault: string, on: Dependencies): Promise<never> {
  const cause = `Task ${row.boundaryId} was not admitted: ${fault}. Submit it again under a new id.`;
  await on.ledger.update(row.boundaryId, (now) =>
    now.rejection || isEnding(now.phase) ? now : { ...now, rejection: { error: 'TaskRejected', cause } },
  );
  if (!isEnding(row.phase)) {
    await on.evidence.append(row.boundaryId, {
      id: 'task.rejected',
      type: 'task.rejected',
      actor: 'admit',
      data: { because: fault },
    });
  }
  throw new TaskRejected(cause);
}

const environment = admitEnvironment.parse(process.env);
const documents = documentClient();
const dependencies: Dependencies = {
  ledger: new Ledger(documents, environment.LEDGER_TABLE),
  evidence: new EvidenceLog(documents, environment.EVIDENCE_TABLE, systemClock),
  types: new TaskTypes(new SSMClient({}), environment.STACK),
};

export const handler = step('admit', admitEvent, (event) => admit(event, dependencies));
