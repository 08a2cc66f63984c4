import { lambdaLoginPorts } from '../control/logins/login-ports.ts';
import { proveRevokedHandler } from './handler.ts';

/**
 * Trigger: the state `ProveRevoked`, retried until it succeeds; the retries outlast every lease.
 *
 * Effects, in order (prove-revoked/prove-revoked.ts):
 *  1. the canary call with each lease's own credentials, ten leases at a time: three refusals, a second
 *     apart, or `StillAccepted`;
 *  2. waits for the deadline of a lease whose credentials are lost (`ExpiryPending`), and of one whose denial
 *     may not be permanent, because its role was deleted: after the deadline three denials make the proof
 *     `expired`;
 *  3. checks that every JIT secret is gone, and every login on its database server: neither role nor session;
 *  4. `revocation.proven` in the evidence, then the proof in the ledger;
 *  5. the metric `SecondsToProven`, by the invocation whose proof is in the ledger.
 *
 * Repeated: returns the recorded proof. Half done: nothing is written before everything is proven.
 *
 * Rejected: asking IAM whether the policy exists. The services may not enforce yet what IAM has accepted.
 */
export const handler = proveRevokedHandler(lambdaLoginPorts);
