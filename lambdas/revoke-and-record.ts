import { IAMClient } from '@aws-sdk/client-iam';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { revokeAndRecordEnvironment } from '../core/environment.ts';
import { revokeAndRecordEvent } from '../core/steps.ts';
import { systemClock } from './clock.ts';
import { documentClient } from './control/clients.ts';
import { EvidenceLog } from './control/evidence-log.ts';
import { Ledger } from './control/ledger.ts';
import { TaskSecrets } from './control/secrets.ts';
import { step } from './control/step.ts';
import { revokeAndRecord, type RevokeDependencies } from './revoke-and-record/revoke-and-record.ts';

/**
 * Trigger: the state `RevokeAndRecord`: every end of a task and every Catch leads here.
 *
 * Effects, in order (revoke-and-record/revoke-and-record.ts):
 *  1. phase `revoking`, and how the work ended, in the ledger: nothing issued from here on becomes usable;
 *  2. the deny for this boundary on the task role; if IAM does not take it, that is recorded and nothing stops: the deadline holds;
 *  3. `work.finished` in the evidence, if the work was begun;
 *  4. every JIT secret destroyed; what fails stands as `unrevoked` and the state is retried;
 *  5. `boundary.revoked` in the evidence, phase `revoked`.
 *
 * Repeated: each effect is idempotent, each event has its cause as id. Late: once `revoked`, nothing is done again.
 * Half done: the retry starts from the ledger; "not found" counts only once the function that meant to make it can no longer run.
 *
 * Rejected: a deny on `aws:TokenIssueTime` for the whole role. It would end every other task of the type.
 */
const environment = revokeAndRecordEnvironment.parse(process.env);
const documents = documentClient();
const dependencies: RevokeDependencies = {
  ledger: new Ledger(documents, environment.LEDGER_TABLE, systemClock),
  evidence: new EvidenceLog(documents, environment.EVIDENCE_TABLE, systemClock),
  secrets: new TaskSecrets(new SecretsManagerClient({})),
  iam: new IAMClient({}),
  clock: systemClock,
  issueTimeoutMs: environment.ISSUE_TIMEOUT_SECONDS * 1000,
};

export const handler = step('revoke-and-record', revokeAndRecordEvent, (event) =>
  revokeAndRecord(event, dependencies),
);
