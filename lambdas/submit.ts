import { randomBytes } from 'node:crypto';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SSMClient } from '@aws-sdk/client-ssm';
import { submitEnvironment } from '../core/environment.ts';
import { systemClock } from './clock.ts';
import { documentClient } from './control/clients.ts';
import { EvidenceLog } from './control/evidence-log.ts';
import { Ledger } from './control/ledger.ts';
import { TaskTypes } from './control/task-types.ts';
import { submitHandler } from './submit/handler.ts';

/**
 * Trigger: the function URL with IAM authentication; nobody may Invoke it directly, so the caller's identity is IAM's word.
 *
 * Effects, in order:
 *  1. the ledger row, if none stands: it fixes nonce, grant digest and the execution's ARN;
 *  2. `task.requested` in the evidence;
 *  3. phase `approved` (this version's types need no approval);
 *  4. StartExecution under the task's id.
 *
 * Late, repeated or half done: each effect is written so that doing it again changes nothing, so the same request with the same id
 * goes on where the last one stopped. The same id with another request is refused and touches nothing.
 *
 * Rejected: starting the execution first and letting `Admit` write the row. Then anyone with StartExecution could ask for a task.
 */
const environment = submitEnvironment.parse(process.env);
const documents = documentClient();

export const handler = submitHandler({
  stack: environment.STACK,
  clock: systemClock,
  ledger: new Ledger(documents, environment.LEDGER_TABLE, systemClock),
  evidence: new EvidenceLog(documents, environment.EVIDENCE_TABLE, systemClock),
  types: new TaskTypes(new SSMClient({}), environment.STACK),
  executions: new SFNClient({}),
  randomHex: (bytes) => randomBytes(bytes).toString('hex'),
});
