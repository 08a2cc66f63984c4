import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SSMClient } from '@aws-sdk/client-ssm';
import { STSClient } from '@aws-sdk/client-sts';
import { issueIdentityEnvironment } from '../core/environment.ts';
import { issueIdentityEvent } from '../core/steps.ts';
import { systemClock } from './clock.ts';
import { secretsManagerCanary } from './control/canary.ts';
import { documentClient } from './control/clients.ts';
import { EvidenceLog } from './control/evidence-log.ts';
import { Ledger } from './control/ledger.ts';
import { TaskSecrets } from './control/secrets.ts';
import { step } from './control/step.ts';
import { TaskTypes } from './control/task-types.ts';
import { issueIdentity, type IssueIdentityDependencies } from './issue-identity/issue-identity.ts';

/**
 * Trigger: the state `IssueIdentity`, immediately before the work.
 *
 * Effects, in order (issue-identity/issue-identity.ts):
 *  1. everything is checked again: owner, phase, grant digest; what a rule refuses is rejected, in ledger and evidence;
 *  2. the lease's intent with its absolute deadline, in the ledger;
 *  3. an empty session secret and its resource policy;
 *  4. AssumeRole with the session policy, whose deadline is the intent's;
 *  5. the canary is accepted: the session works, so its refusal later will mean something;
 *  6. `identity.issued` in the evidence;
 *  7. the credentials into the session secret, as a version named after the access key;
 *  8. `issued` and phase `open` in the ledger, or, when teardown began meanwhile, `PhasePassed`: the work never starts.
 *
 * Repeated: a lease that was issued is answered again. Half done: the intent stands; a credential that nobody can read back is waited
 * out by ProveRevoked until its deadline. Late: refused at 2 or at 8; the credentials stay where only the proof reads them.
 *
 * Rejected: handing the credentials through the state machine's payload. History keeps 90 days of them.
 */
const environment = issueIdentityEnvironment.parse(process.env);
const documents = documentClient();
const dependencies: IssueIdentityDependencies = {
  ledger: new Ledger(documents, environment.LEDGER_TABLE, systemClock),
  evidence: new EvidenceLog(documents, environment.EVIDENCE_TABLE, systemClock),
  types: new TaskTypes(new SSMClient({}), environment.STACK),
  secrets: new TaskSecrets(new SecretsManagerClient({}), environment.SECRETS_KEY_ARN),
  sts: new STSClient({}),
  canary: secretsManagerCanary,
  clock: systemClock,
  proveRevokedRoleArn: environment.PROVE_REVOKED_ROLE_ARN,
};

export const handler = step('issue-identity', issueIdentityEvent, (event, context) =>
  issueIdentity(event, context.awsRequestId, dependencies),
);
