import { lambdaLoginPorts } from '../control/logins/login-ports.ts';
import { proveRevokedHandler } from './handler.ts';

/**
 * Trigger: the state `ProveRevoked`, retried until it succeeds; the retries outlast every lease.
 *
 * Effects, in order (prove-revoked/prove-revoked.ts):
 *  1. each lease's own credentials ask the canary, ten leases at a time; three rounds of refusals, a second apart, or `StillAccepted`;
 *  2. a lease whose credentials nobody can present is waited out (`ExpiryPending`); so is one that is denied without a reason that holds
 *     for good, because its role was deleted: after its deadline three denials make the proof `expired`;
 *  3. the control plane sees every JIT secret gone, and a database server every login: neither role nor session;
 *  4. `revocation.proven` in the evidence, then the proof in the ledger;
 *  5. the metric `SecondsToProven`, by the invocation whose proof stands.
 *
 * Repeated: a proof that stands is answered again. Half done: nothing is written before all is proven.
 *
 * Rejected: asking IAM whether the policy is there. What IAM accepted is not what the services enforce yet.
 */
export const handler = proveRevokedHandler(lambdaLoginPorts);
