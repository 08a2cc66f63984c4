import { IAMClient } from '@aws-sdk/client-iam';
import { SFNClient } from '@aws-sdk/client-sfn';
import { reconcileEnvironment } from '../core/environment.ts';
import { boundaryOfTeardown } from '../core/ids.ts';
import { reconcileEvent } from '../core/steps.ts';
import { systemClock } from './clock.ts';
import { documentClient } from './control/clients.ts';
import { EvidenceLog } from './control/evidence-log.ts';
import { Ledger } from './control/ledger.ts';
import { reconcileDue, reconcileOne, type ReconcileDependencies } from './reconcile/reconcile.ts';

/**
 * Trigger: an execution's status change (EventBridge), with the boundary's id; and every minute (EventBridge Scheduler), without.
 *
 * Effects, for each boundary it looks at (reconcile/reconcile.ts):
 *  - started, if submit stopped before the execution was;
 *  - Teardown started, if its execution ended without closing it: the attempt in the row first, then the start under its number;
 *  - its deny lifted, once closed and past its deadline;
 *  - else nothing, and the next look is put off while its execution runs.
 *
 * Late, repeated, concurrent: it decides from the ledger and from what Step Functions says now, not from the event; the attempt's number
 * makes a second Teardown impossible. Half done: the row stays due.
 *
 * Rejected: tearing down here. It would be a second way to close a boundary, less tested than the first.
 */
const environment = reconcileEnvironment.parse(process.env);
const documents = documentClient();
const dependencies: ReconcileDependencies = {
  ledger: new Ledger(documents, environment.LEDGER_TABLE, systemClock),
  evidence: new EvidenceLog(documents, environment.EVIDENCE_TABLE, systemClock),
  executions: new SFNClient({}),
  iam: new IAMClient({}),
  clock: systemClock,
  teardownMachineArn: environment.TEARDOWN_MACHINE_ARN,
};

export const handler = async (input: unknown): Promise<unknown> => {
  const event = reconcileEvent.parse(input);
  const boundaryId =
    'teardown' in event
      ? boundaryOfTeardown(event.teardown)
      : 'boundaryId' in event
        ? event.boundaryId
        : undefined;
  return boundaryId === undefined ? reconcileDue(dependencies) : reconcileOne(boundaryId, dependencies);
};
