import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { proveRevokedEnvironment } from '../core/environment.ts';
import { proveRevokedEvent } from '../core/steps.ts';
import { systemClock } from './clock.ts';
import { secretsManagerCanary } from './control/canary.ts';
import { documentClient } from './control/clients.ts';
import { EvidenceLog } from './control/evidence-log.ts';
import { Ledger } from './control/ledger.ts';
import { TaskSecrets } from './control/secrets.ts';
import { step } from './control/step.ts';
import { proveRevoked, type ProveDependencies } from './prove-revoked/prove-revoked.ts';

/**
 * Trigger: the state `ProveRevoked`, retried until it succeeds; the retries outlast every lease.
 *
 * Effects, in order (prove-revoked/prove-revoked.ts):
 *  1. each lease's own credentials ask the canary; three refusals, a second apart, or `StillAccepted`;
 *  2. a lease whose credentials nobody can present is waited out (`ExpiryPending`);
 *  3. the control plane sees every JIT secret gone;
 *  4. `revocation.proven` in the evidence, then the proof in the ledger.
 *
 * Repeated: a proof that stands is answered again. Half done: nothing is written before all is proven.
 *
 * Rejected: asking IAM whether the policy is there. What IAM accepted is not what the services enforce yet.
 */
const environment = proveRevokedEnvironment.parse(process.env);
const documents = documentClient();
const dependencies: ProveDependencies = {
  ledger: new Ledger(documents, environment.LEDGER_TABLE, systemClock),
  evidence: new EvidenceLog(documents, environment.EVIDENCE_TABLE, systemClock),
  secrets: new TaskSecrets(new SecretsManagerClient({})),
  canary: secretsManagerCanary,
  clock: systemClock,
  issueTimeoutMs: environment.ISSUE_TIMEOUT_SECONDS * 1000,
};

export const handler = step('prove-revoked', proveRevokedEvent, (event) => proveRevoked(event, dependencies));
